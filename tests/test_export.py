"""Exports: the exact text, numbered sources, and nothing from outside that is obeyed."""

from __future__ import annotations

import datetime
import io
import json
import re

import docx
import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.blocks import Answer, Headline, Mark, Paragraph, Part, Quote, Quoted, Said, Source
from qa.present import document_object, escape, to_docx, to_json, to_markdown, web_address
from qa.text.normalise import normalise
from qa.values import Citation, Document, Ending

WHEN = datetime.datetime(2026, 11, 2, 8, 15, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
HOSTILE = st.text(
    st.sampled_from(list("<>&[]()!`*_~#|\\^$@=+-:;.%/{}\"'1 \t\n\r\x00\x0b\u2028\ufffe\ud800aăđ"))
    | st.characters(codec=None),
    max_size=60,
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/p.png)",
        "```\nmã\n```",
        "~~~",
        "    thụt đầu dòng",
        "1. một\n2) hai\n- ba\n+ bốn\n* năm",
        "Tiêu đề\n===\nKhác\n---",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "> trích",
        "[1]: http://evil.example",
        "<http://evil.example>",
        "&lt;b&gt; &#x202e; &copy",
        "=HYPERLINK(“http://evil.example”)",
        "+1-2",
        "@SUM(A1)",
        "* * *",
        "\\",
        "a\\\nb",
        "**đậm** __gạch__ ~~xóa~~",
    ]
)


def quote(marker: int, text: str, document: str = "a", start: int = 0, **changes) -> Quote:
    fields = {
        "document_id": document,
        "title": f"Bài {document}",
        "source": "Báo Thử nghiệm",
        "url": f"https://example.org/{document}",
        "published": datetime.date(2022, 1, 3),
        "kind": "news",
        "number": None,
        "section": None,
        "start": start,
        "end": start + len(text),
        "text_kind": "original",
    }
    return Quote(marker, text, Citation(**fields | changes), 1.0)


def note(*said: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph((Said(one),), "note") for one in said)


def answer(*quotes: Quote, parts: tuple[Part, ...] | None = None, question: str = "Còn mấy cấp?", **changes) -> Answer:
    sentences = (part for one in quotes for part in (Said(" "), Quoted(one.marker)))
    opening = Said("Dạ, nguyên văn, Báo Thử nghiệm (03/01/2022):")
    block = Paragraph((opening, *sentences) if parts is None else parts)
    fields = {"blocks": (block,), "understood": question, "confidence": 0.9}
    return Answer(question=question, citations=quotes, **fields | changes)


CONVERSATION = [
    answer(
        quote(1, "Giảm 406 người."),
        quote(2, "Giảm 80 chi bộ.", start=20),
        question="giam bao nhieu",
        understood="giảm bao nhiêu",
    ),
    answer(parts=(Said("Dạ, chưa đủ căn cứ."),), question="Giá vàng?", notes=note("Hỏi cụ thể hơn.")),
    answer(
        quote(
            1, "Luật ghi:\n- một;\n- hai.", "b", number="81/2025/QH15", section="Điều 5", url="ftp://x", published=None
        ),
        quote(2, "Giảm 406 người."),
    ),
]


def markdown_tree(text: str) -> lxml.html.HtmlElement:
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return lxml.html.fromstring(f"<div>{renderer.render(text)}</div>")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def word(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def test_markdown_has_the_conversation_then_its_numbered_sources():
    assert (
        to_markdown(CONVERSATION, WHEN)
        == r"""# Hỏi đáp cải cách hành chính

Xuất lúc 08:15 ngày 02/11/2026. Câu trả lời gồm những câu trích đúng từng chữ từ các nguồn ghi ở cuối.

## Câu hỏi 1: giam bao nhieu

Hiểu là: giảm bao nhiêu

Dạ, nguyên văn, Báo Thử nghiệm (03/01/2022): Giảm 406 người. \[1\] Giảm 80 chi bộ. \[2\]

## Câu hỏi 2: Giá vàng?

Dạ, chưa đủ căn cứ.

Lưu ý: Hỏi cụ thể hơn.

## Câu hỏi 3: Còn mấy cấp?

Dạ, nguyên văn, Báo Thử nghiệm (03/01/2022): Luật ghi:\
\- một;\
\- hai. \[3\] Giảm 406 người. \[1\]

## Nguồn

**\[1\] Bài a** · Nguyên văn, Báo Thử nghiệm (03/01/2022) · <https://example.org/a>

> Giảm 406 người.

**\[2\] Bài a** · Nguyên văn, Báo Thử nghiệm (03/01/2022) · <https://example.org/a>

> Giảm 80 chi bộ.

**\[3\] Bài b** · Nguyên văn, văn bản 81/2025/QH15, Điều 5 · Báo Thử nghiệm · ftp\://x

> Luật ghi:\
> \- một;\
> \- hai.
"""
    )


def test_docx_has_the_conversation_then_its_numbered_sources():
    document = word(to_docx(CONVERSATION, WHEN))
    assert [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs] == [
        ("Title", "Hỏi đáp cải cách hành chính"),
        (
            "Normal",
            "Xuất lúc 08:15 ngày 02/11/2026. Câu trả lời gồm những câu trích đúng từng chữ từ các nguồn ghi ở cuối.",
        ),
        ("Heading 1", "Câu hỏi 1: giam bao nhieu"),
        ("Normal", "Hiểu là: giảm bao nhiêu"),
        ("Normal", "Dạ, nguyên văn, Báo Thử nghiệm (03/01/2022): Giảm 406 người. [1] Giảm 80 chi bộ. [2]"),
        ("Heading 1", "Câu hỏi 2: Giá vàng?"),
        ("Normal", "Dạ, chưa đủ căn cứ."),
        ("Normal", "Lưu ý: Hỏi cụ thể hơn."),
        ("Heading 1", "Câu hỏi 3: Còn mấy cấp?"),
        ("Normal", "Dạ, nguyên văn, Báo Thử nghiệm (03/01/2022): Luật ghi:\n- một;\n- hai. [3] Giảm 406 người. [1]"),
        ("Heading 1", "Nguồn"),
        ("Normal", "[1] Bài a · Nguyên văn, Báo Thử nghiệm (03/01/2022) · https://example.org/a"),
        ("Quote", "Giảm 406 người."),
        ("Normal", "[2] Bài a · Nguyên văn, Báo Thử nghiệm (03/01/2022) · https://example.org/a"),
        ("Quote", "Giảm 80 chi bộ."),
        ("Normal", "[3] Bài b · Nguyên văn, văn bản 81/2025/QH15, Điều 5 · Báo Thử nghiệm · ftp://x"),
        ("Quote", "Luật ghi:\n- một;\n- hai."),
    ]
    links = [link for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert [(link.text, link.address) for link in links] == [("https://example.org/a",) * 2] * 2
    properties = document.core_properties
    assert (properties.title, properties.author, properties.language) == ("Hỏi đáp cải cách hành chính", "", "vi-VN")
    assert properties.created.replace(tzinfo=None) == datetime.datetime(2026, 11, 2, 1, 15)


def test_a_conversation_without_sources_promises_none():
    assert to_markdown([], WHEN) == "# Hỏi đáp cải cách hành chính\n\nXuất lúc 08:15 ngày 02/11/2026.\n"
    assert len(word(to_docx([], WHEN)).paragraphs) == 2


def test_brackets_inside_a_quote_or_a_publisher_are_no_marks():
    first = answer(quote(1, "Câu đầu."))
    second = answer(
        quote(1, "Theo [1] và [2], giảm.", "b", source="Báo [2]"),
        quote(2, "[1]", "c"),
        parts=(Said("Giảm [1]. Dạ, "), Source(1), Said(": "), Quoted(1), Said(" "), Quoted(2), Said(" [9]")),
    )
    lines = [paragraph.text for paragraph in word(to_docx([first, second], WHEN)).paragraphs]
    assert "Giảm [1]. Dạ, nguyên văn, Báo [2] (03/01/2022): Theo [1] và [2], giảm. [2] [1] [3] [9]" in lines


def test_a_mark_away_from_its_quote_is_numbered_too():
    parts = (Said("80 chi bộ "), Mark(1), Said(". Dạ: "), Quoted(1))
    second = answer(quote(1, "Giảm 80 chi bộ.", "b"), parts=parts)
    lines = [paragraph.text for paragraph in word(to_docx([answer(quote(1, "Câu đầu.")), second], WHEN)).paragraphs]
    assert "80 chi bộ [2]. Dạ: Giảm 80 chi bộ. [2]" in lines


def test_a_note_s_mark_is_numbered_through_the_conversation_too():
    second = answer(quote(1, "Giảm 80 chi bộ.", "b"), notes=(Paragraph((Said("Khác nhau: 80 "), Mark(1)), "note"),))
    assert "Lưu ý: Khác nhau: 80 \\[2\\]" in to_markdown([answer(quote(1, "Câu đầu.")), second], WHEN)


def test_a_headline_is_bold_and_shows_no_sign_of_markup():
    headed = answer(quote(1, "Giảm 406 người."), blocks=(Headline("406 người", 1), Paragraph((Quoted(1),))))
    (bold,) = (one for one in markdown_tree(to_markdown([headed], WHEN)).iter("strong") if one.text == "406 người")
    assert bold.getparent().text_content() == "406 người"
    paragraph = next(one for one in word(to_docx([headed], WHEN)).paragraphs if one.text == "406 người")
    assert paragraph.runs[0].bold


@given(HOSTILE)
@settings(deadline=None)
def test_escaped_text_shows_as_itself_and_makes_no_element(text):
    text = normalise(text)
    tree = markdown_tree(escape(text))
    assert {element.tag for element in tree.iter()} <= {"div", "p", "br"}
    assert squeezed(tree.text_content()) == squeezed(text)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(deadline=None)
def test_hostile_text_in_markdown_shows_as_itself(first, second, url):
    hostile = answer(
        quote(1, f"Câu {first} này.", title=first, source=second, number=second, section=first, url=url),
        question=first,
        understood=second,
        notes=note(first, second),
    )
    tree = markdown_tree(to_markdown([hostile], WHEN))
    allowed = {"div", "h1", "h2", "p", "br", "strong", "blockquote"} | ({"a"} if web_address(url) else set())
    assert {element.tag for element in tree.iter()} <= allowed
    assert all(element.get("href").startswith(("http://", "https://")) for element in tree.iter("a"))
    (quoted,) = tree.iter("blockquote")
    assert squeezed(quoted.text_content()) == squeezed(normalise(f"Câu {first} này."))
    assert squeezed(tree.xpath("string(.//strong)")) == squeezed(f"[1] {normalise(first)}")


@given(HOSTILE, HOSTILE)
@settings(deadline=None, max_examples=40)
def test_hostile_text_in_docx_is_kept_as_plain_text(first, second):
    hostile = answer(
        quote(1, first, title=second, url=first), question=second, parts=(Said(first),), notes=note(second)
    )
    document = word(to_docx([hostile], WHEN))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[-1] == normalise(first)
    assert f"Câu hỏi 1: {squeezed(normalise(second))}" in texts
    assert f"Lưu ý: {squeezed(normalise(second))}" in texts
    assert not re.search(r"fldSimple|instrText|<w:object|<w:pict", document.element.xml)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_what_a_spreadsheet_would_calculate_stays_text(start):
    document = word(to_docx([answer(quote(1, start), question=start)], WHEN))
    assert document.paragraphs[-1].text == start
    assert document.paragraphs[-1].runs[0].text == start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Điều 5. Chính phủ", "Điều 5. Chính phủ"),
        ("32/2021/NĐ-CP, giảm 33,2% (a) lúc 10:30: xong", "32/2021/NĐ-CP, giảm 33,2% (a) lúc 10:30: xong"),
        ("1. Sắp xếp", r"1\. Sắp xếp"),
        ("2) Sắp xếp", r"2\) Sắp xếp"),
        ("https://a.vn www.b.vn c@d.vn", r"https\://a.vn www\.b.vn c\@d.vn"),
        (":smile: %%ẩn%%", r"\:smile: \%%ẩn\%%"),
        ("một\n\n  hai", "một\\\nhai"),
    ],
)
def test_only_what_markdown_would_obey_is_escaped(text, expected):
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a?b=c&d=1#e", "https://example.org/a?b=c&d=1#e"),
        ("HTTP://Example.org:8080/%20", "HTTP://Example.org:8080/%20"),
        (
            "https://example.org/tiếng việt<>\"'[x]`",
            "https://example.org/ti%E1%BA%BFng%20vi%E1%BB%87t%3C%3E%22'%5Bx%5D%60",
        ),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org", None),
        ("https://", None),
        ("https://[", None),
        ("https://bank.vn@evil.example/", None),
        ("https://ex ample.org", None),
        ("example.org", None),
        ("", None),
        ("https://example.org/" + "a" * 2_000, None),
    ],
)
def test_only_a_web_address_becomes_a_link(url, expected):
    assert web_address(url) == expected


def test_a_document_that_tells_what_has_ended_is_json():
    ending = Ending(("Bộ cũ",), datetime.date(2025, 3, 1), "Không còn")
    document = Document("a", "Bài", "Câu.", "Báo", "", datetime.date(2025, 2, 1), "news", ended=(ending,))
    written = json.loads(to_json(document_object(document)))
    assert written["published"] == "2025-02-01"
    assert written["ended"] == [{"names": ["Bộ cũ"], "since": "2025-03-01", "section": "Không còn"}]
