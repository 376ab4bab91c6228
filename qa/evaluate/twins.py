"""Twins of a query as hurried people type it, made by fixed rules: the same query always has the same twin."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from qa.text import fold

SEED = "twins-1"
SLIPS_EVERY = 4
TONE_KEYS = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
"""The Telex key of each tone mark: sắc, huyền, hỏi, ngã, nặng."""


def without_accents(text: str, query_id: str) -> str:  # noqa: ARG001 - every rule takes a text and its query
    """Return the text folded: lower case, no marks, đ as d."""
    return fold(text)


def half_accents(text: str, query_id: str) -> str:
    """Fold half of the words, rounded up; which ones, the query's id and each word's position decide."""
    words = text.split()
    folded = set(drawn(range(len(words)), (len(words) + 1) // 2, "half", query_id))
    return " ".join(fold(word) if position in folded else word for position, word in enumerate(words))


def slips(text: str, query_id: str) -> str:
    """Mistype one word in four, at least one; words with a digit stay, so that no number becomes another.

    A text in which no word is made of letters comes back unchanged.
    """
    words = text.split()
    able = [position for position, word in enumerate(words) if can_slip(word)]
    for position in drawn(able, max(1, round(len(words) / SLIPS_EVERY)), "slips", query_id):
        words[position] = mistyped(words[position], dice(query_id, position))
    return " ".join(words)


TWINS: Mapping[str, Callable[[str, str], str]] = {
    "no_accents": without_accents,
    "half_accents": half_accents,
    "slips": slips,
}
"""Each kind of twin and its rule, a function of the query's text and id."""


def dice(*parts: object) -> int:
    """Return a number that is as good as random, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, (SEED, *parts))).encode()).digest()[:8], "big")


def drawn(positions: Iterable[int], count: int, rule: str, query_id: str) -> list[int]:
    """Draw up to ``count`` of the positions."""
    return sorted(positions, key=lambda position: dice(rule, query_id, position))[:count]


def can_slip(word: str) -> bool:
    return any(map(str.isalpha, word)) and not any(map(str.isnumeric, word))


def mistyped(word: str, number: int) -> str:
    """Mistype a word in the first way that fits it, beginning with the way that ``number`` chooses."""
    ways = (telex_left_over, swapped, doubled)
    for turn in range(len(ways)):
        typed = ways[(number + turn) % len(ways)](word, number // len(ways))
        if typed != word:
            return typed
    return word


def telex_left_over(word: str, number: int) -> str:  # noqa: ARG001 - a word has one tone and one đ at most
    """Leave the key of the tone, or of đ, as a letter: "chính" → "chinhs", "đã" → "đax", "đi" → "ddi"."""
    body, tail = split_tail(word)
    decomposed = unicodedata.normalize("NFD", body)
    for mark, letter in TONE_KEYS.items():
        if mark in decomposed:
            return unicodedata.normalize("NFC", decomposed.replace(mark, "", 1)) + letter + tail
    return body.replace("đ", "dd", 1).replace("Đ", "DD", 1) + tail


def swapped(word: str, number: int) -> str:
    """Exchange two neighbouring letters that differ, at a place that ``number`` chooses."""
    pairs = [at for at in range(len(word) - 1) if word[at : at + 2].isalpha() and word[at] != word[at + 1]]
    if not pairs:
        return word
    at = pairs[number % len(pairs)]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def doubled(word: str, number: int) -> str:
    """Type one letter twice, at a place that ``number`` chooses."""
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    at = letters[number % len(letters)]
    return word[: at + 1] + word[at:]


def split_tail(word: str) -> tuple[str, str]:
    """Split the punctuation after a word off: keys are typed before it."""
    end = max((at + 1 for at, letter in enumerate(word) if letter.isalpha()), default=len(word))
    return word[:end], word[end:]
