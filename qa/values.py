"""The values that pass between stages: frozen, and without work of their own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = (
    "news",
    "constitution",
    "law",
    "resolution",
    "decree",
    "decision",
    "circular",
    "directive",
    "conclusion",
    "plan",
    "notice",
    "dispatch",
    "official_letter",
    "other",
)
"""What a document can be, in the order of a list shown to a person."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is no more: its names, the full one first; the first day without it; the heading of what is so instead."""

    names: tuple[str, ...]
    since: datetime.date
    section: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article of the corpus.

    ``text`` is NFC and is what every citation's span points into. ``source`` is the publisher.
    ``effective_to`` is the first day it is no longer in force. ``supersedes`` and ``amends`` hold
    document numbers ("65/2025/QH15"); ``duplicate_of`` is the id of the document that says the same.
    ``ended`` is what the article says has ended.
    """

    id: str
    title: str
    text: str
    source: str
    url: str
    published: datetime.date | None
    kind: str
    number: str | None = None
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    supersedes: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    duplicate_of: str | None = None
    ended: tuple[Ending, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a text stands: ``document.text[start:end]`` is that text, character for character."""

    document_id: str
    title: str
    source: str
    url: str
    published: datetime.date | None
    kind: str
    number: str | None
    section: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A searchable piece of a document; ``id`` is ``document:ordinal``.

    ``context`` (title, number, heading) is searched with the text and never quoted.
    """

    id: str
    text: str
    citation: Citation
    context: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    ``score``: 0..1 among the candidates of that question, from every signal. ``dense``: the cosine of question and
    passage; ``lexical``: BM25, 0 or more. ``named``: 2 where the document bears a document number of the question,
    1 where the passage mentions one, else 0. Hits come by ``score + named``, highest first, ties by passage id.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float
    named: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence quoted as evidence under its mark ``[marker]``; ``citation`` spans exactly ``text``."""

    marker: int
    text: str
    citation: Citation
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison: the side as the question names it, and the quote under ``marker`` that speaks of it.

    ``short`` is the part of that quote that answers most shortly, where there is one.
    """

    side: str
    marker: int
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    ``declined`` holds exactly when ``citations`` is empty. ``text`` carries a mark ``[n]`` for each quote.
    ``confidence`` lies in 0..1. ``understood`` is the question as it was searched. ``short`` is the part of the
    first quote that answers most shortly (a number with its unit, a date, a name), where there is one.
    ``rows`` are the lines of a comparison, which ``text`` holds as a Markdown table.
    """

    question: str
    understood: str
    text: str
    citations: tuple[Quote, ...]
    confidence: float
    notes: tuple[str, ...] = ()
    short: str | None = None
    rows: tuple[Row, ...] = ()

    @property
    def declined(self) -> bool:
        """Whether the documents hold no answer."""
        return not self.citations


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered before: the question as it stood alone, and the answer's text."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """Everything that shaped a generation of the index, and the hash of each of its files.

    ``stranger_mean`` and ``stranger_spread``: the highest cosines that questions from another world reach.
    ``search``: the kind of the index of vectors; ``recall``: the share of the exact ten nearest that it finds.
    """

    format: int
    generation: str
    built: datetime.datetime
    encoder: str
    revision: str
    dimension: int
    documents: int
    passages: int
    chunking: str
    tokenizer: str
    corpus: str
    stranger_mean: float = 0.0
    stranger_spread: float = 1.0
    search: str = "exact"
    recall: float = 1.0
    files: Mapping[str, str] = field(default_factory=dict)
