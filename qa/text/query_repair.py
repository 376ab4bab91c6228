"""A bigram model of the corpus: restores accents, repairs typing slips.

Restoration picks, for each syllable typed without marks, the accented form that makes the most likely
sentence (Viterbi over interpolated bigrams). Repair changes a syllable the corpus has never seen into one a
single typing slip away, where one such candidate is clearly better than the others.
"""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise, product
from pathlib import Path
from typing import Self, TypeVar

from qa.text.normalise import fold

WORD = re.compile(r"[^\W\d_]+")
WHOLE_WORD = re.compile(rf"\b{WORD.pattern}\b")  # no letters of a code such as "O0CBN"
Key = TypeVar("Key")
ACCENTED_WRITER = 0.55  # share of marked syllables from which a question is typed with accents; running text has 0.8
BIGRAM_SHARE = 0.85
FLOOR = 1e-7
QUESTIONS = "questions.json"  # counted by ``training.wording`` in questions: what documents hardly show
QUESTION_WEIGHT = 5  # how often each question counts as read
CLEARLY_BETTER = 2.0
SHORTEST_REPAIRED = 3
LONGEST_WORD = 12
MOST_WORDS = 120
TONE_KEYS = "sfrxj"
ALPHABET = "abcdeghiklmnopqrstuvxy"
MOST_WORDS_KEPT, MOST_PAIRS = 100_000, 300_000  # running Vietnamese has some ten thousand syllables
KNOWN_SHARE = 0.5  # share of known words below which a text is taken to be in another language and left alone
SYLLABLE = re.compile(  # a folded syllable that Vietnamese could have: no slip, even where the corpus lacks it
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:a(?:c|ch|i|m|n|ng|nh|o|p|t|u|y)?|e(?:c|ch|m|n|ng|nh|o|p|t|u)?|i(?:a|ch|m|n|nh|p|t|u|e(?:c|m|n|ng|p|t|u))?"
    r"|o(?:a(?:c|ch|i|m|n|ng|nh|o|p|t|y)?|c|e(?:n|o|t)?|i|m|n|ng|ong|p|t)?"
    r"|u(?:a(?:n|ng|t|y)?|c|e(?:ch|nh)?|i|m|n|ng|o(?:c|i|m|n|ng|p|t|u)?|p|t|u|y(?:a|ch|e[nt]|n|nh|t|u)?)?"
    r"|y(?:e[mntu])?)"
)


class LanguageModel:
    """Counts of accented syllables and of adjacent pairs."""

    def __init__(self, counts: Counter[str], pairs: dict[tuple[str, str], int]) -> None:
        self.counts = counts
        self.pairs = pairs
        self.total = max(1, sum(counts.values()))
        self.forms: dict[str, list[str]] = defaultdict(list)
        self.folded: Counter[str] = Counter()
        for form, count in counts.items():
            plain = fold(form)
            self.forms[plain].append(form)
            self.folded[plain] += count

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Self:
        counts: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            for line in text.splitlines():
                words = WORD.findall(line.lower())
                counts.update(words)
                pairs.update(pairwise(words))
            if len(pairs) > 4 * MOST_PAIRS:
                pairs = most_frequent(pairs, 2 * MOST_PAIRS)
        return cls(most_frequent(counts, MOST_WORDS_KEPT), dict(most_frequent(pairs, MOST_PAIRS)))

    @classmethod
    def load(cls, *paths: Path) -> Self:
        """Load the sum of what ``save`` wrote, and add how people ask, which no document shows."""
        counts: Counter[str] = Counter()
        asked, asked_pairs = counts_of_questions()
        pairs = asked_pairs.copy()
        for path in paths:
            words, adjacent = read_counts(path)
            counts.update(words)
            pairs.update(adjacent)
        counts.update(asked)
        return cls(counts, pairs)

    def save(self, path: Path) -> None:
        words = sorted(self.counts)
        number = {word: position for position, word in enumerate(words)}
        pairs = sorted(
            (number[left], number[right], count)
            for (left, right), count in self.pairs.items()
            if left in number and right in number
        )
        stored = {"words": words, "counts": [self.counts[word] for word in words], "pairs": pairs}
        path.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")

    def restore(self, text: str) -> str:
        """Return the text with accents on the syllables typed without, unless the writer types accents."""
        spans = [match.span() for match in WORD.finditer(text)][:MOST_WORDS]
        words = [text[start:end].lower() for start, end in spans]
        if not words or has_accents(words):
            return text
        return replace(text, spans, self.most_likely([self.candidates(word) for word in words]))

    def candidates(self, word: str) -> list[str]:
        if word != fold(word):
            return [word]
        return self.forms.get(word) or [word]

    def most_likely(self, choices: Sequence[Sequence[str]]) -> list[str]:
        """Return the likeliest sequence, one form of each position's choices (Viterbi)."""
        best = {form: (math.log(self.counts[form] / self.total + FLOOR), [form]) for form in choices[0]}
        for forms in choices[1:]:
            best = {form: self.extend(best, form) for form in forms}
        return max(best.values(), key=lambda path: path[0])[1]

    def extend(self, best: dict[str, tuple[float, list[str]]], form: str) -> tuple[float, list[str]]:
        score, before = max(
            ((score + self.log_after(path[-1], form), path) for score, path in best.values()), key=lambda one: one[0]
        )
        return score, [*before, form]

    def log_after(self, before: str, form: str) -> float:
        seen = self.pairs.get((before, form), 0) / self.counts[before] if self.counts[before] else 0.0
        return math.log(BIGRAM_SHARE * seen + (1 - BIGRAM_SHARE) * self.counts[form] / self.total + FLOOR)

    def repair(self, text: str) -> str:
        """Return the text with syllables the corpus has never seen changed into clearly better ones."""
        spans = [match.span() for match in WHOLE_WORD.finditer(text)][:MOST_WORDS]
        words = [fold(text[start:end]) for start, end in spans]
        if sum(word in self.folded or telex(word) in self.folded for word in words) < KNOWN_SHARE * len(words):
            return text
        repaired = [self.better(words, position) or text[slice(*spans[position])] for position in range(len(words))]
        return replace(text, spans, repaired)

    def better(self, words: Sequence[str], position: int) -> str | None:
        """Return the repaired form of an unknown word, or None where it is known or nothing is clearly better."""
        word = words[position]
        if word in self.folded or SYLLABLE.fullmatch(word) or not SHORTEST_REPAIRED <= len(word) <= LONGEST_WORD:
            return None
        before = words[position - 1] if position else ""
        after = words[position + 1] if position + 1 < len(words) else ""
        scored = sorted(
            ((self.fit(before, candidate, after), candidate) for candidate in slips(word) if candidate in self.folded),
            reverse=True,
        )
        if not scored or (len(scored) > 1 and scored[0][0] - scored[1][0] < math.log(CLEARLY_BETTER)):
            return None
        return scored[0][1]

    def fit(self, before: str, word: str, after: str) -> float:
        """Return a log score of a folded word between its neighbours."""
        alone = self.folded[word] / self.total
        left = self.together(before, word) / max(1, self.folded[before])
        right = self.together(word, after) / max(1, self.folded[after])
        return math.log(alone + FLOOR) + math.log(left + alone + FLOOR) + math.log(right + alone + FLOOR)

    def together(self, left: str, right: str) -> int:
        """Return how often two folded words stand side by side, in any of their forms."""
        forms = product(self.forms.get(left, ()), self.forms.get(right, ()))
        return sum(self.pairs.get(pair, 0) for pair in forms)


def read_counts(path: Traversable, weight: int = 1) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    stored = json.loads(path.read_text(encoding="utf-8"))
    words = stored["words"]
    counts = {word: weight * count for word, count in zip(words, stored["counts"], strict=True)}
    pairs = {(words[left], words[right]): weight * count for left, right, count in stored["pairs"]}
    return Counter(counts), Counter(pairs)


@cache
def counts_of_questions() -> tuple[Counter[str], Counter[tuple[str, str]]]:
    return read_counts(files("qa.text") / QUESTIONS, QUESTION_WEIGHT)


def has_accents(words: Sequence[str]) -> bool:
    return sum(word != fold(word) for word in words) >= ACCENTED_WRITER * len(words)


def most_frequent(counts: Counter[Key], most: int) -> Counter[Key]:
    """Return the counts unchanged where there are few, else those of the most frequent."""
    return counts if len(counts) <= most else Counter(dict(counts.most_common(most)))


def replace(text: str, spans: Sequence[tuple[int, int]], words: Sequence[str]) -> str:
    """Return the text in NFC with each span's word replaced, its capitals kept."""
    pieces, last = [], 0
    for (start, end), word in zip(spans, words, strict=True):
        pieces += [text[last:start], with_capitals(text[start:end], word)]
        last = end
    return unicodedata.normalize("NFC", "".join([*pieces, text[last:]]))


def with_capitals(typed: str, word: str) -> str:
    if typed.lower() == word:
        return typed
    if typed.isupper() and len(typed) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word


def slips(word: str) -> set[str]:
    """Return the folded words one slip away: a Telex left-over, or a letter doubled, lost, changed or swapped."""
    found = {telex(word)}
    for i in range(len(word)):
        found.add(word[:i] + word[i + 1 :])
        found.update(word[:i] + letter + word[i + 1 :] for letter in ALPHABET)
        if i + 1 < len(word):
            found.add(word[:i] + word[i + 1] + word[i] + word[i + 2 :])
    found.update(word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in ALPHABET)
    return found - {word}


def telex(word: str) -> str:
    """Return a folded word without the keys that Telex would have turned into marks ("chinhs", "dduowngf")."""
    if word[-1] in TONE_KEYS:
        word = word[:-1]
    word = re.sub(r"([aeod])\1", r"\1", word)
    return word.replace("w", "")
