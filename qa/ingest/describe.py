"""A draft that lacks fields → one that has them, from its own text; a field that was given always wins."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from urllib.parse import urlsplit

from qa.ingest import facts
from qa.ingest.boilerplate import is_menu
from qa.ingest.casing import sentence_case
from qa.ingest.types import Draft
from qa.ingest.vocabulary import BYLINES, KIND_NAMES, SITES, UNKNOWN_PUBLISHER

LONGEST_TITLE = 300
FEWEST_TITLE_WORDS = 3
FEWEST_SUBJECT_WORDS = 5
BYLINE = re.compile(rf"(?:^|\n)\s*\(?({'|'.join(map(re.escape, BYLINES))})\)?\s*[-–—]\s")
OFFICES = ("CHỦ TỊCH", "BỘ TRƯỞNG", "THỦ TƯỚNG", "ỦY BAN", "UỶ BAN", "HỘI ĐỒNG", "CHÍNH PHỦ", "QUỐC HỘI", "CHÁNH ÁN")
CONNECTORS = frozenset("CỦA VÀ CHO DO VỚI BỞI TẠI GIỮA THUỘC PHÒNG LÀ PHÓ TRÊN CỦA, ,".split())
"""Words after which an office still belongs to the subject: "THẨM QUYỀN CỦA ỦY BAN NHÂN DÂN"."""

BRACKETS = re.compile(r"\[[^\]]*\]")
MARKUP = " \t*_#|-–—"


def describe(draft: Draft) -> Draft:
    """Return the draft with every field that its text states."""
    text = draft.text
    number = draft.number or facts.find_number(text)
    official = facts.is_official(text)
    kind = draft.kind or facts.find_kind(text, number)
    publisher = draft.publisher or find_publisher(draft, number)
    return replace(
        draft,
        number=number,
        kind=kind or ("news" if publisher != UNKNOWN_PUBLISHER and not official else "other"),
        publisher=publisher,
        published=draft.published or facts.find_date(text),
        title=draft.title or (official_title(draft, kind, number) if official else "") or first_title(text),
        effective_from=draft.effective_from or (facts.find_effective(text) if official else None),
    )


def find_publisher(draft: Draft, number: str) -> str:
    """Return the issuer of a document or the publisher of a report."""
    if facts.is_official(draft.text):
        issuer = facts.find_issuer(draft.text, number)
        if issuer:
            return titled(issuer, draft.text)
    byline = BYLINE.search(draft.text[: facts.HEAD])
    return publisher_of(draft.url) or (BYLINES[byline[1]] if byline else UNKNOWN_PUBLISHER)


def titled(issuer: str, text: str) -> str:
    return sentence_case(issuer, text)


def publisher_of(url: str) -> str:
    """Return the publisher behind an address, or its host, or nothing."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    known = [site for site in SITES if host == site or host.endswith("." + site)]
    return SITES[max(known, key=len)] if known else host


def official_title(draft: Draft, kind: str, number: str) -> str:
    """Return "Nghị quyết 1656/NQ-UBTVQH15 về việc …" out of the heading, number and subject of a document."""
    text = draft.text
    head = facts.preamble(text)
    opening = first_title(text)
    if number and number in opening and len(opening.split()) > FEWEST_SUBJECT_WORDS:
        return opening
    name = KIND_NAMES.get(kind, "")
    heading = facts.HEADING.search(head)
    if not heading:
        return joined(name, number, letter_subject(head)) if number and name else ""
    if kind == "constitution":
        year = draft.published or facts.find_date(text)
        return joined(name, str(year.year) if year else "", "")
    raw = subject_after(head[heading.end() :])
    subject = sentence_case(without_issuer(raw, facts.find_issuer(text, number).upper()), text)
    if kind == "law":
        return joined(name, subject, f"(số {number})" if number else "")
    return shortened(joined(name or heading[1].capitalize(), number, lowered(subject)))


def joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def letter_subject(head: str) -> str:
    found = re.search(r"(?:V/v|Về việc|Về|Trích yếu\s*:)\s*:?\s+([^\n]+)", head)
    if not found:
        return ""
    return ("" if found[0].startswith("Trích") else "về ") + lowered(found[1].strip(MARKUP))


def subject_after(rest: str) -> str:
    """Return the subject below a kind's heading: its lines up to a blank one or the issuer's name."""
    lines: list[str] = []
    for line in rest.split("\n"):
        clean = capitals_first(" ".join(BRACKETS.sub("", line).strip(MARKUP).split()))
        if lines and (not clean or ends_subject(lines[-1], clean)):
            break
        if clean:
            lines.append(clean)
    return " ".join(lines)


def ends_subject(subject: str, line: str) -> bool:
    office = line.startswith(OFFICES) and subject.split()[-1] not in CONNECTORS
    return office or line.startswith("(") or subject.isupper() != line.isupper()


def capitals_first(line: str) -> str:
    """Return the capitals that open a line which goes on in small letters: the text follows without a break."""
    words = line.split()
    capitals = list(takewhile(lambda word: not any(map(str.islower, word)), words))
    if not FEWEST_TITLE_WORDS <= len(capitals) < len(words):
        return line
    last_is_initial = words[len(capitals) - 1].isupper() and len(words[len(capitals) - 1]) == 1
    return " ".join(capitals[:-1] if last_is_initial else capitals)


def without_issuer(subject: str, issuer: str) -> str:
    """Return a subject in capitals without the issuer's name that follows it on the same line."""
    for name in (f"CHỦ TỊCH {issuer}", f"BỘ TRƯỞNG {issuer}", issuer):
        before = subject.removesuffix(name).rstrip()
        if issuer and before and before != subject.rstrip() and before.split()[-1] not in CONNECTORS:
            return before
    return subject


def lowered(subject: str) -> str:
    """Return a subject as it stands after "Nghị định 1/2025/NĐ-CP": its first letter small."""
    return subject[:1].lower() + subject[1:]


def first_title(text: str) -> str:
    """Return the first line that can be a title, cut at a word when it is a whole paragraph."""
    for line in text.split("\n"):
        clean = " ".join(line.strip(MARKUP).split())
        if len(clean.split()) >= FEWEST_TITLE_WORDS and any(map(str.isalpha, clean)) and not is_menu(clean):
            return shortened(clean)
    return ""


def shortened(line: str) -> str:
    if len(line) <= LONGEST_TITLE:
        return line
    return line[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
