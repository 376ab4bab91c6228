"""What the page writes: answers, sources and articles as HTML in which nothing from outside is markup."""

from __future__ import annotations

import dataclasses
import datetime
import gc
import html
import re
import subprocess
import sys
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.blocks import Answer, Headline, Link, Mark, Paragraph, Quote, Quoted, Related, Said
from qa.errors import IndexNotFoundError
from qa.index import Filters
from qa.settings import Settings
from qa.values import Citation, Document
from qa.web import LiveSession, conversation, create_app
from qa.web.conversation import (
    MOST,
    Exchange,
    conversation_html,
    dump,
    examples,
    exchange_html,
    follow_ups,
    greeting,
    plain_text,
    ranked,
    restore,
    turns,
)
from qa.web.sources import article_html, card_html, common_runs, evidence_html, reader_html, reason
from qa.web.templates import ENVIRONMENT, source_link
from testing.fake_reader import OverlapReader

HOSTILE = "<script>alert(1)</script> ${alert(1)} {{x}} <img src=x onerror=alert(1)> &lt; \"' \u202e\u200b"
SHOWN = HOSTILE.replace("\u202e", "").replace("\u200b", "")
FORM = {"form", "label", "input"}
QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


def exchange_of(text: str, url: str = "javascript:alert(1)") -> Exchange:
    citation = Citation("d", text, text, url, None, "news", text, text, 0, len(text), "original")
    blocks = (Headline(text, 1), Paragraph((Quoted(1),)))
    answer = Answer(
        text, text + "x", blocks, (Quote(1, text, citation, 1.0),), 0.5, (Paragraph((Said(text), Link(text)), "note"),)
    )
    return Exchange(answer, Filters(kind="law"), "g000001")


def tags(page: str) -> set[str]:
    return set(re.findall(r"<(\w+)", page))


def test_markup_in_question_answer_and_title_appears_as_text(session):
    page = exchange_html(1, exchange_of(HOSTILE), session, newest=True)
    assert (
        tags(page)
        <= {"article", "div", "p", "strong", "button", "span", "q", "ul", "ol", "li", "a", "svg", "path"} | FORM
    )
    assert html.unescape(page).count(SHOWN) >= 7
    assert 'href="javascript' not in page


def test_markup_in_a_source_appears_as_text_and_a_script_address_is_no_link(session):
    exchange = exchange_of(HOSTILE)
    card = card_html(1, exchange.shown.citations[0], exchange, session.index)
    allowed = {"article", "h3", "span", "dl", "div", "dt", "dd", "blockquote", "mark", "p", "a", "button"}
    assert tags(card) <= allowed
    assert 'href="javascript' not in card


def test_an_address_of_the_web_opens_in_a_new_tab_and_cannot_break_out():
    link = source_link('https://example.org/"onmouseover="x')
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in link
    assert '"onmouseover' not in link


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://", "http://[", ""]
)
def test_other_addresses_are_no_links(url):
    assert "href" not in source_link(url)


@given(st.text())
def test_escaped_text_holds_no_markup(text):
    assert not re.search(r"[<>\"']", ENVIRONMENT.from_string("{{ text }}").render(text=text))


def test_each_mark_leads_to_its_source_card(session):
    answer = session.ask(QUESTION)
    exchange = Exchange(answer)
    page = conversation_html(session, [exchange])
    cards = evidence_html([exchange], session.index)
    for quote in answer.citations:
        assert f'data-source="1-{quote.marker}"' in page
        assert f'id="nguon-1-{quote.marker}"' in cards


def test_the_quote_is_marked_within_its_passage(session):
    answer = session.ask("Quận Long Biên giảm bao nhiêu chi bộ tổ dân phố?")
    card = card_html(1, answer.citations[0], Exchange(answer), session.index)
    marked = re.search(r"<blockquote>(.*?)</blockquote>", card, re.DOTALL)[1]
    assert marked.startswith("Sau sắp xếp, quận Long Biên giảm 406 người")
    assert "<mark>Quận cũng giảm 80 chi bộ tổ dân phố.</mark>" in marked


def test_a_quote_whose_article_changed_is_shown_as_it_was_and_says_so(session):
    exchange = exchange_of("câu đã không còn")
    card = card_html(1, exchange.shown.citations[0], exchange, session.index)
    assert "<mark>câu đã không còn</mark>" in card
    assert "Bài viết đã thay đổi" in card


def test_the_reason_names_the_shared_words_without_words_of_asking(session):
    citation = session.ask(QUESTION).citations[0].citation
    said = reason(QUESTION, "quận Long Biên giảm 406 người hoạt động không chuyên trách.", citation)
    assert said == "Vì sao chọn: khớp các từ “Quận Long Biên giảm”, “người hoạt động không chuyên trách”."
    assert reason("xyz", "abc", citation) == "Vì sao chọn: gần nghĩa với câu hỏi."
    law = dataclasses.replace(citation, number="81/2025/QH15")
    assert reason("Luật 81/2025/QH15 nói gì?", "x", law) == "Vì sao chọn: đúng số hiệu 81/2025/QH15 trong câu hỏi."


def test_shared_words_are_found_across_accents_and_case():
    assert common_runs("quan LONG bien co bao nhieu phuong", "Quận Long Biên, 14 phường") == [
        "quan LONG bien",
        "phuong",
    ]


def test_shared_words_keep_the_signs_between_them():
    assert common_runs("Từ 01/7/2025 có mấy cấp?", "từ ngày 01/7/2025 còn 2 cấp") == ["01/7/2025", "cấp"]


def test_the_question_as_understood_is_shown_only_where_it_differs(session):
    typed = conversation_html(session, [Exchange(session.ask("quan Long Bien giam bao nhieu nguoi"))])
    assert "Hiểu là: <strong>quận Long Biên giảm" in html.unescape(typed)
    assert "Tìm đúng như đã gõ" in typed
    assert "Hiểu là" not in conversation_html(session, [Exchange(session.ask("Quận Long Biên giảm bao nhiêu người?"))])


def test_asking_as_typed_repairs_nothing(session):
    assert session.ask_as_typed("quan Long Bien giam nguoi").understood == "quan Long Bien giam nguoi"
    assert session.ask("quan Long Bien giam nguoi").understood == "quận Long Biên giảm người"


def test_the_short_answer_comes_first_and_once(session):
    answer = session.ask(QUESTION)
    assert answer.short == "406 người hoạt động không chuyên trách"
    page = conversation_html(session, [Exchange(answer)])
    short, text = f'<p class="short">{answer.short} <button', '<p class="text">Dạ, nguyên văn, Báo Thử nghiệm'
    assert page.index(short) < page.index(text)
    assert "**" not in page
    assert plain_text(answer).split("\n")[2] == answer.short


def test_a_note_leads_to_the_sources_and_addresses_it_names(session):
    differing = Paragraph((Said("Khác nhau: 406 "), Mark(1), Said("; 9 [7].")), "note")
    notes = (differing, Paragraph((Said("Có tại "), Link("https://a.vn/x")), "note"))
    answer = dataclasses.replace(session.ask(QUESTION), notes=notes)
    page = conversation_html(session, [Exchange(answer)])
    notes = page[page.index('<ul class="notes">') : page.index('<ol class="sources"')]
    assert notes.count('data-source="1-1"') == 1
    assert "9 [7]." in notes
    assert 'href="https://a.vn/x"' in notes


def test_a_refusal_links_the_articles_it_names(session):
    near = (Related("long-bien", "Quận Long Biên tinh gọn bộ máy"), Said("; "), Related("khong-co", "<b>Không có</b>"))
    refusal = Paragraph((Said("Dạ, chưa đủ. Có thể liên quan: "), *near, Said(". Xin hỏi lại.")), "refusal")
    page = conversation_html(session, [Exchange(Answer("q", "q", (refusal,), (), 0.1))])
    assert '“<a href="/doc/long-bien" target="_blank">Quận Long Biên tinh gọn bộ máy</a>”; “&lt;b&gt;' in page


def test_a_reply_to_a_greeting_shows_no_search(session):
    assert "Hiểu là" not in conversation_html(session, [Exchange(session.ask("xin chao"))])


def test_the_greeting_says_what_is_covered_and_how_new(session):
    assert greeting(session.index) == (
        "Kính chào ông/bà. Tôi trả lời câu hỏi về cải cách hành chính, tinh gọn bộ máy và sắp xếp đơn vị hành chính "
        "bằng cách trích từng câu trong 2 bài viết, bài mới nhất ngày 24/06/2025."
    )


def test_examples_are_answered_by_the_corpus_or_are_its_titles(session):
    titles = {document.title for document in session.index.documents.values()}
    proposed = examples(session)
    assert proposed
    assert all(question in titles or not session.ask(question).declined for question in proposed)


def test_other_examples_are_proposed_on_another_day(session, monkeypatch):
    monkeypatch.setattr(conversation, "EXAMPLES", tuple(f"Long Biên giảm bao nhiêu người {n}?" for n in range(8)))
    monday = datetime.date(2026, 11, 30)
    first, second = (examples(session, monday + datetime.timedelta(days)) for days in (0, 1))
    assert len(first) == len(second) == MOST
    assert not set(first) & set(second)
    assert examples(session, monday) == first


def test_follow_ups_are_the_other_headings_of_the_sources(session):
    answer = session.ask(QUESTION)
    assert follow_ups(answer, session.index) == (
        ("Thủ tục hành chính", "Thủ tục hành chính – Quận Long Biên tinh gọn bộ máy"),
    )


def test_what_a_browser_kept_comes_back_as_it_was(session):
    kept = [Exchange(session.ask(QUESTION), Filters(since=datetime.date(2020, 1, 2), kind="news"), "g000001")]
    assert restore(dump(kept)) == kept
    assert restore([{"answer": 1}]) == restore("x") == restore(None) == []


def test_only_answers_make_the_history_of_a_conversation(session):
    kept = [Exchange(session.ask(QUESTION)), Exchange(ranked(QUESTION, session.find(QUESTION, 2)))]
    assert [turn.question for turn in turns(kept)] == [QUESTION]


def test_a_copied_answer_names_its_numbered_sources(session):
    copied = plain_text(session.ask(QUESTION)).split("\n")
    assert copied[0] == QUESTION
    assert (
        copied[-1]
        == "[1] Quận Long Biên tinh gọn bộ máy · Nguyên văn, Báo Thử nghiệm (03/01/2022) · https://example.org/long-bien"
    )


ARTICLE = "Mở đầu.\n\n# Một\n\n- ý a\n- ý b\n\n1. điều\n\n> lời\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nCuối <b>."


def test_an_article_is_rendered_in_its_forms():
    assert article_html(ARTICLE, None) == (
        '<p>Mở đầu.</p><h2>Một</h2><ul><li>ý a</li><li>ý b</li></ul><ul class="numbered"><li>1. điều</li></ul>'
        "<blockquote><p>lời</p></blockquote>"
        '<div class="table" tabindex="0" role="region" aria-label="Bảng"><table><tr><td> x </td><td> y </td></tr>'
        "<tr><td> 1 </td><td> 2 </td></tr></table></div><p>Cuối &lt;b&gt;.</p>"
    )


@given(st.data())
def test_what_is_lit_in_an_article_is_the_span(data):
    start = data.draw(st.integers(0, len(ARTICLE) - 1))
    end = data.draw(st.integers(start + 1, len(ARTICLE)))
    page = article_html(ARTICLE, (start, end))
    lit = "".join(html.unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    words = "".join(re.findall(r"\w+", lit))
    assert words == "".join(re.findall(r"\w+", ARTICLE[start:end]))
    assert page.count('id="cau"') <= 1


def test_an_article_with_markup_in_it_shows_it_as_text(session):
    document = Document("d", HOSTILE, HOSTILE, HOSTILE, "javascript:x", None, "law", HOSTILE, supersedes=(HOSTILE,))
    page = reader_html(document, session.index, 0, 8)
    assert tags(page) <= {"article", "h1", "dl", "div", "dt", "dd", "p", "a", "span", "button", "mark"}


def test_a_newer_generation_answers_after_a_look_and_the_older_goes_on(index, corpus, encoder):
    live = LiveSession.open(index, encoder, OverlapReader())
    before = live.current()
    assert not live.refresh()
    (corpus / "moi.md").write_text(
        "---\ntitle: Bài mới\nsource: Báo\nurl: https://example.org\n---\nCâu mới.\n", encoding="utf-8"
    )
    qa.build_index(corpus, index, encoder)
    assert live.refresh()
    assert len(live.current().index.documents) == 3
    assert not before.ask(QUESTION).declined


def test_a_generation_that_was_replaced_is_let_go(index, corpus, encoder):
    live = LiveSession.open(index, encoder, OverlapReader())
    shown = [Exchange(live.current().ask(QUESTION))]
    conversation_html(live.current(), shown)
    conversation_html(live.current(), [])
    evidence_html(shown, live.current().index)
    before = weakref.ref(live.current().index)
    qa.build_index(corpus, index, encoder, full=True)
    assert live.refresh()
    gc.collect()
    assert before() is None


def test_gradio_keeps_few_visitors_and_calls_in_memory(index, encoder):
    site = create_app(LiveSession.open(index, encoder, OverlapReader()), Settings())
    (page,) = [route.app for route in site.routes if hasattr(getattr(route, "app", None), "state_holder")]
    assert page.state_holder.capacity == 200
    assert page.get_blocks()._queue.ANALYTICS_MAX_EVENTS == 100


def test_an_index_that_comes_later_is_found(tmp_path, corpus, encoder):
    live = LiveSession.open(tmp_path / "later", encoder, OverlapReader())
    with pytest.raises(IndexNotFoundError):
        live.current()
    qa.build_index(corpus, tmp_path / "later", encoder)
    assert live.refresh()
    assert live.is_ready


def test_a_generation_that_cannot_be_opened_leaves_the_open_one_answering(index, encoder):
    live = LiveSession.open(index, encoder, OverlapReader())
    (index / "CURRENT").write_text("g999999\n")
    assert not live.refresh()
    assert not live.current().ask(QUESTION).declined


@pytest.mark.slow
def test_the_site_begins_without_torch_and_without_the_readers_of_formats():
    asked = "import sys, qa.web; print(sorted({'torch', 'sklearn', 'trafilatura', 'pypdfium2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
