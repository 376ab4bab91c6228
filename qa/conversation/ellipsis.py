"""A follow-up that names only what is new: the last question with its like exchanged, or what it was about added."""

from __future__ import annotations

from dataclasses import dataclass

from qa.conversation.elements import (
    PREDICATES,
    PREPOSITIONS,
    Element,
    Sort,
    elements,
    is_boundary,
    like,
)
from qa.conversation.frame import (
    ASKED_COUNT,
    THEN,
    asked_spans,
    asks,
    content,
    lead_end,
    noun_phrase_end,
    phrase_end,
    subject_end,
    subject_start,
    tail,
    topic,
)
from qa.conversation.lines import Line
from qa.conversation.vocabulary import Phrases
from qa.question import Kind, kind_of

IF = Phrases("nếu")
PLACED = Phrases("ở|tại|trong|thuộc")
OWN_PREDICATE = 2
"""New content words from which what follows the new element is a question of its own."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A follow-up without its opener: the new thing, and what is asked of it; either may be empty."""

    new: Line
    asked: Line


def parts(line: Line) -> Parts:
    """Part "X thì P", "X, P" or "X P" where X is a named thing; a follow-up that asks nothing is all X."""
    if not asks(line):
        return Parts(line, Line.of(""))
    then = next((at for at in range(1, len(line.words)) if line.starts(THEN, at)), None)
    if then is not None:
        return Parts(Line.of(line.slice(0, then)), Line.of(line.slice(then + 1, len(line.words))))
    first = next((one for one in elements(line) if one.start == 0), None)
    end = first.end if first else 0
    numbered = next((one for one in elements(line) if one.sort is Sort.NUMBERED and one.start == 1), None)
    end = numbered.end if numbered else end
    return Parts(Line.of(line.slice(0, end)), Line.of(line.slice(end, len(line.words))))


def fill(follow_up: Line, last: Line) -> str:
    """Return the follow-up, without its opener and closer, completed from the last question."""
    if follow_up.starts(IF, 0):
        return f"{topic(last)}, {lowered(follow_up)}"
    split = parts(follow_up)
    if not split.new.words:
        return with_subject(split.asked, last)
    if adds_nothing(split, last):
        return exchanged(split.new, counted(split.asked, last)) or put(split.new, last)
    return headed(split, last) or with_theme(follow_up, split, last)


def adds_nothing(split: Parts, last: Line) -> bool:
    """Tell whether what is asked of the new thing is what was asked before."""
    known = {*content(last), *content(split.new)}
    new = [word for word in content(split.asked) if word not in known]
    same = kind_of(split.asked.text) in (kind_of(last.text), Kind.OTHER)
    return not new or (same and len(new) < OWN_PREDICATE)


def counted(asked: Line, last: Line) -> Line:
    """Return the last question with its question word exchanged for "bao nhiêu km", where that is all that is asked."""
    spans, before = asked_spans(asked), asked_spans(last)
    if not (asked.words and asked.starts(ASKED_COUNT, 0) and len(before) == 1):
        return last
    if len(asked.words) <= spans[0][1] and len(asked.words) < 3:
        return last
    first, stop = before[0]
    return Line.of(spliced(last, first, stop, asked.text))


def exchanged(new: Line, last: Line) -> str:
    """Return the last question with each thing that the new one is like exchanged for it; "" where none is."""
    named = elements(new)
    if len(named) > 1 and not any(content(Line.of(gap)) for gap in gaps(new, named)):
        done = last
        for one in named:
            piece = Line.of(new.slice(one.start, one.end))
            done = Line.of(exchanged(piece, done) or put(piece, done))
        return done.text
    span = counterpart(new, last)
    return spliced(last, *span, without_preposition(new, last, span[0])) if span else ""


def gaps(line: Line, named: list[Element]) -> list[str]:
    ends = [0, *(one.end for one in named)]
    starts = [*(one.start for one in named), len(line.words)]
    return [line.slice(end, start) for end, start in zip(ends, starts, strict=True)]


def counterpart(new: Line, last: Line) -> tuple[int, int] | None:
    """Return the words of the last question that the new thing takes the place of."""
    for one in elements(new):
        for other in like(one, new, last):
            opening = same_opening(new, one, last, other)
            if opening is None and same_words(new, one, last, other):
                continue
            start, end = widened(new, one, last, other)
            return (start if opening is None else opening), end
    return same_head(new, last)


def same_words(new: Line, one: Element, last: Line, other: Element) -> bool:
    theirs = [word.folded for word in last.words[other.start : other.end]]
    return [word.folded for word in new.words[one.start : one.end]] == theirs


def same_opening(new: Line, one: Element, last: Line, other: Element) -> int | None:
    """Return where the last question opens as the new thing does, before its like ("lễ hội … một xã")."""
    length = min(2, len(new.words))
    if one.start < length and not (one.start == 0 and len(elements(new)) > 1):
        return None
    length = min(length, max(1, one.end)) if one.start else 1
    for at in range(other.start - 1, -1, -1):
        if is_boundary(last, at):
            return None
        if all(at + i < other.end and new.same(i, last, at + i) for i in range(length)):
            return at
    return None


def widened(new: Line, one: Element, last: Line, other: Element) -> tuple[int, int]:
    """Return the like's words with those before it that both share ("Vành" of "Vành đai 1")."""
    start, place = other.start, one.start
    while start and place and new.same(place - 1, last, start - 1):
        start, place = start - 1, place - 1
    return start, other.end


def same_head(new: Line, last: Line) -> tuple[int, int] | None:
    """Return the noun phrase of the last question that begins with the same two words ("hồ sơ nộp …")."""
    for at in range(len(last.words) - 1):
        if len(new.words) > 2 and new.same(0, last, at) and new.same(1, last, at + 1):
            return at, noun_phrase_end(last, at)
    return None


def without_preposition(new: Line, last: Line, at: int) -> str:
    """Return the new thing, without the "ở" it opens with where the last question has its own."""
    length = new.starts(PLACED, 0)
    return new.slice(length, len(new.words)) if length and last.ends(PREPOSITIONS, at) else new.text


def put(new: Line, last: Line) -> str:
    """Return the last question with a new thing that is like none of it: in place of what it counts, of its subject,
    before the document it is part of, or at its end."""
    named = elements(new)
    document = next((one for one in elements(last) if one.sort is Sort.DOCUMENT), None)
    if named and named[0].sort is Sort.PART and document:
        return spliced(last, document.start, document.start, new.text)
    if new.starts(PREPOSITIONS, 0):
        return f"{last.text} {lowered(new)}"
    if named and named[0].start == 0 and named[0].sort in (Sort.TIME, Sort.PLACE, Sort.DOCUMENT):
        link = {Sort.TIME: "", Sort.PLACE: "ở ", Sort.DOCUMENT: "theo "}[named[0].sort]
        return f"{last.text} {link}{new.text}"
    start, end = replaceable(last)
    return spliced(last, start, end, new.text) if end > start else f"{last.text}, {lowered(new)}"


def replaceable(last: Line) -> tuple[int, int]:
    """Return the counted noun of a question about something named, else its subject."""
    start, end = subject_start(last), subject_end(last)
    about_named = end > start and any(one.start == start and one.sort in FIRM for one in elements(last))
    count = next((stop for first, stop in asked_spans(last) if last.starts(ASKED_COUNT, first)), None)
    if about_named and count is not None and count < len(last.words) and not is_boundary(last, count):
        stop = count
        while not is_boundary(last, stop) and not last.starts(PREPOSITIONS, stop):
            stop += 1
        return count, stop
    return (start, start) if about_named else (start, end)


FIRM = (Sort.PLACE, Sort.BODY, Sort.DOCUMENT)


def headed(split: Parts, last: Line) -> str:
    """Return the last question's head with its like exchanged, then what is asked; "" where nothing is like."""
    span = counterpart(split.new, last)
    end = subject_end(last)
    if not span or span[1] > end:
        return ""
    head = spliced(Line.of(last.slice(0, end)), *span, split.new.text)
    then = "" if split.asked.starts(PREDICATES, 0) else "thì "
    return f"{head} {then}{lowered(split.asked)}"


def with_subject(asked: Line, last: Line) -> str:
    """Return what is asked with the last subject before it where it has none, else with the last theme."""
    start, end = subject_start(last), subject_end(last)
    if asked.starts(PREDICATES, 0) and end > start:
        return f"{last.slice(start, end)} {lowered(asked)}"
    return with_theme(asked, Parts(Line.of(""), asked), last)


def with_theme(follow_up: Line, split: Parts, last: Line) -> str:
    """Return the follow-up with what carries over from the last question: its document, or its subject and setting."""
    if any(one.sort is Sort.DOCUMENT for one in elements(follow_up)):
        return follow_up.text
    document = next((one for one in elements(last) if one.sort is Sort.DOCUMENT), None)
    if document:
        return f"Theo {last.slice(document.start, phrase_end(last, document))}, {lowered(follow_up)}"
    start, end = subject_start(last), subject_end(last)
    subject, setting = last.slice(start, end), " ".join(filter(None, [tail(last)]))
    lead = last.slice(0, lead_end(last))
    acts = any(one.start == start and one.sort in FIRM for one in elements(last))
    if split.new.words and acts and not split.asked.starts(PREDICATES, 0):
        middle = f"{split.new.text} thì {subject} {split.asked.text}"
    elif subject:
        middle = f"{subject}, {lowered(follow_up)}"
    else:
        middle = lowered(follow_up) if lead else f"{topic(last)}, {lowered(follow_up)}"
    return " ".join(filter(None, [lead, middle, setting]))


def spliced(line: Line, start: int, end: int, text: str) -> str:
    """Return the line with the words ``start`` up to ``end`` replaced, spaces and capitals set right."""
    before = line.text[: line.words[start].start] if start < len(line.words) else f"{line.text} "
    after = line.text[line.words[end - 1].end :] if end > start else " " + line.text[len(before) :]
    text = text if before.strip() else text[:1].upper() + text[1:]
    return " ".join(f"{before}{text}{after}".split())


def lowered(line: Line) -> str:
    """Return the line with a small first letter, unless it opens with a name."""
    if not line.words or (len(line.words) > 1 and line.words[1].capital):
        return line.text
    first = next((one for one in elements(line) if one.start == 0 and one.sort in (*FIRM, Sort.PART)), None)
    whole = line.text[: line.words[0].end]
    return line.text if first or whole.isupper() else line.text[:1].lower() + line.text[1:]
