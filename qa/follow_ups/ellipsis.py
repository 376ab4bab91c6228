"""A follow-up that names only what is new: the last question with its like exchanged, or what it was about added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.follow_ups.mentions import (
    ASKED_COUNT,
    PREDICATES,
    TITLES,
    VERBS,
    EntityType,
    Mention,
    is_boundary,
    like,
    mentions,
    opens,
)
from qa.follow_ups.structure import (
    PREPOSITIONS,
    THEN,
    asked_spans,
    asks,
    content,
    ground_of,
    lead_end,
    lowered,
    noun_phrase_end,
    spliced,
    subject,
    subject_end,
    subject_start,
    tail,
    topic,
)
from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.reading import AnswerType, kind_of

IF, PLACED = PhraseSet("nếu"), PhraseSet.of("follow_ups.placed")
MOST_COUNT_WORDS = 4
OWN_PREDICATE, SAYS_ENOUGH = 2, 6
"""Content words from which what is asked of a new thing is a question of its own; and from which it stands alone."""


FIRM = (EntityType.PLACE, EntityType.BODY, EntityType.DOCUMENT)
"""What can be a subject by name alone."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A follow-up without its opener: the new thing, and what is asked of it; either may be empty."""

    new: TokenizedText
    asked: TokenizedText


def parts(line: TokenizedText) -> Parts:
    """Part "X thì P", "X, P" or "X P" where X is a named thing; a follow-up that asks nothing is all X."""
    if not asks(line):
        return Parts(line, TokenizedText.of(""))
    then = next((at for at in range(1, len(line.words)) if line.starts(THEN, at)), None)
    if then is not None:
        return Parts(TokenizedText.of(line.slice(0, then)), TokenizedText.of(line.slice(then + 1, len(line.words))))
    first = next((one for one in mentions(line) if one.start == 0), None)
    end = first.end if first and first.type is not EntityType.QUANTITY else 0
    numbered = next((one for one in mentions(line) if one.type is EntityType.NUMBERED and one.start == 1), None)
    end = numbered.end if numbered else end
    return Parts(TokenizedText.of(line.slice(0, end)), TokenizedText.of(line.slice(end, len(line.words))))


def fill(follow_up: TokenizedText, last: TokenizedText) -> str:
    """Return the follow-up, without its opener and closer, completed from the last question."""
    if follow_up.starts(IF, 0):
        return f"{topic(last)}, {lowered(follow_up.text)}"
    split = parts(follow_up)
    if not split.new.words:
        return with_subject(split.asked, last)
    if holder := title_holder(split, last):
        return f"{split.new.text} {holder} {split.asked.text}"
    if adds_nothing(split, last):
        asked_again = counted(split.asked, last)
        return exchanged(split.new, asked_again) or put(split.new, asked_again)
    return headed(split, last) or with_theme(follow_up, split, last)


def adds_nothing(split: Parts, last: TokenizedText) -> bool:
    """Tell whether what is asked of the new thing is what was asked before."""
    if asked_count_alone(split.asked):
        return True
    known = {*content(last), *content(split.new)}
    new = [word for word in content(split.asked) if word not in known]
    same = kind_of(split.asked.text) in (kind_of(last.text), AnswerType.OTHER)
    return same and len(new) < OWN_PREDICATE


def title_holder(split: Parts, last: TokenizedText) -> str:
    """Return whose office it is when all that is new is a title ("Bộ trưởng là ai?"): the body or place asked about."""
    title = next((one for one in mentions(split.new) if is_title(split.new, one)), None)
    firm = next((one for one in mentions(last) if one.type in (EntityType.PLACE, EntityType.BODY)), None)
    if not title or title.end < len(split.new.words) or not split.asked.words or not firm:
        return ""
    return "" if last.starts(TITLES, firm.start) else lowered(last.slice(firm.start, firm.end))


def is_title(line: TokenizedText, mention: Mention) -> bool:
    return line.starts(TITLES, mention.start) == mention.end - mention.start


def asked_count_alone(asked: TokenizedText) -> bool:
    """Tell whether all that is asked is "bao nhiêu km"."""
    return bool(asked.starts(ASKED_COUNT, 0)) and len(asked.words) <= MOST_COUNT_WORDS


def counted(asked: TokenizedText, last: TokenizedText) -> TokenizedText:
    """Return the last question with its question word exchanged for "bao nhiêu km", where that is all that is asked."""
    before = asked_spans(last)
    unit = len(asked.words) > asked.starts(ASKED_COUNT, 0)
    if not (asked_count_alone(asked) and unit and len(before) == 1):
        return last
    first, stop = before[0]
    return TokenizedText.of(spliced(last, first, stop, asked.text))


def exchanged(new: TokenizedText, last: TokenizedText) -> str:
    """Return the last question with each thing that the new one is like exchanged for it; "" where none is."""
    named = mentions(new)
    if len(named) > 1 and not any(content(TokenizedText.of(gap)) for gap in gaps(new, named)):
        done = last
        for one in named:
            piece = TokenizedText.of(new.slice(one.start, one.end))
            done = TokenizedText.of(exchanged(piece, done) or put(piece, done))
        return done.text
    span = counterpart(new, last)
    return spliced(last, *span, without_preposition(new, last, span[0])) if span else ""


def gaps(line: TokenizedText, named: Sequence[Mention]) -> list[str]:
    ends = [0, *(one.end for one in named)]
    starts = [*(one.start for one in named), len(line.words)]
    return [line.slice(end, start) for end, start in zip(ends, starts, strict=True)]


def counterpart(new: TokenizedText, last: TokenizedText) -> tuple[int, int] | None:
    """Return the words of the last question that the new thing takes the place of."""
    for one in mentions(new):
        for other in like(one, new, last):
            opening = same_opening(new, one, last, other)
            if opening is None and same_words(new, one, last, other):
                continue
            start, end = widened(new, one, last, other)
            return (start if opening is None else opening), end
    return same_head(new, last)


def same_words(new: TokenizedText, one: Mention, last: TokenizedText, other: Mention) -> bool:
    theirs = [word.folded for word in last.words[other.start : other.end]]
    return [word.folded for word in new.words[one.start : one.end]] == theirs


def same_opening(new: TokenizedText, one: Mention, last: TokenizedText, other: Mention) -> int | None:
    """Return where the last question opens as the new thing does, before its like ("lễ hội … một xã")."""
    length = min(2, len(new.words))
    if one.start < length and not (one.start == 0 and len(mentions(new)) > 1):
        return None
    length = min(length, max(1, one.end)) if one.start else 1
    for at in range(other.start - 1, -1, -1):
        if last.starts(PREDICATES, at) or last.broken(at + 1):
            return None
        shared = 1 if at == 0 else length
        if all(at + i < other.end and new.same(i, last, at + i) for i in range(shared)):
            return at
    return None


def widened(new: TokenizedText, one: Mention, last: TokenizedText, other: Mention) -> tuple[int, int]:
    """Return the like's words with those before it that both share ("Vành" of "Vành đai 1")."""
    start, place = other.start, one.start
    while start and place and new.same(place - 1, last, start - 1):
        start, place = start - 1, place - 1
    return start, other.end


def same_head(new: TokenizedText, last: TokenizedText) -> tuple[int, int] | None:
    """Return the noun phrase of the last question that begins with the same two words ("hồ sơ nộp …")."""
    for at in range(len(last.words) - 1):
        shared = 0
        while shared < min(len(new.words), len(last.words) - at) and new.same(shared, last, at + shared):
            shared += 1
        if 2 <= shared < len(new.words):
            return at, noun_phrase_end(last, at + shared)
    return None


def without_preposition(new: TokenizedText, last: TokenizedText, at: int) -> str:
    """Return the new thing, without the "ở" it opens with where the last question has its own."""
    length = new.starts(PLACED, 0)
    return new.slice(length, len(new.words)) if length and last.ends(PREPOSITIONS, at) else new.text


def put(new: TokenizedText, last: TokenizedText) -> str:
    """Return the last question with a new thing that is like none of it.

    It stands in place of what the question counts, of its subject, before the document it is part of, or at the end.
    """
    named = mentions(new)
    document = next((one for one in mentions(last) if one.type is EntityType.DOCUMENT), None)
    if named and named[0].type is EntityType.PART and document:
        return spliced(last, document.start, document.start, new.text)
    if new.starts(PREPOSITIONS, 0):
        return f"{last.text} {lowered(new.text)}"
    if named and named[0].start == 0 and named[0].type in (EntityType.TIME, EntityType.PLACE, EntityType.DOCUMENT):
        link = {EntityType.TIME: "", EntityType.PLACE: "ở ", EntityType.DOCUMENT: "theo "}[named[0].type]
        return f"{last.text} {link}{new.text}"
    start, end = replaceable(last)
    return spliced(last, start, end, new.text) if end > start else f"{last.text}, {lowered(new.text)}"


def replaceable(last: TokenizedText) -> tuple[int, int]:
    """Return the counted noun of a question about something named, else its subject."""
    start, end = subject_start(last), subject_end(last)
    if end == start and (verb := last.starts(VERBS, start)):
        return start + verb, noun_phrase_end(last, start + verb)
    document = next(
        (one.start for one in mentions(last) if one.type is EntityType.DOCUMENT and start < one.start < end), end
    )
    end = document - (last.ends(PREPOSITIONS, document) if document < end else 0)
    about_named = end > start and opens(last, start, FIRM)
    count = next((stop for first, stop in asked_spans(last) if counts(last, first, stop)), None)
    if about_named and count is not None and count < len(last.words) and not is_boundary(last, count):
        stop = count
        while not is_boundary(last, stop) and not last.starts(PREPOSITIONS, stop):
            stop += 1
        return count, stop
    return (start, start) if about_named else (start, end)


def counts(line: TokenizedText, first: int, stop: int) -> bool:
    return any(line.starts(ASKED_COUNT, at) for at in range(first, stop))


def headed(split: Parts, last: TokenizedText) -> str:
    """Return the last question's head with its like exchanged, then what is asked; "" where nothing is like."""
    span = counterpart(split.new, last)
    end = subject_end(last)
    if not span or span[1] > end:
        return ""
    head = spliced(TokenizedText.of(last.slice(0, end)), *span, split.new.text)
    then = "" if split.asked.starts(PREDICATES, 0) else "thì "
    return f"{head} {then}{lowered(split.asked.text)}"


def with_subject(asked: TokenizedText, last: TokenizedText) -> str:
    """Return what is asked with the last subject before it where it has none, else with the last theme."""
    if begins_with_verb(asked) and subject(last):
        return f"{subject(last)} {lowered(asked.text)}"
    return with_theme(asked, Parts(TokenizedText.of(""), asked), last)


def begins_with_verb(line: TokenizedText) -> bool:
    return bool(line.starts(PREDICATES, 0) or line.starts(VERBS, 0))


def with_theme(follow_up: TokenizedText, split: Parts, last: TokenizedText) -> str:
    """Return the follow-up with what carries over from the last question: its document, or its subject and setting.

    One that names its own subject and says enough carries nothing.
    """
    own = any(one.type in FIRM for one in mentions(follow_up)) and len(content(follow_up)) >= SAYS_ENOUGH
    if own or any(one.type is EntityType.DOCUMENT for one in mentions(follow_up)):
        return follow_up.text
    if ground := ground_of(last):
        return f"Theo {ground}, {lowered(follow_up.text)}"
    lead = last.slice(0, lead_end(last))
    about = subject(last) or ("" if lead else topic(last))
    acts = opens(last, subject_start(last), FIRM) and not split.asked.starts(PREDICATES, 0)
    if split.new.words and acts:
        middle = f"{split.new.text} thì {about} {split.asked.text}"
    else:
        middle = f"{about}, {lowered(follow_up.text)}" if about else lowered(follow_up.text)
    return " ".join(filter(None, [lead, middle, tail(last) if subject(last) or lead else ""]))
