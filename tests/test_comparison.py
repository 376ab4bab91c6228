"""A comparison is answered by the sentence that tells it, else by a line a side; no difference is ever computed."""

from __future__ import annotations

import datetime
import io
import json
from dataclasses import replace
from pathlib import Path

import docx
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import qa
from qa.answer.comparison import Side, comparison_in, figure_of
from qa.answer.publish import unsupported_numbers
from qa.answer.wording_vi import HEADS, SIDE_BY_SIDE
from qa.blocks import Answer, Comparison, Paragraph, Quote, Quoted, Row, Said, cell
from qa.present import answer_lines, to_docx, to_markdown
from qa.values import Candidate, Citation
from qa.web.conversation import Exchange, conversation_html, plain_text
from testing.fake_encoder import WordHashEncoder

ARTICLES = {
    "bac-ninh": "Tỉnh Bắc Ninh có 99 xã, phường. Tỉnh Bắc Ninh rộng 4.718,6 km2 với dân số 3.619.433 người.",
    "hung-yen": "Tỉnh Hưng Yên có 104 xã, phường. Tỉnh Hưng Yên rộng 2.514,81 km2 với dân số 3.567.943 người.",
    "ca-nuoc": "Trước đợt sắp xếp, cả nước có 63 tỉnh, thành phố. Sau sắp xếp, cả nước có 34 tỉnh, thành phố.",
    "ngang-bo": "Số cơ quan ngang bộ giảm từ 4 xuống 3 so với năm 2021.",
    "thanh-tra": "Cuộc thanh tra cấp bộ kéo dài 60 ngày, còn cuộc thanh tra cấp tỉnh kéo dài 45 ngày.",
}


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> qa.Session:
    folder = tmp_path_factory.mktemp("compared")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        front = f"---\ntitle: Bài {name}\nsource: Báo Thử nghiệm\npublished: 2025-07-02\nkind: news\n---\n"
        (folder / "corpus" / f"{name}.md").write_text(front + text + "\n", encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    return qa.open_session(folder / "index", WordHashEncoder())


SIDES = [
    ("Hà Nội và Thành phố Hồ Chí Minh, nơi nào nhiều xã hơn?", "Hà Nội", "Thành phố Hồ Chí Minh", "có bao nhiêu xã"),
    ("Giữa Bắc Ninh và Hưng Yên, tỉnh nào đông dân hơn?", "Bắc Ninh", "Hưng Yên", "có dân số bao nhiêu người"),
    ("Tỉnh nào rộng hơn, Lâm Đồng hay Gia Lai?", "Lâm Đồng", "Gia Lai", "có diện tích bao nhiêu km2"),
    ("So sánh số xã của Hà Nội và Huế", "Hà Nội", "Huế", "có bao nhiêu xã"),
    (
        "Bộ Tài chính và Bộ Nông nghiệp và Môi trường, bộ nào có nhiều vụ hơn?",
        "Bộ Tài chính",
        "Bộ Nông nghiệp và Môi trường",
        "có bao nhiêu vụ",
    ),
    ("Số bộ năm 2025 giảm bao nhiêu so với năm 2021?", "Năm 2025", "Năm 2021", "có bao nhiêu bộ"),
    ("So với năm 2021, số bộ năm 2025 thay đổi thế nào?", "Năm 2025", "Năm 2021", "có bao nhiêu bộ"),
    ("Số tỉnh trước và sau khi sắp xếp thay đổi thế nào?", "Trước khi sắp xếp", "Sau khi sắp xếp", "bao nhiêu tỉnh"),
]


@pytest.mark.parametrize(("question", "one", "other", "topic"), SIDES)
def test_both_sides_and_what_they_share_are_told_from_the_question(question, one, other, topic):
    found = comparison_in(question)
    assert [side.name for side in found.sides] == [one, other]
    assert all(topic in side.question for side in found.sides)


@pytest.mark.parametrize(
    "question",
    [
        "Phân định thẩm quyền giữa cấp tỉnh và cấp xã thế nào?",
        "Bốn xã nào vẫn để nguyên, không phải nhập với nơi khác?",
        "Các luật khác phải sửa trước ngày nào?",
        "Nay mức mới cao hơn thì xử lý sao?",
        "So sánh số xã của Hà Nội và Hà Nội",
        "Khác nhau thế nào giữa Cục Thuế và Cục Hải quan?",
        "Thủ tục nay có đơn giản hơn trước không?",
        "Bộ Công Thương giảm bao nhiêu đơn vị so với trước?",
        "",
    ],
)
def test_what_compares_no_figures_has_no_sides(question):
    assert comparison_in(question) is None


@given(st.text(max_size=300))
def test_any_question_has_two_short_sides_or_none(question):
    found = comparison_in(f"So sánh {question}")
    assert found is None or all(side.name and side.question.endswith("?") for side in found.sides)


def test_each_side_has_its_line_with_its_figure_and_its_own_quote(compared):
    answer = compared.ask("Bắc Ninh và Hưng Yên, tỉnh nào nhiều xã hơn?")
    assert answer.rows == (Row("Bắc Ninh", 1, "99 xã"), Row("Hưng Yên", 2, "104 xã"))
    assert [quote.text for quote in answer.citations] == [
        "Tỉnh Bắc Ninh có 99 xã, phường.",
        "Tỉnh Hưng Yên có 104 xã, phường.",
    ]
    line = "| Bắc Ninh | **99 xã** | Tỉnh Bắc Ninh có 99 xã, phường. [1] · Nguyên văn, Báo Thử nghiệm (02/07/2025) |"
    assert line in answer.text.splitlines()
    assert unsupported_numbers(answer.text, answer.citations) == []


def test_the_figure_is_of_the_measure_asked_for_and_no_difference_is_computed(compared):
    answer = compared.ask("Giữa tỉnh Bắc Ninh và tỉnh Hưng Yên, nơi nào đông dân hơn?")
    assert [row.short for row in answer.rows] == ["3.619.433 người", "3.567.943 người"]
    assert "51.490" not in answer.text


def test_before_and_after_are_two_lines_where_no_sentence_tells_both(compared):
    answer = compared.ask("Số tỉnh, thành phố của cả nước trước và sau khi sắp xếp thay đổi thế nào?")
    assert [(row.side, row.short) for row in answer.rows] == [
        ("Trước khi sắp xếp", "63 tỉnh, thành phố"),
        ("Sau khi sắp xếp", "34 tỉnh, thành phố"),
    ]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Số cơ quan ngang bộ giảm bao nhiêu so với năm 2021?", ARTICLES["ngang-bo"]),
        ("Thời hạn cuộc thanh tra cấp bộ và cấp tỉnh khác nhau thế nào?", ARTICLES["thanh-tra"]),
    ],
)
def test_a_sentence_that_tells_it_all_is_the_answer_without_a_table(compared, question, sentence):
    answer = compared.ask(question)
    assert answer.rows == ()
    assert answer.citations[0].text == sentence
    assert "|" not in answer.text


def test_a_side_that_the_documents_do_not_cover_is_named(compared):
    answer = compared.ask("So sánh diện tích của tỉnh Bắc Ninh và tỉnh Thanh Hóa")
    assert answer.rows == ()
    assert answer.short == "4.718,6 km2"
    assert (
        answer.note_texts[0]
        == "Chưa tìm thấy trong các tài liệu câu nào đủ căn cứ về “Tỉnh Thanh Hóa”, nên chưa đủ hai vế để so sánh."
    )


def test_a_comparison_of_another_world_is_declined(compared):
    assert compared.ask("So sánh giá vàng SJC và PNJ").declined


def test_among_several_questions_a_comparison_is_a_list_with_its_marks_raised(compared):
    answer = compared.ask("Số cơ quan ngang bộ giảm bao nhiêu? Bắc Ninh và Hưng Yên, tỉnh nào nhiều xã hơn?")
    assert (
        "- Bắc Ninh: 99 xã. Tỉnh Bắc Ninh có 99 xã, phường. [2] · nguyên văn, Báo Thử nghiệm (02/07/2025)"
        in answer.text
    )
    assert answer.rows == ()


def test_every_fact_of_the_quality_questions_stands_in_an_article_that_they_name():
    root = Path(__file__).parent
    lines = (root.parent / "eval_data" / "comparisons.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (root.parent / "corpus").rglob("*.md")}
    for record in map(json.loads, lines):
        said = " ".join(texts[name] for name in record["documents"]).casefold()
        assert all(any(one.casefold() in said for one in fact.split("|")) for fact in record["facts"]), record["id"]
    assert len(lines) == 35


def quote(marker: int, text: str) -> Quote:
    day = datetime.date(2025, 7, 2)
    place = Citation(
        "a", "Bài a", "Báo | Thử", "https://example.org/a", day, "news", None, None, 0, len(text), "original"
    )
    return Quote(marker, text, place, 1.0)


def table(*texts: str, side: str = "Bắc | Ninh") -> Answer:
    quotes = tuple(quote(marker, text) for marker, text in enumerate(texts, start=1))
    rows = tuple(Row(side, one.marker, "99 xã") for one in quotes)
    return Answer("Hỏi?", "Hỏi?", (Comparison(SIDE_BY_SIDE, HEADS, rows),), quotes, 0.9)


HOSTILE = table("Gồm:\n- 99 xã | phường;\n- <script>alert(1)</script>", "Hà Nội \\| 126 [x](javascript:1) [2]")


def test_a_cell_ends_neither_its_line_nor_its_column():
    assert cell("a | b\n\\| c") == "a \\| b \\\\\\| c"
    lines = HOSTILE.text.splitlines()
    assert len(lines) == 2 + 2 + 2
    assert lines[0] == SIDE_BY_SIDE


WHEN = datetime.datetime(2026, 11, 2, 8, 15, tzinfo=datetime.UTC)


def shown_cells(markdown: str) -> list[list[str]]:
    page = lxml.html.fromstring(MarkdownIt("commonmark").enable("table").render(markdown))
    return [[cell.text_content() for cell in row.xpath("./th|./td")] for row in page.xpath("//tr")]


def test_an_exported_table_shows_every_cell_exactly():
    assert shown_cells(to_markdown([HOSTILE], WHEN)) == [
        list(HEADS),
        ["Bắc | Ninh", "99 xã", "Gồm: - 99 xã | phường; - <script>alert(1)</script> [1]"],
        ["Bắc | Ninh", "99 xã", "Hà Nội \\| 126 [x](javascript:1) [2] [2]"],
    ]


@given(st.text(min_size=1, max_size=80).filter(str.strip), st.text(max_size=40).filter(str.strip))
def test_no_text_breaks_an_exported_table(text, side):
    rows = shown_cells(to_markdown([table(text, "Hai.", side=side)], WHEN))
    assert [len(row) for row in rows] == [3, 3, 3]


def test_a_word_document_has_the_table_with_the_short_answers_in_bold():
    document = docx.Document(io.BytesIO(to_docx([HOSTILE], WHEN)))
    (shown,) = document.tables
    assert [cell.text for cell in shown.rows[0].cells] == list(HEADS)
    assert shown.rows[1].cells[2].text.startswith("Gồm:\n- 99 xã | phường;")
    assert shown.rows[1].cells[1].paragraphs[0].runs[0].bold
    assert not shown.rows[1].cells[2].paragraphs[0].runs[0].bold


def test_the_marks_of_an_exported_table_are_numbered_through_the_conversation():
    first = Answer("Một?", "Một?", (Paragraph((Said("Dạ: "), Quoted(1))),), (quote(1, "Một."),), 0.9)
    rows = shown_cells(to_markdown([first, table("Hai.", "Ba.")], WHEN))
    assert [row[2] for row in rows[1:]] == ["Hai. [2]", "Ba. [3]"]


def test_the_page_shows_a_table_whose_marks_lead_to_the_sources(compared):
    page = lxml.html.fromstring(f"<div>{conversation_html(compared, [Exchange(HOSTILE)])}</div>")
    assert [head.text_content() for head in page.xpath("//thead//th")] == list(HEADS)
    assert [quoted.text_content() for quoted in page.xpath("//td/q")] == [one.text for one in HOSTILE.citations]
    assert page.xpath("//td/button/@data-source") == ["1-1", "1-2"]
    assert page.xpath("//script") == []


def test_a_terminal_and_a_copy_show_a_line_a_side_without_markup():
    answer = table("Một.", "Hai.", side="Bắc Ninh")
    line = "- Bắc Ninh: 99 xã. Một. [1] · nguyên văn, Báo | Thử (02/07/2025)"
    assert line in "\n".join(answer_lines(answer))
    assert line in plain_text(answer)


def said(text: str, confidence: float = 0.5) -> Candidate:
    return Candidate(text, quote(1, text).citation, 0.0, 0.5, confidence)


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["Tỉnh không có đặc khu.", "Tỉnh rộng 99 km2.", "Tỉnh có 53 xã và 3 phường."], 2),
        (["Tỉnh không có đặc khu.", "Tỉnh có mười lăm xã."], 1),
        (["Tỉnh không có đặc khu.", "Tỉnh rộng 99 km2."], 1),
        (["Tỉnh không có đặc khu."], None),
    ],
)
def test_a_side_is_told_by_a_sentence_that_counts_what_is_asked_else_by_one_with_a_number(texts, chosen):
    found = figure_of(Side("Cao Bằng", "Cao Bằng có bao nhiêu xã?"), [*map(said, texts)])
    assert (found and found.text) == (None if chosen is None else texts[chosen])


def test_a_side_is_not_told_by_a_figure_that_is_not_sure():
    assert figure_of(Side("Cao Bằng", "Cao Bằng có bao nhiêu xã?"), [said("Tỉnh có 53 xã.", 0.1)]) is None


def test_a_figure_that_would_be_quoted_second_is_as_sure_as_its_side():
    first, second = said("Tỉnh không có đặc khu.", 0.6), replace(said("Tỉnh có 53 xã.", 0.04), share=0.1)
    side = Side("Cao Bằng", "Cao Bằng có bao nhiêu xã?")
    found = figure_of(side, [first, second])
    assert (found.text, found.confidence) == (second.text, 0.6)
    assert figure_of(side, [first, replace(second, share=0.01)]) is None


def test_a_side_that_still_asks_is_none():
    assert comparison_in("So với trước khi sắp xếp, sau sắp xếp cả nước có bao nhiêu tỉnh, thành phố?") is None
