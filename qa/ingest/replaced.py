"""The documents that a document says it replaces as a whole, by number.

Decree 30/2020/NĐ-CP and the law on legal documents want the last articles to name them: "Nghị định này thay thế Nghị
định số …", "Luật … số … hết hiệu lực kể từ ngày Luật này có hiệu lực". What loses single articles is left out.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from qa.ingest.header import NUMBER
from qa.text import lexicon

NAME = lexicon.alternation(lexicon.NUMBERED_KINDS)
THIS = rf"{lexicon.alternation(lexicon.DOCUMENT_NAMES)}\s+này"
MARKER = r"(?:\d{1,2}\.|[a-zđ]\)|[-–+*])\s*"
NUMBERED = rf"{NAME}(?:\s+(?!số\b|này\b|theo\b|của\b)[^\W\d_]+,?){{0,15}}\s+số\s*:?\s*({NUMBER})"
"""A document at the beginning of a clause: its kind, for a law its title, its number."""

REPLACES = re.compile(
    rf"{THIS}\s(?:có\s+hiệu\s+lực[^.;\n]{{0,120}}?\svà\s+)?thay\s+thế\s*(?:cho\s+)?:?\s*({NUMBERED}[^;\n]{{0,600}})"
)
REPLACED = re.compile(
    rf"(?:^|\n|[.;]\s)\s*(?:{MARKER})?({NUMBERED}[^;\n]{{0,600}}?)\s"
    rf"hết\s+hiệu\s+lực\s+(?:thi\s+hành\s+)?(?:kể\s+)?từ\s+(?:ngày|thời\s+điểm)\s+{THIS}\s+có\s+hiệu\s+lực"
)
LIST = re.compile(
    rf"\n[^\n]*(?:{THIS}\s[^\n]{{0,120}}thay\s+thế[^\n]{{0,40}}|[Cc]ác\s+(?:{NAME}|văn bản)\s+sau[^\n]{{0,20}}\s"
    rf"hết\s+hiệu\s+lực[^\n]{{0,80}}):\s*((?:\n+\s*{MARKER}{NUMBERED}[^\n]*)+)",
    re.IGNORECASE,
)
ITEM = re.compile(rf"\n\s*({MARKER})({NUMBERED}[^\n]*)")


def replaced(text: str, own: str) -> tuple[str, ...]:
    """Return the numbers of the documents that a text replaces whole, each once; none for a consolidated text.

    ``own``: the number of the document itself. A consolidated text ("VBHN") repeats what its amendments once replaced.
    """
    if "VBHN" in own:
        return ()
    clauses = [match[1] for pattern in (REPLACES, REPLACED) for match in pattern.finditer(text)]
    clauses += [item for found in LIST.finditer(text) for item in items(f"\n{found[1]}")]
    numbers = [re.sub(r"\s+", "", number) for clause in clauses for number in numbers_of(clause)]
    return tuple(dict.fromkeys(number for number in numbers if number != own))


def items(lines: str) -> Iterator[str]:
    """Yield the items of a list, up to one whose marker is of another form: there another clause begins."""
    found = list(ITEM.finditer(lines))
    for item in takewhile(lambda item: item[1].strip()[-1] == found[0][1].strip()[-1], found):
        yield item[2]


def numbers_of(clause: str) -> list[str]:
    """Return the number that a clause begins with, and those of others of the same kind that are added to it."""
    first = re.match(NUMBERED, clause)
    kind = re.match(NAME, clause)
    if not first or not kind:
        return []
    another = rf"(?:,|\svà)\s+{re.escape(kind[0])}\s+số\s*:?\s*({NUMBER})"
    rest = re.split(r"\bsửa\s+đổi\b", clause[first.end() :], maxsplit=1)[0]  # what follows amended it, and lives on
    return [first[1], *re.findall(another, rest)]
