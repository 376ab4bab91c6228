"""Several questions in one message: each is answered by itself, and the answers are put together."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from qa.answer.comparison import plain_rows
from qa.text import syllables
from qa.values import Answer, Quote

MOST_QUESTIONS = 3
SHORTEST = 4
MARK = re.compile(r"\[(\d{1,2})\]")
BETWEEN = re.compile(r"(?<=\?)\s+")


def split_questions(question: str) -> list[str]:
    """Return the questions of a message, at most three; what is too short to stand alone stays with the one before."""
    parts: list[str] = []
    for piece in BETWEEN.split(question.strip()):
        if parts and (len(syllables(piece)) < SHORTEST or len(parts) == MOST_QUESTIONS):
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return parts


def merge(question: str, answers: Sequence[Answer]) -> Answer:
    """Return one answer of several, its marks numbered through; what is declined says so in its place."""
    texts, quotes, notes = [], [], []
    for answer in answers:
        shift = len(quotes)
        plain = plain_rows(answer.rows, answer.citations) if answer.rows else answer.text
        plain = plain.replace(f"**{answer.short}**", f"{answer.short}.", 1) if answer.short else plain
        texts.append(shifted(plain, answer.citations, shift))
        quotes += [dataclasses.replace(quote, marker=quote.marker + shift) for quote in answer.citations]
        notes += [MARK.sub(lambda mark, shift=shift: f"[{int(mark[1]) + shift}]", note) for note in answer.notes]
    return Answer(
        question,
        " ".join(answer.understood for answer in answers),
        "\n\n".join(texts),
        tuple(quotes),
        min(answer.confidence for answer in answers),
        tuple(dict.fromkeys(notes)),
    )


def shifted(text: str, quotes: Sequence[Quote], shift: int) -> str:
    """Return the text with each quote's mark raised; brackets inside the quotes stay."""
    for quote in sorted(quotes, key=lambda one: -one.marker):
        old, new = f"{quote.text} [{quote.marker}]", f"{quote.text} [{quote.marker + shift}]"
        text = text.replace(old, new, 1)
    return text
