"""A summary of one document: asked for and named it is given in its own sentences, else everything stays as it is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.answer.summary import MOST_SENTENCES, Sentence, telling
from qa.blocks import Timeline
from qa.composed.prompt import messages_for
from qa.corpus import cite_whole
from qa.index import Filters
from testing.fake_encoder import WordHashEncoder

HEAD = """---
title: {title}
source: Báo Thử nghiệm
url: https://example.org/{name}
published: 2025-01-0{day}
kind: {kind}
{more}---
"""
SUBJECTS = "trợ cấp;hồ sơ;thời hạn;kinh phí;kiểm tra;khen thưởng".split(";")
SENTENCES = (
    "Nghị định bảo đảm {} cho người nghỉ việc khi bộ máy được sắp xếp lại.",
    "Cơ quan trực tiếp quản lý chịu trách nhiệm về {} của từng người trong đơn vị.",
    "Người nghỉ việc được trả lời bằng văn bản về {} trong thời gian ngắn nhất.",
    "Căn cứ Luật Tổ chức Chính phủ, {} được xem xét theo đề nghị của Bộ trưởng.",
    "Quá ngắn về {}.",
)
DECREE = HEAD.format(
    title="Nghị định 178/2024/NĐ-CP về chính sách khi sắp xếp tổ chức bộ máy",
    name="nd-178",
    day=1,
    kind="decree",
    more="number: 178/2024/NĐ-CP\n",
) + "\n".join(
    f"## Điều {number}\n\n" + " ".join(one.format(subject) for one in SENTENCES) + "\n"
    for number, subject in enumerate(SUBJECTS, 1)
)
OTHER = HEAD.format(title="Quận Hoàn Kiếm đổi mới bộ phận một cửa", name="hoan-kiem", day=2, kind="news", more="") + (
    "Quận Hoàn Kiếm đổi mới bộ phận một cửa từ đầu năm để phục vụ người dân. "
    "Bộ phận một cửa của quận nhận hồ sơ qua mạng vào mọi ngày trong tuần. "
    "Người dân quận Hoàn Kiếm khen bộ phận một cửa vì trả kết quả đúng hẹn. "
    "Quận dự kiến mở thêm hai điểm tiếp nhận tại các phường đông dân nhất. "
    "Bí thư quận ủy đề nghị cán bộ một cửa học thêm ngoại ngữ và tin học.\n"
)
CIRCULAR = HEAD.format(
    title="Thông tư 07/2025/TT-BTC hướng dẫn kinh phí theo Nghị định 199/2024/NĐ-CP",
    name="tt-07",
    day=3,
    kind="news",
    more="",
) + (
    "Thông tư 07/2025/TT-BTC hướng dẫn kinh phí thực hiện Nghị định 199/2024/NĐ-CP của Chính phủ. "
    "Kinh phí thực hiện Nghị định 199/2024/NĐ-CP do ngân sách nhà nước bảo đảm hằng năm. "
    "Đơn vị lập dự toán kinh phí theo Nghị định 199/2024/NĐ-CP cùng dự toán năm. "
    "Bộ Tài chính kiểm tra việc sử dụng kinh phí theo Nghị định 199/2024/NĐ-CP.\n"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> qa.Session:
    folder = tmp_path_factory.mktemp("summary")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "nd-178.md").write_text(DECREE, encoding="utf-8")
    (folder / "corpus" / "hoan-kiem.md").write_text(OTHER, encoding="utf-8")
    (folder / "corpus" / "tt-07.md").write_text(CIRCULAR, encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    return qa.open_session(folder / "index", WordHashEncoder())


def is_summary(answer) -> bool:
    return any(isinstance(block, Timeline) and "tiêu biểu" in block.opening for block in answer.blocks)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Tóm tắt Nghị định 178", "nd-178"),
        ("tom tat nghi dinh 178/2024/nd-cp", "nd-178"),
        ("Tóm tắt Nghị định 178/2024/NĐ-CP của Chính phủ về chính sách", "nd-178"),
        ("Cho tôi biết nội dung chính của Nghị định 178 về chính sách khi sắp xếp bộ máy?", "nd-178"),
        ("Tóm tắt Thông tư 07/2025/TT-BTC", "tt-07"),
        ("Tóm lược bài về đổi mới bộ phận một cửa quận Hoàn Kiếm", "hoan-kiem"),
    ],
)
def test_a_summary_of_one_named_document_is_its_own_sentences_in_their_order_at_most_eight(session, question, document):
    answer = session.ask(question)
    assert is_summary(answer)
    assert 4 <= len(answer.citations) <= MOST_SENTENCES
    text = session.document(document).text
    starts = [quote.citation.start for quote in answer.citations]
    assert starts == sorted(set(starts))
    for quote in answer.citations:
        assert quote.citation.document_id == document
        assert text[quote.citation.start : quote.citation.end] == quote.text
        assert not quote.text.startswith(("Căn cứ", "Quá ngắn"))


def test_a_summary_is_spread_over_the_sections(session):
    sections = {quote.citation.section for quote in session.ask("Tóm tắt Nghị định 178").citations}
    assert len(sections) >= 5


@pytest.mark.parametrize(
    "question",
    [
        "Nghị định 178 bảo đảm gì cho người nghỉ việc?",
        "Tóm tắt nghị định này",
        "Tóm tắt Nghị định 178 và Nghị định 67",
        "Tóm tắt Nghị định 999/2024/NĐ-CP",
        "Tóm tắt Nghị định 199/2024/NĐ-CP",
        "Tóm tắt lệ phí trước bạ xe máy theo Nghị định 178",
        "Tóm tắt chế độ báo cáo trong Nghị định 178/2024/NĐ-CP",
        "Nội dung chính của bộ phận một cửa quận Hoàn Kiếm là gì?",
        "Tóm tắt các nguồn trên",
        "Tóm tắt cuộc trò chuyện",
    ],
)
def test_what_asks_for_no_summary_or_names_no_single_document_is_answered_as_before(session, question):
    assert not is_summary(session.ask(question))


def test_a_document_that_the_filters_leave_out_is_not_summarised(session):
    assert not is_summary(session.ask("Tóm tắt Nghị định 178", Filters(kind="news")))


def test_a_model_may_say_as_many_sentences_as_a_summary_has_quotes(session):
    answer = session.ask("Tóm tắt Nghị định 178")
    assert len(answer.citations) > 5
    few = dataclasses.replace(answer, blocks=(), citations=answer.citations[:2])
    many = [messages_for(one)[0]["content"] for one in (answer, few)]
    assert f"nhiều nhất {max(6, len(answer.citations))} câu" in many[0]
    assert "nhiều nhất 6 câu" in many[1]


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=60), st.integers(1, 5))
def test_of_any_sentences_at_most_eight_are_chosen_each_once_equal_ones_among_them(session, seeds, sections):
    whole = cite_whole(session.document("nd-178"))
    vectors = [np.random.default_rng(seed).normal(size=8).astype(np.float32) for seed in seeds]
    cited = [dataclasses.replace(whole, section=f"Điều {seed % sections}") for seed in seeds]
    sentences = [Sentence(str(seed), one, vector) for seed, one, vector in zip(seeds, cited, vectors, strict=True)]
    chosen = telling(sentences, np.ones((1, 8), np.float32))
    assert len(chosen) == min(8, max(4, len(seeds) // 3))
    assert set(chosen) <= set(range(len(seeds)))
