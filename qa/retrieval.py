"""Question → ranked ``Hit``s: dense, lexical and sentence scores fused as z-scores, each with the same weight."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, groupby, islice
from types import MappingProxyType

import numpy as np

from qa.encoder import Encoder, Reranker
from qa.index import Filters, SearchIndex, SearchQuery
from qa.telemetry import stage
from qa.text import find_numbers, normalise, syllables
from qa.values import Hit, TextKind

WORD = re.compile(r"[^\W\d_]+")
CANDIDATES = 400
MOST_PER_DOCUMENT: Mapping[TextKind, int] = MappingProxyType({"summary": 3, "original": 5})
"""Passages of one document before others have had their turn: those of a summary often say the same as others do."""

MOST_ALIKE, ALIKE = 2, 0.5
"""Passages of different documents are worded alike, as those of one article written for each province are, from this
share of words in common, names and figures left out; so many of them are taken before others have had their turn."""

LOOKED_AT = 60  # hits among which others than those worded alike are looked for
RERANKED = 20
LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class Options:
    """The parts of retrieval, each of which the benchmark can switch off to see what it is worth.

    ``signals`` are added with equal weight: passage vectors ("dense"), BM25 ("lexical"), sentence vectors.
    """

    signals: tuple[str, ...] = ("dense", "lexical", "sentences")
    restores_accents: bool = True
    repairs_slips: bool = True
    finds_numbers: bool = True
    spreads: bool = True
    folds_copies: bool = True


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found: the question as it was searched, and the hits."""

    query: str
    hits: Sequence[Hit]


class Retriever:
    """Search over one generation of the index."""

    def __init__(
        self, index: SearchIndex, encoder: Encoder, options: Options | None = None, reranker: Reranker | None = None
    ) -> None:
        self.index = index
        self.encoder = encoder
        self.options = options or Options()
        self.reranker = reranker

    @stage("understand")
    def understand(self, question: str) -> str:
        """Return the question as it is searched: one line, slips repaired, accents restored."""
        query = check_question(question)
        if self.options.repairs_slips:
            query = self.index.language.repair(query)
        return self.index.language.restore(query) if self.options.restores_accents else query

    def search(self, question: str, k: int = 5, filters: Filters | None = None) -> list[Hit]:
        """Return the ``k`` best passages, best first; fewer only where fewer pass the filters.

        Raises ValueError for ``k`` below 1 or a question longer than 2,000 characters. A question
        without a word finds nothing.
        """
        return list(self.find(question, k, filters).hits)

    def find(self, question: str, k: int, filters: Filters | None = None) -> SearchResult:
        """Do what ``search`` does, and return the query and its vector with the hits."""
        return self.retrieve(self.understand(question), k, filters)

    @stage("retrieve")
    def retrieve(self, query: str, k: int, filters: Filters | None = None) -> SearchResult:
        """Search for a query that is understood already."""
        if k < 1:
            raise ValueError(f"k is {k}; use 1 or more")
        if not syllables(query):
            return SearchResult(query, [])
        numbers = tuple(find_numbers(query)) if self.options.finds_numbers else ()
        asked = SearchQuery(query, self.encoder.encode_queries([query])[0], numbers)
        hits = self.rank(asked, k, filters or Filters())
        if self.options.folds_copies:
            hits = self.without_copies(hits)
        if self.reranker:
            hits = reorder(hits, query, self.reranker)
        most = MOST_PER_DOCUMENT if self.options.spreads else dict.fromkeys(MOST_PER_DOCUMENT, k)
        return SearchResult(query, spread(hits, k, most))

    def rank(self, query: SearchQuery, k: int, filters: Filters) -> Iterator[Hit]:
        """Yield every candidate, best first: the nearest by either search, and those a number names."""
        keys, named = self.index.nearest(query, max(CANDIDATES, k), filters)
        if not len(keys):
            return
        scores = self.index.scores(query, keys)
        fused = unit_range(reduce(np.add, (standard(getattr(scores, name)) for name in self.options.signals)))
        order = fused + named
        columns = [column.tolist() for column in (fused, scores.dense, scores.lexical, named)]
        for _, equal in groupby(np.argsort(-order, kind="stable").tolist(), key=order.__getitem__):
            hits = [Hit(self.index.passages[keys[at]], *(column[at] for column in columns)) for at in equal]
            yield from sorted(hits, key=lambda hit: hit.passage.id)

    def without_copies(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield the hits without those of documents that say the same as one ranked higher."""
        chosen: dict[str, str] = {}
        for hit in hits:
            document = hit.passage.citation.document_id
            if chosen.setdefault(self.index.same[document][0], document) == document:
                yield hit


def check_question(question: str) -> str:
    """Return the question in one line and NFC; ValueError when it is too long."""
    query = " ".join(normalise(question).split())
    if len(query) > LONGEST_QUESTION:
        raise ValueError(f"the question has {len(query)} characters; use at most {LONGEST_QUESTION}")
    return query


def reorder(hits: Iterable[Hit], query: str, reranker: Reranker) -> Iterator[Hit]:
    """Return the hits with the first ones ordered by the second stage; documents named by number stay first."""
    left = iter(hits)
    first = list(islice(left, RERANKED))
    scores = reranker.scores(query, [hit.passage.text for hit in first])
    order = sorted(range(len(first)), key=lambda i: (not first[i].named, -scores[i], first[i].passage.id))
    return chain((first[i] for i in order), left)


def spread(hits: Iterable[Hit], k: int, most: Mapping[TextKind, int] = MOST_PER_DOCUMENT) -> list[Hit]:
    """Return ``k`` hits; while others remain, at most so many of one document, few worded alike, no text twice."""
    chosen: list[Hit] = []
    left_over: list[Hit] = []
    taken: Counter[str] = Counter()
    wordings: dict[str, tuple[str, frozenset[str]]] = {}
    for hit in islice(hits, max(k, LOOKED_AT)):
        text, citation = hit.passage.text, hit.passage.citation
        document = citation.document_id
        may_stand = taken[document] < most[citation.text_kind] and text not in wordings
        wording = frozenset(filter(str.islower, WORD.findall(text))) if may_stand else frozenset()
        others = (other for owner, other in wordings.values() if owner != document)
        if may_stand and sum(are_alike(wording, other) for other in others) < MOST_ALIKE:
            chosen.append(hit)
            taken[document] += 1
            wordings[text] = document, wording
        else:
            left_over.append(hit)
        if len(chosen) == k:
            return chosen
    return chosen + left_over[: k - len(chosen)]


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared > ALIKE * (len(one) + len(other) - shared)


def standard(scores: np.ndarray) -> np.ndarray:
    """Return z-scores over the candidates; all-equal scores become 0."""
    spread_of = float(scores.std())
    return (scores - scores.mean()) / spread_of if spread_of > 1e-9 else np.zeros_like(scores)


def unit_range(scores: np.ndarray) -> np.ndarray:
    """Scale scores to 0..1 over the candidates; all-equal scores become 0."""
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
