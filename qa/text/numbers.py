"""Numbers of a Vietnamese text: those of official documents, in the many ways they are written, and what is counted.

"32/2021/NĐ-CP", "32/2021/nd-cp", "nghị định 32 năm 2021", "NĐ 32/2021", "1656/NQ-UBTVQH15", "60-NQ/TW",
"kết luận 126": each becomes a ``DocumentNumber``; what a writer left out is None and fits anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from qa.text import lexicon
from qa.text.normalise import fold

DIGITS = r"\d+(?:[.,/:-]\d+)*"
UNIT = r"(?:một|hai|ba|bốn|năm(?!\s+\d)|sáu|bảy|bẩy|tám|chín)"  # "năm 2025" is a year
ENDING = r"(?:mốt|tư|lăm|nhăm|một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín)"
TENS = rf"(?:mười(?:\s+{ENDING})?|{UNIT}\s+mươi(?:\s+{ENDING})?|{UNIT}\s+(?:mốt|tư|lăm|nhăm))"
HUNDREDS = rf"(?:(?:{UNIT}|không)\s+trăm(?:\s+(?:(?:linh|lẻ)\s+{UNIT}|{TENS}))?)"
GROUP = rf"(?:{HUNDREDS}|{TENS}|(?:linh|lẻ)\s+{UNIT}|{UNIT})"
SCALE = r"(?:tỷ|tỉ|triệu|vạn|nghìn|ngàn)"
NUMBER_WORDS = rf"\b(?:{GROUP}(?:\s+{SCALE})+\s+)*{GROUP}(?:\s+{SCALE})*\b"
NUMBER = re.compile(rf"{DIGITS}|{NUMBER_WORDS}", re.IGNORECASE)
ALSO_OTHER_WORDS = frozenset({"một", "ba", "năm", "chín"})  # alone as often an article, a father, a year, ripe


@lru_cache(maxsize=512)  # what is said of a quote is compared with it several times
def numbers_in(text: str) -> tuple[str, ...]:
    """Return each number of a text in NFC: digits as written, words in lower case, none that is often another word."""
    found = (" ".join(written.lower().split()) for written in NUMBER.findall(text))
    return tuple(number for number in found if number not in ALSO_OTHER_WORDS)


NUMBER_KINDS = {fold(kind.name): fold(kind.sign) for kind in lexicon.DOCUMENT_KINDS if kind.cited}
NUMBER_KINDS |= {fold(kind.short): fold(kind.sign) for kind in lexicon.DOCUMENT_KINDS if kind.short}
"""Folded name or short form of a kind → what the suffix of its numbers begins with."""

KIND = lexicon.alternation(NUMBER_KINDS)
SIGNS = {"nq": ("nq", "qh", "ubtvqh"), "qh": ("qh",)}
YEARS = range(1945, 2100)
YEAR = r"(?:19|20)\d\d"
WRITTEN = re.compile(
    rf"(?<![\d/.,-])(?P<digits>\d{{1,5}})(?:\s*/\s*(?P<year>{YEAR})(?:\s*/\s*(?P<suffix>[a-z][a-z0-9]*(?:\s?-\s?[a-z0-9]+)*))?"
    r"|\s*/\s*(?P<short>[a-z][a-z0-9]*-\s?[a-z0-9]+(?:-[a-z0-9]+)*)"
    r"|-(?P<party>[a-z]{2,4}/[a-z]{2,6}))(?![\d/])"
)
SPOKEN = re.compile(
    rf"(?<!\w)(?P<kind>{KIND})\s*(?:so\s*)?(?P<digits>\d{{1,5}})"
    rf"(?:\s*(?:/|nam|-)\s*(?P<year>{YEAR}))?(?!\w|/[a-z]|\s*-\s*[a-z])"
)
KIND_BEFORE = re.compile(rf"(?<!\w)({KIND})\s*(?:so\s*)?$")
BEFORE_A_MONTH = re.compile(r"(?:thang|quy|ngay)\s*$")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A number as far as it was written; ``suffix`` is folded, its kind first ("nd-cp", "nq-ubtvqh15", "kl/tw")."""

    digits: int
    year: int | None
    suffix: str | None

    def fits(self, other: Self) -> bool:
        """Tell whether both can be the same number: what both state must agree."""
        if self.digits != other.digits or (self.year and other.year and self.year != other.year):
            return False
        if not self.suffix or not other.suffix:
            return bool((self.year and other.year) or self.suffix or other.suffix)
        return begins(self.suffix, other.suffix) or begins(other.suffix, self.suffix)


def begins(start: str, whole: str) -> bool:
    """Tell whether a suffix begins with a kind; resolutions of the assembly carry its sign alone ("qh15")."""
    return whole.replace("/", "-").startswith(SIGNS.get(start, (start.replace("/", "-"),)))


def find_numbers(text: str) -> Iterator[DocumentNumber]:
    """Yield each document number that a text mentions: those written with a slash first, then those spoken."""
    return (number for number, _ in located_numbers(text))


def located_numbers(text: str) -> Iterator[tuple[DocumentNumber, tuple[int, int]]]:
    """Yield each number of ``find_numbers`` with the span, of the folded text, in which it stands."""
    folded = fold(text)
    spans = []
    for found in WRITTEN.finditer(folded):
        bare = found["year"] and not found["suffix"]
        if bare and (BEFORE_A_MONTH.search(folded[: found.start()]) or int(found["digits"]) == 0):
            continue
        named = KIND_BEFORE.search(folded[: found.start()]) if bare else None  # "nghị định số 32/2021"
        spans.append(found.span())
        suffix = found["suffix"] or found["short"] or found["party"] or (named and NUMBER_KINDS[named[1]])
        yield number_of(found, re.sub(r"\s+", "", suffix) if suffix else None), found.span()
    for found in SPOKEN.finditer(folded):
        taken = any(start < found.end() and found.start() < end for start, end in spans)
        if not taken and int(found["digits"]) not in YEARS:
            yield number_of(found, NUMBER_KINDS[found["kind"]]), found.span()


def number_of(found: re.Match[str], suffix: str | None) -> DocumentNumber:
    return DocumentNumber(int(found["digits"]), int(found["year"]) if found["year"] else None, suffix)
