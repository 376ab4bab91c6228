"""What a strategy is given, and what it proposes to say."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qa.blocks import Block, Paragraph, Quote
from qa.index import Filters, SearchIndex
from qa.reading import Candidate, Reader
from qa.retrieval import Retriever, SearchResult
from qa.telemetry import stage

HITS = 8  # passages whose sentences are weighed


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question, understood once, and what the index holds for it, searched when first looked at.

    ``asked``: the ``question`` as typed, but repaired. ``query``: what is searched for, the earlier questions that it
    belongs to before it. ``filters`` tell which documents may answer, ``day`` as of when; ``history``: the earlier
    questions that it is read after, oldest first.
    """

    retriever: Retriever
    reader: Reader
    question: str
    asked: str
    query: str
    filters: Filters
    day: datetime.date
    history: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def index(self) -> SearchIndex:
        return self.retriever.index

    @property
    def found(self) -> SearchResult:
        if "found" not in self.kept:  # cached_property holds one lock for all inquiries before Python 3.12
            self.kept["found"] = self.retriever.retrieve(self.query, HITS, self.filters)
        return self.kept["found"]

    @property
    def candidates(self) -> list[Candidate]:
        """Every sentence of the hits, best first."""
        if "candidates" not in self.kept:
            self.kept["candidates"] = self.read(self.asked, self.found, self.history)
        return self.kept["candidates"]

    @property
    def confidence(self) -> float:
        """The confidence of the best sentence, 0 without any."""
        return self.candidates[0].confidence if self.candidates else 0.0

    @stage("read")
    def read(self, question: str, found: SearchResult, history: Sequence[str] = ()) -> list[Candidate]:
        return self.reader.read(question, found.hits, history)

    def about(self, question: str, history: Sequence[str] = ()) -> list[Candidate]:
        """Return the sentences for another question, after earlier ones, under the same filters, best first."""
        found = self.retriever.retrieve(" ".join((*history, question)), HITS, self.filters)
        return self.read(question, found, history)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed as an answer; nothing of it is shown before ``publish`` has looked at it."""

    blocks: tuple[Block, ...]
    quotes: tuple[Quote, ...] = ()
    confidence: float = 0.0
    notes: tuple[Paragraph, ...] = ()


Rewrite = Callable[[str, tuple[str, ...]], str | None]
"""A follow-up made to stand alone after the earlier questions, oldest first; None where it cannot be trusted."""

Strategy = Callable[[Inquiry], Draft | None]
"""One way to answer; None where it does not fit the question or finds nothing sure."""


def quotes_of(candidates: Sequence[Candidate], first: int = 1) -> tuple[Quote, ...]:
    """Return sentences as quotes, numbered from ``first``."""
    return tuple(Quote(marker, one.text, one.citation, one.score) for marker, one in enumerate(candidates, start=first))
