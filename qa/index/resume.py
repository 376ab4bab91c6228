"""Vectors embedded so far, kept beside the generations until a build is complete; a stopped one goes on from there."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from qa.encoder import Encoded, Encoder
from qa.index.reader_lock import UNFINISHED

STEP = 256
"""Passages embedded between two writes; what a kill can cost."""


class Embedded:
    """The finished steps of a build with one encoder."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder = folder
        digest = hashlib.sha256(f"{encoder.name}\0{encoder.revision}".encode()).hexdigest()[:12]
        self.prefix = f".embedded-{digest}-"
        self.steps = len(self.files())

    def add(self, keys: Sequence[str], encoded: Encoded) -> None:
        """Keep the vectors of passages and their sentences under the passages' keys, in one step or not at all."""
        starts = np.cumsum([0, *map(len, encoded.sentences)])
        sentences = np.concatenate([np.empty((0, encoded.passages.shape[1]), np.float32), *encoded.sentences])
        written = io.BytesIO()
        np.savez(written, keys=np.array(keys), passages=encoded.passages, sentences=sentences, starts=starts)
        place = self.folder / f"{self.prefix}{self.steps:06d}-{digest_of(written.getvalue())}.npz"
        partial = self.folder / f"{UNFINISHED}{place.name}"
        with partial.open("wb") as file:
            file.write(written.getvalue())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
        self.steps += 1

    def read(self) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray]]]:
        """Yield each key with its passage's vector and its sentences' vectors; a damaged step counts as not done."""
        for path in self.files():
            try:
                written = path.read_bytes()
            except OSError:
                continue
            if not path.stem.endswith(f"-{digest_of(written)}"):
                continue
            with np.load(io.BytesIO(written), allow_pickle=False) as kept:
                keys, passages = kept["keys"].tolist(), kept["passages"]
                parts = np.split(kept["sentences"], kept["starts"][1:-1])
            yield from zip(keys, zip(passages, parts, strict=True), strict=True)

    def clear(self) -> None:
        """Forget every step: the build is complete, or everything is to be embedded again."""
        for path in self.folder.glob(".embedded-*.npz"):
            path.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.prefix}*.npz"))


def digest_of(written: bytes) -> str:
    """Return what names a step's bytes, so that altered ones are never read."""
    return hashlib.sha256(written).hexdigest()[:32]
