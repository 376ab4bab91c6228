"""A conversation as a Word file to keep."""

import datetime
import io
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from qa.blocks import Block, Comparison, Headline, Quote, Response, plain
from qa.present.markdown import (
    SOURCES,
    TITLE,
    about,
    composed_text,
    note_lines,
    numbered,
    one_line,
    opening_of,
    table,
    understood_line,
    web_address,
)
from qa.text import normalise

LINK_COLOUR = RGBColor(0x05, 0x63, 0xC1)


def to_docx(shown: Sequence[Response], when: datetime.datetime) -> bytes:
    """Return the conversation as a Word document; text from outside is text, http(s) addresses are links."""
    quotes_of, sources = numbered(shown)
    document = new_document(when)
    document.add_heading(TITLE, 0)
    document.add_paragraph(opening_of(when, sources))
    for place, (response, quotes) in enumerate(zip(shown, quotes_of, strict=True), start=1):
        document.add_heading(f"Câu hỏi {place}: {one_line(response.question)}", 1)
        if understood := understood_line(response):
            document.add_paragraph(understood)
        for block in response.blocks:
            add_block(document, block, quotes)
        for note in (*note_lines(response, quotes), *composed_text(response, quotes)):
            document.add_paragraph(note)
    if sources:
        document.add_heading(SOURCES, 1)
    for source in sources:
        add_source(document, source)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def add_block(document: WordDocument, block: Block, quotes: Mapping[int, Quote]) -> None:
    """Append a block: a comparison as a table with the short answers in bold, a headline in bold."""
    if not isinstance(block, Comparison):
        text = normalise(plain(block.parts, quotes))
        document.add_paragraph().add_run(text).bold = isinstance(block, Headline) or None
        return
    document.add_paragraph(normalise(block.opening))
    lines = document.add_table(rows=0, cols=len(block.heads), style="Table Grid")
    for number, row in enumerate(table(block, quotes)):
        for column, (cell, text) in enumerate(zip(lines.add_row().cells, row, strict=True)):
            cell.paragraphs[0].add_run(text).bold = number == 0 or column == 1


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


def add_source(document: WordDocument, source: Quote) -> None:
    paragraph = document.add_paragraph()
    url = one_line(source.citation.url)
    paragraph.add_run(f"[{source.marker}] {one_line(source.citation.title)}").bold = True
    paragraph.add_run(f" · {about(source.citation)}" + (" · " if url else ""))
    address = web_address(url)
    if address:
        add_link(paragraph, address)
    else:
        paragraph.add_run(url)
    document.add_paragraph(normalise(source.text), style="Quote")


def add_link(paragraph: Paragraph, address: str) -> None:
    """Append an address that opens; python-docx reads links but has no call to write one."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(address)
    run.font.underline, run.font.color.rgb = True, LINK_COLOUR
    link.append(run._r)
    paragraph._p.append(link)
