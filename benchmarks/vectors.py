"""Vectors of queries kept on disk, so that a second run of a benchmark embeds nothing; an index keeps its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa.encoder import Encoded, Encoder, Spans


class RememberingEncoder:
    """An Encoder that asks another one only for queries it has not seen, in this run or an earlier one."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder = encoder
        self.name, self.revision, self.dimension = encoder.name, encoder.revision, encoder.dimension
        self.path = folder / f"{key(self.name, self.revision)[:12]}.npz"
        self.known = read_vectors(self.path)

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        """Return a vector a query, in order; those not yet known are embedded, shortest last."""
        missing = [text for text in dict.fromkeys(queries) if key(text) not in self.known]
        if missing:
            missing.sort(key=len, reverse=True)
            vectors = self.encoder.encode_queries(missing)
            self.known |= dict(zip(map(key, missing), vectors, strict=True))
        return np.stack([self.known[key(text)] for text in queries])

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        return self.encoder.encode_passages(passages, spans, progress)

    def save(self) -> None:
        """Write every vector, another run's too, by way of another name: a crash leaves the earlier file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.known = read_vectors(self.path) | self.known
        partial = self.path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, keys=np.array(list(self.known)), vectors=np.stack(list(self.known.values())))
        partial.replace(self.path)


def read_vectors(path: Path) -> dict[str, np.ndarray]:
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as kept:
        return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
