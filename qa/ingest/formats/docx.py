"""DOCX → ``Draft``. Only importer of docx (python-docx)."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.table import Table
from lxml import etree

from qa.corpus import article_fields
from qa.errors import IngestError, Refusal
from qa.ingest.encodings import repair_encoding
from qa.ingest.layout import table_lines
from qa.ingest.sources import Draft, Raw
from qa.text import normalise

LARGEST_UNPACKED = 300_000_000
LARGEST_XML = 100_000_000
HIGHEST_RATIO = 200
SMALL = 5_000_000  # a part smaller than this is no bomb, however well it was packed
MAIN_PART = "word/document.xml"
OTHER_ZIPS = "is a ZIP file but no Word document; unpack it, or save it as DOCX or PDF"
ENTITIES = "declares XML entities, which no Word document needs; save it again from Word"
BROKEN = "is a broken DOCX ({}); open it in Word or LibreOffice and save it again"
UNREADABLE = (  # what python-docx raises; AttributeError and TypeError where elements are unexpected
    *(XmlchemyError, OpcError, LookupError, ValueError, AttributeError, TypeError),
    *(etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, RecursionError),
)
PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
HEADING_STYLE = re.compile(r"(?:heading|title|tiêu đề|đề mục)\s*(\d?)", re.IGNORECASE)


def read_docx(raw: Raw) -> Draft:
    """Read a Word document; IngestError for a bomb, a broken file or another kind of ZIP."""
    check_package(raw.content)
    try:
        document = docx.Document(io.BytesIO(raw.content))
        text = "\n\n".join(block for block in blocks(document) if block.strip())
        title = document.core_properties.title.strip()
    except UNREADABLE as error:
        raise IngestError(Refusal.BROKEN, BROKEN.format(error)) from error
    useful = title if len(title.split()) >= 3 else ""
    return Draft(normalise(repair_encoding(text)), article_fields({"title": repair_encoding(useful)}))


def check_package(content: bytes) -> None:
    """Refuse what unpacks to absurd sizes or declares entities, before any parser sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if MAIN_PART not in package.namelist():
                raise IngestError(Refusal.UNKNOWN_FORMAT, OTHER_ZIPS)
            check_sizes(package.infolist())
            for part in package.infolist():
                if part.filename.endswith((".xml", ".rels")) and ENTITY.search(package.read(part)[:4096]):
                    raise IngestError(Refusal.SUSPICIOUS, ENTITIES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise IngestError(Refusal.BROKEN, BROKEN.format(error)) from error


def check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    for part in parts:
        ratio = part.file_size / max(1, part.compress_size)
        if part.file_size > LARGEST_XML or (part.file_size > SMALL and ratio > HIGHEST_RATIO):
            why = f"unpacks {part.filename} to {part.file_size / 1e6:.0f} MB (a zip bomb?); split it"
            raise IngestError(Refusal.SUSPICIOUS, why)
    total = sum(part.file_size for part in parts)
    if total > LARGEST_UNPACKED:
        why = f"unpacks to {total / 1e6:.0f} MB (a zip bomb?); remove its pictures or split it"
        raise IngestError(Refusal.SUSPICIOUS, why)


def blocks(document: WordDocument) -> Iterator[str]:
    styles = {style.style_id: style.name or "" for style in document.styles}
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join(table_lines(table_rows(block)))
        else:
            text, style = block.text.strip(), styles.get(block._p.style or "", "")
            if text and HEADING_STYLE.match(style):
                text = "## " + " ".join(text.split())
            yield "- " + text if text and style.startswith("List Bullet") else text


def table_rows(table: Table) -> list[list[str]]:
    """Return the cells' texts; one read per cell of the file, where python-docx would search for each."""
    return [["\n".join(part.text for part in cell.iter(PARAGRAPH)) for cell in row.tc_lst] for row in table._tbl.tr_lst]
