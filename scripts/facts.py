"""What an article states, what a source bears out, and the record of the sources that are not at hand.

A fact is a figure (a number, a day, a document's number), a clause that a sentence cites, or a name: a run of words in
capital letters inside a sentence ("Bộ Công", of "Bộ Công an"; "UBND", all in capitals, is a word and no name).

The record (``facts_not_at_hand.json``) holds for each address what its document is and which facts of the articles were
found in it, by the very search that the check does while the document is at hand: its clauses, days, figures and names,
no sentence. What its title, number, day and publishers tell is not told twice.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from clauses import holds

from qa.corpus import cut
from qa.text import sentence_spans
from qa.values import Basis, Document

WORD = re.compile(r"\w+")
TOKEN = re.compile(r"\w+|[^\w\s]")
DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
SPELLED_DATE = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
MONTH = re.compile(r"(?<![\w/])(0?[1-9]|1[0-2])(?:/| năm )(\d{4})\b(?!/)")
DOCUMENT_NUMBER = re.compile(r"\b\d+(?:/\d{4})?[/-][A-ZĐƯ][\wĐƯ]*(?:-[\wĐƯ]+)*(?:/[A-ZĐƯ]+)?")
BROKEN = re.compile(r"(?<=/[A-ZĐ]{2})\s?-\s?(?=[A-ZĐ])")
"""What a scan makes of the hyphen of a document's number: "64/2014/NĐ- CP"."""

NUMBER = re.compile(r"(?<![^\W_])\d+(?:[.,]\d+)*")
PERIOD = re.compile(r"\d+/\d+(?:/\d+)?")
THOUSANDS = re.compile(r"(?:\.000)+$")
CITED = re.compile(r"(?:[Đđ]iểm [a-zđ] )?(?:[Kk]hoản \d+[a-zđ]? )?Điều \d+[a-zđ]?\b")
OPENING = re.compile(r"^(?:Khoản|Điểm)")
ITS_NUMBER = re.compile(rf"[^.;\n]*?({DOCUMENT_NUMBER.pattern})")
PARTS = re.compile(r"\s*[,()]\s*")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a text states; ``number``: of a clause, the number of the document that is named after it."""

    kind: Literal["figure", "clause", "name"]
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What one address says; the numbers and days of the documents that stand there, as their records tell them.

    ``clauses``: those of a document that is not at hand; ``text`` then is what else was found in it, line by line.
    """

    text: str
    numbers: frozenset[str] = frozenset()
    days: frozenset[datetime.date] = frozenset()
    title: str = ""
    clauses: frozenset[str] | None = None

    def __add__(self, other: Source) -> Source:
        title = self.title or other.title
        return Source(self.text + other.text, self.numbers | other.numbers, self.days | other.days, title)

    def has_clause(self, clause: str, number: str | None) -> bool:
        return holds(self.text, clause, number) if self.clauses is None else clause in self.clauses

    def has_words(self, name: str) -> bool:
        """Tell whether words follow each other on a line, in small letters or capitals."""
        wanted = f" {' '.join(WORD.findall(name.casefold()))} "
        return any(wanted in line for line in lines(self.text))

    def bears_out(self, fact: Fact) -> bool:
        if fact.kind == "figure":
            return fact.text in known_figures(self.text)
        has = fact.kind == "clause" and self.has_clause(fact.text, fact.number)
        return has or self.has_words(fact.text)


@lru_cache(maxsize=512)
def lines(text: str) -> tuple[str, ...]:
    return tuple(f" {' '.join(WORD.findall(line))} " for line in text.casefold().splitlines())


@lru_cache(maxsize=512)
def known_figures(text: str) -> frozenset[str]:
    """Return the figures of a text, with the month and year of its dates, and the 15 of its 15.000.000."""
    found = frozenset(figures(text))
    tails = {figure.split("/", taken)[-1] for figure in found if PERIOD.fullmatch(figure) for taken in (1, 2)}
    return found | tails | {THOUSANDS.sub("", figure) for figure in found}


def statements(article: Document) -> Iterator[tuple[Fact, tuple[Basis, ...]]]:
    """Yield each fact of an article with what must bear it out: what its section rests on, or the document it names."""
    days = [f"{day:%d/%m/%Y}" for day in (article.published, article.effective_from) if day]
    parts: list[tuple[str, tuple[Basis, ...]]] = [
        ("\n".join((article.title, article.number or "", *days)), article.basis)
    ]
    for passage in cut(article):
        section, own = passage.citation.section, passage.citation.basis
        parts.append((f"{section or ''}\n{passage.text}", own if section and own else article.basis))
    parts += [(f"{entry.title}\n{entry.source}", (entry,)) for entry in article.basis]
    for text, entries in parts:
        for fact in facts_of(text):
            named = tuple(entry for entry in entries if fact.number and bare(entry.number or "") == fact.number)
            yield fact, named or entries


def facts_of(text: str) -> Iterator[Fact]:
    """Yield what a text states: the clauses that it cites, its other figures, its names."""
    text = normalise(text)
    for found in CITED.finditer(text):
        number = ITS_NUMBER.match(text, found.end())
        clause = OPENING.sub(lambda word: word[0].lower(), found[0])
        yield Fact("clause", clause, bare(number[1]) if number else "")
    rest = CITED.sub("#", text)
    yield from (Fact("figure", figure) for figure in figures(rest))
    yield from (Fact("name", name) for name in names(DOCUMENT_NUMBER.sub("#", rest)))


def figures(text: str) -> Iterator[str]:
    """Yield every date, document number and figure of a text, each in one normal form."""
    text = BROKEN.sub("-", text)
    for pattern in (DATE, SPELLED_DATE):
        for day, month, year in pattern.findall(text):
            yield f"{int(day)}/{int(month)}/{year}"
    yield from (number.upper() for number in DOCUMENT_NUMBER.findall(text))
    rest = DOCUMENT_NUMBER.sub(" ", SPELLED_DATE.sub(" ", DATE.sub(" ", text)))
    yield from (f"{int(month)}/{year}" for month, year in MONTH.findall(rest))
    for number in NUMBER.findall(MONTH.sub(" ", rest)):
        yield re.sub(r"^0+(?=\d)", "", number)


def names(text: str) -> Iterator[str]:
    """Yield the runs of words in capital letters; the word that opens a sentence belongs to none."""
    for start, end in sentence_spans(text):
        tokens = TOKEN.findall(text[start:end])
        opening = next((at for at, token in enumerate(tokens) if WORD.match(token)), len(tokens))
        for is_in_name, run in groupby(tokens[opening + 1 :], key=is_capitalised):
            if is_in_name:
                yield " ".join(run)


def is_capitalised(word: str) -> bool:
    is_abbreviation = len(word) > 1 and word.isalpha() and word.isupper()
    return word[0].isupper() and not is_abbreviation


def publishers(entry: Basis) -> list[str]:
    """Return the names in what a basis gives as its publisher: "Bộ Công an (báo Soha đăng)" has two."""
    return [part for part in PARTS.split(entry.source) if part]


def record_of(address: str, source: Source, articles: Collection[Document]) -> dict[str, Any]:
    """Return what a document is and which facts of the articles that rest on it stand in it."""
    resting = [article for article in articles if any(entry.url == address for entry in article.basis)]
    entries = [entry for article in resting for entry in article.basis if entry.url == address]
    facts = {fact for one in resting for fact, among in statements(one) if address in {entry.url for entry in among}}
    borne = {fact for fact in facts if source.bears_out(fact)}
    cited = {fact.text for fact in borne if fact.kind == "clause" and source.has_clause(fact.text, fact.number)}
    clauses = {
        clause
        for entry in entries
        for clause in filter(None, (entry.clause, *entry.clauses.values()))
        if source.has_clause(clause, entry.number)
    }
    found = {fact.text for fact in borne if fact.kind == "figure"}
    named = {fact.text for fact in borne if fact.kind != "figure"} - cited
    days = {f"{day.day}/{day.month}/{day.year}" for day in source.days}
    dates = {figure for figure in found if DATE.fullmatch(figure)} - days
    given = {part for entry in entries for part in publishers(entry) if source.has_words(part)}
    told = Source("\n".join((source.title, *source.numbers, *days, *dates, *given)))
    return {
        "title": source.title,
        "number": next(iter(source.numbers), None),
        "date": next((day.isoformat() for day in source.days), None),
        "publisher": sorted(given),
        "clauses": sorted(clauses | cited),
        "dates": sorted(dates),
        "figures": sorted(found - known_figures(told.text)),
        "names": sorted(name for name in named if not told.has_words(name)),
        "sha256": hashlib.sha256(source.text.encode()).hexdigest(),
    }


def write_record(path: Path, sources: Mapping[str, Source], articles: Collection[Document]) -> None:
    """Record the documents at these addresses; the day of reading changes only where something else does."""
    before = read_records(path)
    records = {address: record_of(address, sources[address], articles) for address in sorted(sources)}
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    for address, record in records.items():
        old = before.get(address, {})
        record["read"] = today if differences(old, record) else old["read"]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_records(path: Path) -> dict[str, dict[str, Any]]:
    """Return the record, address by address; an empty one where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def differences(record: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    return [field for field, value in made.items() if record.get(field) != value]


def source_of(record: Mapping[str, Any]) -> Source:
    """Return a document that is not at hand, as far as it was recorded."""
    day = datetime.date.fromisoformat(record["date"]) if record["date"] else None
    known = [record["title"], record["number"] or "", f"{day:%d/%m/%Y}" if day else ""]
    known += (one for field in ("publisher", "dates", "figures", "names") for one in record[field])
    numbers, days = frozenset(filter(None, [record["number"]])), frozenset(filter(None, [day]))
    return Source("\n".join(known), numbers, days, record["title"], frozenset(record["clauses"]))


def bare(number: str) -> str:
    """Return a number, or a text with some, without spaces and in capitals."""
    return re.sub(r"\s", "", number).upper()


def normalise(text: str) -> str:
    return unicodedata.normalize("NFC", text)
