"""Look for a clause ("khoản 1, 3 Điều 4", "mục 2 phần II", "Phụ lục I") in a document's text.

A clause is a list of places; each is really looked for, and where a number could be another's the answer is no:

- ``Điều N`` is a heading "Điều N." that no quotation mark opens, or a line alone; on a page about a document also the
  line "Điều N Nghị định <its number> quy định …", which goes before the article that it prints;
- ``khoản N Điều M`` is a line "N." below that heading; ``điểm b`` a line "b)"; ``điểm 2.2`` the number itself;
- ``phần II`` is a heading "II." or "II-" after that of ``phần I``;
- ``mục N`` is a line "N." after those of 1 to N - 1, in a text without articles and, unless its part is named, parts;
- an annex ("Phụ lục I", "Danh sách kèm theo") is a heading with "(Kèm theo …" after it, and no place before it;
- "phần mở đầu" and "đoạn cuối" are always there; any other words must be a line of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

Place = tuple[tuple[str, str], ...]
"""The way to a place, the narrowest first: (("khoản", "1"), ("điều", "4"))."""

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
ENDS = ("phần mở đầu", "đoạn cuối")
ATTACHED = ("danh sách", "danh mục", "quy chế", "quy định")
PARENTS = {
    "điểm": {"khoản", "mục", "điều"},
    "khoản": {"điều"},
    "điều": {"", "phụ lục", *ATTACHED},
    "mục": {"", "phần", "phụ lục", *ATTACHED},
    "phần": {"", "phụ lục", *ATTACHED},
}
"""What may hold a place of each kind; "" is the document."""

VALUE = r"(?:\d+(?:\.\d+)*[a-zđ]?|[IVX]+|[a-zđ])"
UNIT = re.compile(
    rf"(?:của )?(?:(?:(điểm|khoản|điều|mục|phần|phụ lục) )?({VALUE})(?: ?[-–] ?({VALUE}))?"
    rf"|(phụ lục)|({'|'.join(ATTACHED)}) kèm theo)(?: |$)",
    re.IGNORECASE,
)
INSIDE = re.compile(r"(.+) \((.+)\)")
SEPARATOR = re.compile(r"(?:[,;]| và) (?![^(]*\))")

ARTICLE = re.compile(
    r"""(?:^|\n)[ \t*\#_>|-]*Điều\ (\d+[a-zđ]?)(?=\.|\s*(?:\n|$))   # a heading
    |(?:^|\n)(?:Bổ\ sung|Sửa\ đổi)\ Điều\ (\d+[a-zđ]?)(?=\.)       # a page that prints an amended article
    |(?<=\.)["”]?[ \t]*Điều\ (\d+[a-zđ]?)(?=\.)                    # a heading whose line break is lost
    """,
    re.VERBOSE,
)
MENTION = re.compile(r"(?:khoản|điểm) [\da-zđ]+,?\s*$")
"""What goes before an article that a sentence names, where the line breaks there."""

ANNEX_HEADING = re.compile(r"(?:^|\n)[ \t*#]*((?:PHỤ LỤC|Phụ lục|DANH SÁCH|DANH MỤC|QUY CHẾ|QUY ĐỊNH)\b[^\n]*)")
ATTACHED_HERE = re.compile(r"\((?:ban hành )?kèm theo", re.IGNORECASE)
PART = re.compile(r"(?:(?:^|\n)[ \t*#]*|(?<=[.;:]) (?=[IVX]+[.-] ?[A-ZĐÀ-Ỹ]{2}))([IVX]+)(?:[.)]|[ ]?[-–])(?=\s)")
ITEM = re.compile(r"(?:^|\n)[ \t*#]*(\d+)[.)](?!\d)")


def holds(text: str, clause: str, number: str | None = None) -> bool:
    """Tell whether a document's text, or a page's about the document of a number, has each place of a clause."""
    found = places(clause)
    if found is None:
        return any(line.strip(" \t.:*#_|-").casefold() == clause.casefold() for line in text.splitlines())
    return all(is_there(text, place, number) for place in found)


def places(clause: str) -> list[Place] | None:
    """Return the places that a clause names; None where it is no list of places."""
    items: list[tuple[list[Place], bool]] = []
    kind = ""
    for item in SEPARATOR.split(clause):
        if item.lower() in ENDS:
            items.append(([((item.lower(), ""),)], False))
            continue
        inside = INSIDE.fullmatch(item)
        units = units_of(inside[1] if inside else item, kind)
        within = places(inside[2]) if inside else [()]
        if units is None or within is None:
            return None
        kind = units[-1][0]
        (narrow, values), *wide = units
        outer = tuple((name, value) for name, (value, *_) in wide)
        items.append(([(*place, (narrow, value), *outer) for value in values for place in within], bool(inside)))
    resolved: list[Place] = []
    following: Place = ()
    for item, is_closed in reversed(items):
        ended = [place + parents_in(following, place[-1][0]) for place in item]
        resolved = ended + resolved
        following = () if is_closed else ended[0]
    return resolved


def units_of(item: str, kind: str) -> list[tuple[str, list[str]]] | None:
    """Return the kinds and numbers that an item names; a number alone is of the kind named last before it."""
    units: list[tuple[str, list[str]]] = []
    end = 0
    while end < len(item):
        found = UNIT.match(item, end)
        if not found:
            return None
        name, first, last, appendix, attached = found.groups()
        name = (name or appendix or attached or ("" if units else kind)).lower()
        values = values_of(first, last) if first else [""]
        if not name or not values or (units and len(values) > 1):
            return None
        units.append((name, values))
        end = found.end()
    return units or None


def values_of(first: str, last: str | None) -> list[str]:
    """Return the numbers of a range; [] where it is none."""
    if not last:
        return [first]
    if first.isdigit() and last.isdigit():
        return [str(number) for number in range(int(first), int(last) + 1)]
    if first in ROMAN and last in ROMAN:
        return list(ROMAN[ROMAN.index(first) : ROMAN.index(last) + 1])
    return []


def parents_in(following: Place, kind: str) -> Place:
    """Return what holds a place of a kind in the item that follows: "khoản 1" in "khoản 1, khoản 2 Điều 4"."""
    kinds = [name for name, _ in following]
    return following[kinds.index(kind) + 1 :] if kind in kinds else ()


def is_there(text: str, place: Place, number: str | None) -> bool:
    kinds = [name for name, _ in place]
    if kinds[0] in ENDS:
        return bool(text.strip())
    if not all(parent in PARENTS.get(kind, {""}) for kind, parent in pairwise([*kinds, ""])):
        return False
    in_annex = kinds[-1] in {"phụ lục", *ATTACHED}
    regions = [text] if in_annex else [text[: next((start for _, start, _ in annexes_of(text)), len(text))]]
    for at, (kind, value) in reversed(list(enumerate(place))):
        is_top = at == len(place) - 1
        if kind == "điều":
            found = [below for one in regions for below in articles_of(one, value, number)]
        elif kind == "mục" and value.isdigit():
            found = [below for one in regions for below in items_of(one, value, is_top=is_top)]
        else:
            found = [below for one in regions for below in LOOK[kind](one, value, kind)]
        regions = found
    return bool(regions)


def articles_of(text: str, value: str, number: str | None = None) -> Iterator[str]:
    """Yield what stands below each heading "Điều …" of a number, up to the next."""
    starts = [
        (next(filter(None, found.groups())), found.start())
        for found in ARTICLE.finditer(text)
        if not MENTION.search(text, max(0, found.start() - 40), found.start())
    ]
    if number:
        line = re.compile(
            rf"(?:^|\n)(?:(?:[Đđ]iểm [a-zđ, ]+)?[Kk]hoản \d+,? )?Điều (\d+[a-zđ]?),? (?:của )?[\w ]+? (?:số )?"
            rf"{re.escape(number)} quy định"
        )
        starts = sorted(
            [*starts, *((found[1], found.start()) for found in line.finditer(text))], key=lambda one: one[1]
        )
    for (found, start), (_, end) in pairwise([*starts, ("", len(text))]):
        if found == value:
            yield text[start:end]


def annexes_of(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the heading, start and end of each annex."""
    found = [
        one for one in ANNEX_HEADING.finditer(text) if ATTACHED_HERE.search(text, one.start(1), one.start(1) + 400)
    ]
    ends = [*(one.start() for one in found[1:]), len(text)]
    yield from ((one[1], one.start(), end) for one, end in zip(found, ends, strict=False))


def annex(text: str, value: str, kind: str) -> Iterator[str]:
    heading = re.compile(rf"{kind} {value}\b" if value else rf"{kind}\b(?! (?:[IVX]+|\d+)\b)", re.IGNORECASE)
    yield from (text[start:end] for name, start, end in annexes_of(text) if heading.match(name))


def parts(text: str, value: str, _: str) -> Iterator[str]:
    yield from in_order(text, PART.finditer(text), ROMAN, value)


def items_of(text: str, value: str, *, is_top: bool) -> Iterator[str]:
    """Yield what stands below "N." at the beginning of a line; nothing where it could be an article's or any part's."""
    if is_top and ARTICLE.search(text):
        yield from (text[found.start() :] for found in re.finditer(rf"(?:^|\n)\s*(?:Mục|MỤC) {value}\b", text))
    elif not (is_top and next(parts(text, "I", ""), "")):
        yield from in_order(text, ITEM.finditer(text), [str(one) for one in range(1, 1000)], value)


def in_order(text: str, headings: Iterable[re.Match[str]], numbers: Iterable[str], value: str) -> Iterator[str]:
    """Yield what stands below the heading of a number, of those whose numbers follow each other from the first."""
    expected = iter(numbers)
    current = next(expected)
    starts: list[tuple[str, int]] = []
    for heading in headings:
        if heading[1] == current:
            starts.append((current, heading.start()))
            current = next(expected, "")
    for (number, start), (_, end) in pairwise([*starts, ("", len(text))]):
        if number == value:
            yield text[start:end]


def clauses_of(text: str, value: str, _: str) -> Iterator[str]:
    for found in re.finditer(rf"(?:^|\n)[ \t*“\"]*{value}\.(?!\d)", text):
        later = re.search(rf"\n[ \t*]*{int(value) + 1 if value.isdigit() else value}\.(?!\d)", text[found.end() :])
        yield text[found.start() : found.end() + later.start() if later else len(text)]


def points(text: str, value: str, _: str) -> Iterator[str]:
    pattern = rf"(?:^|\s){re.escape(value)}\.(?=\s)" if "." in value else rf"(?:^|\n)[ \t*“\"]*{value}\)"
    yield from (text[found.start() :] for found in re.finditer(pattern, text))


LOOK: dict[str, Callable[[str, str, str], Iterable[str]]] = {
    "khoản": clauses_of,
    "điểm": points,
    "phần": parts,
    "mục": parts,
    "phụ lục": annex,
    **dict.fromkeys(ATTACHED, annex),
}
