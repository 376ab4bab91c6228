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
ROW = "SELECT CAST(passage AS BLOB), CAST(sentences AS BLOB), CAST(digest AS BLOB) FROM vectors WHERE key = ?"
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

    def get(self, key: str) -> Vectors | None:
        """Return the vectors of a key; None where they are not known, or were altered on the disk."""
        if key in self.places:
            dense, sentences, row = self.places[key]
            return dense.reconstruct(row), sentences.read(np.array([row])).astype(np.float16)
        found = self.table.execute(ROW, [key]).fetchone()
        if found is None or None in found or digest_of(key, *found[:2]) != found[2]:
            return None
        vector = np.frombuffer(found[0], np.float32)
        return vector, np.frombuffer(found[1], np.float16).reshape(-1, len(vector))

    def add(self, keys: Sequence[str], encoded: Encoded) -> None:
        """Keep fresh vectors, all or none of them, on the disk when this returns."""
        rows = [
            (key, passage.tobytes(), sentences.astype(np.float16).tobytes())
            for key, passage, sentences in zip(keys, encoded.passages, encoded.sentences, strict=True)
        ]
        with self.table as table:
            table.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", [(*row, digest_of(*row)) for row in rows]
            )

    def clear(self) -> None:
        """Forget what is fresh: the build is complete, or everything is to be embedded again."""
        self.close()
        for path in self.folder.glob(f"{FRESH}*"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the table; what is fresh stays on the disk."""
        if "table" in self.__dict__:
            self.table.close()
            del self.table

    @cached_property
    def table(self) -> sqlite3.Connection:
        """The table of fresh vectors; one that is damaged is begun anew."""
        table = sqlite3.connect(self.path)
        with contextlib.suppress(sqlite3.Error):
            table.execute(TABLE)
            table.execute(ROW, [""]).fetchone()
            if table.execute("PRAGMA quick_check").fetchall() == [("ok",)]:
                return table
        table.close()
        for path in self.folder.glob(f"{self.path.name}*"):
            path.unlink()
        table = sqlite3.connect(self.path)
        table.execute(TABLE)
        return table

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
