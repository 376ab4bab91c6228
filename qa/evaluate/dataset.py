"""Data sets in BEIR layout: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa.errors import DatasetError
from qa.retrieval import LONGEST_QUESTION
from qa.text import normalise, syllables
from qa.values import Document

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
QRELS = "qrels/test.tsv"
HEADER = "query-id<TAB>corpus-id<TAB>score"

Value = TypeVar("Value", Document, "Query")
Qrels = Mapping[str, Mapping[str, int]]
"""The grade of each judged document of each query."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a data set; ``answers`` and ``answerable`` are there in reading sets only."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Documents as the product indexes them, the queries in file order, and which documents are relevant.

    ``place`` is the absolute path it was read from.
    """

    name: str
    place: Path
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    qrels: Qrels

    @property
    def judged(self) -> tuple[Query, ...]:
        """The queries that have a relevant document: those by which retrieval is scored."""
        return tuple(query for query in self.queries if is_judged(self.qrels.get(query.id, {})))

    @property
    def reading(self) -> tuple[Query, ...]:
        """The queries that say whether they can be answered: those by which answers are scored."""
        return tuple(query for query in self.queries if query.answerable is not None)


def is_judged(grades: Mapping[str, int]) -> bool:
    return any(grade > 0 for grade in grades.values())


def read_dataset(folder: Path) -> Dataset:
    """Read a data set; DatasetError names the file, the line and the cure.

    A record without text is a document of its title; one with neither can never be found.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"{folder} is not a folder; name one in BEIR layout, which holds {CORPUS}, {QUERIES} and {QRELS}"
        )
    place = folder.resolve()
    documents = read_unique(folder / CORPUS, Record.document)
    queries = read_unique(folder / QUERIES, Record.query)
    qrels = read_qrels(folder / QRELS, documents, queries)
    return Dataset(place.name, place, tuple(documents.values()), tuple(queries.values()), qrels)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a JSONL file, read field by field."""

    path: Path
    number: int
    fields: Mapping[str, object]

    def document(self) -> Document:
        """Return the record as a document of the product."""
        title = " ".join(normalise(self.text("title", default="")).split())
        body = normalise(self.text("text")).strip() or title
        return Document(self.text("_id"), title, f"{body}\n", self.path.parent.name, "", None, "other")

    def query(self) -> Query:
        """Return the record as a query, its text in one line."""
        text = " ".join(normalise(self.text("text")).split())
        if not syllables(text):
            raise self.problem(f"the query {self.text('_id')!r} is empty", "write its text or remove the line")
        if len(text) + len(text.split()) > LONGEST_QUESTION:  # a typing slip adds a letter to a word
            raise self.problem(f"the query has {len(text)} characters", "shorten it")
        return Query(self.text("_id"), text, self.answers(), self.answerable())

    def answers(self) -> tuple[str, ...]:
        answers = self.fields.get("answers")
        if answers is None:
            return ()
        if not isinstance(answers, list) or not all(is_answer(answer) for answer in answers):
            raise self.problem("answers is no list of texts", 'write it as [{"text": "…", "start": 0}]')
        return tuple(" ".join(normalise(answer["text"]).split()) for answer in answers)

    def answerable(self) -> bool | None:
        answers = self.answers()
        answerable = self.fields.get("answerable", True if answers else None)
        if answerable is not None and not isinstance(answerable, bool):
            raise self.problem(f"answerable is {answerable!r}", "write true or false")
        if answers and not answerable:
            raise self.problem("answerable is false, but there are answers", "correct one of the two")
        return answerable

    def text(self, name: str, *, default: str | None = None) -> str:
        value = self.fields.get(name, default)
        if not isinstance(value, str) or (name == "_id" and not is_identifier(value)):
            found = f"is {str(value)[:80]!r}" if name in self.fields else "is missing"
            kind = "text without white space" if name == "_id" else "text"
            raise self.problem(f"{name} {found}", f'write "{name}" as a string of {kind}')
        return value

    def problem(self, reason: str, cure: str) -> DatasetError:
        return problem(self.path, self.number, reason, cure)


def is_answer(answer: object) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("text"), str) and bool(answer["text"].strip())


def is_identifier(value: str) -> bool:
    return len(value.split()) == 1 and value.split()[0] == value


def problem(path: Path, number: int, reason: str, cure: str) -> DatasetError:
    return DatasetError(f"{path}, line {number}: {reason}; {cure}")


def read_unique(path: Path, convert: Callable[[Record], Value]) -> dict[str, Value]:
    """Read a JSONL file into values by id, in file order."""
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for record in read_records(path):
        value = convert(record)
        if value.id in values:
            raise record.problem(f"the id {value.id!r} is that of line {lines[value.id]}", "give one of them another")
        values[value.id], lines[value.id] = value, record.number
    if not values:
        raise DatasetError(f"{path} is empty; write one JSON object a line")
    return values


def read_records(path: Path) -> Iterator[Record]:
    for number, line in numbered_lines(path):
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise problem(path, number, f"is not JSON ({error.msg})", "write one JSON object a line") from error
        if not isinstance(fields, dict):
            raise problem(path, number, f"is no JSON object ({line.strip()[:40]!r})", "write one JSON object a line")
        yield Record(path, number, fields)


def numbered_lines(path: Path) -> Iterable[tuple[int, str]]:
    """Return the lines that hold anything, numbered from 1."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise problem(path, number, "is not UTF-8", "save the file as UTF-8") from error
    except FileNotFoundError as error:
        raise DatasetError(f"{path} is missing; add it, or name a folder that holds it") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def read_qrels(path: Path, documents: Mapping[str, Document], queries: Mapping[str, Query]) -> Qrels:
    """Read the judgements; each line must name a document and a query that exist, once."""
    lines = list(numbered_lines(path))
    if not lines or is_grade(lines[0][1].split("\t")[-1].strip()):
        raise problem(path, 1, "the header is missing", f"begin the file with {HEADER}")
    qrels: dict[str, dict[str, int]] = {}
    for number, line in lines[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3 or not is_grade(cells[2]):
            raise problem(path, number, f"is {line.strip()[:80]!r}", f"write {HEADER}, the score a whole number")
        query, document, grade = cells
        for name, known, file in ((query, queries, QUERIES), (document, documents, CORPUS)):
            if name not in known:
                raise problem(path, number, f"{name!r} is not in {file}", "correct the id or remove the line")
        if document in qrels.setdefault(query, {}):
            raise problem(path, number, f"judges {document!r} for {query!r} a second time", "remove one of the lines")
        qrels[query][document] = int(grade)
    if not any(map(is_judged, qrels.values())):
        raise DatasetError(f"{path} judges no document relevant; add a line {HEADER} with a score above 0")
    return qrels


def is_grade(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None
