"""A heading in capitals → ordinary writing, with the names that the text below it writes with capitals."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from qa.ingest.legacy import is_syllable

WORD = re.compile(r"[^\W\d_]+|[.:;!?…\n\"“(]")
TOKEN = re.compile(r"[^\W\d_]+")
BODY = 100_000
"""Characters of the text that are read for its names."""

Pair = tuple[str, str]


def sentence_case(heading: str, body: str) -> str:
    """Return a heading in capitals as a sentence writes it; other headings are returned as they are.

    Each word takes the case that the body gives it more often beside the same neighbour. What is no Vietnamese
    syllable ("UBND", "QH15") stays in capitals.
    """
    letters = [character for character in heading if character.isalpha()]
    if not letters or sum(map(str.isupper, letters)) < 0.8 * len(letters):
        return heading
    votes = case_votes(body[:BODY])
    tokens = list(TOKEN.finditer(heading))
    words = [token[0].lower() for token in tokens]
    written = list(heading)
    for place, token in enumerate(tokens):
        if is_syllable(words[place]):
            capital = place == 0 or wants_capital(words, place, votes)
            written[token.start() : token.end()] = words[place].capitalize() if capital else words[place]
    return "".join(written)


def wants_capital(words: list[str], place: int, votes: Counter[tuple[Pair, int]]) -> bool:
    total = 0
    if place:
        total += votes[((words[place - 1], words[place]), 1)]
    if place + 1 < len(words):
        total += votes[((words[place], words[place + 1]), 0)]
    return total > 0


def case_votes(body: str) -> Counter[tuple[Pair, int]]:
    """Count, for each pair of neighbours and each side of it, capitals (+1) against small letters (-1).

    Words that open a sentence and words all in capitals say nothing about names.
    """
    votes: Counter[tuple[Pair, int]] = Counter()
    opening = True
    for left, right in pairwise(WORD.findall(body)):
        if not left[0].isalpha():
            opening = True
            continue
        if right[0].isalpha() and not (is_shouted(left) or is_shouted(right)):
            pair = (left.lower(), right.lower())
            votes[(pair, 1)] += 1 if right[0].isupper() else -1
            if not opening:
                votes[(pair, 0)] += 1 if left[0].isupper() else -1
        opening = False
    return votes


def is_shouted(word: str) -> bool:
    return len(word) > 1 and word.isupper()
