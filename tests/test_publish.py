"""The gate: whatever a draft claims, what gets out is exact quotes and numbers that stand in them."""

from __future__ import annotations

import ast
import dataclasses
import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa
from qa.answer.draft import Draft, Inquiry
from qa.answer.publish import publish
from qa.blocks import (
    Answer,
    Block,
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
    markers,
)
from qa.index import Filters
from qa.values import Citation
from testing.fake_encoder import COURTS, LONG_BIEN, WordHashEncoder
from testing.fake_reader import OverlapReader

QUERY = "Năm 2031 quận giảm 555 người?"
FACTS = "2 24/06/2025"
NUMBER = re.compile(r"\d+(?:[.,/:-]\d+)*")


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory) -> Inquiry:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "corpus").mkdir()
    for name, text in (("long-bien", LONG_BIEN), ("toa-an", COURTS)):
        (folder / "corpus" / f"{name}.md").write_text(text, encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    session = qa.open_session(folder / "index", WordHashEncoder())
    return Inquiry(session.retriever, OverlapReader(), QUERY, QUERY, QUERY, Filters(), datetime.date(2026, 1, 1))


def quote_of(inquiry: Inquiry, document_id: str, text: str, marker: int = 1) -> Quote:
    """Return a true quote."""
    document = inquiry.index.documents[document_id]
    start = document.text.index(text)
    told = (document.title, document.source, document.url, document.published, document.kind, document.number)
    return Quote(marker, text, Citation(document_id, *told, None, start, start + len(text), "original"), 0.9)


@pytest.fixture(scope="module")
def true_quotes(inquiry) -> tuple[Quote, Quote]:
    reduced = "Sau sắp xếp, quận Long Biên giảm 406 người hoạt động không chuyên trách."
    courts = "Cả nước còn 34 tòa án cấp tỉnh."
    return quote_of(inquiry, "long-bien", reduced, 1), quote_of(inquiry, "toa-an", courts, 2)


def paragraph(*parts) -> Paragraph:
    return Paragraph(parts)


def test_a_true_draft_gets_out_whole(inquiry, true_quotes):
    blocks = (
        Headline("406 người", 1),
        paragraph(Said("Dạ, "), Source(1), Said(": "), Quoted(1)),
        Timeline("Dạ, theo thời gian:", (2, 1)),
        Comparison("Dạ:", ("Vế", "Ngắn", "Trích"), (Row("Long Biên", 1, "406 người"), Row("Tòa án", 2))),
    )
    answer = publish(Draft(blocks, true_quotes, 0.8), inquiry)
    assert (answer.blocks, answer.citations, answer.confidence) == (blocks, true_quotes, 0.8)


FORGED = {
    "another word": lambda one: dataclasses.replace(one, text=one.text.replace("giảm", "tăng")),
    "another number": lambda one: dataclasses.replace(one, text=one.text.replace("406", "407")),
    "a span beside it": lambda one: moved(one, start=one.citation.start + 1),
    "no such document": lambda one: moved(one, document_id="nowhere"),
    "another publisher": lambda one: moved(one, source="Báo 999"),
    "another date": lambda one: moved(one, published=datetime.date(1999, 9, 9)),
    "nothing": lambda one: dataclasses.replace(one, text=""),
}


def moved(one: Quote, **changes) -> Quote:
    return dataclasses.replace(one, citation=dataclasses.replace(one.citation, **changes))


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_quote_is_withheld_with_the_blocks_that_rest_on_it(inquiry, true_quotes, forge):
    quotes = (forge(true_quotes[0]), true_quotes[1])
    answer = publish(Draft((Headline("406 người", 1), paragraph(Quoted(1)), paragraph(Quoted(2))), quotes), inquiry)
    assert answer.citations == true_quotes[1:]
    assert answer.blocks == (paragraph(Quoted(2)),)


INVENTED = {
    "a number said": (paragraph(Said("Giảm 407 người: "), Quoted(1)),),
    "the question's number": (paragraph(Said("Giảm 555 người: "), Quoted(1)),),
    "a number of another paragraph's quote": (paragraph(Said("Còn 34: "), Quoted(1)), paragraph(Quoted(2))),
    "a number in brackets": (paragraph(Said("[999] "), Quoted(1)),),
    "a number put together": (paragraph(Said("9"), Excerpt("406 người", 1), Said(" "), Quoted(1)),),
    "a number in an opening": (Timeline("Dạ, 999 mốc:", (1,)),),
    "a number in a head": (Comparison("Dạ:", ("999", "", ""), (Row("Long Biên", 1),)),),
    "a number in a side": (Comparison("Dạ:", ("", "", ""), (Row("Năm 999", 1),)),),
    "a short answer of no quote": (Comparison("Dạ:", ("", "", ""), (Row("Long Biên", 1, "407 người"),)),),
    "an excerpt of no quote": (paragraph(Excerpt("407 người", 1), Quoted(1)),),
    "an excerpt of another quote": (paragraph(Excerpt("34 tòa án", 1), Quoted(1)), paragraph(Quoted(2))),
    "a marker of no quote": (paragraph(Quoted(1), Quoted(7)),),
    "a row that points nowhere": (Comparison("Dạ:", ("", "", ""), (Row("Long Biên", 1), Row("Huế", 7))),),
    "a title of no document": (paragraph(Quoted(1), Related("long-bien", "Quận 9")),),
    "words without a quote": (paragraph(Said("Dạ, đúng vậy.")),),
    "a mark without a quote": (paragraph(Said("Dạ, đúng vậy "), Mark(1)),),
    "a refusal with a number": (Paragraph((Said("Chưa rõ, có lẽ 999."),), "refusal"),),
    "a note in the place of an answer": (Paragraph((Said("Dạ, giảm 555 người."),), "note"),),
    "a reply with a number": (Paragraph((Said("Xin chào, tôi có 999 bài."),), "reply"),),
}


@pytest.mark.parametrize("blocks", INVENTED.values(), ids=INVENTED)
def test_what_no_document_bears_out_does_not_get_out(inquiry, true_quotes, blocks):
    answer = publish(Draft(blocks, true_quotes, 0.9), inquiry)
    assert blocks[0] not in answer.blocks
    assert answer.declined or answer.citations == true_quotes[1:]


def test_a_headline_of_no_quote_is_left_out_and_the_rest_stays(inquiry, true_quotes):
    answer = publish(Draft((Headline("bốn trăm", 1), paragraph(Quoted(1))), true_quotes), inquiry)
    assert (answer.short, answer.blocks) == (None, (paragraph(Quoted(1)),))


def test_a_note_keeps_to_the_sources_and_the_question(inquiry, true_quotes):
    parts = ((Said("Chưa rõ về năm 2031."),), (Said("Chỉ 999 người."),), (Said("x"), Link("http://x")))
    notes = tuple(Paragraph(one, "note") for one in parts)
    answer = publish(Draft((paragraph(Quoted(1)),), true_quotes, notes=notes), inquiry)
    assert answer.note_texts == ("Chưa rõ về năm 2031.",)


def test_of_two_quotes_under_one_marker_neither_gets_out(inquiry, true_quotes):
    twins = (true_quotes[0], dataclasses.replace(true_quotes[1], marker=1))
    assert publish(Draft((paragraph(Quoted(1)),), twins), inquiry).declined


SENTENCES = [line for text in (LONG_BIEN, COURTS) for line in re.findall(r"[^.\n]+\.", text.split("---\n")[2])]
MARKERS = st.integers(0, 4)
WORDS = st.text(st.sampled_from("0123456789 ab.,/[]()"), max_size=8) | st.sampled_from(
    ["Dạ, theo ", ": ", "406", "407", "[1]", "34", "555", "24/06/2025", "2 bài viết", "hai mươi", *SENTENCES]
)
TITLES = st.sampled_from(["Quận Long Biên tinh gọn bộ máy", "Tòa án khu vực thay tòa án cấp huyện", "Quận 9"])
PARTS = (
    st.builds(Said, WORDS)
    | st.builds(Quoted, MARKERS)
    | st.builds(Excerpt, WORDS, MARKERS)
    | st.builds(Mark, MARKERS)
    | st.builds(Source, MARKERS)
    | st.just(Link("http://9.example"))
    | st.builds(Related, st.sampled_from(["long-bien", "toa-an", "nowhere"]), TITLES)
)
LINES = st.lists(PARTS, max_size=4).map(tuple)
ROWS = st.lists(st.builds(Row, WORDS, MARKERS, st.none() | WORDS), max_size=2).map(tuple)
BLOCKS = (
    st.builds(Headline, WORDS, MARKERS)
    | st.builds(Paragraph, LINES, st.sampled_from(["answer", "refusal", "reply", "note"]))
    | st.builds(Timeline, WORDS, st.lists(MARKERS, max_size=3).map(tuple))
    | st.builds(Comparison, WORDS, st.tuples(WORDS, WORDS, WORDS), ROWS)
)
QUOTES = st.tuples(
    st.sampled_from(["long-bien", "toa-an", "nowhere"]),
    st.sampled_from(SENTENCES) | WORDS,
    MARKERS,
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from(["", "", "", "Báo 999"]),
)


def built(inquiry: Inquiry, name: str, text: str, marker: int, shift: int, source: str) -> Quote:
    document = inquiry.index.documents.get(name) or inquiry.index.documents["long-bien"]
    start = max(0, document.text.find(text.strip())) + shift
    told = (document.title, source or document.source, document.url, document.published, document.kind, document.number)
    return Quote(marker, text.strip(), Citation(name, *told, None, start, start + len(text.strip()), "original"), 0.5)


def allowed_in(answer: Answer) -> set[str]:
    """Return the numbers that a reader may see in an answer."""
    known = [quote.text for quote in answer.citations]
    for one in (quote.citation for quote in answer.citations):
        known.append(f"{one.title} {one.source} {one.number} {one.published:%d/%m/%Y}")
    kinds = {block.kind for block in answer.blocks if isinstance(block, Paragraph)}
    known += [QUERY] * ("refusal" in kinds) + [FACTS] * ("reply" in kinds)
    known += [part.title for block in answer.blocks for part in block.parts if isinstance(part, Related)]
    return set(NUMBER.findall("\n".join(known)))


def assert_borne_out(answer: Answer, inquiry: Inquiry) -> None:
    for quote in answer.citations:
        document = inquiry.index.documents[quote.citation.document_id]
        assert document.text[quote.citation.start : quote.citation.end] == quote.text != ""
        assert (document.title, document.source) == (quote.citation.title, quote.citation.source)
        assert any(Quoted(quote.marker) in block.parts for block in answer.blocks)
    assert len(answer.quotes) == len(answer.citations)
    assert set(markers((*answer.blocks, *answer.notes))) <= set(answer.quotes)
    for part in (part for block in answer.blocks for part in block.parts):
        assert not isinstance(part, Excerpt) or part.text in answer.quotes[part.marker].text
        assert not isinstance(part, Link)
        assert not isinstance(part, Related) or inquiry.index.documents[part.document_id].title == part.title
    text = answer.text
    for quote in answer.citations:
        text = text.replace(f" [{quote.marker}]", " ")
    text = re.sub("|".join(rf"\[{marker}\]" for marker in answer.quotes) or "(?!)", " ", text)
    assert set(NUMBER.findall(text)) <= allowed_in(answer)
    assert 0 <= answer.confidence <= 1
    assert answer.blocks


@given(
    st.lists(BLOCKS, max_size=4),
    st.lists(QUOTES, max_size=4),
    st.floats(-2, 2),
    st.lists(st.builds(Paragraph, LINES, st.just("note")), max_size=2),
)
@settings(max_examples=400)
def test_no_hostile_draft_gets_anything_out_that_the_documents_do_not_hold(inquiry, blocks, quotes, confidence, notes):
    forged = tuple(built(inquiry, *one) for one in quotes)
    answer = publish(Draft(tuple(blocks), forged, confidence, tuple(notes)), inquiry)
    assert_borne_out(answer, inquiry)
    assert set(NUMBER.findall(" ".join(answer.note_texts))) <= allowed_in(answer) | {"2031", "555"} | {
        str(marker) for marker in answer.quotes
    }


def test_hostile_drafts_are_not_all_refused(inquiry, true_quotes):
    """The property above says something only if drafts of its form can get out."""
    block: Block = Comparison("Dạ, theo ", (": ", "", ""), (Row("406", 1, "406 người"),))
    assert publish(Draft((block,), true_quotes), inquiry).blocks == (block,)


def test_no_other_module_makes_an_answer():
    package = Path(qa.__file__).parent
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and "Answer" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
    }
    assert makers == {"answer/publish.py"}
