"""Passage key → vectors, and the vectors of its sentences, on disk: what was embedded once is not embedded again.

A table of vectors is a folder of four files, whose manifest names the encoder and each file's hash: every segment of a
generation is one, whatever the format of its other files, and so is every finished step of a build, and what
``scripts/ship_vectors.py`` puts beside the shipped articles.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Container, Iterable, Sequence
from itertools import chain, starmap
from pathlib import Path

import faiss
import numpy as np

from qa.encoder import Encoded, Encoder
from qa.errors import IndexMismatchError, IndexStoreError
from qa.files import hash_file
from qa.index import generations, vector_index
from qa.index.generations import DELTA, MANIFEST, UNFINISHED
from qa.index.vector_index import DENSE, LARGE, VectorIndex, build_vector_index, open_vector_index, write_vector_index

SENTENCES, SENTENCE_STARTS = "sentences.npy", "sentence_starts.npy"


class SentenceFile:
    """The sentence vectors of one segment; the file is read, not mapped, so that memory holds none of it."""

    def __init__(self, folder: Path) -> None:
        mapped = np.load(folder / SENTENCES, mmap_mode="r", allow_pickle=False)
        self.dimension, self.offset = mapped.shape[1], mapped.offset
        self.starts = starts = np.load(folder / SENTENCE_STARTS, allow_pickle=False)
        if starts.dtype != np.int64 or starts.ndim != 1 or starts[0] != 0 or (np.diff(starts) < 0).any():
            raise ValueError(f"{folder / SENTENCE_STARTS} holds no ascending numbers from 0 on")
        if mapped.dtype != np.float16 or len(mapped) != starts[-1]:
            raise ValueError(f"{folder / SENTENCES} holds {len(mapped)} vectors where {starts[-1]} are due")
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
        """Return for each row, ascending, the best product of ``query`` with its sentences, ``fallback`` without."""
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
            products = vector_index.inner_products(np.concatenate(vectors), query)
            best[filled] = np.maximum.reduceat(products, np.cumsum(sizes[filled]) - sizes[filled])
        return best


def write_sentences(folder: Path, sentences: Sequence[np.ndarray], dimension: int) -> None:
    """Write the vectors of all passages' sentences in half precision, and where each passage's begin."""
    starts = np.cumsum([0, *map(len, sentences)])
    header = {"descr": "<f2", "fortran_order": False, "shape": (int(starts[-1]), dimension)}
    with (folder / SENTENCES).open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in sentences:
            file.write(part.astype("<f2").tobytes())
    np.save(folder / SENTENCE_STARTS, starts)


KEYS = "keys.json"
FILES = (KEYS, DENSE, SENTENCES, SENTENCE_STARTS)
STEP = ".embedded-"
SAMPLE = 200  # sentences whose vectors stand for questions when recall is measured
Vectors = tuple[np.ndarray, np.ndarray]  # a passage's vector (float32), and those of its sentences (float16)


class VectorCache:
    """What one encoder made of passages, by the passages' keys: of a build that was stopped, and of generations.

    ``fresh``: where in a nameless file the vectors of a step begin, and how many sentences; memory holds none of them.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder, self.encoder = folder, encoder
        self.fresh: dict[str, tuple[int, int]] = {}
        self.file = tempfile.TemporaryFile(prefix=UNFINISHED, dir=folder)  # noqa: SIM115 - open as long as this is
        weakref.finalize(self, self.file.close)
        self.places: dict[str, tuple[faiss.Index, SentenceFile, int]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self.fresh or key in self.places

    def read(self, keys: Sequence[str]) -> Encoded:
        vectors = np.empty((len(keys), self.encoder.dimension), np.float32)
        sentences = []
        for row, key in enumerate(keys):
            vectors[row], held = self.vectors(key)
            sentences.append(held)
        return Encoded(vectors, sentences)

    def vectors(self, key: str) -> Vectors:
        if key not in self.fresh:
            return vectors_at(*self.places[key])
        first, sentences = self.fresh[key]
        self.file.seek(first)
        passage = np.frombuffer(self.file.read(4 * self.encoder.dimension), np.float32)
        held = np.frombuffer(self.file.read(2 * sentences * self.encoder.dimension), np.float16)
        return passage, held.reshape(-1, self.encoder.dimension)

    def keep(self, keys: Iterable[str], vectors: Iterable[Vectors]) -> None:
        place = self.file.seek(0, os.SEEK_END)
        for key, (passage, sentences) in zip(keys, vectors, strict=True):
            self.fresh[key] = place, len(sentences)
            place += self.file.write(passage.astype(np.float32).tobytes()) + self.file.write(sentences.tobytes())

    @property
    def known(self) -> Container[str]:
        """The keys of what was embedded before this build began."""
        return self.places

    def add(self, keys: Sequence[str], encoded: Encoded) -> None:
        """Keep the vectors of a step, all or none of them, on the disk when this returns."""
        write_step(self.folder, keys, encoded, self.encoder)
        sentences = (some.astype(np.float16) for some in encoded.sentences)
        self.keep(keys, zip(encoded.passages, sentences, strict=True))

    def join(self, table: Path, wanted: Container[str]) -> set[str]:
        """Learn the wanted keys of a table that are not known yet, and return them."""
        new = {key: place for key, place in places(table).items() if key in wanted and key not in self}
        self.keep(new, starmap(vectors_at, new.values()))
        return set(new)

    def clear(self) -> None:
        """Forget the steps: the build is complete, or everything is to be embedded again."""
        generations.remove_all(self.folder, STEP)

    def load(self, shipped: Path | None = None, *, compared: bool = False) -> None:
        """Learn what this encoder made: by a stopped build's steps, the newest whole generation, and what is shipped.

        A shipped table that is missing, damaged or of another encoder counts as none.
        """
        for step in sorted(self.folder.glob(f"{STEP}*")):
            for table in whole_tables(step, self.encoder, compared=False):
                found = places(table)
                self.keep(found, starmap(vectors_at, found.values()))
        for table in known_tables(self.folder, self.encoder, shipped, compared=compared):
            self.places |= places(table)


def known_tables(folder: Path, encoder: Encoder, shipped: Path | None, *, compared: bool = False) -> list[Path]:
    """Return what this encoder made of the tables of an index's newest whole generation, and what is shipped."""
    names = [*reversed(generations.list_generations(folder))] if folder.is_dir() else []
    with contextlib.suppress(IndexStoreError):
        names.insert(0, generations.read_current(folder))
    generation = (whole_tables(folder / name, encoder, compared=compared) for name in names)
    return [*(whole_tables(shipped, encoder, compared=False) if shipped else ()), *next(filter(None, generation), [])]


def steps_below(folder: Path, encoder: Encoder) -> tuple[list[Path], list[Path]]:
    """Return the whole steps below a folder, and those cut short; IndexMismatchError for one of another encoder."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; name the one that qa embed --to wrote to")
    whole: list[Path] = []
    damaged: list[Path] = []
    for step in sorted(chain(folder.glob(f"{STEP}*"), folder.glob(f"*/{STEP}*"))):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            stored = json.loads((step / MANIFEST).read_text(encoding="utf-8"))
            check_encoder(step, f"{stored['encoder']} {stored['revision']}", f"{encoder.name} {encoder.revision}")
        (whole if whole_tables(step, encoder, compared=False) else damaged).append(step)
    return whole, damaged


def check_encoder(step: Path, made: str, present: str) -> None:
    if made != present:
        raise IndexMismatchError(
            f"{step} was embedded by {made!r}, this process uses {present!r}; give both the same QA_MODEL (a folder "
            "copied with its times, as rsync -a does) and version of the program, or take another folder"
        )


def write_step(folder: Path, keys: Sequence[str], encoded: Encoded, encoder: Encoder) -> None:
    """Write a table of vectors whole or not at all, under a name made of its keys, which one cut short gives up."""
    partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    write_vectors(partial, keys, encoded, LARGE)
    named = {"encoder": encoder.name, "revision": encoder.revision, "files": generations.hash_files(partial)}
    (partial / MANIFEST).write_text(json.dumps(named), encoding="utf-8")
    step = folder / f"{STEP}{hashlib.sha256(json.dumps(keys).encode()).hexdigest()[:16]}"
    shutil.rmtree(step, ignore_errors=True)
    generations.put_in_place(partial, step)


def places(table: Path) -> dict[str, tuple[faiss.Index, SentenceFile, int]]:
    dense, sentences = open_vector_index(table), SentenceFile(table)
    return {key: (dense, sentences, row) for row, key in enumerate(keys_of(table))}


def keys_of(table: Path) -> list[str]:
    return json.loads((table / KEYS).read_text(encoding="utf-8"))


def vectors_at(dense: faiss.Index, sentences: SentenceFile, row: int) -> Vectors:
    return dense.reconstruct(row), sentences.read(np.array([row])).astype(np.float16)


def whole_tables(folder: Path, encoder: Encoder, *, compared: bool) -> list[Path]:
    """Return the tables of a generation or step whose files are as written; none where another encoder made them."""
    try:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (stored["encoder"], stored["revision"]) != (encoder.name, encoder.revision):
            return []
        tables = [part for part in ("", f"{DELTA}/") if f"{part}{KEYS}" in stored["files"]]
        names = [f"{part}{name}" for part in tables for name in FILES]
        if not compared and any(hash_file(folder / name) != stored["files"][name] for name in names):
            return []
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [folder / part for part in tables]


def write_vectors(folder: Path, keys: Sequence[str], encoded: Encoded, large: int) -> VectorIndex:
    """Write a table of vectors, and return their index, exact below ``large`` of them."""
    (folder / KEYS).write_text(json.dumps(keys), encoding="utf-8")
    write_sentences(folder, encoded.sentences, encoded.passages.shape[1])
    vectors = build_vector_index(encoded.passages, sample(encoded), large)
    write_vector_index(folder, vectors.index)
    return vectors


def sample(encoded: Encoded) -> np.ndarray:
    """Return the vectors of some sentences, of whole passages where there is none; the same ones each time."""
    passages, sentences = encoded.passages, encoded.sentences
    chosen = np.random.default_rng(0).choice(len(passages), min(SAMPLE, len(passages)), replace=False)
    return np.array([sentences[row][0] if len(sentences[row]) else passages[row] for row in chosen], np.float32)
