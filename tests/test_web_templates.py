"""The templates: every value shown as text, none missing without an error, whatever it says."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from benchmarks.security import strings
from qa.text import normalise
from qa.web.sources import article_html
from qa.web.templates import ENVIRONMENT, GLANCE, notice_html, page_html, pieces, render, source_link

HOSTILE = [text for texts in strings().values() for text in texts]
TEMPLATES = sorted(Path(ENVIRONMENT.loader.searchpath[0]).glob("*.html"))


@given(
    st.lists(st.sampled_from(["toàn bộ xã An Bình cũ", "; ", ", ", ": ", " ", "\n", ".", "x" * 90]), max_size=40).map(
        "".join
    )
)
def test_the_pieces_of_a_sentence_are_its_characters_in_order(sentence):
    assert "".join(pieces(sentence)) == sentence
    assert len(sentence) > GLANCE or pieces(sentence) == [sentence]


@pytest.mark.parametrize("separator", ["; ", ", "])
def test_a_long_list_is_shown_in_several_lines_each_short(separator):
    sentence = "Xã An Bình mới gồm: " + separator.join(f"toàn bộ xã số {place} cũ" for place in range(30)) + "."
    assert len(pieces(sentence)) > 3
    assert max(map(len, pieces(sentence))) <= GLANCE


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_is_shown_as_text_without_invisible_characters(text):
    page = notice_html(text, text)
    assert normalise(text) in text_of(page)
    assert re.findall(r"<(\w+)", page) == re.findall(r"<(\w+)", notice_html("x", "x"))
    assert normalise(text) in text_of(page_html(text, notice_html("x")).split("</title>")[0])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_cannot_leave_its_attribute(text):
    page = render("login", address=text, is_wrong=False)
    assert html.unescape(re.search(r'action="([^"]*)"', page)[1]) == normalise(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_address_stays_within_its_link_or_is_text(text):
    link = source_link(text)
    assert isinstance(link, Markup)
    assert re.findall(r"<(\w+)", link) in ([], ["span"], ["a", "span"])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_article_is_shown_character_by_character(text):
    line = f"A {normalise(text)}".replace("\n", " ").rstrip()
    assert text_of(article_html(line, (0, 1))) == line


def test_a_body_that_is_no_markup_is_shown_as_text():
    assert "&lt;b&gt;" in page_html("x", "<b>")


def test_a_value_that_was_not_given_is_an_error():
    with pytest.raises(UndefinedError, match="heading"):
        render("notice", text="", waiting=False)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_calls_a_value_safe_or_turns_escaping_off_or_styles_inline(template):
    assert not re.search(r"\bsafe\b|autoescape|\bstyle=\"|<script(?! src=)", template.read_text(encoding="utf-8"))
