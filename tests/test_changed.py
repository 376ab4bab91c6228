"""A question about now that rests on something that has ended is corrected first, with the source of that."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.answer.false_premise import Change, change_behind, changes_told
from qa.corpus.articles import load_corpus, parse_article
from qa.corpus.passages import cut
from qa.errors import DocumentReadError
from qa.ingest import take_in
from qa.text.normalise import fold
from qa.values import Document
from testing.fake_encoder import LONG_BIEN, WordHashEncoder

CORPUS = Path(__file__).parent.parent / "corpus"
TODAY = datetime.date(2026, 11, 2)
ENDED = """---
title: Những đơn vị không còn
source: Quốc hội
url: https://example.org/khong-con
published: 2025-06-16
kind: news
effective_from: 2025-07-01
ended:
  - names: [cấp huyện, huyện, quận]
    since: 2025-07-01
    section: Cấp huyện
  - names: [quận Long Biên, UBND quận Long Biên]
    since: 2025-07-01
    section: "Không còn từ 01/7/2025: quận Long Biên; UBND quận Long Biên"
---
## Cấp huyện

Cấp huyện kết thúc hoạt động từ ngày 01/7/2025.

## Không còn từ 01/7/2025: quận Long Biên; UBND quận Long Biên

Quận Long Biên không còn từ ngày 01/7/2025. Địa bàn cũ nay thuộc bốn phường. Câu thứ ba không cần.

## Không còn từ 01/7/2025: quận Hoàn Kiếm

Mục này không có trong phần đầu của bài.
"""
CORRECTION = "Quận Long Biên không còn từ ngày 01/7/2025."


def told_by(articles: list[Document]) -> list[Change]:
    passages = {article.id: cut(article) for article in articles}
    return changes_told(articles, passages.__getitem__)


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> qa.Session:
    folder = tmp_path_factory.mktemp("changed")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "khong-con.md").write_text(ENDED, encoding="utf-8")
    (folder / "corpus" / "long-bien.md").write_text(LONG_BIEN, encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    return qa.open_session(folder / "index", WordHashEncoder())


@pytest.fixture(scope="module")
def shipped() -> list:
    return told_by(load_corpus(CORPUS / "dieu-da-thay-doi"))


def test_the_correction_comes_first_with_its_citation(changed):
    answer = changed.ask("Chủ tịch UBND quận Long Biên hiện nay là ai?")
    assert [quote.text for quote in answer.citations] == [CORRECTION, "Địa bàn cũ nay thuộc bốn phường."]
    assert (
        answer.text == f"Dạ, nguyên văn, Quốc hội (16/06/2025): {CORRECTION} [1] Địa bàn cũ nay thuộc bốn phường. [2]"
    )
    for quote in answer.citations:
        document = changed.document(quote.citation.document_id)
        assert document.text[quote.citation.start : quote.citation.end] == quote.text


@pytest.mark.parametrize(
    "question",
    [
        "quan long bien hien nay co bao nhieu phuong",
        "Bây giờ quận Long Biên có mấy phường?",
        "Năm 2026 quận Long Biên?",
    ],
)
def test_the_time_may_be_named_in_other_ways_and_without_accents(changed, question):
    assert changed.ask(question).citations[0].text == CORRECTION


@pytest.mark.parametrize(
    "question",
    [
        "Năm 2020, quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?",
        "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?",
        "Ngày 03/01/2022 quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?",
    ],
)
def test_a_question_about_the_past_is_answered_as_it_stands(changed, question):
    assert changed.ask(question).citations[0].text.startswith("Sau sắp xếp, quận Long Biên giảm 406 người")


@pytest.mark.parametrize(
    "filters", [qa.Filters(as_of=datetime.date(2025, 6, 30)), qa.Filters(until=datetime.date(2022, 12, 31))]
)
def test_as_of_a_day_before_the_change_nothing_is_corrected(changed, filters):
    answer = changed.ask("Quận Long Biên hiện nay giảm bao nhiêu người hoạt động không chuyên trách?", filters)
    assert answer.citations[0].text.startswith("Sau sắp xếp, quận Long Biên giảm 406 người")


def test_from_the_very_day_of_the_change_it_is_corrected(changed):
    answer = changed.ask("Quận Long Biên hiện nay ra sao?", qa.Filters(as_of=datetime.date(2025, 7, 1)))
    assert answer.citations[0].text == CORRECTION


def test_what_is_older_than_the_correction_is_not_quoted_beside_it(changed):
    answer = changed.ask("Quận Long Biên hiện nay giảm bao nhiêu người hoạt động không chuyên trách?")
    assert {quote.citation.document_id for quote in answer.citations} == {"khong-con"}


def test_only_the_field_ended_tells_a_change_each_with_the_section_it_names():
    told = told_by([parse_article(ENDED, Path("khong-con.md"))])
    assert [(change.names, change.since, change.passage.text.split(".")[0]) for change in told] == [
        (("cấp huyện", "huyện", "quận"), datetime.date(2025, 7, 1), "Cấp huyện kết thúc hoạt động từ ngày 01/7/2025"),
        (("quận long biên", "ubnd quận long biên"), datetime.date(2025, 7, 1), CORRECTION.rstrip(".")),
    ]


@pytest.mark.parametrize(
    ("written", "instead", "reason"),
    [
        ("since: 2025-07-01", "since: 45/7/2025", r"ended\.0\.since is '45/7/2025'; write a date as YYYY-MM-DD"),
        ("since: 2025-07-01", "on: 2025-07-01", r"ended\.0\.since is 'None'; write a list of entries"),
        ("section: Cấp huyện", "section: Cấp tỉnh", r"ended\.0\.section is 'Cấp tỉnh'; write a heading of the text"),
        ("names: [cấp huyện, huyện, quận]", "names: []", r"ended\.0\.names is 'a list'; write a list of entries"),
        ("ended:\n", "ended: [có]\nx:\n", r"ended\.0 is 'có'; write a list of entries"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_its_cure(written, instead, reason):
    with pytest.raises(DocumentReadError, match=reason):
        parse_article(ENDED.replace(written, instead, 1), Path("khong-con.md"))


def test_what_has_ended_stays_with_the_document_through_the_index_and_the_intake(changed, tmp_path):
    (written,) = [document for document in changed.index.documents.values() if document.ended]
    assert written == parse_article(ENDED, Path("khong-con.md"))
    (tmp_path / "bai.md").write_text(ENDED, encoding="utf-8")
    take_in([tmp_path / "bai.md"], tmp_path / "corpus")
    (taken,) = load_corpus(tmp_path / "corpus")
    assert taken.ended == written.ended


WANTED = [
    ("63 tỉnh thành hiện nay gồm những tỉnh nào?", "63 tỉnh"),
    ("Chủ tịch UBND quận Long Biên hiện nay là ai?", "quận long biên"),
    ("Cấp huyện hiện nay có bao nhiêu đơn vị?", "cấp huyện"),
    ("Quận Cầu Giấy hiện nay có mấy phường?", "cấp huyện"),
    ("Bộ trưởng Bộ Kế hoạch và Đầu tư hiện nay là ai?", "bộ kế hoạch và đầu tư"),
    ("Bộ KH&ĐT bây giờ ở đâu?", "bộ kế hoạch và đầu tư"),
    ("TP Thủ Đức hiện nay có bao nhiêu phường?", "thành phố thủ đức"),
    ("Tòa án nhân dân cấp huyện hiện nay xét xử những vụ nào?", "tòa án nhân dân cấp huyện"),
    ("Kon Tum bây giờ nằm trong tỉnh nào?", "tỉnh kon tum"),
    ("Hội đồng nhân dân huyện hiện nay bỏ phiếu thế nào?", "cấp huyện"),
]


@pytest.mark.parametrize(("question", "name"), WANTED)
def test_the_shipped_articles_correct_the_longest_name(shipped, question, name):
    assert change_behind(question, shipped, TODAY).names[0] == name


@pytest.mark.parametrize(
    "question",
    [
        "Phường Bình Dương hiện nay ở đâu?",
        "Xã Đông Phương Yên, huyện Chương Mỹ, Hà Nội nay là xã nào?",
        "Trước tôi ở xã Tiên Ngoại, tỉnh Hà Nam, bây giờ thuộc phường nào?",
        "Vì sao hiện nay không còn cấp huyện?",
        "Bỏ huyện rồi thì nay ai cấp giấy phép mở quán nước?",
        "Phòng y tế huyện dẹp rồi, bây giờ ai kiểm tra quán ăn?",
        "Hồi còn huyện thì bến xe do huyện quản, nay ai quản?",
        "Quận giải thể rồi, nay nộp đơn ở đâu?",
        "Thuế chợ trước huyện thu, nay ai thu?",
        "Ngày xưa huyện coi chợ, nay ai coi?",
        "Huyện bị xóa tên, nay sổ sách để đâu?",
        "Huyện bị xoá tên, nay sổ sách để đâu?",
        "Cơ quan, quân đội, quản lý hiện nay thế nào?",
        "Cơ quan Thuế liên huyện hiện nay ra sao?",
        "Từ trước đến nay huyện nào đông nhất?",
        "Việc thực hiện có hiệu quả ở huyện không?",
        "Bộ Tài chính hiện nay có bao nhiêu vụ?",
        "",
    ],
)
def test_what_has_not_ended_or_is_known_to_have_is_not_corrected(shipped, question):
    assert change_behind(question, shipped, TODAY) is None


def test_every_section_of_the_shipped_articles_tells_a_change(shipped):
    articles = load_corpus(CORPUS / "dieu-da-thay-doi")
    headings = [line for article in articles for line in article.text.splitlines() if line.startswith("## ")]
    assert len(shipped) == len(headings) >= 40


def test_without_accents_a_long_name_is_still_known(shipped):
    assert (
        change_behind(fold("Bộ Giao thông vận tải") + " hiện nay", shipped, TODAY).names[0] == "bộ giao thông vận tải"
    )


@given(st.text(max_size=200))
def test_any_text_is_corrected_by_a_change_that_it_names_or_not_at_all(text):
    told = told_by([parse_article(ENDED, Path("khong-con.md"))])
    assert change_behind(f"{text} hiện nay", told, TODAY) in (None, *told)
