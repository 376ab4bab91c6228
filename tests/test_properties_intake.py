"""Properties of what repairs, cuts and names a document that is taken in, and of what points into one on a page."""

from __future__ import annotations

import datetime
import html
import re
import unicodedata
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from qa.blocks import Answer, Link, Paragraph, Quote, Quoted, Said
from qa.corpus.front_matter import ArticleFields
from qa.index import Filters
from qa.ingest.boilerplate import article_lines, cut_related, drop_captions
from qa.ingest.encodings import (
    TCVN3_FROM,
    TCVN3_TO,
    VNI_LETTERS,
    VNI_MARKS,
    decode,
    from_tcvn3,
    from_vni,
    plausibility,
    repair_encoding,
)
from qa.ingest.header import (
    LONGEST_TITLE,
    date_of,
    first_title,
    parse_header,
    publisher_of,
    sentence_case,
    shortened,
)
from qa.ingest.layout import flatten_pipe_tables, join_pages, table_lines, to_markdown, unwrap
from qa.ingest.pipeline import Likenesses, likeness, new_id, sketch, slug
from qa.present import numbered, one_line, printable, web_address
from qa.text.normalise import fold, normalise, syllables
from qa.values import Citation
from qa.web.conversation import Exchange, dump, restore
from qa.web.sources import article_html, common_runs, lines
from qa.web.templates import ENVIRONMENT, document_address, question_address

WORDS = st.sampled_from(
    "quận giảm người hành chính cải cách thủ tục đơn vị phường xã tỉnh Hà Nội Điều 1. 2. 406 25% (a) - • # | || --- "
    "phát- hành- Đọc thêm CỘNG HÒA XÃ HỘI LUẬT Số: 12/2025/QH15 ngày 01/7/2025 được hoãn.".split(" ")
)
LINES = st.lists(st.lists(WORDS | st.text(max_size=8), max_size=9).map(" ".join), max_size=14).map(
    lambda some: normalise("\n".join(some))
)
VIETNAMESE = st.lists(
    st.sampled_from(
        "cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc quận giảm người ủy ban nhân dân".split()
    ),
    min_size=4,
    max_size=30,
).map(" ".join)
TO_TCVN3 = str.maketrans(TCVN3_TO, TCVN3_FROM)
TO_VNI = {
    unicodedata.normalize("NFC", VNI_LETTERS.get(vowel, vowel) + accents): vowel + key
    for vowel, marks in VNI_MARKS.items()
    for key, accents in marks.items()
} | {meant: typed for typed, meant in VNI_LETTERS.items()}
TONES = "\u0300\u0301\u0303\u0309\u0323"
LETTER_AND_TONE = {
    unicodedata.normalize("NFC", vowel + tone): vowel + tone for vowel in "aăâeêioôơuưy" for tone in TONES
}
"""How Windows-1258 writes a vowel: the letter, then its tone."""


def letters(text: str) -> str:
    return re.sub(r"[\s\-\u2010]", "", text)


@given(VIETNAMESE)
def test_text_of_each_old_encoding_comes_back_as_it_was(text):
    assert from_tcvn3(text.translate(TO_TCVN3)) == text
    assert from_vni("".join(TO_VNI.get(letter, letter) for letter in text)) == text
    assert repair_encoding(text.encode("utf-8").decode("latin-1")) == text
    assert repair_encoding(text) == text


@given(VIETNAMESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258"]))
def test_bytes_of_each_encoding_are_read_whatever_is_declared(text, name):
    if name == "cp1258":
        text = "".join(LETTER_AND_TONE.get(letter, letter) for letter in text)
    assert decode(text.encode(name), "iso-8859-5") == normalise(text)


@given(st.text(max_size=60))
def test_repairing_makes_no_text_less_vietnamese(text):
    assert 0 <= plausibility(text) <= plausibility(repair_encoding(text)) <= 1


@given(LINES)
@example("ban phát-\nhành văn bản")
@example("theo nghị qu-\nyết này")
def test_joined_lines_hold_the_same_letters_in_the_same_order(text):
    assert letters(unwrap(text)) == letters(text)


@given(st.lists(LINES, max_size=5))
def test_joined_pages_hold_lines_of_the_pages_only_and_in_order(pages):
    written = [line.rstrip() for page in pages for line in page.strip().split("\n")]
    places = iter(written)
    assert all(line in places for line in join_pages(pages).split("\n") if line)


@given(LINES, st.booleans())
def test_markdown_made_of_a_text_has_no_word_that_the_text_has_not(text, official):
    marked = to_markdown(text, official=official)
    assert set(syllables(marked)) <= set(syllables(text))
    assert "\n\n\n" not in marked
    assert to_markdown(marked, official=official).count("\n\n") <= marked.count("\n\n")


@given(LINES, st.text(max_size=20))
def test_a_page_s_article_is_made_of_its_lines_in_order(text, title):
    written = [line.strip() for line in text.split("\n")]
    for kept in (article_lines(text, title).split("\n"), cut_related(written), drop_captions(written)):
        places = iter(written)
        assert all(line in places for line in kept if line)


@given(LINES)
def test_a_flattened_table_tells_every_cell_below_its_header(text):
    flat = flatten_pipe_tables(text)
    assert set(syllables(flat)) <= set(syllables(text))
    rows = [["Xã", "Dân"], *(line.split("|")[:2] for line in text.split("\n") if line.strip(" |"))]
    told = " ".join(table_lines(rows))
    assert all(" ".join(cell.split()) in told for row in rows[1:] for cell in row if len(rows) > 1)


@given(st.text(max_size=200))
def test_a_slug_is_short_ascii_and_settled(text):
    made = slug(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", made)
    assert len(made) <= 80
    assert slug(made) == made


@given(st.text(max_size=60), st.sets(st.integers(2, 9)))
def test_a_new_id_is_borne_by_nothing(title, numbers):
    draft = ArticleFields(title=title)
    first = new_id(draft, ())
    taken = {first, *(f"{first}-{number}" for number in numbers)}
    assert new_id(draft, taken) not in taken
    assert new_id(draft, taken).startswith(first)


@given(st.lists(st.integers(0, 60), max_size=120), st.lists(st.integers(0, 60), max_size=120))
def test_likeness_is_mutual_and_whole_with_itself(one, other):
    left, right = (sketch(" ".join(f"từ{number}" for number in numbers)) for numbers in (one, other))
    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1
    assert likeness(left, left) == (1.0 if len(left) >= 20 else 0.0)
    shelf = Likenesses()
    shelf.add("a", " ".join(f"từ{number}" for number in one))
    name, score = shelf.nearest(" ".join(f"từ{number}" for number in one))
    assert (name, score) == (("a", 1.0) if len(left) >= 20 else (name, 0.0))


@given(LINES, LINES)
def test_a_heading_changes_its_capitals_only(heading, body):
    heading = " ".join(heading.upper().split())
    assert fold(sentence_case(heading, body)) == fold(heading)
    assert len(sentence_case(heading, body)) == len(heading)


@given(LINES | st.text(max_size=900))
def test_a_title_is_the_beginning_of_a_line_and_short(text):
    title = first_title(text)
    assert len(title) <= LONGEST_TITLE + 1
    whole = [" ".join(line.split()) for line in text.split("\n")]
    assert not title or any(title.rstrip("…") in line for line in whole)
    assert len(shortened(text)) <= LONGEST_TITLE + 1


@given(st.text(max_size=40))
def test_any_address_has_a_publisher_or_none(text):
    for url in (text, f"https://{text}", f"http://www.{text}/a"):
        assert publisher_of(url) is not None


@given(st.dates(datetime.date(1946, 1, 1), datetime.date(2099, 12, 31)), LINES)
def test_the_day_of_a_document_is_the_one_in_its_head(day, body):
    head = f"QUỐC HỘI\nLuật số: 81/2025/QH15\nHà Nội, ngày {day.day} tháng {day.month} năm {day.year}\nLUẬT\n"
    header = parse_header(head + body)
    assert header.official
    assert header.fields.published == day
    assert date_of(re.match(r"(\d+)/(\d+)/(\d+)", f"{day:%d/%m/%Y}")) == day


@given(LINES, LINES)
def test_what_the_question_shares_with_a_text_is_the_question_s_own_words(question, text):
    runs = common_runs(question, text)
    assert all(run and run in question for run in runs)
    assert len(runs) <= 5
    assert all(set(syllables(run)) for run in runs)


@given(LINES)
def test_the_lines_of_an_article_are_its_text_without_marks(text):
    found = list(lines(text))
    assert all(0 <= line.start <= line.end <= len(text) for line in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    shown = "".join(text[line.start : line.end] for line in found)
    assert "".join(re.findall(r"\w", shown)) == "".join(re.findall(r"\w", text))
    page = article_html(text, None)
    assert "<mark" not in page
    assert set(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]*>", " ", page)))) >= set(re.findall(r"\w+", text)) - {""}


@given(st.text(st.characters(codec=None), max_size=40))
def test_what_a_terminal_or_an_address_is_given_holds_nothing_to_obey(text):
    assert len(printable(text)) == len(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c in "\n\t" for c in printable(text))
    assert len(one_line(text).splitlines()) <= 1
    assert re.fullmatch(r"/doc/[\w.%~-]*", document_address(text), re.ASCII)
    assert re.fullmatch(r"/\?q=[\w.%~-]*", question_address(text), re.ASCII)
    assert html.unescape(ENVIRONMENT.from_string("{{ text }}").render(text=text)) == normalise(text)
    assert web_address(text) is None or web_address(text).isascii()


TEXT = st.text(max_size=12)
MAYBE, PLACES = st.none() | TEXT, st.integers(0, 3)
CITATIONS = st.builds(Citation, TEXT, TEXT, TEXT, TEXT, st.none() | st.dates(), TEXT, MAYBE, MAYBE, PLACES, PLACES)
QUOTES = st.lists(st.tuples(TEXT.filter(bool), CITATIONS), max_size=3).map(
    lambda some: tuple(Quote(place, text, citation, 0.5) for place, (text, citation) in enumerate(some, 1))
)


def said(quotes: tuple[Quote, ...]) -> Answer:
    blocks = tuple(Paragraph((Quoted(quote.marker), Said("."))) for quote in quotes)
    return Answer("hỏi", "hỏi", blocks, quotes, 0.5, (Paragraph((Said("lưu ý "), Link("https://a.vn")), "note"),))


FILTERS = st.builds(Filters, st.none() | st.dates(), st.none(), st.sampled_from([None, "law"]))
EXCHANGES = st.builds(lambda quotes, filters: Exchange(said(quotes), filters=filters), QUOTES, FILTERS)


@given(st.lists(EXCHANGES, max_size=4))
def test_a_conversation_comes_back_from_the_browser_as_it_was(exchanges):
    assert restore(dump(exchanges)) == exchanges


@given(st.lists(QUOTES, max_size=3))
def test_an_exported_conversation_numbers_each_quoted_span_once(conversations):
    quotes = [quote for some in conversations for quote in some]
    _, sources = numbered(list(map(said, conversations)))
    assert [source.marker for source in sources] == list(range(1, len(sources) + 1))
    spans = {(one.citation.document_id, one.citation.start, one.citation.end, one.text) for one in quotes}
    assert len(sources) == len(spans)
    assert {quote.text for quote in quotes} == {source.text for source in sources}
