"""What counts as the same word: abbreviations, spellings in y or i; and the terms that are matched."""

from __future__ import annotations

import re
from itertools import pairwise

from qa.text.normalise import fold, syllables

SAFE = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "mttq": "mặt trận tổ quốc",
    "vksnd": "viện kiểm sát nhân dân",
    "tand": "tòa án nhân dân",
    "tandtc": "tòa án nhân dân tối cao",
    "vksndtc": "viện kiểm sát nhân dân tối cao",
    "tthc": "thủ tục hành chính",
    "cchc": "cải cách hành chính",
    "đvhc": "đơn vị hành chính",
    "cbccvc": "cán bộ công chức viên chức",
    "cbcc": "cán bộ công chức",
    "ubtvqh": "ủy ban thường vụ quốc hội",
    "ubmttq": "ủy ban mặt trận tổ quốc",
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "dvc": "dịch vụ công",
    "hcc": "hành chính công",
    "nđ-cp": "nghị định chính phủ",
    "tphcm": "thành phố hồ chí minh",
    "gpmb": "giải phóng mặt bằng",
    "ttdvhcc": "trung tâm dịch vụ hành chính công",
    "nhnn": "ngân hàng nhà nước",
    "vpcp": "văn phòng chính phủ",
    "btc": "bộ tài chính",
    "bnv": "bộ nội vụ",
    "bkhcn": "bộ khoa học và công nghệ",
    "gdđt": "giáo dục đào tạo",
    "gd&đt": "giáo dục và đào tạo",
    "kh&cn": "khoa học và công nghệ",
    "nn&mt": "nông nghiệp và môi trường",
    "vh-xh": "văn hóa xã hội",
    "khđt": "kế hoạch đầu tư",
}
"""Abbreviations that stand for one thing only, however they are typed."""

CAPITALS_ONLY = {
    "TP": "thành phố",
    "TW": "trung ương",
    "TƯ": "trung ương",
    "NĐ": "nghị định",
    "NQ": "nghị quyết",
    "QĐ": "quyết định",
    "TT": "thông tư",
    "KL": "kết luận",
    "CP": "chính phủ",
    "QH": "quốc hội",
    "VKS": "viện kiểm sát",
    "HN": "hà nội",
    "HCM": "hồ chí minh",
    "MTTQVN": "mặt trận tổ quốc việt nam",
}
"""Abbreviations whose small letters could be another word."""

SAFE_FOLDED = {fold(short): fold(long) for short, long in SAFE.items()}
CAPITALS = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, CAPITALS_ONLY))})(?![^\W_])")
SMALL = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(SAFE_FOLDED, key=len, reverse=True)))})(?![^\W_])")
WHOLE_Y = re.compile(r"(?:[bcdghklmnpqrstvx]|qu|th|kh|nh|ch|tr|ph|gh|ng)y")


def canonical(text: str) -> str:
    """Return the text folded, its abbreviations written out."""
    spelled = CAPITALS.sub(lambda found: CAPITALS_ONLY[found[0]], text)
    return SMALL.sub(lambda found: SAFE_FOLDED[found[0]], fold(spelled))


def words(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, abbreviations written out, final y as i ("kỹ", "kĩ")."""
    return [word[:-1] + "i" if WHOLE_Y.fullmatch(word) else word for word in syllables(canonical(text))]


def terms(text: str) -> list[str]:
    """Return the words and adjacent pairs of them: a Vietnamese word is often two syllables."""
    found = words(text)
    return found + [f"{left}_{right}" for left, right in pairwise(found)]
