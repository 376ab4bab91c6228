"""The corpus page: what is found under which words, subjects and kinds, and the chart's counts."""

from __future__ import annotations

import dataclasses
import datetime
import html
import re

import pytest

import qa
from qa.values import Document
from qa.web.catalogue import Wanted, by_month, catalogue_html, chart_of, legend, subjects_of

LAW = Document("l", "Luật Tổ chức", "x", "Quốc hội", "", datetime.date(2025, 6, 16), "law", "72/2025/QH15")


@pytest.mark.parametrize("words", ["", "luat to chuc", "LUẬT", "72/2025", "quốc hội tổ"])
def test_a_document_is_found_by_words_of_title_number_and_publisher_accents_aside(words):
    assert Wanted(words).fits(LAW, "Luật")


@pytest.mark.parametrize("wanted", [Wanted("nghị định"), Wanted(kind="decree"), Wanted(subject="Khác")])
def test_a_document_that_lacks_a_word_or_is_of_another_kind_or_subject_is_not_found(wanted):
    assert not wanted.fits(LAW, "Luật")


def test_articles_stand_under_the_subjects_of_their_folders(tmp_path, encoder):
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    for folder, name in (("don-vi-hanh-chinh", "a"), ("chu-de-la", "b")):
        (corpus / folder).mkdir(parents=True)
        (corpus / folder / f"{name}.md").write_text(
            f"---\ntitle: Bài <{name}>\nsource: Báo\nurl: https://e.vn\n---\nCâu.\n", encoding="utf-8"
        )
    qa.build_index(corpus, index, encoder)
    page = catalogue_html(qa.open_session(index, encoder).index, corpus, Wanted())
    assert re.findall(r"<h2>(.*?) <span", page) == ["chu de la", "Đơn vị hành chính"]
    assert '<a href="/doc/a">Bài &lt;a&gt;</a>' in page
    assert "<time>không rõ ngày</time>" in page


def test_without_a_corpus_folder_every_article_is_of_another_subject(session, tmp_path):
    assert subjects_of(tmp_path / "none", "g000001") == {}
    assert "Chủ đề khác" in catalogue_html(session.index, tmp_path / "none", Wanted())


def test_what_was_looked_for_stays_in_the_form_as_text(session, corpus):
    page = catalogue_html(session.index, corpus, Wanted('"><script>', kind="law"))
    assert 'value="&#34;&gt;&lt;script&gt;"' in page
    assert '<option value="law" selected>' in page
    assert "Không có bài nào phù hợp." in page


def test_the_index_is_named_with_size_generation_and_encoder(session, corpus):
    page = html.unescape(catalogue_html(session.index, corpus, Wanted()))
    for fact in ("<dd>2</dd>", "<dd>g000001</dd>", "<dd>word-hash</dd>"):
        assert fact in page


def in_month(year: int, month: int, kind: str = "law") -> Document:
    return dataclasses.replace(LAW, published=datetime.date(year, month, 3), kind=kind)


def test_the_chart_counts_months_and_kinds_and_puts_the_old_ones_together():
    documents = [in_month(2020 + place // 12, place % 12 + 1) for place in range(20)]
    documents += [in_month(2021, 8, "decree"), dataclasses.replace(LAW, published=None)]
    counts = by_month(documents)
    assert list(counts)[:2] == ["Trước", "03/2020"]
    assert len(counts) == 19
    assert counts["Trước"] == {"Luật": 2}
    assert counts["08/2021"] == {"Luật": 1, "Nghị định": 1}


def test_the_chart_says_its_numbers_as_a_table_too():
    chart = chart_of([in_month(2025, 6), in_month(2025, 6), in_month(2025, 6, "decree")])
    assert chart.rows == [("06/2025", 2, 1)]
    assert [(month.total, month.parts) for month in chart.months] == [(3, [(1, 1), (0, 2)])]
    assert chart_of([dataclasses.replace(LAW, published=None)]).months == []


def test_rare_kinds_are_put_together():
    kinds = ("news", "law", "resolution", "decree", "decision", "circular", "plan")
    documents = [in_month(2025, 1, kind) for kind in kinds for _ in range(9 - kinds.index(kind))]
    assert legend(by_month(documents)) == ["Tin tức", "Luật", "Nghị quyết", "Nghị định", "Quyết định", "Loại khác"]
