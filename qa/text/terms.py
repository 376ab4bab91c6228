"""What counts as the same word: abbreviations, spellings in y or i; and the terms that are matched."""

import re
from functools import lru_cache
from itertools import pairwise

from qa.text import lexicon
from qa.text.normalise import fold, syllables

ANY_CASE = {fold(short): fold(long) for short, long in lexicon.table("abbreviations", "any_case").items()}
CAPITALS_ONLY = {
    **lexicon.table("abbreviations", "capitals"),
    **{kind.short: kind.name for kind in lexicon.DOCUMENT_KINDS if kind.short},
    **{short: province.name for province in lexicon.PROVINCES for short in province.short},
}
CAPITALS = re.compile(rf"(?<![^\W_]){lexicon.alternation(CAPITALS_ONLY)}(?![^\W_])")
FOLDED = re.compile(rf"(?<![^\W_]){lexicon.alternation(ANY_CASE)}(?![^\W_])")
WHOLE_Y = re.compile(r"(?:[bcdghklmnpqrstvx]|qu|th|kh|nh|ch|tr|ph|gh|ng)y")


@lru_cache(maxsize=512)  # the names of what has ended are looked for in every question
def canonical(text: str) -> str:
    """Return the text folded, its abbreviations written out."""
    spelled = CAPITALS.sub(lambda found: CAPITALS_ONLY[found[0]], text)
    return FOLDED.sub(lambda found: ANY_CASE[found[0]], fold(spelled))


def words(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, abbreviations written out, final y as i ("kỹ", "kĩ")."""
    found = syllables(canonical(text))
    return [word[:-1] + "i" if word[-1] == "y" and WHOLE_Y.fullmatch(word) else word for word in found]


def terms(text: str) -> list[str]:
    """Return the words and adjacent pairs of them: a Vietnamese word is often two syllables."""
    found = words(text)
    return found + [f"{left}_{right}" for left, right in pairwise(found)]


QUESTION_WORDS = frozenset(words(" ".join(lexicon.phrases("questions.stop", "questions.stop_in_scoring"))))
"""The words that ask, which say nothing of what is asked about."""
