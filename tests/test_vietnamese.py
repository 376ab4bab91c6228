from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.normalise import fold, normalise, syllables
from qa.text.sentences import sentence_spans

WORDS = st.text(alphabet="aăâeêioôơuưyđbcdghklmnpqrstvxáàảãạếềểễệốồổỗộĐÁ 0123456789.,;:!?…\n-/()“”#|", max_size=300)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_fold_removes_every_mark_and_the_bar_of_d():
    assert fold("Đường Hoài Nam, Quận ủy") == "duong hoai nam, quan uy"


@given(WORDS)
def test_both_ways_of_typing_accents_become_one(text):
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.text())
def test_normalise_is_settled_after_one_pass_and_leaves_nothing_invisible(text):
    once = normalise(text)
    assert normalise(once) == once
    assert not any(c in "\u200b\u202e\x00\x1b\ufeff\r" for c in once)


@given(st.text())
def test_fold_is_settled_after_one_pass(text):
    assert fold(fold(text)) == fold(text)


def test_numbers_are_syllables():
    assert syllables("32/2021/NĐ-CP, 33,2%") == ["32", "2021", "nd", "cp", "33", "2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Một câu. Hai câu.", ["Một câu.", "Hai câu."]),
        ("Số 1.234,5 tỷ đồng. Hết.", ["Số 1.234,5 tỷ đồng.", "Hết."]),
        ("UBND TP. Hà Nội họp. Xong.", ["UBND TP. Hà Nội họp.", "Xong."]),
        ("GS.TS. Trần A nói.", ["GS.TS. Trần A nói."]),
        ("Ông Nguyễn V. Hùng ký.", ["Ông Nguyễn V. Hùng ký."]),
        ("1. Sắp xếp bộ máy. 2. Tinh giản.", ["1. Sắp xếp bộ máy.", "2. Tinh giản."]),
        ("Điều 5. Chính phủ quy định.", ["Điều 5.", "Chính phủ quy định."]),
        ("Ông nói: “Tốt lắm!” Mọi người về.", ["Ông nói: “Tốt lắm!”", "Mọi người về."]),
        ("Đúng không? Đúng. đ) khác", ["Đúng không?", "Đúng. đ) khác"]),
        ("Quốc hội khóa XV. Chính phủ họp.", ["Quốc hội khóa XV.", "Chính phủ họp."]),
        ("- mục một;\n- mục hai.", ["mục một;", "mục hai."]),
        ("## Tiêu đề\n\nNội dung.", ["Nội dung."]),
        ("Ấn Độ thắng. Ở đây thua. Đã xong.", ["Ấn Độ thắng.", "Ở đây thua.", "Đã xong."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert sentences(text) == expected


@given(WORDS)
def test_sentence_spans_are_ordered_trimmed_and_lose_no_word_outside_headings(text):
    spans = list(sentence_spans(text))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    body = "\n".join(line for line in text.split("\n") if not re.match(r"\s*#{1,6}\s", line + "\n"))
    assert syllables(" ".join(text[start:end] for start, end in spans)) == syllables(body)
