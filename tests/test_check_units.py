"""The check of the articles on new units notices every kind of damage, on made-up resolutions and articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from check_units import main

LAW = """NGHỊ QUYẾT
Điều 1. Sắp xếp các đơn vị hành chính cấp xã của tỉnh Mây Trắng
Trên cơ sở đề án, quyết định như sau:
1. Sắp xếp toàn bộ diện tích tự nhiên, quy mô dân số của Phường 1 và Phường 2 (thành phố Mây), xã Gió thành phường mới có tên gọi là phường Mây.
2. Sắp xếpmột phần diện tích tự nhiên, quy mô dân số của các xã Nắng, Hoà Mưavà xã Sông thànhxã mới có tên gọi làxã Nắng.
3. Sắp xếp toàn bộ diện tích tự nhiên, quy mô dân số của Phường 1 (thị xã Núi), phần còn lại của xã Nắng, xã Hòa Mưa sau khi sắp xếp theo quy định tại khoản 2 Điều này và xã Đồi thành phường mới có tên gọi là phường Núi.
4. Nhập phần còn lại của xã Sông sau khi sắp xếp theo quy định tại khoản 2 Điều này thành xã Sông.
5. Đổi tên xã Cát thành xã Biển.
6. Sắp xếp toàn bộ diện tích tự nhiên, quy mô dân số của huyện Đảo Xa thành đặc khu có tên gọi là đặc khu Đảo Xa.
7. Sau khi sắp xếp, tỉnh Mây Trắng có 8 đơn vị hành chính cấp xã, gồm 05 xã, 02 phường và 01 đặc khu; trong đó có 03 xã, 02 phường, 01 đặc khu hình thành sau sắp xếp và 02 xã không thực hiện sắp xếp là các xã Đá (huyện Núi), Suối.
Điều 2. Hiệu lực thi hành
1. Nghị quyết này có hiệu lực từ ngày được thông qua.
"""  # noqa: E501
CITED = "Điều 1 Nghị quyết 1/NQ-UBTVQH15)."
ARTICLE = f"""---
title: "Đơn vị hành chính cấp xã mới của tỉnh Mây Trắng"
number: 1/NQ-UBTVQH15
---
Tỉnh Mây Trắng không nhập với tỉnh, thành khác.

## Phường Mây

Phường Mây mới (tỉnh Mây Trắng) gồm: toàn bộ phường 1 (thành phố Mây) cũ; toàn bộ phường 2 (thành phố Mây) cũ; toàn bộ xã Gió cũ (khoản 1 {CITED}

## Xã Nắng

Xã Nắng mới (tỉnh Mây Trắng) gồm: một phần xã Nắng cũ; một phần xã Hoà Mưa cũ; một phần xã Sông cũ (khoản 2 {CITED}

## Phường Núi

Phường Núi mới (tỉnh Mây Trắng) gồm: toàn bộ phường 1 (thị xã Núi) cũ; phần còn lại xã Nắng cũ; phần còn lại xã Hòa Mưa cũ; toàn bộ xã Đồi cũ (khoản 3 {CITED}

## Xã Sông

Xã Sông mới (tỉnh Mây Trắng) gồm: phần còn lại xã Sông cũ (khoản 4 {CITED}

## Xã Biển

Xã Biển (tỉnh Mây Trắng) là tên mới của xã Cát cũ (khoản 5 {CITED}

## Đặc khu Đảo Xa

Đặc khu Đảo Xa mới (tỉnh Mây Trắng) gồm: toàn bộ huyện Đảo Xa cũ (khoản 6 {CITED}

## Đơn vị giữ nguyên

Xã Đá (huyện Núi cũ, tỉnh Mây Trắng) giữ nguyên, không sắp xếp trong đợt năm 2025.
Xã Suối (tỉnh Mây Trắng) giữ nguyên, không sắp xếp trong đợt năm 2025.

## Đơn vị cũ được chia về nhiều nơi

Xã Nắng cũ nay thuộc nhiều đơn vị của tỉnh Mây Trắng: một phần về xã Nắng mới (khoản 2); phần còn lại về phường Núi mới (khoản 3).

Xã Hòa Mưa cũ nay thuộc nhiều đơn vị của tỉnh Mây Trắng: một phần về xã Nắng mới (khoản 2); phần còn lại về phường Núi mới (khoản 3).

Xã Sông cũ nay thuộc nhiều đơn vị của tỉnh Mây Trắng: một phần về xã Nắng mới (khoản 2); phần còn lại về xã Sông mới (khoản 4).
"""  # noqa: E501
TOTALS = (
    "- Tỉnh Mây Trắng còn 8 đơn vị cấp xã (5 xã, 2 phường và 1 đặc khu) theo Nghị quyết số 1/NQ-UBTVQH15.\n"
    "- Ở Mây Trắng, có 2 xã được giữ nguyên khi sắp xếp cấp xã năm 2025.\n"
)
RECORD = {"resolution": "1/NQ-UBTVQH15", "clause": 5, "text": "5. Đổi tên xã Cát thành xã Biển."}


def check(folder: Path, *, article: str = ARTICLE, totals: str = TOTALS, law: str = LAW, record: str = "") -> int:
    corpus, sources = folder / "corpus", folder / "sources"
    for path in (corpus, sources / "official", sources / "units"):
        path.mkdir(parents=True)
    (corpus / "don-vi-cap-xa-moi-tinh-may-trang.md").write_text(article, encoding="utf-8")
    (corpus / "so-xa-phuong.md").write_text(totals, encoding="utf-8")
    written = json.dumps({"number": "1/NQ-UBTVQH15", "text": law}, ensure_ascii=False)
    (sources / "official" / "law--1-nq-ubtvqh15.json").write_text(written, encoding="utf-8")
    records = json.dumps(RECORD | ({"text": record} if record else {}), ensure_ascii=False)
    (sources / "units" / "clauses.jsonl").write_text(records + "\n", encoding="utf-8")
    return main(["--sources", str(sources), "--corpus", str(corpus)])


def test_a_right_article_has_no_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert check(tmp_path) == 0
    assert capsys.readouterr().out.startswith("6 clauses of 1 resolutions and 1 records of them compared")


DAMAGE = {
    "a swapped unit": ("toàn bộ xã Gió cũ", "toàn bộ xã Bão cũ", "khoản 1: phườngMây lacks toànbộ xãGió"),
    "a dropped old unit": ("; toàn bộ xã Gió cũ", "", "khoản 1: phườngMây lacks toànbộ xãGió"),
    "an added old unit": ("xã Gió cũ", "xã Gió cũ; toàn bộ xã Bão cũ", "is said to have toànbộ xãBão"),
    "a part called whole": ("gồm: một phần xã Nắng cũ", "gồm: toàn bộ xã Nắng cũ", "lacks mộtphần xãNắng"),
    "a unit after a reference called the rest": ("toàn bộ xã Đồi cũ", "phần còn lại xã Đồi cũ", "lacks toànbộ xãĐồi"),
    "a wrong district": ("phường 2 (thành phố Mây)", "phường 2 (thị xã Núi)", "phường2 lies in 'thànhphốMây'"),
    "a district left out": ("phường 1 (thành phố Mây) cũ", "phường 1 cũ", "phường1 lies in 'thànhphốMây'"),
    "another new unit": ("Xã Sông mới (tỉnh", "Xã Suối mới (tỉnh", "xãSông merged, the article says xãSuối merged"),
    "a renamed unit called merged": (
        "Xã Biển (tỉnh Mây Trắng) là tên mới của xã Cát cũ",
        "Xã Biển mới (tỉnh Mây Trắng) gồm: toàn bộ xã Cát cũ",
        "xãBiển renamed, the article says xãBiển merged",
    ),
    "another clause cited": ("(khoản 6 Điều", "(khoản 9 Điều", "khoản 6: đặckhuĐảoXa is not told"),
    "a clause told twice": ("(khoản 6 Điều", "(khoản 5 Điều", "khoản 5: told 2 times"),
    "a kept unit left out": (
        "Xã Suối (tỉnh Mây Trắng) giữ nguyên, không sắp xếp trong đợt năm 2025.\n",
        "",
        "xãSuối stays as it was, the article does not say so",
    ),
    "a merged unit called kept": (
        "## Đơn vị giữ nguyên\n",
        "## Đơn vị giữ nguyên\n\nXã Biển (tỉnh Mây Trắng) giữ nguyên, không sắp xếp trong đợt năm 2025.\n",
        "xãBiển is said to stay, the resolution does not",
    ),
    "a kept unit of another district": ("Xã Đá (huyện Núi cũ, ", "Xã Đá (huyện Mây cũ, ", "xãĐá(huyệnNúi) stays"),
    "a rest that went elsewhere": ("về xã Sông mới (khoản 4)", "về xã Nắng mới (khoản 4)", "xãSông (parted) went to"),
    "a parted unit not summed up": (
        "Xã Sông cũ nay thuộc nhiều",
        "Xã Sao cũ nay thuộc nhiều",
        "xãSông (parted) went to",
    ),
    "another resolution": (f"(khoản 6 {CITED}", "(khoản 6 Điều 1 Nghị quyết 2/NQ-UBTVQH15).", "the sentences name"),
    "another province": ("Xã Suối (tỉnh Mây Trắng)", "Xã Suối (tỉnh Mây Đen)", "the sentences name"),
    "a sentence that no form knows": ("gồm: toàn bộ huyện", "có: toàn bộ huyện", "a sentence of unknown form"),
    "a heading for another unit": ("## Xã Nắng", "## Xã Mưa", "Xã Nắng stands under 'Xã Mưa'"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_an_article_is_a_difference(damage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    right, wrong, message = DAMAGE[damage]
    assert ARTICLE.count(right) == 1
    assert check(tmp_path, article=ARTICLE.replace(right, wrong)) == 1
    printed = capsys.readouterr().out
    assert message in printed
    assert "don-vi-cap-xa-moi-tinh-may-trang.md" in printed


@pytest.mark.parametrize(
    ("right", "wrong"), [("còn 8 đơn vị", "còn 9 đơn vị"), ("5 xã, 2", "4 xã, 3"), ("có 2 xã được", "có 7 xã được")]
)
def test_a_count_that_another_article_states_wrongly_is_a_difference(right: str, wrong: str, tmp_path: Path, capsys):
    assert check(tmp_path, totals=TOTALS.replace(right, wrong)) == 1
    assert "so-xa-phuong.md: " in capsys.readouterr().out


def test_a_clause_that_no_article_tells_is_a_difference(tmp_path: Path, capsys):
    longer = LAW.replace("\n7. Sau", "\n7. Nhập toàn bộ xã Hồ thành xã Hồ.\n8. Sau")
    assert check(tmp_path, law=longer) == 1
    assert "khoản 7: xãHồ is not told" in capsys.readouterr().out


def test_the_units_are_counted_against_the_last_clause(tmp_path: Path, capsys):
    assert check(tmp_path, law=LAW.replace("có 8 đơn vị", "có 9 đơn vị")) == 1
    assert "the resolution counts 9" in capsys.readouterr().out


def test_a_record_that_is_not_in_its_resolution_is_a_difference(tmp_path: Path, capsys):
    assert check(tmp_path, record="5. Đổi tên xã Cát thành xã Bờ.") == 1
    assert "khoản 5: the record does not stand in the resolution" in capsys.readouterr().out


def test_clauses_out_of_order_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="not numbered in order"):
        check(tmp_path, law=LAW.replace("\n5. Đổi", "\n15. Đổi"))
