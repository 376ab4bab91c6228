"""What the page does at each event, without a browser."""

from __future__ import annotations

import base64
import logging
from types import SimpleNamespace

import pytest

from qa.feedback import FeedbackStore
from qa.index import Filters
from qa.values import KINDS
from qa.web import LiveSession
from qa.web.conversation import restore
from qa.web.handlers import Handlers, PageUpdate, Tickets, day_of, filters
from qa.web.worker_pool import WorkerPool
from testing.fake_reader import OverlapReader

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
VISITOR = SimpleNamespace(session_hash="v")


@pytest.fixture
def handlers(index, encoder, tmp_path) -> Handlers:
    return Handlers(
        LiveSession.open(index, encoder, OverlapReader()),
        FeedbackStore(tmp_path / "feedback.sqlite"),
        WorkerPool(2, 30, 8),
    )


def expected_answer(handlers: Handlers, question: str, kept: list, **choices: str) -> tuple:
    """Return what is shown in the end for a typed question."""
    return list(handlers.answer(question, kept, choices, VISITOR))[-1]


def event(**fields: str) -> SimpleNamespace:
    return SimpleNamespace(**({"question": "", "turn": "1", "helpful": "", "reason": "", "form": ""} | fields))


def test_a_question_is_first_seen_being_searched_then_answered(handlers):
    first, second = handlers.answer(QUESTION, [], {}, VISITOR)
    assert "Đang tìm trong 2 bài viết…" in first[0]
    assert first[3] == ""
    assert "406" in second[0]
    assert "<mark>" in second[1]
    assert [one.shown.question for one in restore(second[2])] == [QUESTION]


def test_nothing_typed_is_nothing_asked(handlers):
    assert list(handlers.answer("  \n ", [], {}, VISITOR)) == []


def test_a_stopped_question_goes_unanswered_and_is_given_back(handlers):
    under_way = handlers.answer(QUESTION, [], {}, VISITOR)
    next(under_way)
    shown = handlers.stop([], event(question=QUESTION), VISITOR)
    assert shown[3] == QUESTION
    assert list(under_way) == []


def test_a_newer_question_overtakes_the_one_under_way(handlers):
    slow, quick = handlers.answer(QUESTION, [], {}, VISITOR), handlers.answer("Tòa án khu vực?", [], {}, VISITOR)
    next(slow)
    next(quick)
    assert list(slow) == []
    assert len(list(quick)) == 1


def test_visitors_have_tickets_of_their_own():
    tickets = Tickets()
    one, other = tickets.take("one"), tickets.take("other")
    assert tickets.spend("other", other)
    assert tickets.spend("one", one)
    assert not tickets.spend("one", one)


def test_the_tickets_of_those_who_left_do_not_pile_up(monkeypatch):
    monkeypatch.setattr("qa.web.handlers.MOST_VISITORS", 2)
    tickets = Tickets()
    taken = {visitor: tickets.take(visitor) for visitor in ("gone", "one", "other")}
    assert [tickets.spend(visitor, ticket) for visitor, ticket in taken.items()] == [False, True, True]


def test_search_alone_keeps_ranked_passages(handlers):
    (exchange,) = restore(expected_answer(handlers, "thủ tục hành chính", [], mode="search")[2])
    assert exchange.mode == "search"
    assert [quote.marker for quote in exchange.shown.citations] == [1, 2, 3]


def test_asking_as_typed_replaces_the_turn_in_both_modes(handlers):
    for mode in ("ask", "search"):
        kept = expected_answer(handlers, "quan long bien giam nguoi", [], mode=mode)[2]
        (exchange,) = restore(handlers.answer_as_typed(kept, event(turn="1"))[2])
        assert exchange.as_typed
        assert exchange.shown.understood == "quan long bien giam nguoi"


def test_asking_again_keeps_place_and_filters(handlers):
    kept = expected_answer(handlers, QUESTION, [], kind="news")[2]
    kept = expected_answer(handlers, "Còn bao nhiêu tòa án cấp tỉnh?", kept)[2]
    first, second = restore(handlers.answer_again(kept, event(turn="1"))[2])
    assert first.shown.question == QUESTION
    assert first.filters == Filters(kind="news")
    assert second.shown.question == "Còn bao nhiêu tòa án cấp tỉnh?"


@pytest.mark.parametrize("turn", ["0", "2", "-1"])
def test_a_turn_that_is_not_there_changes_nothing(handlers, turn):
    kept = expected_answer(handlers, QUESTION, [])[2]
    for answer in (handlers.answer_again(kept, event(turn=turn)), handlers.judge(kept, event(turn=turn))):
        assert all(isinstance(part, dict) and part["__type__"] == "update" for part in answer)
    assert handlers.feedback.read() == []


def test_a_question_that_is_too_long_is_said_to_be_and_stays(handlers):
    shown = expected_answer(handlers, "x" * 2001, [])
    assert "dài quá 2.000 ký tự" in shown[0]
    assert shown[3] == "x" * 2001


def test_feedback_names_answer_sources_and_generation(handlers):
    kept = expected_answer(handlers, QUESTION, [])[2]
    shown = handlers.judge(kept, event(turn="1", helpful="no", reason="Thông tin cũ"))
    assert "Cảm ơn ông/bà" in shown[0]
    (row,) = handlers.feedback.read()
    assert (row.question, row.sources, row.generation) == (QUESTION, ("long-bien",), "g000001")
    assert (row.helpful, row.reason) == (False, "Thông tin cũ")


def test_feedback_that_cannot_be_kept_is_said_to_be(handlers):
    kept = expected_answer(handlers, QUESTION, [])[2]
    handlers.feedback.path.mkdir()
    shown = handlers.judge(kept, event(turn="1", helpful="yes"))
    assert "góp ý chưa lưu được" in shown[0]
    assert 'role="alert"' in shown[0]


def test_an_export_is_a_file_of_the_conversation(handlers):
    kept = expected_answer(handlers, QUESTION, [])[2]
    file = handlers.export(kept, event(form="md"))
    assert file["name"].endswith(".md")
    assert "406 người hoạt động không chuyên trách" in base64.b64decode(file["content"]).decode()


def test_what_fails_is_said_politely_under_a_number_of_the_log(handlers, caplog):
    with caplog.at_level(logging.ERROR, "qa.web"):
        shown = handlers.apologise(expected_answer(handlers, QUESTION, [])[2], VISITOR)
    number = caplog.records[-1].getMessage().split()[1]
    assert f"Xin lỗi ông/bà, hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút. (mã {number})" in shown[0]
    assert "406" in shown[0]


def test_without_an_index_the_page_says_that_it_is_being_prepared(tmp_path, encoder):
    empty = Handlers(
        LiveSession.open(tmp_path / "none", encoder, OverlapReader()),
        FeedbackStore(tmp_path / "f"),
        WorkerPool(2, 30, 8),
    )
    assert "đang được chuẩn bị" in empty.open([], VISITOR)[0]
    assert "đang được chuẩn bị" in empty.apologise([], VISITOR)[0]


def test_a_page_that_opens_late_leaves_the_question_that_was_asked_meanwhile(handlers):
    assert "Đang tìm" not in handlers.open([], VISITOR)[0]
    nothing = PageUpdate()
    under_way = handlers.answer(QUESTION, [], {}, VISITOR)
    next(under_way)
    assert handlers.open([], VISITOR) == nothing
    next(under_way)
    assert handlers.open([], VISITOR) == nothing
    assert handlers.open([], SimpleNamespace(session_hash="another"))[0]


def test_chosen_filters_are_those_of_the_retriever():
    assert filters({"kind": "law", "since": "1/7/2025", "until": " 31/12/2025 "}) == Filters(
        since=day_of("01/07/2025"), until=day_of("31/12/2025"), kind="law"
    )
    assert filters({}) == Filters()
    assert {filters({"kind": kind}).kind for kind in KINDS} == set(KINDS)


@pytest.mark.parametrize("text", ["31/2/2025", "2025-01-01", "1/1/25", "x", "1/1", "1/1/2025/1", "-1/1/2025"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"is no day|out of range|must be in"):
        day_of(text)
