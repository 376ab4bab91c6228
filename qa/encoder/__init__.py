"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.protocol import (
    Encoded,
    Encoder,
    Spans,
)
from qa.encoder.sentence_encoder import (
    CrossReranker,
    Reranker,
    SentenceEncoder,
)

__all__ = [
    "CrossReranker",
    "Encoded",
    "Encoder",
    "Reranker",
    "SentenceEncoder",
    "Spans",
]
