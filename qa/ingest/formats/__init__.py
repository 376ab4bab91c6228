"""Readers of the formats that the intake takes in; what a file is, by its content first and its name last."""

import json
import re
from collections.abc import Callable

from qa.corpus import article_fields, has_front_matter, split_article
from qa.errors import IngestError, Refusal
from qa.ingest.encodings import declared_encoding, decode, marked, wide
from qa.ingest.formats.docx import read_docx
from qa.ingest.formats.html import read_html
from qa.ingest.formats.pdf import read_pdf
from qa.ingest.layout import flatten_pipe_tables, unwrap
from qa.ingest.sources import Draft, Raw
from qa.text import normalise

TITLE_HEADING = re.compile(r"\s*#\s+([^\n]+)\n")
JSON_FORMAT = "write an object with a text and, if known, title, number, date (YYYY-MM-DD), source and url"
PROVENANCE = re.compile(r"^(?:github|gitlab|https?:)|[/@]", re.IGNORECASE)
TRACES = frozenset(("retrieved_from", "retrieved_on", "provenance", "content_hash", "duplicate_of"))
"""Fields that the intake writes itself, whatever a file says."""


def read_plain(raw: Raw) -> Draft:
    return Draft(flatten_pipe_tables(unwrap(decode(raw.content, raw.charset))))


def read_markdown(raw: Raw) -> Draft:
    """Read Markdown; a front matter gives the fields, and then the text is kept as it stands."""
    text = decode(raw.content, raw.charset or declared_encoding(raw.content[:200]))
    if has_front_matter(text):
        values, body = split_article(text)
        given = {name: value for name, value in values.items() if name not in TRACES}
        return Draft(body, article_fields(given), authored=True)
    title = TITLE_HEADING.match(text)
    body = text[title.end() :] if title else text
    return Draft(flatten_pipe_tables(body), article_fields({"title": title and title[1]}), authored=True)


def read_json(raw: Raw) -> Draft:
    """Read an object with a text and fields that may be null; IngestError names what is wrong."""
    try:
        values = json.loads(decode(raw.content, raw.charset))
    except (ValueError, RecursionError) as error:
        raise IngestError(Refusal.JSON, f"is broken JSON ({str(error)[:120]}); {JSON_FORMAT}") from error
    if not isinstance(values, dict):
        raise IngestError(Refusal.JSON, f"is JSON but no object (a {type(values).__name__}); {JSON_FORMAT}")
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise IngestError(Refusal.JSON, f"has no text in its field 'text'; {JSON_FORMAT}")
    given = {name: values.get(name) for name in ("title", "url", "number", "source")}
    fields = article_fields({**given, "published": values.get("date")})
    if PROVENANCE.search(fields.source):  # names who passed the text on, not who published it
        fields = fields.model_copy(update={"source": "", "provenance": fields.source})
    return Draft(flatten_pipe_tables(unwrap(normalise(text))), fields)


HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|script|meta|table|span)\b",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!ENTITY)", re.IGNORECASE)
OLD_FORMATS = {  # first bytes of files that are refused → why
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "is an old .doc or a locked Office file; save it as DOCX without a password",
    b"{\\rtf": "is RTF; save it as DOCX or plain text",
}
HEAD = 4096
MARKDOWN = (".md", ".markdown", ".mdown")
WEB = (".html", ".htm", ".xhtml", ".mhtml")


def read(raw: Raw) -> Draft:
    """Read a source as what it is; IngestError when it is empty or of a kind that cannot be read."""
    if not raw.content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise IngestError(Refusal.EMPTY, "is empty; give a file with text")
    if raw.content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_docx(raw)
    if b"%PDF-" in raw.content[:1024]:
        return read_pdf(raw)
    for beginning, why in OLD_FORMATS.items():
        if raw.content.startswith(beginning):
            raise IngestError(Refusal.OLD_FORMAT, why)
    return text_reader(raw)(raw)


def text_reader(raw: Raw) -> Callable[[Raw], Draft]:
    name, head = raw.name.lower(), raw.content[:HEAD]
    head = (marked(head) or wide(head) or "").encode() or head
    if HTML.match(head) or (name.endswith(WEB) and b"<" in head) or raw.media in ("text/html", "application/xhtml+xml"):
        return read_html
    if XML.match(head):
        raise IngestError(Refusal.UNKNOWN_FORMAT, f"is XML ({raw.name}); give the text as HTML, DOCX, PDF or TXT")
    if name.endswith(".json") or raw.media == "application/json" or re.match(rb"\s*\{\s*\"", head):
        return read_json
    for suffix, what in ((".docx", "DOCX"), (".pdf", "PDF")):
        if name.endswith(suffix):
            raise IngestError(Refusal.MISNAMED, f"is named {suffix} but is no {what}; save it again as {what}")
    return read_markdown if name.endswith(MARKDOWN) or re.match(rb"---[ \t]*\r?\n\w+:", head) else read_plain
