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
9. the articles on new units say what the resolutions' clauses say (``check_units.py``).

Sources are a folder with ``official/*.json`` (``title, number, date, url, text``), ``seed/*.txt`` and,
for the articles on new units, ``units/clauses.jsonl``. An article names its sources by ``url`` and
``references`` (a list of addresses); a seed page has no address and is named ``seed:<file stem>``.

    python scripts/check_corpus.py --sources ../shared/sources [FOLDER …] [--corpus corpus]

``not_at_hand.txt`` names the addresses of documents that were read elsewhere and lie in no such folder. Of an article
that rests on one of them, figures, clauses and days are checked only where a further folder holds it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import check_units
from clauses import holds

from qa.corpus import HEADING, cut, read_article, split_article
from qa.errors import DocumentReadError
from qa.text import quotable_spans, sentence_spans
from qa.values import Document, DocumentBasis

RUN = 12
REQUIRED = ("title", "source", "url", "published", "kind", "text_kind")
WORD = re.compile(r"\w+")
DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
SPELLED_DATE = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
DOCUMENT_NUMBER = re.compile(r"\b\d+(?:/\d{4})?[/-][A-ZĐƯ][\wĐƯ]*(?:-[\wĐƯ]+)*(?:/[A-ZĐƯ]+)?")
BROKEN = re.compile(r"(?<=/[A-ZĐ]{2})\s?-\s?(?=[A-ZĐ])")
"""What a scan makes of the hyphen of a document's number: "64/2014/NĐ- CP"."""

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
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


@dataclass(frozen=True, slots=True)
class Source:
    """What one address says; the numbers and days of the documents that stand there, as their records tell them."""

    text: str
    numbers: frozenset[str] = frozenset()
    days: frozenset[datetime.date] = frozenset()

    def __add__(self, other: Source) -> Source:
        return Source(self.text + other.text, self.numbers | other.numbers, self.days | other.days)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--elsewhere", type=Path, default=Path(__file__).parent / "not_at_hand.txt")
    options = parser.parse_args(arguments)
    sources: dict[str, Source] = {}
    for folder in options.sources:
        sources |= read_sources(folder)
    elsewhere = frozenset(options.elsewhere.read_text(encoding="utf-8").splitlines()) - sources.keys()
    runs = {run for source in sources.values() for run in word_runs(source.text)}
    articles = sorted(path for path in options.corpus.rglob("*.md") if path.name != "README.md")
    problems = [f"{path}: {problem}" for path in articles for problem in check(path, sources, runs, elsewhere)]
    print(*problems, sep="\n")
    print(f"{len(articles)} articles, {len(sources)} sources, {len(problems)} problems")
    unchecked = [path for path in articles if rests_elsewhere(path, elsewhere)]
    print(f"{len(unchecked)} of them rest on documents that are not at hand; their figures were not checked")
    with_units = [folder for folder in options.sources if (folder / "units").exists()]
    units_failed = sum(check_units.report(folder, options.corpus) for folder in with_units)
    return 1 if problems or units_failed or not articles else 0


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
        found = Source(normalise("\n".join(parts)), frozenset(number), frozenset(days))
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


def rests_elsewhere(path: Path, elsewhere: frozenset[str]) -> bool:
    return any(address in path.read_text(encoding="utf-8") for address in elsewhere)


def check(
    path: Path, sources: Mapping[str, Source], runs: set[tuple[str, ...]], elsewhere: frozenset[str] = frozenset()
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
    yield from check_basis(article, sources, elsewhere)
    yield from check_counts(article.text)
    yield from check_force(article)
    body = normalise(f"{article.title}\n{content}")
    for run in word_runs(body):
        if run in runs and article.text_kind == "summary":
            yield f"shares a run of {RUN} words with a source: {' '.join(run)}"
    named = [article.url, *map(str, fields.get("references") or [])]
    missing = [name for name in named[1:] if name not in sources and name not in elsewhere]
    if missing:
        yield f"names sources that are not at hand: {', '.join(missing)}"
    resting = [source for entry in article.basis for source in sources_of(entry, sources)]
    evidence = "\n".join(one.text for one in (*(sources[name] for name in named if name in sources), *resting))
    known = set(figures(evidence))
    for figure in () if rests_elsewhere(path, elsewhere) else dict.fromkeys(figures(body)):
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


def check_basis(
    article: Document, sources: Mapping[str, Source], elsewhere: frozenset[str] = frozenset()
) -> Iterable[str]:
    """Yield what is wrong with what a summary rests on."""
    if article.text_kind == "summary" and not article.basis:
        yield "is a summary without a basis"
    headings = {" ".join(heading[1].split()) for heading in HEADING.finditer(article.text)}
    for entry in article.basis:
        name = entry.number or entry.title
        yield from (f"basis {name}: {heading!r} is no heading" for heading in entry.clauses if heading not in headings)
        found = sources_of(entry, sources)
        if not found:
            if entry.url not in elsewhere:
                yield f"basis {name} is not at hand"
            continue
        numbers = frozenset[str]().union(*(one.numbers for one in found))
        if entry.number and bare(entry.number) not in numbers and bare(entry.number) not in bare(text_of(found)):
            yield f"basis {name}: its source bears the number {', '.join(sorted(numbers)) or 'of none'}"
        day = entry.published
        if day and not any(
            day in one.days or f"{day.day}/{day.month}/{day.year}" in figures(one.text) for one in found
        ):
            yield f"basis {name}: {day} is no day of its source"
        clauses = dict.fromkeys(filter(None, (entry.clause, *entry.clauses.values())))
        for clause in clauses:
            if not any(holds(one.text, clause, entry.number) for one in found):
                yield f"basis {name} has no {clause}"


def sources_of(entry: DocumentBasis, sources: Mapping[str, Source]) -> list[Source]:
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


def bare(number: str) -> str:
    """Return a number, or a text with some, without spaces and in capitals."""
    return re.sub(r"\s", "", number).upper()


def text_of(found: Iterable[Source]) -> str:
    return "\n".join(one.text for one in found)


def figures(text: str) -> Iterable[str]:
    """Yield every date, document number and figure of a text, each in one normal form."""
    text = BROKEN.sub("-", text)
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
