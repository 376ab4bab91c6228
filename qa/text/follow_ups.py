"""How surely a question needs the earlier ones of its conversation to be understood, judged by its words alone."""

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from qa.text.normalise import normalise, syllables

WEIGHTS = "follow_ups.json"
"""What ``training.follow_ups`` has learnt: the weight of each word and pair of words, of the length, and the bias."""

LENGTH, BIAS = "length", "bias"
BEGIN, END = "^", "$"


def needs_history(question: str) -> float:
    """Return the chance, 0..1, that a question asked after others leaves out what they were about."""
    weights = learnt_weights()
    total = weights[BIAS] + sum(weights.get(name, 0.0) * value for name, value in follow_up_features(question))
    return 1 / (1 + math.exp(-total))


def follow_up_features(question: str) -> Iterator[tuple[str, float]]:
    """Yield what is weighed: each word and pair of words that occurs, and the logarithm of their number."""
    words = syllables(normalise(question).lower())
    yield from ((f"{left} {right}", 1.0) for left, right in set(pairwise([BEGIN, *words, END])))
    yield from ((word, 1.0) for word in set(words) - {LENGTH, BIAS})
    yield LENGTH, math.log(1 + len(words))


@lru_cache(maxsize=1)
def learnt_weights() -> dict[str, float]:
    weights: dict[str, float] = json.loads((files("qa.text") / WEIGHTS).read_text(encoding="utf-8"))
    return weights
