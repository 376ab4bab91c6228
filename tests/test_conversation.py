"""A follow-up is searched with the earlier question that it belongs to; a question that stands alone is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import pipeline
from qa.answer.pipeline import LEAST_NEED, LONGEST_EARLIER, Answerer, ways_to_read
from qa.reading import THRESHOLD, Candidate
from qa.text import needs_history
from qa.values import Hit, Turn

LONG_BIEN, COURTS = "Quận Long Biên giảm bao nhiêu người?", "Cả nước còn bao nhiêu tòa án cấp tỉnh?"
SPOKEN = st.text("aé ?\n", max_size=500)


class Confident:
    """Is as sure of each passage read, one after the other, as it is told to be."""

    def __init__(self, *confidences: float) -> None:
        self.left = list(confidences)
        self.read_for: list[tuple[str, tuple[str, ...]]] = []

    def read(self, question: str, hits: Sequence[Hit], history: Sequence[str] = ()) -> list[Candidate]:
        self.read_for.append((question, tuple(history)))
        citation = hits[0].passage.citation
        text = hits[0].passage.text
        return [Candidate(text, citation, score=0.0, share=1.0, confidence=self.left.pop(0))]


@pytest.mark.parametrize(
    ("need", "alone", "after", "joined"),
    [
        (0.5, 0.2, 0.9, True),
        (0.5, 0.9, 0.2, False),
        (0.5, 0.9, 0.9, False),
        (0.9, 0.9, 0.6, True),
        (0.9, 0.95, 0.6, False),
        (0.99, 0.98, 0.4, True),
        (0.45, 0.5, 0.52, False),
        (0.95, 0.01, 0.15, True),
        (1.0, 1.0, 0.5, False),
    ],
)
def test_a_question_is_read_in_the_way_that_its_words_and_its_answer_speak_for(
    monkeypatch, session, need, alone, after, joined
):
    monkeypatch.setattr(pipeline, "needs_history", lambda _: need)
    reader = Confident(alone, after)
    answer = Answerer(session.retriever, reader).ask("Còn chi bộ?", history=[Turn(LONG_BIEN)])
    assert answer.understood == (f"{LONG_BIEN} Còn chi bộ?" if joined else "Còn chi bộ?")
    assert answer.question == "Còn chi bộ?"
    assert answer.declined == ((after if joined else alone) < THRESHOLD)
    assert reader.read_for == [("Còn chi bộ?", ()), ("Còn chi bộ?", (LONG_BIEN,))]


def test_a_declined_follow_up_is_repeated_without_the_questions_before_it(monkeypatch, session):
    monkeypatch.setattr(pipeline, "needs_history", lambda _: 0.95)
    answer = Answerer(session.retriever, Confident(0.01, 0.15)).ask("Con chi bo?", history=[Turn(LONG_BIEN)])
    assert answer.understood == f"{LONG_BIEN} Còn chi bộ?"
    assert "để trả lời câu hỏi “Còn chi bộ?”." in answer.text


def test_a_follow_up_may_go_back_to_the_first_question(session):
    answer = Answerer(session.retriever, Confident(0.1, 0.1, 0.9)).ask(
        "Còn chi bộ?", history=[Turn(LONG_BIEN), Turn(COURTS)]
    )
    assert answer.understood == f"{LONG_BIEN} {COURTS} Còn chi bộ?"


def test_a_question_that_needs_no_earlier_one_is_read_alone(session):
    reader = Confident(0.3)
    assert Answerer(session.retriever, reader).ask(COURTS, history=[Turn(LONG_BIEN)]).understood == COURTS
    assert reader.read_for == [(COURTS, ())]


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("Thế còn Hải Phòng?", True),
        ("Còn bao nhiêu chi bộ?", True),
        ("the con hai phong", True),
        ("Vậy từ khi nào?", True),
        ("Hiện nay nước ta có bao nhiêu tỉnh, thành phố?", False),
        ("Đắk Lắk có bao nhiêu xã?", False),
        ("Nghị định 178/2024/NĐ-CP có hiệu lực từ ngày nào?", False),
        ("Tôi 55 tuổi, công chức xã, muốn nghỉ hưu sớm thì được hưởng những gì?", False),
    ],
)
def test_the_words_of_a_question_tell_whether_it_needs_the_earlier_ones(question, needs):
    assert (needs_history(question) >= LEAST_NEED) == needs


@given(st.text(max_size=300))
def test_any_text_needs_the_earlier_ones_with_some_chance(text):
    assert 0 <= needs_history(text) <= 1
    assert needs_history(unicodedata.normalize("NFD", text)) == needs_history(text)


def test_a_question_without_history_is_read_once(session):
    reader = Confident(0.9)
    assert Answerer(session.retriever, reader).ask(COURTS).understood == COURTS
    assert reader.left == []


@pytest.mark.parametrize(
    ("earlier", "ways"),
    [
        ([], [()]),
        (["Một?"], [(), ("Một?",)]),
        (["Một?", "Hai?"], [(), ("Hai?",), ("Một?", "Hai?")]),
        (["Một?", "Hai?", "Ba?"], [(), ("Ba?",), ("Một?", "Ba?")]),
        (["Một?"] * 9, [(), ("Một?",)]),
    ],
)
def test_a_question_is_read_after_none_the_last_and_the_first_and_last_of_the_earlier_ones(earlier, ways):
    assert ways_to_read(earlier) == ways


def test_the_reader_is_given_the_earlier_questions_that_are_searched_with_it_and_no_others(session):
    reader = Confident(0.1, 0.1, 0.9)
    earlier = ["Bỏ cấp huyện từ ngày nào?", "Tòa án nào bỏ?", LONG_BIEN]
    answer = Answerer(session.retriever, reader).ask("Còn chi bộ?", history=[Turn(turn) for turn in earlier])
    assert reader.read_for == [("Còn chi bộ?", tuple(some)) for some in ([], earlier[2:], [earlier[0], earlier[2]])]
    assert answer.understood == f"{earlier[0]} {earlier[2]} Còn chi bộ?"


@given(st.lists(SPOKEN, max_size=5))
def test_a_long_past_makes_no_long_search(earlier):
    assert all(len(" ".join(some)) <= 2 * LONGEST_EARLIER + 1 for some in ways_to_read(earlier))
