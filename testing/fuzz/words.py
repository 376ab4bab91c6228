"""Targets: spelling, numbers of documents, accents and slips."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from qa.text.normalise import fold, normalise
from qa.text.numbers import find_numbers
from qa.text.query_repair import WORD, LanguageModel, slips
from qa.text.terms import terms, words
from testing.fuzz.material import text_of

READ = """
Quận Long Biên giảm 406 người hoạt động không chuyên trách ở tổ dân phố. Thủ tục hành chính được rút ngắn.
Nghị quyết của Ủy ban Thường vụ Quốc hội về việc sắp xếp các đơn vị hành chính cấp xã của thành phố Hà Nội năm 2025.
Cán bộ, công chức, viên chức được hưởng chính sách, chế độ khi nghỉ việc. Trụ sở dôi dư giao cho địa phương quản lý.
Chính phủ ban hành nghị định; bộ trưởng quyết định. Phường mới có bao nhiêu dân? Con số còn phải chờ, còn con thì có.
"""
MODEL = LanguageModel.learn([READ])


def check_spelling(content: bytes) -> None:
    """Words are folded and settled; terms are the words and each adjacent pair."""
    text = text_of(content)
    found = words(text)
    assert all(word and word == fold(word) for word in found)
    assert words(" ".join(found)) == found
    matched = terms(text)
    assert matched[: len(found)] == found
    assert matched[len(found) :] == [f"{left}_{right}" for left, right in pairwise(found)]


def check_numbers(content: bytes) -> None:
    """A number is found however it is cased; fitting is mutual; what was found is found again when written out."""
    text = text_of(content)
    found = list(find_numbers(text))
    assert list(find_numbers(fold(text))) == found
    for number in found:
        assert number.digits >= 0
        assert number.year is None or 1900 <= number.year <= 2099
        assert number.suffix is None or number.suffix == "".join(fold(number.suffix).split()) != ""
        assert number.fits(number) == bool(number.year or number.suffix)
        assert all(number.fits(other) == other.fits(number) for other in found)
        if number.year and number.suffix and re.fullmatch(r"[a-z]+(-[a-z]+)+", number.suffix):
            assert number in find_numbers(f"theo {number.digits}/{number.year}/{number.suffix.upper()} thì")


def check_accents(content: bytes) -> None:
    """Restoring adds marks only, to words without any, and is settled after one pass."""
    text = normalise(text_of(content))
    restored = MODEL.restore(text)
    assert fold(restored) == fold(text)
    assert restored == normalise(restored)
    before, after = WORD.findall(text), WORD.findall(restored)
    if any(map(unicodedata.combining, text)):
        return  # a mark that stood alone joins the letter that restoring put before it
    assert len(before) == len(after)
    assert all(new == old for old, new in zip(before, after, strict=True) if old.lower() != fold(old))
    assert MODEL.restore(restored) == restored


def check_slips(content: bytes) -> None:
    """Repair changes unknown words only, each into a known one that is one slip away; all between stays."""
    text = normalise(text_of(content))
    repaired = MODEL.repair(text)
    assert repaired == normalise(repaired)
    if any(map(unicodedata.combining, text)):
        return
    before, after = WORD.findall(text), WORD.findall(repaired)
    assert WORD.split(text) == WORD.split(repaired)
    for old, new in zip(before, after, strict=True):
        if old != new:
            assert fold(old) not in MODEL.folded
            assert fold(new) in MODEL.folded
            assert fold(new) in slips(fold(old))
    assert fold(MODEL.restore(repaired)) == fold(repaired)
