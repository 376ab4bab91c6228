"""Targets: what a question asks for, its short answer, its completion from a conversation."""

from __future__ import annotations

import re

from qa.follow_ups import complete
from qa.reading.answer_span import fit_of, named, short_answer
from qa.reading.answer_type import AnswerType, ExpectedAnswer, expected_answer
from qa.text.normalise import fold, normalise
from qa.text.terms import words
from qa.values import Turn
from testing.fuzz.material import fields_of, text_of

KINDS = tuple(AnswerType)
DIGITS = re.compile(r"\d+")


def check_asked(content: bytes) -> None:
    """Every question asks for something; the unit is folded words; accents typed apart change nothing."""
    text = text_of(content)
    wanted = expected_answer(text)
    assert wanted.kind in KINDS
    assert all(word and word == fold(word) for word in wanted.unit)
    assert not wanted.unit or wanted.kind in (AnswerType.FIGURE, AnswerType.PLACE)
    assert expected_answer(text) == wanted
    assert expected_answer(f"  {normalise(text)}\n").kind is expected_answer(normalise(text)).kind


def check_short(content: bytes) -> None:
    """A short answer is a part of its sentence and is not what the question says; its fit lies in 0..1."""
    question, sentence = (normalise(field) for field in fields_of(content, 2))
    sentence = sentence or question
    wanted = expected_answer(question)
    for kind in KINDS:
        some = wanted if kind is wanted.kind else ExpectedAnswer(kind, wanted.unit)
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
