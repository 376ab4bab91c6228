from __future__ import annotations

import pytest

from qa.question import Kind, has_form, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quận Long Biên giảm bao nhiêu người?", Kind.FIGURE),
        ("quan long bien giam bao nhieu nguoi", Kind.FIGURE),
        ("Tỷ lệ hồ sơ đúng hạn là bao nhiêu?", Kind.SHARE),
        ("Luật có hiệu lực từ ngày nào?", Kind.DATE),
        ("Ai ký quyết định?", Kind.WHO),
        ("Theo nghị định nào?", Kind.DOCUMENT),
        ("Xã Bát Tràng cũ nay thuộc đâu?", Kind.WHERE),
        ("Phường mới gồm những phường nào?", Kind.LIST),
        ("Vì sao bỏ cấp huyện?", Kind.WHY),
        ("Làm thế nào để nộp hồ sơ?", Kind.HOW),
        ("Hà Nội có sáp nhập không?", Kind.YES_NO),
        ("Vesak", Kind.OTHER),
    ],
)
def test_a_question_s_kind_is_told_with_and_without_accents(question, kind):
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "holds"),
    [
        (Kind.FIGURE, "Giảm 406 người.", True),
        (Kind.FIGURE, "Theo Nghị định 32/2021/NĐ-CP.", False),
        (Kind.SHARE, "Đạt 33,2% số thủ tục.", True),
        (Kind.SHARE, "Có 121 thủ tục.", False),
        (Kind.DATE, "Từ ngày 01/7/2025.", True),
        (Kind.DATE, "Có 34 tỉnh.", False),
        (Kind.DOCUMENT, "Theo Nghị định số 32/2021/NĐ-CP.", True),
        (Kind.WHO, "Ông A ký.", False),
    ],
)
def test_a_sentence_holds_the_form_that_is_asked_for(kind, sentence, holds):
    assert has_form(kind, sentence) is holds
