"""The words that the rules know, read once from ``lexicon/*.toml``: documents, places, offices, people, questions.

A list is an array, or a text: of phrases a semicolon or a line apart, or of words a space apart.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from qa.text.normalise import fold

FILES = {
    path.name.removesuffix(".toml"): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (files("qa.text") / "lexicon").iterdir()
    if path.name.endswith(".toml")
}


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document; ``key`` is its name in front matter, ``sign`` what the suffix of a number begins with."""

    name: str
    key: str
    sign: str = ""
    other_signs: tuple[str, ...] = ()
    short: str = ""
    cited: bool = False
    heading: bool = True
    variant: bool = False
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """A level of place: 0 the country, 1 province, 2 district, 3 commune, 4 hamlet."""

    rank: int
    words: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    level_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Province:
    """A unit of provincial level since 01/7/2025, and the former ones that ``joined`` it."""

    name: str
    city: bool = False
    joined: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    short: tuple[str, ...] = ()


def phrases(*lists: str) -> tuple[str, ...]:
    """Return the items of lists, each named "file.list", in order; KeyError for one that does not exist."""
    named = (one.split(".") for one in lists)
    return tuple(item for file, name in named for item in items(FILES[file][name]))


def items(listed: list[str] | str) -> list[str]:
    if not isinstance(listed, str):
        return listed
    pieces = re.split(r"[;\n]", listed) if ";" in listed else listed.split()
    return [piece.strip() for piece in pieces if piece.strip()]


def table(file: str, name: str) -> Mapping[str, str]:
    return MappingProxyType(FILES[file][name])


def frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def alternation(forms: Iterable[str]) -> str:
    """Return a group that matches any of the phrases, the longest first, none captured."""
    return f"(?:{'|'.join(map(re.escape, sorted(set(forms), key=lambda one: (-len(one), one))))})"


def any_of(*lists: str) -> str:
    """Return the alternation of the items of lists, each named "file.list"."""
    return alternation(phrases(*lists))


def folded_alternation(forms: Iterable[str]) -> str:
    """Return as ``alternation`` a group for folded text."""
    return alternation(map(fold, forms))


DOCUMENT_KINDS = tuple(DocumentKind(**frozen(entry)) for entry in FILES["documents"]["kinds"])
DOCUMENT_NAMES = tuple(kind.name for kind in DOCUMENT_KINDS if not kind.everyday)
NUMBERED_KINDS = tuple(kind.name for kind in DOCUMENT_KINDS if kind.cited or kind.other_signs)
KIND_NAMES = {kind.key: kind.name for kind in DOCUMENT_KINDS if kind.key != "other" and not kind.variant}
"""Key of a kind of document → its name, as a title begins with it."""

SIGNS = {sign.upper(): kind for kind in DOCUMENT_KINDS for sign in (kind.sign, *kind.other_signs) if sign}
"""The first letters of a number's suffix → the kind, by Decree 30/2020/NĐ-CP and the Party's usage."""

KIND_WORDS = alternation(DOCUMENT_NAMES)
OPENS_TITLE = re.compile(rf"{KIND_WORDS}(?!\w)", re.IGNORECASE)


def kind_named(title: str, number: str) -> str:
    """Return the kind of document that a title names before the number or begins with, else that of its letters."""
    before = re.search(rf"{KIND_WORDS}(?= (?:số )?{re.escape(number)})", title, re.IGNORECASE) if number else None
    named = before or OPENS_TITLE.match(title)
    if named:
        return named[0].capitalize()
    code = re.search(r"[^\W\d_]+", number)
    return SIGNS[code[0].upper()].name if code and code[0].upper() in SIGNS else ""


PLACE_LEVELS = tuple(PlaceLevel(**frozen(entry)) for entry in FILES["places"]["levels"])
PLACE_WORDS = tuple(word for level in PLACE_LEVELS for word in level.words if 1 <= level.rank <= 3)
"""What stands before the name of a province, a district or a commune."""

PROVINCES = tuple(Province(**frozen(entry)) for entry in FILES["places"]["provinces"])
BODIES = phrases("offices.issuing_bodies", "offices.bodies")
