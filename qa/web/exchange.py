"""One question and what was shown for it, as the browser keeps it between visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from qa.retrieval import Filters, SearchResult
from qa.values import Answer, Paragraph, Quote, Response, Said, Turn

MOST_KEPT = 30
FOUND = "{count} đoạn phù hợp nhất, xếp theo độ khớp."
NOTHING_FOUND = "Không có đoạn nào phù hợp."
Mode = Literal["ask", "search"]
Kept = dict[str, Any]
"""An exchange as plain JSON values, in the form that the browser keeps."""


@dataclass(frozen=True, slots=True)
class RankedPassages(Response):
    """What a search alone shows for a question: passages as quotes, best first, each under its rank."""

    type: Literal["passages"] = "passages"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was shown for it, and under what conditions.

    ``generation`` names the index that answered; ``as_typed`` says that the question was searched without repair;
    ``judged`` what the reader thought.
    """

    shown: Answer | RankedPassages
    filters: Filters = field(default_factory=Filters)
    generation: str = ""
    as_typed: bool = False
    judged: Literal["", "helpful", "unhelpful"] = ""

    @property
    def mode(self) -> Mode:
        return "search" if isinstance(self.shown, RankedPassages) else "ask"


_STORED = TypeAdapter(list[Exchange])


def dump(exchanges: Sequence[Exchange]) -> list[Kept]:
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
    return tuple(Turn(one.shown.understood, one.shown.text) for one in exchanges if one.mode == "ask")


def ranked(question: str, found: SearchResult) -> RankedPassages:
    """Return what a search found as it is shown and kept."""
    hits = enumerate(found.hits, start=1)
    quotes = tuple(Quote(rank, hit.passage.text, hit.passage.citation, hit.score) for rank, hit in hits)
    said = FOUND.format(count=len(quotes)) if quotes else NOTHING_FOUND
    return RankedPassages(question, found.query, (Paragraph((Said(said),)),), quotes)
