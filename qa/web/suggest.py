"""What the page proposes to ask: examples the corpus answers, and follow-ups made from the sources."""

from __future__ import annotations

import weakref

from qa.corpus import HEADING
from qa.index import Index
from qa.session import Session
from qa.text import find_numbers
from qa.values import Answer, Document
from qa.web.templates import day_text, kind_name

MOST = 4
EXAMPLES = (
    "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?",
    "Từ 01/7/2025 chính quyền địa phương có mấy cấp?",
    "Phường Long Biên mới gồm những phường nào?",
    "Công chức tư pháp - hộ tịch được ủy quyền ký chứng thực theo nghị định nào?",
    "Cả nước còn bao nhiêu tỉnh, thành phố sau sắp xếp?",
)

_PROPOSED: weakref.WeakKeyDictionary[Session, tuple[str, ...]] = weakref.WeakKeyDictionary()
"""The examples of each session; this keeps none alive, so an index that was replaced can go."""


def greeting(index: Index) -> str:
    """Say what the corpus covers and how new it is."""
    days = [document.published for document in index.documents.values() if document.published]
    newest = f", bài mới nhất ngày {day_text(max(days))}" if days else ""
    return (
        "Kính chào ông/bà. Tôi trả lời câu hỏi về cải cách hành chính, tinh gọn bộ máy và sắp xếp đơn vị hành chính "
        f"bằng cách trích nguyên văn từ {len(index.documents)} bài viết{newest}."
    )


def examples(session: Session) -> tuple[str, ...]:
    """Return questions that this corpus answers: the prepared ones that it does, then its newest titles."""
    if session not in _PROPOSED:
        answered = [question for question in EXAMPLES if not session.ask(question).declined]
        documents = session.index.documents.values()
        newest = sorted(documents, key=lambda one: (str(one.published or ""), one.id), reverse=True)
        _PROPOSED[session] = tuple((answered + [document.title for document in newest])[:MOST])
    return _PROPOSED[session]


def follow_ups(answer: Answer, index: Index) -> tuple[tuple[str, str], ...]:
    """Return up to four proposals as (label, question): what the sources say besides, and what they refer to."""
    proposals: dict[str, str] = {}
    for quote in answer.citations:
        for document in documents_mentioned(quote.text, index):
            if document.id != quote.citation.document_id:
                name = f"{kind_name(document.kind)} {document.number}"
                proposals.setdefault(name, f"{name} quy định những gì?")
    for quote in answer.citations:
        cited = index.documents.get(quote.citation.document_id)
        for heading in headings(cited) if cited else ():
            if heading != quote.citation.section and len(proposals) < MOST:
                proposals.setdefault(heading, f"{heading} – {short_title(quote.citation.title)}")
    return tuple(proposals.items())[:MOST]


def documents_mentioned(text: str, index: Index) -> list[Document]:
    """Return the documents of the index whose own number a text mentions."""
    found = [document for number in find_numbers(text) for document in index.documents_bearing(number)]
    return list({document.id: document for document in found}.values())


def headings(document: Document) -> list[str]:
    return [found[1] for found in HEADING.finditer(document.text)]


def short_title(title: str) -> str:
    """Return a title up to its colon: the part that names what it is about."""
    return title.split(": ")[0]
