"""The things a question names, each with its type: what a follow-up can exchange and a pronoun can mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.text import fold, lexicon

DOCUMENT_KINDS = PhraseSet(*lexicon.DOCUMENT_NAMES, *lexicon.DOCUMENT_SHORTS)
LAWS = PhraseSet(*(kind.name for kind in lexicon.DOCUMENT_KINDS if kind.key == "law"))
PARTS, NUMBER, OWNER, FRESH = PhraseSet.of("documents.parts"), PhraseSet("số"), PhraseSet("của"), PhraseSet("mới", "cũ")
YEAR, UNITS_OF_TIME = PhraseSet("năm"), PhraseSet.of("follow_ups.units_of_time")
RANKS = {fold(word): level.rank for level in lexicon.PLACE_LEVELS for word in level.all_words}
PLACE_KINDS, LEVEL = PhraseSet(*(word for level in lexicon.PLACE_LEVELS for word in level.all_words)), PhraseSet("cấp")
PROVINCES = PhraseSet(*lexicon.PROVINCE_NAMES, *lexicon.phrases("places.cities"))
DESCRIPTIONS = PhraseSet.of("places.descriptions")
TITLES = PhraseSet(*lexicon.TITLES, *(f"phó {title}" for title in lexicon.TITLES))
INSTITUTIONS = PhraseSet(*lexicon.INSTITUTIONS)
BODIES = INSTITUTIONS | PhraseSet(*lexicon.BODIES) | PhraseSet.of("offices.minor_bodies")
OFFICES = BODIES | TITLES | DOCUMENT_KINDS
GROUPS, PERSONS = PhraseSet.of("offices.groups"), PhraseSet.of("people.addresses")
SURNAMES = PhraseSet(*(name for name in lexicon.SURNAMES if len(name) > 1))
"""Without "Y", which opens names of schools and hospitals too."""

FEW, AND = PhraseSet.of("follow_ups.few"), PhraseSet("và")
PREDICATES, VERBS = PhraseSet.of("follow_ups.predicates"), PhraseSet.of("follow_ups.verbs")
ASKED_COUNT, ASKED_WHAT = PhraseSet.of("questions.count"), PhraseSet.of("questions.what")
ASKED_HOW = PhraseSet.of("questions.why", "questions.when", "questions.manner", "questions.other_how")
QUESTIONING = ASKED_HOW | ASKED_COUNT | ASKED_WHAT
NO_SECOND_HALF = PhraseSet.of("follow_ups.prepositions", "follow_ups.no_second_half")
"""Words that neither open a name nor complete one."""

FOUR_DIGITS = re.compile(r"(?:19|20)\d\d")
LONGEST_LAW, LONGEST_NAME = 16, 8


class EntityType(Enum):
    """What a mention is of."""

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
class Mention:
    """The words ``start`` up to ``end`` of a line; two that can be exchanged have one type and one key.

    ``rank`` is a place's: 0 the country, 1 province, 2 district, 3 commune, 4 hamlet, None unknown.
    """

    type: EntityType
    start: int
    end: int
    key: str = ""
    rank: int | None = None


Finder = Callable[[TokenizedText, int], Mention | None]


@functools.lru_cache(maxsize=64)
def mentions(line: TokenizedText) -> tuple[Mention, ...]:
    """Return the mentions of a line in order, none overlapping another."""
    found: list[Mention] = []
    at = 0
    while at < len(line.words):
        mention = next(filter(None, (finder(line, at) for finder in FINDERS)), None)
        found += [mention] if mention else []
        at = mention.end if mention else at + 1
    return tuple(found)


def find_document(line: TokenizedText, at: int) -> Mention | None:
    kind = line.starts(DOCUMENT_KINDS, at)
    end = at + kind
    if kind and line.starts(NUMBER, end):
        end += 1
    if end < len(line.words) and line.words[end].is_number and (kind or is_document_number(line, end)):
        return Mention(EntityType.DOCUMENT, at, owner_end(line, year_end(line, end + 1)))
    if line.starts(LAWS, at) and end < len(line.words) and (line.words[end].capital or line.is_small):
        return law(line, at, end)
    return None


def is_document_number(line: TokenizedText, at: int) -> bool:
    written = line.words[at].folded
    return "/" in written and any(character.isalpha() for character in written)


def law(line: TokenizedText, at: int, end: int) -> Mention | None:
    """Return the mention of a law known by name: "Luật Cán bộ, công chức số 80/2025/QH15".

    Typed in small letters, it must end with its number.
    """
    while end < len(line.words) and end - at < LONGEST_LAW:
        listed = line.broken(end) and line.text[line.words[end].start - 2] == "," and not line.words[end].capital
        if is_boundary(line, end) and not listed:
            break
        end += 1
        if line.words[end - 1].is_number:
            break
    return Mention(EntityType.DOCUMENT, at, end) if line.words[end - 1].is_number or not line.is_small else None


def year_end(line: TokenizedText, end: int) -> int:
    return end + 2 if line.starts(YEAR, end) and is_year(line, end + 1) else end


def owner_end(line: TokenizedText, end: int) -> int:
    """Return where the "của Bộ Chính trị" after a document ends, ``end`` where there is none."""
    if line.starts(OWNER, end) and end + 1 < len(line.words) and line.words[end + 1].capital:
        return name_end(line, end + 1)
    return end


def is_year(line: TokenizedText, at: int) -> bool:
    return at < len(line.words) and bool(FOUR_DIGITS.fullmatch(line.words[at].folded))


def find_part(line: TokenizedText, at: int) -> Mention | None:
    kind = line.starts(PARTS, at)
    if kind and at + kind < len(line.words) and line.words[at + kind].is_number:
        return Mention(EntityType.PART, at, at + kind + 1, line.words[at].folded)
    return None


def find_time(line: TokenizedText, at: int) -> Mention | None:
    """Find a year or a date ("năm 2021", "1/8/2025", "tháng 7 năm 2025")."""
    end = at
    while line.starts(UNITS_OF_TIME, end):
        dated = is_year(line, end + 1) if line.starts(YEAR, end) else is_date(line, end + 1)
        if not dated:
            break
        end += 2
    if end == at and (is_year(line, at) or ("/" in line.words[at].folded and is_date(line, at))):
        end += 1
    return Mention(EntityType.TIME, at, end) if end > at else None


def is_date(line: TokenizedText, at: int) -> bool:
    if at >= len(line.words):
        return False
    parts = re.split(r"[/-]", line.words[at].folded)
    return all(part.isdecimal() for part in parts) and len(parts[0]) <= 2 and len(parts) <= 3


def find_place(line: TokenizedText, at: int) -> Mention | None:
    """Find a named place, or a level ("cấp xã", "phường mới") where no name follows."""
    level = line.starts(LEVEL, at)
    kind = line.starts(PLACE_KINDS, at + level)
    rank = RANKS.get(" ".join(word.folded for word in line.words[at + level : at + level + kind]))
    after = at + level + kind
    named = place_name_end(line, after, kind) if not level else after
    if named > after:
        named = next_place_end(line, named)
        return Mention(EntityType.PLACE, at, named, rank=rank if kind else known_rank(line, at))
    if not kind or line.starts(QUESTIONING, after):
        return None
    return Mention(EntityType.LEVEL, at, after + line.starts(FRESH, after), rank=rank)


def known_rank(line: TokenizedText, at: int) -> int | None:
    """Return the rank of a place named without its kind: a province's, or None."""
    return 1 if line.starts(PROVINCES, at) else None


def find_body(line: TokenizedText, at: int) -> Mention | None:
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
    return Mention(EntityType.BODY, at, end)


def body_end(line: TokenizedText, at: int) -> int:
    end = name_end(line, at)
    if end > at and not is_boundary(line, end):
        rest = next((far for far in range(end + 1, end + 4) if ends_subject(line, far)), end)
        small = all(not line.words[place].capital and completes(line, place) for place in range(end, rest))
        end = rest if small and not find_place(line, end) else end
    place = find_place(line, end) if end < len(line.words) else None
    return place.end if place else end


def find_group(line: TokenizedText, at: int) -> Mention | None:
    length = line.starts(GROUPS, at)
    if not length:
        return None
    place = find_place(line, at + length) if at + length < len(line.words) else None
    return Mention(EntityType.GROUP, at, place.end if place else at + length)


def find_person(line: TokenizedText, at: int) -> Mention | None:
    """Find "ông Trần Văn An", "Trần Văn An"."""
    address = line.starts(PERSONS, at)
    end = capitals_end(line, at + address, 4)
    bare = line.starts(SURNAMES, at) and 3 <= end - at <= 4
    return Mention(EntityType.PERSON, at, end) if end > at + address and (address or bare) else None


def find_numbered(line: TokenizedText, at: int) -> Mention | None:
    """Find a name with a number ("bậc 5", "Vành đai 1")."""
    if at + 1 < len(line.words) and line.words[at + 1].folded.isdecimal() and line.words[at].folded.isalpha():
        unit_follows = at + 2 < len(line.words) and not is_boundary(line, at + 2) and not line.words[at + 2].capital
        if not unit_follows or line.starts(NO_SECOND_HALF, at + 2):
            return Mention(EntityType.NUMBERED, at, at + 2, line.words[at].folded)
    return None


def find_quantity(line: TokenizedText, at: int) -> Mention | None:
    """Find a number with what it counts ("12 tháng", "ba tỉnh")."""
    counts = line.words[at].folded.isdecimal() or line.starts(FEW, at)
    if line.starts(PLACE_KINDS, at + 1) or line.starts(QUESTIONING, at):
        return None
    if counts and at + 1 < len(line.words) and not is_boundary(line, at + 1) and line.words[at + 1].folded.isalpha():
        return Mention(EntityType.QUANTITY, at, at + 2, line.words[at + 1].folded)
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


def opens(line: TokenizedText, at: int, types: Collection[EntityType]) -> bool:
    """Tell whether an mention of one of the types begins at a word."""
    return any(one.start == at and one.type in types for one in mentions(line))


def like(one: Mention, line: TokenizedText, other: TokenizedText) -> list[Mention]:
    """Return what of another line can be exchanged for an mention, best first."""
    finder = next(finder for finder in FINDERS if finder(line, one.start) == one)
    inner = [found for at in range(len(other.words)) if (found := finder(other, at))]
    both = [*mentions(other), *inner]
    fitting = [found for found in both if fits(one, found)]
    return sorted(fitting, key=lambda found: found.type is not one.type or (found.rank != one.rank))


def fits(one: Mention, other: Mention) -> bool:
    """Tell whether two mentions can be exchanged."""
    if {one.type, other.type} == {EntityType.PLACE, EntityType.LEVEL}:
        return one.rank == other.rank and one.type is EntityType.LEVEL
    return one.type is other.type and one.key == other.key


def is_boundary(line: TokenizedText, at: int) -> bool:
    """Tell whether a noun phrase is over before the word ``at``."""
    return (
        at >= len(line.words)
        or line.broken(at)
        or any(line.starts(phrases, at) for phrases in (PREDICATES, VERBS, QUESTIONING))
    )


def name_end(line: TokenizedText, at: int) -> int:
    """Return where the name that begins at a word ends: "Nông nghiệp và Môi trường", "Đường thủy"."""
    end = at
    while end < min(at + LONGEST_NAME, len(line.words)) and goes_on(line, end, opened=end > at):
        end += 1
    return end


def goes_on(line: TokenizedText, at: int, *, opened: bool) -> bool:
    """Tell whether a word belongs to a name, opened before it or not."""
    word = line.words[at]
    if (kind := line.starts(DOCUMENT_KINDS, at)) and at + kind < len(line.words) and line.words[at + kind].is_number:
        return False
    if word.capital or not opened:
        return word.capital
    if word.is_number or joins(line, at):
        return not line.broken(at)
    return line.words[at - 1].capital and not is_boundary(line, at) and completes(line, at)


def completes(line: TokenizedText, at: int) -> bool:
    """Tell whether a small word is the second half of the capital one before it ("Nội vụ")."""
    return not line.starts(NO_SECOND_HALF, at)


def joins(line: TokenizedText, at: int) -> bool:
    """Tell whether "và" stands here before another capital that names no second body."""
    return (
        bool(line.starts(AND, at))
        and at + 1 < len(line.words)
        and line.words[at + 1].capital
        and not line.starts(OFFICES, at + 1)
    )


def place_name_end(line: TokenizedText, at: int, kind: int) -> int:
    """Return where the name of a place that begins at a word ends; ``at`` where there is none.

    ``kind`` counts the words before it that name its kind, such as "phường".
    """
    if known := line.starts(PROVINCES, at):
        return at + known
    end = capitals_end(line, at, 4)
    if kind and end == at:
        numbered = at < len(line.words) and line.words[at].folded.isdecimal()
        return at + 1 if numbered else small_name_end(line, at)
    person = bool(line.starts(SURNAMES, at)) and end - at > 2
    bare = not kind and (end - at < 2 or person or line.starts(OFFICES, at))
    return at if bare else end


def small_name_end(line: TokenizedText, at: int) -> int:
    """Return where the two syllables of a name end in a text of small letters, ``at`` where they are no name."""
    if not line.is_small or at + 2 > len(line.words) or line.starts(DESCRIPTIONS, at):
        return at
    common = any(line.starts(listed, place) for listed in (NO_SECOND_HALF, PLACE_KINDS) for place in (at, at + 1))
    bounded = any(is_boundary(line, place) or line.words[place].is_number for place in (at, at + 1))
    return at if common or bounded else at + 2


def capitals_end(line: TokenizedText, at: int, most: int) -> int:
    """Return where the unbroken run of at most so many capital words ends; a preposition opens none."""
    end = at
    while end < min(at + most, len(line.words)) and line.words[end].capital and not (end > at and line.broken(end)):
        if line.starts(NO_SECOND_HALF, end) or line.starts(DOCUMENT_KINDS, end):
            break
        end += 1
    return end


def next_place_end(line: TokenizedText, end: int) -> int:
    """Return where the second of two places joined by "và" ends, ``end`` where there is none."""
    if not line.starts(AND, end):
        return end
    kind = line.starts(PLACE_KINDS, end + 1)
    after = place_name_end(line, end + 1 + kind, kind)
    return after if after > end + 1 + kind else end


def ends_subject(line: TokenizedText, at: int) -> bool:
    return at >= len(line.words) or any(line.starts(phrases, at) for phrases in (PREDICATES, VERBS, LEVEL))
