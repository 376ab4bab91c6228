"""The best sentences, each source named before them: the way in which most questions are answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.answer.notes import differing_figures
from qa.reading import THRESHOLD, Candidate
from qa.values import Block, Headline, Paragraph, Quote, Quoted, Said, Source

MOST_SENTENCES = 3
NEXT_SENTENCE = 0.85
AS_GOOD = 0.95


def quotes(inquiry: Inquiry) -> Draft | None:
    """Quote the best sentence and up to two that are nearly as good; None where none is sure."""
    return best_quotes(inquiry.candidates) if inquiry.confidence >= THRESHOLD else None


def best_quotes(candidates: Sequence[Candidate]) -> Draft:
    """Quote the first of some candidates, best first, its short answer above; a source that differs is told of."""
    rival = differing(candidates)
    chosen = choose([candidates[0], rival, *candidates[1:]] if rival else candidates)
    said = quotes_of(chosen)
    notes: tuple[Paragraph, ...] = ()
    if rival and chosen[0].short and rival.short and len(said) > 1:
        notes = (differing_figures(said[:2], [chosen[0].short, rival.short]),)
    return Draft(blocks_of(said, chosen[0].short), said, candidates[0].evidence.confidence, notes)


def blocks_of(quotes: Sequence[Quote], short: str | None = None) -> tuple[Block, ...]:
    """Return the short answer as a headline, then each source with its sentences and their marks."""
    headline = (Headline(short, quotes[0].marker),) if short else ()
    return (*headline, *paragraphs(quotes))


def paragraphs(quotes: Sequence[Quote]) -> Iterator[Paragraph]:
    """Yield a paragraph for each run of quotes from one document."""
    for place, (_, group) in enumerate(groupby(quotes, key=lambda quote: quote.citation.document_id)):
        first, *others = (quote.marker for quote in group)
        opening = Said(wording.NEXT_SOURCE if place else wording.FIRST_SOURCE)
        more = (part for marker in others for part in (Said(" "), Quoted(marker)))
        yield Paragraph((opening, Source(first), Said(": "), Quoted(first), *more))


def differing(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence of another source that answers as well as the best, with another figure."""
    best = candidates[0]
    if not best.is_figure:
        return None
    others = (one for one in candidates[1:] if one.citation.document_id != best.citation.document_id)
    return next((one for one in others if rivals(one, best)), None)


def rivals(other: Candidate, best: Candidate) -> bool:
    as_good = other.score >= AS_GOOD * best.score and other.evidence.inside >= AS_GOOD * best.evidence.inside
    return as_good and other.is_figure and digits(other) != digits(best)


def digits(candidate: Candidate) -> str:
    return "".join(character for character in candidate.short or "" if character.isdigit())


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and up to two more that are nearly as good, none inside another."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_SENTENCES or candidate.score < NEXT_SENTENCE * candidates[0].score:
            break
        if not any(candidate.text in other.text or other.text in candidate.text for other in chosen):
            chosen.append(candidate)
    return chosen
