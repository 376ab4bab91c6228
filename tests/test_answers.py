from __future__ import annotations

import datetime
import unicodedata
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa
from qa.index.bm25 import LexicalIndex, Postings

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


def test_the_answer_quotes_the_sentence_with_the_figure(session):
    answer = session.ask(QUESTION)
    first = answer.citations[0]
    assert first.text == "Sau sắp xếp, quận Long Biên giảm 406 người hoạt động không chuyên trách."
    assert f"{first.text} [1]" in answer.text
    assert (first.citation.title, first.citation.source) == ("Quận Long Biên tinh gọn bộ máy", "Báo Thử nghiệm")
    assert first.citation.published == datetime.date(2022, 1, 3)
    assert "03/01/2022" in answer.text


def test_no_short_answer_stands_above_where_two_things_are_asked(session):
    assert session.ask(QUESTION).short == "406 người hoạt động không chuyên trách"
    both = session.ask("Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách, kết quả ra sao?")
    assert "406" in both.text
    assert both.short is None


def test_without_accents_the_answer_is_the_same(session):
    bare = session.ask("quan long bien giam bao nhieu nguoi hoat dong khong chuyen trach")
    assert bare.citations[0].text == session.ask(QUESTION).citations[0].text


def test_accents_typed_in_either_form_give_the_same_answer(session):
    assert session.ask(unicodedata.normalize("NFD", QUESTION)).text == session.ask(QUESTION).text


@pytest.mark.parametrize(
    "question",
    ["Giá vàng hôm nay bao nhiêu?", "What is the capital of France?", "한국의 수도는?", "123456789", "xyzzy", "a"],
)
def test_what_the_documents_do_not_say_is_declined_politely(session, question):
    answer = session.ask(question)
    assert answer.declined
    assert answer.citations == ()
    assert answer.text.startswith("Dạ, các tài liệu hiện có chưa đủ căn cứ")


@pytest.mark.parametrize("question", ["", "   ", "?!.,;", "🙂🙂🙂", "\u200b\u202e"])
def test_a_question_without_a_word_asks_for_one(session, question):
    answer = session.ask(question)
    assert answer.declined
    assert "nhập câu hỏi" in answer.text
    assert session.search(question) == []


def test_a_question_of_ten_thousand_characters_is_refused_with_its_length(session):
    with pytest.raises(ValueError, match="10000 characters; use at most 2000"):
        session.ask("a" * 10_000)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_question_is_answered_by_exact_quotes_or_declined(shared_session, question):
    answer = shared_session.ask(question)
    assert answer.declined == (not answer.citations)
    assert 0 <= answer.confidence <= 1
    for quote in answer.citations:
        text = shared_session.document(quote.citation.document_id).text
        assert text[quote.citation.start : quote.citation.end] == quote.text
        assert f"{quote.text} [{quote.marker}]" in answer.text


@pytest.fixture(scope="module")
def shared_session(tmp_path_factory):
    from testing.fake_encoder import COURTS, LONG_BIEN, WordHashEncoder

    folder = tmp_path_factory.mktemp("shared")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "a.md").write_text(LONG_BIEN, encoding="utf-8")
    (folder / "corpus" / "b.md").write_text(COURTS, encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    return qa.open_session(folder / "index", WordHashEncoder())


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(session, k):
    with pytest.raises(ValueError, match=f"k is {k}"):
        session.search(QUESTION, k)


def test_hits_come_best_first_and_a_large_k_brings_all(session):
    hits = session.search(QUESTION, 100)
    assert len(hits) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (qa.Filters(kind="law"), {"toa-an"}),
        (qa.Filters(since=datetime.date(2022, 1, 4)), {"toa-an"}),
        (qa.Filters(since=datetime.date(2022, 1, 3), until=datetime.date(2022, 1, 3)), {"long-bien"}),
        (qa.Filters(as_of=datetime.date(2025, 6, 30)), {"long-bien"}),
        (qa.Filters(as_of=datetime.date(2025, 7, 1)), {"long-bien", "toa-an"}),
        (qa.Filters(kind="plan"), set()),
    ],
)
def test_filters_let_through_exactly_what_they_say(session, filters, expected):
    assert {hit.passage.citation.document_id for hit in session.search(QUESTION, 10, filters)} == expected


def test_filters_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match="is after until"):
        qa.Filters(since=datetime.date(2025, 1, 2), until=datetime.date(2025, 1, 1))
    with pytest.raises(ValueError, match="kind is 'tin'"):
        qa.Filters(kind="tin")


def test_of_two_copies_one_is_cited_and_the_other_mentioned(corpus, tmp_path, encoder):
    copy = (corpus / "long-bien.md").read_text(encoding="utf-8").replace("Báo Thử nghiệm", "Báo Khác")
    (corpus / "ban-sao.md").write_text(
        copy.replace("kind: news", "kind: news\nduplicate_of: long-bien"), encoding="utf-8"
    )
    qa.build_index(corpus, tmp_path / "two", encoder)
    session = qa.open_session(tmp_path / "two", encoder)
    answer = session.ask(QUESTION)
    assert len({quote.citation.document_id for quote in answer.citations}) == 1
    assert len(answer.notes) == 1
    assert "Nội dung này cũng có tại: “Quận Long Biên tinh gọn bộ máy”" in answer.note_texts[0]
    assert {hit.passage.citation.document_id for hit in session.search(QUESTION, 9)} in (
        {"long-bien", "toa-an"},
        {"ban-sao", "toa-an"},
    )


@pytest.mark.parametrize(
    "written",
    ["81/2025/QH15", "81/2025/qh15", "luật 81 năm 2025", "Luật số 81/2025", "luat 81/2025", "Luật 81/2025/QH15"],
)
def test_a_document_number_finds_its_document_first(session, written):
    hits = session.search(f"{written} nói gì về quận Long Biên", 3)
    assert hits[0].passage.citation.document_id == "toa-an"


def test_abbreviations_match_what_is_written_out_and_back():
    lexical = LexicalIndex(
        [Postings.build(["Ủy ban nhân dân phường cấp giấy.", "HĐND xã họp thường lệ.", "Tòa án xét xử."])]
    )
    assert lexical.scores("UBND")[0] == lexical.scores("UBND").max() > 0
    assert lexical.scores("hội đồng nhân dân").argmax() == 1
    assert lexical.scores("hội đồng nhân dân")[2] == 0


def test_a_question_asked_again_on_the_same_day_is_not_searched_again(index, encoder, monkeypatch):
    session = qa.open_session(index, encoder)
    searched: list[str] = []
    retrieve = session.retriever.retrieve
    monkeypatch.setattr(
        session.retriever, "retrieve", lambda query, *others: (searched.append(query), retrieve(query, *others))[1]
    )
    question = "Long Biên giảm bao nhiêu người?"
    first = session.ask(question)
    assert searched
    times = len(searched)
    assert session.ask(question) == first
    assert len(searched) == times
    session.ask(question, qa.Filters(kind="law"))
    session.ask(question, history=[qa.Turn("Cả nước còn mấy tòa án?")])
    assert len(searched) > times + 1


def test_a_session_that_nobody_holds_lets_its_generation_go_at_once(index, encoder):
    session = qa.open_session(index, encoder)
    session.ask(QUESTION)
    gone = weakref.ref(session.index)
    del session
    assert gone() is None
