"""The best sentences, each source named before them: the way in which most questions are answered."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.answer.notes import differing_figures
from qa.answer.parts import parts_of
from qa.blocks import Block, Headline, Paragraph, Quote, Quoted, Said, Source
from qa.corpus import is_in_clause
from qa.reading import HEADLINE_THRESHOLD, THRESHOLD, Candidate
from qa.text import numbers_in
from qa.values import Citation

MOST_SENTENCES = 4
NEXT_SENTENCE = 0.05  # the least share of what speaks for any sentence, from which one is quoted beside the best
NEXT_TO_HEADLINE = 0.1  # the same where a short answer stands above: there one sentence is mostly enough
BESIDE = 0.5
"""The least share, of all that speaks for what other documents say, of an original or summary told with the best."""

AS_GOOD = 0.5  # how good, as a share of the best sentence, one of another source must be to count as differing from it


def quotes(inquiry: Inquiry) -> Draft | None:
    """Quote the best sentence and up to three that answer besides; None where none is sure.

    Where more than one thing is asked, no short answer stands above: it would tell one of them.
    """
    if inquiry.confidence < THRESHOLD:
        return None
    first, *others = parts_of(inquiry.asked)
    return best_quotes(inquiry.candidates, asked_besides(inquiry, first, others), bold=not others)


def asked_besides(inquiry: Inquiry, first: str, others: Sequence[str]) -> list[Candidate]:
    """Return for each further part of a question the sentence that answers it, where one surely does."""
    best = (next(iter(inquiry.about(part, (*inquiry.history, first))), None) for part in others)
    return [one for one in best if one and one.confidence >= THRESHOLD]


def best_quotes(candidates: Sequence[Candidate], besides: Sequence[Candidate] = (), *, bold: bool = True) -> Draft:
    """Quote the first of some candidates, best first, its short answer above if ``bold``; say where a source differs.

    ``besides``: what is quoted after it because the question asks more than one thing.
    """
    best = candidates[0]
    rival = differing(candidates)
    short = headline(best) if bold else None
    others = (*((rival,) if rival else ()), *besides, *candidates[1:])
    chosen = choose((best, *others), NEXT_TO_HEADLINE if short else NEXT_SENTENCE)
    chosen = original_first(chosen, candidates)
    said = quotes_of(chosen)
    notes: tuple[Paragraph, ...] = ()
    if rival and best.short and rival.short and rival in chosen:
        differ = [said[chosen.index(one)] for one in (best, rival)]
        notes = (differing_figures(differ, [best.short, rival.short]),)
    return Draft(blocks_of(said, short, chosen.index(best)), said, best.confidence, notes)


def original_first(chosen: list[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences with the best one's original, or summary, beside it where that is sure; originals first.

    A summary leaves its original little of the share, so that this is weighed as if the other did not speak.
    """
    best = candidates[0]
    other = next((one for one in candidates[1:] if are_of_one_clause(one.citation, best.citation)), None)
    same = (one.share for one in candidates if one.citation.document_id == best.citation.document_id)
    if other is None or other.share <= BESIDE * (1 - sum(same)):
        return chosen
    pair = sorted((best, other), key=lambda one: one.citation.text_kind == "summary")
    return [*pair, *(one for one in chosen if one not in pair)][:MOST_SENTENCES]


def are_of_one_clause(one: Citation, other: Citation) -> bool:
    """Tell whether of two sentences one is an original that the other, a summary, rests on, by number and clause."""
    original, summary = sorted((one, other), key=lambda citation: citation.text_kind == "summary")
    return (original.text_kind, summary.text_kind) == ("original", "summary") and any(
        basis.number
        and basis.number == original.number
        and (not basis.clause or is_in_clause(original.section, basis.clause))
        for basis in summary.basis
    )


def headline(candidate: Candidate) -> str | None:
    """Return the short answer where it is sure enough to stand in bold."""
    return candidate.short if candidate.short_confidence >= HEADLINE_THRESHOLD else None


def blocks_of(quotes: Sequence[Quote], short: str | None = None, place: int = 0) -> tuple[Block, ...]:
    """Return the short answer, which the quote at a place holds, as a headline, then each source with its sentences."""
    headline = (Headline(short, quotes[place].marker),) if short else ()
    return (*headline, *paragraphs(quotes))


def paragraphs(quotes: Sequence[Quote]) -> Iterator[Paragraph]:
    """Yield a paragraph for each run of quotes with one attribution."""
    before: Citation | None = None
    for _, group in groupby(quotes, key=lambda quote: quote.citation.attribution):
        first, *others = group
        opening = wording.NEXT_SOURCE if before else wording.FIRST_SOURCE
        if before and first.citation.text_kind == "summary" and are_of_one_clause(before, first.citation):
            opening = wording.PLAINLY
        more = (part for quote in others for part in (Said(" "), Quoted(quote.marker)))
        yield Paragraph((Said(opening), Source(first.marker), Said(": "), Quoted(first.marker), *more))
        before = first.citation


def differing(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence of another source that answers as well as the best, with another figure."""
    best = candidates[0]
    others = (one for one in candidates[1:] if one.citation.document_id != best.citation.document_id)
    return next((one for one in others if one.share >= AS_GOOD * best.share and are_rivals(one, best)), None)


def are_rivals(one: Candidate, other: Candidate) -> bool:
    """Tell whether two short answers are different numbers of the same unit."""
    if min(one.short_confidence, other.short_confidence) < HEADLINE_THRESHOLD:
        return False
    first, second = (numbers_in(candidate.short or "") for candidate in (one, other))
    return len(first) == len(second) == 1 and first != second and unit(one) == unit(other)


def unit(candidate: Candidate) -> str:
    return "".join(character for character in (candidate.short or "").casefold() if character.isalpha())


def choose(candidates: Sequence[Candidate], least: float = NEXT_SENTENCE) -> list[Candidate]:
    """Return the best sentence and up to three more of at least that share, none inside another."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_SENTENCES or (chosen and candidate.share < least):
            break
        if not any(candidate.text in other.text or other.text in candidate.text for other in chosen):
            chosen.append(candidate)
    return chosen
