"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import PackedModel, packed_model, save_tokenizer
from qa.encoder.sentence_encoder import Encoded, Encoder, Reranker, SentenceEncoder, Spans

__all__ = [
    "Encoded",
    "Encoder",
    "PackedModel",
    "Reranker",
    "SentenceEncoder",
    "Spans",
    "packed_model",
    "save_tokenizer",
]
