"""Numbers in Vietnamese text, in digits and in words, with their places and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.text.normalise import fold

DIGITS = re.compile(r"\d+(?:[.,/:-]\d+)*")
GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
ONES = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "nhăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
}
DIGIT = "(?:không|một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín)"
TENS = rf"(?:(?:hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín) mươi(?: (?:mốt|tư|lăm|nhăm|{DIGIT}))?|mười(?: (?:lăm|{DIGIT}))?)"
BELOW_HUNDRED = rf"(?:{TENS}|{DIGIT})"
HUNDREDS = rf"(?:{DIGIT} trăm(?: (?:(?:linh|lẻ) (?:tư|{DIGIT})|{TENS}|rưỡi))?)"
BELOW_THOUSAND = rf"(?:{HUNDREDS}|{BELOW_HUNDRED})"
THOUSANDS = rf"(?:{BELOW_THOUSAND} (?:nghìn|ngàn)(?: (?:{HUNDREDS}|(?:linh|lẻ) {BELOW_HUNDRED}))?)"
MILLIONS = rf"(?:{BELOW_THOUSAND} triệu(?: (?:{THOUSANDS}|{HUNDREDS}))?)"
NUMBER_WORDS = f"(?:{MILLIONS}|{THOUSANDS}|{HUNDREDS}|{BELOW_HUNDRED})".replace(" ", r"[ \u00a0]+")
SPELLED = re.compile(rf"(?<!\w){NUMBER_WORDS}(?!\w)", re.IGNORECASE)
NO_NUMBER = re.compile(
    r"một (?:số|phần|cách|cửa|khi|mặt|chút|ít|vài|loạt|lần nữa|mình|bên|đằng)\b"
    r"|ba (?:mẹ|má)\b|năm(?!\s+[^\W\d_])|năm\s+(?:nay|trước|sau|ngoái|tới|qua"
    r"|học|tháng|mới|nào|đầu|cuối|liền|hai)\b|không(?! (?:trăm|phẩy)\b)|chín muồi|hai bên",
    re.IGNORECASE,
)
NO_NUMBER_BEFORE = re.compile(
    r"(?:\d|\b(?:mỗi|hằng|hàng|từng|nhiều|các|những|mấy|thứ|trong|đầu|cuối|giữa|vài|mười|nửa"
    r"|một|hai|ba|bốn|sáu|bảy|tám|chín))\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextNumber:
    """A number at ``start:end`` of a text; its value is None for dates, shares of digits and document numbers."""

    text: str
    start: int
    end: int
    value: int | None


def find_number_words(text: str) -> Iterator[TextNumber]:
    """Yield the numbers written in words, 0 to 999 999 999, in order; words typed without marks are none."""
    unmarked = fold(text) == text.lower()
    for found in SPELLED.finditer(text):
        if unmarked and len(found[0]) < len(text):
            continue
        if not is_other_word(text, found):
            yield TextNumber(found[0], found.start(), found.end(), value_of(found[0]))


def find_quantities(text: str) -> list[TextNumber]:
    """Return every number of a text, in digits and in words, in order."""
    digits = (
        TextNumber(found[0], found.start(), found.end(), digit_value(found[0])) for found in DIGITS.finditer(text)
    )
    return sorted([*digits, *find_number_words(text)], key=lambda one: one.start)


def digit_value(digits: str) -> int | None:
    """Return the value of whole digits, thousands set off by points; None for any other form."""
    return int(digits.replace(".", "")) if GROUPED.fullmatch(digits) else None


def is_other_word(text: str, found: re.Match[str]) -> bool:
    """Tell whether a single word is no number here: "một số", "ba mẹ", the year "năm 2025", the name "Ba Đình"."""
    if " " in found[0].strip() or len(text) == len(found[0]):
        return False
    capital_name = found[0][0].isupper() and re.match(r"\s+[^\W\d_]", text[found.end() :]) is not None
    capital_name = capital_name and text[found.end() :].lstrip()[0].isupper()
    a_year = found[0].lower() == "năm" and NO_NUMBER_BEFORE.search(text[: found.start()]) is not None
    return capital_name or a_year or NO_NUMBER.match(text, found.start()) is not None


def value_of(spelled: str) -> int:
    """Return the value of a number in words, 0 to 999 999 999."""
    total = group = 0
    half = 0
    for word in spelled.lower().split():
        if word in ONES:
            group += ONES[word]
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group += 9 * (group % 10)
        elif word == "trăm":
            group *= 100
        elif word in ("nghìn", "ngàn", "triệu"):
            total += group * (1_000_000 if word == "triệu" else 1_000)
            group = 0
        elif word == "rưỡi":
            half = 50
    return total + group + half
