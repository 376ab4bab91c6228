"""Groups → tokens: what the model is given, and where in it the sentences and the short answer stand."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.encoder import PieceTokenizer
from qa.reading.inputs import Readable, ReadingInput, prepare
from qa.text import fold

NO_ACCENTS = 0.1
"""The share of questions that are trained on without their accents."""


@dataclass(frozen=True, slots=True)
class Example:
    """A passage as it is read for one question.

    ``gold``: which of its sentences answer; ``short``: the first and last token of the short answer, among all tokens.
    """

    read: ReadingInput
    gold: tuple[int, ...]
    short: tuple[int, int] | None

    @property
    def answers(self) -> bool:
        return bool(self.gold)


def read_groups(paths: Iterable[Path], splits: Sequence[str]) -> list[dict]:
    """Read the groups of some splits, in the order of the files."""
    rows = (json.loads(line) for path in paths for line in path.open(encoding="utf-8"))
    return [row for row in rows if row["split"] in splits]


def sample(group: dict, chance: random.Random, golds: int, negatives: int) -> list[dict]:
    """Choose the passages of a group that are read in one pass: those ranked high more often."""
    gold = chance.sample(group["gold"], min(golds, len(group["gold"])))
    wanted = negatives if gold else negatives + 1
    left = list(group["negatives"])
    chosen: list[dict] = []
    while left and len(chosen) < wanted:
        weights = [0.6**place for place in range(len(left))]
        chosen.append(left.pop(chance.choices(range(len(left)), weights)[0]))
    return gold + chosen


def examples_of(
    group: dict, passages: Sequence[dict], tokenizer: PieceTokenizer, chance: random.Random
) -> list[Example]:
    """Return the passages as they are read, the question sometimes without its accents."""
    question, history = group["question"], group["history"]
    if chance.random() < NO_ACCENTS:
        question, history = fold(question), [fold(turn) for turn in history]
    return [example(question, history, passage, tokenizer) for passage in passages]


def example(question: str, history: Sequence[str], passage: dict, tokenizer: PieceTokenizer) -> Example:
    spans = [tuple(span) for span in passage["sentences"]]
    published = datetime.date.fromisoformat(passage["date"]) if passage["date"] else None
    read = prepare(tokenizer, question, history, Readable(passage["context"], published, passage["text"], tuple(spans)))
    kept = {place for place in range(len(spans)) if read.sentences[place] is not None}
    short = tokens_of(read, passage["short"]) if passage["short"] else None
    return Example(read, tuple(place for place in passage["gold"] if place in kept), short)


def tokens_of(read: ReadingInput, span: Sequence[int]) -> tuple[int, int] | None:
    """Return the first and last token that touch a span of the passage; None where it was cut off."""
    touching = np.flatnonzero((read.ends > span[0]) & (read.starts < span[1]))
    return (int(touching[0]) + read.first, int(touching[-1]) + read.first) if len(touching) else None
