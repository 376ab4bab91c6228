"""The check of the corpus holds every summary against what it says it rests on, on made-up sources and articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from check_corpus import check, check_counts, main
from clauses import holds, places
from facts import Source, figures, read_records, source_of

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

    def call(article: str, *options: str) -> tuple[int, str]:
        (corpus / "a.md").write_text(article, encoding="utf-8")
        facts = tmp_path / "facts.json"
        code = main(["--corpus", str(corpus), "--sources", str(sources), "--facts", str(facts), *options])
        return code, capsys.readouterr().out

    return call


def test_a_summary_that_agrees_with_its_basis_passes_without_references(checked):
    code, said = checked(ARTICLE)
    assert code == 0
    assert "1 articles, 2 sources, 0 recorded, 0 problems" in said


FAR = OFFICIAL | {
    "title": "Luật Gió 2024",
    "number": "9/2024/QH15",
    "date": "2024-05-02",
    "url": "https://example.org/xa (một tệp)",
    "text": "Quốc hội\nĐiều 3. Gió\n1. Gió thổi 15 ngày ở Sóc Sơn, từ ngày 05 tháng 8 năm 2025, theo Điều 7 luật cũ.\n"
    "2. Hết lúc 21 giờ.",
}
FAR_BASIS = """  - title: Luật Gió 2024
    number: 9/2024/QH15
    published: 2024-05-02
    source: Quốc hội (Báo Thử đăng)
    url: https://example.org/xa (một tệp)
    clauses:
      Gió: khoản 1 Điều 3
---
Luật 7"""
WIND = """
## Gió

Gió thổi 15 ngày ở Sóc Sơn từ ngày 05/8/2025, theo Điều 3 Luật số 9/2024/QH15 và Điều 7 luật cũ.
"""
RESTING = ARTICLE.replace("---\nLuật 7", FAR_BASIS) + WIND


@pytest.fixture
def far(checked, tmp_path) -> Path:
    """Return the folder of a document that has been recorded, and that the check is not given."""
    folder = tmp_path / "far"
    (folder / "official").mkdir(parents=True)
    (folder / "official" / "gio.json").write_text(json.dumps(FAR), encoding="utf-8")
    code, said = checked(RESTING, "--record", str(folder))
    assert code == 0, said
    return folder


@pytest.mark.usefixtures("far")
def test_an_article_on_a_document_that_is_not_at_hand_is_held_against_its_record(checked):
    code, said = checked(RESTING)
    assert code == 0, said
    assert "1 articles, 2 sources, 1 recorded, 0 problems" in said


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("thổi 15 ngày", "thổi 16 ngày", "the figure 16 occurs in nothing"),
        ("thổi 15 ngày", "thổi 8 ngày", "the figure 8 occurs in nothing"),
        ("thổi 15 ngày", "thổi 21 ngày", "the figure 21 occurs in nothing"),
        ("ngày 05/8/2025", "ngày 06/8/2025", "the figure 6/8/2025 occurs in nothing"),
        ("ở Sóc Sơn", "ở Sóc Trăng", "the name Sóc Trăng occurs in nothing"),
        ("theo Điều 3 Luật", "theo Điều 2 Luật", "the clause Điều 2 occurs in nothing"),
        ("và Điều 7", "và Điều 8", "the clause Điều 8 occurs in nothing"),
        ("khoản 1 Điều 3", "khoản 2 Điều 3", "basis 9/2024/QH15 has no khoản 2 Điều 3"),
        ("number: 9/2024/QH15", "number: 8/2024/QH15", "basis 8/2024/QH15: its source bears the number 9/2024/QH15"),
        ("published: 2024-05-02", "published: 2024-05-03", "basis 9/2024/QH15: 2024-05-03 is no day of its source"),
        ("title: Luật Gió 2024", "title: Luật Gió 2023", "the figure 2023 occurs in nothing"),
        ("source: Quốc hội (Báo", "source: Chính phủ (Báo", "its source does not name Chính phủ (Báo Thử đăng)"),
        ("xa (một tệp)", "xa (hai tệp)", "no article rests on https://example.org/xa (một tệp)"),
    ],
)
def test_what_a_record_does_not_hold_is_named_without_the_document(checked, old, new, said):
    assert RESTING.count(old) == 1
    code, out = checked(RESTING.replace(old, new))
    assert code == 1
    assert said in out


@pytest.mark.usefixtures("far")
def test_a_basis_with_neither_document_nor_record_is_named(checked, tmp_path):
    (tmp_path / "facts.json").unlink()
    code, said = checked(RESTING)
    assert code == 1
    assert "basis 9/2024/QH15 is not at hand" in said


def test_a_record_holds_what_article_and_document_share_and_nothing_else(far, checked, tmp_path):
    lying = RESTING.replace("thổi 15 ngày ở Sóc Sơn", "thổi 16 ngày ở Ba Vì và Sóc Sơn").replace(
        "Điều 7", "khoản 3 Điều 3"
    )
    assert checked(lying, "--record", str(far))[0] == 1
    record = json.loads((tmp_path / "facts.json").read_text(encoding="utf-8"))[FAR["url"]]
    del record["sha256"], record["read"]
    assert record == {
        "title": "Luật Gió 2024",
        "number": "9/2024/QH15",
        "date": "2024-05-02",
        "publisher": ["Quốc hội"],
        "clauses": ["khoản 1 Điều 3", "Điều 3"],
        "dates": ["5/8/2025"],
        "figures": [],
        "names": ["Sóc Sơn"],
    }


def test_recording_is_refused_without_every_document_and_writes_nothing(far, checked, tmp_path):
    before = (tmp_path / "facts.json").read_bytes()
    (far / "official" / "gio.json").unlink()
    code, said = checked(RESTING, "--record", str(far))
    assert code == 1
    assert f"{FAR['url']} is not in the folder to record; nothing was written" in said
    assert (tmp_path / "facts.json").read_bytes() == before


def test_a_record_that_its_document_outgrew_is_named_only_where_the_document_is_at_hand(far, checked):
    assert checked(RESTING, "--sources", str(far.parent / "sources"), str(far))[0] == 0
    changed = FAR | {"text": FAR["text"].replace("15 ngày", "16 ngày")}
    (far / "official" / "gio.json").write_text(json.dumps(changed), encoding="utf-8")
    code, said = checked(RESTING, "--sources", str(far.parent / "sources"), str(far))
    assert code == 1
    assert f"{FAR['url']} is recorded otherwise than its document reads: figures, sha256; run --record" in said
    assert "the figure 15 occurs in nothing that its section rests on" in said
    assert checked(RESTING)[0] == 0


NEAR = Source(
    "Nghị quyết số 76/2025/UBTVQH15 ngày 15/4/2025, theo Nghị quyết số 190/2025/QH15, của Chính phủ",
    frozenset(["76/2025/UBTVQH15"]),
    clauses=frozenset(["khoản 1 Điều 14", "khoản 2 Điều 14"]),
)
NEAR_ADDRESS = "https://xaydungchinhsach.chinhphu.vn/nghi-quyet-so-76-2025-ubtvqh15-sap-xep-don-vi-hanh-chinh-nam-2025-119250415130519882.htm"
"""Stands in for the one document of these articles that a folder of sources has."""

PAPERS = {
    "can-cuoc-ghi-dia-chi-cu-co-phai-doi": ("mất 7 ngày làm việc", "mất 9 ngày làm việc", "the figure 9"),
    "dang-ky-xe-bien-so-sau-sap-nhap": ("theo Bộ Công an;", "theo Bộ Tài chính;", "the name Bộ Tài"),
    "sap-nhap-co-phai-doi-giay-to-khong": ("trước ngày 30/6/2025", "trước ngày 30/7/2025", "the figure 30/7/2025"),
    "so-do-ghi-dia-chi-cu-co-phai-doi": (
        "theo khoản 4 Điều 256",
        "theo khoản 5 Điều 256",
        "the clause khoản 5 Điều 256",
    ),
    "the-bao-hiem-y-te-benh-vien-huyen-cu": (
        "trong 15 ngày đầu của mỗi quý, theo",
        "trong 10 ngày đầu của mỗi quý, theo",
        "the figure 10",
    ),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_shipped_article_on_papers_agrees_with_the_record_and_a_changed_one_does_not(name, tmp_path):
    path = Path(__file__).parent.parent / "corpus" / "nguoi-dan-hay-hoi" / f"{name}.md"
    records = read_records(Path(__file__).parent.parent / "scripts" / "facts_not_at_hand.json")
    sources = {address: source_of(record) for address, record in records.items()} | {NEAR_ADDRESS: NEAR}
    assert list(check(path, sources, set(), records)) == []
    old, new, said = PAPERS[name]
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed = tmp_path / path.name
    changed.write_text(text.replace(old, new), encoding="utf-8")
    assert [problem.partition(" occurs")[0] for problem in check(changed, sources, set(), records)] == [said]


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
