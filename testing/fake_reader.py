"""A reader that needs no model: a sentence answers as far as it holds the words of the question."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

from qa.reading import Candidate
from qa.text import QUESTION_WORDS, quotable_spans, terms, words
from qa.values import Hit

FIGURE = re.compile(r"\d[\d.,]*\d|\d")
WORD = re.compile(r"[^\W_]+")
HOW_MANY = re.compile(r"\b(?:bao nhiêu|mấy)\b", re.IGNORECASE)
STEEPNESS = 10.0


class OverlapReader:
    """Scores by shares of the question's words; deterministic, in microseconds."""

    def read(self, question: str, hits: Sequence[Hit], history: Sequence[str] = ()) -> list[Candidate]:  # noqa: ARG002 - words alone count here
        """Return every sentence of the hits, best first."""
        asked = [word for word in terms(question) if QUESTION_WORDS.isdisjoint(word.split("_"))] or terms(question)
        weights = {word: 1.0 for word in asked if "_" not in word}
        every = [one for hit in hits for one in sentences(hit, weights, question)]
        best = max((one.score for one in every), default=0.0)
        shared = [dataclasses.replace(one, share=0.5 * float(one.score >= 0.9 * best)) for one in every]
        return sorted(shared, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))


def sentences(hit: Hit, weights: dict[str, float], question: str) -> Iterator[Candidate]:
    """Yield the sentences of a passage; "how many" wants a sentence with a figure."""
    around = held(weights, f"{hit.passage.context}\n{hit.passage.text}")
    counts = bool(HOW_MANY.search(question))
    for start, end in quotable_spans(hit.passage.text):
        text = hit.passage.text[start:end]
        short = figure(text, question) if counts else None
        fits = float(not counts or short is not None)
        score = 0.6 * held(weights, text) + 0.25 * around + 0.4 * hit.score + 0.4 * hit.named + 0.3 * fits
        place = dataclasses.replace(
            hit.passage.citation, start=hit.passage.citation.start + start, end=hit.passage.citation.start + end
        )
        sure = 1 / (1 + math.exp(-STEEPNESS * (min(around, fits) - 0.5)))
        yield Candidate(text, place, score, 0.0, sure, short, float(short is not None))


def figure(text: str, question: str) -> str | None:
    """Return a number and what follows of the question's words, of several the one that most words follow."""
    asked = set(words(question))
    found = [FIGURE.match(text, start.start()) for start in FIGURE.finditer(text)]
    return max((with_unit(text, one, asked) for one in found if one), key=len, default=None)


def with_unit(text: str, number: re.Match[str], asked: set[str]) -> str:
    end = number.end()
    for word in WORD.finditer(text, end):
        if not set(words(word[0])) <= asked or text[end : word.start()] not in (" ", ", "):
            break
        end = word.end()
    return text[number.start() : end]


def held(weights: dict[str, float], text: str) -> float:
    """Return the share of the words, by weight, that a text holds."""
    inside = set(terms(text))
    return sum(weight for word, weight in weights.items() if word in inside) / (sum(weights.values()) or 1.0)
