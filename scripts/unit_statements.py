"""Read what the 34 resolutions and the articles on new units state, each in the same form, to compare them.

Clauses are read with all spaces taken out, since the texts lack some, and never with the code that writes the
articles (``unit_clauses.py``).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

LETTERS = "".join(letter for letter in map(chr, range(0x41, 0x1EFA)) if letter.isupper())
KINDS = "xã|phường|thịtrấn|đặckhu|huyện"
TOKEN = re.compile(
    rf"(?P<joint>,|và)|(?P<many>các)|(?P<kind>{KINDS}|Phường(?=\d|[IVX]+(?:[,(]|và|$)))|\((?P<note>[^)]*)\)|"
    rf"(?P<name>(?:khuvực|[{LETTERS}\d]).*?)(?=,|\(|$|(?:và)?(?:các|{KINDS})?(?:{KINDS})(?=[{LETTERS}])|và(?:[{LETTERS}]|khuvực|$))"
)
NAMED_EXTENT = re.compile(
    r"(?P<whole>toànbộ|(?<=xếp)bộ)?(?P<part>mộtphần)?(?P<rest>phần(?=còn|quymô))?"
    r"(?P<area>diệntích(?:tựnhiên)?)?[,v]?(?:(?<=v)à)?(?P<all>toànbộ(?=quymô))?(?P<people>quymôdân(?:số)?)?"
    r"(?P<left>cònlại)?(?:của)*"
)
REFERENCE = re.compile(
    r"saukhi(?:thựchiện)?sắpxếptheoquyđịnhtại(?:các)?(?:,|khoản|\d+|và(?=khoản|\d))+(?:của)?(?:Điềunày)?"
)
CLAUSE = re.compile(r"^\s*(\d+)\s*\.\s*(?=Sắp|Nhập|Đổi|Sau)", re.MULTILINE)
RESULT = re.compile(r"(?P<old>.*)thành(?P<kind>xã|phường|đặckhu)(?:mới)?(?:cótêngọilà)?(?P<unit>.+)")
COUNTS = re.compile(r"Saukhisắpxếp,(?P<province>.+?)có(?P<total>\d+)đơnvịhànhchínhcấpxã,?gồm(?P<kinds>[^;.]+)")
KEPT = re.compile(r"và(?P<count>\d+)(?:xã|phường|đơnvịhànhchínhcấpxã)khôngthựchiệnsắpxếplà(?P<names>.+)")
CITED = r" \(khoản (?P<clause>\d+) Điều 1 Nghị quyết (?P<law>[^)]+)\)\."
MERGED_SENTENCE = re.compile(rf"(?P<unit>.+?) mới \((?P<where>[^)]+)\) gồm: (?P<parts>.+){CITED}")
RENAMED_SENTENCE = re.compile(rf"(?P<unit>.+?) \((?P<where>[^)]+)\) là tên mới của (?P<old>.+) cũ{CITED}")
KEPT_SENTENCE = re.compile(
    r"(?P<unit>.+?) \((?:(?P<district>[^,)]+) cũ, )?(?P<where>[^)]+)\) giữ nguyên, không sắp xếp trong đợt năm 2025\."
)
PART = re.compile(
    r"(?P<extent>toàn bộ diện tích|toàn bộ|một phần diện tích và toàn bộ dân số|một phần dân số|một phần|"
    r"phần còn lại|phần dân số còn lại) (?P<name>.+?)(?: cũ)?"
)
SPLIT_SENTENCE = re.compile(r"(?P<name>.+) cũ nay thuộc nhiều đơn vị của (?P<where>.+?): (?P<uses>.+)\.")
SHARED_SENTENCE = re.compile(
    r"Có (?:hai|ba|bốn) (?P<name>.+) cũ ở (?P<where>.+?) mà nghị quyết không ghi thuộc huyện nào: (?P<uses>.+)\."
)
SENTENCES = (MERGED_SENTENCE, RENAMED_SENTENCE, KEPT_SENTENCE, SPLIT_SENTENCE, SHARED_SENTENCE)
USE = re.compile(r"(?P<extent>.+?) về (?P<unit>.+) mới \(khoản (?P<clause>\d+)\)")


Use = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """An old unit, its name without spaces; ``closing`` is the district that ends its group of names."""

    name: str
    extent: str
    district: str = ""
    closing: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}({self.district})" if self.district else self.name


@dataclass(frozen=True, slots=True)
class Statement:
    """What one clause, or the sentence of an article that cites it, says."""

    clause: int
    unit: str
    verb: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Law:
    number: str
    province: str
    statements: dict[int, Statement]
    total: int
    kinds: Counter[str]
    kept: tuple[Part, ...]
    kept_count: int


@dataclass(slots=True)
class Article:
    """The sentences of an article on one province's units, by their form."""

    path: Path
    statements: list[Statement]
    kept: list[Part]
    splits: dict[str, list[Use]]
    shared: dict[str, list[Use]]
    named: set[str]
    problems: list[str]


def law_records(sources: Path) -> Iterator[dict[str, str]]:
    for path in sorted(sources.glob("official/law--*-nq-ubtvqh15.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def read_laws(sources: Path) -> list[Law]:
    """Read the resolutions that arrange units: those whose Article 1 ends with a count of them.

    Raises:
        ValueError: the clauses are not numbered from 1 on, or one has an unknown form.
    """
    return [law for record in law_records(sources) if (law := read_law(record["number"], record["text"]))]


def read_law(number: str, text: str) -> Law | None:
    article = re.search(r"^Điều 1\.(.*?)^Điều 2\.", unicodedata.normalize("NFC", text), re.DOTALL | re.MULTILINE)
    starts = list(CLAUSE.finditer(article[1])) if article else []
    if article is None or not starts:
        return None
    ends = [start.start() for start in starts[1:]] + [len(article[1])]
    texts = [squeeze(article[1][start.end() : end]).rstrip(".") for start, end in zip(starts, ends, strict=True)]
    if [int(start[1]) for start in starts] != list(range(1, len(starts) + 1)):
        raise ValueError(f"{number}: the clauses of Article 1 are not numbered in order")
    counts, kept = COUNTS.search(texts[-1]), KEPT.search(texts[-1])
    if counts is None:
        return None
    statements = {clause: read_clause(number, clause, text) for clause, text in enumerate(texts[:-1], 1)}
    names = tuple(read_names(kept["names"], "toànbộ", "")) if kept else ()
    count = int(kept["count"]) if kept else 0
    return Law(number, counts["province"], statements, int(counts["total"]), counted(counts["kinds"]), names, count)


def read_clause(number: str, clause: int, text: str) -> Statement:
    result = RESULT.fullmatch(text)
    if not result:
        raise ValueError(f"{number}: clause {clause} has an unknown form: {text}")
    unit = result["unit"] if re.match(KINDS, result["unit"], re.IGNORECASE) else result["kind"] + result["unit"]
    unit = unit[0].lower() + unit[1:]
    if renamed := re.fullmatch(r"Đổitên(.+)", result["old"]):
        return Statement(clause, unit, "renamed", tuple(read_names(renamed[1], "đổitên", "")))
    return Statement(clause, unit, "merged", tuple(read_parts(result["old"])))


def read_parts(text: str) -> list[Part]:
    """Read "Sắpxếptoànbộ…củaxãA,xãBvàmộtphần…củaxãC": an extent holds for the names up to the next one.

    It ends at a reference to other clauses too: names after that, without an extent of their own, went whole.
    """
    first, *others = REFERENCE.split(text)
    text = first + "".join(re.sub(rf"^(,|và)(?=(?:các)?(?:{KINDS}))", r"\1toànbộ", other) for other in others)
    marks = [mark for mark in NAMED_EXTENT.finditer(text) if mark["whole"] or mark["part"] or mark["rest"]]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts: list[Part] = []
    for mark, end in zip(marks, ends, strict=True):
        before = "và" if text[: mark.start()].endswith("và") else ""
        parts += read_names(text[mark.end() : end], extent_name(mark), before)
    return with_closing_districts(parts)


def extent_name(mark: re.Match[str]) -> str:
    area, people = bool(mark["area"]), bool(mark["people"])
    if mark["rest"]:
        return "phầndânsốcònlại" if people else "phầncònlại"
    if mark["whole"]:
        return "toànbộdiệntích" if area and not people else "toànbộ"
    if mark["all"]:
        return "mộtphầndiệntíchvàtoànbộdânsố"
    return "mộtphầndânsố" if people and not area else "mộtphần"


def read_names(text: str, extent: str, before: str) -> list[Part]:
    """Read the names of a list; ``closing`` holds "và" where a name ends a group of names with its district.

    Raises:
        ValueError: a piece of the list is no name, kind, joint or note.
    """
    parts: list[Part] = []
    kind, joint, many, place = "", before, "", 0
    while place < len(text):
        token = TOKEN.match(text, place)
        if not token:
            raise ValueError(f"unknown words {text[place:]!r} in {text!r}")
        place = token.end()
        if token["joint"]:
            joint, many = token[0], ""
        elif token["many"] or token["kind"]:
            many, kind = token["many"] or many, (token["kind"] or kind).lower()
        elif token["name"]:
            free = token[0].startswith(("khuvực", "Trườngbắn"))
            name = token[0] if free else kind + token[0]
            parts.append(Part(name, extent, "", "và" if joint == "và" and not many else ""))
        else:
            parts[-1] = with_note(parts[-1], token["note"])
    return parts


def with_note(part: Part, note: str) -> Part:
    if note.startswith("baogồm"):
        return replace(part, name=f"{part.name}({note})")
    return replace(part, district=re.sub(r"^(?:do|thuộc)|quảnlý$", "", note))


def with_closing_districts(parts: list[Part]) -> list[Part]:
    """Give each name without a district the one that closes its group: "Phường1vàPhường2(thànhphốMỹTho)"."""
    district, closing = "", []
    for part in reversed(parts):
        if part.district:
            district = part.district if part.closing else ""
        closing.append(Part(part.name, part.extent, part.district, part.district or district))
    return closing[::-1]


def counted(text: str) -> Counter[str]:
    return Counter({kind: int(count) for count, kind in re.findall(r"(\d+)(xã|phường|đặckhu)", text)})


def kinds_of(units: Iterable[str]) -> Counter[str]:
    return Counter(kind[0] for unit in units if (kind := re.match("xã|phường|đặckhu", unit)))


def read_articles(corpus: Path) -> dict[str, Article]:
    """Read the articles that tell new units, by the number of their resolution."""
    articles = {}
    for path in sorted(corpus.glob("**/don-vi-cap-xa-moi-*.md")):
        _, matter, body = unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).split("---\n", 2)
        number = re.search(r"^number: (\S+)$", matter, re.MULTILINE)
        articles[number[1] if number else path.name] = read_article(path, body)
    return articles


def read_article(path: Path, body: str) -> Article:
    article = Article(path, [], [], {}, {}, set(), [])
    heading = ""
    for line in filter(None, map(str.strip, body.splitlines()[1:])):
        if line.startswith("## "):
            heading = line[3:]
        elif "cũ nay thuộc" not in heading and not read_sentence(article, heading, line):
            article.problems.append(f"a sentence of unknown form under {heading!r}: {line}")
    return article


def read_sentence(article: Article, heading: str, line: str) -> bool:
    """Add what a sentence says to its article; return whether its form is known."""
    told = next(filter(None, (form.fullmatch(line) for form in SENTENCES)), None)
    if told is None:
        return False
    fields = told.groupdict()
    article.named |= {squeeze(fields[name]).casefold() for name in ("where", "law") if name in fields}
    if told.re is KEPT_SENTENCE:
        article.kept.append(Part(unit_key(told["unit"]), "toànbộ", squeeze(told["district"] or "")))
    elif "clause" in fields:
        if told["unit"] != heading:
            article.problems.append(f"khoản {told['clause']}: {told['unit']} stands under {heading!r}")
        parts = stated_parts(fields["parts"]) if "parts" in fields else [split_label(told["old"], "đổitên")]
        verb = "merged" if "parts" in fields else "renamed"
        article.statements.append(Statement(int(told["clause"]), unit_key(told["unit"]), verb, tuple(parts)))
    else:
        table, name = article.splits if told.re is SPLIT_SENTENCE else article.shared, fold(unit_key(told["name"]))
        if name in table:
            article.problems.append(f"{told['name']} is summed up twice")
        table[name] = [
            (squeeze(use["extent"]), unit_key(use["unit"]), int(use["clause"]))
            for piece in told["uses"].split("; ")
            if (use := USE.fullmatch(piece))
        ]
    return True


def stated_parts(text: str) -> list[Part]:
    """Read "toàn bộ xã A cũ; một phần xã B cũ"; a piece of unknown form becomes a part of unknown extent."""
    pieces = ((piece, PART.fullmatch(piece)) for piece in text.split("; "))
    return [split_label(told["name"], squeeze(told["extent"])) if told else Part(piece, "?") for piece, told in pieces]


def split_label(label: str, extent: str) -> Part:
    name, district = re.fullmatch(r"(.+?)(?: \(((?!bao gồm)[^)]+)\))?", label).groups()
    return Part(squeeze(name), extent, squeeze(district or ""))


def unit_key(name: str) -> str:
    return squeeze(name[0].lower() + name[1:])


def squeeze(text: str) -> str:
    """Take all spaces out, so that the ones a text lacks do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def short(province: str) -> str:
    return re.sub(r"^(?:tỉnh|thànhphố)", "", province, flags=re.IGNORECASE).casefold()


def fold(name: str) -> str:
    """Fold the place of a tone in a syllable ("Hoà", "Hòa"), which clauses of one resolution write differently."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    words = re.findall(rf"[{LETTERS}]?[^{LETTERS}]*", unicodedata.normalize("NFC", name))
    folded = (sorted(unicodedata.normalize("NFD", word), key=lambda letter: letter in tones) for word in words)
    return unicodedata.normalize("NFC", "".join("".join(word) for word in folded))
