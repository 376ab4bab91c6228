"""A question for the course of events, or for before and after, is answered by a dated list, each line quoted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from qa.answer.compose import attribution
from qa.reading import Candidate
from qa.text import fold, normalise
from qa.values import Quote

MOST_MOMENTS = 6
FEWEST_MOMENTS = 2
RELEVANT = 0.6
COURSE = re.compile(
    r"\b(diễn biến|tiến trình|(các|những) (cột )?mốc|mốc thời gian|theo (dòng )?thời gian"
    r"|qua các (năm|thời kỳ|thời kì|giai đoạn|lần)"
    r"|lịch sử (của|hình thành|thành lập|phát triển|sáp nhập|sắp xếp|thay đổi|tách|chia tách|đổi tên|tên gọi)"
    r"|quá trình .*(diễn ra|như thế nào|thế nào|ra sao)"
    r"|(trình bày|tóm tắt|kể|nêu|cho biết)( lại)? quá trình"
    r"|^quá trình (hình thành|sáp nhập|sắp xếp|thay đổi|tách|thành lập)"
    r"|trước và sau|trước đây và (hiện )?nay"
    r"|thay đổi (như )?(thế nào|ra sao) (qua|từ))\b"
)
ONE_FACT = re.compile(r"\b(bao nhiêu|mấy|nào|ai|đâu|bao giờ|bao lâu)\b")
NO_FACT = re.compile(r"\b(như )?thế nào\b|\bmốc( thời gian)?( chính| quan trọng| đáng chú ý)? nào\b")
FOLDED_COURSE, FOLDED_ONE_FACT, FOLDED_NO_FACT = (
    re.compile(fold(pattern.pattern)) for pattern in (COURSE, ONE_FACT, NO_FACT)
)
DAY = re.compile(
    r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)"
    r"|ngày\s+(?P<long_day>\d{1,2})\s+tháng\s+(?P<long_month>\d{1,2})\s+năm\s+(?P<long_year>\d{4})"
    r"|(?:tháng\s+)?(?<![\d/])(?P<only_month>\d{1,2})/(?P<its_year>\d{4})(?![\d/])|\bnăm\s+(?P<only_year>\d{4})",
    re.IGNORECASE,
)


def asks_for_course(question: str) -> bool:
    """Tell whether a question asks how something went on over time, not for one fact (how many, which, who, when).

    A question with marks is read with them.
    """
    asked = " ".join(normalise(question).lower().split())
    marked = asked != fold(asked)
    course, one_fact, no_fact = (
        (COURSE, ONE_FACT, NO_FACT) if marked else (FOLDED_COURSE, FOLDED_ONE_FACT, FOLDED_NO_FACT)
    )
    return bool(course.search(asked)) and not one_fact.search(no_fact.sub(" ", asked))


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


def compose_course(quotes: Sequence[Quote]) -> str:
    """Return the dated list: a line a sentence, with its mark and its source."""
    lines = [f"- {quote.text} [{quote.marker}] ({attribution(quote.citation)})" for quote in quotes]
    return "\n".join(["Dạ, theo thời gian:", *lines])
