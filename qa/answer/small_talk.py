"""Replies to what is no question about the documents: greetings, thanks, who the chat is and what it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry
from qa.index import Index
from qa.text import syllables
from qa.values import Paragraph, Part, Related, Said

LONGEST = 9
MOST_SUBJECTS = 4
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
    (re.compile(GREETING), wording.GREETING),
    (re.compile(THANKS), wording.THANKS),
    (re.compile(FAREWELL), wording.FAREWELL),
    (re.compile(IDENTITY), wording.IDENTITY),
    (re.compile(ABILITY), wording.ABILITY),
    (re.compile(UNKIND), wording.UNKIND),
]


def small_talk(inquiry: Inquiry) -> Draft | None:
    """Reply to a remark that asks nothing of the documents, or to a message without a word."""
    is_empty = not syllables(inquiry.query)
    reply = (Said(wording.EMPTY),) if is_empty else reply_to(inquiry.query, inquiry.index)
    return Draft((Paragraph(reply, "reply"),)) if reply else None


def reply_to(question: str, index: Index) -> tuple[Part, ...] | None:
    """Return a fitting reply to a short remark that asks nothing of the documents; None to a question."""
    said = syllables(question)
    if len(said) > LONGEST:
        return None
    template = next((text for pattern, text in REPLIES if pattern.fullmatch(" ".join(said))), None)
    if template is None:
        return None
    before, names_subjects, after = template.partition(wording.SUBJECTS)
    facts = corpus_facts(index)
    opening = Said(before.format(**facts))
    return (opening, *subjects(index), Said(after)) if names_subjects else (opening,)


def corpus_facts(index: Index) -> dict[str, str]:
    """Return what a reply may state of the corpus: how many documents it holds, and the day of the newest."""
    days = [document.published for document in index.documents.values() if document.published]
    newest = wording.NEWEST.format(day=max(days)) if days else ""
    return {"documents": str(len(index.documents)), "newest": newest}


def subjects(index: Index) -> Iterator[Part]:
    """Name some documents as examples of what can be asked: the newest of the most frequent publishers."""
    newest = sorted(index.documents.values(), key=lambda document: (str(document.published or ""), document.id))[::-1]
    chosen = {document.source: document for document in reversed(newest)}
    wanted = [document for document in newest if chosen[document.source] is document][:MOST_SUBJECTS]
    for place, document in enumerate(wanted):
        yield from ([Said("; ")] if place else [])
        yield Related(document.id, document.title)
