"""The check of the corpus holds every summary against what it says it rests on, on made-up sources and articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from check_corpus import check_counts, figures, main
from clauses import holds, places

LAW = """QUỐC HỘI
Điều 1. Phạm vi
1. Luật này nói về mây, theo quy định tại Điều 9 của luật cũ.
Điều 2. Mưa
1. Mưa rơi 40 ngày.
2.Mưa ngừng. Đến ngày 01/7/2025 thì hết.
"""
OFFICIAL = {
    "title": "Luật Mây",
    "number": "7/2025/QH15",
    "date": "2025-06-16",
    "source": "github a/b",
    "url": "https://example.org/luat",
    "text": LAW,
}
NEWS = OFFICIAL | {"title": "Mưa tạnh", "number": None, "date": None, "url": "https://example.org/bao", "text": "Tạnh."}
ARTICLE = """---
title: Mưa theo luật
source: Quốc hội
url: https://example.org/luat
published: 2025-06-16
kind: law
number: 7/2025/QH15
effective_from: 2025-07-01
text_kind: summary
basis:
  - title: Luật Mây
    number: 7/2025/QH15
    published: 2025-06-16
    source: Quốc hội
    url: https://example.org/noi-khac
    clause: Điều 2
    clauses:
      Bao lâu: khoản 1 Điều 2
  - title: Mưa tạnh
    source: Báo Thử
    url: https://example.org/bao
---
Luật 7/2025/QH15 có hiệu lực từ ngày 01/7/2025.

## Bao lâu

Cơn mưa kéo dài 40 ngày.
"""


@pytest.fixture
def checked(tmp_path, capsys):
    """Return what the check says of an article."""
    sources, corpus = tmp_path / "sources", tmp_path / "corpus"
    (sources / "official").mkdir(parents=True)
    corpus.mkdir()
    for name, record in (("luat", OFFICIAL), ("bao", NEWS)):
        (sources / "official" / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")

    def call(article: str, elsewhere: str = "") -> tuple[int, str]:
        (corpus / "a.md").write_text(article, encoding="utf-8")
        listed = tmp_path / "not_at_hand.txt"
        listed.write_text(elsewhere, encoding="utf-8")
        code = main(["--corpus", str(corpus), "--sources", str(sources), "--elsewhere", str(listed)])
        return code, capsys.readouterr().out

    return call


def test_a_summary_that_agrees_with_its_basis_passes_without_references(checked):
    code, said = checked(ARTICLE)
    assert code == 0
    assert "1 articles, 2 sources, 0 problems" in said
    assert "0 of them rest on documents that are not at hand" in said


def test_an_article_may_rest_on_a_document_elsewhere_only_where_it_is_listed_and_that_is_told(checked):
    address = "https://example.org/xa (một tệp)"
    resting = ARTICLE.replace("https://example.org/bao", address).replace("Mưa tạnh", "Tin xa").replace("40", "41")
    code, said = checked(resting, elsewhere="https://example.org/khac\n")
    assert code == 1
    assert "basis Tin xa is not at hand" in said
    code, said = checked(resting, elsewhere=f"{address}\nhttps://example.org/khac\n")
    assert code == 0
    assert "1 of them rest on documents that are not at hand; their figures were not checked" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            ARTICLE[ARTICLE.index("basis:") : ARTICLE.index("---\nLuật")],
            "references: [https://example.org/luat]\n",
            "is a summary without a basis",
        ),
        ("text_kind: summary\n" + ARTICLE[ARTICLE.index("basis:") : ARTICLE.index("---\nLuật")], "", "lacks text_kind"),
        ("    number: 7/2025/QH15\n", "    number: 8/2025/QH15\n", "basis 8/2025/QH15 is not at hand"),
        ("noi-khac", "bao", ""),
        (
            "  - title: Mưa tạnh\n",
            "  - title: Mưa tạnh\n    number: 9/KH\n",
            "basis 9/KH: its source bears the number of none",
        ),
        (
            "    published: 2025-06-16",
            "    published: 2025-06-17",
            "basis 7/2025/QH15: 2025-06-17 is no day of its source",
        ),
        ("    published: 2025-06-16", "    published: 2025-07-01", ""),
        ("clause: Điều 2", "clause: Điều 9", "basis 7/2025/QH15 has no Điều 9"),
        ("khoản 1 Điều 2", "khoản 2 Điều 2", ""),
        ("khoản 1 Điều 2", "khoản 3 Điều 2", "basis 7/2025/QH15 has no khoản 3 Điều 2"),
        ("khoản 1 Điều 2", "khoản 2 Điều 1", "basis 7/2025/QH15 has no khoản 2 Điều 1"),
        ("Bao lâu: khoản", "Bao xa: khoản", "'Bao xa' is no heading"),
        ("40 ngày.\n", "41 ngày.\n", "the number 41 occurs in none of its sources"),
        ("40 ngày.\n", "40 ngày, như Báo Thử nói.\n", ""),
        (
            "effective_from: 2025-07-01",
            "effective_from: 2025-06-16",
            "has effective_from 2025-06-16 where it says: Luật 7/2025",
        ),
        ("Luật 7/2025/QH15 có", "Luật 7/2025/QH15 thay luật khác, có", ""),
    ],
)
def test_what_does_not_agree_is_named(checked, old, new, said):
    assert ARTICLE.count(old) >= 1
    code, out = checked(ARTICLE.replace(old, new))
    assert said in out
    assert (code, "0 problems" in out) == ((1, False) if said else (0, True))


def test_the_run_of_words_is_forbidden_to_summaries_only(checked):
    copied = "Luật này nói về mây, theo quy định tại Điều 9 của luật cũ."
    assert "shares a run" in checked(ARTICLE + copied)[1]
    original = ARTICLE.replace("text_kind: summary", "text_kind: original")
    start, end = original.index("basis:"), original.index("---\nLuật")
    original = original[:start] + "references: [https://example.org/luat]\n" + original[end:]
    assert checked(original + copied)[0] == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "Sau sắp xếp, Hà Nội có 126 đơn vị cấp xã: 51 phường và 75 xã.",
        "Nghị quyết 60-NQ/TW nói cả nước còn 34 tỉnh, thành phố sau sáp nhập, gồm 6 thành phố và 28 tỉnh.",
        "Cục Thuế có 03 cấp: 12 đơn vị ở trung ương, 20 chi cục khu vực và 350 đội liên huyện.",
        "Cục Dự trữ có 02 cấp: 07 đơn vị ở trung ương và 15 chi cục, tổng số không quá 171 điểm kho.",
        "Vành đai 1 có 03 phường: Hoàn Kiếm, Cửa Nam và Văn Miếu - Quốc Tử Giám.",
        "Có 2 bộ: Bộ Y tế, Bộ Khoa học và Công nghệ.",
        "HĐND có 2 ban: một ban về kinh tế, ngân sách và một ban về văn hóa, xã hội.",
        "Có 3 cấp chính quyền: tỉnh, huyện và xã.",
        "Năm cục của Bộ Nội vụ năm 2026 gồm: Cục Việc làm; Cục Người có công; Cục Tiền lương.",
        "Có 5 tỉnh như: Lào Cai, Yên Bái.",
        "Có 1.200 xã, gồm 1.000 xã và 200 phường.",
    ],
)
def test_a_count_that_agrees_or_is_not_plain_is_let_be(sentence):
    assert list(check_counts(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Sau sắp xếp, Hà Nội có 126 đơn vị cấp xã: 51 phường và 74 xã.", "states 126 where the parts are 125"),
        ("Cả nước có 34 tỉnh, thành phố, gồm 6 thành phố và 27 tỉnh.", "states 34 where the parts are 33"),
        ("Vành đai 1 có 04 phường: Hoàn Kiếm, Cửa Nam và Ba Đình.", "counts 04 where it lists 3"),
        ("Có 3 cục gồm: Cục Việc làm; Cục Tiền lương.", "counts 3 where it lists 2"),
    ],
)
def test_a_count_that_is_not_that_of_its_list_is_named(sentence, said):
    assert [one.partition(": ")[0] for one in check_counts(sentence)] == [said]


PLAN = """Số 5-NQ/TW, ngày 12/4/2025
1. Phần mở đầu của trang tin.
I- MỤC TIÊU
1. Nhanh.
2. Gọn.
II. VIỆC LÀM
1. Rà soát
a) Tỉnh;
b) Xã. 1.2. Xong trước 2. 2026.
2. Báo cáo theo Phụ lục II. III. TỔ CHỨC
1. Các bộ làm theo Phụ lục III kèm theo.
PHỤ LỤC I BẢNG MỘT
(Kèm theo Nghị quyết số 5-NQ/TW)
1. Cao Bằng
DANH SÁCH CÁC TỈNH
(Ban hành kèm theo Nghị quyết này)
I.
Không nhập
1. Huế
II.
Nhập
"""
LIST = "Bộ Chính trị:\n1. Thống nhất.\n2. Giao việc 4. Không phải mục.\n3. Làm ngay.\n5. Lạc.\n"
NEWS_OF_LAW = """Khoản 1, Điều 2 Nghị định số 178/2024/NĐ-CP quy định đối tượng gồm:
1. Cán bộ.
Điều 7 Nghị định 178/2024/NĐ-CP quy định chính sách.
1. Nghỉ sớm theo khoản 2
Điều 9. Luật cũ và
3. Khen thưởng.
Bổ sung Điều 7a. Tinh giản
“Điều 8. Điều được sửa
Điều 10 Nghị định 29/2023/NĐ-CP quy định khác.
"""


@pytest.mark.parametrize(
    ("text", "clause", "there"),
    [
        (LAW, "Điều 2", True),
        (LAW, "Điều 9", False),
        (LAW, "khoản 1, 2 Điều 2", True),
        (LAW, "khoản 1, 3 Điều 2", False),
        (LAW, "Điều 1 và khoản 2 Điều 2", True),
        (LAW, "Điều 1 - 2", True),
        (LAW, "Điều 1 - 3", False),
        (LAW, "khoản 2 Điều 1", False),
        (LAW, "Điều 2, khoản 1 Điều 1", True),
        (LAW, "khoản 1", False),
        (LAW, "mục 1", False),
        (LAW, "QUỐC HỘI", True),
        (LAW, "mưa rơi", False),
        (LAW, "phần chức năng", False),
        (LAW, "phần mở đầu, đoạn cuối", True),
        (LAW, "Phụ lục", False),
        (PLAN, "phần I - III", True),
        (PLAN, "phần IV", False),
        (PLAN, "mục 1, 2 phần II, mục 1 phần III", True),
        (PLAN, "mục 2 phần III", False),
        (PLAN, "mục 1", False),
        (PLAN, "mục 3 phần II", False),
        (PLAN, "điểm a, b mục 1 phần II", True),
        (PLAN, "điểm c mục 1 phần II", False),
        (PLAN, "điểm 1.2 mục 1 phần II", True),
        (PLAN, "điểm b", False),
        (PLAN, "phần mở đầu, phần I và Phụ lục I", True),
        (PLAN, "Phụ lục II", False),
        (PLAN, "Phụ lục", False),
        (PLAN, "phần I, II Danh sách kèm theo", True),
        (PLAN, "Danh sách kèm theo (phần I, mục 1 phần I)", True),
        (PLAN, "phần III Danh sách kèm theo", False),
        (PLAN, "Quy chế kèm theo", False),
        (LIST, "mục 1 - 3", True),
        (LIST, "mục 4", False),
        (LIST, "mục 5", False),
        (NEWS_OF_LAW, "khoản 1 Điều 2, khoản 1, 3 Điều 7, Điều 7a", True),
        (NEWS_OF_LAW, "Điều 8", False),
        (NEWS_OF_LAW, "Điều 9", False),
        (NEWS_OF_LAW, "Điều 10", False),
    ],
)
def test_a_clause_is_looked_for_where_the_text_has_its_place(text, clause, there):
    assert holds(text, clause, "178/2024/NĐ-CP") is there


def test_the_articles_of_a_document_are_not_those_of_a_page_about_another():
    assert not holds(NEWS_OF_LAW, "Điều 7", "67/2025/NĐ-CP")


@pytest.mark.parametrize(
    ("clause", "first", "last"),
    [
        ("khoản 1, khoản 2 Điều 7", (("khoản", "1"), ("điều", "7")), (("khoản", "2"), ("điều", "7"))),
        ("Điều 64, khoản 2 Điều 62", (("điều", "64"),), (("khoản", "2"), ("điều", "62"))),
        ("mục 1, điểm 2.2 mục 2", (("mục", "1"),), (("điểm", "2.2"), ("mục", "2"))),
        ("Điều 1, Điều 5, 6", (("điều", "1"),), (("điều", "6"),)),
        ("Điều 2 và Quy chế kèm theo (Điều 2 - 3)", (("điều", "2"),), (("điều", "3"), ("quy chế", ""))),
        (
            "Điều 21, khoản 2 Điều 22 của Quy chế kèm theo",
            (("điều", "21"), ("quy chế", "")),
            (("khoản", "2"), ("điều", "22"), ("quy chế", "")),
        ),
    ],
)
def test_the_places_of_a_list_share_what_holds_them(clause, first, last):
    found = places(clause)
    assert found is not None
    assert (found[0], found[-1]) == (first, last)


def test_a_page_of_the_seed_is_at_hand_by_its_title(checked, tmp_path):
    seed = tmp_path / "sources" / "seed"
    seed.mkdir()
    (seed / "trang.txt").write_text("Mưa  lớn\nở Hà Nội", encoding="utf-8")
    entry = "  - title: Mưa lớn ở hà nội\n    source: Báo Thử\n    url: https://tuoitrethudo.vn\n---\nLuật"
    assert "0 problems" in checked(ARTICLE.replace("---\nLuật", entry))[1]
    assert "is not at hand" in checked(ARTICLE.replace("---\nLuật", entry.replace("lớn", "nhỏ")))[1]


def test_a_number_that_a_scan_broke_is_the_number():
    assert list(figures("thay Nghị định 64/2014/NĐ- CP")) == ["64/2014/NĐ-CP"]


def test_the_sources_are_read_from_a_folder(tmp_path: Path):
    assert main(["--corpus", str(tmp_path), "--sources", str(tmp_path)]) == 1
