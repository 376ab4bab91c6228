"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import DEFAULT_NAME, DEFAULT_REVISION, PackedModel, packed_model, save_tokenizer
from qa.encoder.engine import EngineEncoder
from qa.encoder.sentence_encoder import Encoded, Encoder, Reranker, SentenceEncoder, Spans

__all__ = [
    "DEFAULT_NAME",
    "DEFAULT_REVISION",
    "Encoded",
    "Encoder",
    "EngineEncoder",
    "PackedModel",
    "Reranker",
    "SentenceEncoder",
    "Spans",
    "packed_model",
    "save_tokenizer",
]
