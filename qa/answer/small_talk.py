"""Replies to what is no question about the documents: greetings, thanks, who the chat is and what it knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set

from qa.index import Index
from qa.text import SYLLABLE, fold, normalise

LONGEST = 14
"""In syllables: a longer message is a question, whatever it begins with."""

AROUND = """
dạ; vâng; ạ; ơi; nhé; nha; nhá; nhỉ; à; ừ; ok; oke; okie; vậy; thế; quá; lắm; rồi; luôn; nhiều; rất nhiều; thật; đi
với; mà; đó; đấy; hả
bạn; em; anh; chị; mình; cô; chú; bác; ông; bà; ad; admin; bot; chatbot; trợ lý; mọi người; cả nhà; các bạn; hệ thống
"""
"""What may stand before, between and after the phrases, and makes no message by itself."""

GREETING = """
chào; xin chào; kính chào; chao; chào buổi sáng; chào buổi trưa; chào buổi chiều; chào buổi tối; alo; a lô; alô; hello
hi; hey; good morning; rất vui được gặp; rất vui được gặp bạn; bạn khỏe không; bạn khoẻ không; bạn có khỏe không
có ai ở đây không; có ai không
"""
THANKS = """
cảm ơn; cám ơn; xin cảm ơn; xin cám ơn; rất cảm ơn; chân thành cảm ơn; xin chân thành cảm ơn; cảm ơn rất nhiều
thank; thanks; thank you; tks; thank kiu; cảm ơn vì đã giúp; cảm ơn vì đã trả lời; cảm ơn bạn đã giúp
cảm ơn bạn đã trả lời
cảm ơn đã giúp đỡ; cảm ơn bạn đã giúp đỡ; cảm ơn bạn đã hỗ trợ; cảm ơn đã hỗ trợ; biết ơn; đội ơn; hiểu rồi cảm ơn
"""
FAREWELL = """
tạm biệt; xin tạm biệt; chào tạm biệt; bye; bye bye; goodbye; good bye; hẹn gặp lại; gặp lại sau; chúc ngủ ngon
ngủ ngon
chúc một ngày tốt lành; chúc ngày mới tốt lành; tôi đi đây; mình đi đây; thôi tôi đi; thế thôi; hết rồi; không còn gì
"""
IDENTITY = """
bạn là ai; em là ai; mày là ai; bot là ai; ai đấy; bạn là gì; bạn tên gì; bạn tên là gì; em tên gì; em tên là gì
tên bạn là gì; tên em là gì; đây là gì; đây là ai; đây là hệ thống gì; hệ thống này là gì; chatbot này là gì
bạn là người hay máy; bạn là người hay robot; bạn là máy hay người; bạn là robot à; bạn có phải là người không
bạn có phải người không; bạn có phải là robot không; bạn là ai vậy; ai tạo ra bạn; ai làm ra bạn; bạn là chatbot à
giới thiệu về bạn; bạn giới thiệu đi; hãy giới thiệu về bạn; giới thiệu bản thân; bạn có phải ai không; bạn là ai thế
"""
ABILITY = """
bạn biết gì; bạn biết những gì; bạn làm được gì; bạn làm được những gì; bạn có thể làm gì; bạn có thể làm được gì
bạn trả lời được gì; bạn trả lời được những gì; bạn trả lời được câu hỏi nào; bạn có thể giúp gì; bạn giúp được gì
bạn có thể giúp gì cho tôi; bạn giúp gì được cho tôi; bạn giúp được gì cho tôi; em biết gì; em biết những gì
em làm được gì
em có thể làm gì; em giúp được gì; hệ thống này làm được gì; hệ thống này biết gì; chatbot này làm được gì
tôi hỏi được gì
tôi hỏi được những gì; tôi có thể hỏi gì; tôi có thể hỏi những gì; tôi nên hỏi gì; hỏi gì được; mình có thể hỏi gì
có thể hỏi gì; hướng dẫn sử dụng; cách sử dụng; hướng dẫn dùng; cách dùng; dùng thế nào; sử dụng thế nào
dùng như thế nào
giúp tôi; giúp mình; giúp tôi với; giúp mình với; help; trợ giúp; cứu; tôi cần giúp; tôi cần giúp đỡ; tôi cần hỗ trợ
bạn có thể giúp tôi không; bạn giúp tôi được không; giúp tôi được không; cho tôi hỏi; cho mình hỏi; cho hỏi
tôi muốn hỏi
cho em hỏi; tôi hỏi được không; tôi có thể hỏi không
"""
PRAISE = """
tốt; rất tốt; tốt quá; tốt lắm; hay; hay quá; hay lắm; rất hay; giỏi; giỏi quá; giỏi lắm; bạn giỏi quá; tuyệt
tuyệt vời
tuyệt quá; quá tuyệt; quá tuyệt vời; hữu ích; rất hữu ích; hữu ích quá; thông minh; thông minh quá
bạn thông minh quá; xuất sắc
chính xác; đúng rồi; quá hay; trả lời hay; trả lời hay quá; trả lời tốt; trả lời tốt lắm; trả lời rất tốt
bạn trả lời hay quá
bạn trả lời rất hay; bạn trả lời tốt lắm; bạn thật tuyệt vời; yêu bạn; tôi thích bạn; được đấy; good; very good; great
nhanh quá; trả lời nhanh quá; hiểu rồi; tôi hiểu rồi; rõ rồi; mình hiểu rồi; dễ hiểu quá
"""
UNKIND = """
ngu; ngu quá; ngu thế; ngu vậy; ngu như bò; đồ ngu; đồ ngốc; đồ điên; đồ khùng; đồ dở hơi; đồ vô dụng; đồ khốn; ngốc
ngốc quá; dốt
dốt quá; điên; điên à; mày điên à; bạn điên à; bị điên à; khùng; cút; cút đi; biến đi; vô dụng; khốn nạn; mất dạy
câm đi
im đi; chán; chán quá; chán thế; tệ; tệ quá; quá tệ; kém; kém quá; dở; dở quá; dở tệ; vớ vẩn; nhảm nhí; sai; sai rồi
sai bét
bạn sai rồi; trả lời sai rồi; trả lời sai; trả lời sai bét; bạn trả lời sai rồi; trả lời vớ vẩn; trả lời chán quá
trả lời tệ quá
trả lời dở quá; trả lời ngu quá; bạn ngu quá; mày ngu quá; bot ngu quá; mày ngu; bạn ngu; chậm quá; lâu quá
không đúng; không hữu ích; không giúp được gì; chẳng giúp được gì; chẳng hiểu gì; không hiểu gì cả; chả hiểu gì
bạn không hiểu tôi; bạn chẳng hiểu gì cả; chẳng được tích sự gì; thất vọng; thất vọng quá; tôi không hài lòng
không hài lòng
"""
ONLY_WITH_MARKS = frozenset({"đồ điên", "điên à", "bị điên à", "dở tệ", "đồ dở hơi", "thế thôi", "câm đi", "im đi"})
"""What, typed without marks, may mean another thing ("do dien": đo điện); as may every single syllable."""

REPLIES = [
    (GREETING, "Dạ, xin chào ông/bà. {about} Mời ông/bà đặt câu hỏi."),
    (THANKS, "Dạ, không có gì ạ. Ông/bà cần hỏi thêm điều gì, xin cứ đặt câu hỏi."),
    (FAREWELL, "Dạ, xin chào tạm biệt ông/bà."),
    (IDENTITY, "Dạ, tôi là hệ thống hỏi đáp tự động về cải cách hành chính. {about}"),
    (ABILITY, "Dạ, {about_small} Ông/bà có thể hỏi về {subjects}."),
    (PRAISE, "Dạ, cảm ơn ông/bà. Ông/bà cần hỏi thêm điều gì, xin cứ đặt câu hỏi."),
    (UNKIND, "Dạ, rất tiếc vì tôi chưa giúp được ông/bà. {about} Mời ông/bà đặt câu hỏi cụ thể."),
]


def entries(listed: str) -> list[str]:
    return [entry.strip() for line in listed.splitlines() for entry in line.split(";") if entry.strip()]


TEMPLATES = {phrase: template for listed, template in REPLIES for phrase in entries(listed)}
PARTICLES = frozenset(entries(AROUND))
FOLDED_TEMPLATES = {
    fold(phrase): template for phrase, template in TEMPLATES.items() if " " in phrase and phrase not in ONLY_WITH_MARKS
} | {phrase: template for phrase, template in TEMPLATES.items() if phrase == fold(phrase)}
FOLDED_PARTICLES = frozenset(map(fold, PARTICLES))


def reply_to(question: str, index: Index) -> str | None:
    """Return a fitting reply to a short remark that asks nothing of the documents; None to a question."""
    template = template_for(question)
    if template is None:
        return None
    about = describe(index)
    return template.format(about=about, about_small=about[0].lower() + about[1:], subjects=subjects(index))


def template_for(message: str) -> str | None:
    """Return the reply's template where the whole message is small talk, that of its last phrase; else None."""
    said = SYLLABLE.findall(normalise(message).lower())
    if not said or len(said) > LONGEST:
        return None
    if any(syllable != fold(syllable) for syllable in said):
        return last_template(said, TEMPLATES, PARTICLES)
    return last_template(said, FOLDED_TEMPLATES, FOLDED_PARTICLES)


def last_template(said: list[str], templates: Mapping[str, str], particles: Set[str]) -> str | None:
    """Cover the syllables, from the left, with phrases and particles; None where some are left or no phrase is used."""
    reached: dict[int, str | None] = {0: None}
    for start in range(len(said)):
        if start not in reached:
            continue
        for end in range(start + 1, len(said) + 1):
            piece = " ".join(said[start:end])
            if piece in templates:
                reached[end] = templates[piece]
            elif piece in particles and reached.get(end) is None:
                reached[end] = reached[start]
    return reached.get(len(said))


def describe(index: Index) -> str:
    """Say what the answers rest on, from the index's own facts."""
    days = [document.published for document in index.documents.values() if document.published]
    newest = f", bài mới nhất ngày {max(days):%d/%m/%Y}" if days else ""
    return (
        f"Tôi trả lời bằng cách trích nguyên văn từ {len(index.documents)} bài viết về cải cách hành chính{newest}; "
        "điều gì tài liệu không nói, tôi sẽ nói là không có."
    )


def subjects(index: Index) -> str:
    """Name some documents as examples of what can be asked: the newest of the most frequent publishers."""
    newest = sorted(index.documents.values(), key=lambda document: (str(document.published or ""), document.id))[::-1]
    seen: Counter[str] = Counter()
    chosen = []
    for document in newest:
        if not seen[document.source]:
            chosen.append(f"“{document.title}”")
        seen[document.source] += 1
    return "; ".join(chosen[:4])
