"""TXT, Markdown and JSON → ``Draft``."""

from __future__ import annotations

import datetime
import json
import re

from qa.corpus import BROKEN_YAML, LONGEST_FIELD, line_of, read_fields, shown
from qa.errors import IngestError, Refusal
from qa.ingest.encodings import declared_encoding, decode
from qa.ingest.line_joining import unwrap
from qa.ingest.tables import flatten_pipe_tables
from qa.ingest.types import Draft, Raw
from qa.text import normalise
from qa.values import KINDS

FRONT = re.compile(r"\s*-{3,}[ \t]*\n(.*?)\n-{3,}[ \t]*(?:\n|$)(.*)", re.DOTALL)
TITLE_HEADING = re.compile(r"\s*#\s+([^\n]+)\n")
JSON_FORMAT = "write an object with a text and, if known, title, number, date (YYYY-MM-DD), source and url"
PROVENANCE = re.compile(r"^(?:github|gitlab|https?:)|[/@]", re.IGNORECASE)


def read_plain(raw: Raw) -> Draft:
    """Read plain text."""
    return Draft(text=flatten_pipe_tables(unwrap(decode(raw.content, raw.charset))))


def read_markdown(raw: Raw) -> Draft:
    """Read Markdown; a front matter gives the fields, and then the text is kept as it stands."""
    text = decode(raw.content, raw.charset or declared_encoding(raw.content[:200]))
    front = FRONT.match(text)
    if front:
        return from_fields(front_fields(front[1]), front[2])
    title = TITLE_HEADING.match(text)
    body = text[title.end() :] if title else text
    return Draft(text=flatten_pipe_tables(body), title=title[1].strip() if title else "", authored=True)


def front_fields(source: str) -> dict[str, object]:
    try:
        fields = read_fields(source)
    except BROKEN_YAML as error:
        raise IngestError(
            Refusal.FIELDS, f"has a broken front matter ({first_line(error)}); correct its YAML"
        ) from error
    if not isinstance(fields, dict):
        raise IngestError(Refusal.FIELDS, "has a front matter that is no list of fields; write 'name: value' lines")
    return fields


def first_line(error: BaseException) -> str:
    return str(error).split("\n")[0][:120]


def from_fields(fields: dict[str, object], text: str) -> Draft:
    kind = text_field(fields, "kind")
    if kind and kind not in KINDS:
        raise IngestError(Refusal.FIELDS, f"has the kind {kind!r}; use one of {', '.join(KINDS)}")
    return Draft(
        text=text,
        title=text_field(fields, "title"),
        publisher=text_field(fields, "source"),
        url=text_field(fields, "url"),
        published=date_field(fields, "published"),
        kind=kind,
        number=text_field(fields, "number"),
        effective_from=date_field(fields, "effective_from"),
        effective_to=date_field(fields, "effective_to"),
        supersedes=list_field(fields, "supersedes"),
        amends=list_field(fields, "amends"),
        identifier=text_field(fields, "id"),
        authored=True,
    )


def read_json(raw: Raw) -> Draft:
    """Read an object with a text and fields that may be null; IngestError names what is wrong."""
    fields = json_object(decode(raw.content, raw.charset))
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise IngestError(Refusal.JSON, f"has no text in its field 'text'; {JSON_FORMAT}")
    source = text_field(fields, "source")
    published = by_provenance = PROVENANCE.search(source)
    return Draft(
        text=flatten_pipe_tables(unwrap(normalise(text))),
        title=text_field(fields, "title"),
        publisher="" if published else source,
        url=text_field(fields, "url"),
        published=date_field(fields, "date"),
        number=text_field(fields, "number"),
        provenance=source if by_provenance else "",
    )


def json_object(text: str) -> dict[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IngestError(Refusal.JSON, f"is broken JSON ({first_line(error)}); {JSON_FORMAT}") from error
    if not isinstance(fields, dict):
        raise IngestError(Refusal.JSON, f"is JSON but no object (a {type(fields).__name__}); {JSON_FORMAT}")
    return fields


def text_field(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    line = line_of(value)
    if line is None:
        raise IngestError(
            Refusal.FIELDS,
            f"has {name} = {shown(value)!r}; write it as one line of text, at most {LONGEST_FIELD} characters",
        )
    return line


def list_field(fields: dict[str, object], name: str) -> tuple[str, ...]:
    value = fields.get(name) or []
    values = value if isinstance(value, list) else [value]
    return tuple(text_field({name: item}, name) for item in values)


def date_field(fields: dict[str, object], name: str) -> datetime.date | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat((line_of(value) or "")[:10])
    except ValueError as error:
        raise IngestError(Refusal.FIELDS, f"has {name} = {shown(value)!r}; write a date as YYYY-MM-DD") from error
