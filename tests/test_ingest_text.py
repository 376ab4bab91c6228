"""Bytes → text → paragraphs → fields: what the intake repairs and what it finds."""

from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.front_matter import ArticleFields
from qa.errors import IngestError
from qa.ingest.boilerplate import article_lines
from qa.ingest.encodings import TCVN3_FROM, TCVN3_TO, VNI_LETTERS, VNI_MARKS, decode, plausibility
from qa.ingest.header import kind_of_number, parse_header, sentence_case
from qa.ingest.layout import flatten_pipe_tables, join_pages, table_lines, to_markdown, unwrap
from qa.ingest.pipeline import likeness, sketch, slug

TEXT = (
    "Nghị định này quy định chức năng, nhiệm vụ của Ủy ban nhân dân xã, phường ở Hà Nội.\n"
    "Từ ngày 01/7/2025, quận Long Biên giảm 406 người hoạt động không chuyên trách.\n"
)


def as_tcvn3(text: str) -> bytes:
    table = str.maketrans(TCVN3_TO, TCVN3_FROM)
    known = (c if c.isascii() or c in TCVN3_TO else c.lower() for c in text)
    return "".join(known).translate(table).encode("latin-1")


def as_vni(text: str) -> bytes:
    written = {}
    for base, marks in VNI_MARKS.items():
        for letter, accents in marks.items():
            written[unicodedata.normalize("NFC", VNI_LETTERS.get(base, base) + accents)] = base + letter
    written |= {letter: code for code, letter in VNI_LETTERS.items()}
    upper = {letter.upper(): code.upper() for letter, code in written.items()}
    return "".join((upper | written).get(c, c) for c in text).encode("cp1252")


def as_windows_1258(text: str) -> bytes:
    """Write base letters with circumflex, breve or horn whole, and the tone as a character of its own."""
    encoded = b""
    for character in text:
        parts = unicodedata.normalize("NFD", character)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
        encoded += (base + tones).encode("cp1258")
    return encoded


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "iso-8859-1"),
        (TEXT.encode(), "no-such-encoding"),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-16-le"), ""),
        (TEXT.encode("utf-16-be"), "utf-8"),
        (unicodedata.normalize("NFD", TEXT).encode(), ""),
        (as_windows_1258(TEXT), ""),
        (as_windows_1258(TEXT), "utf-8"),
        (as_vni(TEXT), ""),
        (TEXT.encode().decode("latin-1").encode(), ""),
        (TEXT.replace("\n", "\r\n").encode(), ""),
    ],
    ids="utf8 wrong unknown bom utf16 le be nfd 1258 1258-as-utf8 vni garbled crlf".split(),
)
def test_every_encoding_vietnamese_files_come_in_gives_the_same_text(content, declared):
    assert decode(content, declared) == TEXT


def test_tcvn3_gives_the_text_and_the_capitals_of_words_set_in_capitals():
    assert decode(as_tcvn3(TEXT)) == TEXT.replace("Ủy", "ủy")
    assert decode(b"QUY\xd5T \xa7\xdeNH v\xd2 c\xb6i c\xb8ch h\xb5nh ch\xddnh") == "QUYẾT ĐỊNH về cải cách hành chính"


def test_old_encodings_are_undone_inside_unicode_text_line_by_line():
    mixed = "Điều 1. Phạm vi điều chỉnh\n" + as_tcvn3(TEXT * 2).decode("latin-1")
    assert decode(mixed.encode()).startswith("Điều 1. Phạm vi điều chỉnh\nNghị định này quy định")


def test_garbled_words_that_are_no_syllables_are_mended_too():
    text = TEXT + "31/2025/QĐ-UBND\nNgày ban hành: 29/4/2026\n"
    assert decode(text.encode().decode("latin-1").encode()) == text


def test_text_in_another_language_is_left_alone():
    french = "Le café est près de la gare, où l'été dernier nous étions déjà allés à pied.\n"
    assert decode(french.encode()) == french
    assert plausibility("Nghị quyết của Quốc hội") == 1.0


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"\x7fELF\x02\x01\x00\x00" * 40, b"GIF89a\x01\x00\x02" * 9])
def test_binary_data_is_no_text(content):
    with pytest.raises(IngestError, match="is not text"):
        decode(content)


@given(st.binary(max_size=400))
def test_bytes_whatever_give_nfc_text_or_a_reason(content):
    try:
        text = decode(content)
    except IngestError:
        return
    assert text == unicodedata.normalize("NFC", text)


def test_hard_wrapped_lines_become_paragraphs_and_lists_stay():
    wrapped = (
        "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15, Hội đồng nhân dân\n"
        "thành phố Hà Nội quyết định các biện pháp sau đây để sắp xếp tổ chức bộ máy của\n"
        "Thành phố.\n"
        "1. Sắp xếp các cơ quan chuyên môn;\n"
        "a) Sở Nội vụ;\n\n"
        "Điều 2. Hiệu lực\n"
    )
    assert unwrap(wrapped).split("\n") == [
        "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15, Hội đồng nhân dân thành phố Hà Nội quyết định các "
        "biện pháp sau đây để sắp xếp tổ chức bộ máy của Thành phố.",
        "1. Sắp xếp các cơ quan chuyên môn;",
        "a) Sở Nội vụ;",
        "",
        "Điều 2. Hiệu lực",
        "",
    ]


def test_hyphenation_is_repaired_and_real_hyphens_stay():
    assert unwrap("cải cách hành chí-\nnh nhà nước") == "cải cách hành chính nhà nước"
    assert unwrap("phát triển kinh tế-\nxã hội") == "phát triển kinh tế-xã hội"


def test_page_numbers_and_running_heads_go_and_sentences_run_across_pages():
    pages = [
        "CÔNG BÁO/Số 12\nĐiều 1. Phạm vi\nNghị định này quy định về\n1",
        "CÔNG BÁO/Số 12\nchức năng của Bộ.\nTrang 2/3",
        "CÔNG BÁO/Số 12\nĐiều 2 có hiệu lực.\n- 3 -",
    ]
    assert unwrap(join_pages(pages)).split("\n") == [
        "CÔNG BÁO/Số 12",
        "Điều 1. Phạm vi",
        "Nghị định này quy định về chức năng của Bộ.",
        "",
        "Điều 2 có hiệu lực.",
    ]


def test_a_table_becomes_rows_that_stand_alone():
    rows = [["Xã", "Dân số"], ["Gia Lâm", "30.000"], ["Yên\nViên", ""]]
    assert table_lines(rows) == ["Xã: Gia Lâm; Dân số: 30.000", "Xã: Yên Viên"]
    assert table_lines([["UBND TỈNH", "CỘNG HÒA XÃ HỘI"], ["Số: 1", "Hà Nội"]]) == [
        "UBND TỈNH; CỘNG HÒA XÃ HỘI",
        "Số: 1; Hà Nội",
    ]
    pipes = "Mở đầu.\n| Thuộc tính | Nội dung |\n|---|---|\n| Số hiệu | 196/2026/NĐ-CP |\nHết."
    assert flatten_pipe_tables(pipes) == "Mở đầu.\nSố hiệu: 196/2026/NĐ-CP\nHết."


def test_a_line_that_is_almost_a_rule_is_told_at_once():
    almost = "a | b\n|--|" + "   |" * 5_000 + "x"
    assert flatten_pipe_tables(almost) == almost


DECREE = """CHÍNH PHỦ
-------
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
---------------
Số: 303/2025/NĐ-CP
Hà Nội, ngày 19 tháng11 năm 2025
NGHỊ ĐỊNH
QUY ĐỊNH CHỨC NĂNG CỦA BỘ NỘI VỤ TẠI HÀ NỘI
Căn cứ Luật Tổ chức Chính phủ số 63/2025/QH15;
Điều 1. Phạm vi điều chỉnh
Nghị định này quy định chức năng của Bộ Nội vụ tại Hà Nội, theo đề nghị của Bộ Nội vụ tại Hà Nội.
Điều 2. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2026 và thay thế Nghị định số 1/2020/NĐ-CP.
"""


def test_a_documents_head_gives_its_fields():
    found = parse_header(DECREE).fields
    assert (found.number, found.kind, found.source) == ("303/2025/NĐ-CP", "decree", "Chính phủ")
    assert (found.published, found.effective_from) == (datetime.date(2025, 11, 19), datetime.date(2026, 1, 1))
    assert found.title == "Nghị định 303/2025/NĐ-CP quy định chức năng của Bộ Nội vụ tại Hà Nội"


def test_a_field_that_was_given_wins():
    day = datetime.date(2020, 1, 1)
    given = ArticleFields(title="Tên", number="9/QĐ", kind="news", source="Báo", published=day)
    found = parse_header(DECREE, given).fields
    assert (found.title, found.number, found.kind, found.source, found.published) == (
        "Tên",
        "9/QĐ",
        "news",
        "Báo",
        datetime.date(2020, 1, 1),
    )


@pytest.mark.parametrize(
    ("head", "number", "kind"),
    [
        (
            "QUỐC HỘI ------- CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Luật số:\n65/2025/QH15\nLUẬT TỔ CHỨC",
            "65/2025/QH15",
            "law",
        ),
        ("Số: 1656/NQ-UBTVQH15 Hà Nội, ngày 16 tháng 6 năm 2025\nNGHỊ QUYẾT\n", "1656/NQ-UBTVQH15", "resolution"),
        ("ĐẢNG CỘNG SẢN VIỆT NAM\n-----\nSố 60-NQ/TW Hà Nội\nNGHỊ QUYẾT\n", "60-NQ/TW", "resolution"),
        ("Số: 220/CĐ-TTg\nHà Nội\nCÔNG ĐIỆN TẬP TRUNG\n", "220/CĐ-TTg", "dispatch"),
        ("Số: 17986/BTC-CT V/v Phổ biến Cẩm nang\n", "17986/BTC-CT", "official_letter"),
        ("Số: 191/2026/NĐ-CP - Quy chế làm việc\n", "191/2026/NĐ-CP", "decree"),
        ("Số: 12 /2025 /TT- BNV\nTHÔNG TƯ\n", "12/2025/TT-BNV", "circular"),
        ("Nghị định số 37/2025/NĐ-CP quy định cơ cấu tổ chức của Bộ gồm 18 đơn vị.", "", "other"),
        ("Chính phủ ban hành Nghị quyết số 07/2025/NQ-CP về chính sách.", "", "other"),
    ],
)
def test_numbers_and_kinds_are_the_documents_own(head, number, kind):
    fields = parse_header(head).fields
    assert (fields.number, fields.kind) == (number, kind)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("5/2025/QH15", "law"),
        ("5/KH-UBND", "plan"),
        ("212-KL/TW", "conclusion"),
        ("3/CT-TTg", "directive"),
        ("641/TB-VPCP", "notice"),
        ("171/CV-BCĐ", "official_letter"),
        ("7/QĐ-TTg", "decision"),
        ("", ""),
    ],
)
def test_a_numbers_letters_tell_the_kind(number, kind):
    assert kind_of_number(number) == kind


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Hà Nội, ngày 16 tháng 6 năm 2025\nNGHỊ QUYẾT", datetime.date(2025, 6, 16)),
        ("Tiêu đề bài\nTin tức 03/01/2022 22:02\nNội dung.", datetime.date(2022, 1, 3)),
        ("Thứ hai, ngày 16 tháng 6 năm 2025\nNội dung.", datetime.date(2025, 6, 16)),
        ("2025-06-16 10:00\nNội dung.", datetime.date(2025, 6, 16)),
        ("NGHỊ QUYẾT\nA\nĐiều 1.\nĐược thông qua ngày 06 tháng 02 năm 2025.", datetime.date(2025, 2, 6)),
        ("Nghị định có hiệu lực từ 01/7/2025.\nNội dung.", None),
        ("Tin tức 31/02/2022 22:02\nNội dung.", None),
    ],
)
def test_dates_of_issue_and_of_publication(text, date):
    assert parse_header(text).fields.published == date


def test_a_heading_in_capitals_takes_its_names_from_the_body():
    body = (
        "Theo đó, thành phố Hà Nội và Ủy ban Thường vụ Quốc hội. Thì thành phố Hà Nội, của Ủy ban Thường vụ Quốc hội."
    )
    heading = "SẮP XẾP XÃ CỦA THÀNH PHỐ HÀ NỘI THEO NQ-UBTVQH15"
    assert sentence_case(heading, body) == "Sắp xếp xã của thành phố Hà Nội theo NQ-UBTVQH15"


def test_articles_become_sections_and_sentences_stay_quotable():
    text = to_markdown(DECREE, official=True)
    assert "## Điều 1. Phạm vi điều chỉnh\n" in text
    assert "## Điều 2\n\nNghị định này có hiệu lực thi hành từ ngày 01" in text
    assert "Hạnh phúc" not in text
    assert "---" not in text


SAVED_PAGE = """Tag

Quận A tinh gọn bộ máy

Tin tức 03/01/2022 22:02
aa
TTTĐ - Quận A là điểm sáng trong việc tinh gọn bộ máy.
Phê duyệt quy hoạch phân khu quận A Quận A triển khai xét nghiệm và tiêm vắc xin Quận A: Chia 3 khu vực từ 6 giờ 9/9

Hiệu quả được chú trọng

Quận A đã giảm 406 người hoạt động không chuyên trách.

Cán bộ bộ phận một cửa phường B (quận A, Hà Nội) hướng dẫn công dân làm dịch vụ công mức độ 3.
Cán bộ bộ phận một cửa phường B (quận A) hướng dẫn công dân làm dịch vụ công mức độ 3

Quận cũng giảm 80 chi bộ tổ dân phố trên địa bàn.

Đọc thêm

Quốc hội bỏ thanh tra huyện Tin tức

Quốc hội bỏ thanh tra huyện

TTTĐ - Chính phủ trình Quốc hội dự án luật.
Xem thêm"""


def test_a_saved_page_keeps_only_the_articles_own_paragraphs():
    found = parse_header(SAVED_PAGE).fields
    assert (found.title, found.source) == ("Quận A tinh gọn bộ máy", "Tuổi trẻ Thủ đô")
    assert (found.published, found.kind) == (datetime.date(2022, 1, 3), "news")
    assert to_markdown(article_lines(SAVED_PAGE, found.title), official=False) == (
        "TTTĐ - Quận A là điểm sáng trong việc tinh gọn bộ máy.\n\n"
        "## Hiệu quả được chú trọng\n\n"
        "Quận A đã giảm 406 người hoạt động không chuyên trách.\n\n"
        "Quận cũng giảm 80 chi bộ tổ dân phố trên địa bàn.\n"
    )


def test_a_box_of_related_items_inside_an_article_does_not_cut_it():
    paragraphs = [f"Đoạn {n} kể về việc sắp xếp đơn vị hành chính ở cơ sở." for n in range(9)]
    text = "\n\n".join([paragraphs[0], "Xem thêm", "Quốc hội bỏ thanh tra huyện", "", *paragraphs[1:]])
    assert [line for line in article_lines(text).split("\n") if line] == paragraphs


def test_slugs_and_likeness():
    assert slug("32/2021/NĐ-CP") == "32-2021-nd-cp"
    assert slug("../../Đường  Bí mật") == "duong-bi-mat"
    words = [f"từ{n}" for n in range(400)]
    original, changed = " ".join(words), " ".join([*words[:380], "khác", *words[380:]])
    assert likeness(sketch(original), sketch(original)) == 1.0
    assert 0.9 < likeness(sketch(original), sketch(changed)) < 1.0
    assert likeness(sketch(original), sketch(original.replace("từ", "ngữ"))) == 0.0


MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
BODY = "\nCăn cứ Luật Tổ chức chính quyền địa phương; Ban Tuyên giáo và Dân vận của Ban Chấp hành Trung ương.\n"


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        (f"QUỐC HỘI\n{MOTTO}LUẬT\nTHANH TRA", "Quốc hội"),
        (f"Hiến pháp 2013. QUỐC HỘI -------\r\n{MOTTO}HIẾN PHÁP", "Quốc hội"),
        (f"CHÍNH PHỦ\n{MOTTO}NGHỊ ĐỊNH\nVỀ THANH TRA", "Chính phủ"),
        ("CHÍNH PHỦ\nNGHỊ ĐỊNH\nVỀ THANH TRA", "Chính phủ"),
        (f"THỦ TƯỚNG CHÍNH PHỦ\n{MOTTO}QUYẾT ĐỊNH\nVỀ THANH TRA", "Thủ tướng chính phủ"),
        (f"BỘ NỘI VỤ\n{MOTTO}THÔNG TƯ\nVỀ THANH TRA", "Bộ nội vụ"),
        (f"UBND TỈNH ĐẮK LẮK\n{MOTTO}QUYẾT ĐỊNH\nVỀ THANH TRA", "UBND tỉnh Đắk Lắk"),
        (f"ỦY BAN THƯỜNG VỤ QUỐC HỘI\n{MOTTO}NGHỊ QUYẾT\nVỀ THANH TRA", "Ủy ban thường vụ quốc hội"),
        (
            f"ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH SỞ NỘI VỤ\n{MOTTO}QUYẾT ĐỊNH\nVỀ THANH TRA",
            "Sở nội vụ (Ủy ban nhân dân thành phố Hồ Chí Minh)",
        ),
        (
            "BAN CHẤP HÀNH TRUNG ƯƠNG BAN TUYÊN GIÁO VÀ DÂN VẬN\nĐẢNG CỘNG SẢN VIỆT NAM\nQUYẾT ĐỊNH\nVỀ THANH TRA",
            "Ban Tuyên giáo và Dân vận (Ban Chấp hành Trung ương)",
        ),
        ("Nhiều phường mới ra mắt từ hôm nay.", "nơi đăng không rõ"),
    ],
)
def test_the_publisher_is_found_in_the_head_or_is_not_known_and_never_a_repository(head, publisher):
    for source in ("github ai/kho@1 a.md", "GitHub", "https://example.org", ""):
        given = ArticleFields(source=source, url="https://github.com/ai/kho/blob/main/a.md")
        fields = parse_header(head + BODY, given).fields
        assert fields.source == publisher
        assert fields.provenance == source


@pytest.mark.parametrize(
    ("given", "number"),
    [("Hiến pháp 2013", ""), ("Nghị định 178/2024/NĐ-CP", "178/2024/NĐ-CP"), ("12/KH", "12/KH"), ("12", "12")],
)
def test_the_name_of_a_document_is_no_number(given, number):
    assert parse_header("Quận tinh gọn bộ máy.", ArticleFields(number=given)).fields.number == number


def test_the_number_of_a_title_is_that_of_a_document_itself_and_not_of_a_report_about_it():
    given = ArticleFields(title="Nghị định 307/2025/NĐ-CP về phân loại đơn vị hành chính")
    fields = parse_header(f"NGHỊ ĐỊNH\nPHÂN LOẠI ĐƠN VỊ HÀNH CHÍNH{BODY}", given).fields
    assert (fields.number, fields.source) == ("307/2025/NĐ-CP", "Chính phủ")
    fields = parse_header("Chính phủ vừa ban hành nghị định về phân loại đơn vị.", given).fields
    assert (fields.number, fields.source) == ("", "nơi đăng không rõ")
