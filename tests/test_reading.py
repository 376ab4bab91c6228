"""What the reader is given, and what its logits are turned into."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.encoder import packed_model
from qa.errors import EncoderError
from qa.reading import ModelReader, model_reader
from qa.reading.inputs import BEGIN, MOST_TOKENS, QUESTION_TOKENS, SEPARATOR, Readable, places, prepare
from qa.reading.model_reader import (
    LONGEST_SHORT,
    Calibration,
    PassageReading,
    SentenceReading,
    chance,
    likeliest,
    log_softmax,
    log_sum,
    sentence_readings,
    weigh,
    whole_words,
)
from qa.text import quotable_spans
from qa.values import Candidate, Citation, Hit, Passage
from testing.fake_encoder import LONG_BIEN
from testing.fake_reader import OverlapReader

TEXT = st.text("aáb1 .\n", max_size=400)
LOGITS = st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=30).map(lambda values: np.array(values, np.float32))


@dataclass
class Encoded:
    ids: list[int]
    offsets: list[tuple[int, int]]


class Spaces:
    """Cuts at white space; a token's id is the length of its word and ten."""

    def encode(self, text: str) -> Encoded:
        found = list(re.finditer(r"\S+", text))
        return Encoded([10 + len(one[0]) for one in found], [one.span() for one in found])


def readable(text: str, context: str = "Tiêu đề") -> Readable:
    return Readable(context, datetime.date(2025, 7, 1), text, tuple(quotable_spans(text)))


@given(TEXT, st.text("ab ", max_size=2000), st.lists(st.text("cd ", max_size=300), max_size=4))
def test_no_input_is_longer_than_the_model_reads_and_each_sentence_lies_in_its_passage(text, question, history):
    read = prepare(Spaces(), question, history, readable(text))
    assert len(read.ids) <= MOST_TOKENS
    assert read.ids[0] == BEGIN
    assert read.ids[-1] == SEPARATOR
    assert len(read.ids) == read.first + len(read.starts) + 1
    for (start, end), tokens in zip(quotable_spans(text), read.sentences, strict=True):
        if tokens:
            assert start <= read.starts[tokens[0]] < read.ends[tokens[1] - 1] <= end


def test_the_longest_question_leaves_room_for_160_words():
    text = "từ ngữ " * 80
    read = prepare(Spaces(), "câu hỏi " * 250, ["câu trước " * 100] * 3, readable(text, "tên " * 200))
    assert len(read.starts) == len(text.split())


def test_the_question_stands_before_the_last_turn_and_that_before_the_first():
    read = prepare(Spaces(), "a", ["bbbb", "ccccc"], readable("d"))
    asked = read.ids[1 : list(read.ids).index(SEPARATOR, 5)]
    assert list(asked) == [10 + len("query:"), 11, SEPARATOR, 15, SEPARATOR, 14][: len(asked)]
    assert len(asked) <= QUESTION_TOKENS


@given(TEXT, st.data())
def test_a_short_answer_cuts_no_word_and_stays_in_its_sentence(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first = data.draw(st.integers(0, len(text)))
    inside = (first, data.draw(st.integers(first, len(text))))
    begin, stop = whole_words(text, inside, (start, end))
    if begin < stop:
        assert start <= begin < stop <= end
        assert begin == start or not (text[begin - 1].isalnum() and text[begin].isalnum())
        assert stop == end or not (text[stop - 1].isalnum() and text[stop].isalnum())


@given(LOGITS, st.data())
def test_the_likeliest_short_answer_is_that_of_an_exhaustive_search(starts, data):
    ends = np.array(data.draw(st.lists(st.floats(-9, 9, width=32), min_size=len(starts), max_size=len(starts))))
    first, last, log = likeliest(starts, ends)
    assert 0 <= first <= last < len(starts)
    spans = [(i, j) for i in range(len(starts)) for j in range(i, len(starts))]
    assert starts[first] + ends[last] == max(starts[i] + ends[j] for i, j in spans)
    found = set(range(first, last + 1))
    near = [(i, j) for i, j in spans if 2 * len(found & set(range(i, j + 1))) >= max(j, last) - min(i, first) + 1]
    assert log == pytest.approx(math.log(sum(math.exp(starts[i] + ends[j]) for i, j in near)), abs=1e-4)


@given(LOGITS)
def test_logarithms_of_sums_are_those_of_the_sums(values):
    assert log_sum(list(map(float, values))) == pytest.approx(math.log(np.exp(values.astype(float)).sum()), abs=1e-4)
    assert np.exp(log_softmax(values)).sum() == pytest.approx(1, abs=1e-4)


def test_a_sentence_s_logit_is_the_mean_over_its_tokens_and_its_short_answer_its_likeliest_span():
    text = "Một hai. Ba bốn năm."
    read = prepare(Spaces(), "a", [], readable(text))
    logits = np.zeros((5, 3), np.float32)
    logits[:, 0] = [1, 3, 0, 0, 6]
    logits[3, 1] = logits[4, 2] = 9
    one, other = sentence_readings(read, logits, list(quotable_spans(text)), text)
    assert (one.logit, other.logit) == (2, 2)
    assert text[slice(*other.short)] == "bốn năm"
    assert other.short_log > one.short_log


def test_a_chance_lies_between_nothing_and_all_and_grows_with_what_weighs_for_it():
    chances = [chance(weigh((1.0, 0.0), (feature,))) for feature in (-1e9, 0.0, 1e9)]
    assert 0 < chances[0] < chances[1] == 0.5 < chances[2] < 1


PASSAGE_LOGITS = st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=5)


@given(PASSAGE_LOGITS, st.integers(0, 4), st.floats(0.5, 9))
def test_a_surer_passage_makes_the_answer_surer_whatever_its_place(logits, which, more):
    surer = list(logits)
    surer[which % len(logits)] += more
    assert compared(logits)[0].confidence < compared(surer)[0].confidence
    assert compared(logits)[0].confidence == pytest.approx(compared(logits[::-1])[0].confidence)


@given(PASSAGE_LOGITS)
def test_no_sentence_is_surer_than_the_one_that_comes_first(logits):
    confidences = [one.confidence for one in compared(logits)]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < confidences[0] < 1


def test_the_nearest_passage_tells_how_far_a_question_is_from_what_was_found():
    far, near, nearest = (
        compared([0.0, 0.0], cosines)[0].confidence for cosines in ((0.7, 0.7), (0.7, 0.9), (0.9, 0.9))
    )
    assert far < near == nearest


def test_passages_of_which_no_sentence_was_read_find_nothing_and_change_nothing():
    assert compared([]) == []
    assert compared([], unread=3) == []
    assert compared([1.0, 0.5], unread=3) == compared([1.0, 0.5])


def compared(logits: list[float], cosines: tuple[float, ...] = (0.9,) * 5, unread: int = 0) -> list[Candidate]:
    """Return what a reader makes of passages with these logits, each of one sentence, the first the best.

    ``unread``: how many passages stand before them of which no sentence was read.
    """
    reader = object.__new__(ModelReader)
    reader.calibration, reader.trusts_cosines = replace(Calibration.load(), order=(0.0, 1.0, 1.0)), True
    citation = Citation("a", "A", "B", "", None, "law", None, None, 0, 9, "original")
    hits = [
        Hit(Passage(f"a:{place}", "Một câu.", citation, ""), 0.5, cosine, 1.0) for place, cosine in enumerate(cosines)
    ]
    read = [
        (hits[place], PassageReading(logit, (SentenceReading((0, 8), float(-place), (0, 3), -1.0),)))
        for place, logit in enumerate(logits)
    ]
    return reader.compare([*[(hits[0], PassageReading(9.0, ()))] * unread, *read])


def test_a_model_file_that_is_not_the_tested_one_is_refused_with_a_cure(monkeypatch):
    tested = Calibration.load()
    monkeypatch.setattr(model_reader.Calibration, "load", lambda: replace(tested, sha256="0" * 64))
    with pytest.raises(EncoderError, match=r"reader\.onnx is missing or not the tested reader; install"):
        ModelReader.load(packed_model())


def test_the_reader_without_a_model_puts_the_sentence_with_the_question_s_words_first(session):
    question = "Long Biên giảm bao nhiêu người?"
    hits = session.search(question)
    first, *others = OverlapReader().read(question, hits)
    assert "406" in first.text
    assert first.text in LONG_BIEN
    assert [one.score for one in [first, *others]] == sorted((one.score for one in [first, *others]), reverse=True)


def test_a_passage_longer_than_the_model_reads_is_cut_to_its_length():
    assert len(prepare(Spaces(), "a", [], readable("a " * 1000)).ids) == MOST_TOKENS


def test_a_token_that_ends_where_a_sentence_begins_is_not_of_that_sentence():
    assert places(np.array([(0, 2), (2, 4)]), [(0, 2), (2, 4)]) == [(0, 1), (1, 2)]


def test_a_short_answer_that_ends_inside_a_word_goes_on_to_its_end():
    assert whole_words("năm 2025 qua", (4, 6), (0, 12)) == (4, 8)


def test_a_short_answer_has_as_many_tokens_as_the_longest_and_no_more():
    starts, ends = np.full(80, -5.0), np.full(80, -5.0)
    starts[0] = ends[LONGEST_SHORT] = 5
    first, last, _ = likeliest(starts, ends)
    assert last - first + 1 <= LONGEST_SHORT
