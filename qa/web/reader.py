"""The reader page: a whole article with the cited sentence marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from qa.index import Index
from qa.values import Document
from qa.web.templates import day_text, document_address, kind_name, render

HEADING = re.compile(r"[ \t]*(#{1,6})[ \t]+")
ITEM = re.compile(r"[ \t]*(?:[-*•+]|\d{1,3}[.)]|[a-zđ]\))[ \t]+")
BULLET = re.compile(r"[ \t]*[-*•+][ \t]+")
QUOTE = re.compile(r"[ \t]*>[ \t]?")
BAR = re.compile(r"\|")
ROW = re.compile(r"[ \t]*\|")
RULE = re.compile(r"(?=[ \t:|]*-)[ \t:|-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article: its form, and the span of its words in the article's text."""

    form: str
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article's text, cut where the cited span begins and ends."""

    before: str
    cited: str = ""
    after: str = ""
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the template shows it: one piece, or one for each cell of a table's row."""

    cells: tuple[Piece, ...]
    level: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one form that follow each other: a list, a table, a paragraph."""

    form: str
    lines: tuple[ShownLine, ...]


def reader_html(document: Document, index: Index, start: int | None, end: int | None) -> Markup:
    """Return the body of an article's page; a span that is none of the text's marks nothing."""
    span = (start, end) if start is not None and end is not None and 0 <= start < end <= len(document.text) else None
    return render(
        "reader",
        document=document,
        facts=facts(document),
        related=[("Thay thế", links(document.supersedes, index)), ("Sửa đổi", links(document.amends, index))],
        has_span=span is not None,
        blocks=blocks(document.text, span),
    )


def article_html(text: str, span: tuple[int, int] | None) -> Markup:
    """Return an article's text; the part within the span stands in ``mark``, the first with the id ``cau``."""
    return render("article", blocks=blocks(text, span))


def facts(document: Document) -> list[tuple[str, str]]:
    """Return what is known of an article as names and values, some of them empty."""
    force = f"từ {day_text(document.effective_from)}" if document.effective_from else ""
    force += f" đến trước {day_text(document.effective_to)}" if document.effective_to else ""
    return [
        ("Nơi đăng", document.source),
        ("Ngày", day_text(document.published)),
        ("Loại", kind_name(document.kind)),
        ("Số hiệu", document.number or ""),
        ("Hiệu lực", force.strip()),
    ]


def links(numbers: Sequence[str], index: Index) -> list[tuple[str, str]]:
    """Return each number with the address of the document that bears it; an empty one where the index holds none."""
    addresses = {one.number: document_address(one.id) for one in reversed(index.documents.values())}
    return [(number, addresses.get(number, "")) for number in numbers]


def blocks(text: str, span: tuple[int, int] | None) -> list[Block]:
    """Return an article's text as blocks; the rule below a table's head and empty lines are not shown."""
    highlighter = Highlighter(text, span)
    return [
        Block(form, tuple(highlighter.line(line) for line in group if not is_rule(text, line)))
        for form, group in groupby(lines(text), key=lambda line: line.form)
        if form != "blank"
    ]


class Highlighter:
    """Cuts lines, asked for in their order, where the cited span begins and ends."""

    def __init__(self, text: str, span: tuple[int, int] | None) -> None:
        self.text = text
        self.span = span or (0, 0)
        self.found = False

    def line(self, line: Line) -> ShownLine:
        """Return a line's pieces; the bars between a table's cells belong to none."""
        spans = cells(self.text, line) if line.form == "row" else [(line.start, line.end)]
        return ShownLine(tuple(self.piece(start, end) for start, end in spans), line.level)

    def piece(self, start: int, end: int) -> Piece:
        """Return a stretch of the text with what the span covers of it apart."""
        first, last = max(start, self.span[0]), min(end, self.span[1])
        if first >= last:
            return Piece(self.text[start:end])
        is_first, self.found = not self.found, True
        return Piece(self.text[start:first], self.text[first:last], self.text[last:end], is_first)


def is_rule(text: str, line: Line) -> bool:
    return line.form == "row" and RULE.fullmatch(text, line.start, line.end) is not None


def cells(text: str, line: Line) -> list[tuple[int, int]]:
    """Return the spans of a row's cells that are not blank."""
    bars = [found.start() for found in BAR.finditer(text, line.start, line.end)]
    spans = pairwise([line.start - 1, *bars, line.end])
    return [(bar + 1, end) for bar, end in spans if text[bar + 1 : end].strip()]


def lines(text: str) -> Iterator[Line]:
    """Yield each line of an article with its form; marks of headings, bullets and quotes belong to no words."""
    for found in re.finditer(r"[^\n]*\n?", text):
        start, end = found.start(), found.start() + len(found[0].rstrip())
        if heading := HEADING.match(text, start, end):
            yield Line(
                "heading", heading.end(), end, min(len(heading[1]) + 1, 6) if len(heading[1]) == 1 else len(heading[1])
            )
        elif bullet := BULLET.match(text, start, end):
            yield Line("item", bullet.end(), end)
        elif ITEM.match(text, start, end):
            yield Line("numbered", start, end)
        elif quote := QUOTE.match(text, start, end):
            yield Line("quote", quote.end(), end)
        elif ROW.match(text, start, end):
            yield Line("row", start, end)
        elif start < end:
            yield Line("paragraph", start, end)
        else:
            yield Line("blank", start, start)
