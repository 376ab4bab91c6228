"""What a question asks for, and whether a sentence holds something of that form."""

from __future__ import annotations

import re
from enum import Enum

from qa.vietnamese import fold


class Kind(Enum):
    """What would answer a question."""

    FIGURE = "figure"
    SHARE = "share"
    DATE = "date"
    WHO = "who"
    WHERE = "where"
    DOCUMENT = "document"
    LIST = "list"
    WHY = "why"
    HOW = "how"
    YES_NO = "yes_no"
    OTHER = "other"


_DOCUMENTS = (
    "van ban|nghi dinh|nghi quyet|quyet dinh|thong tu|luat|ket luan|ke hoach|cong van|cong dien|quy dinh|chi thi"
)
PATTERNS = [
    (Kind.WHY, r"\b(vi sao|tai sao|ly do|nguyen nhan|nham muc dich|de lam gi|nham gi)\b"),
    (Kind.SHARE, r"\b(ty le|ti le|phan tram|bao nhieu %|may phan tram)\b"),
    (
        Kind.DATE,
        r"\b(khi nao|bao gio|(ngay|thang|nam|luc|hom|thoi diem|han) nao|ngay bao nhieu|hieu luc tu dau)\b",
    ),
    (Kind.FIGURE, r"\b(bao nhieu|may|so luong|bao lau|toi da|toi thieu)\b"),
    (Kind.DOCUMENT, rf"\b({_DOCUMENTS})( so)? (nao|gi|may)\b|\bso (may|bao nhieu)\b|\bcan cu (nao|vao dau)\b"),
    (
        Kind.LIST,
        r"\b(gom nhung|nhung .{1,40}\b(nao|gi)|cac .{1,40}\bnao|gom (cac|gi)|ke ten|liet ke|bao gom|gom may)\b",
    ),
    (Kind.WHO, r"\b(ai|nguoi nao|co quan nao|don vi nao|to chuc nao|cap nao|bo nao|chuc danh nao)\b"),
    (
        Kind.WHERE,
        r"\b((o|tai|thuoc|ve|vao) dau|(noi|dia phuong|tinh|xa|phuong|thanh pho) nao|dat o)\b",
    ),
    (Kind.YES_NO, r"\b(khong|chua|phai khong|dung khong|a)\s*\??$|\bco phai\b|\bco duoc\b"),
    (Kind.HOW, r"\b(the nao|nhu the nao|ra sao|cach|lam sao|bang cach)\b"),
]
COMPILED = [(kind, re.compile(pattern)) for kind, pattern in PATTERNS]

DAY = r"(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?|ngày\s+\d{1,2}(?:\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?)?"
DATE = re.compile(
    rf"{DAY}|tháng\s+\d{{1,2}}(?:/\d{{4}}|\s+năm\s+\d{{4}})?|\bnăm\s+\d{{4}}|\bquý\s+[IVX]+", re.IGNORECASE
)
SHARE = re.compile(r"\d+(?:[.,]\d+)*\s*(?:%|phần trăm)")
FIGURE = re.compile(
    r"(?<![\w/.,-])\d+(?:[.,]\d+)*(?![\w/]|[.,]\d)\s*(?:%|(?:triệu|tỷ|nghìn|ngàn)(?:\s+đồng)?)?(?:\s+[^\W\d]+){0,2}"
    r"|\b(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+(?:[^\W\d]+)(?:\s+[^\W\d]+)?"
)
DOCUMENT = re.compile(
    r"(?:(?:Nghị định|Nghị quyết|Quyết định|Thông tư|Luật|Kết luận|Kế hoạch|Công văn|Công điện|Chỉ thị|Hướng dẫn)"
    r"[^.;:]{0,40}?\s+(?:số\s+)?)?\d+(?:/\d{4})?[/-][A-ZĐ][\wĐ]*(?:[-/][\wĐ]+)*|Luật [A-ZĐ][^,.;:]{3,40}? \d{4}"
)
FORMS = {Kind.FIGURE: FIGURE, Kind.SHARE: SHARE, Kind.DATE: DATE, Kind.DOCUMENT: DOCUMENT}
"""The kinds whose answers have a form of their own, and that form."""


def kind_of(question: str) -> Kind:
    """Return what the question asks for; the first pattern that fits decides."""
    folded = " ".join(fold(question).split())
    return next((kind for kind, pattern in COMPILED if pattern.search(folded)), Kind.OTHER)


def has_form(kind: Kind, sentence: str) -> bool:
    """Tell whether a form is asked for (a number, a date, a document) and the sentence holds one."""
    return kind in FORMS and bool(FORMS[kind].search(sentence))
