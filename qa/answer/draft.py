"""What a strategy is given, and what it proposes to say."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.index import Index
from qa.reading import Candidate, SentenceScorer
from qa.retrieval import Filters, Retriever, SearchResult
from qa.telemetry import stage
from qa.values import Block, Note, Quote

HITS = 8
"""Passages whose sentences are weighed."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question as typed; ``query``: the same understood, complete in itself; which documents may answer, and when."""

    question: str
    query: str
    filters: Filters
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed as an answer; nothing of it is shown before ``publish`` has looked at it."""

    blocks: tuple[Block, ...]
    quotes: tuple[Quote, ...] = ()
    confidence: float = 0.0
    notes: tuple[Note, ...] = ()


class Findings:
    """What one generation of the index holds for an inquiry; searched when first looked at."""

    def __init__(self, retriever: Retriever, inquiry: Inquiry) -> None:
        self.retriever, self.inquiry = retriever, inquiry
        self.index: Index = retriever.index

    @cached_property
    def result(self) -> SearchResult:
        return self.retriever.retrieve(self.inquiry.query, HITS, self.inquiry.filters)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Every sentence of the hits, best first."""
        return candidates_in(self.index, self.result)

    @property
    def confidence(self) -> float:
        """The confidence of the best sentence, 0 without any."""
        return self.candidates[0].evidence.confidence if self.candidates else 0.0

    def about(self, query: str) -> list[Candidate]:
        """Return the sentences for another query under the same filters, best first."""
        return candidates_in(self.index, self.retriever.retrieve(query, HITS, self.inquiry.filters))


Strategy = Callable[[Findings], Draft | None]
"""One way to answer; None where it does not fit the question or finds nothing sure."""


@stage("quote")
def candidates_in(index: Index, found: SearchResult) -> list[Candidate]:
    """Return every sentence of the hits, best first."""
    weighed = SentenceScorer(index, found).candidates()
    return sorted(weighed, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))


def quotes_of(candidates: Sequence[Candidate], first: int = 1) -> tuple[Quote, ...]:
    """Return sentences as quotes, numbered from ``first``."""
    return tuple(Quote(marker, one.text, one.citation, one.score) for marker, one in enumerate(candidates, start=first))
