"""Replies to what is no question about the documents: greetings, thanks, who the chat is and what it knows."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry
from qa.blocks import Paragraph, Part, Related, Said
from qa.index import SearchIndex
from qa.text import SYLLABLE, fold, normalise, syllables

LONGEST = 12
MOST_SUBJECTS = 4
LISTS = tomllib.loads((files("qa.answer") / "small_talk.toml").read_text(encoding="utf-8"))
NAMES = "|".join(LISTS["names"])
REPEATED = re.compile(r"(\w)\1{2,}")
REPLIES = {
    "unkind": wording.UNKIND,
    "ability": wording.ABILITY,
    "identity": wording.IDENTITY,
    "farewell": wording.FAREWELL,
    "thanks": wording.THANKS,
    "greeting": wording.GREETING,
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


def small_talk(inquiry: Inquiry) -> Draft | None:
    """Reply to a remark that asks nothing of the documents, or to a message without a word."""
    is_empty = not syllables(inquiry.query)
    reply = (Said(wording.EMPTY),) if is_empty else reply_to(inquiry.question, inquiry.index)
    return Draft((Paragraph(reply, "reply"),)) if reply else None


def reply_to(message: str, index: SearchIndex) -> tuple[Part, ...] | None:
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
    before, names_subjects, after = REPLIES[kind].partition(wording.SUBJECTS)
    opening = Said(before.format(**corpus_facts(index)))
    return (opening, *subjects(index), Said(after)) if names_subjects else (opening,)


def corpus_facts(index: SearchIndex) -> dict[str, str]:
    """Return what a reply may state of the corpus: how many documents it holds, and the day of the newest."""
    days = [document.published for document in index.records if document.published]
    newest = wording.NEWEST.format(day=max(days)) if days else ""
    return {"documents": str(len(index.documents)), "newest": newest}


def subjects(index: SearchIndex) -> Iterator[Part]:
    """Name some documents as examples of what can be asked: the newest of the most frequent publishers."""
    newest = sorted(index.records, key=lambda document: (str(document.published or ""), document.id))[::-1]
    chosen = {document.source: document for document in reversed(newest)}
    wanted = [document for document in newest if chosen[document.source] is document][:MOST_SUBJECTS]
    for place, document in enumerate(wanted):
        yield from ([Said("; ")] if place else [])
        yield Related(document.id, document.title)
