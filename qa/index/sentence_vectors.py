"""The vectors of every passage's sentences: on disk, read where they are needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SENTENCES, SENTENCE_STARTS = "sentences.npy", "sentence_starts.npy"


class SentenceFile:
    """The sentence vectors of one segment; the file is read, not mapped, so that memory holds none of it."""

    def __init__(self, folder: Path) -> None:
        mapped = np.load(folder / SENTENCES, mmap_mode="r", allow_pickle=False)
        self.dimension, self.offset = mapped.shape[1], mapped.offset
        self.starts = read_starts(folder / SENTENCE_STARTS)
        if mapped.dtype != np.float16 or len(mapped) != self.starts[-1]:
            raise ValueError(f"{folder / SENTENCES} holds {len(mapped)} vectors where {self.starts[-1]} are due")
        self.file = (folder / SENTENCES).open("rb", buffering=0)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the float32 vectors of the sentences of some rows, which ascend, one after the other."""
        size = 2 * self.dimension
        firsts, lasts = self.starts[rows], self.starts[rows + 1]
        apart = np.flatnonzero(firsts[1:] != lasts[:-1]) + 1  # neighbours are read at once
        firsts, lasts = firsts[np.r_[0, apart]].tolist(), lasts[np.r_[apart - 1, -1]].tolist()
        pieces = [
            os.pread(self.file.fileno(), (last - first) * size, self.offset + first * size)
            for first, last in zip(firsts, lasts, strict=True)
        ]
        return np.frombuffer(b"".join(pieces), np.float16).reshape(-1, self.dimension).astype(np.float32)


class Sentences:
    """The sentence vectors of all segments, row by row."""

    def __init__(self, files: Sequence[SentenceFile]) -> None:
        self.files = files
        self.offsets = np.cumsum([0, *(len(file.starts) - 1 for file in files)])

    def of(self, row: int) -> np.ndarray:
        """Return the float32 vectors of one passage's sentences, in order; none for a passage without."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return self.files[number].read(np.array([row - self.offsets[number]]))

    def best(self, query: np.ndarray, rows: np.ndarray, fallback: np.ndarray) -> np.ndarray:
        """Return for each row, ascending, the highest inner product of ``query`` with its sentences.

        ``fallback``: what a row without sentences gets.
        """
        best = np.array(fallback, np.float32)
        vectors, counts = [], []
        bounds = np.searchsorted(rows, self.offsets)
        for number, file in enumerate(self.files):
            inside = rows[bounds[number] : bounds[number + 1]] - self.offsets[number]
            if len(inside):
                vectors.append(file.read(inside))
                counts.append(file.starts[inside + 1] - file.starts[inside])
        sizes = np.concatenate([np.empty(0, np.int64), *counts])
        filled = sizes > 0
        if filled.any():
            products = np.concatenate(vectors) @ query
            best[filled] = np.maximum.reduceat(products, np.cumsum(sizes[filled]) - sizes[filled])
        return best


def read_starts(path: Path) -> np.ndarray:
    """Return where things begin and the last one ends: whole numbers from 0 on, ascending; ValueError for others."""
    starts = np.load(path, allow_pickle=False)
    if starts.dtype != np.int64 or starts.ndim != 1 or starts[0] != 0 or (np.diff(starts) < 0).any():
        raise ValueError(f"{path} holds no ascending numbers from 0 on")
    return starts


def write_sentences(folder: Path, sentences: Sequence[np.ndarray], dimension: int) -> None:
    """Write the vectors of all passages' sentences in half precision, and where each passage's begin."""
    starts = np.cumsum([0, *map(len, sentences)])
    header = {"descr": "<f2", "fortran_order": False, "shape": (int(starts[-1]), dimension)}
    with (folder / SENTENCES).open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in sentences:
            file.write(part.astype("<f2").tobytes())
    np.save(folder / SENTENCE_STARTS, starts)
