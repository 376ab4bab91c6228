"""Words that point back ("nghị định đó", "ông ấy", "nó"): found, and exchanged for what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.follow_ups import vocabulary
from qa.follow_ups.mentions import BODIES, Element, Sort, elements
from qa.follow_ups.names import DOCUMENT_KINDS, PLACE_KINDS, PREDICATES, VERBS, is_boundary
from qa.follow_ups.question_structure import (
    asked_spans,
    ground_of,
    noun_phrase_end,
    phrase_end,
    subject,
    topic,
)
from qa.follow_ups.tokenized import Line
from qa.follow_ups.vocabulary import Phrases
from qa.follow_ups.wording import lowered
from qa.text import NUMBER_KINDS, begins, find_numbers

DEMONSTRATIVES, TIMES = Phrases(vocabulary.DEMONSTRATIVES), Phrases(vocabulary.TIMES)
MATTERS, TEXTS = Phrases(vocabulary.MATTERS), Phrases("văn bản|tài liệu|quy định")
BODY_NOUNS, PLACE_NOUNS = Phrases(vocabulary.BODY_NOUNS), Phrases(vocabulary.PLACE_NOUNS)
GENERAL = Phrases(f"văn bản|tài liệu|quy định|{vocabulary.BODY_NOUNS}|{vocabulary.PLACE_NOUNS}")
PEOPLE, PERSON = Phrases(vocabulary.PEOPLE_PRONOUNS), Phrases(vocabulary.PERSON_PRONOUNS)
AMONG, INSIDE = Phrases("trong số đó|trong số này|trong số ấy"), Phrases("trong đó")
THINGS, THERE = Phrases("nó|chúng"), Phrases("ở đó|tại đó|nơi đó|ở đấy")
HERE = Phrases("tôi ở|em ở|mình ở|chúng tôi ở|nhà tôi ở|tôi sống ở")
SHORT_NOUNS = Phrases("nđ|nq|qđ|tt|kl")
SHORT = 9
"""Words below which a bare "ho", "no" that opens a question typed without accents is "họ", "nó"."""

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
        length = line.starts(phrases, at)
        clear = line.accented or phrases is AMONG or phrases is INSIDE or (at == 0 and len(line.words) < SHORT)
        if length and clear and not (phrases is INSIDE and at):
            return Anaphor(at, at + length, 0, sorts)
    return None


PRONOUNS: tuple[tuple[Phrases, tuple[Sort, ...]], ...] = (
    (AMONG, ()),
    (INSIDE, ()),
    (THERE, (Sort.PLACE,)),
    (PERSON, (Sort.PERSON,)),
    (PEOPLE, (Sort.GROUP,)),
    (THINGS, ()),
)


def demonstrated(line: Line, at: int) -> Anaphor | None:
    """Find a noun with "đó", "này", "ấy" behind it: one of a known sort, else any one or two words ("kỳ họp")."""
    if line.starts(TIMES, at):
        return None
    for phrases, sorts in NOUNS:
        length = line.starts(phrases, at)
        if length and points(line, at + length) and (line.accented or phrases is not MATTERS):
            return Anaphor(at, at + length + line.starts(DEMONSTRATIVES, at + length), length, sorts)
    return next((one for length in (2, 1) if (one := unknown(line, at, length))), None) if line.accented else None


def unknown(line: Line, at: int, length: int) -> Anaphor | None:
    """Find so many words of no known sort with a demonstrative behind them."""
    mark = at + length
    known = length > 1 and any(line.starts(phrases, at + 1) for phrases, _ in NOUNS)
    plain = not any(line.starts(TIMES, place) or is_boundary(line, place) for place in range(at + 1, mark + 1))
    if known or not plain or not points(line, mark):
        return None
    return Anaphor(at, mark + line.starts(DEMONSTRATIVES, mark), length)


def points(line: Line, at: int) -> bool:
    """Tell whether a demonstrative stands here; typed without accents ("do", "nay") a verb or the end must follow."""
    length = line.starts(DEMONSTRATIVES, at)
    after = at + length
    clear = line.accented or after >= len(line.words) or line.starts(PREDICATES, after) or line.starts(VERBS, after)
    return bool(length and clear) and not line.broken(at)


NOUNS: tuple[tuple[Phrases, tuple[Sort, ...]], ...] = (
    (TEXTS, (Sort.DOCUMENT,)),
    (DOCUMENT_KINDS, (Sort.DOCUMENT,)),
    (PLACE_KINDS, (Sort.PLACE, Sort.LEVEL)),
    (PLACE_NOUNS, (Sort.PLACE,)),
    (BODY_NOUNS, (Sort.BODY,)),
    (BODIES, (Sort.BODY,)),
    (MATTERS, ()),
)


def named_before(line: Line, one: Anaphor) -> bool:
    """Tell whether the line itself names what is pointed to."""
    if line.ends(HERE, one.start):
        return True
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
        return f"trong số {lowered(topic(past[0]))}"
    if line.starts(INSIDE, one.start):
        return f"trong {ground_of(past[0]) or subject(past[0]) or lowered(topic(past[0]))}"
    for earlier in past:
        if named := named_thing(line, one, earlier):
            return named
    for earlier in past[:2]:
        if phrase := phrase_with(line, one, earlier):
            return phrase
    noun = line.slice(one.start, one.start + one.noun)
    if Sort.LEVEL in one.sorts:
        return f"{noun} theo {ground}" if (ground := ground_of(past[0])) else f"{noun} {lowered(topic(past[0]))}"
    if not noun or one.sorts:
        return subject(past[0]) or topic(past[0])
    return f"{noun} {lowered(topic(past[0]))}"


def named_thing(line: Line, one: Anaphor, earlier: Line) -> str:
    """Return the last thing of the anaphor's sort that an earlier text names, of its very kind before another."""
    named = [other for other in elements(earlier) if other.sort in one.sorts and not is_asked(earlier, other)]
    kind = [other for other in named if begins_with_noun(line, one, earlier, other)]
    general = line.starts(GENERAL, one.start)
    chosen = kind or (named if general or not one.noun or Sort.PLACE in one.sorts else [])
    if not chosen or chosen[-1].sort is Sort.LEVEL:
        return ""
    pick = chosen[0] if general else chosen[-1]
    return lowered(earlier.slice(pick.start, phrase_end(earlier, pick)))


def is_asked(line: Line, element: Element) -> bool:
    return any(first <= element.start < stop for first, stop in asked_spans(line))


def begins_with_noun(line: Line, one: Anaphor, earlier: Line, other: Element) -> bool:
    """Tell whether a thing is called by the anaphor's noun, written out or in its number ("178/2024/NĐ-CP")."""
    if all(other.start + i < other.end and line.same(one.start + i, earlier, other.start + i) for i in range(one.noun)):
        return True
    sign = NUMBER_KINDS.get(" ".join(word.folded for word in line.words[one.start : one.start + one.noun]))
    short = earlier.starts(SHORT_NOUNS, other.start) or earlier.words[other.start].is_number
    numbers = find_numbers(earlier.slice(other.start, other.end)) if sign and short else ()
    return any(number.suffix and begins(str(sign), number.suffix) for number in numbers)


def phrase_with(line: Line, one: Anaphor, earlier: Line) -> str:
    """Return the noun phrase of an earlier text that opens with the anaphor's noun."""
    asked = {place for first, stop in asked_spans(earlier) for place in range(first, stop)}
    for at in range(len(earlier.words) - one.noun + 1) if one.noun else ():
        if at not in asked and all(line.same(one.start + i, earlier, at + i) for i in range(one.noun)):
            end = noun_phrase_end(earlier, at)
            if end > at + one.noun:
                return lowered(earlier.slice(at, end))
    return ""
