"""Words that point back ("nghị định đó", "ông ấy", "nó"): found, and exchanged for what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.conversation import vocabulary
from qa.conversation.elements import (
    BODIES,
    DOCUMENT_KINDS,
    PLACE_KINDS,
    Element,
    Sort,
    elements,
    is_boundary,
)
from qa.conversation.frame import asked_spans, noun_phrase_end, phrase_end, subject_end, subject_start, topic
from qa.conversation.lines import Line
from qa.conversation.vocabulary import Phrases

DEMONSTRATIVES, TIMES = Phrases(vocabulary.DEMONSTRATIVES), Phrases(vocabulary.TIMES)
MATTERS, TEXTS = Phrases(vocabulary.MATTERS), Phrases("văn bản|tài liệu")
BODY_NOUNS, PLACE_NOUNS = Phrases(vocabulary.BODY_NOUNS), Phrases(vocabulary.PLACE_NOUNS)
PEOPLE, PERSON = Phrases(vocabulary.PEOPLE_PRONOUNS), Phrases(vocabulary.PERSON_PRONOUNS)
THINGS, AMONG, THERE = Phrases(vocabulary.THING_PRONOUNS), Phrases(vocabulary.AMONG), Phrases("ở đó|tại đó|nơi đó|ở đấy")
LONGEST_ANTECEDENT = 120


@dataclass(frozen=True, slots=True)
class Anaphor:
    """The words ``start`` up to ``end`` that point back; ``noun`` words open it ("nghị định" of "nghị định đó")."""

    start: int
    end: int
    noun: int
    sorts: tuple[Sort, ...] = ()


def anaphors(line: Line) -> list[Anaphor]:
    """Return what points back, in order, but not to something the line itself names before."""
    found: list[Anaphor] = []
    at = 0
    while at < len(line.words):
        one = pronoun(line, at) or demonstrated(line, at)
        if one and not named_before(line, one):
            found.append(one)
        at = one.end if one else at + 1
    return found


def pronoun(line: Line, at: int) -> Anaphor | None:
    for phrases, sorts in PRONOUNS:
        if length := line.starts(phrases, at):
            return Anaphor(at, at + length, 0, sorts)
    return None


PRONOUNS: tuple[tuple[Phrases, tuple[Sort, ...]], ...] = (
    (AMONG, ()),
    (THERE, (Sort.PLACE,)),
    (PERSON, (Sort.PERSON,)),
    (PEOPLE, (Sort.GROUP,)),
    (THINGS, ()),
)


def demonstrated(line: Line, at: int) -> Anaphor | None:
    """Find a noun with "đó", "này", "ấy" behind it; a bare word between may tell more ("kỳ họp", "bộ máy")."""
    if line.starts(TIMES, at):
        return None
    for phrases, sorts in NOUNS:
        length = line.starts(phrases, at)
        if length and line.starts(DEMONSTRATIVES, at + length) and points(line, at + length):
            return Anaphor(at, at + length + line.starts(DEMONSTRATIVES, at + length), length, sorts)
    if not line.accented or at + 2 >= len(line.words):
        return None
    for length in (2, 1):
        mark = at + length
        plain = not any(line.starts(TIMES, place) or is_boundary(line, place) for place in range(at + 1, mark + 1))
        if plain and line.starts(DEMONSTRATIVES, mark) and not line.starts(TIMES, at):
            return Anaphor(at, mark + line.starts(DEMONSTRATIVES, mark), length)
    return None


def points(line: Line, at: int) -> bool:
    """Tell whether "do" typed without accents means "đó" and not "by" (its doer follows)."""
    return line.accented or line.words[at].folded != "do" or not line.starts(DOERS, at + 1)


DOERS = Phrases("ai|cơ quan|chính phủ|quốc hội|bộ|ubnd|ủy ban|thủ tướng|cấp")
NOUNS: tuple[tuple[Phrases, tuple[Sort, ...]], ...] = (
    (DOCUMENT_KINDS, (Sort.DOCUMENT,)),
    (TEXTS, (Sort.DOCUMENT,)),
    (PLACE_KINDS, (Sort.PLACE, Sort.LEVEL)),
    (PLACE_NOUNS, (Sort.PLACE,)),
    (BODY_NOUNS, (Sort.BODY,)),
    (BODIES, (Sort.BODY,)),
    (MATTERS, ()),
)


def named_before(line: Line, one: Anaphor) -> bool:
    """Tell whether the line itself names what is pointed to."""
    if one.sorts:
        return any(other.end <= one.start and other.sort in one.sorts for other in elements(line))
    return bool(one.noun) and any(
        all(line.same(at + i, line, one.start + i) for i in range(one.noun)) for at in range(one.start - one.noun + 1)
    )


def resolve(line: Line, found: Sequence[Anaphor], past: Sequence[Line]) -> str:
    """Return the line with each anaphor exchanged; ``past`` is the last question, its answer, and so on back."""
    text, last = "", 0
    for one in found:
        meant = antecedent(line, one, past)[:LONGEST_ANTECEDENT].strip()
        text += line.text[last : line.words[one.start].start] + meant
        last = line.words[one.end - 1].end
    return text + line.text[last:]


def antecedent(line: Line, one: Anaphor, past: Sequence[Line]) -> str:
    """Return what an anaphor means: a named thing of its sort, else a phrase with its noun, else the last topic."""
    if line.starts(AMONG, one.start):
        return f"trong số {lower_first(topic(past[0]))}"
    for earlier in past:
        if named := named_thing(line, one, earlier):
            return named
    for earlier in past[:2]:
        if phrase := phrase_with(line, one, earlier):
            return phrase
    start, end = subject_start(past[0]), subject_end(past[0])
    about = past[0].slice(start, end)
    if not one.noun or one.sorts:
        return about or topic(past[0])
    return f"{line.slice(one.start, one.start + one.noun)} {lower_first(topic(past[0]))}"


def named_thing(line: Line, one: Anaphor, earlier: Line) -> str:
    """Return the last thing of the anaphor's sort that an earlier text names, of its very kind before another."""
    named = [other for other in elements(earlier) if other.sort in one.sorts and not is_asked(earlier, other)]
    kind = [other for other in named if begins_with_noun(line, one, earlier, other)]
    general = line.starts(TEXTS, one.start) or line.starts(BODY_NOUNS, one.start) or line.starts(PLACE_NOUNS, one.start)
    chosen = kind or (named if general or not one.noun or Sort.PLACE in one.sorts else [])
    if not chosen or chosen[-1].sort is Sort.LEVEL:
        return ""
    pick = chosen[0] if general else chosen[-1]
    text = earlier.slice(pick.start, phrase_end(earlier, pick))
    return lowercase_kind(text, pick)


def is_asked(line: Line, element: Element) -> bool:
    return any(first <= element.start < stop for first, stop in asked_spans(line))


def begins_with_noun(line: Line, one: Anaphor, earlier: Line, other: Element) -> bool:
    return all(
        other.start + i < other.end and line.same(one.start + i, earlier, other.start + i) for i in range(one.noun)
    )


def phrase_with(line: Line, one: Anaphor, earlier: Line) -> str:
    """Return the noun phrase of an earlier text that opens with the anaphor's noun."""
    for at in range(len(earlier.words) - one.noun + 1) if one.noun else ():
        if all(line.same(one.start + i, earlier, at + i) for i in range(one.noun)):
            end = noun_phrase_end(earlier, at)
            if end > at + one.noun and not earlier.starts(QUESTIONS, at + one.noun):
                return lower_first(earlier.slice(at, end))
    return ""


QUESTIONS = Phrases("nào|gì")


def lowercase_kind(text: str, element: Element) -> str:
    return text if element.sort in (Sort.DOCUMENT, Sort.BODY, Sort.PERSON) else lower_first(text)


def lower_first(text: str) -> str:
    """Return the text with a small first letter where its second word is small too."""
    line = Line.of(text)
    first = next((one for one in elements(line) if one.start == 0), None)
    proper = first and first.sort in (Sort.DOCUMENT, Sort.BODY, Sort.PERSON)
    kind = line.starts(PLACE_KINDS, 0)
    if not line.words or proper or (not kind and len(line.words) > 1 and line.words[1].capital):
        return text
    return text[:1].lower() + text[1:]
