"""A source as the page shows it: the panel beside the answer, and the whole article with the cited sentence marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from qa.blocks import Quote
from qa.corpus import cite_whole
from qa.index import SearchIndex
from qa.text import QUESTION_WORDS, SYLLABLE, find_numbers, words
from qa.values import Citation, Document
from qa.web.conversation import Exchange
from qa.web.templates import day_text, document_address, kind_name, render

MOST_RUNS = 5


def evidence_html(exchanges: Sequence[Exchange], index: SearchIndex) -> Markup:
    """Return the sources of every exchange, those of the newest shown; each character from outside escaped."""
    cards = [
        [card_html(turn, quote, exchange, index) for quote in exchange.shown.citations]
        for turn, exchange in enumerate(exchanges, 1)
    ]
    return render("evidence", turns=list(zip(exchanges, cards, strict=True)) if any(cards) else ())


def card_html(turn: int, quote: Quote, exchange: Exchange, index: SearchIndex) -> Markup:
    """Return one source: title, facts, the quote within its passage, the reason, and the ways to read on."""
    return render(
        "source",
        turn=turn,
        quote=quote,
        citation=quote.citation,
        around=text_around(quote, index),
        reason=reason(exchange.shown.understood, quote.text, quote.citation),
    )


def text_around(quote: Quote, index: SearchIndex) -> tuple[str, str] | None:
    """Return what its passage says before and after a quote; None where the article has changed since."""
    citation = quote.citation
    document = index.documents.get(citation.document_id)
    if document is None or document.text[citation.start : citation.end] != quote.text:
        return None
    start, end = span_around(citation, index)
    return document.text[start : citation.start], document.text[citation.end : end]


def span_around(citation: Citation, index: SearchIndex) -> tuple[int, int]:
    """Return the span of the passage that holds the cited text; the text's own where none does."""
    for passage in index.passages_of(citation.document_id):
        if passage.citation.start <= citation.start and citation.end <= passage.citation.end:
            return passage.citation.start, passage.citation.end
    return citation.start, citation.end


def reason(question: str, quoted: str, citation: Citation) -> str:
    """Say in plain words why a text was chosen for a question."""
    asked = set(find_numbers(question))
    if citation.number and any(wanted.fits(own) for own in find_numbers(citation.number) for wanted in asked):
        return f"Vì sao chọn: đúng số hiệu {citation.number} trong câu hỏi."
    runs = common_runs(question, f"{quoted} {citation.section or ''} {citation.title}")
    if not runs:
        return "Vì sao chọn: gần nghĩa với câu hỏi."
    return "Vì sao chọn: khớp các từ " + ", ".join(f"“{run}”" for run in runs) + "."


def common_runs(question: str, text: str) -> list[str]:
    """Return the stretches of the question whose words all stand in the text, in order, the first few."""
    there = set(words(text))
    typed = SYLLABLE.finditer(question)
    runs = []
    for is_shared, run in groupby(typed, key=lambda found: all(part in there for part in words(found[0]))):
        telling = [found for found in run if not set(words(found[0])) <= QUESTION_WORDS]
        if is_shared and telling:  # from its first word that is none of asking ("có", "bao nhiêu") to its last
            runs.append(question[telling[0].start() : telling[-1].end()])
    return list(dict.fromkeys(runs))[:MOST_RUNS]


FORMS = {
    "heading": re.compile(r"[ \t]*(#{1,6})[ \t]+"),
    "item": re.compile(r"[ \t]*[-*•+][ \t]+"),
    "numbered": re.compile(r"(?=[ \t]*(?:\d{1,3}[.)]|[a-zđ]\))[ \t]+)"),
    "quote": re.compile(r"[ \t]*>[ \t]?"),
    "row": re.compile(r"(?=[ \t]*\|)"),
    "paragraph": re.compile(r"(?=.)"),
    "blank": re.compile(""),
}
"""How a line of each form begins, up to its words; the first that fits is its form."""
BAR = re.compile(r"\|")
RULE = re.compile(r"(?=[ \t:|]*-)[ \t:|-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article: its form, a heading's being "h2" to "h6", and the span of its words in the text."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article's text, cut where the cited span begins and ends."""

    before: str
    cited: str
    after: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one form that follow each other, each one piece, or one for each cell of a table's row."""

    form: str
    lines: list[list[Piece]]


def reader_html(document: Document, index: SearchIndex, start: int | None, end: int | None) -> Markup:
    """Return the body of an article's page; a span that is none of the text's marks nothing."""
    span = (start, end) if start is not None and end is not None and 0 <= start < end <= len(document.text) else None
    return render(
        "reader",
        document=document,
        citation=cite_whole(document),
        facts=facts(document),
        related=[("Thay thế", links(document.supersedes, index)), ("Sửa đổi", links(document.amends, index))],
        has_span=span is not None,
        blocks=blocks(document.text, span),
    )


def article_html(text: str, span: tuple[int, int] | None) -> Markup:
    """Return an article's text; the part within the span stands in ``mark``, the first with the id ``cau``."""
    return render("article", blocks=blocks(text, span))


def facts(document: Document) -> list[tuple[str, str]]:
    """Return what is known of an article as names and values, some of them empty; a summary's basis tells the rest."""
    force = f"từ {day_text(document.effective_from)}" if document.effective_from else ""
    force += f" đến trước {day_text(document.effective_to)}" if document.effective_to else ""
    own = [
        ("Nơi đăng", document.source),
        ("Ngày", day_text(document.published)),
        ("Loại", kind_name(document.kind)),
        ("Số hiệu", document.number or ""),
    ]
    return [*(own if document.text_kind == "original" else ()), ("Hiệu lực", force.strip())]


def links(numbers: Sequence[str], index: SearchIndex) -> list[tuple[str, str]]:
    """Return each number with the address of the document that bears it; an empty one where the index holds none."""
    addresses = {one.number: document_address(one.id) for one in reversed(index.records)}
    return [(number, addresses.get(number, "")) for number in numbers]


def blocks(text: str, span: tuple[int, int] | None) -> list[Block]:
    """Return an article's text as blocks; the rule below a table's head and empty lines are not shown."""
    return [
        Block(form, [pieces(text, line, span) for line in group if not is_rule(text, line)])
        for form, group in groupby(lines(text), key=lambda line: line.form)
        if form != "blank"
    ]


def is_rule(text: str, line: Line) -> bool:
    return line.form == "row" and RULE.fullmatch(text, line.start, line.end) is not None


def pieces(text: str, line: Line, span: tuple[int, int] | None) -> list[Piece]:
    """Return a line's cells, each with what the span covers of it apart."""
    lit_from, lit_to = span or (0, 0)
    shown = []
    for start, end in cells(text, line):
        first, last = max(start, lit_from), min(end, lit_to)
        if first >= last:
            first = last = end
        shown.append(Piece(text[start:first], text[first:last], text[last:end]))
    return shown


def cells(text: str, line: Line) -> list[tuple[int, int]]:
    """Return the spans of a row's cells that are not blank, without the bars between them; of other lines the one."""
    if line.form != "row":
        return [(line.start, line.end)]
    bars = [found.start() for found in BAR.finditer(text, line.start, line.end)]
    spans = pairwise([line.start - 1, *bars, line.end])
    return [(bar + 1, end) for bar, end in spans if text[bar + 1 : end].strip()]


def lines(text: str) -> Iterator[Line]:
    """Yield each line of an article with its form; marks of headings, bullets and quotes belong to no words."""
    for found in re.finditer(r"[^\n]*\n?", text):
        start, end = found.start(), found.start() + len(found[0].rstrip())
        form, opening = next((form, fits) for form, begins in FORMS.items() if (fits := begins.match(text, start, end)))
        if form == "heading":
            form = f"h{max(2, len(opening[1]))}"
        yield Line(form, opening.end(), end)
