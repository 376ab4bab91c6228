"""A second stage: any sentence-transformers CrossEncoder, named by ``QA_RERANKER``; off by default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qa.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Scores texts for a question, higher is better."""

    def scores(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return an array of shape (texts,)."""
        ...


class CrossReranker:
    """A CrossEncoder behind the Reranker protocol."""

    def __init__(self, model: CrossEncoder) -> None:
        self.model = model

    @classmethod
    def load(cls, name: str) -> CrossReranker:
        """Load a CrossEncoder by folder or hub name; EncoderError when it cannot be had."""
        from sentence_transformers import CrossEncoder

        try:
            return cls(CrossEncoder(name, device="cpu"))
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            first_line = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise EncoderError(
                f"the reranker {name!r} cannot be loaded ({first_line}); set QA_RERANKER to the folder or hub name "
                "of a sentence-transformers CrossEncoder, or unset it"
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> np.ndarray:
        pairs = [(question, text) for text in texts]
        return np.asarray(self.model.predict(pairs, show_progress_bar=False), np.float32).reshape(-1)
