"""Questions to train on, each with the places of its evidence in a document of an index."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.values import Document

Span = tuple[int, int]
AROUND = (60, 25, 8, 0)
"""Characters of context with which a short answer is looked up in a document, tried in this order."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the document it was written over, and what of that document answers it.

    ``history``: earlier questions of the same person, oldest first. ``evidence`` and ``short`` are spans in the
    document's text; both are empty where the document does not answer.
    """

    id: str
    split: str
    type: str
    document: str
    history: tuple[str, ...]
    text: str
    evidence: tuple[Span, ...]
    short: Span | None
    answered: bool


class Places:
    """Finds texts in a document, white space and marks of headings, lists and tables left out of account."""

    def __init__(self, text: str) -> None:
        kept = [at for at, character in enumerate(text) if not (character.isspace() or character in "#*|>_")]
        self.offsets = np.array(kept, np.int32)
        self.squeezed = "".join(text[at] for at in kept)

    def find(self, wanted: str, after: int = 0) -> Span | None:
        """Return where ``wanted`` stands, None where it does not or is empty."""
        needle = squeeze(wanted)
        start = self.squeezed.find(needle, after) if needle else -1
        return None if start < 0 else self.span(start, start + len(needle))

    def find_within(self, text: str, start: int, end: int) -> Span | None:
        """Return where ``text[start:end]`` stands, told apart from its other places by what is around it."""
        for around in AROUND:
            before, after = squeeze(text[max(0, start - around) : start]), squeeze(text[end : end + around])
            needle = squeeze(text[start:end])
            place = self.squeezed.find(before + needle + after)
            if place >= 0 and needle:
                return self.span(place + len(before), place + len(before) + len(needle))
        return None

    def span(self, start: int, end: int) -> Span:
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


def squeeze(text: str) -> str:
    return re.sub(r"[\s#*|>_]+", "", text)


class Library:
    """The documents of an index, found by the name of the file that a question was written over."""

    def __init__(self, documents: Iterable[Document], names: dict[str, str]) -> None:
        self.documents = {document.id: document for document in documents}
        self.names = names
        self.places: dict[str, Places] = {}

    def find(self, name: str) -> tuple[Document, Places] | None:
        document = self.documents.get(self.names.get(name, name))
        if document is None:
            return None
        if document.id not in self.places:
            self.places[document.id] = Places(document.text)
        return document, self.places[document.id]


def names_of_corpus(corpus: Path) -> dict[str, str]:
    """Return each document's id by the name of the file it was made from, and by its path in the corpus."""
    names = {}
    for path in corpus.rglob("*.md"):
        head = path.read_text(encoding="utf-8").split("\n---", 1)[0]
        identifier = re.search(r"^id: *(\S+)", head, re.MULTILINE)
        made_from = re.search(r"^retrieved_from: *(\S+)", head, re.MULTILINE)
        name = identifier[1] if identifier else path.stem
        names[path.relative_to(corpus).as_posix()] = name
        if made_from:
            names[Path(made_from[1]).stem] = name
    return names


def read_lines(path: Path) -> Iterator[dict]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def windowed_questions(folder: Path, library: Library) -> Iterator[Question]:
    """Yield the questions over windows of official documents (``official_questions.jsonl``)."""
    windows = {row["id"]: row for row in read_lines(folder / "official_contexts.jsonl")}
    for row in read_lines(folder / "official_questions.jsonl"):
        window = windows[row["context"]]
        found = library.find(window["document"])
        if not found:
            continue
        document, places = found
        short = None
        if row["answer"]:
            start = row["answer"]["start"]
            short = places.find_within(window["text"], start, start + len(row["answer"]["text"]))
            if short is None:
                continue
        answered = short is not None
        evidence = (short,) if short else ()
        yield Question(
            row["id"], window["split"], "window", document.id, (), row["question"], evidence, short, answered
        )


def far_questions(path: Path) -> Iterator[Question]:
    """Yield questions of another world, which no document answers."""
    for row in read_lines(path):
        yield Question(row["id"], row["split"], "far", "", (), row["question"], (), None, answered=False)


def full_questions(path: Path, library: Library, sources: Path | None = None) -> Iterator[Question]:
    """Yield questions with verbatim evidence.

    Those over official documents hold spans in the text of their source file, which ``sources`` has.
    """
    for row in read_lines(path):
        name = row.get("document") or row["path"]
        found = library.find(name)
        if not found:
            continue
        document, places = found
        texts, short = quoted(row, sources)
        evidence = [places.find(text) for text in texts]
        answered = row["answerable"] if "answerable" in row else row["kind"] == "A"
        if None in evidence or (answered and not evidence):
            continue
        spans = tuple(span for span in evidence if span)
        kind = row.get("type") or ("follow_up" if row["history"] else "other")
        place = short_within(document.text, spans, short) if answered else None
        history = tuple(row["history"])
        yield Question(row["id"], row["split"], kind, document.id, history, row["question"], spans, place, answered)


def quoted(row: dict, sources: Path | None) -> tuple[list[str], str]:
    """Return the pieces of evidence of a row as texts, and the short answer."""
    if "spans" not in row:
        return list(row["evidence"] or ()), row.get("short") or ""
    if sources is None:
        raise ValueError(f"{row['id']} points into a source file; name the folder of these with --sources")
    text = json.loads((sources / f"{row['document']}.json").read_text(encoding="utf-8"))["text"]
    short = text[slice(*row["short_span"])] if "short_span" in row else ""
    return [text[start:end] for start, end in row["spans"]], short


def short_within(text: str, evidence: Sequence[Span], short: str) -> Span | None:
    """Return the first place of ``short`` inside the evidence."""
    for start, end in evidence:
        inside = Places(text[start:end]).find(short)
        if inside:
            return start + inside[0], start + inside[1]
    return None


def shares_most(said: str, gold: str) -> bool:
    """Tell whether two short answers have at least two thirds of their words in common, counted as F1."""
    one, other = said.casefold().split(), gold.casefold().split()
    common = sum(min(one.count(word), other.count(word)) for word in set(one))
    return bool(one and other) and 3 * common >= len(one) + len(other)


def digits_agree(said: str, gold: str) -> bool:
    """Tell whether a short answer has the digits of the right one, or an unbroken part of them."""
    one, other = ("".join(filter(str.isdigit, text)) for text in (said, gold))
    return one == other or (bool(one) and one in other)
