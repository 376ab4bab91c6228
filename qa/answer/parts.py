"""What a message asks: its questions, and the parts of one that asks several things ("… tên gì, trụ sở ở đâu?")."""

import re

from qa.text import lexicon, syllables

MOST_QUESTIONS = 3
MOST_PARTS = 3
SHORTEST = 4
SHORTEST_PART = 2
BETWEEN = re.compile(r"(?<=\?)\s+")
BREAK = re.compile(r"([,;]\s+|\s+(?=(?:và|còn|rồi)\s))", re.IGNORECASE)
ASKS = re.compile(
    rf"\b(?:{lexicon.any_of(*(f'questions.{kind}' for kind in ('count', 'what', 'why', 'when', 'manner')))}"
    r"|sao|bao lâu|có phải|có được)\b|\b(?:không|chưa)(?: ạ| nhỉ| vậy)?$",
    re.IGNORECASE,
)


def split_questions(question: str) -> list[str]:
    """Return the questions of a message, at most three; what is too short to stand alone stays with the one before."""
    parts: list[str] = []
    for piece in BETWEEN.split(question.strip()):
        if parts and (len(syllables(piece)) < SHORTEST or len(parts) == MOST_QUESTIONS):
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return parts


def parts_of(question: str) -> list[str]:
    """Return the parts of a question that each ask something, in order, at most three; one that asks one thing, whole.

    A part begins after a comma or at "và", "còn", "rồi", where what stands before it asks something too.
    """
    first, *rest = BREAK.split(question.rstrip(" ?.!…"))
    parts = [first]
    for separator, piece in zip(rest[::2], rest[1::2], strict=True):
        asks = ASKS.search(parts[-1]) and ASKS.search(piece) and len(syllables(piece)) >= SHORTEST_PART
        if asks and len(parts) < MOST_PARTS:
            parts.append(piece)
        else:
            parts[-1] += separator + piece
    return parts
