"""Question, title, date and passage → the tokens that the reader is given, and where its sentences stand in them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.encoder import PackedModel, PieceTokenizer

QUESTION_TOKENS, HISTORY_TOKENS, CONTEXT_TOKENS, MOST_TOKENS = 64, 40, 44, 320
BEGIN, SEPARATOR = 0, 2  # the ids of ``<s>`` and ``</s>`` in the vocabulary of XLM-RoBERTa

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Readable:
    """A passage with its title, number and heading, its day, and the spans of its sentences."""

    context: str
    published: datetime.date | None
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ReadingInput:
    """One passage as it is read.

    ``ids``: all tokens, int32. ``first``: the place of the passage's first token; ``starts`` and ``ends``: where each
    of the passage's tokens stands in its text, int32. ``sentences``: for each sentence its first and last but one
    token, counted from ``first``; None for one beyond the last token.
    """

    ids: np.ndarray
    first: int
    starts: np.ndarray
    ends: np.ndarray
    sentences: tuple[Span | None, ...]


def prepare(tokenizer: PieceTokenizer, question: str, history: Sequence[str], passage: Readable) -> ReadingInput:
    """Lay out ``question [earlier questions] · title, number, heading · date · passage``, each part cut to its length.

    Of earlier questions the last stands first.
    """

    def part(words: str, most: int) -> list[int]:
        return tokenizer.encode(words).ids[:most]

    asked = part(f"query: {question}", QUESTION_TOKENS)
    for turn in reversed(history):
        asked += [SEPARATOR, *part(turn, HISTORY_TOKENS)][: max(0, QUESTION_TOKENS + HISTORY_TOKENS - len(asked))]
    dated = f"{passage.published:%d/%m/%Y} · {passage.context}" if passage.published else passage.context
    opening = [BEGIN, *asked, SEPARATOR, *part(dated, CONTEXT_TOKENS), SEPARATOR]
    encoded = tokenizer.encode(passage.text)
    kept = MOST_TOKENS - len(opening) - 1
    offsets = np.array(encoded.offsets[:kept], np.int32).reshape(-1, 2)
    ids = np.array([*opening, *encoded.ids[:kept], SEPARATOR], np.int32)
    return ReadingInput(ids, len(opening), offsets[:, 0], offsets[:, 1], tuple(places(offsets, passage.sentences)))


def places(offsets: np.ndarray, sentences: Sequence[Span]) -> list[Span | None]:
    """Return the tokens of each sentence."""
    found: list[Span | None] = []
    for start, end in sentences:
        inside = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < end))
        found.append((int(inside[0]), int(inside[-1]) + 1) if len(inside) else None)
    return found


class WordVectors:
    """The vectors of tokens, shape (tokens, hidden), float32."""

    def __init__(self, packed: PackedModel) -> None:
        self.file, self.hidden = packed.file, packed.hidden
        self.table = packed.tensors["emb.word"]

    def batch(self, texts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the vectors of texts, shape (texts, longest, hidden), and 1 where a token stands; float32."""
        longest = max(map(len, texts))
        vectors = np.zeros((len(texts), longest, self.hidden), np.float32)
        mask = np.zeros((len(texts), longest), np.float32)
        for row, ids in enumerate(texts):
            vectors[row, : len(ids)] = self.table.read_rows(self.file, ids, self.hidden)
            mask[row, : len(ids)] = 1
        return vectors, mask
