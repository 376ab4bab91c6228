"""What a large generation keeps of the one before: its first segment, while little else has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.index import bm25, generations
from qa.index.records import OWNED, read_lines
from qa.index.segment import DELTA, DOCUMENTS
from qa.values import Document, IndexManifest

MOST_ADDED, MOST_CHARACTERS = 0.1, 10_000_000
"""Share of the text, and how much of it at most, that may lie in the second segment: each build makes it anew."""


@dataclass(frozen=True, slots=True)
class Base:
    """A first segment that stays: its folder and files, what of it no longer answers, and what it lacks.

    ``rows``: how many of its passages still answer.
    """

    manifest: IndexManifest
    folder: Path
    files: Mapping[str, str]
    removed: Sequence[str]
    fresh: Sequence[Document]
    rows: int


def fingerprint(line: str) -> bytes:
    return hashlib.blake2b(line.encode(), digest_size=16).digest()


def find_base(
    folder: Path, live: IndexManifest | None, documents: Sequence[Document], prints: Sequence[bytes]
) -> Base | None:
    """Return the live generation's first segment where it is large, whole, and nearly all that is wanted.

    ``prints``: the fingerprint of each document's line. None where everything is to be written anew.
    """
    if live is None or live.passages < bm25.LARGE or not generations.is_whole(folder / live.generation):
        return None
    generation = folder / live.generation
    wanted = dict(zip(prints, documents, strict=True))
    owned = np.diff(np.load(generation / OWNED, allow_pickle=False))
    removed, rows = [], int(owned.sum())
    for place, line in enumerate(read_lines(generation / DOCUMENTS)):
        if wanted.pop(fingerprint(line.rstrip("\n")), None) is None:
            removed.append(json.loads(line)["id"])
            rows -= int(owned[place])
    fresh = list(wanted.values())
    added = sum(len(document.text) for document in fresh)
    whole = sum(len(document.text) for document in documents)
    if added > min(MOST_ADDED * whole, MOST_CHARACTERS) or len(removed) > MOST_ADDED * len(documents):
        return None
    files = {name: digest for name, digest in live.files.items() if not name.startswith(f"{DELTA}/")}
    return Base(live, generation, files, removed, fresh, rows)
