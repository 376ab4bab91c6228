"""History + follow-up → a question that stands alone, by rules alone.

What is left out is carried over, what points back is named; a new topic carries nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.follow_ups.ellipsis import IF, begins_with_verb, fill, is_title, with_subject
from qa.follow_ups.mentions import (
    ASKED_COUNT,
    ASKED_HOW,
    ASKED_WHAT,
    BODIES,
    DOCUMENT_KINDS,
    PLACE_KINDS,
    PREDICATES,
    TITLES,
    VERBS,
    EntityType,
    Mention,
    is_boundary,
    mentions,
)
from qa.follow_ups.structure import (
    MATTERS,
    asked_spans,
    asks,
    asks_only,
    content,
    ground_of,
    lowered,
    noun_phrase_end,
    phrase_end,
    subject,
    topic,
)
from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.text import NUMBER_KINDS, begins, capitalised, find_numbers, lexicon
from qa.values import Turn

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


LONGEST = 500
LONGEST_FOLLOW_UP = 200
LONGEST_QUESTION = 250
LONGEST_ANSWER = 2000
MOST_TURNS = 5
STANDS_ALONE, WITHOUT_SUBJECT = 3, 5
"""Content words from which a question without opener, anaphor or name stands alone; one that begins with its verb or
question word ("Ai có thẩm quyền quyết định?") needs more."""

MOST_LEANING = 6
"""Content words from which what is asked with "thì sao" or "nếu", or is a mere phrase, stands alone."""

BARE_OPENERS, THEN_WHAT = PhraseSet.of("follow_ups.bare_openers"), PhraseSet.of("follow_ups.then_what")
OPENERS = BARE_OPENERS | PhraseSet.of("follow_ups.accented_openers")
NOT_OPENING, NOT_OPENING_BARE = PhraseSet.of("follow_ups.not_opening"), PhraseSet.of("follow_ups.not_opening_bare")
CLOSERS = THEN_WHAT | PhraseSet.of("follow_ups.closers")
GREETINGS, TO_THE_MACHINE = PhraseSet.of("follow_ups.greetings"), PhraseSet.of("follow_ups.machine")
WHY, IS = PhraseSet.of("follow_ups.why_alone"), PhraseSet("là")
WHO, MORE = PhraseSet.of("follow_ups.who"), PhraseSet.of("follow_ups.more")


def complete(question: str, history: Sequence[Turn]) -> str:
    """Return the question completed from the history; unchanged where it stands alone or opens a new topic.

    A completed question has at most 500 characters; one longer than 200 is taken to stand alone. The last turn
    counts first; earlier ones only name what an anaphor means. Never raises.
    """
    line = without_greeting(TokenizedText.of(question))
    turns = [
        turn for turn in reversed(history[-MOST_TURNS:]) if without_greeting(TokenizedText.of(turn.question)).words
    ]
    if not turns or not line.words or len(question) > LONGEST_FOLLOW_UP:
        return question
    opened = opening(line)
    closed = 0 if line.starts(IF, opened) else closing(line, opened)
    core = TokenizedText.of(line.slice(opened, len(line.words) - closed))
    completed = completion(core, turns, leans=bool(opened) or leans(core, line))
    return question if completed in ("", core.text) else finished(completed)


def completion(core: TokenizedText, turns: Sequence[Turn], *, leans: bool) -> str:
    """Return a follow-up without opener and closer completed, "" where it needs nothing."""
    last = TokenizedText.of(turns[0].question, LONGEST_QUESTION)
    if found := anaphors(core):
        resolved = resolve(core, found, past(turns))
        return resolved if any(one.types for one in found) else grounded(resolved, last)
    if not core.words or not leans:
        return ""
    if core.starts(MORE, 0):
        return last.text
    return answered(core, last) if asks(core) and asks_only(core) else fill(core, last)


def past(turns: Sequence[Turn]) -> list[TokenizedText]:
    """Return the questions and answers as lines: the latest question, its answer, the question before it."""
    pairs = [
        (TokenizedText.of(turn.question, LONGEST_QUESTION), TokenizedText.of(turn.answer, LONGEST_ANSWER))
        for turn in turns
    ]
    return [line for pair in pairs for line in pair if line.words]


def grounded(text: str, last: TokenizedText) -> str:
    """Return the text with the last question's document before it, unless it names one of its own."""
    ground = "" if any(one.type is EntityType.DOCUMENT for one in mentions(TokenizedText.of(text))) else ground_of(last)
    return f"Theo {ground}, {lowered(text)}" if ground else text


def without_greeting(line: TokenizedText) -> TokenizedText:
    """Return what is said besides thanks and greetings, empty where nothing else is asked or named."""
    at = 0
    while length := line.starts(GREETINGS, at):
        at += length
    rest = TokenizedText.of(line.slice(at, len(line.words)))
    return rest if not at or asks(rest) or mentions(rest) else TokenizedText.of("")


def opening(line: TokenizedText) -> int:
    """Return how many words open the question as one that goes on ("thế còn")."""
    at = 0
    while length := line.starts(OPENERS if line.accented else BARE_OPENERS, at):
        after = at + length
        bare = not line.accented and line.starts(NOT_OPENING_BARE, after)
        counted = after < len(line.words) and line.words[after].folded.isdecimal()
        if bare or counted or line.starts(NOT_OPENING, after):
            break
        at = after
    return at


def closing(line: TokenizedText, opened: int) -> int:
    """Return how many words close the question as one that goes on ("thì sao")."""
    length = 0
    while more := line.ends(CLOSERS, len(line.words) - length):
        if len(line.words) - length - more < opened:
            break
        length += more
    return length


def leans(core: TokenizedText, line: TokenizedText) -> bool:
    """Tell whether a question without opener or anaphor still leans on what was asked before."""
    said = len(content(core))
    named = any(names(core, one) for one in mentions(core))
    if not core.words or core.starts(TO_THE_MACHINE, 0):
        return False
    if core.starts(IF, 0) or line.ends(THEN_WHAT, len(line.words)):
        return said < MOST_LEANING
    if not asks(core):
        return any(one.type is not EntityType.QUANTITY for one in mentions(core)) and said < MOST_LEANING
    acronym = len(core.slice(0, 1)) > 1 and core.slice(0, 1).isupper()
    headless = core.accented and begins_with_verb(core)
    headless = headless or any(core.starts(phrases, 0) for phrases in (ASKED_WHAT, ASKED_HOW, TITLES))
    return not named and core.is_small and not acronym and said < (WITHOUT_SUBJECT if headless else STANDS_ALONE)


def names(line: TokenizedText, mention: Mention) -> bool:
    """Tell whether an mention gives a question a topic: no mere number, counted thing ("mấy phường") or bare title."""
    counted = line.ends(ASKED_COUNT, mention.start)
    return mention.type is not EntityType.QUANTITY and not counted and not is_title(line, mention)


def answered(core: TokenizedText, last: TokenizedText) -> str:
    """Complete a question word that stands alone ("Vì sao?", "Khi nào?", "Ai ký?") with what was asked about."""
    if length := core.starts(WHY, 0):
        return f"{core.slice(0, length)} {topic(last)}"
    if begins_with_verb(core) and not core.starts(IS, 0) and subject(last):
        return with_subject(core, last)
    about = ground_of(last) or subject(last)
    if about and core.starts(WHO, 0) and len(core.words) > 1:
        return f"{core.text} {lowered(about)}"
    return f"{topic(last)} {lowered(core.text)}"


def finished(text: str) -> str:
    """Return a completed question in one line, opened by a capital and closed by a question mark."""
    return capitalised(" ".join(text.split())[: LONGEST - 1].rstrip(" ?,;:.")) + "?"
