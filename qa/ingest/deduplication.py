"""Who a document is: its id, and whether the corpus already holds it from another publisher."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from slugify import slugify

from qa.corpus import ArticleFields, format_article
from qa.ingest.sources import Draft

LONGEST_SLUG = 80
SHINGLE = 5
"""Words in a shingle; five separate resolutions of one template and still meet in a reprint."""

SKETCH = 256
"""Smallest shingle hashes kept of a text; the estimate's standard error at 0.8 is 0.025."""

SAME_TEXT = 0.8
SAME_NUMBER_TEXT = 0.3
"""Likeness that makes two texts with one number and kind the same: provinces share numbers, not texts."""

FEWEST_SHINGLES = 20


def slug(text: str) -> str:
    """Return the text as ASCII letters, digits and hyphens, cut at a word."""
    return slugify(text, max_length=LONGEST_SLUG, word_boundary=True, save_order=True)


def new_id(fields: ArticleFields, taken: Collection[str]) -> str:
    """Return an id that nothing bears, from the id that was given, the number or the title."""
    base = slug(fields.id) or slug(fields.number) or slug(fields.title) or "tai-lieu"
    if base not in taken:
        return base
    return next(name for count in range(2, len(taken) + 3) if (name := f"{base}-{count}") not in taken)


def content_hash(draft: Draft) -> str:
    """Return a hash of everything a draft would write, where it came from left aside."""
    fields = draft.fields.model_copy(update={"id": "", "provenance": ""})
    return hashlib.sha256(format_article(fields, draft.text).encode()).hexdigest()


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's word shingles, ascending (bottom-k sketch; Cohen, 1997)."""
    words = re.findall(r"\w+", text.lower())
    shingles = {" ".join(words[place : place + SHINGLE]) for place in range(len(words) - SHINGLE + 1)}
    return tuple(sorted(map(hash_of, shingles))[:SKETCH])


def hash_of(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest())


def likeness(left: tuple[int, ...], right: tuple[int, ...]) -> float:
    """Estimate the Jaccard likeness of two texts, 0..1, from their sketches."""
    if min(len(left), len(right)) < FEWEST_SHINGLES:
        return 0.0
    both = set(left) & set(right)
    union = sorted({*left, *right})[:SKETCH]
    return sum(value in both for value in union) / len(union)


@dataclass(slots=True)
class Likenesses:
    """Finds, among many texts, the one most like another, by an index from shingle hash to document."""

    sketches: dict[str, tuple[int, ...]] = field(default_factory=dict)
    holders: dict[int, list[str]] = field(default_factory=dict)

    def add(self, name: str, text: str) -> None:
        self.sketches[name] = sketch(text)
        for value in self.sketches[name]:
            self.holders.setdefault(value, []).append(name)

    def nearest(self, text: str, among: Iterable[str] | None = None) -> tuple[str, float]:
        """Return the most like document and its likeness, or ("", 0.0)."""
        own = sketch(text)
        names = set(among) if among is not None else self.sharing(own)
        scored = [(likeness(own, self.sketches[name]), name) for name in names if name in self.sketches]
        score, name = max(scored, default=(0.0, ""), key=lambda pair: (pair[0], pair[1]))
        return name, score

    def sharing(self, own: tuple[int, ...]) -> set[str]:
        """Return the documents that share enough hashes to be alike at all."""
        counted = Counter(name for value in own for name in self.holders.get(value, ()))
        return {name for name, count in counted.items() if count >= SAME_TEXT / 2 * len(own)}
