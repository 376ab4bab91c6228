"""Passage key → vectors: what was embedded once is not embedded again, after a kill or in another format."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np

from qa.encoder import Encoded, Encoder
from qa.errors import IndexStoreError
from qa.index import generations
from qa.index.segment import DATABASE, DELTA, Database
from qa.index.sentence_vectors import SENTENCE_STARTS, SENTENCES, SentenceFile
from qa.index.vector_index import DENSE, open_vector_index

FRESH = ".embedded-"
OLDER_KEYS = "keys.json"
"""What a segment of a format below 8 has instead of its database."""

FILES = {DATABASE, OLDER_KEYS, DENSE, SENTENCES, SENTENCE_STARTS}
TABLE = "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, passage BLOB, sentences BLOB, digest BLOB)"
ROWS = "SELECT key, CAST(passage AS BLOB), CAST(sentences AS BLOB), CAST(digest AS BLOB) FROM vectors"
Vectors = tuple[np.ndarray, np.ndarray]
"""A passage's vector (float32), and those of its sentences (float16)."""


class VectorCache:
    """What one encoder made of passages, by the passages' keys.

    Fresh vectors stand in a table of their own until the build is complete, so that a stopped one goes on from there;
    those of whole generations are read where they lie.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder, self.encoder = folder, encoder
        digest = hashlib.sha256(f"{encoder.name}\0{encoder.revision}".encode()).hexdigest()[:12]
        self.path = folder / f"{FRESH}{digest}.sqlite"
        self.places: dict[str, tuple[faiss.Index, SentenceFile, int]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.places or key in self.fresh

    def read(self, keys: Sequence[str]) -> Encoded:
        """Return the vectors of keys that are known, those of sentences in the half precision of their files."""
        vectors = np.empty((len(keys), self.encoder.dimension), np.float32)
        sentences = []
        for row, key in enumerate(keys):
            vectors[row], held = self.stored(key) if key in self.places else self.added(key)
            sentences.append(held)
        return Encoded(vectors, sentences)

    def stored(self, key: str) -> Vectors:
        """Return vectors of a generation."""
        dense, sentences, row = self.places[key]
        return dense.reconstruct(row), sentences.read(np.array([row])).astype(np.float16)

    def added(self, key: str) -> Vectors:
        """Return fresh vectors."""
        passage, sentences = self.table.execute(
            "SELECT passage, sentences FROM vectors WHERE key = ?", [key]
        ).fetchone()
        vector = np.frombuffer(passage, np.float32)
        return vector, np.frombuffer(sentences, np.float16).reshape(-1, len(vector))

    def add(self, keys: Sequence[str], encoded: Encoded) -> None:
        """Keep fresh vectors, all or none of them, on the disk when this returns."""
        rows = [
            (key, passage.tobytes(), sentences.astype(np.float16).tobytes())
            for key, passage, sentences in zip(keys, encoded.passages, encoded.sentences, strict=True)
        ]
        rows = [(*row, digest_of(*row)) for row in rows]
        with self.table as table:
            table.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
        self.fresh.update(keys)

    def clear(self) -> None:
        """Forget what is fresh: the build is complete, or everything is to be embedded again."""
        self.close()
        for path in self.folder.glob(f"{FRESH}*"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the table; what is fresh stays on the disk."""
        if "table" in vars(self):
            self.table.close()
            del self.table
        vars(self).pop("fresh", None)

    @cached_property
    def table(self) -> sqlite3.Connection:
        """The table of fresh vectors."""
        table = sqlite3.connect(self.path)
        table.execute(TABLE)
        return table

    @cached_property
    def fresh(self) -> set[str]:
        """The keys of the table's rows that are as they were written; a table that is damaged is begun anew."""
        if not self.path.exists():
            return set()
        with contextlib.suppress(sqlite3.Error, TypeError, AttributeError):
            if self.table.execute("PRAGMA integrity_check").fetchall() == [("ok",)]:
                return {key for key, *row, digest in self.table.execute(ROWS) if digest_of(key, *row) == digest}
        self.clear()
        return set()

    def read_generations(self, *, compared: bool = False) -> None:
        """Learn of the vectors of the live generation that this encoder made.

        Where they are damaged, or ``CURRENT`` is, of the newest generation that has them whole. It may have another
        format: keys and vectors are all that is read of it, hashes compared, unless they just were.
        """
        names = [*reversed(generations.list_generations(self.folder))]
        with contextlib.suppress(IndexStoreError):
            names.insert(0, generations.read_current(self.folder))
        for name in names:
            for segment in whole_segments(self.folder / name, self.encoder, compared=compared):
                dense, sentences = open_vector_index(segment), SentenceFile(segment)
                self.places |= {key: (dense, sentences, row) for row, key in enumerate(read_keys(segment))}
            if self.places:
                return


def whole_segments(generation: Path, encoder: Encoder, *, compared: bool) -> list[Path]:
    """Return the segments of a generation whose vectors are whole; none where another encoder made them."""
    try:
        stored = json.loads((generation / generations.MANIFEST).read_text(encoding="utf-8"))
        if (stored["encoder"], stored["revision"]) != (encoder.name, encoder.revision):
            return []
        hashes = {name: digest for name, digest in stored["files"].items() if name.removeprefix(f"{DELTA}/") in FILES}
        if not compared and any(generations.hash_file(generation / name) != hashes[name] for name in hashes):
            return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [generation / part for part in ("", DELTA) if f"{part}/{DENSE}".removeprefix("/") in hashes]


def read_keys(segment: Path) -> list[str]:
    older = segment / OLDER_KEYS
    if older.exists():
        return json.loads(older.read_text(encoding="utf-8"))
    return [key for (key,) in Database(segment).rows("SELECT key FROM passages ORDER BY row")]


def digest_of(key: str, passage: bytes, sentences: bytes) -> bytes:
    """Return what tells that a row is the one that was written."""
    return hashlib.sha256(b"\0".join((key.encode(), passage, sentences))).digest()
