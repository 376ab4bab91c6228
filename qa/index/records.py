"""Documents, passages and manifests as lines of JSON."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qa.numbers import DocumentNumber, find_numbers
from qa.passages import cite
from qa.types import Document, IndexManifest, Passage

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


def format_manifest(manifest: IndexManifest) -> str:
    return json.dumps(dataclasses.asdict(manifest), ensure_ascii=False, indent=1, default=str)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def read_lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from (line for line in file if line.strip())
