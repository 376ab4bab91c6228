"""Check the shipped articles against the documents they were written from.

Six promises, each printed with the article and the offending words:

1. no run of twelve words is shared with any source;
2. every number in an article occurs in a source that its front matter names;
3. every link between articles resolves;
4. every front matter is complete and valid;
5. what a front matter says has ended, the first two sentences of the section it names say too, by name and day;
6. the articles on new units say what the resolutions' clauses say (``check_units.py``).

Sources are a folder with ``official/*.json`` (``title, number, date, url, text``), ``seed/*.txt`` and,
for the articles on new units, ``units/clauses.jsonl``. An article names its sources by ``url`` and
``references`` (a list of addresses); a seed page has no address and is named ``seed:<file stem>``.

    python scripts/check_corpus.py --sources ../shared/sources [--corpus corpus]
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import check_units

from qa.corpus import cut, read_article, split_article
from qa.errors import DocumentReadError
from qa.text import quotable_spans
from qa.values import Document

RUN = 12
REQUIRED = ("title", "source", "url", "published", "kind", "references")
WORD = re.compile(r"\w+")
DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
SPELLED_DATE = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
DOCUMENT_NUMBER = re.compile(r"\b\d+(?:/\d{4})?[/-][A-ZĐƯ][\wĐƯ]*(?:-[\wĐƯ]+)*(?:/[A-ZĐƯ]+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
LINK = re.compile(r"\]\((?!https?:)([^)]+\.md)\)")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--sources", type=Path, required=True)
    options = parser.parse_args(arguments)
    sources = read_sources(options.sources)
    runs = {run for text in sources.values() for run in word_runs(text)}
    articles = sorted(path for path in options.corpus.rglob("*.md") if path.name != "README.md")
    problems = [f"{path}: {problem}" for path in articles for problem in check(path, sources, runs)]
    print(*problems, sep="\n")
    print(f"{len(articles)} articles, {len(sources)} sources, {len(problems)} problems")
    with_units = (options.sources / "units").exists()
    units_failed = check_units.report(options.sources, options.corpus) if with_units else 0
    return 1 if problems or units_failed or not articles else 0


def read_sources(folder: Path) -> dict[str, str]:
    """Map each source's address to everything it says, its metadata included."""
    sources: dict[str, str] = {}
    for path in sorted(folder.glob("official/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        parts = [str(record[field] or "") for field in ("title", "number", "text")]
        if record["date"]:
            parts.append(datetime.date.fromisoformat(record["date"]).strftime("%d/%m/%Y"))
        address = record["url"] or f"official:{path.stem}"
        sources[address] = sources.get(address, "") + normalise("\n".join(parts))
    for path in sorted(folder.glob("seed/*.txt")):
        sources[f"seed:{path.stem}"] = normalise(path.read_text(encoding="utf-8"))
    clauses = folder / "units" / "clauses.jsonl"
    if clauses.exists():
        records = map(json.loads, clauses.read_text(encoding="utf-8").splitlines())
        for record in records:
            address = f"units:{record['resolution']}"
            sources[address] = sources.get(address, "") + normalise(f"{record['resolution']} {record['text']}\n")
    return sources


def check(path: Path, sources: dict[str, str], runs: set[tuple[str, ...]]) -> Iterable[str]:
    try:
        article = read_article(path)
    except DocumentReadError as error:
        yield str(error).removeprefix(f"{path}: ")
        return
    fields, content = split_article(path.read_text(encoding="utf-8"))
    yield from (f"front matter lacks {name}" for name in REQUIRED if not fields.get(name))
    yield from check_ended(article)
    body = normalise(f"{article.title}\n{content}")
    for run in word_runs(body):
        if run in runs:
            yield f"shares a run of {RUN} words with a source: {' '.join(run)}"
    named = [article.url, *map(str, fields.get("references") or [])]
    missing = [name for name in named[1:] if name not in sources]
    if missing:
        yield f"names sources that are not at hand: {', '.join(missing)}"
    evidence = "\n".join(sources[name] for name in named if name in sources)
    known = set(figures(evidence))
    for figure in dict.fromkeys(figures(body)):
        if figure not in known:
            yield f"the number {figure} occurs in none of its sources"
    for link in LINK.findall(content):
        if not (path.parent / link).exists():
            yield f"links to {link}, which does not exist"


def check_ended(article: Document) -> Iterable[str]:
    """Yield what is wrong with the two sentences that are quoted of what has ended: they name the thing and the day."""
    passages = cut(article) if article.ended else []
    for ending in article.ended:
        text = next((passage.text for passage in passages if passage.citation.section == ending.section), "")
        quoted = [text[start:end] for start, end in list(quotable_spans(text))[:2]]
        day = f"{ending.since.day}/{ending.since.month}/{ending.since.year}"
        if not quoted:
            yield f"has no sentence to quote below {ending.section!r}"
        elif ending.names[0].lower() not in quoted[0].lower() or day not in figures(" ".join(quoted)):
            yield f"does not name {ending.names[0]!r} and {day} in the first sentences below {ending.section!r}"


def figures(text: str) -> Iterable[str]:
    """Yield every date, document number and figure of a text, each in one normal form."""
    for pattern in (DATE, SPELLED_DATE):
        for day, month, year in pattern.findall(text):
            yield f"{int(day)}/{int(month)}/{year}"
    yield from (number.upper() for number in DOCUMENT_NUMBER.findall(text))
    rest = DOCUMENT_NUMBER.sub(" ", DATE.sub(lambda date: date[0].replace("/", " "), text))
    for number in NUMBER.findall(rest):
        yield re.sub(r"^0+(?=\d)", "", number)


def word_runs(text: str) -> Iterable[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


def normalise(text: str) -> str:
    return unicodedata.normalize("NFC", text)


if __name__ == "__main__":
    sys.exit(main())
