"""What an official document's head says of it: number, date, kind, issuer.

The head follows Decree 30/2020/NĐ-CP, appendix I: issuing body, "Số: …", place and date, kind, subject.
"""

from __future__ import annotations

import datetime
import re

from qa.ingest.vocabulary import ISSUERS, KIND_CODES, KIND_HEADINGS

HEAD = 3_000
"""Characters within which a document's head ends."""

TAIL = 2_500
"""Characters in which the formula of adoption and the signatures stand."""

CODE = r"[A-ZĐ][A-ZĐa-zđ]*\d{0,2}"
NUMBER = rf"\d{{1,6}}(?:\s?/\s?(?:19|20)\d\d)?\s?[/-]\s?{CODE}(?:(?:\s?[-/]|[-/]\s){CODE})*"
NUMBER_LINE = re.compile(
    rf"(?:\b(?:[Ll]uật|LUẬT)\s+(?:số|SỐ)\s*:|(?<!\w)S[ốỐ]\s*:|(?:^|\n|[-–—*]\s)[ \t]*Số\s)[\s*_.]*({NUMBER})"
)
TITLE_LINE = re.compile(
    rf"\s*(?:#+\s*)?(?:toàn văn\s*:?\s*)?(?:nghị quyết|nghị định|quyết định|thông tư|công điện|chỉ thị|kết luận"
    rf"|kế hoạch|thông báo|công văn|luật|văn bản hợp nhất)\s+(?:số\s*:?\s*)?({NUMBER})[^\n]{{0,15}}(?:\n|$)",
    re.IGNORECASE,
)
DAY = r"(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})"
SLASHED = r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?((?:19|20)\d\d)"
PLACE_AND_DATE = re.compile(rf"[^\W\d_]\.?\s*,\s*ngày\s*{DAY}")
ADOPTED = re.compile(rf"(?:thông\s+qua|ban\s+hành)\s+ngày\s*{DAY}")
EFFECTIVE = re.compile(
    r"(?:Luật|Nghị quyết|Nghị định|Quyết định|Thông tư|Chỉ thị)\s+này\s+có\s+hiệu\s+lực\s+(?:thi\s+hành\s+)?"
    rf"(?:kể\s+)?từ\s+ngày\s*(?:{DAY}|{SLASHED})"
)
NUMERIC_DATE = re.compile(rf"(?<![\d/.-]){SLASHED}(?![\d/])")
ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
WRITTEN_DATE = re.compile(rf"[Nn]gày\s*{DAY}")
TABLE_NUMBER = re.compile(rf"^[|*\s]*Số(?: ký)? hiệu[*\s]*[|:][*\s]*({NUMBER})", re.MULTILINE)
TABLE_DATE = re.compile(
    rf"^[|*\s]*Ngày ban hành[*\s]*[|:][*\s]*(?:{SLASHED}|(?:ngày\s*)?{DAY})", re.MULTILINE | re.IGNORECASE
)
TABLE_ISSUER = re.compile(r"^[|*\s]*(?:Cơ quan|Nơi) ban hành[*\s]*[|:][*\s]*([^|\n*]+)", re.MULTILINE)
HEADING = re.compile(
    rf"(?:^|\n|\d{{4}}|-{{3,}}|[\])])[ \t*_#]*({'|'.join(KIND_HEADINGS)})(?![^\W\d_])(?!\s+(?:số|này|năm)\b)"
)
BODY_START = re.compile(
    r"\n[\s-]*(?:Căn cứ|Xét |Theo đề nghị|Thực hiện |Điều 1\b|Chương I\b|CHƯƠNG I\b|Kính gửi)"
    r"|\s(?:Căn cứ [A-ZĐ]|Kính gửi\s*:)"
)
MOTTO = re.compile(r"CỘNG H[OÒ][ÀA] XÃ HỘI CHỦ NGHĨA|ĐẢNG CỘNG SẢN VIỆT NAM")
DATE_LINES = 12
LONGEST_DATE_LINE = 90


def preamble(text: str) -> str:
    """Return the head of a document: what stands before its grounds, its addressees or its first article."""
    head = "\n" + text[:HEAD]
    body = BODY_START.search(head)
    return head[1 : body.start()] if body else head[1 : HEAD // 2]


def is_official(text: str) -> bool:
    """Tell whether a text is a legal or administrative document, not a report about one."""
    head = preamble(text)
    return bool(MOTTO.search(head) or NUMBER_LINE.search(head) or TABLE_NUMBER.search(head) or HEADING.search(head))


def find_number(text: str) -> str:
    """Return a document's own number, or nothing; numbers of other documents it mentions do not count."""
    head = preamble(text)
    found = TABLE_NUMBER.search(head) or NUMBER_LINE.search(head) or TITLE_LINE.match(text)
    return tidy_number(found[1]) if found else ""


def tidy_number(number: str) -> str:
    """Return a number without the spaces that a line break or a typist left in it."""
    return re.sub(r"\s+", "", number)


def find_kind(text: str, number: str) -> str:
    """Return a document's kind from its heading, else from its number, or nothing."""
    heading = HEADING.search(preamble(text))
    if heading:
        return KIND_HEADINGS[heading[1]]
    return kind_of_number(number)


def kind_of_number(number: str) -> str:
    """Return the kind that a number's letters stand for; letters of offices alone are those of a letter."""
    codes = re.findall(r"[^\W\d_]+", number.upper())
    if not codes:
        return ""
    return KIND_CODES.get(codes[0], "official_letter")


def find_date(text: str) -> datetime.date | None:
    """Return when a document was issued or a report was published, or None when the text does not say."""
    head = preamble(text)
    for pattern, part in ((TABLE_DATE, head), (PLACE_AND_DATE, head)):
        found = pattern.search(part)
        if found:
            return date_of(found)
    if is_official(text):
        adopted = list(ADOPTED.finditer(text[-TAIL:]))
        return date_of(adopted[-1]) if adopted else None
    return date_line(text)


def date_line(text: str) -> datetime.date | None:
    """Return the date of a report's date line: a short line near the top that is hardly more than the date."""
    for line in text.split("\n", DATE_LINES)[:DATE_LINES]:
        found = len(line) <= LONGEST_DATE_LINE and (NUMERIC_DATE.search(line) or WRITTEN_DATE.search(line))
        if found and is_date_line(line, found):
            return date_of(found)
        stamp = ISO_DATE.search(line) if len(line) <= LONGEST_DATE_LINE else None
        if stamp:
            return make_date(stamp[3], stamp[2], stamp[1])
    return None


def is_date_line(line: str, found: re.Match[str]) -> bool:
    """Tell a date line from a short sentence with a date in it: few other words, and no sentence's end."""
    rest = re.findall(r"[^\W\d_]+", line[: found.start()] + line[found.end() :])
    return len(rest) <= 8 and not line.rstrip().endswith((".", ";", ":", ","))


def find_effective(text: str) -> datetime.date | None:
    """Return the day from which a document says it is in force, or None."""
    found = EFFECTIVE.search(text)
    return date_of(found) if found else None


def date_of(found: re.Match[str]) -> datetime.date | None:
    """Return the date whose day, month and year are the groups that took part in a match."""
    day, month, year = (group for group in found.groups() if group)
    return make_date(day, month, year)


def make_date(day: str, month: str, year: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def find_issuer(text: str, number: str) -> str:
    """Return who issued a document, in capitals where its head says so, or nothing."""
    table = TABLE_ISSUER.search(preamble(text))
    if table:
        return table[1].strip()
    codes = re.findall(r"[^\W\d_]+", number.upper())
    if codes and codes[-1] in ISSUERS:
        return ISSUERS[codes[-1]]
    return issuer_line(text)


def issuer_line(text: str) -> str:
    """Return the line in capitals above the motto."""
    head = preamble(text)
    motto = MOTTO.search(head)
    lines = head[: motto.start()].split("\n") if motto else []
    issuers = [line.strip(" -–—*|_") for line in lines]
    return next((line for line in reversed(issuers) if len(line) > 5 and line.isupper()), "")
