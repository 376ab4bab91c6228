"""The words that Vietnamese documents use for their kinds, issuers and publishers."""

from __future__ import annotations

KIND_HEADINGS = {
    "HIẾN PHÁP": "constitution",
    "NGHỊ QUYẾT": "resolution",
    "NGHỊ ĐỊNH": "decree",
    "QUYẾT ĐỊNH": "decision",
    "THÔNG TƯ": "circular",
    "CÔNG ĐIỆN": "dispatch",
    "CHỈ THỊ": "directive",
    "KẾT LUẬN": "conclusion",
    "KẾ HOẠCH": "plan",
    "THÔNG BÁO": "notice",
    "CÔNG VĂN": "official_letter",
    "BỘ LUẬT": "law",
    "LUẬT": "law",
    "PHÁP LỆNH": "other",
    "QUY ĐỊNH": "other",
    "HƯỚNG DẪN": "other",
    "BÁO CÁO": "other",
    "TỜ TRÌNH": "other",
    "LỆNH": "other",
}
"""The heading in capitals that names a document's kind → the kind."""

KIND_NAMES = {
    "constitution": "Hiến pháp",
    "law": "Luật",
    "resolution": "Nghị quyết",
    "decree": "Nghị định",
    "decision": "Quyết định",
    "circular": "Thông tư",
    "directive": "Chỉ thị",
    "conclusion": "Kết luận",
    "plan": "Kế hoạch",
    "notice": "Thông báo",
    "dispatch": "Công điện",
    "official_letter": "Công văn",
}
"""Kind → how a title begins."""

KIND_CODES = {
    "NQ": "resolution",
    "NQLT": "resolution",
    "NĐ": "decree",
    "QĐ": "decision",
    "TT": "circular",
    "TTLT": "circular",
    "CT": "directive",
    "CĐ": "dispatch",
    "KL": "conclusion",
    "KH": "plan",
    "TB": "notice",
    "CV": "official_letter",
    "VBHN": "law",
    "HD": "other",
    "BC": "other",
    "TTR": "other",
    "QH": "law",
    "UBTVQH": "resolution",
}
"""The first letters of a number's suffix → the kind, by Decree 30/2020/NĐ-CP and the usage of the Party."""

ISSUERS = {
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "VPQH": "Văn phòng Quốc hội",
    "QH": "Quốc hội",
    "CP": "Chính phủ",
    "TTG": "Thủ tướng Chính phủ",
    "VPCP": "Văn phòng Chính phủ",
    "TW": "Ban Chấp hành Trung ương Đảng",
}
"""The last letters of a number's suffix → who issued it, where the head of the document need not be read."""

BYLINES = {
    "TTTĐ": "Tuổi trẻ Thủ đô",
    "Chinhphu.vn": "Báo Điện tử Chính phủ",
    "TTXVN": "Thông tấn xã Việt Nam",
    "Dân trí": "Dân trí",
    "PLVN": "Pháp luật Việt Nam",
    "TTO": "Tuổi Trẻ",
    "VOV.VN": "VOV",
}
"""How a news text opens → its publisher."""

SITES = {
    "tuoitrethudo.vn": "Tuổi trẻ Thủ đô",
    "xaydungchinhsach.chinhphu.vn": "Xây dựng chính sách, pháp luật (Báo Điện tử Chính phủ)",
    "baochinhphu.vn": "Báo Điện tử Chính phủ",
    "chinhphu.vn": "Cổng Thông tin điện tử Chính phủ",
    "quochoi.vn": "Cổng thông tin điện tử Quốc hội",
    "thuvienphapluat.vn": "Thư viện Pháp luật",
    "nhandan.vn": "Nhân Dân",
    "vnexpress.net": "VnExpress",
    "tuoitre.vn": "Tuổi Trẻ",
    "thanhnien.vn": "Thanh Niên",
    "vietnamnet.vn": "VietNamNet",
}
"""Host → publisher; the longest ending that matches counts."""

UNKNOWN_PUBLISHER = "Không rõ nguồn"

RELATED = (
    "Đọc thêm, Xem thêm, Tin liên quan, Bài liên quan, Tin bài liên quan, Tin cùng chuyên mục, Cùng chuyên mục, "
    "Có thể bạn quan tâm, Tin khác, Các tin khác, Tin mới nhất, Tin mới, Tin đọc nhiều, Đọc nhiều, Bình luận, Ý "
    "kiến bạn đọc, Mời bạn đọc thêm, Bài viết liên quan"
).split(", ")
"""Above the headlines of other items."""

MENU = (
    "Tag, Tags, Từ khóa, aa, Aa, A-, A+, Chia sẻ, Facebook, Zalo, Twitter, Copy link, In bài, In bài viết, Gửi "
    "email, Lưu bài, Trang chủ, Nghe đọc bài, Theo dõi, Google News, Download on the, App Store, Google Play, Get "
    "it on, Menu, Tìm kiếm, Đăng nhập, Bỏ qua nội dung, Skip to content, Thông tin văn bản, Thông tin chung"
).split(", ")
"""Labels of a page's buttons and menus."""
