"""Documents, passages and manifests as lines of JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from qa.corpus import cite
from qa.text import DocumentNumber, find_numbers
from qa.values import Document, IndexManifest, Passage

PASSAGES, PLACES, OWNED = "passages.jsonl", "passage_places.npy", "document_rows.npy"
DOCUMENT = TypeAdapter(Document)


def format_document(document: Document) -> str:
    return json.dumps(dataclasses.asdict(document), ensure_ascii=False, default=str)


def parse_document(line: str) -> Document:
    return DOCUMENT.validate_json(line)


def format_passage(passage: Passage) -> str:
    citation = passage.citation
    return json.dumps(
        [passage.id, citation.document_id, citation.start, citation.end, citation.section, passage.context],
        ensure_ascii=False,
    )


class Passages(Sequence[Passage]):
    """The passages of one segment, in the order of their documents, read from the disk where they are needed.

    ``rows``: the passages of document i are ``rows[i]`` to ``rows[i + 1]``, the latter not included.
    """

    def __init__(self, folder: Path, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.rows, self.places = read_starts(folder / OWNED), read_starts(folder / PLACES)
        self.file = (folder / PASSAGES).open("rb", buffering=0)
        held = (len(self.rows) - 1, int(self.rows[-1]), int(self.places[-1]))
        if held != (len(documents), len(self.places) - 1, os.fstat(self.file.fileno()).st_size):
            raise ValueError(f"{folder / PASSAGES} does not fit {OWNED} and {PLACES}")

    def __len__(self) -> int:
        return len(self.places) - 1

    def __getitem__(self, row: int) -> Passage:
        if not 0 <= row < len(self):
            raise IndexError(row)
        start, end = self.places[row : row + 2].tolist()
        line = os.pread(self.file.fileno(), end - start, start)
        document = self.documents[int(np.searchsorted(self.rows, row, side="right")) - 1]
        name, _, start, end, section, context = json.loads(line)
        return Passage(name, document.text[start:end], cite(document, start, end, section), context)


def read_starts(path: Path) -> np.ndarray:
    """Return where things begin and the last one ends: whole numbers from 0 on, ascending; ValueError for others."""
    starts = np.load(path, allow_pickle=False)
    if starts.dtype != np.int64 or starts.ndim != 1 or starts[0] != 0 or (np.diff(starts) < 0).any():
        raise ValueError(f"{path} holds no ascending numbers from 0 on")
    return starts


def write_passages(folder: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
    """Write the passages, where each begins in the file, and which rows each document has."""
    lines = (format_passage(passage).encode() + b"\n" for passage in passages)
    with (folder / PASSAGES).open("wb") as file:
        np.save(folder / PLACES, np.cumsum([0, *map(file.write, lines)]))
    owned = Counter(passage.citation.document_id for passage in passages)
    np.save(folder / OWNED, np.cumsum([0, *(owned[document.id] for document in documents)]))


Numbered = Mapping[int, Sequence[tuple[DocumentNumber, np.ndarray]]]
"""The digits of a number → the numbers that have them, each with the rows of passages, ascending."""


def write_numbers(path: Path, passages: Sequence[Passage]) -> None:
    """Write which passages mention which document numbers: ``[digits, year, suffix, [row, …]]`` each."""
    mentions: dict[DocumentNumber, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        for number in dict.fromkeys(find_numbers(passage.text)):
            mentions[number].append(row)
    lines = [[*dataclasses.astuple(number), rows] for number, rows in mentions.items()]
    path.write_text(json.dumps(lines), encoding="utf-8")


def read_numbers(path: Path) -> Numbered:
    """Read what ``write_numbers`` wrote."""
    mentions: dict[int, list[tuple[DocumentNumber, np.ndarray]]] = defaultdict(list)
    for digits, year, suffix, rows in json.loads(path.read_text(encoding="utf-8")):
        mentions[digits].append((DocumentNumber(digits, year, suffix), np.array(rows, np.int64)))
    return mentions


def rows_of(numbered: Numbered, wanted: DocumentNumber) -> np.ndarray:
    """Return the rows of every number that can be the one wanted."""
    fitting = [rows for number, rows in numbered.get(wanted.digits, ()) if wanted.fits(number)]
    return np.concatenate([np.empty(0, np.int64), *fitting])


def format_manifest(manifest: IndexManifest) -> str:
    """Return a manifest as JSON that ends with the hash of all before, since no other file holds its hash."""
    return sealed(dataclasses.asdict(manifest))


MANIFEST = TypeAdapter(IndexManifest)


def sealed(fields: Mapping[str, object]) -> str:
    digest = hashlib.sha256(json.dumps(fields, ensure_ascii=False, default=str).encode()).hexdigest()
    return json.dumps({**fields, "seal": digest}, ensure_ascii=False, indent=1, default=str)


def parse_manifest(text: str) -> IndexManifest:
    """Return the manifest; ValueError, KeyError or TypeError when it was changed or has another form."""
    fields = json.loads(text)
    del fields["seal"]
    if sealed(fields) != text:
        raise ValueError("its hash is another")
    return MANIFEST.validate_python(fields)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def read_lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from (line for line in file if line.strip())
