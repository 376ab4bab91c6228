"""Numbers of a Vietnamese text, in digits and in words: "406", "33,2", "hai mươi sáu", "một trăm linh năm"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = r"\d+(?:[.,/:-]\d+)*"
UNITS = dict(zip("một hai ba bốn năm sáu bảy tám chín".split(), range(1, 10), strict=True)) | {"bẩy": 7}
ENDINGS = UNITS | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
"""The last digit after "mươi" or "mười", where one, four and five have forms of their own."""

SCALES = {"tỷ": 10**9, "tỉ": 10**9, "triệu": 10**6, "vạn": 10**4, "nghìn": 1000, "ngàn": 1000}
UNIT = f"(?:{'|'.join(UNITS)})".replace("năm", r"năm(?!\s+\d)")  # "năm 2025" is a year
ENDING = f"(?:{'|'.join(ENDINGS)})"
TENS = rf"(?:mười(?:\s+{ENDING})?|{UNIT}\s+mươi(?:\s+{ENDING})?|{UNIT}\s+(?:mốt|tư|lăm|nhăm))"
HUNDREDS = rf"(?:(?:{UNIT}|không)\s+trăm(?:\s+(?:(?:linh|lẻ)\s+{UNIT}|{TENS}))?)"
GROUP = rf"(?:{HUNDREDS}|{TENS}|(?:linh|lẻ)\s+{UNIT}|{UNIT})"
SCALE = f"(?:{'|'.join(SCALES)})"
COMPOSED = rf"(?:{GROUP}(?:\s+{SCALE})+\s+)*{GROUP}(?:\s+{SCALE})*\b"
NUMBER_WORDS = rf"\b{COMPOSED}"
"""A pattern of a number in words, to be matched without regard to case."""

NUMBER = re.compile(rf"{DIGITS}|{NUMBER_WORDS}", re.IGNORECASE)
ALSO_OTHER_WORDS = frozenset({"một", "ba", "năm", "chín"})
"""A syllable that alone is as often another word: an article, a father, a year, ripe."""


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it is written; ``text == whole[start:end]``. ``value`` is None for digits, which may be a date."""

    text: str
    start: int
    end: int
    value: int | None


def written_numbers(text: str) -> Iterator[WrittenNumber]:
    """Yield each number of a text in NFC, in order; a syllable that alone is often another word is none."""
    for found in NUMBER.finditer(text):
        written = found[0]
        if written[0].isdigit():
            yield WrittenNumber(written, found.start(), found.end(), None)
        elif written.lower() not in ALSO_OTHER_WORDS:
            yield WrittenNumber(written, found.start(), found.end(), value_of(written))


def numbers_in(text: str) -> list[str]:
    """Return each number of a text in one form: digits as written, words in lower case with single spaces."""
    return [" ".join(number.text.lower().split()) for number in written_numbers(text)]


def value_of(words: str) -> int:
    """Return what a number in words counts, 0 to 999,999,999,999; ``words`` match ``NUMBER_WORDS``."""
    total = group = 0
    after_tens = False
    for word in words.lower().split():
        if word in SCALES:
            total, group = (total + group * SCALES[word], 0) if group else (total * SCALES[word], 0)
        elif word == "trăm":
            group *= 100
        elif word == "mười":
            group += 10
        elif word == "mươi" or (word in ENDINGS and word not in UNITS and not after_tens):
            group += 9 * (group % 10) + ENDINGS.get(word, 0)  # the last digit becomes the tens: "hai mươi", "hai tư"
        else:
            group += ENDINGS.get(word, 0)
        after_tens = word in ("mười", "mươi")
    return total + group
