"""One question and what was shown for it, as the browser keeps it between visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from qa.retrieval import Filters
from qa.values import Answer, Hit, Quote, Turn

MOST_KEPT = 30
Mode = Literal["ask", "search"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, its answer, and under what conditions it was given.

    In mode ``search`` the answer's quotes are ranked passages. ``generation`` names the index that answered;
    ``as_typed`` says that the question was searched without repair; ``judged`` what the reader thought.
    """

    answer: Answer
    mode: Mode = "ask"
    filters: Filters = field(default_factory=Filters)
    generation: str = ""
    as_typed: bool = False
    judged: Literal["", "helpful", "unhelpful"] = ""


_STORED = TypeAdapter(list[Exchange])


def dump(exchanges: Sequence[Exchange]) -> list[dict]:
    """Return the newest exchanges as plain JSON values."""
    return _STORED.dump_python(list(exchanges)[-MOST_KEPT:], mode="json")


def restore(stored: object) -> list[Exchange]:
    """Return the exchanges that a browser kept; what is not of this form, or of an older one, is dropped."""
    try:
        return _STORED.validate_python(stored or [])[-MOST_KEPT:]
    except ValidationError:
        return []


def turns(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered questions as the conversation so far, oldest first."""
    return tuple(Turn(one.answer.understood, one.answer.text) for one in exchanges if one.mode == "ask")


def ranked(question: str, understood: str, hits: Sequence[Hit]) -> Answer:
    """Return ranked passages in the form of an answer whose quotes are the passages."""
    quotes = tuple(Quote(rank, hit.passage.text, hit.passage.citation, hit.score) for rank, hit in enumerate(hits, 1))
    text = f"{len(quotes)} đoạn phù hợp nhất, xếp theo độ khớp." if quotes else "Không có đoạn nào phù hợp."
    return Answer(question, understood, text, quotes, 0.0)
