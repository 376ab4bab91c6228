"""What a question asks for is told from its words, and the short answer is a part of the sentence of that form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading.answer_span import has_form, short_answer
from qa.reading.answer_type import AnswerType, ExpectedAnswer, expected_answer, kind_of, unit_of
from qa.text.normalise import fold

QUESTIONS = [
    ("Quận Long Biên giảm bao nhiêu người?", AnswerType.FIGURE),
    ("Cả nước có mấy tỉnh?", AnswerType.FIGURE),
    ("Tỷ lệ hồ sơ đúng hạn là bao nhiêu?", AnswerType.SHARE),
    ("Mức phạt là bao nhiêu?", AnswerType.MONEY),
    ("Lệ phí chứng thực hết bao nhiêu tiền?", AnswerType.MONEY),
    ("Phường Long Biên rộng bao nhiêu km2?", AnswerType.AREA),
    ("Thời hạn trả lời là mấy ngày?", AnswerType.DURATION),
    ("Trung tâm mở cửa lúc mấy giờ?", AnswerType.CLOCK),
    ("Số điện thoại đường dây nóng là số nào?", AnswerType.PHONE),
    ("Luật có hiệu lực từ ngày nào?", AnswerType.DATE),
    ("Ai ký quyết định?", AnswerType.WHO),
    ("Chủ tịch xã tên là gì?", AnswerType.PERSON),
    ("Bộ trưởng Bộ Nội vụ là ai?", AnswerType.PERSON),
    ("Theo nghị định nào?", AnswerType.DOCUMENT),
    ("Xã Bát Tràng cũ nay thuộc đâu?", AnswerType.PLACE),
    ("Kon Tum nay nằm trong tỉnh nào?", AnswerType.PLACE),
    ("Hồ sơ nộp ở đâu?", AnswerType.WHERE),
    ("Trụ sở đặt ở số nhà nào?", AnswerType.ADDRESS),
    ("Phường mới gồm những phường nào?", AnswerType.LIST),
    ("Vì sao bỏ cấp huyện?", AnswerType.WHY),
    ("Làm thế nào để nộp hồ sơ?", AnswerType.HOW),
    ("Hà Nội có sáp nhập không?", AnswerType.YES_NO),
    ("Vesak", AnswerType.OTHER),
]


@pytest.mark.parametrize(("question", "kind"), QUESTIONS)
def test_a_question_s_kind_is_told_with_and_without_accents(question, kind):
    assert kind_of(question) is kind
    assert kind_of(fold(question)) is kind


def test_a_machine_is_not_a_number_and_egypt_is_not_a_person():
    assert kind_of("Máy tính thay đổi ngành này ra sao?") is AnswerType.HOW
    assert kind_of("Bệnh viện ở Ai Cập cổ đại thế nào?") is AnswerType.HOW


def test_the_unit_is_what_follows_how_many():
    assert unit_of("Có bao nhiêu đơn vị hành chính được lập?") == ("don", "vi", "hanh", "chinh")
    assert unit_of("Dân số là bao nhiêu?") == ()


SHORT = [
    ("Long Biên giảm bao nhiêu người?", "Long Biên giảm 406 người và 80 chi bộ từ ngày 03/01/2022.", "406 người"),
    ("Long Biên giảm bao nhiêu chi bộ?", "Long Biên giảm 406 người và 80 chi bộ.", "80 chi bộ"),
    ("Có mấy Phó Chủ tịch?", "Ủy ban có hai Phó Chủ tịch và 5 ủy viên.", "hai Phó Chủ tịch"),
    ("Tỷ lệ đúng hạn là bao nhiêu?", "Năm 2025 có 1.234 hồ sơ, đúng hạn 99,5%.", "99,5%"),
    ("Luật có hiệu lực khi nào?", "Luật 72/2025/QH15 có hiệu lực từ ngày 16/6/2025.", "ngày 16/6/2025"),
    ("Theo nghị định nào?", "Việc ký theo Nghị định số 32/2021/NĐ-CP.", "Nghị định số 32/2021/NĐ-CP"),
    ("Lệ phí bao nhiêu tiền?", "Năm 2025, lệ phí là 50.000 đồng/lần.", "50.000 đồng/lần"),
    ("Bộ trưởng là ai?", "Bộ trưởng Trần Văn Thử ký ngày 01/7/2025.", "Trần Văn Thử"),
    ("Trụ sở ở số nhà nào?", "Trụ sở đặt tại số 3, phố Vạn Hạnh.", "số 3, phố Vạn Hạnh"),
    ("Kon Tum nay thuộc tỉnh nào?", "Tỉnh Kon Tum nay thuộc tỉnh Quảng Ngãi.", "tỉnh Quảng Ngãi"),
    ("Hà Giang thuộc tỉnh nào?", "Phường Hà Giang 1 (tỉnh Tuyên Quang) gồm xã Phương Độ.", "tỉnh Tuyên Quang"),
    ("Xã An Linh thuộc xã nào?", "Xã An Long mới (thành phố Hồ Chí Minh) gồm: toàn bộ xã An Linh cũ.", "Xã An Long"),
    ("Rộng bao nhiêu km2?", "Thành phố rộng 3.359,84 km2, có 126 xã.", "3.359,84 km2"),
]


@pytest.mark.parametrize(("question", "sentence", "short"), SHORT)
def test_the_short_answer_is_the_part_of_the_form_asked_for(question, sentence, short):
    assert short_answer(expected_answer(question), sentence, question).text == short


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Lệ phí bao nhiêu tiền?", "Có 126 xã, phường thu lệ phí."),
        ("Bộ trưởng là ai?", "Bộ trưởng ký Nghị định 32/2021/NĐ-CP."),
        ("Giảm bao nhiêu người?", "Theo Nghị định 32/2021/NĐ-CP, Điều 5, ngày 03/01/2022."),
        ("Luật có hiệu lực khi nào?", "Luật quy định 34 tỉnh."),
        ("Năm 2025 giảm bao nhiêu xã?", "Năm 2025 có nhiều xã sắp xếp."),
        ("Trụ sở ở số nhà nào?", "Trụ sở có 3 tầng."),
    ],
)
def test_a_sentence_without_the_form_asked_for_has_no_short_answer(question, sentence):
    wanted = expected_answer(question)
    assert has_form(wanted)
    assert short_answer(wanted, sentence, question) is None


def test_the_figure_of_the_unit_asked_for_fits_better_than_another():
    right = short_answer(expected_answer("Giảm bao nhiêu phường?"), "Giảm 13 phường.", "Giảm bao nhiêu phường?")
    other = short_answer(expected_answer("Giảm bao nhiêu phường?"), "Giảm 406 người.", "Giảm bao nhiêu phường?")
    assert right.fit == 1.0
    assert other.fit < 0.5


ISSUED_AND_IN_FORCE = "Nghị định 45/2025/NĐ-CP ngày 01/3/2025 có hiệu lực từ ngày 15/4/2025."


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Nghị định 45 có hiệu lực từ ngày nào?", "ngày 15/4/2025"),
        ("Nghị định 45 áp dụng từ hôm nào?", "ngày 15/4/2025"),
        ("Nghị định 45 ban hành ngày nào?", "ngày 01/3/2025"),
    ],
)
def test_the_day_in_a_document_s_name_answers_only_when_it_was_issued(question, day):
    assert short_answer(expected_answer(question), ISSUED_AND_IN_FORCE, question).text == day


@given(st.sampled_from([ExpectedAnswer(kind) for kind in AnswerType]), st.text(max_size=300), st.text(max_size=100))
def test_a_short_answer_is_always_a_part_of_the_sentence(wanted, sentence, question):
    short = short_answer(wanted, sentence, question)
    assert short is None or (short.text and short.text in sentence and 0 <= short.fit <= 1)
