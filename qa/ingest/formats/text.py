"""TXT, Markdown and JSON → ``Draft``."""

from __future__ import annotations

import json
import re

from qa.corpus import article_fields, has_front_matter, split_article
from qa.errors import IngestError, Refusal
from qa.ingest.encodings import declared_encoding, decode
from qa.ingest.layout import flatten_pipe_tables, unwrap
from qa.ingest.sources import Draft, Raw
from qa.text import normalise

TITLE_HEADING = re.compile(r"\s*#\s+([^\n]+)\n")
JSON_FORMAT = "write an object with a text and, if known, title, number, date (YYYY-MM-DD), source and url"
PROVENANCE = re.compile(r"^(?:github|gitlab|https?:)|[/@]", re.IGNORECASE)
TRACES = frozenset(("retrieved_from", "retrieved_on", "provenance", "content_hash", "duplicate_of"))
"""Fields that the intake writes itself, whatever a file says."""


def read_plain(raw: Raw) -> Draft:
    """Read plain text."""
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
    """Read an object with a text and fields that may be null; IngestError names what is wrong.

    A source that is an address says who passed the text on, not who published it.
    """
    values = json_object(decode(raw.content, raw.charset))
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise IngestError(Refusal.JSON, f"has no text in its field 'text'; {JSON_FORMAT}")
    given = {name: values.get(name) for name in ("title", "url", "number", "source")}
    fields = article_fields({**given, "published": values.get("date")})
    if PROVENANCE.search(fields.source):
        fields = fields.model_copy(update={"source": "", "provenance": fields.source})
    return Draft(flatten_pipe_tables(unwrap(normalise(text))), fields)


def json_object(text: str) -> dict[str, object]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        first_line = str(error).split("\n")[0][:120]
        raise IngestError(Refusal.JSON, f"is broken JSON ({first_line}); {JSON_FORMAT}") from error
    if not isinstance(values, dict):
        raise IngestError(Refusal.JSON, f"is JSON but no object (a {type(values).__name__}); {JSON_FORMAT}")
    return values
