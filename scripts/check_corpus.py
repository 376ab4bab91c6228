"""Check the shipped articles against the documents they were written from.

Nine promises, each printed with the article and the offending words:

1. no run of twelve words of a summary is shared with any source;
2. every number in an article occurs in a source that its front matter names, as a reference or a basis;
3. every link between articles resolves;
4. every front matter is complete and valid;
5. what a front matter says has ended, the first two sentences of the section it names say too, by name and day;
6. every article says whose words it is, and a summary what it rests on: each basis is at hand, bears its number and
   day, and holds its clauses; the headings that name a clause of their own are headings of the text;
7. a total is the sum of its parts ("126 xã, phường, gồm 51 phường và 75 xã"), a count the length of its list;
8. the day from which a document has force, where a sentence names it, is that of the front matter;
9. the articles on new units say what the resolutions' clauses say (``check_units.py``);
10. an article that rests on a document which most do not have at hand states no figure, day, number or name and cites
    no clause, section by section, that the documents of the section do not bear out.

Sources are a folder with ``official/*.json`` (``title, number, date, url, text``), ``seed/*.txt`` and,
for the articles on new units, ``units/clauses.jsonl``. An article names its sources by ``url`` and
``references`` (a list of addresses); a seed page has no address and is named ``seed:<file stem>``.

    python scripts/check_corpus.py --sources ../shared/sources [FOLDER …] [--corpus corpus] [--record FOLDER]

The documents of promise 10 stand in ``facts_not_at_hand.json`` with the facts of the articles that were found in them
(``facts.py``); an article is held against these where no folder holds the document, and the record against the document
where one does. ``--record`` writes it anew from a folder with all of these documents, and of others that it holds and
an article rests on.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import check_units
from facts import (
    DATE,
    DOCUMENT_NUMBER,
    MONTH,
    WORD,
    Source,
    bare,
    differences,
    figures,
    known_figures,
    normalise,
    publishers,
    read_records,
    record_of,
    source_of,
    statements,
    write_record,
)

from qa.corpus import HEADING, cut, read_article, split_article
from qa.errors import DocumentReadError
from qa.text import quotable_spans, sentence_spans
from qa.values import Basis, Document

RUN = 12
REQUIRED = ("title", "source", "url", "published", "kind", "text_kind")
LINK = re.compile(r"\]\((?!https?:)([^)]+\.md)\)")
AMOUNT = r"(?<![\d.,/-])(?<!năm )(?<!tháng )(?<!ngày )(?<!khoản )(?<!Điều )(?<!số )(\d+(?:\.\d{3})*)(?![\d/-]|[.,]\d)"
COUNT = re.compile(rf"{AMOUNT} [^\d,:;.()%]{{2,40}}?(?: gồm| là)?: ?")
TOTAL = re.compile(rf"{AMOUNT} [^\d:;.()%]{{2,90}}?(?:, (?:bao )?gồm:?|: ?(?:gồm)?) ?(?=\d)")
PART = re.compile(r"(\d+(?:\.\d{3})*) [^\d,:;()%]+")
INEXACT = re.compile(
    r"\b(?:trong đó|như|nhất là|khác|không quá|trở lên|…|\.\.\.|ngày|tháng|năm|giờ|hoặc|hay|mỗi)\b|[(…]"
)
"""Words with which a list need not be whole, or a number counts no list."""

SEED_SITE = "https://tuoitrethudo.vn"
IN_FORCE = re.compile(r"có hiệu lực (?:thi hành )?(?:kể )?(?:ngay )?từ (?:ngày )?(?=\d)")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--facts", type=Path, default=Path(__file__).parent / "facts_not_at_hand.json")
    parser.add_argument("--record", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    documents = read_sources(options.record) if options.record else {}
    at_hand: dict[str, Source] = {}
    for folder in options.sources:
        at_hand |= read_sources(folder)
    at_hand |= documents
    paths = sorted(path for path in options.corpus.rglob("*.md") if path.name != "README.md")
    if options.record and not record_documents(options.facts, documents, at_hand, paths):
        return 1
    records = read_records(options.facts)
    sources = {address: source_of(one) for address, one in records.items()} | at_hand
    runs = {run for source in at_hand.values() for run in word_runs(source.text)}
    problems = [f"{path}: {problem}" for path in paths for problem in check(path, sources, runs, records.keys())]
    problems += [f"{options.facts}: {problem}" for problem in check_records(records, at_hand, paths)]
    print(*problems, sep="\n")
    print(f"{len(paths)} articles, {len(at_hand)} sources, {len(records)} recorded, {len(problems)} problems")
    with_units = [folder for folder in options.sources if (folder / "units").exists()]
    units_failed = sum(check_units.report(folder, options.corpus) for folder in with_units)
    return 1 if problems or units_failed or not paths else 0


def record_documents(
    path: Path, documents: Mapping[str, Source], at_hand: Mapping[str, Source], paths: Iterable[Path]
) -> bool:
    """Write the record from documents and tell so; say which are missing, and write nothing, where some are."""
    articles = readable(paths)
    entries = [entry for article in articles for entry in article.basis]
    before = read_records(path)
    needed = {entry.url for entry in entries if entry.url in before or not sources_of(entry, at_hand)}
    missing = needed - documents.keys()
    for address in sorted(missing):
        print(f"{address} is not in the folder to record; nothing was written")
    if not missing:
        addresses = {entry.url for entry in entries} & documents.keys()
        write_record(path, {address: documents[address] for address in addresses}, articles)
    return not missing


def check_records(
    records: Mapping[str, Mapping[str, Any]], at_hand: Mapping[str, Source], paths: Iterable[Path]
) -> Iterable[str]:
    """Yield which records no article needs, and which no longer are what their documents, where at hand, say."""
    articles = readable(paths)
    resting = {entry.url for article in articles for entry in article.basis}
    yield from (f"no article rests on {address}" for address in records.keys() - resting)
    for address in sorted(records.keys() & at_hand.keys() & resting):
        stale = differences(records[address], record_of(address, at_hand[address], articles))
        if stale:
            yield f"{address} is recorded otherwise than its document reads: {', '.join(stale)}; run --record"


def readable(paths: Iterable[Path]) -> list[Document]:
    """Return the articles that can be read; ``check`` names the others."""
    articles = []
    for path in paths:
        with contextlib.suppress(DocumentReadError):
            articles.append(read_article(path))
    return articles


def read_sources(folder: Path) -> dict[str, Source]:
    """Map each source's address to everything it says, its metadata included."""
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("official/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        parts = [str(record[field] or "") for field in ("title", "number", "text")]
        days = {datetime.date.fromisoformat(record["date"])} if record["date"] else set()
        parts += [day.strftime("%d/%m/%Y") for day in days]
        number = {bare(normalise(record["number"]))} if record["number"] else set()
        address = record["url"] or f"official:{path.stem}"
        found = Source(normalise("\n".join(parts)), frozenset(number), frozenset(days), normalise(record["title"]))
        sources[address] = sources.get(address, Source("")) + found
    for path in sorted(folder.glob("seed/*.txt")):
        sources[f"seed:{path.stem}"] = Source(normalise(path.read_text(encoding="utf-8")))
    clauses = folder / "units" / "clauses.jsonl"
    if clauses.exists():
        records = map(json.loads, clauses.read_text(encoding="utf-8").splitlines())
        for record in records:
            address = f"units:{record['resolution']}"
            said = normalise(f"{record['resolution']} {record['text']}\n")
            sources[address] = sources.get(address, Source("")) + Source(said)
    return sources


def check(
    path: Path, sources: Mapping[str, Source], runs: set[tuple[str, ...]], records: Collection[str] = ()
) -> Iterable[str]:
    try:
        article = read_article(path)
    except DocumentReadError as error:
        yield str(error).removeprefix(f"{path}: ")
        return
    fields, content = split_article(path.read_text(encoding="utf-8"))
    yield from (f"front matter lacks {name}" for name in REQUIRED if not fields.get(name))
    if not (fields.get("references") or article.basis):
        yield "front matter lacks references or a basis"
    yield from check_ended(article)
    yield from check_basis(article, sources)
    yield from check_counts(article.text)
    yield from check_force(article)
    body = normalise(f"{article.title}\n{content}")
    for run in word_runs(body):
        if run in runs and article.text_kind == "summary":
            yield f"shares a run of {RUN} words with a source: {' '.join(run)}"
    named = [article.url, *map(str, fields.get("references") or [])]
    missing = [name for name in named[1:] if name not in sources]
    if missing:
        yield f"names sources that are not at hand: {', '.join(missing)}"
    resting = [source for entry in article.basis for source in sources_of(entry, sources)]
    evidence = "\n".join(one.text for one in (*(sources[name] for name in named if name in sources), *resting))
    known = known_figures(evidence)
    if any(entry.url in records for entry in article.basis):
        yield from check_facts(article, sources, records)
    else:
        yield from (
            f"the number {figure} occurs in none of its sources"
            for figure in dict.fromkeys(figures(body))
            if figure not in known and not (MONTH.fullmatch(figure) and known.issuperset(figure.split("/")))
        )
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


def check_facts(article: Document, sources: Mapping[str, Source], records: Collection[str]) -> Iterable[str]:
    """Yield the facts that nothing bears out on which their section rests, and the publishers that none names."""
    given = "\n".join(part for entry in article.basis for part in publishers(entry))
    for fact, entries in dict.fromkeys(statements(article)):
        found = [one for entry in entries for one in sources_of(entry, sources)]
        is_publisher = fact.kind == "name" and Source(given).has_words(fact.text)
        if not (is_publisher or any(one.bears_out(fact) for one in found)):
            yield f"the {fact.kind} {fact.text} occurs in nothing that its section rests on"
    for entry in article.basis:
        if entry.url in records:
            found = sources_of(entry, sources)
            if found and not any(one.has_words(part) for part in publishers(entry) for one in found):
                yield f"basis {entry.number or entry.title}: its source does not name {entry.source}"


def check_basis(article: Document, sources: Mapping[str, Source]) -> Iterable[str]:
    """Yield what is wrong with what a summary rests on."""
    if article.text_kind == "summary" and not article.basis:
        yield "is a summary without a basis"
    headings = {" ".join(heading[1].split()) for heading in HEADING.finditer(article.text)}
    for entry in article.basis:
        name = entry.number or entry.title
        yield from (f"basis {name}: {heading!r} is no heading" for heading in entry.clauses if heading not in headings)
        found = sources_of(entry, sources)
        if not found:
            yield f"basis {name} is not at hand"
            continue
        numbers = frozenset[str]().union(*(one.numbers for one in found))
        if entry.number and bare(entry.number) not in numbers and bare(entry.number) not in bare(text_of(found)):
            yield f"basis {name}: its source bears the number {', '.join(sorted(numbers)) or 'of none'}"
        day = entry.published
        if day and not any(
            day in one.days or f"{day.day}/{day.month}/{day.year}" in known_figures(one.text) for one in found
        ):
            yield f"basis {name}: {day} is no day of its source"
        clauses = dict.fromkeys(filter(None, (entry.clause, *entry.clauses.values())))
        for clause in clauses:
            if not any(one.has_clause(clause, entry.number) for one in found):
                yield f"basis {name} has no {clause}"


def sources_of(entry: Basis, sources: Mapping[str, Source]) -> list[Source]:
    """Return the sources of a basis: what stands at its address, and every document of its number.

    The pages of one site are at hand without their addresses, those that have its title."""
    if (entry.url or "").startswith(SEED_SITE):
        pages = [one for address, one in sources.items() if address.startswith("seed:")]
        return [one for one in pages if folded(entry.title) in folded(one.text)]
    number = bare(entry.number or "")
    named = {entry.url, f"units:{entry.number}"}
    return [one for address, one in sources.items() if address in named or (number and number in one.numbers)]


def folded(text: str) -> str:
    """Return a text in small letters with single spaces."""
    return " ".join(text.casefold().split())


def check_counts(text: str) -> Iterable[str]:
    """Yield the sentences whose count or total is none of their list's; only where the list is plain."""
    for start, end in sentence_spans(text):
        sentence = text[start:end].rstrip(" .;")
        plain = DOCUMENT_NUMBER.sub("#", DATE.sub("#", sentence))
        for counted in COUNT.finditer(plain):
            lengths = lengths_of(plain[counted.end() :])
            if lengths and not INEXACT.search(plain[counted.start() :]) and amount(counted[1]) not in lengths:
                yield f"counts {counted[1]} where it lists {lengths[-1]}: {sentence}"
        for total in TOTAL.finditer(plain):
            parts = re.split(r", (?:và )?| và ", plain[total.end() :])
            amounts = [amount(part[1]) for piece in parts if (part := PART.fullmatch(piece))]
            whole = amount(total[1])
            is_plain = len(amounts) == len(parts) > 1 and not INEXACT.search(plain[total.start() :])
            if is_plain and whole not in (sum(amounts), len(amounts)):
                yield f"states {whole} where the parts are {sum(amounts)}: {sentence}"


def amount(figure: str) -> int:
    """Return the number that a figure with dots between its thousands writes."""
    return int(figure.replace(".", ""))


def lengths_of(listed: str) -> range | None:
    """Return how many a list may name; None where it is not plain that it names them one by one."""
    if ";" in listed:
        pieces = [piece.strip() for piece in listed.split(";")]
        return range(len(pieces), len(pieces) + 1 + (" và " in pieces[-1])) if not re.search(r"\d", listed) else None
    pieces = listed.split(", ")
    *_, last = pieces
    names = [*pieces[:-1], *re.split(r" và ", last)]
    if len(names) < 2 or re.search(r"[\d:]", listed) or not all(name[:1].isupper() for name in names):
        return None
    return range(len(pieces), len(names) + 1)


def check_force(article: Document) -> Iterable[str]:
    """Yield a day of force that the text states of the article's own document and the front matter does not."""
    for start, end in sentence_spans(article.text):
        sentence = article.text[start:end]
        found = IN_FORCE.search(sentence)
        if not found or not article.number or not article.effective_from:
            continue
        numbers = DOCUMENT_NUMBER.findall(sentence[: found.start()])
        day = next(iter(figures(sentence[found.end() :][:30])), "")
        own = article.effective_from
        stated = f"{own.day}/{own.month}/{own.year}"
        if numbers and bare(numbers[-1]) == bare(article.number) and day.count("/") == 2 and day != stated:
            yield f"has effective_from {own} where it says: {sentence}"


def text_of(found: Iterable[Source]) -> str:
    return "\n".join(one.text for one in found)


def word_runs(text: str) -> Iterable[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


if __name__ == "__main__":
    sys.exit(main())
