"""Words that point back ("nghị định đó", "ông ấy", "nó"): found, and exchanged for what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.follow_ups.mentions import (
    BODIES,
    DOCUMENT_KINDS,
    PLACE_KINDS,
    PREDICATES,
    VERBS,
    EntityType,
    Mention,
    is_boundary,
    mentions,
)
from qa.follow_ups.structure import (
    MATTERS,
    asked_spans,
    ground_of,
    lowered,
    noun_phrase_end,
    phrase_end,
    subject,
    topic,
)
from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.text import NUMBER_KINDS, begins, find_numbers, lexicon

DEMONSTRATIVES, TIMES = PhraseSet.of("follow_ups.demonstratives"), PhraseSet.of("follow_ups.times")
TEXTS = PhraseSet.of("documents.generic") | PhraseSet("quy định")
BODY_NOUNS, PLACE_NOUNS = PhraseSet.of("offices.general"), PhraseSet.of("places.general")
GENERAL = TEXTS | BODY_NOUNS | PLACE_NOUNS
PEOPLE, PERSON = PhraseSet.of("follow_ups.people"), PhraseSet.of("follow_ups.person")
AMONG, INSIDE = PhraseSet.of("follow_ups.among"), PhraseSet("trong đó")
THINGS, THERE = PhraseSet.of("follow_ups.things"), PhraseSet.of("follow_ups.there")
HERE, SHORT_NOUNS = PhraseSet.of("follow_ups.here"), PhraseSet(*lexicon.DOCUMENT_SHORTS)
SHORT = 9
"""Words below which a bare "ho", "no" that opens a question typed without accents is "họ", "nó"."""

LONGEST_ANTECEDENT = 120


@dataclass(frozen=True, slots=True)
class Anaphor:
    """The words ``start`` up to ``end`` that point back; ``noun`` words open it ("nghị định" of "nghị định đó")."""

    start: int
    end: int
    noun: int
    types: tuple[EntityType, ...] = ()


def anaphors(line: TokenizedText) -> list[Anaphor]:
    """Return what points back, in order, but not to something the line itself names before."""
    found: list[Anaphor] = []
    at = 0
    while at < len(line.words):
        one = pronoun(line, at) or demonstrated(line, at)
        if one and not named_before(line, one):
            found.append(one)
        at = one.end if one else at + 1
    return found


def pronoun(line: TokenizedText, at: int) -> Anaphor | None:
    for phrases, types in PRONOUNS:
        length = line.starts(phrases, at)
        clear = line.accented or phrases is AMONG or phrases is INSIDE or (at == 0 and len(line.words) < SHORT)
        if length and clear and not (phrases is INSIDE and at):
            return Anaphor(at, at + length, 0, types)
    return None


PRONOUNS: tuple[tuple[PhraseSet, tuple[EntityType, ...]], ...] = (
    (AMONG, ()),
    (INSIDE, ()),
    (THERE, (EntityType.PLACE,)),
    (PERSON, (EntityType.PERSON,)),
    (PEOPLE, (EntityType.GROUP,)),
    (THINGS, ()),
)


def demonstrated(line: TokenizedText, at: int) -> Anaphor | None:
    """Find a noun with "đó", "này", "ấy" behind it: one of a known type, else any one or two words ("kỳ họp")."""
    if line.starts(TIMES, at):
        return None
    for phrases, types in NOUNS:
        length = line.starts(phrases, at)
        if length and points(line, at + length) and (line.accented or phrases is not MATTERS):
            return Anaphor(at, at + length + line.starts(DEMONSTRATIVES, at + length), length, types)
    return next((one for length in (2, 1) if (one := unknown(line, at, length))), None) if line.accented else None


def unknown(line: TokenizedText, at: int, length: int) -> Anaphor | None:
    """Find so many words of no known type with a demonstrative behind them."""
    mark = at + length
    known = length > 1 and any(line.starts(phrases, at + 1) for phrases, _ in NOUNS)
    plain = not any(line.starts(TIMES, place) or is_boundary(line, place) for place in range(at + 1, mark + 1))
    if known or not plain or not points(line, mark):
        return None
    return Anaphor(at, mark + line.starts(DEMONSTRATIVES, mark), length)


def points(line: TokenizedText, at: int) -> bool:
    """Tell whether a demonstrative stands here; typed without accents ("do", "nay") a verb or the end must follow."""
    length = line.starts(DEMONSTRATIVES, at)
    after = at + length
    clear = line.accented or after >= len(line.words) or line.starts(PREDICATES, after) or line.starts(VERBS, after)
    return bool(length and clear) and not line.broken(at)


NOUNS: tuple[tuple[PhraseSet, tuple[EntityType, ...]], ...] = (
    (TEXTS, (EntityType.DOCUMENT,)),
    (DOCUMENT_KINDS, (EntityType.DOCUMENT,)),
    (PLACE_KINDS, (EntityType.PLACE, EntityType.LEVEL)),
    (PLACE_NOUNS, (EntityType.PLACE,)),
    (BODY_NOUNS, (EntityType.BODY,)),
    (BODIES, (EntityType.BODY,)),
    (MATTERS, ()),
)


def named_before(line: TokenizedText, one: Anaphor) -> bool:
    """Tell whether the line itself names what is pointed to."""
    if line.ends(HERE, one.start):
        return True
    if one.types:
        return any(other.end <= one.start and other.type in one.types for other in mentions(line))
    return bool(one.noun) and any(
        all(line.same(at + i, line, one.start + i) for i in range(one.noun)) for at in range(one.start - one.noun + 1)
    )


def resolve(line: TokenizedText, found: Sequence[Anaphor], past: Sequence[TokenizedText]) -> str:
    """Return the line with each anaphor exchanged; ``past`` is the last question, its answer, and so on back."""
    text, last = "", 0
    for one in found:
        meant = antecedent(line, one, past)[:LONGEST_ANTECEDENT].strip()
        text += line.text[last : line.words[one.start].start] + meant
        last = line.words[one.end - 1].end
    return text + line.text[last:]


def antecedent(line: TokenizedText, one: Anaphor, past: Sequence[TokenizedText]) -> str:
    """Return what an anaphor means: a named thing of its type, else a phrase with its noun, else the last topic."""
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
    if EntityType.LEVEL in one.types:
        return f"{noun} theo {ground}" if (ground := ground_of(past[0])) else f"{noun} {lowered(topic(past[0]))}"
    if not noun or one.types:
        return subject(past[0]) or topic(past[0])
    return f"{noun} {lowered(topic(past[0]))}"


def named_thing(line: TokenizedText, one: Anaphor, earlier: TokenizedText) -> str:
    """Return the last thing of the anaphor's type that an earlier text names, of its very kind before another."""
    named = [other for other in mentions(earlier) if other.type in one.types and not is_asked(earlier, other)]
    kind = [other for other in named if begins_with_noun(line, one, earlier, other)]
    general = line.starts(GENERAL, one.start)
    chosen = kind or (named if general or not one.noun or EntityType.PLACE in one.types else [])
    if not chosen or chosen[-1].type is EntityType.LEVEL:
        return ""
    pick = chosen[0] if general else chosen[-1]
    return lowered(earlier.slice(pick.start, phrase_end(earlier, pick)))


def is_asked(line: TokenizedText, mention: Mention) -> bool:
    return any(first <= mention.start < stop for first, stop in asked_spans(line))


def begins_with_noun(line: TokenizedText, one: Anaphor, earlier: TokenizedText, other: Mention) -> bool:
    """Tell whether a thing is called by the anaphor's noun, written out or in its number ("178/2024/NĐ-CP")."""
    if all(other.start + i < other.end and line.same(one.start + i, earlier, other.start + i) for i in range(one.noun)):
        return True
    sign = NUMBER_KINDS.get(" ".join(word.folded for word in line.words[one.start : one.start + one.noun]))
    short = earlier.starts(SHORT_NOUNS, other.start) or earlier.words[other.start].is_number
    numbers = find_numbers(earlier.slice(other.start, other.end)) if sign and short else ()
    return any(number.suffix and begins(str(sign), number.suffix) for number in numbers)


def phrase_with(line: TokenizedText, one: Anaphor, earlier: TokenizedText) -> str:
    """Return the noun phrase of an earlier text that opens with the anaphor's noun."""
    asked = {place for first, stop in asked_spans(earlier) for place in range(first, stop)}
    for at in range(len(earlier.words) - one.noun + 1) if one.noun else ():
        if at not in asked and all(line.same(one.start + i, earlier, at + i) for i in range(one.noun)):
            end = noun_phrase_end(earlier, at)
            if end > at + one.noun:
                return lowered(earlier.slice(at, end))
    return ""
