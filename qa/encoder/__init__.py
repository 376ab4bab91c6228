"""Texts → vectors: the only room that imports sentence_transformers and torch."""

from qa.encoder.e5 import (
    DEFAULT_NAME,
    DEFAULT_REVISION,
    PackedModel,
    packed_model,
    save_tokenizer,
)
from qa.encoder.engine import EngineEncoder
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
    "DEFAULT_NAME",
    "DEFAULT_REVISION",
    "CrossReranker",
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
