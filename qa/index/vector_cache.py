"""Vectors that need not be made again: those of the live generation, and of a build that was stopped."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

import faiss
import numpy as np

from qa.encoder import Encoder
from qa.errors import IndexStoreError
from qa.index import generations
from qa.index.reader_lock import MANIFEST
from qa.index.segment import DELTA, KEYS
from qa.index.sentence_vectors import SENTENCE_STARTS, SENTENCES, SentenceFile
from qa.index.vector_index import DENSE, open_nearest

VECTOR_FILES = (KEYS, DENSE, SENTENCES, SENTENCE_STARTS)
Vectors = tuple[np.ndarray, np.ndarray]
"""A passage's vector and those of its sentences."""


class Known:
    """A passage's key → its vectors, read from the disk when they are asked for."""

    def __init__(self, embedded: Mapping[str, Vectors]) -> None:
        self.embedded = embedded
        self.places: dict[str, tuple[faiss.Index, SentenceFile, int]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.embedded or key in self.places

    def of(self, key: str) -> Vectors:
        """Return the vectors of a key that is known."""
        if key in self.embedded:
            return self.embedded[key]
        dense, sentences, row = self.places[key]
        return dense.reconstruct(row), sentences.read(np.array([row]))

    def take_over(self, folder: Path, encoder: Encoder, *, compared: bool = False) -> None:
        """Learn of the vectors of the live generation that this encoder made.

        Where they are damaged, or ``CURRENT`` is, of the newest generation that has them whole. It may have another
        format: keys and vectors are all that is read of it, hashes compared, unless they just were.
        """
        names = [*reversed(generations.list_generations(folder))]
        with contextlib.suppress(IndexStoreError):
            names.insert(0, generations.read_current(folder))
        for name in names:
            for segment in segments_of(folder / name, encoder, compared=compared):
                self.take(segment)
            if self.places:
                return

    def take(self, segment: Path) -> None:
        dense, sentences = open_nearest(segment), SentenceFile(segment)
        keys = json.loads((segment / KEYS).read_text(encoding="utf-8"))
        self.places |= {key: (dense, sentences, row) for row, key in enumerate(keys)}


def segments_of(generation: Path, encoder: Encoder, *, compared: bool) -> list[Path]:
    """Return the segments of a generation whose vectors are whole; none where another encoder made them."""
    try:
        stored = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        if (stored["encoder"], stored["revision"]) != (encoder.name, encoder.revision):
            return []
        held = [part for part in ("", f"{DELTA}/") if f"{part}{KEYS}" in stored["files"]]
        names = [f"{part}{name}" for part in held for name in VECTOR_FILES]
        if not compared and any(generations.hash_file(generation / name) != stored["files"][name] for name in names):
            return []
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [generation / part for part in held]
