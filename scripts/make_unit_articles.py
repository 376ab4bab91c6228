"""Write one article a province on its new communes, wards and special zones, from the resolutions' clauses.

Input, a folder with three files:

- ``clauses.jsonl``: one clause a line, ``{"resolution": "1656/NQ-UBTVQH15", "province": "THÀNH PHỐ HÀ NỘI",
  "article": "1", "clause": 39, "new_unit": "phường Long Biên", "text": "39. Sắp xếp … thành phường mới …"}``;
- ``merges.json``: ``{"data": [{"level1_id", "name", "merges": [{"name", "type"}], "level2s":
  [{"level2_id", "name", "merges": [{"old_id", "name", "type": "full" | "partial"}]}]}]}``, new unit → old units;
- ``915_CTK-CSCL.csv``: the 34 provinces, for a check that none is missing.

The clause is right: names and extents come from it alone. The mapping adds the units that no clause touches,
and the script prints how many clauses it disagrees with.

    python scripts/make_unit_articles.py SOURCE_FOLDER TARGET_FOLDER
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

WHOLE, PART, REST = "toàn bộ", "một phần", "phần còn lại"
TYPES = "xã|phường|thị trấn|đặc khu|huyện|thị xã|thành phố"
CAPITALS = "A-ZĐÂÊÔƠƯÁÀẢÃẠÉÈẺẼẸÍÌỈĨỊÓÒỎÕỌÚÙỦŨỤÝỲỶỸỴẤẦẨẪẬẮẰẲẴẶĂẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ"
MEASURE = r"(?:diện tích(?: tự nhiên)?|quy mô dân số)"
MEASURES = rf"(?:\s*,?\s*(?:và\s+)?(?:toàn bộ\s+|một phần\s+)?{MEASURE})*"
EXTENT = re.compile(
    rf"(toàn bộ|một phần|phần(?: quy mô dân số)? còn lại){MEASURES}\s*(?:của\s+|(?=(?:các\s+)?(?:{TYPES})\s))",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\s*sau khi (?:thực hiện )?sắp xếp theo quy định tại\s*(?:các )?(?:khoản|điểm) [^;]*?Điều này", re.IGNORECASE
)
RESULT = re.compile(
    rf"\s*thành\s*({TYPES})(?:\s*mới)?(?:\s*có tên gọi\s*là\s*({TYPES}))?\s*([^.;]+?)\s*(?:\.|\. 37\..*)?$",
    re.IGNORECASE,
)
NAME = re.compile(rf"(?:các\s+)?(?:({TYPES})\s+)?(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OldUnit:
    """An old unit as a clause names it, and how much of it went."""

    name: str
    extent: str


@dataclass(frozen=True, slots=True)
class Merger:
    """A clause, parsed: the new unit and the old units it was made of."""

    clause: int
    name: str
    parts: tuple[OldUnit, ...]


@dataclass(frozen=True, slots=True)
class Province:
    name: str
    resolution: str
    merged_from: tuple[str, ...]
    mergers: tuple[Merger, ...]
    untouched: tuple[str, ...]


def main(source: str, target: str) -> None:
    provinces, disagreements, unparsed = read_provinces(Path(source))
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    for province in provinces:
        (folder / f"{slug(province.name)}.md").write_text(article(province), encoding="utf-8")
    units = sum(len(province.mergers) + len(province.untouched) for province in provinces)
    print(f"{len(provinces)} articles, {units} units; {len(unparsed)} clauses could not be parsed")
    print(*unparsed, sep="\n")
    print(f"the mapping disagrees with {len(disagreements)} clauses (the clause is right)")
    print(*disagreements, sep="\n")


def read_provinces(folder: Path) -> tuple[list[Province], list[str], list[str]]:
    clauses = [json.loads(line) for line in (folder / "clauses.jsonl").read_text(encoding="utf-8").splitlines()]
    by_province = defaultdict(list)
    for clause in clauses:
        by_province[clause["province"].casefold()].append(clause)
    provinces, disagreements, unparsed = [], [], []
    for record in json.loads((folder / "merges.json").read_text(encoding="utf-8"))["data"]:
        name = record["name"]
        own = by_province[name.casefold()]
        mapping: dict[str, list[dict]] = defaultdict(list)
        for unit in record["level2s"]:
            mapping[comparable(unit["name"])].append(unit)
        mergers = []
        for clause in (single for joined in own for single in separate(joined)):
            merger = parse_clause(clause)
            if merger is None:
                unparsed.append(f"{name}, {clause['text']}")
            else:
                mergers.append(complete_name(merger, mapping))
        disagreements += [f"{name}: {text}" for text in compare(mergers, mapping)]
        touched = Counter(comparable(merger.name) for merger in mergers)
        untouched = tuple(unit["name"] for key, units in mapping.items() for unit in units[touched[key] :])
        merged_from = tuple(old["name"] for old in record["merges"])
        provinces.append(Province(name, own[0]["resolution"], merged_from, tuple(mergers), untouched))
    check_names(folder, provinces)
    return provinces, disagreements, unparsed


def check_names(folder: Path, provinces: list[Province]) -> None:
    with (folder / "915_CTK-CSCL.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {comparable(bare(row[2])) for row in list(csv.reader(file))[1:]}
    missing = listed - {comparable(bare(province.name)) for province in provinces}
    if missing:
        raise SystemExit(f"the mapping lacks {missing}")


def separate(clause: dict) -> list[dict]:
    """Split a record into which several clauses ran together ("… là phường A. 9. Sắp xếp …")."""
    starts = [match.start() for match in re.finditer(r"\d+\.\s*Sắp xếp", clause["text"])] or [0]
    texts = [clause["text"][start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [clause | {"clause": int(text.split(".")[0]), "text": text} for text in texts]


def parse_clause(clause: dict) -> Merger | None:
    text = unglue(unicodedata.normalize("NFC", " ".join(clause["text"].split())))
    body = re.sub(r"^\d+\.\s*Sắp xếp\s*", "", text)
    # The last "thành" before a unit names the result; "thành phố" inside a name is none.
    results = list(re.finditer(rf"\s*thành\s*(?:{TYPES})(?:\s*mới)?(?:\s*có tên gọi\s*là|\s)", body))
    for found in reversed(results):
        result = RESULT.fullmatch(body[found.start() :])
        if result:
            parts = parse_parts(body[: found.start()])
            kind = (result[2] or result[1]).strip()
            return Merger(clause["clause"], capital(f"{kind} {result[3].strip()}"), parts) if parts else None
    return None


def unglue(text: str) -> str:
    """Put back the spaces that some resolutions lost: "củathị trấn", "vàcác xã", "xãNậm", "Chảithành xã"."""
    words = rf"{TYPES}|các|của|và|phần còn lại|toàn bộ|một phần"
    text = re.sub(r"quy mô dân(?! số)", "quy mô dân số", text).replace("Sắp xếp bộ", "Sắp xếp toàn bộ")
    text = re.sub(rf"(?<=[\w)])(?=thành\s*(?:{TYPES})\s*(?:mới|có tên)|sau khi sắp xếp)", " ", text)
    text = re.sub(rf"(?<=[a-zà-ỹ)])(?=và\s*(?:{words})|và\s*[{CAPITALS}])", " ", text)
    text = re.sub(rf"\b({words}|thành|khoản)(?=(?:{words})(?![a-zà-ỹ])|[{CAPITALS}]|\d)", r"\1 ", text)
    text = re.sub(rf"\b(các|của|và|là)(?=(?:{TYPES}|các))", r"\1 ", text)
    text = re.sub(rf"\b(các|xã|phường|tại)(?=(?:xã|phường|khoản)\b|xã[{CAPITALS} ]|phúc |Phúc )", r"\1 ", text)
    text = re.sub(r"dân số\s*của", "dân số của", text)
    text = re.sub(r"\bcủa của\b", "của", text).replace(",", ", ")
    return re.sub(r"\s+", " ", text)


def parse_parts(text: str) -> tuple[OldUnit, ...]:
    text = REFERENCE.sub("", text)
    marks = list(EXTENT.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
    parts: list[OldUnit] = []
    for mark, end in zip(marks, ends, strict=True):
        extent = {"toàn bộ": WHOLE, "một phần": PART}.get(mark[1].lower(), REST)
        parts += [OldUnit(name, extent) for name in names(text[mark.end() : end])]
    return tuple(parts)


def names(text: str) -> list[str]:
    """Split "các xã A, B và phường C" into "xã A", "xã B", "phường C"."""
    kind = ""
    found = []
    for piece in re.split(r"\s*,\s*(?:và\s+)?(?![^(]*\))|\s+và\s+(?![^(]*\))", text.strip(" ,;")):
        piece = re.sub(r"\s*\bvà$", "", piece.strip())
        if not piece:
            continue
        match = NAME.fullmatch(piece)
        kind = (match[1] or kind).lower()
        name = re.sub(r"\(do (.*?) quản lý\)", r"(\1)", match[2].strip())
        found.append(name if name[0].islower() else f"{kind} {name}".strip())
    return found


def complete_name(merger: Merger, mapping: dict[str, list[dict]]) -> Merger:
    """Give a new unit the end of its name that its clause lost ("xã Tân Phước[ 2]"), if one unit alone fits."""
    own = comparable(merger.name)
    if own in mapping:
        return merger
    parts = {comparable(part.name) for part in merger.parts}
    fitting = [
        unit["name"]
        for name, units in mapping.items()
        for unit in units
        if name.startswith(own) and {comparable(old["name"]) for old in unit["merges"]} == parts
    ]
    return Merger(merger.clause, fitting[0], merger.parts) if len(fitting) == 1 else merger


def compare(mergers: list[Merger], mapping: dict[str, list[dict]]) -> list[str]:
    """Say for each clause how the mapping's units of that name differ from it, if none agrees."""
    problems = []
    for merger in mergers:
        ours = {comparable(re.sub(r"\s*\(.*\)", "", part.name)): part.extent == WHOLE for part in merger.parts}
        theirs = [
            {comparable(old["name"]): old["type"] == "full" for old in unit["merges"]}
            for unit in mapping[comparable(merger.name)]
        ]
        if ours not in theirs:
            problems.append(f"khoản {merger.clause}, {merger.name}: {difference(ours, theirs)}")
    return problems


def difference(ours: dict[str, bool], theirs: list[dict[str, bool]]) -> str:
    if not theirs:
        return "not in the mapping"
    nearest = max(theirs, key=lambda unit: len(set(unit) & set(ours)))
    if set(ours) == set(nearest):
        return f"extents differ for {[name for name in ours if ours[name] != nearest[name]]}"
    return f"clause {sorted(set(ours) - set(nearest))}, mapping {sorted(set(nearest) - set(ours))}"


def article(province: Province) -> str:
    where = lower_first(province.name)
    old = [lower_first(name) for name in province.merged_from]
    lines = [
        "---",
        f'title: "Đơn vị hành chính cấp xã mới của {where} từ 01/7/2025"',
        "source: Ủy ban Thường vụ Quốc hội",
        f"url: {resolution_url(province.resolution)}",
        "published: 2025-06-16",
        "kind: resolution",
        f"number: {province.resolution}",
        "effective_from: 2025-06-16",
        "references:",
        f"  - units:{province.resolution}",
        "---",
        opening(province, where, old),
    ]
    lines += [line for name in province.merged_from if name != province.name for line in gone(name, province.name)]
    for merger in province.mergers:
        lines += ["", f"## {merger.name}", "", merger_sentence(merger, where, province.resolution)]
    if province.untouched:
        lines += ["", "## Đơn vị giữ nguyên", ""]
        lines += [f"{name} ({where}) giữ nguyên, không sắp xếp trong đợt năm 2025." for name in province.untouched]
    split = split_units(province)
    if split:
        lines += ["", "## Đơn vị cũ được chia về nhiều nơi"]
        lines += ["", *[split_sentence(name, parts, where) + "\n" for name, parts in split]]
    return "\n".join(lines).rstrip() + "\n"


def opening(province: Province, where: str, old: list[str]) -> str:
    made = (
        f"{province.name} được lập từ {join(old)}. "
        if len(old) > 1
        else f"{province.name} không nhập với tỉnh, thành khác. "
    )
    return (
        f"{made}Việc sắp xếp xã, phường của {where} theo Nghị quyết {province.resolution}; chính quyền các đơn vị mới "
        "hoạt động từ ngày 01/7/2025."
    )


def gone(old: str, new: str) -> list[str]:
    """Return the lines that say where a province that is no more has gone."""
    return ["", f"## {old} cũ nay thuộc {lower_first(new)}", "", f"{old} trước đây nay thuộc {lower_first(new)} mới."]


def merger_sentence(merger: Merger, where: str, resolution: str) -> str:
    parts = "; ".join(f"{part.extent} {part.name} cũ" for part in merger.parts)
    return f"{merger.name} mới ({where}) gồm: {parts} (khoản {merger.clause} Điều 1 Nghị quyết {resolution})."


def split_units(province: Province) -> list[tuple[str, list[tuple[str, Merger]]]]:
    """List the old units that went to several new ones, each with what went where."""
    places: dict[str, list[tuple[str, Merger]]] = defaultdict(list)
    for merger in province.mergers:
        for part in merger.parts:
            if part.extent != WHOLE:
                places[part.name].append((part.extent, merger))
    return [(name, parts) for name, parts in places.items() if len(parts) > 1]


def split_sentence(name: str, parts: list[tuple[str, Merger]], where: str) -> str:
    went = "; ".join(
        f"{'phần còn lại' if extent == REST else extent} về {lower_first(merger.name)} mới (khoản {merger.clause})"
        for extent, merger in parts
    )
    return f"{capital(name)} cũ nay thuộc nhiều đơn vị của {where}: {went}."


def resolution_url(number: str) -> str:
    return f"https://github.com/dvhcvn/20250701/blob/main/input/docs/{number.replace('/', '_')}.md"


def comparable(name: str) -> str:
    folded = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", re.sub(r"\s+0+(?=\d)", " ", folded)).split())


def bare(name: str) -> str:
    return re.sub(r"^(tỉnh|thành phố)\s+", "", name, flags=re.IGNORECASE)


def slug(name: str) -> str:
    return "don-vi-cap-xa-moi-" + comparable(name).replace(" ", "-")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def join(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " và " + items[-1]


if __name__ == "__main__":
    main(*sys.argv[1:])
