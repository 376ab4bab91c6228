"""A text as the rules read it: its words, with their places, spelling and capitals; and the phrases found in it.

A phrase is found as it is spelt, or without its marks where the whole text is typed so: "con" (child) or "thể" in an
accented text is not taken for "còn" or "thế".
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from qa.text import fold, lexicon, normalise

WORD = re.compile(r"\d+(?:[/.,-]\w+)+|\w+")
ACCENTED_SHARE = 0.4
"""Share of marked words from which a text counts as typed with accents, so that "con" is not "còn"."""


Spelling = tuple[str, ...]
"""A word's folded form, then its marks in order: the same wherever a tone mark is set ("hoá", "hóa")."""


def spelling(word: str) -> Spelling:
    """Return how a word is spelt."""
    small = word.lower()
    marks = sorted(filter(unicodedata.combining, unicodedata.normalize("NFD", small)))
    return (fold(word), *marks, *("đ" for letter in small if letter == "đ"))


class PhraseSet:
    """A set of phrases, found by their folded words and then told apart by their marks."""

    def __init__(self, *phrases: str) -> None:
        self.phrases = phrases
        self.spelt: defaultdict[tuple[str, ...], list[tuple[Spelling, ...]]] = defaultdict(list)
        for spelt in (tuple(map(spelling, WORD.findall(phrase))) for phrase in phrases):
            self.spelt[tuple(word[0] for word in spelt)].append(spelt)
        self.longest = max(map(len, self.spelt))

    @classmethod
    def of(cls, *lists: str) -> PhraseSet:
        """Return the phrases of lists of the lexicon."""
        return cls(*lexicon.phrases(*lists))

    def __or__(self, other: PhraseSet) -> PhraseSet:
        return PhraseSet(*self.phrases, *other.phrases)

    def has(self, words: tuple[Spelling, ...], accented: bool) -> bool:
        """Tell whether the words are one of the phrases; in a text without accents a bare word may stand for any."""
        return any(
            all(typed == meant or (len(typed) == 1 and not accented) for typed, meant in zip(words, spelt, strict=True))
            for spelt in self.spelt.get(tuple(word[0] for word in words), ())
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word: where it stands, how it is spelt, and whether it opens with a capital."""

    start: int
    end: int
    spelling: Spelling
    capital: bool

    @property
    def folded(self) -> str:
        return self.spelling[0]

    @property
    def is_number(self) -> bool:
        return self.folded[0].isdecimal()


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """A text in one line and its words."""

    text: str
    words: tuple[Word, ...]
    accented: bool

    @classmethod
    def of(cls, text: str, longest: int = 500) -> TokenizedText:
        """Read the whole words of the first ``longest`` characters, without the marks that close a sentence."""
        text = " ".join(normalise(text[: 4 * longest]).split())
        if len(text) > longest:
            text = text[:longest].rpartition(" ")[0]
        text = text.rstrip("?!.,;:… ")
        words = tuple(
            Word(found.start(), found.end(), spelling(found[0]), found[0][0].isupper()) for found in WORD.finditer(text)
        )
        marked = sum(len(word.spelling) > 1 for word in words)
        letters = sum(not word.is_number for word in words)
        return cls(text, words, marked > ACCENTED_SHARE * letters)

    def slice(self, first: int, stop: int) -> str:
        """Return the text of the words ``first`` up to, not including, ``stop``."""
        return self.text[self.words[first].start : self.words[stop - 1].end] if first < stop else ""

    def starts(self, phrases: PhraseSet, at: int) -> int:
        """Return how many words the longest of the phrases takes at a word, 0 for none."""
        for length in range(min(phrases.longest, len(self.words) - at), 0, -1):
            if phrases.has(tuple(word.spelling for word in self.words[at : at + length]), self.accented):
                return length
        return 0

    def ends(self, phrases: PhraseSet, stop: int) -> int:
        """Return how many words the longest of the phrases takes before the word ``stop``, 0 for none."""
        for length in range(min(phrases.longest, stop), 0, -1):
            if phrases.has(tuple(word.spelling for word in self.words[stop - length : stop]), self.accented):
                return length
        return 0

    @property
    def is_small(self) -> bool:
        """Whether no word after the first has a capital, so that capitals tell no names."""
        return not any(word.capital for word in self.words[1:])

    def broken(self, at: int) -> bool:
        """Tell whether a comma, a colon or the like stands before the word ``at``."""
        return at > 0 and not self.text[self.words[at - 1].end : self.words[at].start].isspace()

    def same(self, at: int, other: TokenizedText, there: int) -> bool:
        """Tell whether two words of two lines are the same but for marks and capitals."""
        return self.words[at].folded == other.words[there].folded
