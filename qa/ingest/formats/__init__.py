"""Readers of the formats that the intake takes in; what a file is, by its content first and its name last."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.errors import IngestError, Refusal
from qa.ingest.encodings import wide
from qa.ingest.formats.docx import read_docx
from qa.ingest.formats.html import read_html
from qa.ingest.formats.pdf import read_pdf
from qa.ingest.formats.text import read_json, read_markdown, read_plain
from qa.ingest.sources import Draft, Raw

HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|script|meta|table|span)\b",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!ENTITY)", re.IGNORECASE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096
MARKDOWN = (".md", ".markdown", ".mdown")
WEB = (".html", ".htm", ".xhtml", ".mhtml")


def read(raw: Raw) -> Draft:
    """Read a source as what it is; IngestError when it is empty or of a kind that cannot be read."""
    if not raw.content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise IngestError(Refusal.EMPTY, "is empty; give a file with text")
    return reader(raw)(raw)


def reader(raw: Raw) -> Callable[[Raw], Draft]:
    content, name = raw.content, raw.name.lower()
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return read_docx
    if b"%PDF-" in content[:1024]:
        return read_pdf
    refuse_known(content)
    return text_reader(raw, name)


def refuse_known(content: bytes) -> None:
    if content.startswith(OLE):
        raise IngestError(
            Refusal.OLD_FORMAT, "is an old .doc or a locked Office file; save it as DOCX without a password"
        )
    if content.startswith(b"{\\rtf"):
        raise IngestError(Refusal.OLD_FORMAT, "is RTF; save it as DOCX or plain text")


def text_reader(raw: Raw, name: str) -> Callable[[Raw], Draft]:
    head = narrow(raw.content[:HEAD])
    if HTML.match(head) or (name.endswith(WEB) and b"<" in head) or raw.media in ("text/html", "application/xhtml+xml"):
        return read_html
    if XML.match(head):
        return refuse_xml
    if name.endswith(".json") or raw.media == "application/json" or re.match(rb"\s*\{\s*\"", head):
        return read_json
    for suffix, what in ((".docx", "DOCX"), (".pdf", "PDF")):
        if name.endswith(suffix):
            raise IngestError(Refusal.MISNAMED, f"is named {suffix} but is no {what}; save it again as {what}")
    return read_markdown if name.endswith(MARKDOWN) or re.match(rb"---[ \t]*\r?\n\w+:", head) else read_plain


def narrow(head: bytes) -> bytes:
    """Return the head of a file as UTF-8 bytes without a byte order mark, so that patterns can look at it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace").encode()
    even = head[: len(head) // 2 * 2]
    return (wide(even) or "").encode() or head.removeprefix(b"\xef\xbb\xbf")


def refuse_xml(raw: Raw) -> Draft:
    raise IngestError(Refusal.UNKNOWN_FORMAT, f"is XML ({raw.name}); give the text as HTML, DOCX, PDF or TXT")
