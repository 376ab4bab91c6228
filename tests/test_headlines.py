"""What is shown in bold is never part of a name or a phrase."""

from __future__ import annotations

import pytest

from qa.reading.answer_span import headline, whole_phrase
from qa.reading.answer_type import expected_answer


@pytest.mark.parametrize(
    ("sentence", "question", "shown"),
    [
        ("Vụ Pháp chế thẩm định dự thảo.", "Cơ quan nào thẩm định dự thảo?", "Vụ Pháp chế"),
        ("Bộ Giáo dục và Đào tạo định giá sách.", "Bộ nào định giá sách?", "Bộ Giáo dục và Đào tạo"),
        ("Cục có 10 phòng, Văn phòng và Thanh tra.", "Cục có bao nhiêu phòng?", "10 phòng"),
        ("Tỉnh rộng 4.718,6 km2 với 99 xã.", "Diện tích tỉnh là bao nhiêu?", "4.718,6 km2"),
        ("Luật gồm 7 chương và 80 điều.", "Luật gồm bao nhiêu chương?", "7 chương"),
        ("Phó Chủ tịch Ủy ban nhân dân tỉnh ký.", "Ai ký?", "Phó Chủ tịch Ủy ban nhân dân tỉnh"),
    ],
)
def test_a_headline_ends_where_its_name_or_unit_ends(sentence, question, shown):
    assert headline(expected_answer(question), sentence, question) == shown


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        ("Theo Phó Chủ tịch, việc này đã xong.", "Chủ tịch"),
        ("Việc này (theo Nghị quyết 76) đã xong.", "(theo Nghị quyết 76"),
        ("Có 5 " + "dài " * 9 + "xong.", "5 dài"),
    ],
)
def test_a_span_that_cuts_a_name_or_a_phrase_is_not_shown(sentence, cut):
    start = sentence.index(cut)
    assert whole_phrase(sentence, start, start + len(cut)) is None


@pytest.mark.parametrize("sentence", ["Nghị quyết số 76 có hiệu lực.", "Điều 1 về cơ cấu tổ chức."])
def test_a_document_or_its_part_does_not_say_who(sentence):
    assert headline(expected_answer("Ai chịu trách nhiệm?"), sentence, "Ai chịu trách nhiệm?") is None
