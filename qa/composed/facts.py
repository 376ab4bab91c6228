"""What a sentence states, token by token: words, numbers, dates and documents, each in one form."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from qa.text import NUMBER_WORDS, fold, lexicon, located_numbers, normalise

WORDS = tomllib.loads((files("qa.composed") / "words.toml").read_text(encoding="utf-8"))
TONES = str.maketrans(dict.fromkeys("\u0300\u0301\u0303\u0309\u0323"))
FINAL_Y = re.compile(r"^([bcdghklmnprstvx]|qu|th|kh|nh|ch|tr|ph|gh|ng)y$")
DIGITS = {word: value for value, some in enumerate(
    "không;một mốt;hai;ba;bốn tư;năm lăm nhăm;sáu;bảy bẩy;tám;chín".split(";")) for word in some.split()}  # fmt: skip
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
AMBIGUOUS = {"một": 1, "ba": 3, "năm": 5, "chín": 9}  # alone as often an article, a father, a year, ripe
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "XIII": 13, "XIV": 14, "XV": 15, "XVI": 16}
DATES = (
    r"(?:ngày\s+)?(?P<d1>\d{1,2})\s?[/.-]\s?(?P<m1>\d{1,2})\s?[/.-]\s?(?P<y1>\d{4})(?!\d)"
    r"|(?:ngày\s+)?(?P<d2>\d{1,2})\s+tháng\s+(?P<m2>\d{1,2})(?:\s*(?:năm|/|,)\s*(?P<y2>\d{4}))?(?!\d)"
    r"|tháng\s+(?P<m3>\d{1,2})\s*(?:năm|/|-)\s*(?P<y3>\d{4})(?!\d)"
    r"|ngày\s+(?P<d4>\d{1,2})\s?[/-]\s?(?P<m4>\d{1,2})(?![\d/])|(?P<m5>\d{1,2})/(?P<y5>(?:19|20)\d\d)(?![\d/])"
    r"|tháng\s+(?P<m6>\d{1,2})(?![\d/])|(?:năm\s+)?(?P<y7>(?:19|20)\d\d)(?![\d.,]*\d|\s*(?:người|đơn|cán|tỷ|triệu|xã|hộ|hồ))"
)
PIECE = re.compile(
    rf"(?P<date>{DATES})|(?P<digits>\d+(?:[.,]\d+)*(?:/\d{{1,2}}(?!\d))?)(?P<scale>(?:\s+(?:nghìn|ngàn|vạn|triệu|tỷ|tỉ))+\b)?"
    rf"|(?P<spelled>{NUMBER_WORDS})|(?P<word>[^\W\d_][^\W_]*|%)|(?P<other>[^\w\s])",
    re.IGNORECASE,
)
ANY_CASE = {**lexicon.table("abbreviations", "any_case"), "phần trăm": "%", **WORDS["units"]}
CAPITALS = {
    **lexicon.table("abbreviations", "capitals"),
    **{short: one.name for one in lexicon.PROVINCES for short in one.short},
}
KINDS = {kind.short: kind.name for kind in lexicon.DOCUMENT_KINDS if kind.short}
SHORT_FORM = re.compile(
    rf"(?<!\w)(?:(?i:{lexicon.alternation(ANY_CASE)})|{lexicon.alternation(CAPITALS)}|{lexicon.alternation(KINDS)}(?=\s*$|\s+số\s*$))\.?(?!\w)"
)

Date = tuple[int, int, int]
"""Year, month, day, 0 for what is not said."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence; ``key`` is the same for all ways of writing it.

    It is a text, a ``Fraction``, a ``Date`` or a ``DocumentNumber``, as the kind says.

    ``capital``: a word that begins with a capital letter. ``soft``: a number word that may be another word ("một").
    """

    kind: Literal["word", "number", "date", "document", "break"]
    key: Any
    text: str
    capital: bool = False
    soft: bool = False


def phrases(listed: str) -> list[tuple[str, ...]]:
    """Return the phrases of a list, each as the keys of its words, the longest first."""
    return sorted((tuple(map(key_of, one.split())) for one in lexicon.items(listed)), key=len, reverse=True)


@lru_cache(maxsize=20_000)
def key_of(word: str) -> str:
    """Return a word in small letters with its tone at the end, so that "hoà" is "hòa" and "kĩ" is "kỹ"."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    bare = unicodedata.normalize("NFC", decomposed.translate(TONES))
    tone = "".join(mark for mark in decomposed if mark in "\u0300\u0301\u0303\u0309\u0323")
    return FINAL_Y.sub(r"\1i", bare) + tone


COUNTED = phrases(WORDS["counted"])
ORDINAL = frozenset(one[0] for one in phrases(WORDS["ordinal"]))
FIRST_COUNTED = frozenset(one[0] for one in COUNTED)


@lru_cache(maxsize=512)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, its abbreviations written out."""
    found, end, whole = [], 0, normalise(text)
    documents = sorted(located_numbers(whole), key=lambda one: one[1]) if len(fold(whole)) == len(whole) else []
    for number, (start, stop) in documents:
        if start >= end:
            found += [*pieces(whole[end:start]), Token("document", number, whole[start:stop])]
            end = stop
    return tuple(without_doubt([*found, *pieces(whole[end:])]))


def written_out(found: re.Match[str]) -> str:
    short = found[0].rstrip(".")
    return f" {CAPITALS.get(short) or KINDS.get(short) or ANY_CASE[short.lower()]} "


def pieces(text: str) -> Iterator[Token]:
    for found in PIECE.finditer(SHORT_FORM.sub(written_out, text)):
        if found["date"] and (day := date_in(found)):
            yield Token("date", day, found[0])
        elif found["date"]:
            yield from (Token("number", Fraction(one), one) for one in re.findall(r"\d+", found[0]))
        elif found["digits"]:
            scale = 1
            for word in (found["scale"] or "").lower().split():
                scale *= SCALES[word]
            yield Token("number", value_of(found["digits"]) * scale, found[0])
        elif found["spelled"]:
            spoken = found[0].lower().split()
            yield Token(
                "number",
                Fraction(spoken_value(spoken)),
                found[0],
                found[0][0].isupper(),
                spoken[0] in AMBIGUOUS and len(spoken) == 1,
            )
        elif found["word"]:
            yield Token("word", key_of(found[0]), found[0], found[0][0].isupper())
        else:
            yield Token("break", found[0], found[0])


def without_doubt(tokens: list[Token]) -> Iterator[Token]:
    """Take a number word that is often another word for a number only before what is counted, or after "thứ"."""
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        before = tokens[place - 1] if place else None
        counts = following is not None and (following.key in FIRST_COUNTED or following.text == "năm")
        after_number = before is not None and before.kind == "number"
        ordinal = before is not None and before.key in ORDINAL
        if ordinal and token.text in ROMAN:
            yield Token("number", Fraction(ROMAN[token.text]), token.text)
        elif token.soft and not ordinal and (not counts or (token.text.lower() == "năm" and after_number)):
            yield Token("word", key_of(token.text), token.text, token.capital)
        else:
            yield token


def date_in(found: re.Match[str]) -> Date | None:
    said = {name[0]: int(value) for name, value in found.groupdict().items() if name[1:].isdigit() and value}
    parts = [said.get(part, 0) for part in "ymd"]
    return (parts[0], parts[1], parts[2]) if parts[1] <= 12 and parts[2] <= 31 else None


def value_of(digits: str) -> Fraction:
    """Return a number in digits: a point before groups of three parts thousands, a comma begins decimals."""
    whole, _, under = digits.partition("/")
    if under:
        return value_of(whole) / (value_of(under) or 1)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", whole) or whole.count(".") > 1:
        whole = whole.replace(".", "")
    if whole.count(",") > 1:
        whole = whole.replace(",", "")
    return Fraction(whole.replace(",", "."))


def spoken_value(spoken: list[str]) -> int:
    """Return a number in words."""
    total = group = pending = 0
    for place, word in enumerate(spoken):
        if word in SCALES:
            group, pending = group + pending, 0
            total = total * SCALES[word] if not group else total + group * SCALES[word]
            group = 0
        elif word == "mười":
            group, pending = group + 10, 0
        elif word == "mươi":
            group, pending = group + 10 * pending, 0
        elif word == "trăm":
            group, pending = group + 100 * pending, 0
        elif word in ("linh", "lẻ"):
            continue
        else:
            follows = place and spoken[place - 1] in DIGITS and word in ("mốt", "tư", "lăm", "nhăm")
            group, pending = (group + 10 * pending, DIGITS[word]) if follows else (group, DIGITS[word])
    return total + group + pending
