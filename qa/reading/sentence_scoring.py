"""How well each sentence of the hits answers the question, and why."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from qa.index import Index
from qa.reading.answer_span import fit_of, headline, short_answer
from qa.reading.answer_type import AnswerType, expected_answer
from qa.retrieval import SearchResult
from qa.text import lexicon, quotable_spans, terms, words
from qa.values import Citation, Hit

MOST_SPREADS = 6.0
THRESHOLD = 0.4
"""The least confidence of a sentence that is quoted."""

PAIR, UNKNOWN = 0.5, 0.2
QUESTION_WORDS = frozenset(words(" ".join(lexicon.phrases("questions.stop", "questions.stop_in_scoring"))))
FIGURES = (AnswerType.FIGURE, AnswerType.MONEY, AnswerType.SHARE, AnswerType.AREA)
SCORE_WEIGHTS = {"inside": 0.6, "nearby": 0.25, "passage": 0.4, "named": 0.4, "fit": 0.3, "meaning": 0.08}
"""What a sentence's score adds up; flat around these on the development questions (docs/answers.md)."""

CONFIDENCE_WEIGHTS = {
    "bias": -8.88,
    "nearby": 2.21,
    "document": 3.98,
    "meaning": 0.96,
    "answering": 2.48,
    "formless": -2.36,
}
"""Logistic weights of the evidence; made by ``python -m benchmarks.calibrate``, which prints them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares, 0..1, of the question's content in the sentence, in its passage with title, anywhere in its document."""

    sentence: float
    passage: float
    document: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer; shares lie in 0..1.

    ``inside`` and ``nearby``: the question's content, weighed by rarity, found in the sentence and in its passage
    with title; ``words``: the same, each word alike: rarity tells which sentence, not how sure it is; ``meaning``:
    how far the sentence's cosine lies above what questions from another world reach, in spreads; ``fit``: how surely
    the sentence holds something of the form asked for (0.5 where no form is asked for); ``passage``: the passage's
    score among those found; ``named``: 2 or 1 where the question names its document by number (``Hit.named``).
    """

    inside: float
    nearby: float
    words: Coverage
    meaning: float
    fit: float
    passage: float
    named: int = 0

    @property
    def score(self) -> float:
        """How well the sentence answers, for comparing it with the others."""
        return float(sum(weight * getattr(self, name) for name, weight in SCORE_WEIGHTS.items()))

    @property
    def signals(self) -> dict[str, float]:
        """What the confidence rests on; a sentence must hold both the question's content and the form asked for."""
        return {
            "nearby": self.words.passage,
            "document": self.words.document,
            "meaning": self.meaning,
            "answering": self.words.sentence * self.fit,
            "formless": float(self.fit == 0),
        }

    @property
    def confidence(self) -> float:
        """The chance, 0..1, that the question is answered here."""
        weighed = sum(CONFIDENCE_WEIGHTS[name] * value for name, value in self.signals.items())
        return 1 / (1 + math.exp(-weighed - CONFIDENCE_WEIGHTS["bias"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be quoted, what speaks for it, and the part that answers most shortly.

    ``is_figure``: that part is a figure of the very unit asked for.
    """

    text: str
    citation: Citation
    evidence: Evidence
    short: str | None
    is_figure: bool

    @property
    def score(self) -> float:
        return self.evidence.score


class SentenceScorer:
    """Weighs the sentences of what was found against the question."""

    def __init__(self, index: Index, found: SearchResult) -> None:
        self.index, self.found = index, found
        self.asked = expected_answer(found.query)
        content = [term for term in terms(found.query) if QUESTION_WORDS.isdisjoint(term.split("_"))]
        content = [term for term in content if "_" not in term or index.lexical.has(term)]
        self.alike = {term: self.weight(term) for term in content or terms(found.query)}
        self.weights = {term: weight * index.lexical.weight(term) for term, weight in self.alike.items()}
        documents = {hit.passage.citation.document_id for hit in found.hits}
        self.holders = {term: index.documents_with(term, documents) for term in self.alike}

    def weight(self, term: str) -> float:
        """Weigh each word alike, a pair for half, and a word that no passage holds, often a slip, for a fifth."""
        return (PAIR if "_" in term else 1.0) * (1.0 if self.index.lexical.has(term) else UNKNOWN)

    def candidates(self) -> list[Candidate]:
        return [one for hit in self.found.hits for one in self.of_passage(hit)]

    def of_passage(self, hit: Hit) -> Iterator[Candidate]:
        vectors = self.index.sentences.of(self.index.row(hit.passage))
        around = set(terms(f"{hit.passage.context}\n{hit.passage.text}"))
        anywhere = {term for term, names in self.holders.items() if hit.passage.citation.document_id in names}
        spans = quotable_spans(hit.passage.text)
        for (start, end), cosine in zip(spans, vectors @ self.found.vector, strict=True):
            text = hit.passage.text[start:end]
            short = short_answer(self.asked, text, self.found.query)
            inside = set(terms(text))
            evidence = Evidence(
                inside=share(self.weights, inside),
                nearby=share(self.weights, around),
                words=Coverage(*(share(self.alike, held) for held in (inside, around, anywhere))),
                meaning=self.above_strangers(float(cosine)),
                fit=fit_of(self.asked, text, short),
                passage=hit.score,
                named=hit.named,
            )
            passage = hit.passage.citation
            citation = dataclasses.replace(passage, start=passage.start + start, end=passage.start + end)
            is_figure = short is not None and short.fit == 1.0 and self.asked.kind in FIGURES
            yield Candidate(text, citation, evidence, headline(self.asked, text, self.found.query), is_figure)

    def above_strangers(self, cosine: float) -> float:
        manifest = self.index.manifest
        return min(MOST_SPREADS, (cosine - manifest.stranger_mean) / manifest.stranger_spread)


def share(weights: dict[str, float], found: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0
