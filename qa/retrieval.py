"""Question → ranked ``Hit``s: dense, lexical and sentence scores fused as z-scores, each with the same weight."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, groupby, islice

import numpy as np

from qa.encoder import Encoder, Reranker
from qa.index import Index
from qa.telemetry import stage
from qa.text import find_numbers, normalise, syllables
from qa.values import KINDS, Document, Hit

WORD = re.compile(r"[^\W\d_]+")
CANDIDATES = 400
MOST_PER_DOCUMENT = 3
BEARS, MENTIONS = 2, 1
MOST_NAMED = 2000  # passages that are looked at for the numbers in a question; a law's number can stand in very many
MOST_ALIKE, ALIKE = 2, 0.5
"""Passages of different documents are worded alike, as those of one article written for each province are, from this
share of words in common, names and figures left out; so many of them are taken before others have had their turn."""

LOOKED_AT = 60  # hits among which others than those worded alike are looked for
RERANKED = 20
LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; ``since`` and ``until`` are days of publication, both included."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    kind: str | None = None
    as_of: datetime.date | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; use one of {', '.join(KINDS)}")
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until}); exchange them")


@dataclass(frozen=True, slots=True)
class Options:
    """The parts of retrieval, each of which the benchmark can switch off to see what it is worth.

    ``signals`` are added with equal weight: passage vectors ("dense"), BM25 ("lexical"), sentence vectors.
    """

    signals: tuple[str, ...] = ("dense", "lexical", "sentences")
    restores_accents: bool = True
    repairs_slips: bool = True
    finds_numbers: bool = True
    most_per_document: int = MOST_PER_DOCUMENT
    folds_copies: bool = True


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found: the question as it was searched, and the hits."""

    query: str
    hits: Sequence[Hit]


class Retriever:
    """Search over one generation of the index."""

    def __init__(
        self, index: Index, encoder: Encoder, options: Options | None = None, reranker: Reranker | None = None
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
        allowed = self.allowed_rows(filters or Filters())
        if not syllables(query) or (allowed is not None and not allowed.any()):
            return SearchResult(query, [])
        vector = self.encoder.encode_queries([query])
        hits = self.rank(query, vector, k, allowed)
        if self.options.folds_copies:
            hits = self.without_copies(hits)
        if self.reranker:
            hits = reorder(hits, query, self.reranker)
        return SearchResult(query, spread(hits, k, self.options.most_per_document))

    def rank(self, query: str, vector: np.ndarray, k: int, allowed: np.ndarray | None) -> Iterator[Hit]:
        """Yield every candidate, best first: the nearest by either search, and those a number names."""
        candidates = max(CANDIDATES, k)
        named = self.rows_named(query, allowed)
        rows = np.union1d(
            self.index.dense_search(vector, candidates, allowed), self.index.lexical.best(query, candidates, allowed)
        )
        rows = np.union1d(rows, self.most_named(query, named)).astype(np.int64)
        dense = self.index.dense_scores(vector, rows)
        lexical = self.index.lexical.scores_of(query, rows)
        scores = {"dense": dense, "lexical": lexical}
        scores["sentences"] = self.index.sentences.best(vector[0], rows, fallback=dense)
        fused = unit_range(reduce(np.add, (standard(scores[name]) for name in self.options.signals)))
        keys = fused + named[rows]
        columns = [column.tolist() for column in (fused, dense, lexical, named[rows])]
        for _, equal in groupby(np.argsort(-keys, kind="stable").tolist(), key=keys.__getitem__):
            hits = [Hit(self.index.passages[rows[at]], *(column[at] for column in columns)) for at in equal]
            yield from sorted(hits, key=lambda hit: hit.passage.id)

    def without_copies(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield the hits without those of documents that say the same as one ranked higher."""
        chosen: dict[str, str] = {}
        for hit in hits:
            document = hit.passage.citation.document_id
            if chosen.setdefault(self.index.same[document][0], document) == document:
                yield hit

    def rows_named(self, query: str, allowed: np.ndarray | None) -> np.ndarray:
        """Return for each passage 2 where its document bears a number of the query, 1 where it mentions one, else 0."""
        named = np.zeros(len(self.index.passages), np.int8)
        for number in find_numbers(query) if self.options.finds_numbers else ():
            mentioning = self.index.rows_mentioning(number)
            named[mentioning] = np.maximum(named[mentioning], MENTIONS)
            named[self.index.rows_bearing(number)] = BEARS
        return named if allowed is None else named * allowed

    def most_named(self, query: str, named: np.ndarray) -> np.ndarray:
        """Return the rows named; of very many those of the documents that bear the number, then the best matches."""
        rows = np.flatnonzero(named)
        if len(rows) <= MOST_NAMED:
            return rows
        order = np.lexsort((-self.index.lexical.scores_of(query, rows), -named[rows]))
        return rows[order[:MOST_NAMED]]

    def allowed_rows(self, filters: Filters) -> np.ndarray | None:
        """Return a mask of the passages that may answer, or None when all may."""
        if filters == Filters():
            return self.index.alive
        documents = self.index.documents.values()
        permitted = np.array([*(permits(filters, document) for document in documents), False])
        return permitted[self.index.owners]


def permits(filters: Filters, document: Document) -> bool:
    """Tell whether a document passes; one without a date passes no filter of dates."""
    day, start, ended = document.published, document.effective_from or document.published, document.effective_to
    return (
        filters.kind in (None, document.kind)
        and (filters.since is None or (day is not None and filters.since <= day))
        and (filters.until is None or (day is not None and day <= filters.until))
        and (filters.as_of is None or (start is not None and start <= filters.as_of))
        and (filters.as_of is None or ended is None or filters.as_of < ended)
    )


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


def spread(hits: Iterable[Hit], k: int, most: int) -> list[Hit]:
    """Return ``k`` hits; while others remain, at most ``most`` of one document, few worded alike, no text twice."""
    chosen: list[Hit] = []
    left_over: list[Hit] = []
    taken: Counter[str] = Counter()
    wordings: dict[str, tuple[str, frozenset[str]]] = {}
    for hit in islice(hits, max(k, LOOKED_AT)):
        text, document = hit.passage.text, hit.passage.citation.document_id
        may_stand = taken[document] < most and text not in wordings
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
