"""Replies to what is no question about the documents: greetings, thanks, who the chat is and what it knows."""

from __future__ import annotations

import re
from collections import Counter

from qa.index import Index
from qa.text import syllables

LONGEST = 9
GREETING = r"(xin |kinh )?chao( (ban|anh|chi|em|ad|admin|moi nguoi|buoi (sang|chieu|toi)))*( a| nhe)?|alo|hello|hi|hey"
THANKS = (
    r"(da |vang |ok )*(xin |rat |chan thanh )*cam on( (ban|anh|chi|em|nhieu|rat nhieu|nha|nhe|a|lam))*|thank(s| you)"
)
FAREWELL = r"(xin )?tam biet( (ban|anh|chi|nhe|a))*|bye( bye)?|hen gap lai"
IDENTITY = (
    r"(ban|may|em|day|he thong nay|chatbot nay) (la ai|la gi|ten (la )?gi|la (nguoi|may|robot|ai) (hay|phai) .*)"
    r"( vay| the| a)*"
)
ABILITY = (
    r"(ban|em|he thong nay|chatbot nay) (biet|lam duoc|tra loi duoc|co the (lam|tra loi|giup)( duoc)?|giup duoc)"
    r"( cho)?( toi| minh| em)?( nhung)?( gi| nhung gi| viec gi| cau hoi nao| ve gi)( vay| the| a)*"
    r"|toi (co the |nen )?hoi( ban)?( duoc)?( nhung)? gi|(huong dan|cach) (su dung|dung)|giup (toi|minh)( voi)?"
)
UNKIND = r".*\b(ngu|do ngu|dien|cut di|vo dung|do dien|khon nan|mat day)\b.*"
REPLIES = [
    (re.compile(GREETING), "Dạ, xin chào ông/bà. {about} Mời ông/bà đặt câu hỏi."),
    (re.compile(THANKS), "Dạ, không có gì ạ. Ông/bà cần hỏi thêm điều gì, xin cứ đặt câu hỏi."),
    (re.compile(FAREWELL), "Dạ, xin chào tạm biệt ông/bà."),
    (re.compile(IDENTITY), "Dạ, tôi là hệ thống hỏi đáp tự động về cải cách hành chính. {about}"),
    (re.compile(ABILITY), "Dạ, {about_small} Ông/bà có thể hỏi về {subjects}."),
    (re.compile(UNKIND), "Dạ, rất tiếc vì tôi chưa giúp được ông/bà. {about} Mời ông/bà đặt câu hỏi cụ thể."),
]


def reply_to(question: str, index: Index) -> str | None:
    """Return a fitting reply to a short remark that asks nothing of the documents; None to a question."""
    said = syllables(question)
    if len(said) > LONGEST:
        return None
    template = next((text for pattern, text in REPLIES if pattern.fullmatch(" ".join(said))), None)
    if template is None:
        return None
    about = describe(index)
    return template.format(about=about, about_small=about[0].lower() + about[1:], subjects=subjects(index))


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
