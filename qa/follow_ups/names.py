"""Where names end: of bodies, places and people, typed with capitals or in small letters."""

from __future__ import annotations

from qa.follow_ups import vocabulary
from qa.follow_ups.tokenized import Line
from qa.follow_ups.vocabulary import Phrases

DOCUMENT_KINDS = Phrases(vocabulary.DOCUMENT_KINDS)
PLACE_KINDS, PROVINCES = Phrases("|".join(vocabulary.PLACE_RANKS)), Phrases(vocabulary.PROVINCES)
SURNAMES, DESCRIPTIONS = Phrases(vocabulary.SURNAMES), Phrases(vocabulary.DESCRIPTIONS)
OFFICES = Phrases(f"{vocabulary.BODIES}|{vocabulary.INSTITUTIONS}|{vocabulary.TITLES}|{vocabulary.DOCUMENT_KINDS}")
PREDICATES, VERBS = Phrases(vocabulary.PREDICATES), Phrases(vocabulary.VERBS)
QUESTIONING, LEVEL, AND = Phrases(vocabulary.QUESTIONING), Phrases("cấp"), Phrases("và")
NO_SECOND_HALF = Phrases(f"{vocabulary.PREPOSITIONS}|của|và|mới|cũ|cấp|những|các")
"""Words that neither open a name nor complete one."""

LONGEST_NAME = 8


def is_boundary(line: Line, at: int) -> bool:
    """Tell whether a noun phrase is over before the word ``at``."""
    return (
        at >= len(line.words)
        or line.broken(at)
        or any(line.starts(phrases, at) for phrases in (PREDICATES, VERBS, QUESTIONING))
    )


def name_end(line: Line, at: int) -> int:
    """Return where the name that begins at a word ends: "Nông nghiệp và Môi trường", "Đường thủy"."""
    end = at
    while end < min(at + LONGEST_NAME, len(line.words)) and goes_on(line, end, opened=end > at):
        end += 1
    return end


def goes_on(line: Line, at: int, *, opened: bool) -> bool:
    """Tell whether a word belongs to a name, opened before it or not."""
    word = line.words[at]
    if (kind := line.starts(DOCUMENT_KINDS, at)) and at + kind < len(line.words) and line.words[at + kind].is_number:
        return False
    if word.capital or not opened:
        return word.capital
    if word.is_number or joins(line, at):
        return not line.broken(at)
    return line.words[at - 1].capital and not is_boundary(line, at) and completes(line, at)


def completes(line: Line, at: int) -> bool:
    """Tell whether a small word is the second half of the capital one before it ("Nội vụ")."""
    return not line.starts(NO_SECOND_HALF, at)


def joins(line: Line, at: int) -> bool:
    """Tell whether "và" stands here before another capital that names no second body."""
    return (
        bool(line.starts(AND, at))
        and at + 1 < len(line.words)
        and line.words[at + 1].capital
        and not line.starts(OFFICES, at + 1)
    )


def place_name_end(line: Line, at: int, kind: int) -> int:
    """Return where the name of a place that begins at a word ends, behind ``kind`` words such as "phường"; ``at`` where
    there is none."""
    if known := line.starts(PROVINCES, at):
        return at + known
    end = capitals_end(line, at, 4)
    if kind and end == at:
        numbered = at < len(line.words) and line.words[at].folded.isdecimal()
        return at + 1 if numbered else small_name_end(line, at)
    person = bool(line.starts(SURNAMES, at)) and end - at > 2
    bare = not kind and (end - at < 2 or person or line.starts(OFFICES, at))
    return at if bare else end


def small_name_end(line: Line, at: int) -> int:
    """Return where the two syllables of a name end in a text of small letters, ``at`` where they are no name."""
    if not line.is_small or at + 2 > len(line.words) or line.starts(DESCRIPTIONS, at):
        return at
    common = any(line.starts(listed, place) for listed in (NO_SECOND_HALF, PLACE_KINDS) for place in (at, at + 1))
    bounded = any(is_boundary(line, place) or line.words[place].is_number for place in (at, at + 1))
    return at if common or bounded else at + 2


def capitals_end(line: Line, at: int, most: int) -> int:
    """Return where the unbroken run of at most so many capital words ends; a preposition opens none."""
    end = at
    while end < min(at + most, len(line.words)) and line.words[end].capital and not (end > at and line.broken(end)):
        if line.starts(NO_SECOND_HALF, end) or line.starts(DOCUMENT_KINDS, end):
            break
        end += 1
    return end


def next_place_end(line: Line, end: int) -> int:
    """Return where the second of two places joined by "và" ends, ``end`` where there is none."""
    if not line.starts(AND, end):
        return end
    kind = line.starts(PLACE_KINDS, end + 1)
    after = place_name_end(line, end + 1 + kind, kind)
    return after if after > end + 1 + kind else end


def ends_subject(line: Line, at: int) -> bool:
    return at >= len(line.words) or any(line.starts(phrases, at) for phrases in (PREDICATES, VERBS, LEVEL))
