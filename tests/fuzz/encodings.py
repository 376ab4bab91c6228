"""Targets: bytes to text through the old encodings, and lines to paragraphs and sections."""

from __future__ import annotations

import re
import unicodedata

from qa.errors import IngestError
from qa.ingest.boilerplate import article_lines
from qa.ingest.encodings import (
    TCVN3_FROM,
    TCVN3_TO,
    declared_encoding,
    decode,
    from_tcvn3,
    from_vni,
    plausibility,
    repair_encoding,
)
from qa.ingest.layout import flatten_pipe_tables, join_pages, to_markdown, unwrap
from qa.text.normalise import normalise, syllables
from tests.fuzz.material import fields_of, text_of

TO_TCVN3 = str.maketrans(TCVN3_TO, TCVN3_FROM)
BREAKS = re.compile(r"[\s\-\u2010]+")


def check_encodings(content: bytes) -> None:
    """Any bytes become normal text or are refused; what was written in an old encoding comes back as it was."""
    for given in (
        content,
        text_of(content).encode("utf-16-le", "replace"),
        text_of(content).encode("cp1258", "ignore"),
    ):
        try:
            text = decode(given, declared_encoding(given))
        except IngestError:
            continue
        assert text == normalise(text)
        assert len(text) <= 2 * len(given) + 8
    typed = unicodedata.normalize("NFC", text_of(content))
    assert 0 <= plausibility(typed) <= 1
    assert plausibility(repair_encoding(typed)) >= plausibility(typed)
    assert len(from_vni(typed)) <= 4 * len(typed)
    small = "".join(letter for letter in typed.lower() if letter.isascii() or letter in TCVN3_TO)
    assert from_tcvn3(small.translate(TO_TCVN3)) == small


def check_layout(content: bytes) -> None:
    """Lines are joined, marked or dropped; no letter is changed and none is added."""
    title, *pages = (normalise(field) for field in fields_of(content, 4))
    text = "\n".join(pages)
    joined = unwrap(text)
    assert BREAKS.sub("", joined) == BREAKS.sub("", text)
    of_pages = join_pages(pages)
    written = {line.strip() for page in pages for line in page.split("\n")}
    assert all(not line or line.strip() in written for line in of_pages.split("\n"))
    kept = article_lines(text, title)
    assert {line for line in kept.split("\n") if line} <= {line.strip() for line in text.split("\n")}
    assert set(syllables(flatten_pipe_tables(text))) <= set(syllables(text))
    for official in (True, False):
        marked = to_markdown(text, official=official)
        assert marked.endswith("\n")
        assert "\n\n\n" not in marked
        assert set(syllables(marked)) <= set(syllables(text))
        assert len(marked) <= 4 * len(text) + 8
