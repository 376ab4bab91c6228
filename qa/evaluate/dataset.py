"""Data sets in BEIR layout: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from qa.errors import DatasetError
from qa.retrieval import LONGEST_QUESTION
from qa.text import fold, normalise, syllables
from qa.values import Document

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
QRELS = "qrels/test.tsv"
HEADER = "query-id<TAB>corpus-id<TAB>score"
FORMS = {
    "_id": '"_id" as a string of text without white space',
    "text": '"text" as a string of text',
    "title": '"title" as a string of text',
    "answers": 'a list of texts as [{"text": "…", "start": 0}]',
    "answerable": "true or false",
}

Qrels = Mapping[str, Mapping[str, int]]  # the grade of each judged document of each query


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a data set; ``answers`` and ``answerable`` are there in reading sets only."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Documents as indexed, queries in file order, which documents are relevant, and the absolute path read from."""

    name: str
    place: Path
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    qrels: Qrels

    @property
    def judged(self) -> tuple[Query, ...]:
        """The queries that have a relevant document: those by which retrieval is scored."""
        relevant = {query for query, grades in self.qrels.items() if max(grades.values(), default=0) > 0}
        return tuple(query for query in self.queries if query.id in relevant)

    @property
    def reading(self) -> tuple[Query, ...]:
        """The queries that say whether they can be answered: those by which answers are scored."""
        return tuple(query for query in self.queries if query.answerable is not None)


def read_dataset(folder: Path) -> Dataset:
    """Read a data set, titles in place of missing texts; DatasetError names the file, the line and the cure."""
    if not folder.is_dir():
        holds = f"{CORPUS}, {QUERIES} and {QRELS}"
        raise DatasetError(f"{folder} is not a folder; name one in BEIR layout, which holds {holds}")
    place = folder.resolve()
    documents = read_unique(folder / CORPUS, DocumentRecord)
    queries = read_unique(folder / QUERIES, QueryRecord)
    qrels = read_qrels(folder / QRELS, documents, queries)
    return Dataset(place.name, place, tuple(documents.values()), tuple(queries.values()), qrels)


def one_line(text: str) -> str:
    return " ".join(normalise(text).split())


Line = Annotated[str, AfterValidator(one_line)]


class Record(BaseModel, strict=True):
    """One line of a JSONL file."""

    id: Annotated[str, Field(alias="_id", pattern=r"^\S+$")]


class DocumentRecord(Record):
    """A line of ``corpus.jsonl``."""

    title: Line = ""
    text: str

    def value(self, path: Path) -> Document:
        body = normalise(self.text).strip() or self.title
        return Document(self.id, self.title, f"{body}\n", path.parent.name, "", None, "other")


class AnswerRecord(BaseModel):
    """One of the texts that answer a query."""

    text: Annotated[Line, Field(min_length=1, strict=True)]


class QueryRecord(Record):
    """A line of ``queries.jsonl``; reading sets give the answers too, or say that there is none."""

    text: Line
    answers: tuple[AnswerRecord, ...] | None = None
    answerable: bool | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse what cannot be asked, and answers to what cannot be answered."""
        if not syllables(self.text):
            raise PydanticCustomError(
                "query", "the query {id} is empty; write its text or remove the line", {"id": repr(self.id)}
            )
        length = len(self.text)
        if length + len(self.text.split()) > LONGEST_QUESTION:  # a typing slip adds a letter to a word
            raise PydanticCustomError("query", "the query has {length} characters; shorten it", {"length": length})
        if self.answers and self.answerable is False:
            raise PydanticCustomError("query", "answerable is false, but there are answers; correct one of the two")
        return self

    def value(self, _path: Path) -> Query:
        answers = tuple(answer.text for answer in self.answers or ())
        return Query(self.id, self.text, answers, True if answers else self.answerable)


def reason_of(error: ValidationError, line: str) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "query":
        return first["msg"]
    if not first["loc"]:
        what = f"JSON ({first['msg']})" if first["type"] == "json_invalid" else f"JSON object ({line.strip()[:40]!r})"
        return f"is no {what}; write one JSON object a line"
    name = str(first["loc"][0])
    found = "is missing" if first["type"] == "missing" else f"is {str(first['input'])[:80]!r}"
    return f"{name} {found}; write {FORMS[name]}"


def problem(path: Path, number: int, reason: str, cure: str) -> DatasetError:
    return DatasetError(f"{path}, line {number}: {reason}; {cure}")


def read_unique(path: Path, model: type[DocumentRecord] | type[QueryRecord]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, line in numbered_lines(path):
        try:
            record = model.model_validate_json(line)
        except ValidationError as error:
            raise DatasetError(f"{path}, line {number}: {reason_of(error, line)}") from error
        if record.id in values:
            reason = f"the id {record.id!r} is that of line {lines[record.id]}"
            raise problem(path, number, reason, "give one of them another")
        values[record.id], lines[record.id] = record.value(path), number
    if not values:
        raise DatasetError(f"{path} is empty; write one JSON object a line")
    return values


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
    if not any(grade > 0 for grades in qrels.values() for grade in grades.values()):
        raise DatasetError(f"{path} judges no document relevant; add a line {HEADER} with a score above 0")
    return qrels


def is_grade(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None


TWIN_SEED = "twins-1"
SLIPS_EVERY = 4
TONE_KEYS = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}  # sắc, huyền, hỏi, ngã, nặng


def half_accents(text: str, query_id: str) -> str:
    """Fold half of the words, rounded up; which ones, the query's id and each word's position decide."""
    words = text.split()
    folded = set(drawn(range(len(words)), (len(words) + 1) // 2, "half", query_id))
    return " ".join(fold(word) if position in folded else word for position, word in enumerate(words))


def slips(text: str, query_id: str) -> str:
    """Mistype a word in four, at least one, but none without a letter or with a digit: no number becomes another."""
    words = text.split()
    able = [at for at, word in enumerate(words) if any(map(str.isalpha, word)) and not any(map(str.isnumeric, word))]
    for position in drawn(able, max(1, round(len(words) / SLIPS_EVERY)), "slips", query_id):
        words[position] = mistyped(words[position], dice(query_id, position))
    return " ".join(words)


TwinRule = Callable[[str, str], str]
TWINS: Mapping[str, TwinRule] = {  # each kind of twin and its rule, a function of the query's text and id
    "no_accents": lambda text, _query_id: fold(text),
    "half_accents": half_accents,
    "slips": slips,
}


def dice(*parts: object) -> int:
    """Return a number that is as good as random, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, (TWIN_SEED, *parts))).encode()).digest()[:8], "big")


def drawn(positions: Iterable[int], count: int, rule: str, query_id: str) -> list[int]:
    return sorted(positions, key=lambda position: dice(rule, query_id, position))[:count]


def mistyped(word: str, number: int) -> str:
    """Mistype a word in the first way that fits it, beginning with the way that ``number`` chooses."""
    ways = (telex_left_over, swapped, doubled)
    place, first = divmod(number, len(ways))
    typed = (way(word, place) for way in (*ways[first:], *ways[:first]))
    return next((one for one in typed if one != word), word)


def telex_left_over(word: str, number: int) -> str:  # noqa: ARG001 - a word has one tone and one đ at most
    """Leave the key of the tone, or of đ, as a letter: "chính" → "chinhs", "đã" → "đax", "đi" → "ddi"."""
    end = max(at for at, letter in enumerate(word) if letter.isalpha()) + 1
    body, tail = word[:end], word[end:]  # keys are typed before the punctuation after a word
    decomposed = unicodedata.normalize("NFD", body)
    for mark, letter in TONE_KEYS.items():
        if mark in decomposed:
            return unicodedata.normalize("NFC", decomposed.replace(mark, "", 1)) + letter + tail
    return body.replace("đ", "dd", 1).replace("Đ", "DD", 1) + tail


def swapped(word: str, number: int) -> str:
    """Exchange two neighbouring letters that differ, at a place that ``number`` chooses."""
    pairs = [at for at in range(len(word) - 1) if word[at : at + 2].isalpha() and word[at] != word[at + 1]]
    if not pairs:
        return word
    at = pairs[number % len(pairs)]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def doubled(word: str, number: int) -> str:
    """Type one letter twice, at a place that ``number`` chooses."""
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    at = letters[number % len(letters)]
    return word[: at + 1] + word[at:]
