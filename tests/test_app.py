from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

import app
from qa.types import Answer, Citation, Quote

HOSTILE = "<script>alert(1)</script> **x** [a](javascript:alert(1)) $x$ `y` <img src=x onerror=alert(1)> &lt;"


def answer_of(text: str, url: str) -> Answer:
    citation = Citation("d", text, text, url, None, "news", text, text, 0, len(text))
    return Answer("q", "q", text, (Quote(1, text, citation, 1.0),), 0.5, (text,))


def test_markup_from_documents_appears_as_text():
    page = app.answer_html(answer_of(HOSTILE, "javascript:alert(1)"))
    assert set(re.findall(r"<(\w+)", page)) == {"p", "div", "strong", "blockquote"}
    assert html.unescape(page).count(HOSTILE) == 7
    assert "href" not in page


def test_an_address_of_the_web_becomes_a_safe_link():
    page = app.answer_html(answer_of("x", 'https://example.org/"onmouseover="x'))
    assert 'target="_blank" rel="noopener noreferrer"' in page
    assert '"onmouseover' not in page


@given(st.text())
def test_escaped_text_holds_no_markup_and_reads_the_same(text):
    escaped = app.escape(text)
    assert not re.search(r"[<>\"'*_`\[\]$\\|~]", escaped)
    assert html.unescape(escaped) == html.unescape("".join(app.escape(c) for c in text))


def test_the_question_as_understood_is_shown_where_it_differs(session):
    assert "Hiểu là: quận Long Biên" in html.unescape(
        app.answer_html(session.ask("quan Long Bien giam bao nhieu nguoi"))
    )
    assert "Hiểu là" not in html.unescape(app.answer_html(session.ask("Quận Long Biên giảm bao nhiêu người?")))


def test_the_greeting_says_what_is_covered_and_how_new(session):
    assert app.greeting(session) == (
        "Kính chào ông/bà. Tôi trả lời về cải cách hành chính và tinh gọn bộ máy bằng cách trích nguyên văn từ "
        "2 bài viết, mới nhất ngày 24/06/2025."
    )
