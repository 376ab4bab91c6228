"""The intake's front door: every format in, the same source again, duplicates, lists and removals."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import docx
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from qa.corpus.articles import list_documents, load_corpus, read_article, remove_documents, stored_articles
from qa.ingest import IntakeReport, take_in

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SEED = Path(__file__).parents[2] / "shared" / "sources" / "seed" / "000_a4e1284a5308ad4b.txt"
SENTENCES = [
    "Quận Long Biên giảm 406 người hoạt động không chuyên trách sau khi sắp xếp.",
    "Quận rút ngắn thời gian giải quyết của 33,2% thủ tục hành chính.",
    "Công chức tư pháp ký chứng thực theo Nghị định số 32/2021/NĐ-CP của Chính phủ.",
]
RESOLUTION = [
    "ỦY BAN THƯỜNG VỤ QUỐC HỘI",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Số: 1656/NQ-UBTVQH15",
    "Hà Nội, ngày 16 tháng 6 năm 2025",
    "NGHỊ QUYẾT",
    "VỀ VIỆC SẮP XẾP CÁC ĐƠN VỊ HÀNH CHÍNH CẤP XÃ",
    "Căn cứ Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam;",
    "Điều 1. Sắp xếp các đơn vị hành chính cấp xã",
    *[f"{n}. Sắp xếp toàn bộ diện tích của phường Số {n} thành phường Mới {n * 7}." for n in range(1, 40)],
]


def html_page(title: str, paragraphs: list[str], head: str = '<meta charset="utf-8">') -> str:
    menu = "".join(f'<li><a href="/{n}">Chuyên mục {n}</a></li>' for n in range(12))
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html><head>{head}<title>{title}</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>{title}</h1>{body}</article><footer><p>Giấy phép số 1, Hà Nội</p></footer></body></html>"
    )


def write_pdf(path: Path, pages: list[list[str]], **options: object) -> Path:
    pdfmetrics.registerFont(TTFont("Body", str(FONT)))
    sheet = canvas.Canvas(str(path), **options)
    for number, lines in enumerate(pages, start=1):
        sheet.setFont("Body", 11)
        for place, line in enumerate(lines):
            sheet.drawString(60, 760 - 16 * place, line)
        sheet.drawString(300, 30, f"Trang {number}/{len(pages)}")
        sheet.showPage()
    sheet.save()
    return path


def write_docx(path: Path) -> Path:
    document = docx.Document()
    document.add_heading("Quận Long Biên tinh gọn bộ máy", 1)
    for sentence in SENTENCES:
        document.add_paragraph(sentence)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Phường", "Dân số", "Ngọc Lâm", "21.000"], strict=True):
        cell.text = text
    document.save(path)
    return path


def only(report: IntakeReport):
    (intake,) = report.intakes
    return intake


def article(corpus: Path, report: IntakeReport):
    return read_article(corpus / "them-vao" / f"{only(report).document_id}.md")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "nguồn có dấu"
    path.mkdir()
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "kho"


def test_plain_text_goes_in_with_what_it_says_of_itself(folder, shelf):
    path = folder / "Nghị quyết số 1656.txt"
    path.write_text("\n".join(RESOLUTION), encoding="utf-8")
    report = take_in([path], shelf)
    document = article(shelf, report)
    assert only(report).outcome == "taken"
    assert (document.id, document.number, document.kind) == ("1656-nq-ubtvqh15", "1656/NQ-UBTVQH15", "resolution")
    assert (document.published, document.source) == (datetime.date(2025, 6, 16), "Ủy ban Thường vụ Quốc hội")
    assert document.title.startswith("Nghị quyết 1656/NQ-UBTVQH15 về việc sắp xếp các đơn vị")
    assert "## Điều 1. Sắp xếp các đơn vị hành chính cấp xã\n\n1. Sắp xếp toàn bộ" in document.text


def test_html_goes_in_without_its_menus(folder, shelf):
    path = folder / "trang.html"
    path.write_text(html_page("Quận Long Biên tinh gọn bộ máy", SENTENCES), encoding="utf-8")
    document = article(shelf, take_in([path], shelf))
    assert document.title == "Quận Long Biên tinh gọn bộ máy"
    assert document.text.strip().split("\n\n") == SENTENCES


def test_a_table_of_a_page_becomes_rows_that_stand_alone(folder, shelf):
    table = "<table><tr><th>Phường</th><th>Dân số</th></tr><tr><td>Ngọc Lâm</td><td>21.000</td></tr></table>"
    path = folder / "trang.html"
    path.write_text(html_page("Dân số các phường của quận", [*SENTENCES, table]), encoding="utf-8")
    assert "Phường: Ngọc Lâm; Dân số: 21.000" in article(shelf, take_in([path], shelf)).text


@pytest.mark.parametrize("head", ["", '<meta charset="iso-8859-1">', '<meta charset="windows-1252">'])
def test_a_page_with_a_wrong_or_missing_encoding_is_read_right(folder, shelf, head):
    path = folder / "trang.html"
    path.write_bytes(html_page("Quận Long Biên tinh gọn bộ máy", SENTENCES, head).encode())
    assert SENTENCES[0] in article(shelf, take_in([path], shelf)).text


def test_docx_keeps_headings_and_rows(folder, shelf):
    text = article(shelf, take_in([write_docx(folder / "văn bản.docx")], shelf)).text
    assert "Phường: Ngọc Lâm; Dân số: 21.000" in text
    assert SENTENCES[2] in text


@pytest.mark.skipif(not FONT.is_file(), reason="no TrueType font with Vietnamese letters")
def test_pdf_keeps_sentences_whole_and_drops_page_numbers(folder, shelf):
    pages = [["Quận Long Biên tinh gọn bộ máy", "", *SENTENCES[:2], "Đến nay, hoạt động của các chi bộ"]]
    pages += [["tổ dân phố ổn định, hiệu quả.", SENTENCES[2]], ["Quận cũng giảm 80 chi bộ."]]
    text = article(shelf, take_in([write_pdf(folder / "van-ban.pdf", pages)], shelf)).text
    assert "Đến nay, hoạt động của các chi bộ tổ dân phố ổn định, hiệu quả." in text
    assert "Trang" not in text


def test_json_fields_win_and_nulls_are_filled_from_the_text(folder, shelf):
    fields = {
        "title": "Tên đã cho",
        "number": None,
        "date": "2025-06-17",
        "source": "github ai/kho@1 a.md",
        "url": "https://xaydungchinhsach.chinhphu.vn/bai",
        "text": "\n".join(RESOLUTION),
    }
    path = folder / "1656.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    document = article(shelf, take_in([path], shelf))
    assert (document.title, document.published) == ("Tên đã cho", datetime.date(2025, 6, 17))
    assert (document.number, document.url) == ("1656/NQ-UBTVQH15", fields["url"])


def test_markdown_with_a_front_matter_keeps_its_text_and_fields(folder, shelf):
    body = "## Kết quả\n\nQuận giảm 406 người,\nxem [bài](khac.md).\n"
    front = "title: Tinh gọn\nsource: Báo A\npublished: 2022-01-03\nkind: news\nsupersedes: [1/QĐ]\n"
    path = folder / "bài.md"
    path.write_text(f"---\n{front}---\n{body}", encoding="utf-8")
    document = article(shelf, take_in([path], shelf))
    assert (document.title, document.source, document.supersedes) == ("Tinh gọn", "Báo A", ("1/QĐ",))
    assert document.text == body


def test_what_is_taken_in_is_the_publishers_own_words_unless_its_front_matter_says_otherwise(folder, shelf):
    for name, said in (("a", ""), ("b", "text_kind: summary\nbasis: [{title: T, source: S}]\n")):
        text = f"---\ntitle: Tên {name}\nsource: S\n{said}---\n{SENTENCES[0]} {name}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    kinds = [article(shelf, take_in([folder / f"{name}.md"], shelf)).text_kind for name in "ab"]
    assert kinds == ["original", "summary"]
    written = sorted(stored.fields.text_kind for stored in stored_articles(shelf).values())
    assert written == ["original", "summary"]
    (again,) = take_in([folder / "a.md"], shelf).intakes
    assert again.outcome == "unchanged"


def test_a_file_does_not_say_itself_where_it_was_fetched_or_what_it_repeats(folder, shelf):
    traces = "duplicate_of: bai-khac\nretrieved_from: https://example.org\ncontent_hash: abc\nprovenance: P\n"
    path = folder / "a.md"
    path.write_text(f"---\ntitle: Tên\nsource: S\n{traces}---\n{SENTENCES[0]}\n", encoding="utf-8")
    take_in([path], shelf)
    (taken,) = [stored.fields for stored in stored_articles(shelf).values()]
    assert (taken.duplicate_of, taken.retrieved_from, taken.provenance) == ("", str(path), "")
    assert len(taken.content_hash) == 64


def test_content_decides_not_the_name(folder, shelf):
    (folder / "a.txt").write_bytes(write_docx(folder / "b.docx").read_bytes())
    (folder / "c.dat").write_text(html_page("Phường Ngọc Lâm", RESOLUTION[-9:]), encoding="utf-8")
    report = take_in([folder / "a.txt", folder / "c.dat"], shelf)
    assert [intake.outcome for intake in report.intakes] == ["taken", "taken"]


def test_the_same_source_again_is_unchanged_and_a_changed_one_keeps_its_id(folder, shelf):
    path = folder / "bai.txt"
    path.write_text("Quận Long Biên tinh gọn bộ máy\n\n" + SENTENCES[0], encoding="utf-8")
    first = only(take_in([path], shelf))
    assert only(take_in([str(path)], shelf)).outcome == "unchanged"
    path.write_text("Quận Long Biên tinh gọn\n\n" + SENTENCES[1], encoding="utf-8")
    second = only(take_in([path], shelf))
    assert (second.outcome, second.document_id) == ("updated", first.document_id)
    (document,) = load_corpus(shelf)
    assert SENTENCES[1] in document.text


def test_two_publishers_of_one_resolution_are_recognised(folder, shelf):
    (folder / "1.txt").write_text("\n".join(RESOLUTION), encoding="utf-8")
    reprint = ["TOÀN VĂN: Nghị quyết sắp xếp", *RESOLUTION[:-1]]
    (folder / "2.txt").write_text("\n\n".join(reprint), encoding="utf-8")
    first, second = take_in([folder], shelf).intakes
    assert (first.outcome, second.outcome) == ("taken", "duplicate")
    assert first.document_id in second.reason
    written = (shelf / "them-vao" / f"{second.document_id}.md").read_text(encoding="utf-8")
    assert f"duplicate_of: {first.document_id}\n" in written


def test_two_provinces_may_share_a_number(folder, shelf):
    for name, word in (("a", "tài sản công"), ("b", "biên chế")):
        lines = [f"Số: 72/2025/QĐ-UBND\nQUYẾT ĐỊNH\nVỀ {word.upper()}\nCăn cứ Luật;"]
        lines += [f"{n}. Khoản {n} quy định về {word} thứ {n} của {word} số {n * n}." for n in range(40)]
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    report = take_in([folder], shelf)
    assert [(i.outcome, i.document_id) for i in report.intakes] == [
        ("taken", "72-2025-qd-ubnd"),
        ("taken", "72-2025-qd-ubnd-2"),
    ]


def test_the_same_words_from_another_file_are_not_written_twice(folder, shelf):
    for name in "ab":
        (folder / f"{name}.txt").write_text("Quận Long Biên tinh gọn\n\n" + SENTENCES[0], encoding="utf-8")
    first, second = take_in([folder], shelf).intakes
    assert (second.outcome, second.document_id) == ("duplicate", first.document_id)
    assert len(load_corpus(shelf)) == 1


def test_folders_are_opened_hidden_files_skipped_and_link_loops_end(folder, shelf):
    (folder / "sâu").mkdir()
    (folder / "sâu" / "bài hai.txt").write_text("Bài viết thứ hai\n\n" + SENTENCES[1], encoding="utf-8")
    (folder / ".ẩn.txt").write_text("Bài viết ẩn của ai đó", encoding="utf-8")
    (folder / "sâu" / "vòng").symlink_to(folder)
    (folder / "tự thân").symlink_to(folder / "tự thân")
    report = take_in([folder], shelf)
    outcomes = {Path(intake.source).name: intake.outcome for intake in report.intakes}
    assert outcomes == {"bài hai.txt": "taken", "tự thân": "refused"}


def test_progress_counts_every_source(folder, shelf):
    (folder / "a.txt").write_text("Bài viết thứ nhất\n\n" + SENTENCES[1], encoding="utf-8")
    seen = []
    take_in([folder / "a.txt", folder / "none"], shelf, progress=lambda *step: seen.append(step))
    assert seen == [(0, 2, str(folder / "a.txt")), (1, 2, str(folder / "none")), (2, 2, "")]


def test_documents_are_listed_and_removed_by_id_only(folder, shelf):
    (folder / "a.txt").write_text("\n".join(RESOLUTION), encoding="utf-8")
    take_in([folder], shelf)
    secret = shelf.parent / "bi-mat.md"
    secret.write_text("không được xóa", encoding="utf-8")
    (row,) = list_documents(shelf)
    assert (row.id, row.number, row.kind) == ("1656-nq-ubtvqh15", "1656/NQ-UBTVQH15", "resolution")
    bad, good = remove_documents(["../bi-mat", row.id], shelf)
    assert (bad.path, good.path) == (None, shelf / "them-vao" / f"{row.id}.md")
    assert "no article bears this id" in bad.reason
    assert secret.exists()
    assert list_documents(shelf) == ()


def test_ids_never_leave_the_corpus(folder, shelf):
    front = "---\nid: ../../../thoát\ntitle: Tên bài viết\nsource: S\n---\n" + SENTENCES[0]
    (folder / "a.md").write_text(front, encoding="utf-8")
    intake = only(take_in([folder], shelf))
    assert intake.document_id == "thoat"
    assert (shelf / "them-vao" / "thoat.md").is_file()


@pytest.mark.skipif(not SEED.is_file(), reason="the saved page is not in the repository")
def test_the_real_saved_page_keeps_the_article_and_nothing_else(shelf):
    report = take_in([SEED], shelf)
    document = article(shelf, report)
    assert document.title == "Nâng cao chất lượng hệ thống chính trị cơ sở: Điểm sáng từ quận Long Biên"
    assert (document.published, document.source) == (datetime.date(2022, 1, 3), "Tuổi trẻ Thủ đô")
    assert "giảm tổng số 406 người" in document.text.lower()
    for noise in (
        "Phê duyệt điều chỉnh cục bộ",
        "Cán bộ UBND phường Cự Khối",
        "dịch vụ công mức độ 3",
        "Đọc thêm",
        "Vesak",
    ):
        assert noise not in document.text
    paragraphs = [line for line in document.text.split("\n") if line and not line.startswith("## ")]
    assert all(paragraph in SEED.read_text(encoding="utf-8") for paragraph in paragraphs)
    assert len(paragraphs) == 17
