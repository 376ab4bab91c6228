"""The things a question names, each with its sort: what a follow-up can exchange and a pronoun can mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from qa.follow_ups import vocabulary
from qa.follow_ups.names import (
    AND,
    DOCUMENT_KINDS,
    LEVEL,
    NO_SECOND_HALF,
    PLACE_KINDS,
    PROVINCES,
    QUESTIONING,
    SURNAMES,
    capitals_end,
    completes,
    ends_subject,
    is_boundary,
    name_end,
    next_place_end,
    place_name_end,
)
from qa.follow_ups.tokenized import Line
from qa.follow_ups.vocabulary import Phrases
from qa.text import fold

PARTS, LAWS = Phrases(vocabulary.PARTS), Phrases("luật|bộ luật")
NUMBER, YEAR, OWNER, FRESH = Phrases("số"), Phrases("năm"), Phrases("của"), Phrases("mới|cũ")
UNITS_OF_TIME, FEW = Phrases("ngày|tháng|năm|quý"), Phrases(vocabulary.FEW)
RANKS = {fold(kind): rank for kind, rank in vocabulary.PLACE_RANKS.items()}
TITLES, INSTITUTIONS = Phrases(vocabulary.TITLES), Phrases(vocabulary.INSTITUTIONS)
BODIES = Phrases(f"{vocabulary.BODIES}|{vocabulary.INSTITUTIONS}")
GROUPS, PERSONS = Phrases(vocabulary.GROUPS), Phrases(vocabulary.PERSONS)
FOUR_DIGITS = re.compile(r"(?:19|20)\d\d")
LONGEST_LAW = 16


class Sort(Enum):
    """What an element is."""

    DOCUMENT = "document"
    PART = "part"
    TIME = "time"
    PLACE = "place"
    LEVEL = "level"
    BODY = "body"
    GROUP = "group"
    PERSON = "person"
    NUMBERED = "numbered"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Element:
    """The words ``start`` up to ``end`` of a line; two that can be exchanged have one sort and one key.

    ``rank`` is a place's: 0 the country, 1 province, 2 district, 3 commune, 4 hamlet, None unknown.
    """

    sort: Sort
    start: int
    end: int
    key: str = ""
    rank: int | None = None


Finder = Callable[[Line, int], Element | None]


@functools.lru_cache(maxsize=64)
def elements(line: Line) -> tuple[Element, ...]:
    """Return the elements of a line in order, none overlapping another."""
    found: list[Element] = []
    at = 0
    while at < len(line.words):
        element = next(filter(None, (finder(line, at) for finder in FINDERS)), None)
        found += [element] if element else []
        at = element.end if element else at + 1
    return tuple(found)


def find_document(line: Line, at: int) -> Element | None:
    kind = line.starts(DOCUMENT_KINDS, at)
    end = at + kind
    if kind and line.starts(NUMBER, end):
        end += 1
    if end < len(line.words) and line.words[end].is_number and (kind or is_document_number(line, end)):
        return Element(Sort.DOCUMENT, at, owner_end(line, year_end(line, end + 1)))
    if line.starts(LAWS, at) and end < len(line.words) and (line.words[end].capital or line.is_small):
        return law(line, at, end)
    return None


def is_document_number(line: Line, at: int) -> bool:
    written = line.words[at].folded
    return "/" in written and any(character.isalpha() for character in written)


def law(line: Line, at: int, end: int) -> Element | None:
    """Return the element of a law known by name: "Luật Cán bộ, công chức số 80/2025/QH15".

    Typed in small letters, it must end with its number.
    """
    while end < len(line.words) and end - at < LONGEST_LAW:
        listed = line.broken(end) and line.text[line.words[end].start - 2] == "," and not line.words[end].capital
        if is_boundary(line, end) and not listed:
            break
        end += 1
        if line.words[end - 1].is_number:
            break
    return Element(Sort.DOCUMENT, at, end) if line.words[end - 1].is_number or not line.is_small else None


def year_end(line: Line, end: int) -> int:
    return end + 2 if line.starts(YEAR, end) and is_year(line, end + 1) else end


def owner_end(line: Line, end: int) -> int:
    """Return where the "của Bộ Chính trị" after a document ends, ``end`` where there is none."""
    if line.starts(OWNER, end) and end + 1 < len(line.words) and line.words[end + 1].capital:
        return name_end(line, end + 1)
    return end


def is_year(line: Line, at: int) -> bool:
    return at < len(line.words) and bool(FOUR_DIGITS.fullmatch(line.words[at].folded))


def find_part(line: Line, at: int) -> Element | None:
    kind = line.starts(PARTS, at)
    if kind and at + kind < len(line.words) and line.words[at + kind].is_number:
        return Element(Sort.PART, at, at + kind + 1, line.words[at].folded)
    return None


def find_time(line: Line, at: int) -> Element | None:
    """Find a year or a date ("năm 2021", "1/8/2025", "tháng 7 năm 2025")."""
    end = at
    while line.starts(UNITS_OF_TIME, end):
        dated = is_year(line, end + 1) if line.starts(YEAR, end) else is_date(line, end + 1)
        if not dated:
            break
        end += 2
    if end == at and (is_year(line, at) or ("/" in line.words[at].folded and is_date(line, at))):
        end += 1
    return Element(Sort.TIME, at, end) if end > at else None


def is_date(line: Line, at: int) -> bool:
    if at >= len(line.words):
        return False
    parts = re.split(r"[/-]", line.words[at].folded)
    return all(part.isdecimal() for part in parts) and len(parts[0]) <= 2 and len(parts) <= 3


def find_place(line: Line, at: int) -> Element | None:
    """Find a named place, or a level ("cấp xã", "phường mới") where no name follows."""
    level = line.starts(LEVEL, at)
    kind = line.starts(PLACE_KINDS, at + level)
    rank = RANKS.get(" ".join(word.folded for word in line.words[at + level : at + level + kind]))
    after = at + level + kind
    named = place_name_end(line, after, kind) if not level else after
    if named > after:
        named = next_place_end(line, named)
        return Element(Sort.PLACE, at, named, rank=rank if kind else known_rank(line, at))
    if not kind or line.starts(QUESTIONING, after):
        return None
    return Element(Sort.LEVEL, at, after + line.starts(FRESH, after), rank=rank)


def known_rank(line: Line, at: int) -> int | None:
    """Return the rank of a place named without its kind: a province's, or None."""
    return 1 if line.starts(PROVINCES, at) else None


def find_body(line: Line, at: int) -> Element | None:
    """Find a body or office with its name or level: "Chủ tịch UBND xã mới", "Bộ Nông nghiệp và Môi trường"."""
    title = line.starts(TITLES, at)
    after = at + title + line.starts(BODIES, at + title)
    if after == at or line.starts(QUESTIONING, after):
        return None
    end = body_end(line, after)
    if end == after and not title and not line.starts(INSTITUTIONS, at):
        return None
    if line.starts(AND, end) and (second := find_body(line, end + 1)):
        end = second.end
    return Element(Sort.BODY, at, end)


def body_end(line: Line, at: int) -> int:
    end = name_end(line, at)
    if end > at and not is_boundary(line, end):
        rest = next((far for far in range(end + 1, end + 4) if ends_subject(line, far)), end)
        small = all(not line.words[place].capital and completes(line, place) for place in range(end, rest))
        end = rest if small and not find_place(line, end) else end
    place = find_place(line, end) if end < len(line.words) else None
    return place.end if place else end


def find_group(line: Line, at: int) -> Element | None:
    length = line.starts(GROUPS, at)
    if not length:
        return None
    place = find_place(line, at + length) if at + length < len(line.words) else None
    return Element(Sort.GROUP, at, place.end if place else at + length)


def find_person(line: Line, at: int) -> Element | None:
    """Find "ông Trần Văn An", "Trần Văn An"."""
    address = line.starts(PERSONS, at)
    end = capitals_end(line, at + address, 4)
    bare = line.starts(SURNAMES, at) and 3 <= end - at <= 4
    return Element(Sort.PERSON, at, end) if end > at + address and (address or bare) else None


def find_numbered(line: Line, at: int) -> Element | None:
    """Find a name with a number ("bậc 5", "Vành đai 1")."""
    if at + 1 < len(line.words) and line.words[at + 1].folded.isdecimal() and line.words[at].folded.isalpha():
        unit_follows = at + 2 < len(line.words) and not is_boundary(line, at + 2) and not line.words[at + 2].capital
        if not unit_follows or line.starts(NO_SECOND_HALF, at + 2):
            return Element(Sort.NUMBERED, at, at + 2, line.words[at].folded)
    return None


def find_quantity(line: Line, at: int) -> Element | None:
    """Find a number with what it counts ("12 tháng", "ba tỉnh")."""
    counts = line.words[at].folded.isdecimal() or line.starts(FEW, at)
    if line.starts(PLACE_KINDS, at + 1) or line.starts(QUESTIONING, at):
        return None
    if counts and at + 1 < len(line.words) and not is_boundary(line, at + 1) and line.words[at + 1].folded.isalpha():
        return Element(Sort.QUANTITY, at, at + 2, line.words[at + 1].folded)
    return None


FINDERS: tuple[Finder, ...] = (
    find_document,
    find_part,
    find_time,
    find_person,
    find_body,
    find_group,
    find_place,
    find_numbered,
    find_quantity,
)


def opens(line: Line, at: int, sorts: Collection[Sort]) -> bool:
    """Tell whether an element of one of the sorts begins at a word."""
    return any(one.start == at and one.sort in sorts for one in elements(line))


def like(one: Element, line: Line, other: Line) -> list[Element]:
    """Return what of another line can be exchanged for an element, best first."""
    finder = next(finder for finder in FINDERS if finder(line, one.start) == one)
    inner = [found for at in range(len(other.words)) if (found := finder(other, at))]
    both = [*elements(other), *inner]
    fitting = [found for found in both if fits(one, found)]
    return sorted(fitting, key=lambda found: found.sort is not one.sort or (found.rank != one.rank))


def fits(one: Element, other: Element) -> bool:
    """Tell whether two elements can be exchanged."""
    if {one.sort, other.sort} == {Sort.PLACE, Sort.LEVEL}:
        return one.rank == other.rank and one.sort is Sort.LEVEL
    return one.sort is other.sort and one.key == other.key
