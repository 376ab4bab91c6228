"""What is small talk and what asks for a timeline: whole messages, never a word inside a question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa.answer.small_talk import reply_to
from qa.answer.timeline import asks_for_course
from qa.text import fold

CORPUS = Path(__file__).parents[1] / "corpus"
TITLE = re.compile(r"^(?:title:|#+)\s*(.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def names():
    return {name for path in CORPUS.rglob("*.md") for name in TITLE.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("form", [str, fold])
def test_no_title_and_no_heading_of_the_corpus_is_small_talk(session, names, form):
    assert len(names) > 100
    assert [name for name in names if reply_to(form(name), session.index)] == []


@pytest.mark.parametrize(
    "question",
    [
        "Phường Bồ Đề có diện tích bao nhiêu?",
        "Tỉnh Điện Biên có bao nhiêu xã?",
        "Công điện 220/CĐ-TTg ai ký?",
        "Ngũ Hành Sơn nay thuộc đâu?",
        "Dien tich phuong Bo De?",
        "Bạn có biết ai ký Công điện 220?",
        "do dien",
        "ạ",
    ],
)
def test_a_question_with_a_syllable_of_an_insult_is_a_question(session, question):
    assert reply_to(question, session.index) is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Dạ em cảm ơn ạ", "không có gì"),
        ("cam on ban nhieu nhe", "không có gì"),
        ("Chào bot, bạn là ai vậy?", "hệ thống hỏi đáp"),
        ("tuyệt vời quá bạn ơi", "không có gì"),
        ("Trả lời sai rồi bạn ơi!", "rất tiếc"),
    ],
)
def test_particles_around_a_phrase_change_nothing(session, message, said):
    assert said in reply_to(message, session.index)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Bảo tàng Lịch sử thuộc bộ nào?", False),
        ("Quá trình giải quyết hồ sơ mất mấy ngày?", False),
        ("Lịch sử sáp nhập Hà Tây bắt đầu khi nào?", False),
        ("Diễn biến việc bỏ cấp huyện?", True),
        ("Dien bien viec bo cap huyen the nao?", True),
        ("Các mốc sáp nhập của Long Biên?", True),
        ("Số tỉnh thay đổi như thế nào qua các năm?", True),
        ("Quá trình sáp nhập Hà Tây diễn ra như thế nào?", True),
    ],
)
def test_only_a_question_word_for_a_course_asks_for_a_timeline(question, asks):
    assert asks_for_course(question) is asks
