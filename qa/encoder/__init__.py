"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import PackedModel, packed_model, save_tokenizer
from qa.encoder.protocol import Encoded, Encoder, Spans
from qa.encoder.sentence_encoder import Reranker, SentenceEncoder

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
