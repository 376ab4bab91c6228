"""Cutting and joining the words of questions, capitals and spaces set right."""

from __future__ import annotations

from qa.follow_ups.mentions import Sort, opens
from qa.follow_ups.names import PLACE_KINDS
from qa.follow_ups.tokenized import Line

PROPER = (Sort.DOCUMENT, Sort.BODY, Sort.PERSON, Sort.PART)


def spliced(line: Line, start: int, end: int, text: str) -> str:
    """Return the line with the words ``start`` up to, not including, ``end`` replaced by the text."""
    before = line.text[: line.words[start].start] if start < len(line.words) else f"{line.text} "
    after = line.text[line.words[end - 1].end :] if end > start else f" {line.text[len(before) :]}"
    return " ".join(f"{before}{text if before.strip() else capitalised(text)}{after}".split())


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return the text as it stands inside a sentence: with a small first letter, unless it opens with a name."""
    line = Line.of(text)
    if not line.words:
        return text
    named = opens(line, 0, (Sort.PLACE,)) or (len(line.words) > 1 and line.words[1].capital)
    acronym = len(line.slice(0, 1)) > 1 and line.slice(0, 1).isupper()
    if acronym or opens(line, 0, PROPER) or (named and not line.starts(PLACE_KINDS, 0)):
        return text
    return text[:1].lower() + text[1:]
