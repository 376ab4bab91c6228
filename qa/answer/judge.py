"""How well each sentence of the hits answers the question, and why."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from qa.index import Index
from qa.question import Kind, asked
from qa.retriever import Found
from qa.short import fit_of, short_answer
from qa.spelling import terms
from qa.types import Citation, Hit
from qa.vietnamese import quotable_spans

MOST_SPREADS = 6.0
PAIR, UNKNOWN = 0.5, 0.2
QUESTION_WORDS = frozenset(
    terms(
        "ai gì nào đâu sao bao nhiêu mấy khi là có được không những các của và ở tại cho với theo thì mà ra vào lúc "
        "bao giờ thế như vì hãy xin hỏi biết tôi ạ về từ đến đã sẽ đang bị cái việc này đó nay hiện hôm phải đúng "
        "đây muốn kể nêu bây vậy mình nhỉ rồi ông bà anh chị em bạn giúp giùm ơi chứ thôi"
    )
)
FIGURES = (Kind.FIGURE, Kind.MONEY, Kind.SHARE, Kind.AREA)
SCORE_WEIGHTS = {"inside": 0.6, "nearby": 0.25, "passage": 0.4, "fit": 0.3, "meaning": 0.08}
"""What a sentence's score adds up; flat around these on the development questions (docs/answers.md)."""

CONFIDENCE_WEIGHTS = {"bias": -9.6, "nearby": 5.2, "meaning": 1.2, "answering": 3.0, "passage": 2.1, "formless": -3.3}
"""Logistic weights of the evidence; made by ``python -m benchmarks.calibrate``, which prints them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer; shares lie in 0..1.

    ``inside`` and ``nearby``: the question's content, weighed by rarity, found in the sentence and in its
    passage with title; ``meaning``: how far the sentence's cosine lies above what questions from another world
    reach, in spreads; ``fit``: how surely the sentence holds something of the form asked for (0.5 where no form
    is asked for); ``passage``: the passage's score among those found.
    """

    inside: float
    nearby: float
    meaning: float
    fit: float
    passage: float

    @property
    def score(self) -> float:
        """How well the sentence answers, for comparing it with the others."""
        return sum(weight * getattr(self, name) for name, weight in SCORE_WEIGHTS.items())

    @property
    def signals(self) -> dict[str, float]:
        """What the confidence rests on; a sentence must hold both the question's content and the form asked for."""
        return {
            "nearby": self.nearby,
            "meaning": self.meaning,
            "answering": self.inside * self.fit,
            "passage": min(1.0, self.passage),
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


class Judge:
    """Weighs the sentences of what was found against the question."""

    def __init__(self, index: Index, found: Found) -> None:
        self.index, self.found = index, found
        self.asked = asked(found.query)
        content = [term for term in terms(found.query) if QUESTION_WORDS.isdisjoint(term.split("_"))]
        content = [term for term in content if "_" not in term or index.lexical.has(term)]
        self.weights = {term: self.weight(term) for term in content or terms(found.query)}

    def weight(self, term: str) -> float:
        """Weigh a term by its rarity; a pair for half, and a word that no passage holds, often a slip, for a fifth."""
        share_of = PAIR if "_" in term else 1.0
        return self.index.lexical.weight(term) * share_of * (1.0 if self.index.lexical.has(term) else UNKNOWN)

    def candidates(self) -> list[Candidate]:
        return [one for hit in self.found.hits for one in self.of_passage(hit)]

    def of_passage(self, hit: Hit) -> Iterator[Candidate]:
        vectors = self.index.sentences.of(self.index.row(hit.passage))
        around = set(terms(f"{hit.passage.context}\n{hit.passage.text}"))
        spans = quotable_spans(hit.passage.text)
        for (start, end), cosine in zip(spans, vectors @ self.found.vector, strict=True):
            text = hit.passage.text[start:end]
            short = short_answer(self.asked, text, self.found.query)
            evidence = Evidence(
                inside=share(self.weights, set(terms(text))),
                nearby=share(self.weights, around),
                meaning=self.above_strangers(float(cosine)),
                fit=fit_of(self.asked, text, short),
                passage=hit.score,
            )
            passage = hit.passage.citation
            citation = dataclasses.replace(passage, start=passage.start + start, end=passage.start + end)
            is_figure = bool(short) and short.fit == 1.0 and self.asked.kind in FIGURES
            yield Candidate(text, citation, evidence, short.text if short else None, is_figure)

    def above_strangers(self, cosine: float) -> float:
        manifest = self.index.manifest
        return min(MOST_SPREADS, (cosine - manifest.stranger_mean) / manifest.stranger_spread)


def share(weights: dict[str, float], found: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0
