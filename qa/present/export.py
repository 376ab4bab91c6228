"""A conversation as a file to keep: Markdown or DOCX, its sources numbered through the whole."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from qa.answer import HEADS, SIDE_BY_SIDE
from qa.present.render import is_reworded
from qa.text import normalise
from qa.values import Answer, Quote

TITLE = "Hỏi đáp cải cách hành chính"
SOURCES = "Nguồn"
VERBATIM = "Câu trả lời trích nguyên văn từ các nguồn ghi ở cuối."
LONGEST_ADDRESS = 2_000
LINK_COLOUR = RGBColor(0x05, 0x63, 0xC1)
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
MEANING = re.compile(r"[\\`*_{}\[\]<>#|~&$^@]|:(?=[^\s\d])|%(?=%)|(?<=www)\.", re.IGNORECASE)
"""What Markdown, or a dialect of it, gives a meaning anywhere in a line; the colon and www. are for bare addresses."""
OPENING = re.compile(r"^([0-9]{1,9}(?=[.)](?:\s|$))|(?=[-+=:]))")
"""What has a meaning at the start of a line only: list marks, underlines of headings, definitions."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer as they are printed, the marks numbered through the conversation."""

    question: str
    understood: str | None
    text: str
    notes: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...] = ()

    def before(self) -> Iterator[str]:
        """Yield the paragraphs before the lines of a comparison, where there are any."""
        if self.understood:
            yield f"Hiểu là: {self.understood}"
        yield SIDE_BY_SIDE if self.rows else self.text

    def after(self) -> Iterator[str]:
        yield from (f"Lưu ý: {note}" for note in self.notes)


@dataclass(frozen=True, slots=True)
class Source:
    """A quoted sentence under its number, what it comes from, and the address of that."""

    number: int
    title: str
    about: str
    address: str
    quote: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is printed, in order; every text is in NFC and holds nothing that XML refuses."""

    exported: str
    exchanges: tuple[Exchange, ...]
    sources: tuple[Source, ...]


def to_markdown(exchanges: Sequence[Answer], when: datetime.datetime) -> str:
    """Return the conversation as Markdown (CommonMark); text from outside is text, http(s) addresses are links."""
    conversation = arrange(exchanges, when)
    blocks = [f"# {TITLE}", escape(conversation.exported)]
    for number, exchange in enumerate(conversation.exchanges, start=1):
        blocks.append(f"## Câu hỏi {number}: {escape(exchange.question)}".rstrip())
        blocks += [escape(paragraph) for paragraph in exchange.before()]
        blocks += [markdown_table(exchange.rows)] if exchange.rows else []
        blocks += [escape(paragraph) for paragraph in exchange.after()]
    if conversation.sources:
        blocks.append(f"## {SOURCES}")
    for source in conversation.sources:
        address = web_address(source.address)
        link = f"<{address}>" if address else escape(source.address)
        name = f"**{escape(f'[{source.number}] {source.title}'.strip())}**"
        blocks.append(" · ".join(part for part in (name, escape(source.about), link) if part))
        blocks.append("\n".join(f"> {line}" for line in escape(source.quote).split("\n")))
    return "\n\n".join(block for block in blocks if block) + "\n"


def to_docx(exchanges: Sequence[Answer], when: datetime.datetime) -> bytes:
    """Return the conversation as a Word document; text from outside is text, http(s) addresses are links."""
    conversation = arrange(exchanges, when)
    document = new_document(when)
    document.add_heading(TITLE, 0)
    document.add_paragraph(conversation.exported)
    for number, exchange in enumerate(conversation.exchanges, start=1):
        document.add_heading(f"Câu hỏi {number}: {exchange.question}", 1)
        for paragraph in exchange.before():
            document.add_paragraph(paragraph)
        if exchange.rows:
            add_table(document, exchange.rows)
        for paragraph in exchange.after():
            document.add_paragraph(paragraph)
    if conversation.sources:
        document.add_heading(SOURCES, 1)
    for source in conversation.sources:
        add_source(document, source)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def arrange(answers: Sequence[Answer], when: datetime.datetime) -> Conversation:
    """Number the sources through the conversation; a span quoted twice keeps its number."""
    numbers: dict[tuple[str, int, int, str], int] = {}
    sources: list[Source] = []
    exchanges: list[Exchange] = []
    for answer in answers:
        marks = {}
        for quote in answer.citations:
            key = (quote.citation.document_id, quote.citation.start, quote.citation.end, quote.text)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                sources.append(source_of(quote, numbers[key]))
            marks[quote.marker] = numbers[key]
        exchanges.append(
            Exchange(
                question=one_line(answer.question),
                understood=one_line(answer.understood) if is_reworded(answer) else None,
                text=normalise(renumber(answer, marks)),
                notes=tuple(one_line(note) for note in answer.notes),
                rows=tuple(rows_of(answer, marks)),
            )
        )
    exported = f"Xuất lúc {when:%H:%M} ngày {when:%d/%m/%Y}."
    return Conversation(
        f"{exported} {VERBATIM}" if sources else exported,
        tuple(exchanges),
        tuple(sources),
    )


def renumber(answer: Answer, numbers: dict[int, int]) -> str:
    """Return the answer's text with its marks ``[n]`` replaced; what a quote itself says in brackets stays."""
    kept = {text for quote in answer.citations for text in (quote.text, quote.citation.source) if text}
    verbatim = "|".join(re.escape(text) for text in sorted(kept, key=len, reverse=True)) or r"(?!)"
    marks = rf"(?:{verbatim})(?: \[(?P<after>[0-9]{{1,4}})\])?|\[(?P<alone>[0-9]{{1,4}})\]"

    def replace(found: re.Match[str]) -> str:
        marker = found["after"] or found["alone"]
        number = numbers.get(int(marker)) if marker else None
        return found[0] if number is None else f"{found[0][: -len(marker) - 1]}{number}]"

    return re.sub(marks, replace, answer.text)


def rows_of(answer: Answer, numbers: dict[int, int]) -> Iterator[tuple[str, str, str]]:
    """Yield each line of a comparison: its side, its short answer, its quote with the number of its source."""
    quotes = {quote.marker: quote.text for quote in answer.citations}
    for row in answer.rows:
        said = f"{normalise(quotes[row.marker])} [{numbers[row.marker]}]"
        yield one_line(row.side), one_line(row.short or "–"), said


def markdown_table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return a table as GitHub's Markdown has it; a cell shows exactly its text, its lines joined."""
    lines = [HEADS, ("---",) * len(HEADS), *([escape(one_line(cell)) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def source_of(quote: Quote, number: int) -> Source:
    citation = quote.citation
    dated = f"ngày {citation.published:%d/%m/%Y}" if citation.published else "không rõ ngày"
    section = f"mục “{citation.section}”" if citation.section else None
    about = [one_line(part) for part in (citation.number, citation.source, dated, section) if part]
    return Source(
        number=number,
        title=one_line(citation.title),
        about=" · ".join(about),
        address=one_line(citation.url),
        quote=normalise(quote.text),
    )


def one_line(text: str) -> str:
    return " ".join(normalise(text).split())


def escape(text: str) -> str:
    """Return Markdown that shows exactly this text, line by line, white space at the ends of lines aside."""
    lines = (line.strip(" \t") for line in text.split("\n"))
    return "\\\n".join(OPENING.sub(r"\1\\", MEANING.sub(r"\\\g<0>", line)) for line in lines if line)


def web_address(url: str) -> str | None:
    """Return an http(s) address in ASCII, fit for a link; None for any other, which is shown as text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc):
        return None
    if len(url) > LONGEST_ADDRESS or not url.isprintable():  # urlsplit leaves out line breaks
        return None
    return percent_encode(url, safe=":/?#@!$&'()*+,;=%~")


def new_document(when: datetime.datetime) -> WordDocument:
    """Return an empty document in Vietnamese without the template's author."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.language = TITLE, "vi-VN"
    properties.author = properties.comments = ""
    properties.created = properties.modified = when.astimezone(datetime.UTC).replace(tzinfo=None)
    for language in document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang"):
        language.set(qn("w:val"), "vi-VN")
    return document


def add_table(document: WordDocument, rows: Sequence[tuple[str, str, str]]) -> None:
    """Append a table with a head, the short answers in bold."""
    table = document.add_table(rows=0, cols=len(HEADS), style="Table Grid")
    for number, row in enumerate([HEADS, *rows]):
        for column, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.paragraphs[0].add_run(text).bold = number == 0 or column == 1


def add_source(document: WordDocument, source: Source) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"[{source.number}] {source.title}").bold = True
    paragraph.add_run(f" · {source.about}" + (" · " if source.address else ""))
    address = web_address(source.address)
    if address:
        add_link(paragraph, address)
    else:
        paragraph.add_run(source.address)
    document.add_paragraph(source.quote, style="Quote")


def add_link(paragraph: Paragraph, address: str) -> None:
    """Append an address that opens; python-docx reads links but has no call to write one."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(address)
    run.font.underline, run.font.color.rgb = True, LINK_COLOUR
    link.append(run._r)
    paragraph._p.append(link)
