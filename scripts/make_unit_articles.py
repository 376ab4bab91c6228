"""Write one article a province on its new communes, wards and special zones, from the resolutions' full texts.

Input, a folder with:

- ``official/law--NNNN-nq-ubtvqh15.json``: the 34 resolutions, read by :mod:`unit_clauses`;
- ``units/merges.json``: ``{"data": [{"name", "merges": [{"name"}]}]}``, new province → the provinces it was made of;
- ``units/915_CTK-CSCL.csv``: the 34 provinces, for a check that none is missing.

    python scripts/make_unit_articles.py SOURCE_FOLDER TARGET_FOLDER
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from unit_clauses import RENAMED, REST, WHOLE, Merger, OldUnit, Resolution, capital, read_resolutions, same_name

Uses = list[tuple[OldUnit, Merger]]

KEPT = "Đơn vị giữ nguyên"
PROVINCES_BASIS = (
    "  - title: Quốc hội thông qua Nghị quyết sắp xếp đơn vị hành chính cấp tỉnh",
    "    published: 2025-06-12",
    "    source: Cổng Thông tin điện tử Chính phủ",
    "    url: https://xaydungchinhsach.chinhphu.vn/"
    "quoc-hoi-thong-qua-nghi-quyet-sap-xep-don-vi-hanh-chinh-cap-tinh-119250612101356465.htm",
    "    clauses:",
)
"""The page on the resolution on provinces, the only source at hand that says where those that are no more have gone."""

PROVINCES_PLACE = "Chi tiết các tỉnh, thành phố hình thành sau sắp xếp"
"""The heading of that page below which it says so."""


def main(source: str, target: str) -> None:
    sources, folder = Path(source), Path(target)
    resolutions = read_resolutions(sources)
    check_names(sources, [resolution.province for resolution in resolutions])
    merged = read_merged_provinces(sources)
    folder.mkdir(parents=True, exist_ok=True)
    for resolution in resolutions:
        name = resolution.province
        text = "\n".join(article(resolution, merged[comparable(name)])).rstrip() + "\n"
        (folder / f"{slug(name)}.md").write_text(text, encoding="utf-8")
    units = sum(len(resolution.mergers) + len(resolution.kept) for resolution in resolutions)
    print(f"{len(resolutions)} articles, {units} units")


def read_merged_provinces(folder: Path) -> dict[str, list[str]]:
    """Map each new province, folded, to the names of the old provinces it was made of."""
    records = json.loads((folder / "units" / "merges.json").read_text(encoding="utf-8"))["data"]
    return {comparable(record["name"]): [old["name"] for old in record["merges"]] for record in records}


def check_names(folder: Path, provinces: list[str]) -> None:
    with (folder / "units" / "915_CTK-CSCL.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {comparable(bare(row[2])) for row in list(csv.reader(file))[1:]}
    missing = listed - {comparable(bare(province)) for province in provinces}
    if missing:
        raise SystemExit(f"the resolutions lack {missing}")


def article(resolution: Resolution, merged_from: list[str]) -> Iterator[str]:
    """Yield the lines of one province's article."""
    where = lower_first(resolution.province)
    old = [lower_first(name) for name in merged_from]
    others = [name for name in old if name != where]
    merged = f" (sáp nhập {join(others)})" if others else ""
    yield from (
        "---",
        f'title: "Đơn vị hành chính cấp xã mới của {where}{merged} từ 01/7/2025"',
        "source: Ủy ban Thường vụ Quốc hội",
        f"url: {resolution_url(resolution.number)}",
        "published: 2025-06-16",
        "kind: resolution",
        f"number: {resolution.number}",
        "effective_from: 2025-06-16",
        "references:",
        f"  - units:{resolution.number}",
        "text_kind: summary",
        "basis:",
        *basis(resolution, where, others),
        "---",
        opening(resolution, where, old),
    )
    for name in others:
        yield from gone(capital(name), where)
    for merger in resolution.mergers:
        yield from ("", f"## {merger.name}", "", merger_sentence(merger, where, resolution.number))
    if resolution.kept:
        yield from ("", f"## {KEPT}", "")
        yield from (kept_sentence(unit, where) for unit in resolution.kept)
    yield from section("Đơn vị cũ được chia về nhiều nơi", split_sentences(resolution, where))
    yield from section("Đơn vị cũ trùng tên", shared_name_sentences(resolution, where))


def basis(resolution: Resolution, where: str, others: list[str]) -> Iterator[str]:
    """Yield the documents that the article rests on, and the clause of each heading."""
    yield from (
        f"  - title: Nghị quyết về việc sắp xếp các đơn vị hành chính cấp xã của {where} năm 2025",
        f"    number: {resolution.number}",
        "    published: 2025-06-16",
        "    source: Ủy ban Thường vụ Quốc hội",
        f"    url: {resolution_url(resolution.number)}",
        "    clause: Điều 1",
        "    clauses:",
    )
    clauses: dict[str, list[int]] = defaultdict(list)
    for merger in resolution.mergers:
        clauses[merger.name].append(merger.clause)
    if resolution.kept:
        clauses[KEPT].append(resolution.last_clause)
    yield from (f"      {name}: khoản {', '.join(map(str, numbers))} Điều 1" for name, numbers in clauses.items())
    if others:
        yield from PROVINCES_BASIS
        yield from (f"      {gone_heading(capital(name), where)}: {PROVINCES_PLACE}" for name in others)


def section(title: str, sentences: list[str]) -> Iterator[str]:
    if sentences:
        yield from ("", f"## {title}", "", *(sentence + "\n" for sentence in sentences[:-1]), sentences[-1])


def opening(resolution: Resolution, where: str, old: list[str]) -> str:
    made = (
        f"{resolution.province} được lập từ {join(old)}. "
        if len(old) > 1
        else f"{resolution.province} không nhập với tỉnh, thành khác. "
    )
    return (
        f"{made}Việc sắp xếp xã, phường của {where} theo Nghị quyết {resolution.number}; chính quyền các đơn vị mới "
        "hoạt động từ ngày 01/7/2025."
    )


def gone_heading(old: str, where: str) -> str:
    return f"{old} cũ nay thuộc {where}"


def gone(old: str, where: str) -> list[str]:
    """Return the lines that say where a province that is no more has gone."""
    return ["", f"## {gone_heading(old, where)}", "", f"{old} trước đây nay thuộc {where} mới."]


def merger_sentence(merger: Merger, where: str, resolution: str) -> str:
    source = f"(khoản {merger.clause} Điều 1 Nghị quyết {resolution})"
    if merger.parts[0].extent == RENAMED:
        old = capital(merger.parts[0].label)
        return f"{merger.name} ({where}) là tên mới của {lower_first(old)} cũ {source}."
    parts = "; ".join(f"{part.extent} {old_name(part)}" for part in merger.parts)
    return f"{merger.name} mới ({where}) gồm: {parts} {source}."


def old_name(unit: OldUnit) -> str:
    """Name an old unit; a place that never was one ("khu vực bãi bồi ven biển") is not called "cũ"."""
    return f"{unit.label} cũ" if re.match("xã|phường|thị trấn|huyện", unit.name) else unit.label


def kept_sentence(unit: OldUnit, where: str) -> str:
    place = f"{unit.district} cũ, {where}" if unit.district else where
    return f"{capital(unit.name)} ({place}) giữ nguyên, không sắp xếp trong đợt năm 2025."


def uses_of_names(resolution: Resolution) -> list[Uses]:
    """Group the old units by name: each with the new units that its parts went to."""
    uses: dict[str, Uses] = defaultdict(list)
    for merger in resolution.mergers:
        for part in merger.parts:
            uses[same_name(part.label)].append((part, merger))
    return list(uses.values())


def split_sentences(resolution: Resolution, where: str) -> list[str]:
    """Say of each old unit that went to several new ones what went where."""
    parted = [[use for use in uses if use[0].extent != WHOLE] for uses in uses_of_names(resolution)]
    return [
        f"{capital(uses[0][0].label)} cũ nay thuộc nhiều đơn vị của {where}: {destinations(uses)}."
        for uses in parted
        if len(uses) > 1
    ]


def shared_name_sentences(resolution: Resolution, where: str) -> list[str]:
    """Say of each name that two old units bear, and whose district the resolution leaves out, where both went."""
    shared = [
        uses for uses in uses_of_names(resolution) if len(uses) > 1 and WHOLE in {unit.extent for unit, _ in uses}
    ]
    return [
        f"Có {count_in_words(uses)} {uses[0][0].name} cũ ở {where} mà nghị quyết không ghi thuộc huyện nào: "
        f"{destinations(uses)}."
        for uses in shared
    ]


def count_in_words(uses: Uses) -> str:
    """Count the units of one name: each that went whole, and one more if there are parts."""
    whole = sum(unit.extent == WHOLE for unit, _ in uses)
    return {2: "hai", 3: "ba", 4: "bốn"}[whole + (whole < len(uses))]


def destinations(uses: Uses) -> str:
    return "; ".join(
        f"{'phần còn lại' if unit.extent == REST else unit.extent} về {lower_first(merger.name)} mới "
        f"(khoản {merger.clause})"
        for unit, merger in uses
    )


def resolution_url(number: str) -> str:
    return f"https://github.com/dvhcvn/20250701/blob/main/input/docs/{number.replace('/', '_')}.md"


def comparable(name: str) -> str:
    folded = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", folded).split())


def bare(name: str) -> str:
    return re.sub(r"^(tỉnh|thành phố)\s+", "", name, flags=re.IGNORECASE)


def slug(name: str) -> str:
    return "don-vi-cap-xa-moi-" + comparable(name).replace(" ", "-")


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def join(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " và " + items[-1]


if __name__ == "__main__":
    main(*sys.argv[1:])
