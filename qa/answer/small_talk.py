"""Replies to what is no question about the documents: greetings, thanks, who the chat is and what it knows."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files

from qa.index import Index
from qa.text import SYLLABLE, fold, normalise

LONGEST = 12
LISTS = tomllib.loads((files("qa.answer") / "small_talk.toml").read_text(encoding="utf-8"))
NAMES = "|".join(LISTS["names"])
REPEATED = re.compile(r"(\w)\1{2,}")
REPLIES = {
    "unkind": "Dạ, rất tiếc vì tôi chưa giúp được ông/bà. {about} Mời ông/bà đặt câu hỏi cụ thể.",
    "ability": "Dạ, {about_small} Ông/bà có thể hỏi về {subjects}.",
    "identity": "Dạ, tôi là hệ thống hỏi đáp tự động về cải cách hành chính. {about}",
    "farewell": "Dạ, xin chào tạm biệt ông/bà.",
    "thanks": "Dạ, không có gì ạ. Ông/bà cần hỏi thêm điều gì, xin cứ đặt câu hỏi.",
    "greeting": "Dạ, xin chào ông/bà. {about} Mời ông/bà đặt câu hỏi.",
}
"""What is said to each; of a message that says several, the first here counts."""


def pattern_of(phrases: Iterable[str], *, folded: bool) -> str:
    """Return what matches any of the phrases, with or without accents."""
    usable = [phrase for phrase in phrases if not (folded and phrase in LISTS["only_accented"])]
    called = [re.sub(r"\bbạn\b", f"(?:{NAMES})", phrase) for phrase in sorted(usable, key=len, reverse=True)]
    pattern = "|".join(called)
    return fold(pattern) if folded else pattern


def whole_messages(*, folded: bool) -> dict[str, re.Pattern[str]]:
    """Map each kind to the pattern of messages that say it, and besides it only known phrases and fillers."""
    spoken = {kind: pattern_of(LISTS[kind], folded=folded) for kind in REPLIES}
    any_of = "|".join((*spoken.values(), pattern_of(LISTS["fillers"], folded=folded)))
    return {kind: re.compile(f"(?:(?:{any_of}) )*(?:{some})(?: (?:{any_of}))*") for kind, some in spoken.items()}


ACCENTED, FOLDED = whole_messages(folded=False), whole_messages(folded=True)


def reply_to(message: str, index: Index) -> str | None:
    """Return a fitting reply to a message that asks nothing of the documents; None to a question.

    The whole message, as it was typed, has to consist of known phrases: a word inside a question is none.
    """
    said = REPEATED.sub(r"\1", " ".join(SYLLABLE.findall(normalise(message).lower())))
    if not said or said.count(" ") >= LONGEST:
        return None
    patterns = FOLDED if said == fold(said) else ACCENTED
    kind = next((kind for kind in REPLIES if patterns[kind].fullmatch(said)), None)
    if kind is None:
        return None
    about = describe(index)
    return REPLIES[kind].format(about=about, about_small=about[0].lower() + about[1:], subjects=subjects(index))


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
