"""Read the clauses of the 34 resolutions on communes, wards and special zones from their full texts.

A resolution's Article 1 is a numbered list. Each clause makes one new unit ("Sắp xếp …", "Nhập …" or
"Đổi tên …"); the last one counts the units and names those that stay as they were.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

WHOLE, PART, REST, RENAMED = "toàn bộ", "một phần", "phần còn lại", "đổi tên"
LETTERS = [chr(code) for code in range(0x41, 0x1EFA) if chr(code).isalpha()]
LOWER = "".join(letter for letter in LETTERS if letter.islower())
UPPER = "".join(letter for letter in LETTERS if letter.isupper())
UNITS = "xã|phường|thị trấn|đặc khu|huyện"
KEYWORDS = (
    f"{UNITS}|các|của|và|một phần|toàn bộ|phần còn lại|sau khi sắp xếp|thành|mới|có tên gọi|khoản|thị xã|thành phố"
)
LEFT_GLUE = re.compile(
    rf"(?<=[\w)])(?=(?:{KEYWORDS})(?:{KEYWORDS}|[^{LOWER}]))|(?<=gọi)(?=là)|(?<=là)(?=(?:{UNITS})\b)"
)
RIGHT_GLUE = re.compile(rf"\b({KEYWORDS}|là|tại|quận)(?=[{UPPER}\d])")
ARTICLE = re.compile(
    r"\nĐiều 1\. Sắp xếp các đơn vị hành chính cấp xã của (?P<province>.*?)\n(?P<body>.*?)\nĐiều 2\.", re.DOTALL
)
EXTENT = re.compile(
    r"(?P<much>toàn bộ|một phần|phần)(?P<area> diện tích(?: tự nhiên)?)?"
    r"(?:(?:,| và)? ?(?P<all>toàn bộ )?(?P<people>quy mô dân(?: số)?))?(?P<rest> còn lại)?(?: của)?(?= )",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r" sau khi (?:thực hiện )?sắp xếp theo quy định tại (?:các )?khoản \d+(?:(?:,| và) (?:khoản )?\d+)*"
    r"(?:(?: của)? Điều này)?"
)
AFTER_REFERENCE = re.compile(rf"{REFERENCE.pattern}(?P<joint>,| và)(?= (?:các )?(?:{UNITS}) )")
MERGED = re.compile(r"(?:Sắp xếp|Nhập) (?P<old>.+) thành (?:xã|phường|đặc khu) (?:mới )?(?:có tên gọi là )?(?P<new>.+)")
RENAMING = re.compile(r"Đổi tên (?P<old>.+) thành (?P<new>.+)")
CLOSING = re.compile(r"Sau khi sắp xếp, .*?(?:không thực hiện sắp xếp là (?P<kept>.+))?")
PIECE = re.compile(
    rf"(?P<joint>^|, và | và |, ?| (?=(?:{UNITS}) ))(?P<many>các )?(?:(?P<kind>{UNITS}|Phường(?= [\dIVX]+\b)) )?"
)
DISTRICT = re.compile(
    r"\s*\((?:do |thuộc )?(?P<name>(?:huyện|quận|thị xã|thành phố) .*?)(?: quản lý)?\)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class OldUnit:
    """An old unit as a clause names it, how much of it went, and its district where the clause tells it."""

    name: str
    extent: str
    district: str = ""
    closes_group: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} ({self.district})" if self.district else self.name


@dataclass(frozen=True, slots=True)
class Merger:
    """A clause, parsed: the new unit and the old units it was made of."""

    clause: int
    name: str
    parts: tuple[OldUnit, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one resolution says: the new units, and the units that stay, which its last clause names."""

    number: str
    province: str
    mergers: tuple[Merger, ...]
    kept: tuple[OldUnit, ...]
    last_clause: int


def read_resolutions(folder: Path) -> list[Resolution]:
    """Read every ``official/law--NNNN-nq-ubtvqh15.json`` of a sources folder whose Article 1 arranges units.

    Raises:
        ValueError: a clause has a form that is not known.
    """
    resolutions = []
    for path in sorted(folder.glob("official/law--*-nq-ubtvqh15.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        article = ARTICLE.search(unicodedata.normalize("NFC", record["text"]))
        if article:
            province = capital(" ".join(article["province"].split()))
            resolutions.append(parse_resolution(record["number"], province, list(numbered_clauses(article["body"]))))
    return resolutions


def numbered_clauses(body: str) -> Iterator[tuple[int, str]]:
    """Yield the clauses of Article 1, number and text, with the spaces that some resolutions lost put back."""
    starts: list[tuple[int, int]] = []
    while start := re.compile(rf"\n{len(starts) + 1}\. ?(?=[{UPPER}])").search(body, starts[-1][1] if starts else 0):
        starts.append(start.span())
    ends = [start for start, _ in starts[1:]] + [len(body)]
    for number, ((_, start), end) in enumerate(zip(starts, ends, strict=True), 1):
        yield number, separate_words(body[start:end]).removesuffix(".")


def separate_words(text: str) -> str:
    """Put back lost spaces: "củathị trấn" → "của thị trấn", "xãNậm" → "xã Nậm", "Cháythành phường"."""
    text = " ".join(text.replace(",", ", ").split())
    text = LEFT_GLUE.sub(" ", text)
    text = RIGHT_GLUE.sub(r"\1 ", text)
    text = text.replace("Sắp xếp bộ", "Sắp xếp toàn bộ").replace("của của", "của").replace("xã xã", "xã")
    text = re.sub(r"\bphường (?=Phường [\dIVX]+\b)", "", text)
    return re.sub(r"\s*\(", " (", re.sub(r" +", " ", text))


def parse_resolution(number: str, province: str, clauses: list[tuple[int, str]]) -> Resolution:
    *making, (last_clause, last) = clauses
    closing = CLOSING.fullmatch(last)
    if not closing:
        raise ValueError(f"{number}: the last clause of Article 1 does not count the units: {last[:80]}")
    kept = old_units(closing["kept"] or "", WHOLE)
    mergers = [parse_clause(number, clause, text) for clause, text in making]
    return Resolution(number, province, tuple(name_districts(mergers, kept)), tuple(kept), last_clause)


def parse_clause(number: str, clause: int, text: str) -> Merger:
    if renaming := RENAMING.fullmatch(text):
        return Merger(clause, capital(renaming["new"]), tuple(old_units(renaming["old"], RENAMED)))
    merging = MERGED.fullmatch(text)
    if not merging:
        raise ValueError(f"{number}: clause {clause} has an unknown form: {text}")
    new = merging["new"]
    if not re.match("xã|phường|đặc khu", new, re.IGNORECASE):
        new = f"{re.findall('thành (xã|phường|đặc khu) ', text)[-1]} {new}"
    return Merger(clause, capital(new), tuple(merged_units(merging["old"])))


def merged_units(text: str) -> Iterator[OldUnit]:
    """Yield the old units of a clause, each with the extent that stands before it.

    A reference ("sau khi sắp xếp theo quy định tại khoản 1 Điều này") ends the extent of a rest: a unit that
    follows it without one of its own went whole.
    """
    text = REFERENCE.sub("", AFTER_REFERENCE.sub(rf"\g<joint> {WHOLE} của", text))
    marks = list(EXTENT.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for index, (mark, end) in enumerate(zip(marks, ends, strict=True)):
        joined = index > 0 and text[: mark.start()].endswith(" và ")
        listed = re.sub(r"(?:,|,? và)? *$", "", text[mark.end() : end])
        yield from old_units(listed, extent_of(mark), joined=joined)


def extent_of(mark: re.Match[str]) -> str:
    """Name an extent; area and people are told apart only where they went different ways."""
    much = mark["much"].lower()
    if mark["people"] and not mark["area"]:
        return f"{much} dân số còn lại" if mark["rest"] else f"{much} dân số"
    if mark["rest"]:
        return REST
    if mark["all"] and much == PART:
        return f"{PART} diện tích và toàn bộ dân số"
    return f"{WHOLE} diện tích" if much == WHOLE and mark["area"] and not mark["people"] else much


def old_units(text: str, extent: str, *, joined: bool = False) -> list[OldUnit]:
    """Split "các xã A, B (huyện D) và phường C" into its units; the kind holds until the next one.

    ``joined`` says that an "và" stands before the text.
    """
    units: list[OldUnit] = []
    text = text.strip()
    marks = [
        mark for mark in PIECE.finditer(text) if text.count("(", 0, mark.start()) == text.count(")", 0, mark.start())
    ]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    kind = ""
    for mark, end in zip(marks, ends, strict=True):
        kind = (mark["kind"] or kind).lower()
        name = text[mark.end() : end].strip()
        if not name:
            continue
        district = DISTRICT.search(name)
        bare_name = DISTRICT.sub("", name)
        full_name = bare_name if is_no_commune(mark, bare_name) else f"{kind} {bare_name}".strip()
        closes = ("và" in mark["joint"] or (joined and not units)) and not mark["many"]
        units.append(OldUnit(full_name, extent, district["name"] if district else "", closes))
    return units


def is_no_commune(mark: re.Match[str], name: str) -> bool:
    """Say whether a piece is no commune: "khu vực bãi bồi ven biển", "Trường bắn TB1"."""
    return not mark["kind"] and (name[0].islower() or name.startswith("Trường bắn"))


def name_districts(mergers: list[Merger], kept: list[OldUnit]) -> list[Merger]:
    """Give a unit whose name is not unique in its province the district that closes its group.

    "Phường 1 và Phường 2 (thành phố Mỹ Tho), phường Tân Long": both wards belong to Mỹ Tho.
    """
    units = [unit for merger in mergers for unit in merger.parts] + kept
    whole = Counter(same_name(unit.name) for unit in units if unit.extent == WHOLE)
    shared = {same_name(unit.name) for unit in units if unit.district or whole[same_name(unit.name)] > 1}
    return [replace(merger, parts=tuple(with_districts(merger.parts, shared))) for merger in mergers]


def with_districts(parts: Iterable[OldUnit], shared: set[str]) -> list[OldUnit]:
    district, open_group, named = "", False, []
    for unit in reversed(list(parts)):
        if unit.district:
            district, open_group = unit.district, unit.closes_group
        elif open_group and same_name(unit.name) in shared:
            unit = replace(unit, district=district)
        named.append(unit)
    return named[::-1]


def same_name(name: str) -> str:
    """Fold what two spellings of one name differ in: case and the place of the tone ("Hoà", "Hòa")."""
    words = unicodedata.normalize("NFD", name.casefold()).split()
    tones = "\u0300\u0301\u0303\u0309\u0323"
    return " ".join("".join(sorted(word, key=lambda letter: letter in tones)) for word in words)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
