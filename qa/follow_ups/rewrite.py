"""History + follow-up → a question that stands alone, by rules alone.

What is left out is carried over, what points back is named; a new topic carries nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.follow_ups.ellipsis import IF, begins_with_verb, fill, is_title, with_subject
from qa.follow_ups.mentions import ASKED_COUNT, ASKED_HOW, ASKED_WHAT, TITLES, EntityType, Mention, mentions
from qa.follow_ups.pronouns import anaphors, resolve
from qa.follow_ups.structure import asks, asks_only, content, ground_of, lowered, subject, topic
from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.text import capitalised
from qa.values import Turn

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
