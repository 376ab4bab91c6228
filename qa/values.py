"""The values that pass between stages, all frozen."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
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
    speaks for any sentence. ``confidence``: the chance, 0..1, that the question is answered here. ``short``: the part
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
class Quote:
    """A sentence quoted as evidence under its mark ``[marker]``; ``citation`` spans exactly ``text``."""

    marker: int
    text: str
    citation: Citation
    score: float


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the program itself."""

    text: str
    type: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Quoted:
    """The whole quote under a marker, word for word, and its mark."""

    marker: int
    type: Literal["quoted"] = "quoted"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of the quote under a marker, word for word."""

    text: str
    marker: int
    type: Literal["excerpt"] = "excerpt"


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark ``[marker]`` of a quote alone."""

    marker: int
    type: Literal["mark"] = "mark"


@dataclass(frozen=True, slots=True)
class Source:
    """Within a sentence, whose words the quote under a marker is: its attribution."""

    marker: int
    type: Literal["source"] = "source"


@dataclass(frozen=True, slots=True)
class Related:
    """The title of a document that is proposed for reading."""

    document_id: str
    title: str
    type: Literal["related"] = "related"


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a document that a note speaks of."""

    url: str
    type: Literal["link"] = "link"


Part = Said | Quoted | Excerpt | Mark | Source | Related | Link
"""A piece of a paragraph, which is its parts one after the other with nothing between them."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The shortest answer (a number with its unit, a date, a name): a part of the quote under ``marker``."""

    text: str
    marker: int
    type: Literal["headline"] = "headline"
    kind = "answer"

    @property
    def parts(self) -> tuple[Part, ...]:
        return (Excerpt(self.text, self.marker),)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an answer, of a refusal, of a reply to what asks nothing of the documents, or a note."""

    parts: tuple[Part, ...]
    kind: Literal["answer", "refusal", "reply", "note"] = "answer"
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Quotes in the order of the days that they tell of."""

    opening: str
    markers: tuple[int, ...]
    type: Literal["timeline"] = "timeline"
    kind = "answer"

    @property
    def parts(self) -> tuple[Part, ...]:
        parts: list[Part] = [Said(self.opening)]
        for marker in self.markers:
            parts += [Said("\n- "), Quoted(marker), Said(" · "), Source(marker)]
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison: the side as the question names it, and the quote under ``marker`` that speaks of it.

    ``short`` is the part of that quote that answers most shortly, where there is one.
    """

    side: str
    marker: int
    short: str | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        short: tuple[Part, ...] = (Excerpt(self.short, self.marker), Said(". ")) if self.short else ()
        return (Said(f"{self.side}: "), *short, Quoted(self.marker), Said(" · "), Source(self.marker))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table with a row a side: under three heads the side, its short answer, its quote."""

    opening: str
    heads: tuple[str, str, str]
    rows: tuple[Row, ...]
    type: Literal["comparison"] = "comparison"
    kind = "answer"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rows as a list, for where a table cannot stand."""
        return (Said(self.opening), *chain.from_iterable((Said("\n- "), *row.parts) for row in self.rows))


Block = Headline | Paragraph | Timeline | Comparison


@dataclass(frozen=True, slots=True)
class Response:
    """What is shown for a question, in blocks that name quotes by their markers.

    ``understood`` is the question as it was searched. Raises ValueError for a marker that no quote bears.
    """

    question: str
    understood: str
    blocks: tuple[Block, ...]
    citations: tuple[Quote, ...]

    @property
    def notes(self) -> tuple[Paragraph, ...]:
        return ()

    def __post_init__(self) -> None:
        unknown = set(markers((*self.blocks, *self.notes))) - set(self.quotes)
        if unknown:
            raise ValueError(f"the markers {sorted(unknown)} have no quote; use those of {sorted(self.quotes)}")

    @property
    def quotes(self) -> dict[int, Quote]:
        return {quote.marker: quote for quote in self.citations}

    @property
    def text(self) -> str:
        """The blocks as one text: a mark ``[n]`` after each quote, the headline in bold, a comparison as a table."""
        return "\n\n".join(block_text(block, self.quotes) for block in self.blocks)

    @property
    def note_texts(self) -> tuple[str, ...]:
        return tuple(plain(note.parts, self.quotes) for note in self.notes)


@dataclass(frozen=True, slots=True)
class Answer(Response):
    """What is said to a question; made by ``qa.answer.publish`` alone.

    ``declined`` holds exactly when ``citations`` is empty. ``confidence`` lies in 0..1. ``notes`` are what a reader
    should know besides.
    """

    confidence: float
    notes: tuple[Paragraph, ...] = ()

    @property
    def declined(self) -> bool:
        return not self.citations

    @property
    def is_reply(self) -> bool:
        """Whether this is a reply to what asks nothing of the documents; nothing was searched for it."""
        return all(block.kind == "reply" for block in self.blocks)

    @property
    def short(self) -> str | None:
        return next((block.text for block in self.blocks if isinstance(block, Headline)), None)

    @property
    def rows(self) -> tuple[Row, ...]:
        return next((block.rows for block in self.blocks if isinstance(block, Comparison)), ())


def markers(blocks: Iterable[Block]) -> Iterator[int]:
    """Yield the markers that blocks name."""
    parts = chain.from_iterable(block.parts for block in blocks)
    return (part.marker for part in parts if isinstance(part, Quoted | Excerpt | Mark | Source))


def plain(parts: Iterable[Part], quotes: Mapping[int, Quote]) -> str:
    """Return parts as text, each mark with the number that its quote bears."""
    return "".join(part_text(part, quotes) for part in parts)


def part_text(part: Part, quotes: Mapping[int, Quote]) -> str:
    match part:
        case Quoted(marker):
            return f"{quotes[marker].text} [{quotes[marker].marker}]"
        case Mark(marker):
            return f"[{quotes[marker].marker}]"
        case Source(marker):
            said = quotes[marker].citation.attribution
            return said[0].lower() + said[1:]
        case Related(_, title):
            return f"“{title}”"
        case Link(url):
            return url
    return part.text


def block_text(block: Block, quotes: Mapping[int, Quote]) -> str:
    match block:
        case Headline(text):
            return f"**{text}**"
        case Comparison(opening, heads, rows):
            lines = [heads, ("---",) * len(heads), *(cells(row, quotes[row.marker]) for row in rows)]
            return "\n".join([opening, "", *(f"| {' | '.join(line)} |" for line in lines)])
    return plain(block.parts, quotes)


def cells(row: Row, quote: Quote) -> tuple[str, str, str]:
    short = f"**{cell(row.short)}**" if row.short else "–"
    return cell(row.side), short, f"{cell(quote.text)} [{quote.marker}] · {cell(quote.citation.attribution)}"


def cell(text: str) -> str:
    """Return a text for one cell of a Markdown table, in one line; it ends neither its line nor its column."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and answered before: the question as it stood alone, and the answer's text."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """Everything that shaped a generation of the index, and the hash of each of its files.

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
    search: str = "exact"
    recall: float = 1.0
    files: Mapping[str, str] = field(default_factory=dict)
