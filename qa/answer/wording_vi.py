"""Every sentence that the program itself says in an answer; what is quoted stands in the documents."""

EMPTY = "Dạ, mời ông/bà nhập câu hỏi bằng tiếng Việt về cải cách hành chính."

FIRST_SOURCE, NEXT_SOURCE = "Dạ, ", "Ngoài ra, "
PLAINLY = "Nói gọn lại, "
OVER_TIME = "Dạ, theo thời gian:"
SUMMARY = "Dạ, những câu tiêu biểu nhất, theo thứ tự trong tài liệu:"
SIDE_BY_SIDE = "Dạ, các tài liệu nêu về từng vế như sau:"
HEADS = ("Vế so sánh", "Trả lời ngắn", "Câu trích")
UNCOVERED = "Chưa tìm thấy trong các tài liệu câu nào đủ căn cứ về “{side}”, nên chưa đủ hai vế để so sánh."

REFUSAL = "Dạ, các tài liệu hiện có chưa đủ căn cứ để trả lời câu hỏi “{question}”."
RELATED, AFTER_RELATED = " Có thể liên quan: ", "."
ADVICE = " Ông/bà có thể hỏi cụ thể hơn, chẳng hạn nêu rõ tên địa phương, cơ quan hoặc số hiệu văn bản."

COPY = "Nội dung này cũng có tại: “{title}” · {source}"
ENDED = "“{title}” hết hiệu lực từ ngày {day:%d/%m/%Y}."
CHANGED = "Văn bản {number} đã được {verb}{since} bởi {newer}“{title}” · {source}"
REPLACED, AMENDED, SINCE = "thay thế", "sửa đổi, bổ sung", " từ ngày {day:%d/%m/%Y}"
DIFFERING_FIGURES = "Các nguồn nêu số liệu khác nhau: "

ABOUT = (
    "Tôi trả lời bằng cách trích từng câu trong {documents} bài viết về cải cách hành chính{newest}; "
    "điều gì tài liệu không nói, tôi sẽ nói là không có."
)
NEWEST = ", bài mới nhất ngày {day:%d/%m/%Y}"
GREETING = f"Dạ, xin chào ông/bà. {ABOUT} Mời ông/bà đặt câu hỏi."
THANKS = "Dạ, không có gì ạ. Ông/bà cần hỏi thêm điều gì, xin cứ đặt câu hỏi."
FAREWELL = "Dạ, xin chào tạm biệt ông/bà."
IDENTITY = f"Dạ, tôi là hệ thống hỏi đáp tự động về cải cách hành chính. {ABOUT}"
SUBJECTS = "{subjects}"
ABILITY = f"Dạ, {ABOUT[0].lower()}{ABOUT[1:]} Ông/bà có thể hỏi về {SUBJECTS}."
UNKIND = f"Dạ, rất tiếc vì tôi chưa giúp được ông/bà. {ABOUT} Mời ông/bà đặt câu hỏi cụ thể."
