"""How a question is built: what asks in it, what it is about, where its subject ends."""

from __future__ import annotations

from qa.follow_ups import vocabulary
from qa.follow_ups.mentions import FRESH, Element, Sort, elements
from qa.follow_ups.names import DOCUMENT_KINDS, QUESTIONING, VERBS, is_boundary
from qa.follow_ups.tokenized import Line
from qa.follow_ups.vocabulary import Phrases

ASKED_HOW, ASKED_COUNT = Phrases(vocabulary.ASKED_HOW), Phrases(vocabulary.ASKED_COUNT)
ASKED_WHAT, ASKED_NOUNS = Phrases(vocabulary.ASKED_WHAT), Phrases(vocabulary.ASKED)
UNITS, BEFORE_ASKED = Phrases(vocabulary.UNITS), Phrases(vocabulary.BEFORE_ASKED)
POLITE, CHOICE, YES_NO_MARKS = (
    Phrases(vocabulary.POLITE),
    Phrases(vocabulary.CHOICE),
    Phrases(vocabulary.YES_NO_MARKS),
)
HAS, PREPOSITIONS = Phrases("có"), Phrases(f"{vocabulary.PREPOSITIONS}|của")
STOP = Phrases("|".join(vocabulary.STOP.split()))
LEADS, CLAUSES, THEN = Phrases(vocabulary.LEADS), Phrases("khi|sau khi|trước khi|nếu|sau"), Phrases("thì")
LINKS = Phrases("của|ở|tại|trong|thuộc|theo")
NOUNS_BEFORE_VERBS = Phrases(f"{vocabulary.DOCUMENT_KINDS}|{vocabulary.MATTERS}")
ENDINGS, SPEAKERS = Phrases(vocabulary.ENDINGS), Phrases(vocabulary.SPEAKERS)
NAMED = (Sort.DOCUMENT, Sort.PLACE, Sort.BODY, Sort.PART, Sort.NUMBERED, Sort.TIME)
Span = tuple[int, int]


def asked_spans(line: Line) -> list[Span]:
    """Return the spans of words that ask, in order: "bao nhiêu tiền", "thuộc tỉnh nào", "có … không"."""
    found = choice_spans(line)
    at = 0
    while at < len(line.words):
        end = at + (line.starts(ASKED_HOW, at) or line.starts(ASKED_WHAT, at))
        if length := line.starts(ASKED_COUNT, at):
            end = unit_end(line, at + length)
        if end > at:
            found.append((asked_start(line, at), end))
        at = max(end, at + 1)
    return sorted(found)


def unit_end(line: Line, at: int) -> int:
    """Return where a bare unit after "bao nhiêu" ends; one with a noun behind it is what is counted."""
    end = at + line.starts(UNITS, at)
    return end if is_boundary(line, end) or line.starts(PREPOSITIONS, end) else at


def asked_start(line: Line, at: int) -> int:
    """Return where a question word's own noun and small words begin ("trong những phường nào")."""
    if line.starts(ASKED_WHAT, at):
        at -= line.ends(ASKED_NOUNS, at)
    while length := line.ends(BEFORE_ASKED, at):
        at -= length
    return 0 if at == line.starts(HAS, 0) else at


def choice_spans(line: Line) -> list[Span]:
    """Return the last words of a yes-or-no question and the "có" that goes with them."""
    stop = len(line.words)
    length = line.ends(CHOICE, stop)
    if not length:
        return []
    marks = [(at, at + size) for at in range(stop - length) if (size := line.starts(YES_NO_MARKS, at))]
    return [*marks[:1], (stop - length, stop)]


def topic(line: Line) -> str:
    """Return the question without what asks."""
    asking = {at for first, stop in asked_spans(line) for at in range(first, stop)}
    asking -= set(range(line.starts(ASKED_NOUNS, 0))) if not line.starts(ASKED_WHAT, 0) else set()
    asking |= {at + i for at in range(len(line.words)) for i in range(line.starts(POLITE, at))}
    kept = ""
    for at, word in enumerate(line.words):
        if at not in asking:
            gap = line.text[line.words[at - 1].end : word.start] if at and at - 1 not in asking else " "
            kept += gap + line.text[word.start : word.end]
    return kept.strip(" ,;:.-–")


def lead_end(line: Line) -> int:
    """Return where the words that open a question before its subject end ("Theo Nghị quyết 76 thì")."""
    if line.starts(CLAUSES, 0):
        return next((at for at in range(1, len(line.words)) if line.broken(at) or line.starts(THEN, at)), 0)
    opening = line.starts(LEADS, 0)
    if not opening:
        return 0
    first = next((one for one in elements(line) if one.start <= opening), None)
    if first and first.sort in NAMED:
        return phrase_end(line, first)
    end = opening
    while not is_boundary(line, end):
        end += 1
    return end


def phrase_end(line: Line, element: Element) -> int:
    """Return where a named thing with what is said of it ends ("Phường Bồ Đề mới ở Hà Nội")."""
    following = {one.start: one for one in elements(line)}
    end = element.end + line.starts(FRESH, element.end)
    while (length := line.starts(LINKS, end)) and (one := following.get(end + length)):
        end = one.end
    return end


def subject_start(line: Line) -> int:
    end = lead_end(line)
    return end + line.starts(THEN, end)


def subject(line: Line) -> str:
    """Return the subject's words, "" where a question word or a verb comes first."""
    return line.slice(subject_start(line), subject_end(line))


def subject_end(line: Line) -> int:
    """Return where the subject ends; it is empty where a question word or a verb comes first."""
    start = subject_start(line)
    asked = {first for first, _ in asked_spans(line)}
    if start in asked:
        return start
    first = next((one for one in elements(line) if one.start == start), None)
    if first and first.sort in (Sort.PLACE, Sort.DOCUMENT, Sort.PART):
        return phrase_end(line, first)
    end = first.end if first else start
    opening = line.starts(NOUNS_BEFORE_VERBS, end)
    if opening:
        end += opening + line.starts(VERBS, end + opening)
    while end not in asked and not is_boundary(line, end):
        end += 1
    return trimmed(line, start, end)


def trimmed(line: Line, start: int, end: int) -> int:
    """Return the end of a noun phrase without a verb, preposition or speaker it was cut behind."""
    while end > start and (
        length := line.ends(ENDINGS, end) or line.ends(PREPOSITIONS, end) or line.ends(SPEAKERS, end)
    ):
        end -= length
    return max(start, end)


def noun_phrase_end(line: Line, at: int) -> int:
    """Return where the noun phrase that begins at a word ends."""
    first = next((one for one in elements(line) if one.start == at and one.sort in NAMED), None)
    if first:
        return phrase_end(line, first)
    asked = {start for start, _ in asked_spans(line)}
    end = at + 1
    while end not in asked and not is_boundary(line, end):
        end += 1
    return max(at + 1, trimmed(line, at, end))


def tail(line: Line) -> str:
    """Return what is said after the asked thing: when, where, under which text."""
    spans = asked_spans(line)
    start = spans[-1][1] if spans else len(line.words)
    at = next((at for at in range(start, len(line.words)) if line.starts(PREPOSITIONS, at)), len(line.words))
    return line.slice(at, len(line.words))


def ground_of(last: Line) -> str:
    """Return the document that the last question rests on, "" where it names none."""
    document = next((one for one in elements(last) if one.sort is Sort.DOCUMENT), None)
    if document:
        return last.slice(document.start, phrase_end(last, document))
    kind = last.starts(DOCUMENT_KINDS, subject_start(last))
    return subject(last) if kind and subject_end(last) > subject_start(last) + kind else ""


def asks(line: Line) -> bool:
    """Tell whether the line holds a question word or ends as a yes-or-no question."""
    return bool(asked_spans(line))


def asks_only(line: Line) -> bool:
    """Tell whether a line is a question word with its own noun and no more ("Theo văn bản nào?")."""
    return not content(line) or (0, len(line.words)) in asked_spans(line)


def content(line: Line) -> list[str]:
    """Return the folded words that say what the line is about."""
    said = (at for at in range(len(line.words)) if not line.starts(STOP, at) and not line.starts(QUESTIONING, at))
    return [line.words[at].folded for at in said]
