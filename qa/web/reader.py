"""The reader view: a whole article, safely rendered, with the cited sentence lit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from qa.index import Index
from qa.values import Document
from qa.web.html_text import (
    day_text,
    document_address,
    escape,
    escape_exactly,
    kind_name,
    question_address,
    source_link,
)

HEADING = re.compile(r"[ \t]*(#{1,6})[ \t]+")
ITEM = re.compile(r"[ \t]*(?:[-*•+]|\d{1,3}[.)]|[a-zđ]\))[ \t]+")
BULLET = re.compile(r"[ \t]*[-*•+][ \t]+")
QUOTE = re.compile(r"[ \t]*>[ \t]?")
ROW = re.compile(r"[ \t]*\|")
RULE = re.compile(r"(?=[ \t:|]*-)[ \t:|-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article: its form, and the span of its words in the article's text."""

    form: str
    start: int
    end: int
    level: int = 0


def reader_html(document: Document, index: Index, start: int | None, end: int | None) -> str:
    """Return the body of an article's page; a span that is none of the text's lights nothing."""
    span = (start, end) if start is not None and end is not None and 0 <= start < end <= len(document.text) else None
    jump = '<a class="button" href="#cau">Đến câu được trích</a>' if span else ""
    return (
        f'<article class="reader"><h1>{escape(document.title)}</h1>{facts_html(document, index)}'
        f'<p class="tools">{jump}{source_link(document.url)}'
        f'<a href="{escape(question_address(document.title))}">Hỏi về bài này</a>'
        '<button type="button" data-copy-address hidden>Chép địa chỉ trang</button></p>'
        f'<div class="body">{Renderer(document.text, span).html()}</div></article>'
    )


def facts_html(document: Document, index: Index) -> str:
    """Return what is known of an article as a list of terms, with links to the documents it names."""
    force = f"từ {day_text(document.effective_from)}" if document.effective_from else ""
    force += f" đến trước {day_text(document.effective_to)}" if document.effective_to else ""
    facts = [
        ("Nơi đăng", escape(document.source)),
        ("Ngày", day_text(document.published)),
        ("Loại", kind_name(document.kind)),
        ("Số hiệu", escape(document.number or "")),
        ("Hiệu lực", escape(force.strip())),
        ("Thay thế", ", ".join(number_link(number, index) for number in document.supersedes)),
        ("Sửa đổi", ", ".join(number_link(number, index) for number in document.amends)),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts if value)
    return f'<dl class="facts">{rows}</dl>'


def number_link(number: str, index: Index) -> str:
    """Return a document's number as a link where the index holds that document."""
    found = next((one for one in index.documents.values() if one.number == number), None)
    return f'<a href="{document_address(found.id)}">{escape(number)}</a>' if found else escape(number)


class Renderer:
    """Writes an article's headings, paragraphs, lists, quotes and tables as HTML, every character escaped."""

    def __init__(self, text: str, span: tuple[int, int] | None) -> None:
        self.text = text
        self.span = span
        self.lit = False

    def html(self) -> str:
        """Return the article; the part within the span stands in ``mark``, the first with the id ``cau``."""
        blocks = []
        for form, group in groupby(lines(self.text), key=lambda line: line.form):
            blocks.append(getattr(self, f"write_{form}")(list(group)))
        return "".join(blocks)

    def write_blank(self, _group: list[Line]) -> str:
        return ""

    def write_heading(self, group: list[Line]) -> str:
        return "".join(f"<h{line.level}>{self.piece(line)}</h{line.level}>" for line in group)

    def write_paragraph(self, group: list[Line]) -> str:
        return f"<p>{'<br>'.join(self.piece(line) for line in group)}</p>"

    def write_quote(self, group: list[Line]) -> str:
        return f"<blockquote>{self.write_paragraph(group)}</blockquote>"

    def write_item(self, group: list[Line]) -> str:
        return "<ul>" + "".join(f"<li>{self.piece(line)}</li>" for line in group) + "</ul>"

    def write_numbered(self, group: list[Line]) -> str:
        return '<ul class="numbered">' + "".join(f"<li>{self.piece(line)}</li>" for line in group) + "</ul>"

    def write_row(self, group: list[Line]) -> str:
        rows = [f"<tr>{self.cells(line)}</tr>" for line in group if not RULE.fullmatch(self.text, line.start, line.end)]
        return f'<div class="table" tabindex="0" role="region" aria-label="Bảng"><table>{"".join(rows)}</table></div>'

    def cells(self, line: Line) -> str:
        """Return the cells of a table's row; the bars between them are not shown."""
        cells, start = [], line.start
        for bar in re.finditer(r"\||$", self.text[line.start : line.end]):
            end = line.start + bar.start()
            if self.text[start:end].strip():
                cells.append(f"<td>{self.piece(Line('row', start, end))}</td>")
            start = end + 1
        return "".join(cells)

    def piece(self, line: Line) -> str:
        """Return a line's words, what the span covers of them marked."""
        if self.span is None:
            return escape_exactly(self.text[line.start : line.end])
        start, end = max(line.start, self.span[0]), min(line.end, self.span[1])
        if start >= end:
            return escape_exactly(self.text[line.start : line.end])
        name = "" if self.lit else ' id="cau" tabindex="-1"'
        self.lit = True
        before, inside, after = self.text[line.start : start], self.text[start:end], self.text[end : line.end]
        return f"{escape_exactly(before)}<mark{name}>{escape_exactly(inside)}</mark>{escape_exactly(after)}"


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
