"""What an answer is made of: quotes under marks, and the blocks of parts that name them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from qa.values import Citation


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
    """Quotes, one a line, in the order of the days that they tell of, or of their document."""

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
class ComposedSentence:
    """A sentence in a model's words that its quotes bear out."""

    text: str
    markers: tuple[int, ...]

    @property
    def marked(self) -> str:
        return f"{self.text} {''.join(f'[{marker}]' for marker in self.markers)}"


@dataclass(frozen=True, slots=True)
class ComposedAnswer:
    """An answer in a model's words; ``dropped``: sentences that did not pass, ``trouble``: why there is none."""

    model: str
    sentences: tuple[ComposedSentence, ...] = ()
    dropped: int = 0
    trouble: str = ""

    @property
    def by(self) -> str:
        return f"Diễn đạt bởi mô hình {self.model}, từng câu đã đối chiếu với nguồn"


@dataclass(frozen=True, slots=True)
class Answer(Response):
    """What is said to a question; made by ``qa.answer.publish`` alone, its ``composed`` text by ``qa.composed``.

    ``declined`` holds exactly when ``citations`` is empty. ``confidence`` lies in 0..1. ``notes`` are what a reader
    should know besides.
    """

    confidence: float
    notes: tuple[Paragraph, ...] = ()
    composed: ComposedAnswer | None = None

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
