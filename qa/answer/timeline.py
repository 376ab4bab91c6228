"""A question for the course of events, or for before and after, is answered by a dated list, each line quoted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.reading import THRESHOLD, Candidate
from qa.text import fold
from qa.values import Timeline

MOST_MOMENTS = 6
FEWEST_MOMENTS = 2
RELEVANT = 0.6
COURSE = re.compile(
    r"\b(dien bien|tien trinh|cac moc|nhung moc|moc thoi gian|lich su|qua trinh|theo thoi gian|cac buoc"
    r"|truoc va sau|truoc day va (hien )?nay|thay doi (the nao|nhu the nao|ra sao) (qua|tu))\b"
)
DAY = re.compile(
    r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)"
    r"|ngày\s+(?P<long_day>\d{1,2})\s+tháng\s+(?P<long_month>\d{1,2})\s+năm\s+(?P<long_year>\d{4})"
    r"|(?:tháng\s+)?(?<![\d/])(?P<only_month>\d{1,2})/(?P<its_year>\d{4})(?![\d/])|\bnăm\s+(?P<only_year>\d{4})",
    re.IGNORECASE,
)


def timeline(inquiry: Inquiry) -> Draft | None:
    """Return the dated quotes that answer a question for a course of events; None where they are too few or unsure."""
    return course(inquiry.query, inquiry.candidates) if inquiry.confidence >= THRESHOLD else None


def course(query: str, candidates: Sequence[Candidate]) -> Draft | None:
    """Return the dated sentences among some candidates as a list; None to a question that asks for none."""
    found = moments(candidates, query) if asks_for_course(query) else []
    if not found:
        return None
    quotes = quotes_of(found)
    block = Timeline(wording.OVER_TIME, tuple(quote.marker for quote in quotes))
    return Draft((block,), quotes, max(one.evidence.confidence for one in found))


def asks_for_course(question: str) -> bool:
    """Tell whether a question asks how something went on over time."""
    return bool(COURSE.search(" ".join(fold(question).split())))


def moments(candidates: Sequence[Candidate], question: str) -> list[Candidate]:
    """Return the relevant dated sentences in the order of their first dates; none where fewer than two are.

    A bare year that the question itself names dates nothing.
    """
    best = max((one.evidence.inside for one in candidates), default=0.0)
    dated: dict[str, Candidate] = {}
    for one in candidates:
        day = first_day(one.text)
        tells = day is not None and (day[1] > 0 or str(day[0]) not in question)
        if tells and one.evidence.inside >= RELEVANT * best and len(dated) < MOST_MOMENTS:
            dated.setdefault(one.text, one)
    ordered = sorted(
        dated.values(), key=lambda one: (first_day(one.text), one.citation.document_id, one.citation.start)
    )
    return ordered if len(ordered) >= FEWEST_MOMENTS else []


def first_day(text: str) -> tuple[int, int, int] | None:
    """Return (year, month, day) of the first date in a text, 0 for what it leaves out; None where there is none."""
    for found in DAY.finditer(text):
        year = int(found["year"] or found["long_year"] or found["its_year"] or found["only_year"])
        month = int(found["month"] or found["long_month"] or found["only_month"] or 0)
        day = int(found["day"] or found["long_day"] or 0)
        if is_day(year, month, day):
            return year, month, day
    return None


def is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True
