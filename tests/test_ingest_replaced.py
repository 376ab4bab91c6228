"""The documents that a document says it replaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ingest.replaced import replaced

LAW = "\n3. Luật Cán bộ, công chức số {} hết hiệu lực kể từ ngày Luật này có hiệu lực."


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (LAW.format("22/2008/QH12"), ("22/2008/QH12",)),
        ("Điều 9.\nNghị định này thay thế Nghị định số 64/2014/NĐ- CP ngày 26 tháng 6 năm 2014.", ("64/2014/NĐ-CP",)),
        (
            "Quyết định này có hiệu lực từ ngày 05/12/2025 và thay thế Quyết định số 65/2024/QĐ-UBND.",
            ("65/2024/QĐ-UBND",),
        ),
        (
            "Quyết định này thay thế Quyết định số 59/2024/QĐ-UBND về xe và Quyết định số 58/2024/QĐ-UBND về nhà.",
            ("59/2024/QĐ-UBND", "58/2024/QĐ-UBND"),
        ),
        (
            "\nCác Quyết định sau đây hết hiệu lực kể từ ngày Quyết định này có hiệu lực thi hành:\n"
            "a) Quyết định số 36/2023/QĐ-UBND về xe;\nb) Quyết định số 60/2024/QĐ-UBND về nhà.\n"
            "2. Quyết định số 1/2020/QĐ-UBND.",
            ("36/2023/QĐ-UBND", "60/2024/QĐ-UBND"),
        ),
    ],
)
def test_what_is_replaced_whole_is_named(text, numbers):
    assert replaced(text, "1/2026/QĐ-UBND") == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Khoản 2 Điều 5 Nghị định số 12/2020/NĐ-CP hết hiệu lực kể từ ngày Nghị định này có hiệu lực.",
        "Nghị định này thay thế cụm từ “huyện” tại Nghị định số 12/2020/NĐ-CP.",
        "Luật này sửa đổi Luật Đất đai số 31/2024/QH15.",
        "Các Nghị định sau hết hiệu lực kể từ ngày Nghị định này có hiệu lực:\na) Điều 7 Nghị định số 12/2020/NĐ-CP;",
        "Nghị định số 12/2020/NĐ-CP có hiệu lực từ ngày Nghị định này hết hiệu lực.",
        "",
    ],
)
def test_what_lives_on_is_not_named(text):
    assert replaced(text, "") == ()


def test_the_laws_that_amended_a_replaced_one_live_on():
    amended = LAW.format(
        "77/2015/QH13 đã được sửa đổi theo Luật số 47/2019/QH14, Luật số 31/2024/QH15 và Luật số 34/2024/QH15"
    )
    assert replaced(amended, "65/2025/QH15") == ("77/2015/QH13",)


def test_a_consolidated_text_replaces_nothing_nor_any_text_itself():
    assert replaced(LAW.format("11/2003/QH11"), "13/VBHN-VPQH") == ()
    assert replaced(LAW.format("80/2025/QH15"), "80/2025/QH15") == ()


@given(st.text(alphabet="Nghị định số 12/2024-CPthay ế.;\nLuật này hết hiệu lực", max_size=300))
def test_any_text_is_read_and_gives_numbers_that_stand_in_it(text):
    assert all(number in "".join(text.split()) for number in replaced(text, ""))
