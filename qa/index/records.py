"""Documents, passages and manifests as lines of JSON."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from qa.numbers import DocumentNumber, find_numbers
from qa.passages import cite
from qa.types import Document, IndexManifest, Passage

SENTENCES, SENTENCE_STARTS = "sentences.npy", "sentence_starts.npy"
DATES = ("published", "effective_from", "effective_to")


def format_document(document: Document) -> str:
    return json.dumps(dataclasses.asdict(document), ensure_ascii=False, default=str)


def parse_document(line: str) -> Document:
    fields = json.loads(line)
    for name in DATES:
        fields[name] = fields[name] and datetime.date.fromisoformat(fields[name])
    for name in ("supersedes", "amends"):
        fields[name] = tuple(fields[name])
    return Document(**fields)


def format_passage(passage: Passage) -> str:
    citation = passage.citation
    return json.dumps(
        [passage.id, citation.document_id, citation.start, citation.end, citation.section, passage.context],
        ensure_ascii=False,
    )


def read_passages(path: Path, documents: Sequence[Document]) -> list[Passage]:
    by_id = {document.id: document for document in documents}
    passages = []
    for line in read_lines(path):
        name, document_id, start, end, section, context = json.loads(line)
        document = by_id[document_id]
        passages.append(Passage(name, document.text[start:end], cite(document, start, end, section), context))
    return passages


def write_numbers(path: Path, passages: Sequence[Passage]) -> None:
    """Write which passages mention which document numbers: ``[digits, year, suffix, row]`` each."""
    mentions = [
        [*dataclasses.astuple(number), row]
        for row, passage in enumerate(passages)
        for number in dict.fromkeys(find_numbers(passage.text))
    ]
    path.write_text(json.dumps(mentions), encoding="utf-8")


def read_numbers(path: Path) -> dict[int, list[tuple[DocumentNumber, int]]]:
    """Map the digits of each mentioned number to its mentions: the number and the passage's row."""
    mentions: dict[int, list[tuple[DocumentNumber, int]]] = defaultdict(list)
    for digits, year, suffix, row in json.loads(path.read_text(encoding="utf-8")):
        mentions[digits].append((DocumentNumber(digits, year, suffix), row))
    return mentions


class Sentences:
    """The vectors of every passage's sentences, row by row; held on disk and read where they are needed."""

    def __init__(self, vectors: np.ndarray, starts: np.ndarray) -> None:
        self.vectors = vectors
        self.starts = starts

    def of(self, row: int) -> np.ndarray:
        """Return the float32 vectors of one passage's sentences, in order; none for a passage without."""
        return np.asarray(self.vectors[self.starts[row] : self.starts[row + 1]], np.float32)

    def best(self, query: np.ndarray, rows: np.ndarray, fallback: np.ndarray) -> np.ndarray:
        """Return for each row the highest inner product of ``query`` with its sentences; ``fallback`` without any."""
        counts = self.starts[rows + 1] - self.starts[rows]
        filled = counts > 0
        best = np.array(fallback, np.float32)
        if filled.any():
            places = [np.arange(self.starts[row], self.starts[row + 1]) for row in rows[filled]]
            products = np.asarray(self.vectors[np.concatenate(places)], np.float32) @ query
            best[filled] = np.maximum.reduceat(products, np.cumsum(counts[filled]) - counts[filled])
        return best


def write_sentences(folder: Path, sentences: Sequence[np.ndarray], dimension: int) -> None:
    """Write the vectors of all passages' sentences in half precision, and where each passage's begin."""
    vectors = np.concatenate([np.empty((0, dimension), np.float32), *sentences])
    np.save(folder / SENTENCES, vectors.astype(np.float16))
    np.save(folder / SENTENCE_STARTS, np.cumsum([0, *map(len, sentences)]))


def read_sentences(folder: Path) -> Sentences:
    """Open what ``write_sentences`` wrote."""
    vectors = np.load(folder / SENTENCES, mmap_mode="r", allow_pickle=False)
    return Sentences(vectors, np.load(folder / SENTENCE_STARTS, allow_pickle=False))


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
