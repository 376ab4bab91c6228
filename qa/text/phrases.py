"""How people ask: words that questions have and documents hardly ever, for the language model to know."""

PHRASES = """
bao nhiêu; có bao nhiêu; là bao nhiêu; được bao nhiêu; hết bao nhiêu; còn bao nhiêu; giảm bao nhiêu; tăng bao nhiêu
tổng cộng bao nhiêu; khoảng bao nhiêu; tối đa bao nhiêu; tối thiểu bao nhiêu; rộng bao nhiêu; mất bao nhiêu
bao nhiêu tiền; bao nhiêu đồng; bao nhiêu tỷ đồng; bao nhiêu triệu đồng; bao nhiêu phần trăm; bao nhiêu người
bao nhiêu dân; bao nhiêu xã; bao nhiêu phường; bao nhiêu tỉnh; bao nhiêu ngày; bao nhiêu tháng; bao nhiêu năm
bao nhiêu cán bộ; bao nhiêu công chức; bao nhiêu đại biểu; bao nhiêu đơn vị; bao nhiêu nghị định; bao nhiêu lần
có mấy; là mấy; gồm mấy; còn mấy; được mấy; từ mấy; số mấy; loại mấy; thứ mấy; khóa mấy; ngày mấy; hệ số mấy
mấy cấp; mấy người; mấy ngày; mấy tháng; mấy năm; mấy lần; mấy xã; mấy phường; mấy tỉnh; mấy đơn vị; mấy phó
mấy giờ; lúc mấy giờ; mấy nhóm; mấy loại; mấy bộ; mấy vụ; mấy cục; mấy phòng; mấy ban; mấy điều; mấy khoản
phần trăm; tiền lương; bao nhiêu tiền lương; mức tiền; số tiền; tiền phạt; tiền hỗ trợ
bao giờ; từ bao giờ; đến bao giờ; khi nào; từ khi nào; lúc nào; ngày nào; năm nào; tháng nào; hồi nào; bao lâu
bây giờ; bây giờ thuộc; giờ thuộc; giờ ở đâu; giờ là; giờ gọi là; giờ nằm ở; giờ còn; giờ thì; nay thuộc; giờ làm việc
thuộc tỉnh nào; thuộc xã nào; thuộc phường nào; tỉnh nào; xã nào; phường nào; bộ nào; cơ quan nào; văn bản nào
nghị định nào; nghị quyết nào; luật nào; quyết định nào; thông tư nào; điều nào; chỗ nào; nơi nào; trường hợp nào
ở đâu; tại đâu; về đâu; vào đâu; thuộc đâu; đi đâu; nộp ở đâu; đặt ở đâu; nhập vào đâu; lấy ở đâu; từ đâu
là gì; là ai; ai ký; do ai ký; ai là; ai quyết định; ai có quyền; ai được; ai phải; của ai; những ai; cho ai
tên gì; tên là gì; làm gì; gồm những gì; cần những gì; cần giấy tờ gì; việc gì; điều gì; thủ tục gì; nói gì; xã gì
như thế nào; thế nào; ra sao; thì sao; vì sao; tại sao; làm sao; làm thế nào; thế còn; thế thì; còn thì sao; tính sao
thì phải làm sao; thì làm thế nào; thì được; thì có được; thì ai; thì khi nào; thì cần; thì phải; nếu thì; xong thì
mà không; rồi thì; có được không; được không; có phải không; phải không; đúng không; có đúng không; có không; hay không
chưa; đã chưa; rồi chưa; hay chưa; còn không; nữa không; có còn; vẫn còn; có bị; có phải; có cần; có được
tôi muốn hỏi; cho tôi hỏi; cho hỏi; xin hỏi; tôi muốn biết; xin cho biết; cho biết; giúp tôi; kể tên; hãy kể tên; nêu
quê tôi; nhà tôi; tôi ở; tôi là; tôi có; tôi phải; tôi được; tôi nghỉ; tôi làm; nhà ở; gia đình tôi; tỉnh tôi; xã tôi
dạ; vâng; ạ; nhé; nhỉ; vậy; thế; à; với; giùm; ông bà; anh chị; bạn ơi; cảm ơn; xin chào; vậy thì; vậy là; vậy có
sáp nhập với; nhập với; gộp với; gộp vào; tách ra; đổi tên thành; ký ngày nào; ký khi nào; người ký; do ai ban hành
"""
"""General phrases, a semicolon or a line apart; none is taken from a question that measures anything."""


def phrases() -> list[str]:
    """Return the phrases, one a piece."""
    return [phrase.strip() for line in PHRASES.splitlines() for phrase in line.split(";") if phrase.strip()]
