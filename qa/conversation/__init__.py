"""History + follow-up → a question that stands alone, by rules: what is left out is carried over, what points back named."""

from __future__ import annotations

from collections.abc import Sequence

from qa.conversation import vocabulary
from qa.conversation.anaphora import anaphors, resolve
from qa.conversation.ellipsis import fill, with_subject
from qa.conversation.elements import PREDICATES, Sort, elements
from qa.conversation.frame import ASKED_COUNT, ASKED_HOW, asks, content, topic
from qa.conversation.lines import Line
from qa.conversation.vocabulary import Phrases
from qa.types import Turn

LONGEST = 500
LONGEST_FOLLOW_UP = 200
LONGEST_QUESTION = 250
LONGEST_ANSWER = 2000
MOST_TURNS = 5
STANDS_ALONE = 3
"""Content words from which a question without opener or anaphor stands alone, if it has a subject."""

OPENERS, CLOSERS = Phrases(vocabulary.OPENERS), Phrases(vocabulary.CLOSERS)
GREETINGS = Phrases(vocabulary.GREETINGS)
NOT_OPENING = Phrases("nào|giới|hệ|mạnh|chấp|kỷ|lại|bao nhiêu|mấy|là")
"""Words that make another word of an opener ("thế nào", "thế giới") or a verb of "còn" ("còn bao nhiêu")."""

WHY = Phrases("vì sao|tại sao|sao|lý do gì|nhằm mục đích gì")


def complete(question: str, history: Sequence[Turn]) -> str:
    """Return the question completed from the history; unchanged where it stands alone or opens a new topic.

    A completed question has at most 500 characters. The last turn counts first; earlier ones only name what
    an anaphor means.
    """
    line = Line.of(question)
    turns = [turn for turn in reversed(history[-MOST_TURNS:]) if Line.of(turn.question).words]
    if not turns or not line.words or len(question) > LONGEST_FOLLOW_UP or is_greeting(line):
        return question
    last = Line.of(turns[0].question, LONGEST_QUESTION)
    opened = opening(line)
    core = Line.of(line.slice(opened, len(line.words) - closing(line, opened)))
    if found := anaphors(core):
        return finished(resolve(core, found, past(turns)))
    if not core.words or not (opened or leans(core, line)):
        return question
    return finished(carried(core, last) if asks(core) else fill(core, last))


def past(turns: Sequence[Turn]) -> list[Line]:
    """Return the questions and answers as lines, the latest question first, then its answer."""
    return [
        line
        for turn in turns
        for line in (Line.of(turn.question, LONGEST_QUESTION), Line.of(turn.answer, LONGEST_ANSWER))
        if line.words
    ]


def is_greeting(line: Line) -> bool:
    length = line.starts(GREETINGS, 0)
    return bool(length) and not asks(Line.of(line.slice(length, len(line.words))))


def opening(line: Line) -> int:
    """Return how many words open the question as one that goes on ("thế còn")."""
    at = 0
    while length := line.starts(OPENERS, at):
        if line.starts(NOT_OPENING, at + length) or (at + length < len(line.words) and is_count(line, at + length)):
            break
        at += length
    return at


def is_count(line: Line, at: int) -> bool:
    return line.words[at].folded.isdecimal()


def closing(line: Line, opened: int) -> int:
    """Return how many words close the question as one that goes on ("thì sao")."""
    length = 0
    while more := line.ends(CLOSERS, len(line.words) - length):
        if len(line.words) - length - more < opened:
            break
        length += more
    return length


def leans(core: Line, line: Line) -> bool:
    """Tell whether a question without opener or anaphor still leans on what was asked before."""
    words, named = content(core), elements(core)
    firm = [one for one in named if one.sort is not Sort.QUANTITY]
    if core.text != line.text and len(words) < 6:
        return True
    if not asks(core):
        return bool(firm) and len(core.words) <= 6
    return not firm and len(words) < STANDS_ALONE


def carried(core: Line, last: Line) -> str:
    """Complete a question that asks with words of its own."""
    if content(core):
        return fill(core, last)
    if length := core.starts(WHY, 0):
        return f"{core.slice(0, length)} {topic(last)}"
    if core.starts(ASKED_HOW, 0) or core.starts(ASKED_COUNT, 0) or core.starts(PREDICATES, 0):
        return f"{topic(last)} {core.text}"
    return with_subject(core, last)


def finished(text: str) -> str:
    """Return a completed question in one line, opened by a capital and closed by a question mark."""
    text = " ".join(text.split())[: LONGEST - 1].rstrip(" ?,;:.")
    return f"{text[:1].upper()}{text[1:]}?"
