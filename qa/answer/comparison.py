"""A comparison is answered by a sentence that tells it all, else by a line a side, each with its own quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer.comparison_parser import Comparison, Side
from qa.answer.compose import attribution
from qa.answer.verification import metadata
from qa.index import Index
from qa.reading import FIGURES, SAME_KIND, THRESHOLD, AnswerType, Candidate, ExpectedAnswer, expected_answer, parts
from qa.text import numbers_in, terms, words
from qa.values import Quote, Row

NAMED, ALIKE = 0.5, 0.4
EACH = 2
"""How many figures a sentence must hold that tells of both sides."""

SIDE_BY_SIDE = "Dạ, các tài liệu nêu về từng vế như sau:"
HEADS = ("Vế so sánh", "Trả lời ngắn", "Trích nguyên văn")
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
        return list(max(sure, key=lambda two: two[0].score + two[1].score + likeness(*two, comparison)))
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


def compose_rows(rows: Sequence[Row], quotes: Sequence[Quote]) -> str:
    """Return the lines as a Markdown table; a cell never ends its line nor its column."""
    shown = [HEADS, ("---",) * len(HEADS), *(cells(row, quotes) for row in rows)]
    return "\n".join([SIDE_BY_SIDE, "", *(f"| {' | '.join(line)} |" for line in shown)])


def cells(row: Row, quotes: Sequence[Quote]) -> tuple[str, str, str]:
    quote = next(one for one in quotes if one.marker == row.marker)
    short = f"**{cell(row.short)}**" if row.short else "–"
    return cell(row.side), short, f"{cell(quote.text)} [{quote.marker}] · {cell(attribution(quote.citation))}"


def cell(text: str) -> str:
    """Return a text for one cell of a Markdown table, in one line."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def plain_rows(rows: Sequence[Row], quotes: Sequence[Quote]) -> str:
    """Return the lines of a comparison as plain text, each quote verbatim before its mark."""
    marked = {quote.marker: quote for quote in quotes}
    lines = [
        f"- {row.side}: {f'{row.short}. ' if row.short else ''}{marked[row.marker].text} [{row.marker}] · "
        f"{attribution(marked[row.marker].citation)}"
        for row in rows
    ]
    return "\n".join([SIDE_BY_SIDE, *lines])


def uncovered(side: Side) -> str:
    """Say for which side nothing sure was found: that is all that a search can tell."""
    return f"Chưa tìm thấy trong các tài liệu câu nào đủ căn cứ về “{side.name}”, nên chưa đủ hai vế để so sánh."
