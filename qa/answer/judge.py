"""How well each sentence of the hits answers the question, and why."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from qa.index import Index
from qa.question import Kind, asked
from qa.retriever import Found
from qa.short import has_form, short_answer
from qa.spelling import terms
from qa.types import Citation, Hit
from qa.vietnamese import quotable_spans

MOST_SPREADS = 6.0
QUESTION_WORDS = frozenset(
    terms(
        "ai gì nào đâu sao bao nhiêu mấy khi là có được không những các của và ở tại cho với theo thì mà ra vào lúc "
        "bao giờ thế như vì hãy xin hỏi biết tôi ạ về từ đến đã sẽ đang bị cái việc này đó nay hiện hôm phải đúng"
    )
)
SCORE_WEIGHTS = (0.6, 0.25, 0.4, 0.2, 0.08)
RAREST = 3
FIGURES = (Kind.FIGURE, Kind.MONEY, Kind.SHARE, Kind.AREA)
CONFIDENCE_WEIGHTS = {"bias": -6.8, "inside": 5.1, "nearby": 2.2, "dense": 1.24, "meaning": 0, "fit": 0, "rarest": 0}
"""Logistic weights of the evidence; made by ``python -m benchmarks.calibrate``, which prints them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer; shares lie in 0..1.

    ``inside`` and ``nearby``: the question's content, weighed by rarity, found in the sentence and in its
    passage with title; ``dense``: how far the passage's cosine lies above what questions from another world
    reach, in spreads; ``meaning``: the same of the sentence's own cosine; ``fit``: how surely the sentence holds
    something of the form asked for (0.5 where no form is asked for); ``rarest``: the share of the question's
    three rarest words found nearby.
    """

    inside: float
    nearby: float
    dense: float
    meaning: float
    fit: float
    rarest: float

    @property
    def confidence(self) -> float:
        """The chance, 0..1, that the question is answered here."""
        weighed = sum(CONFIDENCE_WEIGHTS[name] * value for name, value in dataclasses.asdict(self).items())
        return 1 / (1 + math.exp(-weighed - CONFIDENCE_WEIGHTS["bias"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be quoted, how well it fits, why, and the part that answers most shortly."""

    text: str
    citation: Citation
    score: float
    evidence: Evidence
    short: str | None
    is_figure: bool


class Judge:
    """Weighs the sentences of what was found against the question."""

    def __init__(self, index: Index, found: Found) -> None:
        self.index, self.found = index, found
        self.asked = asked(found.query)
        content = [term for term in terms(found.query) if not all(part in QUESTION_WORDS for part in term.split("_"))]
        weigh = index.lexical.weight
        self.weights = {term: weigh(term) * (0.5 if "_" in term else 1.0) for term in content or terms(found.query)}
        single = [term for term in self.weights if "_" not in term]
        self.rarest = sorted(single, key=lambda term: -self.weights[term])[:RAREST]

    def candidates(self) -> list[Candidate]:
        return [one for hit in self.found.hits for one in self.of_passage(hit)]

    def of_passage(self, hit: Hit) -> Iterator[Candidate]:
        vectors = self.index.sentences.of(self.index.rows[hit.passage.id])
        around = set(terms(f"{hit.passage.context}\n{hit.passage.text}"))
        spans = quotable_spans(hit.passage.text)
        for (start, end), cosine in zip(spans, vectors @ self.found.vector, strict=True):
            text = hit.passage.text[start:end]
            short = short_answer(self.asked, text, self.found.query)
            evidence = Evidence(
                inside=share(self.weights, set(terms(text))),
                nearby=share(self.weights, around),
                dense=self.above_strangers(hit.dense),
                meaning=self.above_strangers(float(cosine)),
                fit=short.fit if short else (0.0 if has_form(self.asked) else 0.5),
                rarest=sum(term in around for term in self.rarest) / max(1, len(self.rarest)),
            )
            passage = hit.passage.citation
            citation = dataclasses.replace(passage, start=passage.start + start, end=passage.start + end)
            yield Candidate(
                text,
                citation,
                score(evidence, hit.score),
                evidence,
                short.text if short else None,
                is_figure=bool(short) and short.fit == 1.0 and self.asked.kind in FIGURES,
            )

    def above_strangers(self, cosine: float) -> float:
        manifest = self.index.manifest
        return min(MOST_SPREADS, (cosine - manifest.stranger_mean) / manifest.stranger_spread)


def score(evidence: Evidence, passage: float) -> float:
    """Return how well a sentence answers, its passage's score among what speaks for it."""
    return sum(
        weight * value
        for weight, value in zip(
            SCORE_WEIGHTS, (evidence.inside, evidence.nearby, passage, evidence.fit, evidence.meaning), strict=True
        )
    )


def share(weights: dict[str, float], found: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0
