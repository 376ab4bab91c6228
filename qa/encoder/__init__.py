"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import (
    PREFIXES,
)
from qa.encoder.protocol import (
    Encoded,
    Encoder,
    Spans,
)
from qa.encoder.sentence_encoder import (
    DEFAULT_NAME,
    CrossReranker,
    Reranker,
    SentenceEncoder,
)

__all__ = [
    "DEFAULT_NAME",
    "PREFIXES",
    "CrossReranker",
    "Encoded",
    "Encoder",
    "Reranker",
    "SentenceEncoder",
    "Spans",
]
