"""Passage key → vectors: what was embedded once is not embedded again, after a kill or in another format.

A table of vectors is a folder of four files, whose manifest names the encoder and each file's hash: every segment of a
generation is one, whatever the format of its other files, and so is every finished step of a build.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from qa.encoder import Encoded, Encoder
from qa.errors import IndexStoreError
from qa.index import generations
from qa.index.generations import DELTA, MANIFEST, UNFINISHED
from qa.index.sentence_vectors import SENTENCE_STARTS, SENTENCES, SentenceFile, write_sentences
from qa.index.vector_index import DENSE, LARGE, VectorIndex, build_vector_index, open_vector_index, write_vector_index

KEYS = "keys.json"
FILES = (KEYS, DENSE, SENTENCES, SENTENCE_STARTS)
STEP = ".embedded-"
SAMPLE = 200
"""Sentences whose vectors stand for questions when recall is measured."""

Vectors = tuple[np.ndarray, np.ndarray]
"""A passage's vector (float32), and those of its sentences (float16)."""


class VectorCache:
    """What one encoder made of passages, by the passages' keys: of a build that was stopped, and of generations."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder, self.encoder = folder, encoder
        self.fresh: dict[str, Vectors] = {}
        self.places: dict[str, tuple[faiss.Index, SentenceFile, int]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.fresh or key in self.places

    def read(self, keys: Sequence[str]) -> Encoded:
        """Return the vectors of keys that are known."""
        vectors = np.empty((len(keys), self.encoder.dimension), np.float32)
        sentences = []
        for row, key in enumerate(keys):
            vectors[row], held = self.fresh[key] if key in self.fresh else vectors_at(*self.places[key])
            sentences.append(held)
        return Encoded(vectors, sentences)

    def add(self, keys: Sequence[str], encoded: Encoded) -> None:
        """Keep the vectors of a step, all or none of them, on the disk when this returns."""
        partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.folder))
        write_vectors(partial, keys, encoded, LARGE)
        files = generations.hash_files(partial)
        named = {"encoder": self.encoder.name, "revision": self.encoder.revision, "files": files}
        (partial / MANIFEST).write_text(json.dumps(named), encoding="utf-8")
        steps = len(list(self.folder.glob(f"{STEP}*")))
        generations.put_in_place(partial, self.folder / f"{STEP}{steps:06d}")
        sentences = [some.astype(np.float16) for some in encoded.sentences]
        self.fresh |= zip(keys, zip(encoded.passages, sentences, strict=True), strict=True)

    def clear(self) -> None:
        """Forget the steps: the build is complete, or everything is to be embedded again."""
        generations.remove_all(self.folder, STEP)

    def load(self, *, compared: bool = False) -> None:
        """Learn what this encoder made, by the finished steps of a stopped build and the live generation.

        Where the latter is damaged, or ``CURRENT`` is, by the newest generation whose vectors are whole. Hashes are
        compared, unless those of the live one just were.
        """
        for step in sorted(self.folder.glob(f"{STEP}*")):
            for table in whole_tables(step, self.encoder, compared=False):
                self.fresh |= {key: vectors_at(*place) for key, place in places(table).items()}
        names = [*reversed(generations.list_generations(self.folder))]
        with contextlib.suppress(IndexStoreError):
            names.insert(0, generations.read_current(self.folder))
        for name in names:
            for table in whole_tables(self.folder / name, self.encoder, compared=compared):
                self.places |= places(table)
            if self.places:
                return


def places(table: Path) -> dict[str, tuple[faiss.Index, SentenceFile, int]]:
    """Map each key of a table to where its vectors are."""
    dense, sentences = open_vector_index(table), SentenceFile(table)
    keys = json.loads((table / KEYS).read_text(encoding="utf-8"))
    return {key: (dense, sentences, row) for row, key in enumerate(keys)}


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
        if not compared and any(generations.hash_file(folder / name) != stored["files"][name] for name in names):
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
