"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import DEFAULT_REVISION, PackedModel, packed_model
from qa.encoder.engine import EngineEncoder
from qa.encoder.sentence_encoder import Encoded, Encoder, Reranker, SentenceEncoder, Spans
from qa.encoder.tokenizer import PieceTokenizer

__all__ = [
    "DEFAULT_REVISION",
    "Encoded",
    "Encoder",
    "EngineEncoder",
    "PackedModel",
    "PieceTokenizer",
    "Reranker",
    "SentenceEncoder",
    "Spans",
    "packed_model",
]
