"""The words that the rules know, written with accents; "|" parts phrases.

A phrase is found as it is spelt, or without its marks where the whole text is typed so: "con" (child) or "thể" in an
accented text is not taken for "còn" or "thế".
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict

from qa.text import fold

BARE_OPENERS = "thế còn|vậy còn|thế thì|vậy thì|còn|thế|vậy|ok"
OPENERS = f"{BARE_OPENERS}|và|rồi|nhưng|dạ|vâng|ừ|à"
"""What opens a question that goes on; the others mean too much without their accents ("da" is "đã" too)."""

NOT_OPENING = "nào|giới|hệ|mạnh|chấp|kỷ|lại|bao nhiêu|mấy|là"
"""Words that make another word of an opener ("thế nào", "thế giới") or a verb of "còn" ("còn bao nhiêu")."""

NOT_OPENING_BARE = "số|liệt|cái|người|em|nuôi|dấu|căn|bảo|lệ|chế|thao"
"""As above, for "con" (child, thing) and "thẻ", "thể" typed without accents."""

THEN_WHAT = "thì sao|thì thế nào|thì như thế nào|thì ra sao"
CLOSERS = f"{THEN_WHAT}|nữa|à|thế|vậy|ạ|nhé|nhỉ|hả|nữa à"
GREETINGS = (
    "cảm ơn|cám ơn|xin cảm ơn|chào|xin chào|hello|hi|alo|tạm biệt|tuyệt vời|tuyệt|hay quá|tốt quá|được rồi|"
    "hiểu rồi|tôi hiểu|ok cảm ơn|ok|vâng|vâng cảm ơn|dạ cảm ơn|dạ vâng|rất hữu ích"
)

DOCUMENT_KINDS = (
    "nghị định|nghị quyết|quyết định|thông tư liên tịch|thông tư|chỉ thị|kết luận|kế hoạch|công văn|công điện|"
    "thông báo|hướng dẫn|luật|bộ luật|hiến pháp|pháp lệnh|quy định|đề án|tờ trình|quy chế|nđ|nq|qđ|tt|kl"
)
PARTS = "điều|khoản|điểm|chương|mục|phụ lục"
PLACE_RANKS = {
    "tỉnh": 1,
    "thành phố": 1,
    "tp": 1,
    "quận": 2,
    "huyện": 2,
    "thị xã": 2,
    "xã": 3,
    "phường": 3,
    "đặc khu": 3,
    "thị trấn": 3,
    "thôn": 4,
    "tổ dân phố": 4,
    "trung ương": 0,
    "cơ sở": 3,
}
PROVINCES = (
    "an giang|bà rịa vũng tàu|bạc liêu|bắc giang|bắc kạn|bắc ninh|bến tre|bình dương|bình định|bình phước|"
    "bình thuận|cà mau|cao bằng|cần thơ|đà nẵng|đắk lắk|đắk nông|điện biên|đồng nai|đồng tháp|gia lai|hà giang|"
    "hà nam|hà nội|hà tĩnh|hải dương|hải phòng|hậu giang|hòa bình|hồ chí minh|hưng yên|khánh hòa|kiên giang|"
    "kon tum|lai châu|lạng sơn|lào cai|lâm đồng|long an|nam định|nghệ an|ninh bình|ninh thuận|phú thọ|phú yên|"
    "quảng bình|quảng nam|quảng ngãi|quảng ninh|quảng trị|sài gòn|sóc trăng|sơn la|tây ninh|thái bình|thái nguyên|"
    "thanh hóa|thừa thiên huế|tiền giang|trà vinh|tuyên quang|vĩnh long|vĩnh phúc|vũng tàu|yên bái|huế|hcm|tphcm|"
    "đà lạt"
)
"""Every province before and after 2025, as a question types it: in small letters too."""

TITLES = (
    "chủ tịch|phó chủ tịch|bí thư|phó bí thư|giám đốc|phó giám đốc|bộ trưởng|thứ trưởng|thủ tướng|phó thủ tướng|"
    "cục trưởng|tổng bí thư|chủ nhiệm|viện trưởng|chánh án|trưởng ban|trưởng phòng|lãnh đạo|thường trực"
)
BODIES = (
    "bộ|sở|cục|tổng cục|chi cục|vụ|phòng|ban|viện|học viện|trường|trung tâm|ủy ban|hội đồng|tòa án|viện kiểm sát|"
    "văn phòng|thanh tra|ngân hàng|đảng bộ|trạm|công an|đài|báo|tạp chí|tổ"
)
"""Words for bodies that a name must follow."""

INSTITUTIONS = (
    "ủy ban nhân dân|ubnd|hội đồng nhân dân|hđnd|tòa án nhân dân|viện kiểm sát nhân dân|mặt trận tổ quốc|mttq|"
    "tòa án|viện kiểm sát|chính phủ|quốc hội|bảo hiểm xã hội|đảng ủy|tỉnh ủy|thành ủy|kiểm toán nhà nước|công đoàn|"
    "đoàn thanh niên|trạm y tế|kho bạc nhà nước|ngân hàng nhà nước|thanh tra chính phủ|văn phòng chính phủ|"
    "bộ chính trị|ban bí thư"
)
"""Bodies known without a further name."""

GROUPS = (
    "cán bộ công chức viên chức|cán bộ công chức|cán bộ|công chức|viên chức|người lao động|"
    "người hoạt động không chuyên trách|cán bộ không chuyên trách|không chuyên trách|đảng viên|người dân|"
    "doanh nghiệp|quân nhân|sĩ quan|giáo viên|lực lượng vũ trang|người nghỉ hưu|hợp tác xã|hộ kinh doanh|học sinh|"
    "sinh viên|người có công"
)
DESCRIPTIONS = (
    "miền|biên|đảo|sáp|thuộc|nông|trực|hành|loại|này|đó|ấy|vùng|nghèo|khác|hiện|tự|ta|nước|mình|tôi|em|lớn|nhỏ|lân|"
    "liền|đặc|cấp|trung|được|hình|nhập|giáp|dôi|chưa|không|đông|thí|cùng|chính"
)
"""Words that tell of a kind of place and open no name, for questions typed in small letters."""

PERSONS = "ông|bà|đồng chí"
SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đào|tô|lương|đinh|trịnh|mai|đoàn|hà|"
    "cao|tạ|thái|tống|chu|châu|lâm|triệu|quách|vương"
)
FEW = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|nhiều|mỗi"

PREDICATES = (
    "có|được|là|phải|bị|gồm|bao gồm|do|thì|mà|đã|sẽ|đang|không|chưa|vẫn|còn|nói về|bắt đầu|áp dụng|khác|cần|nên|"
    "muốn|chỉ"
)
"""Words that end a subject wherever they stand."""

VERBS = (
    "quy định|giao cho|giao|thay|thay thế|hoạt động|làm việc|sáp nhập|thuộc|nằm|giảm|tăng|hỗ trợ|kéo dài|thông báo|"
    "làm|thực hiện|nhận|nộp|đạt|tính|diễn ra|đặt|hợp nhất|thành lập|ban hành|ký|tiếp nhận|hưởng|chịu|nghỉ việc"
)
"""Words that end a subject, unless they stand right behind its noun ("nghị quyết sáp nhập tỉnh")."""

ENDINGS = "tổ chức|họp|một lần|tối đa|tối thiểu|chậm nhất|khoảng|hiện nay"
"""What a noun phrase cut at a boundary may wrongly end with."""

PREPOSITIONS = (
    "ở|tại|trong|theo|với|đối với|khi|sau|sau khi|trước|trước khi|từ|để|cho|đến|nếu|dưới|trên|về|vào|bằng|qua"
)
LEADS = "theo|trong|năm|sau|khi|đến|tại|ở|với|đối với|trước|từ|hiện nay|hiện"

ASKED = (
    "đơn vị|cơ quan|tổ chức|người|việc|vấn đề|nội dung|điều|ngày|tháng|năm|lúc|thời điểm|thời gian|giờ|nơi|chỗ|"
    "địa phương|tỉnh thành|tỉnh|thành phố|quận|huyện|xã|phường|đặc khu|cấp|loại|mức|hình thức|văn bản|nghị định|"
    "nghị quyết|quyết định|thông tư|luật|chỉ thị|kế hoạch|kết luận|công văn|bộ|sở|ban|vụ|cục|phòng|chức danh|"
    "nhiệm vụ|nhóm|lĩnh vực|trường hợp|đối tượng|điều kiện|giấy tờ|cách|lý do|đâu|ai"
)
"""Nouns that stand before "nào" and "gì" and are asked for with them."""

UNITS = (
    "tiền|tỷ đồng|triệu đồng|nghìn tỷ đồng|tỷ|triệu|nghìn|đồng|ngày làm việc|ngày|tháng|năm|giờ|lần|km|phần trăm|"
    "điểm|tuổi"
)
ASKED_HOW = (
    "vì sao|tại sao|sao|như thế nào|thế nào|ra sao|bao giờ|khi nào|lúc nào|bao lâu|bao xa|làm sao|làm thế nào|"
    "ngày bao nhiêu|lý do gì|nhằm mục đích gì|để làm gì"
)
ASKED_COUNT = "bao nhiêu|mấy"
ASKED_WHAT = "nào|gì|đâu|ai"
BEFORE_ASKED = (
    "là|về|nói về|quy định về|cho|bởi|do|từ|đến|vào|ở|tại|trong|qua|bằng|theo|với|tới|của|những|các|tối đa|"
    "tối thiểu|chậm nhất|khoảng|trước|sau|vì|để"
)
"""Small words that go with a question word when it is taken out."""

POLITE = (
    "xin hỏi|cho tôi hỏi|cho em hỏi|cho mình hỏi|cho hỏi|tôi muốn hỏi|hãy cho biết|xin cho biết|cho biết|vui lòng|"
    "làm ơn|ạ|nhé"
)
CHOICE = "hay không|hay chưa|phải không|đúng không|được không|có không|không|chưa"
YES_NO_MARKS = "có phải là|có phải|có được|có đúng là|có đúng|có"
SPEAKERS = "tôi|em|mình|chúng tôi|cháu"

DEMONSTRATIVES = "đó|này|ấy|kia|đấy|nói trên|nêu trên|vừa nêu|vừa nói"
TIMES = (
    "tuần|tháng|ngày|quý|đợt|lần|lúc|khi|sau|trước|do|từ|trong|thời gian|thời điểm|giờ|hôm|nơi|chỗ|theo|hiện|ở|tại|"
    "vì|nhờ|năm|như"
)
"""What a demonstrative after it does not make an anaphor of."""

MATTERS = "việc|điều|chính sách|quy định|vấn đề|chuyện|chế độ|nội dung|thay đổi|chủ trương|cái|trường hợp|mức|thủ tục"
"""Nouns that can stand for all that was asked about."""

MORE = "nói rõ|nói thêm|nói cụ thể|nói chi tiết|giải thích|cụ thể hơn|chi tiết hơn|rõ hơn"
"""What asks for the last answer again, in more words."""

BODY_NOUNS = "cơ quan|đơn vị|tổ chức|nơi"
PLACE_NOUNS = "địa phương|nơi|địa bàn"
PEOPLE_PRONOUNS = "họ|những người này|những người đó|các đối tượng này|nhóm này|nhóm đó"
PERSON_PRONOUNS = (
    "ông ấy|bà ấy|ông này|bà này|ông đó|bà đó|người đó|người này|người ấy|vị này|vị đó|anh ấy|chị ấy|ông ta|bà ta"
)

STOP = (
    "ai gì nào đâu sao bao nhiêu mấy khi là có được không những các của và ở tại cho với theo thì mà ra vào lúc "
    "bởi lấy tối đa thiểu giờ lâu xa thế như vì hãy xin hỏi biết tôi ạ về từ đến đã sẽ đang bị cái này đó nay hiện "
    "phải đúng do ký nữa nhỉ nhé à còn vậy ban hành người việc đơn vị cơ quan ngày tháng năm tiền tất cả chi tiết "
    "cụ thể nói rõ hơn kể tên thêm lý làm đặt chỗ nơi"
)
"""Words of a question that say nothing of what it is about."""

QUESTIONING = f"{ASKED_HOW}|{ASKED_COUNT}|{ASKED_WHAT}"


Spelling = tuple[str, ...]
"""A word's folded form, then its marks in order: the same wherever a tone mark is set ("hoá", "hóa")."""


def spelling(word: str) -> Spelling:
    """Return how a word is spelt."""
    small = word.lower()
    marks = sorted(filter(unicodedata.combining, unicodedata.normalize("NFD", small)))
    return (fold(word), *marks, *("đ" for letter in small if letter == "đ"))


class Phrases:
    """A set of phrases, found by their folded words and then told apart by their marks."""

    def __init__(self, listed: str) -> None:
        self.spelt: defaultdict[tuple[str, ...], list[tuple[Spelling, ...]]] = defaultdict(list)
        for phrase in listed.split("|"):
            self.spelt[tuple(fold(phrase).split())].append(tuple(map(spelling, phrase.split())))
        self.longest = max(map(len, self.spelt))

    def has(self, words: tuple[Spelling, ...], accented: bool) -> bool:
        """Tell whether the words are one of the phrases; in a text without accents a bare word may stand for any."""
        return any(
            all(typed == meant or (len(typed) == 1 and not accented) for typed, meant in zip(words, spelt, strict=True))
            for spelt in self.spelt.get(tuple(word[0] for word in words), ())
        )
