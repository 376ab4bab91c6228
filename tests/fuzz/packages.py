"""Targets: Word documents and PDF files, whole and with their insides altered."""

from __future__ import annotations

import io
import warnings
import zipfile
from functools import cache

import docx

from qa.ingest.sources import Raw
from tests.fuzz.articles import expect_taken_in
from tests.fuzz.material import fields_of, text_of

PARTS = (
    "word/document.xml",
    "word/styles.xml",
    "docProps/core.xml",
    "word/_rels/document.xml.rels",
    "[Content_Types].xml",
)
OPENING = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'{OPENING}<w:document xmlns:w="{WORD}"><w:body>{{}}</w:body></w:document>'
PAGE = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length {}>>stream
{}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


@cache
def whole_package() -> dict[str, bytes]:
    """Return the parts of an ordinary Word document."""
    document = docx.Document()
    document.add_heading("Kế hoạch sắp xếp", 1)
    document.add_paragraph("Quận Long Biên giảm 406 người hoạt động không chuyên trách ở tổ dân phố.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Xã", "Dân", "Bồ Đề", "1.406"), strict=True):
        cell.text = text
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as package:
        return {part.filename: package.read(part) for part in package.infolist()}


def check_word_file(content: bytes) -> None:
    """A Word document, or a part of one, altered in any way is taken in whole or refused with a reason.

    The first field chooses: ``thân`` gives the XML inside the body, ``0``…``4`` replaces a part, ``byte`` alters the
    package itself; anything else is the file as it is.
    """
    way, first, rest = fields_of(content, 3)
    expect_taken_in(Raw("nguồn", "a.docx", word_file(way, first, rest, content)))


def word_file(way: str, first: str, rest: str, content: bytes) -> bytes:
    parts = dict(whole_package())
    if way == "thân":
        parts["word/document.xml"] = BODY.format(first + rest).encode("utf-8", "surrogateescape")
    elif way.isdigit():
        name = PARTS[int(way) % len(PARTS)]
        before, after = parts[name].decode("utf-8"), first.encode("utf-8", "surrogateescape")
        parts[name] = before.replace(first, rest, 1).encode("utf-8", "surrogateescape") if rest else after
    package = packed(parts)
    if way == "byte":
        numbers = [ord(character) for character in first + rest]
        for place, value in zip(numbers[::2], numbers[1::2], strict=False):
            at = (place * 97) % len(package)
            package = package[:at] + bytes([value % 256]) + package[at + 1 :]
        return package
    return package if way == "thân" or way.isdigit() else b"PK\x03\x04" + content


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(file, "w") as package:
            for name, part in parts.items():
                package.writestr(name, part)
    return file.getvalue()


def check_pdf_file(content: bytes) -> None:
    """A PDF altered in any way is taken in whole or refused with a reason; one field alone is a page's content."""
    text = text_of(content)
    whole = content if text.startswith("%PDF-") else PAGE.format(len(content), text).encode("utf-8", "surrogateescape")
    expect_taken_in(Raw("nguồn", "a.pdf", whole))
