"""What a question asks for, and the form that its answer has: a figure of some unit, a date, a name, a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from qa.text import fold, lexicon, words


class AnswerType(Enum):
    """What would answer a question."""

    MONEY = "money"
    AREA = "area"
    DURATION = "duration"
    CLOCK = "clock"
    PHONE = "phone"
    FIGURE = "figure"
    SHARE = "share"
    DATE = "date"
    PERSON = "person"
    WHO = "who"
    ADDRESS = "address"
    PLACE = "place"
    WHERE = "where"
    DOCUMENT = "document"
    LIST = "list"
    WHY = "why"
    HOW = "how"
    YES_NO = "yes_no"
    OTHER = "other"


HOW_MANY = lexicon.any_of("questions.count")
WHY, WHEN, MANNER = (lexicon.any_of(f"questions.{name}") for name in ("why", "when", "manner"))
PLACES = lexicon.alternation(lexicon.PLACE_WORDS)
DOCUMENTS = lexicon.alternation(("văn bản", *map(str.lower, lexicon.DOCUMENT_NAMES)))
SUMS = (
    "tiền|đồng|tỷ|tỉ|lương|lệ phí|phí|chi phí|kinh phí|phụ cấp|trợ cấp|doanh thu|ngân sách|giá|thu nhập|mức phạt|"
    "bị phạt|phạt|mức chi|mức hỗ trợ|mức bồi dưỡng|mức thưởng|grdp|gdp|tiết kiệm"
)
HOLDERS = lexicon.alternation((*map(str.lower, lexicon.TITLES), "trưởng"))
PATTERNS = [
    (AnswerType.LIST, r"\b(kể tên|liệt kê|gồm những)\b|\b(từ|gồm) (những|các)\b.{1,20}\bnào\b"),
    (AnswerType.WHY, rf"\b({WHY}|lý do|lí do|nguyên nhân|vì đâu)\b"),
    (AnswerType.PHONE, r"\b(số điện thoại|đường dây nóng|số máy)\b"),
    (AnswerType.CLOCK, rf"\b({HOW_MANY} giờ|giờ (mở|đóng) cửa|lúc {HOW_MANY})\b"),
    (AnswerType.SHARE, rf"\b(tỷ lệ|tỉ lệ)\b.*\b{HOW_MANY}\b|\b{HOW_MANY} (phần trăm|%)"),
    (
        AnswerType.DATE,
        rf"\b({WHEN}|(ngày|tháng|năm|lúc|hôm|thời điểm|hạn|thời gian|quý) nào|(ngày|năm|tháng) {HOW_MANY}$"
        rf"|(ngày|năm) {HOW_MANY}\b|từ đâu đến đâu)",
    ),
    (AnswerType.AREA, rf"\b(diện tích|rộng)\b.*\b{HOW_MANY}\b|\b{HOW_MANY} (km2|km²|ha|héc|hecta|m2|ki-lô-mét vuông)"),
    (AnswerType.DURATION, rf"\b(bao lâu|{HOW_MANY} (ngày|tháng|năm|tuần|phút)(?! (lương|phụ cấp|trợ cấp|tiền)))\b"),
    (
        AnswerType.MONEY,
        rf"\b{HOW_MANY} (tiền|đồng|tỷ|tỉ|triệu đồng|nghìn đồng|tháng (lương|phụ cấp|trợ cấp|tiền))\b"
        rf"|\b(?:{SUMS})\b[^?]*\b{HOW_MANY}(?=\s*(?:\?|$|một|mỗi|cho|theo|hằng|/))",
    ),
    (AnswerType.FIGURE, rf"\b({HOW_MANY}|số lượng)\b|\b(tối đa|tối thiểu)\b.*\b(là gì|nào)\b"),
    (AnswerType.DOCUMENT, rf"\b({DOCUMENTS})( số)? (nào|gì)\b|\bcăn cứ (nào|vào đâu)\b"),
    (
        AnswerType.LIST,
        r"\b(những\b.{1,40}\b(nào|gì|ai)|các\b.{1,40}\bnào|gồm (các|gì|ai)|bao gồm)\b",
    ),
    (
        AnswerType.PLACE,
        rf"\b{PLACES} (nào|gì|mới nào)\b"
        r"|\b(thuộc|nhập|sáp nhập|về|chuyển|gộp)( vào| về| với)? đâu\b",
    ),
    (AnswerType.ADDRESS, r"\b(số nhà|địa chỉ|đường nào|(?<!thành )phố nào)\b"),
    (
        AnswerType.PERSON,
        rf"\b(tên (là )?gì|họ tên|ông nào|bà nào)\b|\bai (là|đang (giữ|làm)|giữ chức|được bầu|được bổ nhiệm)\b"
        rf"|\b({HOLDERS})\b.*\blà ai\b",
    ),
    (
        AnswerType.WHO,
        r"\b(ai(?! cập)|người nào|cơ quan nào|đơn vị nào|tổ chức nào|cấp nào|bộ nào|chức danh nào|bên nào)\b",
    ),
    (
        AnswerType.WHERE,
        r"\b((ở|tại|thuộc|về|vào|từ|đến) đâu|đặt ở"
        rf"|(nơi|địa phương|{PLACES}|nước|vùng) nào)\b",
    ),
    (AnswerType.YES_NO, r"\b(không|chưa|phải không|đúng không|à)\s*\??$|\bcó phải\b|\bcó được\b.*\bkhông\b"),
    (AnswerType.HOW, rf"\b({MANNER}|cách|bằng cách)\b"),
]
ACCENTED = [(kind, re.compile(pattern)) for kind, pattern in PATTERNS]
BARE = [(kind, re.compile(fold(pattern.replace(r"\b", "\x00")).replace("\x00", r"\b"))) for kind, pattern in PATTERNS]
UNIT = re.compile(rf"\b(?:{HOW_MANY}|bao nhieu|may)\s+((?:[^\W\d]+\s*){{1,4}})")
LEVEL = re.compile(rf"\b({fold(PLACES)}) (?:moi )?(?:nao|gi)\b")
UNIT_ENDS = frozenset(
    "duoc bi phai va thi la o tai trong cho theo de nao khi tu den co khong truc thuoc moi cua nhat hien nay nhu "
    "vao".split()
)


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a question asks for; ``unit``: the folded words that name what is counted, or the level of place."""

    kind: AnswerType
    unit: tuple[str, ...] = ()


def expected_answer(question: str) -> ExpectedAnswer:
    """Return what a question asks for; the first pattern that fits decides."""
    kind = kind_of(question)
    if kind is AnswerType.PLACE:
        level = LEVEL.search(fold(question))
        return ExpectedAnswer(kind, (level[1],) if level else ())
    return ExpectedAnswer(kind, unit_of(question) if kind is AnswerType.FIGURE else ())


def kind_of(question: str) -> AnswerType:
    """Return the kind of answer that a question asks for."""
    text = " ".join(question.lower().split())
    patterns = BARE if text == fold(text) else ACCENTED
    return next((kind for kind, pattern in patterns if pattern.search(text)), AnswerType.OTHER)


def unit_of(question: str) -> tuple[str, ...]:
    """Return the words that follow "bao nhiêu": what is counted, folded, up to a word that cannot belong to it."""
    found = UNIT.search(question.lower())
    unit: list[str] = []
    for word in words(found[1]) if found else ():
        if word in UNIT_ENDS:
            break
        unit.append(word)
    return tuple(unit)
