"""Numbers in words count as numbers, whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.publish import unsupported_numbers
from qa.blocks import Quote
from qa.text import numbers_in
from qa.values import Citation

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()
LAST = {1: "mốt", 4: "tư", 5: "lăm"}


def spelled(number: int) -> str:
    """Spell a number as a schoolbook does; written apart from the reader that it tests."""
    said: list[str] = []
    for scale, name in ((1_000_000, "triệu"), (1_000, "nghìn"), (1, "")):
        hundreds, tens, ones = number // scale // 100 % 10, number // scale // 10 % 10, number // scale % 10
        if not (hundreds or tens or ones):
            continue
        if hundreds or said:
            said += [DIGITS[hundreds], "trăm"]
        if tens > 1:
            said += [DIGITS[tens], "mươi", *([LAST.get(ones, DIGITS[ones])] if ones else [])]
        elif tens:
            said += ["mười", *(["lăm" if ones == 5 else DIGITS[ones]] if ones else [])]
        elif ones:
            said += [*(["linh"] if hundreds or len(said) > 1 else []), DIGITS[ones]]
        said += [name] if name else []
    return " ".join(said)


@given(st.integers(10, 999_999_999))
def test_every_number_is_read_whole(number):
    words = spelled(number)
    assert numbers_in(f"Tỉnh có {words} xã, phường.") == (words,)


@pytest.mark.parametrize(
    "text", ["một số xã", "một phần diện tích", "Sở Tư pháp", "ba mẹ tôi", "năm tới", "chín muồi", "hệ số lương"]
)
def test_a_word_that_is_no_number_is_none(text):
    assert numbers_in(text) == ()


def test_a_year_after_a_number_in_words_is_not_part_of_it():
    assert numbers_in("hai triệu năm 2025") == ("hai triệu", "2025")


def quoted(text: str) -> Quote:
    citation = Citation("d", "Tiêu đề", "Nguồn", "", None, "news", None, None, 0, len(text), "original")
    return Quote(1, text, citation, 1.0)


def test_part_of_a_number_in_words_is_unsupported():
    quotes = [quoted("Thành phố còn hai mươi sáu phường.")]
    assert unsupported_numbers("**sáu phường** Thành phố còn hai mươi sáu phường. [1]", quotes) == ["sáu"]
    assert unsupported_numbers("**hai mươi sáu phường** [1]", quotes) == []
