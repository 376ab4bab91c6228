"""Numbers in words are found whole, with their values; words that only look like numbers are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.verification import unsupported_numbers
from qa.reading.answer_span import short_answer
from qa.reading.answer_type import expected_answer
from qa.text import find_number_words
from qa.values import Citation, Quote

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()


def spell_below_hundred(number):
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if ones == 0:
        return head
    last = {5: "lăm"}.get(ones, DIGITS[ones])
    return f"{head} {'mốt' if ones == 1 and tens > 1 else last}"


def spell_below_thousand(number, full=False):
    hundreds, rest = divmod(number, 100)
    if not hundreds and not full:
        return spell_below_hundred(rest)
    head = f"{DIGITS[hundreds]} trăm"
    if rest == 0:
        return head
    return f"{head} linh {DIGITS[rest]}" if rest < 10 else f"{head} {spell_below_hundred(rest)}"


def spell(number):
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return spell_below_thousand(rest)
    head = f"{spell_below_thousand(thousands)} nghìn"
    return f"{head} {spell_below_thousand(rest, full=True)}" if rest else head


@given(st.integers(0, 999_999))
def test_every_spelled_number_is_found_whole_with_its_value(number):
    spelled = spell(number)
    assert [(one.start, one.end, one.value) for one in find_number_words(spelled)] == [(0, len(spelled), number)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("gồm hai mươi sáu phường", [26]),
        ("một trăm lẻ năm xã", [105]),
        ("ba ngàn hai trăm người", [3200]),
        ("năm mươi tư đơn vị", [54]),
        ("hai triệu ba trăm nghìn đồng", [2_300_000]),
        ("một số xã, một phần phường, ba mẹ, Sở Tư pháp, quận Ba Đình, năm 2025, mỗi năm", []),
        ("hai muoi sau phuong", []),
        ("**3 so với năm**", []),
    ],
)
def test_words_that_are_no_numbers_are_not_taken_for_any(text, values):
    assert [one.value for one in find_number_words(text)] == values


def test_the_short_answer_holds_the_whole_number_word():
    question = "Có bao nhiêu phường?"
    short = short_answer(expected_answer(question), "Thành phố có hai mươi sáu phường.", question)
    assert short.text == "hai mươi sáu phường"


def test_a_number_in_words_that_the_quote_does_not_hold_is_unsupported():
    said = "Có hai mươi sáu phường."
    citation = Citation("a", "Tên", "Nguồn", "", None, "news", None, None, 0, len(said))
    quote = Quote(1, said, citation, 1.0)
    assert unsupported_numbers("hai mươi sáu phường", [quote]) == []
    assert unsupported_numbers("ba mươi sáu phường", [quote]) == ["ba mươi sáu"]
    assert unsupported_numbers("sáu phường", [quote]) == ["sáu"]
