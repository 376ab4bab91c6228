"""A follow-up is completed from what was asked and answered before; a new topic carries nothing over."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.follow_ups import complete
from qa.values import Turn

DIALOGUES = [
    # the new thing takes the place of its like
    (
        ["Quận Long Biên giảm bao nhiêu người không chuyên trách?"],
        "Còn ở phường thì sao?",
        "Quận Long Biên giảm bao nhiêu người không chuyên trách ở phường?",
    ),
    (
        ["Năm 2025 cả nước tinh giản bao nhiêu biên chế?"],
        "thế năm 2021?",
        "Năm 2021 cả nước tinh giản bao nhiêu biên chế?",
    ),
    (
        ["Viên chức nghỉ hưu trước tuổi được trợ cấp bao nhiêu tháng lương?"],
        "Còn người lao động thì sao?",
        "Người lao động nghỉ hưu trước tuổi được trợ cấp bao nhiêu tháng lương?",
    ),
    (
        ["Bộ Tài chính có bao nhiêu cục?"],
        "Vậy Bộ Nội vụ?",
        "Bộ Nội vụ có bao nhiêu cục?",
    ),
    (
        ["Nghị định 150/2025/NĐ-CP có hiệu lực khi nào?"],
        "Thế Nghị định 45/2025/NĐ-CP thì sao?",
        "Nghị định 45/2025/NĐ-CP có hiệu lực khi nào?",
    ),
    (
        ["Khoản 2 Điều 5 Luật Đất đai 2024 quy định gì?"],
        "Còn khoản 3?",
        "Khoản 3 Điều 5 Luật Đất đai 2024 quy định gì?",
    ),
    (
        ["Hồ sơ nộp trực tiếp được trả kết quả trong mấy ngày?"],
        "Còn hồ sơ nộp trực tuyến?",
        "Hồ sơ nộp trực tuyến được trả kết quả trong mấy ngày?",
    ),
    (
        ["Đặc khu Phú Quốc có bao nhiêu dân?"],
        "Thế còn đặc khu Vân Đồn năm 2024 thì sao?",
        "Đặc khu Vân Đồn có bao nhiêu dân năm 2024?",
    ),
    (
        ["Đăng ký khai sinh làm ở đâu?"],
        "Còn đăng ký kết hôn thì sao?",
        "Đăng ký kết hôn làm ở đâu?",
    ),
    (
        ["Quận Long Biên giảm bao nhiêu chi bộ?"],
        "Còn tổ dân phố thì sao?",
        "Quận Long Biên giảm bao nhiêu tổ dân phố?",
    ),
    (
        ["Khu vực Vành đai 3 của Hà Nội dài bao nhiêu km?"],
        "Còn Vành đai 4?",
        "Khu vực Vành đai 4 của Hà Nội dài bao nhiêu km?",
    ),
    (
        ["Chợ quê nằm trong một xã do ai quản lý?"],
        "Thế chợ trải trên nhiều xã thì sao?",
        "Chợ trải trên nhiều xã do ai quản lý?",
    ),
    # typed without accents
    (
        ["thai binh gio thuoc tinh nao"],
        "con hai duong thi sao",
        "Hai duong gio thuoc tinh nao?",
    ),
    (
        ["Nghị định 67/2025/NĐ-CP áp dụng cho ai?"],
        "nghi dinh do co hieu luc tu ngay nao",
        "Nghị định 67/2025/NĐ-CP co hieu luc tu ngay nao?",
    ),
    (
        ["tỉnh đắk lắk có bao nhiêu xã?"],
        "thế còn gia lai?",
        "Gia lai có bao nhiêu xã?",
    ),
    # a question word alone
    (
        ["Long Biên giảm bao nhiêu người không chuyên trách?"],
        "Vì sao?",
        "Vì sao Long Biên giảm người không chuyên trách?",
    ),
    (
        ["Nghị quyết 60-NQ/TW nói về việc gì?"],
        "Ai ký?",
        "Ai ký Nghị quyết 60-NQ/TW?",
    ),
    (
        ["Ai bổ nhiệm Chánh án Tòa án nhân dân khu vực?"],
        "Khi nào?",
        "Bổ nhiệm Chánh án Tòa án nhân dân khu vực khi nào?",
    ),
    (
        ["Bộ Khoa học và Công nghệ có mấy đơn vị sự nghiệp?"],
        "Là những đơn vị nào?",
        "Bộ Khoa học và Công nghệ có đơn vị sự nghiệp là những đơn vị nào?",
    ),
    (
        ["Nghị quyết 202/2025/QH15 nói về việc gì?"],
        "Có hiệu lực từ bao giờ?",
        "Nghị quyết 202/2025/QH15 có hiệu lực từ bao giờ?",
    ),
    # words that point back
    (
        ["Phường Hồng Hà mới gồm những phường nào?"],
        "Phường đó có bao nhiêu dân?",
        "Phường Hồng Hà mới có bao nhiêu dân?",
    ),
    (
        ["Thanh tra Chính phủ có bao nhiêu cục?"],
        "Cơ quan này do ai đứng đầu?",
        "Thanh tra Chính phủ do ai đứng đầu?",
    ),
    (
        ["Cán bộ không chuyên trách cấp xã được hỗ trợ những gì?"],
        "Họ nghỉ việc từ khi nào?",
        "Cán bộ không chuyên trách cấp xã nghỉ việc từ khi nào?",
    ),
    (
        ["Có bao nhiêu tỉnh sau sắp xếp?"],
        "Trong số đó có mấy thành phố?",
        "Trong số tỉnh sau sắp xếp có mấy thành phố?",
    ),
    (
        ["Xã Bát Tràng sáp nhập với xã nào?"],
        "Việc này thực hiện từ ngày nào?",
        "Việc xã Bát Tràng sáp nhập thực hiện từ ngày nào?",
    ),
    (
        ["Bộ Nội vụ sau sáp nhập có bao nhiêu đơn vị?"],
        "Bộ trưởng là ai?",
        "Bộ trưởng Bộ Nội vụ là ai?",
    ),
    (
        ["Quận Long Biên giảm bao nhiêu người không chuyên trách?"],
        "Theo văn bản nào?",
        "Quận Long Biên giảm người không chuyên trách theo văn bản nào?",
    ),
    (
        ["NĐ 178/2024 có hiệu lực khi nào?"],
        "Nghị định này áp dụng cho những ai?",
        "NĐ 178/2024 áp dụng cho những ai?",
    ),
    (
        ["quan long bien giam bao nhieu nguoi"],
        "con quan hoan kiem thi sao",
        "Quan hoan kiem giam bao nhieu nguoi?",
    ),
    (
        ["luật cán bộ, công chức số 80/2025/qh15 có hiệu lực khi nào"],
        "luật đó thay luật nào",
        "Luật cán bộ, công chức số 80/2025/qh15 thay luật nào?",
    ),
    (["Xã được thành lập khi nào?"], "Nói rõ hơn được không?", "Xã được thành lập khi nào?"),
    # three turns: what the last question does not name is sought further back
    (
        ["Kết luận 126-KL/TW nói về việc gì?", "Bộ Công an có bao nhiêu cục?"],
        "Kết luận đó ra ngày nào?",
        "Kết luận 126-KL/TW ra ngày nào?",
    ),
    (
        ["Nghị định 178/2024/NĐ-CP do ai ký?", "Cán bộ nghỉ hưu trước tuổi được trợ cấp thế nào?"],
        "Văn bản đó có hiệu lực khi nào?",
        "Nghị định 178/2024/NĐ-CP có hiệu lực khi nào?",
    ),
    (["Tỉnh Gia Lai mới gồm những tỉnh nào?", "Cảm ơn nhé"], "Thế còn Đắk Lắk?", "Đắk Lắk mới gồm những tỉnh nào?"),
    (
        ["Hà Nội có bao nhiêu xã?", "Đà Nẵng có bao nhiêu xã?"],
        "Còn Cần Thơ?",
        "Cần Thơ có bao nhiêu xã?",
    ),
    # a new topic, a whole question, a greeting: nothing carried over
    (
        ["Quận Long Biên giảm bao nhiêu người không chuyên trách?"],
        "Bộ Y tế có mấy tổ chức hành chính?",
        "Bộ Y tế có mấy tổ chức hành chính?",
    ),
    (
        ["Hà Nội có bao nhiêu phường?"],
        "Nghị định 45/2025/NĐ-CP có hiệu lực khi nào?",
        "Nghị định 45/2025/NĐ-CP có hiệu lực khi nào?",
    ),
    (["Hà Nội có bao nhiêu phường?"], "Cảm ơn nhé", "Cảm ơn nhé"),
    (["Hà Nội có bao nhiêu phường?"], "Bạn là ai?", "Bạn là ai?"),
    ([], "Còn ở phường thì sao?", "Còn ở phường thì sao?"),
    (
        ["Nghị định 125/2025/NĐ-CP giao việc bình ổn giá cho ai?"],
        "Vậy Bộ Tài chính có mấy đơn vị sự nghiệp công lập?",
        "Vậy Bộ Tài chính có mấy đơn vị sự nghiệp công lập?",
    ),
    (["Hà Nội có bao nhiêu phường?"], "Thế nào là đặc khu?", "Thế nào là đặc khu?"),
    (
        ["Hà Nội có bao nhiêu phường?"],
        "Con liệt sĩ được cộng mấy điểm khi thi công chức?",
        "Con liệt sĩ được cộng mấy điểm khi thi công chức?",
    ),
    (
        ["Hà Nội có bao nhiêu phường?"],
        "Từ 1/7/2025 nước ta còn mấy cấp chính quyền địa phương?",
        "Từ 1/7/2025 nước ta còn mấy cấp chính quyền địa phương?",
    ),
    (
        ["Hà Nội có bao nhiêu phường?"],
        "Nghị quyết 76 sắp xếp đơn vị nào, và nghị quyết đó có hiệu lực khi nào?",
        "Nghị quyết 76 sắp xếp đơn vị nào, và nghị quyết đó có hiệu lực khi nào?",
    ),
]


@pytest.mark.parametrize(("asked", "question", "completed"), DIALOGUES, ids=[case[1] for case in DIALOGUES])
def test_a_follow_up_becomes_a_question_that_stands_alone(asked, question, completed):
    assert complete(question, [Turn(earlier) for earlier in asked]) == completed


QUESTIONS = Path(__file__).parent.parent / "eval_data" / "questions.jsonl"
RECORDS = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_a_question_that_stands_alone_is_left_as_it_is_whatever_came_before():
    alone = [record["question"] for record in RECORDS if record["type"] != "follow_up"]
    kept = [complete(now, [Turn(before)]) == now for before, now in pairwise(alone)]
    assert sum(kept) >= 0.99 * len(kept)


def test_nearly_every_follow_up_of_the_quality_set_is_completed():
    follow_ups = [record for record in RECORDS if record["type"] == "follow_up"]
    changed = [complete(one["question"], turns_of(one)) != one["question"] for one in follow_ups]
    assert sum(changed) >= 0.9 * len(changed) > 0


def turns_of(record: dict) -> list[Turn]:
    return [Turn(turn["question"], turn["answer"]) for turn in record["history"]]


PIECES = st.sampled_from(
    "còn thế vậy thì sao đó này nó họ ở phường xã cấp tỉnh Hà Nội Nghị định 125/2025/NĐ-CP bao nhiêu mấy nào ai có "
    "được không nếu và của năm 2021 Bộ Tài chính , ? . ông ấy trong số Luật Cán bộ 3 con do nay \u200b İ ß".split()
)
SPOKEN = st.lists(PIECES, max_size=60).map(" ".join) | st.text(max_size=80)


@given(SPOKEN, st.lists(st.builds(Turn, SPOKEN, SPOKEN), max_size=4))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_completed_to_at_most_500_characters_or_left_as_it_is(question, history):
    completed = complete(question, history)
    assert completed == question or len(completed) <= 500


def test_a_very_long_past_adds_no_more_than_500_characters():
    turn = Turn("Nghị định 125/2025/NĐ-CP của Bộ Tài chính " * 10_000, "Ông Nguyễn Văn An " * 10_000)
    completed = complete("nghị định đó " * 15, [turn] * 50)
    assert completed.startswith("Nghị định 125/2025/NĐ-CP")
    assert len(completed) <= 500


def test_decomposed_letters_and_line_breaks_are_read_as_any_others():
    question = unicodedata.normalize("NFD", "Còn  Đà\nNẵng thì sao?")
    assert complete(question, [Turn("Hà Nội có bao nhiêu phường?")]) == "Đà Nẵng có bao nhiêu phường?"


def test_a_pronoun_may_mean_someone_whom_only_the_answer_names():
    turn = Turn("Ai ký Công văn 1824/UBND-NC?", "Dạ, Phó Chủ tịch UBND thành phố Hà Nội là ông Nguyễn Trọng Đông ký.")
    assert complete("Ông ấy giữ chức gì?", [turn]) == "Ông Nguyễn Trọng Đông giữ chức gì?"


def test_a_document_that_only_the_answer_names_is_found():
    turn = Turn("Chính sách nghỉ hưu sớm quy định ở đâu?", "Chính sách này nêu tại Nghị định 178/2024/NĐ-CP.")
    assert complete("Nghị định đó có hiệu lực khi nào?", [turn]) == "Nghị định 178/2024/NĐ-CP có hiệu lực khi nào?"
