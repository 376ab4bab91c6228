"""A comparison is answered by a sentence that tells it all, else by a line a side, each with its own quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import wording_vi as wording
from qa.answer.comparison_parser import Comparison, Side, comparison_in
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.answer.notes import note
from qa.answer.quotes import NEXT_SENTENCE, best_quotes, blocks_of
from qa.answer.timeline import course
from qa.answer.verification import metadata
from qa.index import Index
from qa.reading import FIGURES, SAME_KIND, THRESHOLD, AnswerType, Candidate, ExpectedAnswer, expected_answer, parts
from qa.text import numbers_in, terms, words
from qa.values import Comparison as Table
from qa.values import Paragraph, Row

NAMED, ALIKE = 0.5, 0.4
EACH = 2
"""How many figures a sentence must hold that tells of both sides."""

TELLS = re.compile(
    r"\b(?:so với|thay vì|khác với|thay cho|không còn|tăng|giảm|bớt|thêm"
    r"|từ \d[\d.,]* .{0,40}?\b(?:xuống|còn|lên|thành))\b",
    re.IGNORECASE,
)
CONTRASTS = re.compile(r"\b(?:khác|còn|trong khi|so với|hơn|từ \d[\d.,]*)\b", re.IGNORECASE)
TIMES = {
    "truoc": re.compile(r"\b(?:trước|cũ|từng|vốn)\b", re.IGNORECASE),
    "sau": re.compile(r"\b(?:sau|mới|còn|nay|xuống|đã sửa|kể từ|từ ngày)\b", re.IGNORECASE),
}
"""What a sentence says that is about the time before, or the time after."""


def comparison(inquiry: Inquiry) -> Draft | None:
    """Quote the sentence that tells a comparison, else a line a side; None where nothing is compared or found."""
    asked = comparison_in(inquiry.query)
    if asked is None:
        return None
    candidates = inquiry.candidates
    least = 0.0 if asked.figures else NEXT_SENTENCE * candidates[0].score if candidates else 0.0
    told = telling(asked, [one for one in candidates if one.score >= least and is_sure(one)], inquiry.index)
    if told:
        told_first = [told, *(one for one in candidates if one is not told)]
        return course(inquiry.query, told_first) or best_quotes(told_first)
    pair = pair_for(asked, [inquiry.about(side.question) for side in asked.sides], inquiry.index)
    spoken = [(side, one) for side, one in zip(asked.sides, pair, strict=True) if one]
    one_side_is_enough = not asked.of_one and asked.figures and len(spoken) == 1
    if len({one.text for _, one in spoken}) < len(asked.sides) and not one_side_is_enough:
        return None
    return side_by_side(asked, spoken)


def side_by_side(asked: Comparison, spoken: Sequence[tuple[Side, Candidate]]) -> Draft:
    """Return a line a side, or what is known of one side and that nothing is of the other."""
    quotes = quotes_of([one for _, one in spoken])
    confidence = min(one.evidence.confidence for _, one in spoken)
    if len(spoken) == 1:
        missing = tuple(uncovered(side) for side in asked.sides if side is not spoken[0][0])
        return Draft(blocks_of(quotes, spoken[0][1].short), quotes, confidence, missing)
    rows = tuple(Row(side.name, place, one.short) for place, (side, one) in enumerate(spoken, start=1))
    return Draft((Table(wording.SIDE_BY_SIDE, wording.HEADS, rows),), quotes, confidence)


def telling(comparison: Comparison, candidates: Sequence[Candidate], index: Index) -> Candidate | None:
    """Return the sentence that tells the whole comparison by itself, one that sets its sides off before others."""
    whole = [one for one in candidates if tells(comparison, one, index)]
    return max(whole, key=lambda one: bool(CONTRASTS.search(one.text)), default=None)


def tells(comparison: Comparison, candidate: Candidate, index: Index) -> bool:
    named = [names(side, candidate.text, candidate, index) for side in comparison.sides]
    compared = comparison.of_one and any(named) and bool(TELLS.search(candidate.text))
    return (all(named) or compared) and figures_in(comparison, candidate.text) >= comparison.figures


def figures_in(comparison: Comparison, sentence: str) -> int:
    """Count the figures of a sentence; of the unit asked for, where each side has its own."""
    side = comparison.sides[0]
    wanted = expected_answer(side.question) if comparison.figures == EACH else ExpectedAnswer(AnswerType.FIGURE)
    fitting = (one.text for one in parts(wanted, sentence, side.question) if one.fit >= SAME_KIND)
    return len({"".join(filter(str.isdigit, text)) or text for text in fitting})


def pair_for(comparison: Comparison, found: Sequence[Sequence[Candidate]], index: Index) -> list[Candidate | None]:
    """Return the best sentence about each side, None for a side without any.

    Of two sides with figures, one sure sentence makes another sure that is built alike ("… rộng 4.718,6 km2 …").
    """
    one, other = (
        [candidate for candidate in candidates if speaks_for(side, candidate, index)]
        for side, candidates in zip(comparison.sides, found, strict=True)
    )
    sure = [(first, second) for first in one for second in other if are_sure(first, second, comparison)]
    if sure:
        best = max(sure, key=lambda two: two[0].score + two[1].score + likeness(two[0], two[1], comparison))
        return list(best)
    return [next(filter(is_sure, candidates), None) for candidates in (one, other)]


def speaks_for(side: Side, candidate: Candidate, index: Index) -> bool:
    """Tell whether a sentence, or the title and heading above it, names a side, with a figure where one is asked."""
    if expected_answer(side.question).kind in FIGURES:
        return candidate.evidence.fit >= SAME_KIND and names(side, candidate.text, candidate, index)
    above = f"{candidate.citation.title}\n{candidate.citation.section or ''}\n{candidate.text}"
    return names(side, above, candidate, index)


def is_sure(candidate: Candidate) -> bool:
    return candidate.evidence.confidence >= THRESHOLD


def are_sure(one: Candidate, other: Candidate, comparison: Comparison) -> bool:
    """Tell whether two sentences may stand side by side: both are sure, or one is and the other is built alike."""
    alike = comparison.figures == EACH and likeness(one, other, comparison) >= ALIKE
    sure = (is_sure(one), is_sure(other))
    return one.text != other.text and (all(sure) or (alike and any(sure)))


def likeness(one: Candidate, other: Candidate, comparison: Comparison) -> float:
    """Return the share of words, 0..1, that two sentences have in common, numbers and the sides' names aside."""
    named = {word for side in comparison.sides for word in words(side.name)}
    first, second = (
        {word for word in words(candidate.text) if not word.isdigit()} - named for candidate in (one, other)
    )
    return len(first & second) / len(first | second) if first | second else 0.0


def names(side: Side, text: str, candidate: Candidate, index: Index) -> bool:
    """Tell whether a text is about a side: half of its words, by rarity, and each of its numbers.

    A time before or after is named by any word for it.
    """
    known = set(numbers_in(f"{candidate.text}\n{metadata(candidate.citation)}"))
    if not known.issuperset(numbers_in(side.name)):
        return False
    time = TIMES.get(words(side.name)[0])
    if time:
        return bool(time.search(candidate.text))
    content = terms(side.name)
    weights = {term: index.lexical.weight(term) for term in content if "_" in term and index.lexical.has(term)}
    weights = weights or {term: index.lexical.weight(term) for term in content}
    found = sum(weight for term, weight in weights.items() if term in set(terms(text)))
    return found >= NAMED * sum(weights.values()) > 0


def uncovered(side: Side) -> Paragraph:
    """Say for which side nothing sure was found: that is all that a search can tell."""
    return note(wording.UNCOVERED.format(side=side.name))
