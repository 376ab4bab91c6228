"""Several questions in one message: each is answered by itself, and the answers become one draft."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from qa.answer.draft import Draft
from qa.text import syllables
from qa.values import Answer, Block, Headline, Link, Paragraph, Part, Quote, Related, Said

MOST_QUESTIONS = 3
SHORTEST = 4
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


def merge(answers: Sequence[Answer]) -> Draft:
    """Return several answers as one draft of paragraphs, its markers numbered through.

    A headline opens its part as a sentence, a comparison becomes a list; what is declined says so in its place.
    """
    blocks: list[Paragraph] = []
    quotes: list[Quote] = []
    notes: list[Paragraph] = []
    for answer in answers:
        shift = len(quotes)
        blocks += [raised(in_line(block), shift) for block in answer.blocks]
        notes += [raised(note, shift) for note in answer.notes]
        quotes += [dataclasses.replace(quote, marker=quote.marker + shift) for quote in answer.citations]
    confidence = min(answer.confidence for answer in answers)
    return Draft(tuple(blocks), tuple(quotes), confidence, tuple(notes))


def in_line(block: Block) -> Paragraph:
    """Return a block as a paragraph among others."""
    if isinstance(block, Paragraph):
        return block
    return Paragraph((*block.parts, Said("."))) if isinstance(block, Headline) else Paragraph(block.parts)


def raised(paragraph: Paragraph, shift: int) -> Paragraph:
    """Return a paragraph with its markers raised."""

    def part_raised(part: Part) -> Part:
        if isinstance(part, Said | Related | Link):
            return part
        return dataclasses.replace(part, marker=part.marker + shift)

    return dataclasses.replace(paragraph, parts=tuple(map(part_raised, paragraph.parts)))
