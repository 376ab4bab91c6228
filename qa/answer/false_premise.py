"""A question about now that rests on something that has ended is corrected by the article that tells its end.

An article tells it in its field ``ended``; the first sentences of the section named there say what is so instead.
"""

import dataclasses
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.answer.quotes import MOST_SENTENCES as MOST_QUOTED
from qa.answer.quotes import blocks_of, choose
from qa.answer.timeline import first_day
from qa.blocks import Quote
from qa.index import permits
from qa.reading import THRESHOLD, Candidate
from qa.text import fold, lexicon, normalise, quotable_spans, words
from qa.values import Document, Passage

MOST_SENTENCES = 2
SHORTEST_FOLDED = 3  # syllables from which a name is known without its accents: "quận" without them is "quan"
NOW = re.compile(
    r"\b(?:hiện (?:nay|tại|giờ|thời|hành)|bây giờ|lúc này|(?:ngày|năm|hôm) nay|đương (?:nhiệm|kim)"
    r"|(?<!đến )(?<!xưa )nay|(?<!thực )(?<!phát )(?<!thể )hiện (?:đang|còn|có|là|do|gồm|thuộc|ở|ra sao|thế nào))\b"
)
KNOWN = re.compile(
    r"\b(?:cũ|không còn|trước|xưa|(?:hồi|lúc|thời|khi) còn|đến nay|từng|sau khi"
    r"|bỏ(?! phiếu)|dẹp|giải (?:thể|tán)|xóa|xoá"
    rf"|{lexicon.any_of('questions.why', 'questions.when')})\b"
)
"""Words of one who knows that it ended, or asks when or why."""

SMALLER = lexicon.folded_alternation(word for level in lexicon.PLACE_LEVELS[3:] for word in level.words)
WITHIN = re.compile(
    rf"\b{SMALLER} "
    r"(?!(?:hoi|nao|gi|moi|cu|nay|hien|o|tai|trong|cua|va|la|co|thuoc|bao|duoc|do|theo)\b)\w"
    r"|\b(?:lien|xa|phuong|dac khu) $"
)
"""A smaller unit named first, whose address the name only is, or which bears the name of a province that is no more."""


@dataclass(frozen=True, slots=True)
class Change:
    """What ended, by its names; the first day without it; the article that tells it, and what it says is so instead."""

    names: tuple[str, ...]
    since: datetime.date
    article: Document
    passage: Passage


def false_premise(changes: Sequence[Change], inquiry: Inquiry) -> Draft | None:
    """Quote what has changed, then what answers and is no older; None to a question that overlooks no change."""
    told = [one for one in changes if permits(inquiry.filters, one.article)]
    change = change_behind(inquiry.query, told, inquiry.day)
    if change is None:
        return None
    first = tuple(correcting(change))
    also = choose(inquiry.candidates) if inquiry.confidence >= THRESHOLD else []
    newer = [one for one in also if is_new(one, change, first)]
    said = (*first, *quotes_of(newer, len(first) + 1))[:MOST_QUOTED]
    return Draft(blocks_of(said), said, max(inquiry.confidence, THRESHOLD))


def is_new(candidate: Candidate, change: Change, told: Sequence[Quote]) -> bool:
    """Tell whether a sentence is no older than the article that tells of a change, and no part of it."""
    published, told_on = candidate.citation.published, change.passage.citation.published
    return bool(published and told_on and published >= told_on) and candidate.text not in [quote.text for quote in told]


def changes_told(documents: Iterable[Document], passages_of: Callable[[str], Iterable[Passage]]) -> list[Change]:
    """Return every change that the documents tell, each with the passage that opens its section."""
    told: list[Change] = []
    for document in documents:
        opening = openings(passages_of(document.id)) if document.ended else {}
        for ending in document.ended:
            if ending.section in opening:
                told.append(
                    Change(tuple(map(str.lower, ending.names)), ending.since, document, opening[ending.section])
                )
    return told


def openings(passages: Iterable[Passage]) -> dict[str | None, Passage]:
    """Map each section to its first passage."""
    first: dict[str | None, Passage] = {}
    for passage in passages:
        first.setdefault(passage.citation.section, passage)
    return first


def change_behind(question: str, changes: Sequence[Change], day: datetime.date) -> Change | None:
    """Return the change that a question about now overlooks, the one with the longest name; None without.

    A question is about now by its words, or by naming a day after the change; one that names a day before it, or
    shows that it knows, is not corrected. Nor is any as of a ``day`` before the change.
    """
    said = normalise(" ".join(question.lower().split()))
    found = [(len(name), change) for change in changes for name in change.names if is_about(said, name)]
    overlooked = [pair for pair in found if pair[1].since <= day and overlooks(said, pair[1].since)]
    return max(overlooked, key=lambda pair: pair[0])[1] if overlooked else None


def overlooks(said: str, since: datetime.date) -> bool:
    """Tell whether a question speaks of a time from a day on, as if nothing had changed then."""
    if KNOWN.search(said):
        return False
    named = first_day(said)
    if named is None or (named[0] == since.year and not named[1]):
        return bool(NOW.search(said))
    year, month, day = named
    return (year, month or 12, day or 31) >= (since.year, since.month, since.day)


def is_about(said: str, name: str) -> bool:
    """Tell whether a question is about something, and not about a smaller place within it."""
    before = text_before(said, name)
    return before is not None and not WITHIN.search(fold(before))


def text_before(said: str, name: str) -> str | None:
    """Return what a question says before a name, whose accents may be missing where it is long; None without it."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)
    if found:
        return said[: found.start()]
    folded = words(name)
    before, there, _ = f" {' '.join(words(said))} ".partition(f" {' '.join(folded)} ")
    return f"{before} " if there and len(folded) >= SHORTEST_FOLDED else None


def correcting(change: Change) -> Iterator[Quote]:
    """Yield the sentences that correct, numbered from 1."""
    text, citation = change.passage.text, change.passage.citation
    for marker, (start, end) in enumerate(list(quotable_spans(text))[:MOST_SENTENCES], start=1):
        place = dataclasses.replace(citation, start=citation.start + start, end=citation.start + end)
        yield Quote(marker, text[start:end], place, 1.0)
