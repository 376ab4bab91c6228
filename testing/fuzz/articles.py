"""Targets: front matter, and a file taken in from its bytes to the article that is read back."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from qa.corpus.articles import ID, parse_article
from qa.corpus.front_matter import LONGEST_FIELD, format_article
from qa.errors import DocumentReadError, IngestError
from qa.index.segment import format_document, parse_document
from qa.ingest.pipeline import content_hash, new_id, prepare
from qa.ingest.sources import Draft, Raw
from qa.text.normalise import normalise
from qa.values import KINDS, Document
from testing.fuzz.material import fields_of, text_of

PATH = Path("bai.md")
LONGEST_REASON = 1_000


def check_front_matter(content: bytes) -> None:
    """An article is read whole, in normal form, fit to be stored and read again; or DocumentReadError says why."""
    document = parsed(normalise(text_of(content)))
    if document:
        expect_sound(document)


def parsed(text: str) -> Document | None:
    try:
        return parse_article(text, PATH)
    except DocumentReadError as error:
        assert str(error).startswith("bai.md: ")
        assert "; " in str(error)
        assert len(str(error)) <= LONGEST_REASON
        return None


def expect_sound(document: Document) -> None:
    assert ID.fullmatch(document.id)
    assert document.title
    assert document.kind in KINDS
    assert document.text.strip()
    assert document.text == normalise(document.text)
    lines = (document.title, document.source, document.url, document.number or "", document.duplicate_of or "")
    for line in (*lines, *document.supersedes, *document.amends):
        assert line == " ".join(normalise(line).split())
        assert len(line) <= LONGEST_FIELD
    for day in (document.published, document.effective_from, document.effective_to):
        assert day is None or type(day) is datetime.date
    line = format_document(document)
    assert parse_document(line.encode("utf-8").decode("utf-8")) == document


def check_intake(content: bytes) -> None:
    """A file is refused with a reason, or becomes an article that reads back with the same fields and text."""
    name, media, url, body = fields_of(content, 4)
    raw = Raw(
        "nguồn", name.strip() or "a.txt", body.encode("utf-8", "surrogateescape"), normalise(url).strip(), media.strip()
    )
    expect_taken_in(raw)


def expect_taken_in(raw: Raw) -> None:
    try:
        draft = prepare(raw)
    except IngestError as error:
        assert 0 < len(str(error)) <= LONGEST_REASON
        return
    expect_normal(draft)
    assert len(content_hash(draft)) == 64
    identifier = new_id(draft.fields, ())
    assert ID.fullmatch(identifier)
    assert new_id(draft.fields, {identifier}) == f"{identifier}-2"
    read_back = parsed(normalise(format_article(draft.fields.model_copy(update={"id": identifier}), draft.text)))
    if read_back:
        expect_sound(read_back)
        assert read_back.id == identifier
        assert read_back.text == draft.text.strip() + "\n"
        assert read_back.title == " ".join(draft.fields.title.split())
        assert (read_back.number or "") == " ".join(draft.fields.number.split())
        assert (read_back.published, read_back.kind) == (draft.fields.published, draft.fields.kind)


def expect_normal(draft: Draft) -> None:
    for name, value in (*dict(draft.fields).items(), ("text", draft.text)):
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                assert text == normalise(text), f"{name} is not in normal form"


def expect_refused(raw: Raw) -> str:
    """Return the reason for which a file is refused; for the tests of what was found."""
    with pytest.raises(IngestError) as found:
        prepare(raw)
    return str(found.value)
