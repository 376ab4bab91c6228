"""Targets: all that is written for a browser, a terminal, a text editor or Word out of text from outside."""

from __future__ import annotations

import dataclasses
import datetime
import html
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import docx
from markdown_it import MarkdownIt

from qa.blocks import (
    Answer,
    Comparison,
    Excerpt,
    Headline,
    Link,
    Mark,
    Paragraph,
    Quote,
    Quoted,
    Related,
    Row,
    Said,
    Source,
    Timeline,
)
from qa.ingest.fetch import is_public
from qa.present import answer_lines, one_line, printable, to_docx, to_markdown, web_address
from qa.present import escape as markdown_escape
from qa.text.normalise import normalise
from qa.values import Basis, Citation, Document
from qa.web.conversation import Exchange, RankedPassages, conversation_html, dump, plain_text, restore
from qa.web.sources import article_html, evidence_html, reader_html
from qa.web.templates import ENVIRONMENT, is_web_address, source_link
from testing.fuzz.answers import small_session
from testing.fuzz.material import fields_of, text_of

WHEN = datetime.datetime(2026, 11, 2, 8, 15, tzinfo=datetime.UTC)
TAGS = frozenset(
    "a article blockquote br button dd div dl dt form h1 h2 h3 h4 h5 h6 input label li mark ol p q section span strong "
    "path svg table tbody td th thead tr ul".split()
)
ATTRIBUTES = frozenset(
    "class id title href target rel tabindex role type name maxlength placeholder hidden autocomplete scope "
    "viewbox d focusable".split()
)
SHOWN, EXACT = map(ENVIRONMENT.from_string, ("{{ text }}", "{{ text|exactly }}"))
ADDRESSES = ("http://", "https://", "/doc/", "/?q=", "#")


class Reader(HTMLParser):
    """Reads a page as a browser would: only our own tags and attributes may appear, and no address that runs code."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"the tag {tag} came from outside"
        for name, value in attrs:
            assert name in ATTRIBUTES or name.startswith(("data-", "aria-")), f"the attribute {name} came from outside"
            assert name != "href" or (value or "").lower().startswith(ADDRESSES), f"{value!r} is no address to follow"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"the comment {data!r} came from outside")

    handle_decl = handle_pi = unknown_decl = handle_comment


def read_page(page: str) -> str:
    """Return the text of a page; AssertionError where it holds what only a text from outside could have brought."""
    reader = Reader()
    reader.feed(str(page))  # a Markup would escape what it is joined with
    reader.close()
    return reader.text


def check_page_text(content: bytes) -> None:
    """What is escaped shows as itself and is nothing else; an address is http(s) or text; a terminal obeys nothing."""
    text = text_of(content)
    normal = normalise(text)
    shown, exact = SHOWN.render(text=text), EXACT.render(text=text)
    assert html.unescape(shown) == normal
    assert html.unescape(EXACT.render(text=normal)) == normal
    assert not re.search(r"[<>\"']", shown + exact)
    assert read_page(source_link(text)) in (normal, "Mở nguồn gốc (mở ở thẻ mới)")
    address = web_address(normal)
    assert address is None or re.fullmatch(r"https?://[!#-;=?-Z_a-z~%\[\]]+", address, re.IGNORECASE), address
    assert address is None or is_web_address(normal)
    assert len(printable(text)) == len(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c in "\n\t" for c in printable(text))
    assert "\n" not in one_line(text)
    try:
        public = is_public(text)
    except ValueError:
        return
    assert not (public and text.startswith(("127.", "10.", "192.168.", "169.254.", "0.", "::1", "fe80", "fc", "fd")))


def check_reader(content: bytes) -> None:
    """An article's page holds no markup but ours; what is lit is the span's own words; the id stands once."""
    place, title, url, body = fields_of(content, 4)
    text = normalise(body).strip() + "\n"
    start, end = len(place), len(place) + len(title)
    page = article_html(text, (start, end))
    read_page(page)
    lit = "".join(html.unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL))
    assert "".join(re.findall(r"\w+", lit)) == "".join(re.findall(r"\w+", text[start:end]))
    assert page.count('id="cau"') <= 1
    document = Document("a", normalise(title), text, normalise(place), normalise(url), None, "news")
    whole = reader_html(document, small_session().index, start, end)
    assert "".join(re.findall(r"\w+", text)) in "".join(re.findall(r"\w+", read_page(whole)))


def hostile_answer(content: bytes) -> Answer:
    """Return an answer all of whose texts come from outside, as a browser could send it back."""
    question, *others = fields_of(content, 6)
    text, title, url, quoted, note = (field.encode("utf-8", "replace").decode() for field in others)
    citation = Citation(
        title or "a", title, note, url, WHEN.date(), note or "news", title or None, quoted or None, 0, 5, "original"
    )
    retold = dataclasses.replace(
        citation,
        document_id="toa-an",
        text_kind="summary",
        basis=(Basis(title, note or None, None, text, url, quoted or None),),
    )
    quotes = (Quote(1, quoted, citation, 0.5), Quote(2, text, retold, 0.5))
    table = Comparison(note, (title, note, url), (Row(title, 1, quoted), Row(url, 2)))
    said = (Said(text), Quoted(1), Source(1), Related(title, note), Mark(2), Excerpt(quoted, 1))
    blocks = (Headline(quoted, 1), Paragraph(said), Timeline(note, (2, 1)), table)
    notes = (Paragraph((Said(note), Mark(1)), "note"), Paragraph((Said(note), Link(url)), "note"))
    return Answer(question, text, blocks, quotes, 0.5, notes)


def check_conversation_page(content: bytes) -> None:
    """A kept conversation comes back as it was or is dropped; its page holds no markup but ours."""
    text = text_of(content)
    try:
        kept = restore(json.loads(text))
    except (ValueError, RecursionError):
        kept = []
    answer = hostile_answer(content)
    passages = RankedPassages(answer.question, answer.understood, answer.blocks, answer.citations)
    exchanges = [*kept, Exchange(answer), Exchange(passages)]
    session = small_session()
    page = conversation_html(session, exchanges, pending=text, trouble=text)
    read_page(page + evidence_html(exchanges, session.index))
    assert plain_text(exchanges[-1].shown).count("\n") >= 2
    if text == normalise(text):
        assert restore(dump(exchanges)) == exchanges


def check_export(content: bytes) -> None:
    """Exported Markdown shows the texts as they are and makes no element of them; the Word file holds them as text."""
    answer = hostile_answer(content)
    escaped = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        markdown_escape(normalise(answer.question))
    )
    shown = read_page(escaped)
    assert squeezed(shown) == squeezed(normalise(answer.question))
    read_page(MarkdownIt("commonmark", {"html": True}).render(to_markdown([answer], WHEN)))
    document = docx.Document(io.BytesIO(to_docx([answer], WHEN)))
    assert document.paragraphs[-1].text == normalise(answer.citations[-1].text)
    assert not re.search(r"fldSimple|instrText|<w:object|<w:pict", document.element.xml)
    assert not any("\x1b" in line or "\u202e" in line for line in answer_lines(answer))


def squeezed(text: str) -> str:
    return "".join(text.split())
