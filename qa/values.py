"""The values that pass between stages, all frozen."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qa.text import lexicon

KINDS = tuple(
    "news constitution law resolution decree decision circular directive conclusion plan notice dispatch "
    "official_letter other".split()
)
"""What a document can be, in the order of a list shown to a person."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is no more: its names, the full one first; the first day without it; the heading of what is so instead."""

    names: tuple[str, ...]
    since: datetime.date
    section: str


TextKind = Literal["original", "summary"]
"""Whose words a text is: its publisher's own, or those of a summary written for the corpus."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that a summary rests on; ``source`` issued it, ``clause`` is where in it ("khoản 63 Điều 1")."""

    title: str
    number: str | None
    published: datetime.date | None
    source: str
    url: str
    clause: str | None

    @property
    def name(self) -> str:
        """The document as a sentence names it: clause, kind and number, or title and publisher; then its day."""
        kind = lexicon.kind_named(self.title, self.number or "")
        numbered = f"{kind or 'văn bản'} {self.number}" if self.number else ""
        titled = f"{'' if kind else 'bài '}“{self.title}” của {self.source}"
        return " ".join(filter(None, (self.clause, (numbered or titled) + in_brackets(self.published))))


@dataclass(frozen=True, slots=True)
class DocumentBasis(Basis):
    """What a whole summary rests on; ``clauses``: heading → clause, where its sentences rest on another place.

    Without a ``clause`` of its own one with ``clauses`` belongs to these headings only.
    """

    clauses: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Document:
    """One article of the corpus.

    ``text`` is NFC and is what every citation's span points into. ``source`` is the publisher.
    ``effective_to`` is the first day it is no longer in force. ``supersedes`` and ``amends`` hold
    document numbers ("65/2025/QH15"); ``duplicate_of`` is the id of the document that says the same.
    ``ended`` is what the article says has ended; ``basis`` what a summary rests on, the main document first.
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
    text_kind: TextKind = "original"
    basis: tuple[DocumentBasis, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a text stands: ``document.text[start:end]`` is that text, character for character.

    ``basis``: the documents that the section of a summary rests on, the nearest first.
    """

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
    text_kind: TextKind
    basis: tuple[Basis, ...] = ()

    @property
    def attribution(self) -> str:
        """Whose words these are: the publisher's own, or those of a summary and what it rests on."""
        if self.text_kind == "summary":
            more = f" và {len(self.basis) - 1} nguồn khác" if len(self.basis) > 1 else ""
            rests_on = f", căn cứ {self.basis[0].name}{more}" if self.basis else in_brackets(self.published)
            return f"Theo bài tóm lược của kho{rests_on}"
        titled = self.title if self.kind in ("constitution", "law") else ""
        name = f"{lexicon.KIND_NAMES.get(self.kind, 'văn bản')} {self.number}" if self.number else titled
        named = [name, self.section] if name else [self.issued]
        return ", ".join(filter(None, (self.label, *named)))

    @property
    def label(self) -> str:
        """Whose words these are, in short."""
        return "Bài tóm lược" if self.text_kind == "summary" else "Nguyên văn"

    @property
    def issued(self) -> str:
        """The publisher and the day."""
        return self.source + in_brackets(self.published)

    @property
    def description(self) -> str:
        """The attribution, and what it leaves out: an original's publisher and day, the section."""
        attribution = self.attribution
        issued = self.issued if self.text_kind == "original" and not attribution.endswith(self.issued) else ""
        section = f"mục “{self.section}”" if self.section and not attribution.endswith(self.section) else ""
        return " · ".join(filter(None, (attribution, issued, section)))


def in_brackets(day: datetime.date | None) -> str:
    return f" ({day:%d/%m/%Y})" if day else ""


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
class Candidate:
    """A sentence that might be quoted.

    ``score``: how well it answers, for comparing the sentences of one question. ``share``: 0..1, its part of all that
    speaks for any sentence. ``confidence``: of the best sentence the chance, 0..1, that
    it or one of the next two answers the question; the others have its odds by their shares. ``short``: the part
    that answers most shortly, and ``short_confidence`` the chance that it is right.
    """

    text: str
    citation: Citation
    score: float
    share: float
    confidence: float
    short: str | None = None
    short_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered before: the question as it stood alone, and the answer's text."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """Everything that shaped a generation of the index, and the hash of each of its files.

    ``search``: the kind of the index of vectors; ``recall``: the share of the exact ten nearest that it finds.
    ``collections``: those of a search engine that hold the vectors, the first first, and the points of each.
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
    search: str = "exact"
    recall: float = 1.0
    files: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, int] = field(default_factory=dict)
