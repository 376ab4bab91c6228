"""Compare every clause of the 34 resolutions with every article on new units, both ways.

The clauses are read by ``unit_statements.py``, not by the code that writes the articles. Each difference is printed
with its province, its clause and its article:

1. each clause's new unit, old units, how much of each went, and whether it was merged or renamed;
2. each sentence of an article against the clauses: none without a clause, none of an unknown form;
3. the units that stay, by name, and every total and count of the resolution's last clause, also where other
   articles of the corpus state them;
4. old units of one name are told apart by their district where the resolution tells it.

Sources are a folder with ``official/law--NNNN-nq-ubtvqh15.json`` and ``units/clauses.jsonl``; each record of the
latter must stand in the text of its resolution.

    python scripts/check_units.py --sources ../shared/sources [--corpus corpus]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from unit_statements import (
    Article,
    Law,
    Part,
    Statement,
    Use,
    counted,
    fold,
    kinds_of,
    law_records,
    read_articles,
    read_laws,
    read_names,
    short,
    squeeze,
)

TOTAL_LINE = re.compile(
    r"(?P<where>(?:Tỉnh|Thành phố) [^.]+?) còn (?P<total>\d+) đơn vị cấp xã \((?P<kinds>[^)]+)\) "
    r"theo Nghị quyết số (?P<law>\d+/NQ-UBTVQH15)"
)
KEPT_COUNT_LINE = re.compile(r"Ở (?P<where>[^,.]+), (?:mỗi tỉnh )?có (?P<count>\d+) xã được giữ nguyên")
KEPT_NAMES_LINE = re.compile(r"Ở (?P<where>[^,.]+), (?:chỉ có|hai) (?P<names>xã .+?) được giữ nguyên")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--sources", type=Path, required=True)
    options = parser.parse_args(arguments)
    return report(options.sources, options.corpus)


def report(sources: Path, corpus: Path) -> int:
    """Print every difference and the count of what was compared; return 1 if there is any, or nothing to compare."""
    laws = read_laws(sources)
    differences = list(compare(laws, sources, corpus))
    print(*differences, sep="\n", end="\n" if differences else "")
    clauses = sum(len(law.statements) for law in laws)
    print(
        f"{clauses} clauses of {len(laws)} resolutions and {len(read_records(sources))} records of them compared "
        f"with their articles, {len(differences)} differences"
    )
    return 1 if differences or not laws else 0


def compare(laws: list[Law], sources: Path, corpus: Path) -> Iterator[str]:
    """Yield every difference between the resolutions and the corpus."""
    yield from missing_records(sources)
    articles = read_articles(corpus)
    for law in laws:
        article = articles.pop(law.number, None)
        if article is None:
            yield f"{law.province}, {law.number}: no article names this resolution"
            continue
        yield from (f"{law.province}, {where}: {article.path.name}" for where in compare_article(law, article))
    yield from (f"{article.path.name}: no resolution {number}" for number, article in articles.items())
    yield from compare_counts(laws, corpus)


def compare_article(law: Law, article: Article) -> Iterator[str]:
    yield from article.problems
    if article.named != {law.province.casefold(), law.number.casefold()}:
        yield f"the sentences name {sorted(article.named)}"
    told = Counter(statement.clause for statement in article.statements)
    for clause, times in told.items():
        if clause not in law.statements or times > 1:
            yield f"khoản {clause}: told {times} times, the resolution has it {int(clause in law.statements)} times"
    by_clause = {statement.clause: statement for statement in article.statements}
    ambiguous = ambiguous_names(law)
    for clause, statement in law.statements.items():
        if clause not in by_clause:
            yield f"khoản {clause}: {statement.unit} is not told"
        else:
            yield from (
                f"khoản {clause}: {text}" for text in compare_statement(statement, by_clause[clause], ambiguous)
            )
    yield from compare_kept(law, article)
    yield from compare_destinations(article)
    kinds = kinds_of([*(s.unit for s in article.statements), *(unit.name for unit in article.kept)])
    if kinds != law.kinds or kinds.total() != law.total:
        yield f"the article has {dict(kinds)}, the resolution counts {law.total}: {dict(law.kinds)}"


def ambiguous_names(law: Law) -> set[str]:
    """Collect the names that more than one old unit bears: a district is told somewhere, or two went whole."""
    parts = [part for statement in law.statements.values() for part in statement.parts] + list(law.kept)
    whole = Counter(fold(part.name) for part in parts if part.extent == "toànbộ")
    return {fold(part.name) for part in parts if part.district or whole[fold(part.name)] > 1}


def compare_statement(clause: Statement, told: Statement, ambiguous: set[str]) -> Iterator[str]:
    if (clause.unit, clause.verb) != (told.unit, told.verb):
        yield f"{clause.unit} {clause.verb}, the article says {told.unit} {told.verb}"
    ours, theirs = (Counter((fold(part.name), part.extent) for part in side.parts) for side in (clause, told))
    names = {fold(part.name): part.name for part in (*told.parts, *clause.parts)}
    for name, extent in (ours - theirs).elements():
        yield f"{clause.unit} lacks {extent} {names[name]}"
    for name, extent in (theirs - ours).elements():
        yield f"{clause.unit} is said to have {extent} {names[name]}"
    if ours == theirs:
        for part, stated in zip(in_order(clause.parts), in_order(told.parts), strict=True):
            district = part.district or (part.closing if fold(part.name) in ambiguous else "")
            if stated.district != district:
                yield f"{part.name} lies in {district!r}, the article says {stated.district!r}"


def in_order(parts: tuple[Part, ...]) -> list[Part]:
    return sorted(parts, key=lambda part: (fold(part.name), part.extent))


def compare_kept(law: Law, article: Article) -> Iterator[str]:
    ours, theirs = ({fold(unit.label): unit.label for unit in units} for units in (law.kept, article.kept))
    yield from (f"{ours[name]} stays as it was, the article does not say so" for name in ours.keys() - theirs.keys())
    yield from (f"{theirs[name]} is said to stay, the resolution does not" for name in theirs.keys() - ours.keys())
    if not law.kept_count == len(law.kept) == len(article.kept):
        yield f"{law.kept_count} units stay, the resolution names {len(law.kept)}, the article {len(article.kept)}"


def compare_destinations(article: Article) -> Iterator[str]:
    """Compare what is said of old units that were parted, and of names that stand for two units."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for statement in article.statements:
        for part in statement.parts:
            uses[fold(part.label)].append((part.extent, statement.unit, statement.clause))
    parted = {name: [use for use in went if use[0] != "toànbộ"] for name, went in uses.items()}
    yield from compare_tables("parted", {name: went for name, went in parted.items() if len(went) > 1}, article.splits)
    doubtful = {name: went for name, went in uses.items() if len(went) > 1 and "toànbộ" in {use[0] for use in went}}
    yield from compare_tables("of one name", doubtful, article.shared)
    yield from (f"{name} is only {went[0][0]}: where is the rest?" for name, went in uses.items() if lone_part(went))


def lone_part(went: list[Use]) -> bool:
    """Say whether a name's uses leave a part of it without a new unit, or a rest without a part."""
    extents = {extent for extent, _, _ in went}
    return extents == {"mộtphần"} or extents == {"phầncònlại"}


def compare_tables(what: str, ours: dict[str, list[Use]], theirs: dict[str, list[Use]]) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        if sorted(ours.get(name, [])) != sorted(theirs.get(name, [])):
            yield f"{name} ({what}) went to {ours.get(name)}, the article sums up {theirs.get(name)}"


def compare_counts(laws: list[Law], corpus: Path) -> Iterator[str]:
    """Compare the counts that any article of the corpus states with the last clauses of the resolutions."""
    by_number = {law.number: law for law in laws}
    by_name = {short(law.province): law for law in laws}
    for path in sorted(corpus.rglob("*.md")):
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
        for line in TOTAL_LINE.finditer(text):
            law = by_number.get(line["law"])
            stated = (squeeze(line["where"]).casefold(), int(line["total"]), counted(squeeze(line["kinds"])))
            if law is None or stated != (law.province.casefold(), law.total, law.kinds):
                yield f"{path.name}: {line[0]}: the resolution counts {law and (law.province, law.total, law.kinds)}"
        for line in KEPT_COUNT_LINE.finditer(text):
            for law in (by_name.get(short(squeeze(name))) for name in line["where"].split(" và ")):
                if law is None or law.kept_count != int(line["count"]):
                    yield f"{path.name}: {line[0]}: the resolution says {law and law.kept_count}"
        for line in KEPT_NAMES_LINE.finditer(text):
            law = by_name.get(short(squeeze(line["where"])))
            stated_names = {part.name for part in read_names(squeeze(line["names"]), "toànbộ", "")}
            if law is None or stated_names != {part.name for part in law.kept}:
                yield f"{path.name}: {line[0]}: the resolution says {law and [part.name for part in law.kept]}"


def missing_records(sources: Path) -> Iterator[str]:
    """Yield the records of ``clauses.jsonl`` that do not stand in their resolution's text."""
    texts = {record["number"]: squeeze(record["text"]) for record in law_records(sources)}
    for record in read_records(sources):
        if squeeze(record["text"]) not in texts.get(record["resolution"], ""):
            yield f"{record['resolution']}, khoản {record['clause']}: the record does not stand in the resolution"


def read_records(sources: Path) -> list[dict[str, str]]:
    path = sources / "units" / "clauses.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
