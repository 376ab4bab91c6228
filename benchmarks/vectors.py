"""Vectors kept on disk by text and encoder, so that a second run of a benchmark embeds nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa.encoder import Encoder

SAVED_EVERY = 512
QUERY, PASSAGE = "query", "passage"


class RememberingEncoder:
    """An Encoder that asks another one only for texts it has not seen, in this run or an earlier one."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder = encoder
        self.name, self.revision, self.dimension = encoder.name, encoder.revision, encoder.dimension
        self.path = folder / f"{key(self.name, self.revision)[:12]}.npz"
        self.known = read_vectors(self.path)

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        return self.remembered(QUERY, queries, self.encoder.encode_queries)

    def encode_passages(self, passages: Sequence[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        def embed(texts: Sequence[str]) -> np.ndarray:
            return self.encoder.encode_passages(texts, progress)

        return self.remembered(PASSAGE, passages, embed)

    def remembered(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], np.ndarray]) -> np.ndarray:
        """Return a vector a text; what was missing is saved before it is returned."""
        missing = [text for text in dict.fromkeys(texts) if key(kind, text) not in self.known]
        for some in chunks(sorted(missing, key=len, reverse=True)):
            self.known |= dict(zip([key(kind, text) for text in some], embed(some), strict=True))
            if len(some) > 1:  # single questions are saved when the run ends
                self.save()
        return np.stack([self.known[key(kind, text)] for text in texts])

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


def chunks(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + SAVED_EVERY] for start in range(0, len(texts), SAVED_EVERY)]


def key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
