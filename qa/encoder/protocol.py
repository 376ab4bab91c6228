"""What the index needs of an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Progress = Callable[[int], None]


Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of passages, shape (passages, dimension), and for each passage those of its sentences."""

    passages: np.ndarray
    sentences: Sequence[np.ndarray]


class Encoder(Protocol):
    """What the index needs of an encoder; vectors are float32, of length 1, one row a text."""

    name: str
    revision: str
    dimension: int

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        """Return an array of shape (queries, dimension)."""
        ...

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Progress | None = None
    ) -> Encoded:
        """Return the vectors of passages and of the sentences at ``spans`` in each.

        ``progress`` is told how many more passages are done.
        """
        ...
