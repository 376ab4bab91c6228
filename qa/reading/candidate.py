"""What a reader says of each sentence of the hits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.values import Citation, Hit

THRESHOLD = 0.2
"""The least confidence of a sentence that is quoted."""

HEADLINE_THRESHOLD = 0.45
"""The least confidence of a short answer that is shown above its sentence."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be quoted.

    ``score``: how well it answers, for comparing the sentences of one question. ``share``: 0..1, its part of all that
    speaks for any sentence. ``confidence``: the chance, 0..1, that the question is answered here. ``short``: the part
    that answers most shortly, and ``short_confidence`` the chance that it is right.
    """

    text: str
    citation: Citation
    score: float
    share: float
    confidence: float
    short: str | None = None
    short_confidence: float = 0.0


class Reader(Protocol):
    """Reads what was found."""

    def read(self, question: str, hits: Sequence[Hit], history: Sequence[str] = ()) -> list[Candidate]:
        """Return every sentence of the hits, best first; ``history``: earlier questions, oldest first."""
        ...
