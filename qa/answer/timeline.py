"""A question for the course of events, or for before and after, is answered by a dated list, each line quoted."""

import datetime
import re
from collections.abc import Sequence

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.blocks import Timeline
from qa.reading import THRESHOLD, Candidate
from qa.text import fold, lexicon

MOST_MOMENTS = 6
FEWEST_MOMENTS = 2
RELEVANT = 0.3  # how sure, as a share of the best sentence, one must be that is told with it
COURSE = (
    r"\b(?:diễn biến|các mốc|những mốc|mốc thời gian|dấu mốc|cột mốc|theo thời gian|theo từng (?:năm|giai đoạn)"
    r"|từng bước"
    r"|trước và sau|trước đây và (?:hiện )?nay|xưa và nay|trải qua|(?:tiến trình|lộ trình) (?!độ)"
    r"|qua (?:các|những|từng) (?:năm|thời kỳ|giai đoạn|lần|nhiệm kỳ|khóa|đợt|mốc)|từ trước (?:đến|tới) nay"
    r"|thay đổi (?:thế nào|như thế nào|ra sao) (?:qua|từ|trong)"
    r"|lịch sử (?:hình thành|phát triển|thay đổi|sáp nhập|chia tách|tách nhập|ra đời|đổi tên|sắp xếp"
    r"|điều chỉnh|cải cách)"
    r"|quá trình\b.*\b(?:thế nào|ra sao|diễn ra|từ năm|qua))\b"
)
ONE_FACT = (
    rf"\b(?:{lexicon.any_of('questions.count', 'questions.when', 'questions.single_fact')}"
    r"|(?<!mốc )(?<!mốc thời gian )(?<!thế )nào)\b"
)
"""What asks for a single fact, whatever else a question speaks of."""

SEVERAL_MOMENTS = r"\b(?:các mốc|những mốc|trước và sau|trước đây và (?:hiện )?nay|diễn biến|qua (?:các|những|từng))\b"
"""What asks for more than one moment even with the question word of a single fact."""

DAY = re.compile(
    r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)"
    r"|ngày\s+(?P<long_day>\d{1,2})\s+tháng\s+(?P<long_month>\d{1,2})\s+năm\s+(?P<long_year>\d{4})"
    r"|(?:tháng\s+)?(?<![\d/])(?P<only_month>\d{1,2})/(?P<its_year>\d{4})(?![\d/])|\bnăm\s+(?P<only_year>\d{4})",
    re.IGNORECASE,
)


PATTERNS = (COURSE, ONE_FACT, SEVERAL_MOMENTS)


def timeline(inquiry: Inquiry) -> Draft | None:
    """Return the dated quotes that answer a question for a course of events; None where they are too few or unsure."""
    return course(inquiry.asked, inquiry.candidates) if inquiry.confidence >= THRESHOLD else None


def course(query: str, candidates: Sequence[Candidate]) -> Draft | None:
    """Return the dated sentences among some candidates as a list; None to a question that asks for none."""
    found = moments(candidates, query) if asks_for_course(query) else []
    if not found:
        return None
    quotes = quotes_of(found)
    block = Timeline(wording.OVER_TIME, tuple(quote.marker for quote in quotes))
    return Draft((block,), quotes, max(one.confidence for one in found))


def asks_for_course(question: str) -> bool:
    """Tell whether a question asks how something went on over time, and not for one fact about it."""
    asked = " ".join(question.lower().split())
    bare = asked == fold(asked)
    course, one_fact, several = (re.search(fold_pattern(one) if bare else one, asked) for one in PATTERNS)
    return bool(course) and (bool(several) or not one_fact)


def fold_pattern(pattern: str) -> str:
    r"""Return a pattern as it matches text typed without accents; its ``\b`` stay."""
    return fold(pattern.replace(r"\b", "\0")).replace("\0", r"\b")


def moments(candidates: Sequence[Candidate], question: str) -> list[Candidate]:
    """Return the relevant dated sentences in the order of their first dates; none where fewer than two are.

    A bare year that the question itself names dates nothing.
    """
    best = max((one.confidence for one in candidates), default=0.0)
    dated: dict[str, Candidate] = {}
    for one in candidates:
        day = first_day(one.text)
        tells = day is not None and (day[1] > 0 or str(day[0]) not in question)
        if tells and one.confidence >= RELEVANT * best and len(dated) < MOST_MOMENTS:
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
