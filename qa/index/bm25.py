"""Passages → BM25 scores: syllables and pairs of them, accents folded.

Counts are kept, not scores: what a term weighs changes with every document that is added, its counts do not.
"""

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from qa.text import terms

TOKENIZER = "folded-words-pairs-v4"
K1 = 1.2
B = 0.75
FILES = ("terms", "starts", "rows", "counts", "lengths")
ROUNDING = 1e-5  # of sums in single precision; what is left out must be out whatever the order of adding


class Postings:
    """Which passages of one segment hold which term, and how often.

    ``terms``: the terms' 64-bit hashes, ascending; the passages of term i, ascending, are
    ``rows[starts[i]:starts[i + 1]]``, beside their ``counts``; ``lengths``: the terms of each passage.
    """

    def __init__(
        self, terms: np.ndarray, starts: np.ndarray, rows: np.ndarray, counts: np.ndarray, lengths: np.ndarray
    ) -> None:
        self.terms, self.starts, self.rows, self.counts, self.lengths = terms, starts, rows, counts, lengths

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Count the terms of each text."""
        numbers: dict[str, int] = {}
        found, counts, sizes, lengths = array("i"), array("H"), array("i"), array("i")
        for text in texts:
            listed = terms(text)
            counted = Counter(listed)
            found.extend(numbers.setdefault(term, len(numbers)) for term in counted)
            counts.extend(counted.values())
            sizes.append(len(counted))
            lengths.append(max(1, len(listed)))
        hashes = np.fromiter(map(hash_of, numbers), np.uint64, len(numbers))
        order = np.argsort(hashes)
        places = np.empty(len(order), np.int32)
        places[order] = np.arange(len(order), dtype=np.int32)
        held = places[np.asarray(found)]
        starts = np.concatenate([[0], np.cumsum(np.bincount(held, minlength=len(hashes)))])
        by_term = np.argsort(held, kind="stable")
        owners = np.repeat(np.arange(len(sizes), dtype=np.int32), np.asarray(sizes))
        return cls(hashes[order], starts, owners[by_term], np.asarray(counts)[by_term], np.asarray(lengths))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what ``save`` wrote, on disk; ValueError where its parts do not fit."""
        mapped = (np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in FILES)
        postings = cls(*(part.view(np.ndarray) for part in mapped))
        if not len(postings.rows) == len(postings.counts) == postings.starts[-1]:
            raise ValueError(f"{folder} holds {len(postings.rows)} postings where {postings.starts[-1]} are due")
        return postings

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            np.save(folder / f"{name}.npy", getattr(self, name))

    def of(self, term: str) -> slice:
        """Return where a term's passages stand; an empty slice for a term of no passage."""
        wanted = hash_of(term)
        place = int(np.searchsorted(self.terms, np.uint64(wanted)))
        if place == len(self.terms) or int(self.terms[place]) != wanted:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True, slots=True)
class Pruning:
    """When passages that cannot be among the best are left out; these figures change the time, never what is found.

    ``worth_a_look``: postings of a term from which it pays to see first which passages can still be among the best.
    ``seek``: what finding one row among a term's postings costs, in postings read one after the other.
    """

    worth_a_look: int = 20_000
    seek: int = 16


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it was found: its inverse document frequency, and where its passages stand in each segment."""

    weight: float
    frequency: int
    places: Sequence[slice]


class LexicalIndex:
    """BM25 (Lucene's form) over all passages, segment after segment; without ``pruning`` every passage is scored."""

    def __init__(self, segments: Sequence[Postings], pruning: Pruning | None = None) -> None:
        self.segments, self.pruning = segments, pruning
        self.offsets = np.cumsum([0, *(len(segment.lengths) for segment in segments)])
        self.count = int(self.offsets[-1])

    @cached_property
    def norms(self) -> np.ndarray:
        """What the length of each passage adds to the count of a term in it."""
        lengths = np.concatenate([np.asarray(segment.lengths) for segment in self.segments])
        return K1 * ((1 - B) + B * lengths / lengths.mean())

    def scores(self, query: str) -> np.ndarray:
        """Return one score (≥ 0, float32) a passage, in the passages' order."""
        scores = np.zeros(self.count, np.float32)
        for term in terms(query):
            self.add(scores, self.find(term), 1)
        return scores

    def scores_of(self, query: str, rows: np.ndarray) -> np.ndarray:
        """Return what ``scores`` would for the given rows, which ascend, without scoring the others."""
        scores = np.zeros(len(rows), np.float32)
        for term in terms(query):
            self.add_to(scores, rows, self.find(term), 1)
        return scores

    def best(self, query: str, k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return up to ``k`` rows with the highest scores above zero, among the allowed, in no order."""
        if self.pruning is None:
            return best_rows(self.scores(query), k, allowed)
        return self.best_of_many(query, k, allowed, self.pruning)

    def best_of_many(self, query: str, k: int, allowed: np.ndarray | None, pruning: Pruning) -> np.ndarray:
        """Do what ``best`` does without scoring what cannot be among the best.

        Rare terms first. A term adds less than its weight, so once the ``k``-th best score exceeds the weight of
        all terms left, passages with none of the terms so far are out (MaxScore: Turtle and Flood, 1995).
        """
        asked = [(self.find(term), times) for term, times in Counter(terms(query)).items()]
        asked = sorted((pair for pair in asked if pair[0].frequency), key=lambda pair: -pair[0].weight * pair[1])
        whole = left = sum(term.weight * times for term, times in asked)
        least = 0.0
        scores = np.zeros(self.count, np.float32)
        rows: np.ndarray | None = None
        for term, times in asked:
            if term.frequency > pruning.worth_a_look and whole > 2 * left:
                least = max(least, kth(scores[among(scores, least, rows, allowed)], k))
                rows = among(scores, least - left, rows, allowed) if least > left else rows
            if rows is None or len(rows) * pruning.seek > term.frequency:
                self.add(scores, term, times)
            else:
                gained = np.zeros(len(rows), np.float32)
                self.add_to(gained, rows, term, times)
                scores[rows] += gained
            left -= term.weight * times
        if rows is None:
            return best_rows(scores, k, allowed)
        return rows[best_rows(scores[rows], k, None)]

    def add(self, scores: np.ndarray, term: Term, times: int) -> None:
        for place, (offset, segment) in zip(term.places, self.placed(), strict=True):
            rows = segment.rows[place] + np.int32(offset)
            np.add.at(scores, rows, times * self.parts(term, segment.counts[place], rows))

    def add_to(self, scores: np.ndarray, rows: np.ndarray, term: Term, times: int) -> None:
        """Add what a term gives to each of some rows, which ascend, to their scores."""
        bounds = np.searchsorted(rows, self.offsets)
        for number, (offset, segment) in enumerate(self.placed()):
            inside = slice(bounds[number], bounds[number + 1])
            place = term.places[number]
            held, wanted = segment.rows[place], (rows[inside] - offset).astype(np.int32)
            if len(held) and len(wanted):
                found = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
                hit = np.flatnonzero(held[found] == wanted)
                counts = segment.counts[place][found[hit]]
                scores[inside][hit] += times * self.parts(term, counts, rows[inside][hit])

    def find(self, term: str) -> Term:
        places = [segment.of(term) for segment in self.segments]
        frequency = sum(place.stop - place.start for place in places)
        return Term(math.log(1 + (self.count - frequency + 0.5) / (frequency + 0.5)), frequency, places)

    def parts(self, term: Term, counts: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return what a term adds to the scores of rows that hold it so often, float32."""
        frequent = counts.astype(np.float32)
        return (np.float32(term.weight) * (frequent / (self.norms[rows] + frequent))).astype(np.float32)

    def placed(self) -> Iterable[tuple[int, Postings]]:
        return zip(self.offsets.tolist(), self.segments, strict=False)


def hash_of(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


def best_rows(scores: np.ndarray, k: int, allowed: np.ndarray | None) -> np.ndarray:
    eligible = scores > 0 if allowed is None else (scores > 0) & allowed
    rows = np.flatnonzero(eligible)
    if len(rows) <= k:
        return rows
    return rows[np.argpartition(-scores[rows], k - 1)[:k]]


def among(scores: np.ndarray, least: float, rows: np.ndarray | None, allowed: np.ndarray | None) -> np.ndarray:
    """Return the allowed rows that score above ``least``, all of ``rows`` where it is given."""
    if rows is not None:
        return rows[scores[rows] > least]
    found = np.flatnonzero(scores > least)
    return found if allowed is None else found[allowed[found]]


def kth(scores: np.ndarray, k: int) -> float:
    """Return a little less than the ``k``-th highest score; 0 where there are fewer."""
    if len(scores) < k:
        return 0.0
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) * (1 - ROUNDING)
