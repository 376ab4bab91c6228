"""Targets: what a question asks for, its short answer, its completion from a conversation."""

from __future__ import annotations

import re

from qa.conversation import complete
from qa.question import Asked, Kind, asked
from qa.short import fit_of, named, short_answer
from qa.spelling import words
from qa.types import Turn
from qa.vietnamese import fold, normalise
from tests.fuzz.material import fields_of, text_of

KINDS = tuple(Kind)
DIGITS = re.compile(r"\d+")


def check_asked(content: bytes) -> None:
    """Every question asks for something; the unit is folded words; accents typed apart change nothing."""
    text = text_of(content)
    wanted = asked(text)
    assert wanted.kind in KINDS
    assert all(word and word == fold(word) for word in wanted.unit)
    assert not wanted.unit or wanted.kind in (Kind.FIGURE, Kind.PLACE)
    assert asked(text) == wanted
    assert asked(f"  {normalise(text)}\n").kind is asked(normalise(text)).kind


def check_short(content: bytes) -> None:
    """A short answer is a part of its sentence and is not what the question says; its fit lies in 0..1."""
    question, sentence = (normalise(field) for field in fields_of(content, 2))
    sentence = sentence or question
    wanted = asked(question)
    for kind in KINDS:
        some = wanted if kind is wanted.kind else Asked(kind, wanted.unit)
        short = short_answer(some, sentence, question)
        assert 0 <= fit_of(some, sentence, short) <= 1
        if short:
            assert short.text
            assert short.text == short.text.strip()
            assert short.text in sentence
            assert 0 <= short.fit <= 1
            assert f" {' '.join(words(named(short)))} " not in f" {' '.join(words(question))} "


def check_follow_up(content: bytes) -> None:
    """A completed question is short, in one line, and holds no number that nobody said."""
    question, *said = (normalise(field) for field in fields_of(content, 5))
    history = [Turn(said[0], said[1]), Turn(said[2], said[3])]
    completed = complete(question, history)
    assert complete(question, []) == question
    if completed != question:
        assert len(completed) <= 500
        assert completed.endswith("?")
        assert completed == " ".join(completed.split())
        assert set(DIGITS.findall(completed)) <= set(DIGITS.findall(" ".join([question, *said])))
        assert complete(question, history) == completed
