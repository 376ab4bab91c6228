"""One complete set of files: a database of documents and passages, and both searches over the passages' rows.

A generation is one segment. A large one that little was added to is two: the files of the generation before,
linked, and in ``delta/`` a second segment of what came since, whose table ``removed`` names the documents of the
first that no longer answer.
"""

import contextlib
import dataclasses
import hashlib
import sqlite3
import threading
import weakref
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from pydantic import TypeAdapter

from qa.corpus import cite, searched_text
from qa.encoder import Encoded
from qa.errors import IndexCorruptError
from qa.index.bm25 import Postings
from qa.index.generations import CURE
from qa.index.vector_cache import SentenceFile, write_vectors
from qa.index.vector_index import VectorIndex, open_vector_index
from qa.text import DocumentNumber, LanguageModel, find_numbers
from qa.values import Document, Passage

DATABASE, LANGUAGE, LEXICAL = "segment.sqlite", "language.json", "lexical"
SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT, first INTEGER, record TEXT);
CREATE TABLE passages (row INTEGER PRIMARY KEY, start INTEGER, end INTEGER, section TEXT, context TEXT);
CREATE TABLE numbers (digits INTEGER, year INTEGER, suffix TEXT, rows BLOB);
CREATE INDEX by_digits ON numbers (digits);
CREATE TABLE removed (id TEXT);
"""
"""``first``: the row of a document's first passage; ``record``: its fields as JSON; ``rows``: int64, ascending.

A generation is made durable as a whole and dropped where its making ends early, so that no journal is due.
"""

DOCUMENTS = "SELECT id, first, record FROM documents ORDER BY row"
DOCUMENTS_WITHOUT_TEXT = "SELECT id, first, json_set(record, '$.text', '') FROM documents ORDER BY row"
RECENT = 256  # documents that stay in memory where texts lie on the disk
PASSAGE = "SELECT start, end, section, context FROM passages WHERE row = ?"
DOCUMENT = TypeAdapter(Document)


class Database:
    """The rows of one segment, read where they are needed; any number of threads may ask."""

    def __init__(self, segment: Path) -> None:
        self.path = segment / DATABASE
        self.lock = threading.Lock()
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        with self.errors_named():
            self.connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        weakref.finalize(self, self.connection.close)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query; IndexCorruptError where the file cannot give them."""
        with self.errors_named(), self.lock:
            return self.connection.execute(query, values).fetchall()

    def documents(self) -> list[tuple[str, int, str]]:
        """Return id, row of the first passage, and record of each document, in order."""
        return self.rows(DOCUMENTS)

    def count_passages(self) -> int:
        return self.rows("SELECT COALESCE(MAX(row) + 1, 0) FROM passages")[0][0]

    @contextlib.contextmanager
    def errors_named(self) -> Iterator[None]:
        """Turn what a file of another form raises into IndexCorruptError."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise IndexCorruptError(f"{self.path} cannot be read ({error}); {CURE}") from error


def format_document(document: Document) -> str:
    return DOCUMENT.dump_json(document).decode()


def parse_document(record: str) -> Document:
    """Return the document of a record; ValueError for one of another form."""
    return DOCUMENT.validate_json(record)


class SegmentDocuments:
    """The documents and passages of one segment by their numbers and rows; passages are read where they are needed.

    ``documents``: whole where ``holds_texts``, else without text. ``starts``: the passages of document i are the rows
    ``starts[i]`` to ``starts[i + 1]``, the latter not included. ``removed``: ids of documents of an earlier segment.
    """

    def __init__(self, folder: Path, *, holds_texts: bool = True) -> None:
        self.database = database = Database(folder)
        self.holds_texts = holds_texts
        found = database.rows(DOCUMENTS if holds_texts else DOCUMENTS_WITHOUT_TEXT)
        with database.errors_named():
            self.documents = [parse_document(record) for _, _, record in found]
            self.starts = [first for _, first, _ in found] + [database.count_passages()]
            if self.starts[0] != 0 or self.starts != sorted(self.starts):
                raise ValueError("its documents are not in order")
        self.removed = [name for (name,) in database.rows("SELECT id FROM removed")]
        self.document = self.documents.__getitem__ if holds_texts else lru_cache(RECENT)(self.read_document)

    def read_document(self, number: int) -> Document:
        """Read a whole document from the disk."""
        ((record,),) = self.database.rows("SELECT record FROM documents WHERE row = ?", number)
        with self.database.errors_named():
            return parse_document(record)

    def passage(self, row: int) -> Passage:
        number = bisect_right(self.starts, row) - 1
        document = self.document(number)
        with self.database.errors_named():
            ((start, end, section, context),) = self.database.rows(PASSAGE, row)
            text = document.text[start:end]
        return Passage(f"{document.id}:{row - self.starts[number]}", text, cite(document, start, end, section), context)

    def rows_mentioning(self, wanted: DocumentNumber) -> np.ndarray:
        """Return the rows of passages that mention a number that can be the one wanted."""
        found = self.database.rows("SELECT year, suffix, rows FROM numbers WHERE digits = ?", wanted.digits)
        with self.database.errors_named():
            numbers = [(DocumentNumber(wanted.digits, year, suffix), rows) for year, suffix, rows in found]
            fitting = [np.frombuffer(rows, "<i8") for number, rows in numbers if wanted.fits(number)]
            return np.concatenate([np.empty(0, np.int64), *fitting])


@dataclass(frozen=True, slots=True)
class Segment:
    """The open files of one segment."""

    documents: SegmentDocuments
    dense: faiss.Index
    postings: Postings
    sentences: SentenceFile


def open_segment(folder: Path) -> Segment:
    """Open what ``write_segment`` wrote; IndexCorruptError, OSError, RuntimeError or ValueError where it cannot be."""
    documents = SegmentDocuments(folder)
    dense, postings, sentences = open_vector_index(folder), Postings.load(folder / LEXICAL), SentenceFile(folder)
    with documents.database.errors_named():
        if len({documents.starts[-1], dense.ntotal, len(postings.lengths), len(sentences.starts) - 1}) > 1:
            raise ValueError("it differs from the files beside it in the number of passages")
    return Segment(documents, dense, postings, sentences)


@dataclass(frozen=True, slots=True)
class SegmentContent:
    """What a segment is written from; ``removed``: ids of the documents of the first that no longer answer."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    removed: Sequence[str] = ()


def write_segment(folder: Path, content: SegmentContent, encoded: Encoded, large: int) -> VectorIndex:
    """Write the files of one segment, and return its index of vectors, exact below ``large`` of them."""
    folder.mkdir(exist_ok=True)
    vectors = write_vectors(folder, [key_of(passage) for passage in content.passages], encoded, large)
    Postings.build(map(searched_text, content.passages)).save(folder / LEXICAL)
    write_database(folder, content)
    write_language(folder, content.documents)
    return vectors


def write_language(folder: Path, documents: Sequence[Document]) -> None:
    texts = (f"{document.title}\n{document.text}" for document in documents)
    LanguageModel.learn(texts).save(folder / LANGUAGE)


def write_database(folder: Path, content: SegmentContent) -> None:
    owned = Counter(passage.citation.document_id for passage in content.passages)
    firsts = accumulate((owned[document.id] for document in content.documents), initial=0)
    documents = zip(content.documents, firsts, strict=False)  # the last sum is the number of passages
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            ((row, one.id, first, format_document(one)) for row, (one, first) in enumerate(documents)),
        )
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            (
                (row, one.citation.start, one.citation.end, one.citation.section, one.context)
                for row, one in enumerate(content.passages)
            ),
        )
        connection.executemany("INSERT INTO numbers VALUES (?, ?, ?, ?)", mentions(content.passages))
        connection.executemany("INSERT INTO removed VALUES (?)", ((name,) for name in content.removed))


def mentions(passages: Sequence[Passage]) -> Iterator[tuple[object, ...]]:
    """Yield each document number that passages mention, with the rows of those that do."""
    found: dict[DocumentNumber, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        for number in dict.fromkeys(find_numbers(passage.text)):
            found[number].append(row)
    for number, rows in found.items():
        yield *dataclasses.astuple(number), np.array(rows, "<i8").tobytes()


def key_of(passage: Passage) -> str:
    """Name the text that a passage's vector is made from."""
    return hashlib.sha256(searched_text(passage).encode()).hexdigest()[:32]
