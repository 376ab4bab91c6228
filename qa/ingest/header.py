"""The head of a text, parsed once: number, date, kind, issuer and title, as far as the text states them.

An official document's head follows Decree 30/2020/NĐ-CP, appendix I: issuing body, "Số: …", place and date, kind,
subject. A report has a title, a date line and perhaps its publisher's name before the first sentence.
"""

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, takewhile
from urllib.parse import urlsplit

from qa.corpus import ArticleFields
from qa.ingest.boilerplate import NUMERIC_DATE, SLASHED, is_date_line, is_menu
from qa.ingest.encodings import is_syllable
from qa.ingest.layout import MOTTO
from qa.text import lexicon

KIND_HEADINGS = {kind.name.upper(): kind.key for kind in lexicon.DOCUMENT_KINDS if kind.heading}
KIND_CODES = {  # first letters of a suffix → the kind, by Decree 30/2020/NĐ-CP and the usage of the Party
    sign.upper(): kind.key for kind in lexicon.DOCUMENT_KINDS for sign in (kind.sign, *kind.other_signs) if sign
}
ISSUERS = lexicon.table("offices", "issuers")
"""The last letters of a number's suffix → who issued it, where the head of the document need not be read."""

BYLINES, SITES = lexicon.table("publishers", "bylines"), lexicon.table("publishers", "sites")
UNKNOWN_PUBLISHER = lexicon.table("publishers", "names")["unknown"]
REPOSITORY = re.compile(r"(?:github|gitlab|bitbucket|https?:)", re.IGNORECASE)
"""How the place begins that a text was passed on from, which is no publisher."""

HEAD = 3_000  # characters within which a document's head ends
TAIL = 2_500  # characters in which the formula of adoption and the signatures stand
CODE = r"[A-ZĐ][A-ZĐa-zđ]*\d{0,2}"
NUMBER = rf"\d{{1,6}}(?:\s?/\s?(?:19|20)\d\d)?\s?[/-]\s?{CODE}(?:(?:\s?[-/]|[-/]\s){CODE})*"
NUMBER_LINE = re.compile(
    rf"(?:\b(?:[Ll]uật|LUẬT)\s+(?:số|SỐ)\s*:|(?<!\w)S[ốỐ]\s*:|(?:^|\n|[-–—*]\s)[ \t]*Số\s)[\s*_.]*({NUMBER})"
)
TITLE_LINE = re.compile(
    rf"\s*(?:#+\s*)?(?:toàn văn\s*:?\s*)?(?:{lexicon.alternation(lexicon.NUMBERED_KINDS)}|văn bản hợp nhất)"
    rf"\s+(?:số\s*:?\s*)?({NUMBER})[^\n]{{0,15}}(?:\n|$)",
    re.IGNORECASE,
)
NUMBERED_TITLE = re.compile(
    rf"{lexicon.alternation(lexicon.NUMBERED_KINDS)}\s+(?:số\s*:?\s*)?({NUMBER})", re.IGNORECASE
)
DAY = r"(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})"
PLACE_AND_DATE = re.compile(rf"[^\W\d_]\.?\s*,\s*ngày\s*{DAY}")
ADOPTED = re.compile(rf"(?:thông\s+qua|ban\s+hành)\s+ngày\s*{DAY}")
EFFECTIVE = re.compile(
    rf"{lexicon.alternation(lexicon.DOCUMENT_NAMES)}\s+này\s+có\s+hiệu\s+lực\s+(?:thi\s+hành\s+)?"
    rf"(?:kể\s+)?từ\s+ngày\s*(?:{DAY}|{SLASHED})"
)
ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
WRITTEN_DATE = re.compile(rf"[Nn]gày\s*{DAY}")
TABLE_NUMBER = re.compile(rf"^[|*\s]*Số(?: ký)? hiệu[*\s]*[|:][*\s]*({NUMBER})", re.MULTILINE)
TABLE_DATE = re.compile(
    rf"^[|*\s]*Ngày ban hành[*\s]*[|:][*\s]*(?:{SLASHED}|(?:ngày\s*)?{DAY})", re.MULTILINE | re.IGNORECASE
)
TABLE_ISSUER = re.compile(r"^[|*\s]*(?:Cơ quan|Nơi) ban hành[*\s]*[|:][*\s]*([^|\n*]+)", re.MULTILINE)
HEADING = re.compile(
    rf"(?:^|\n|\d{{4}}|-{{3,}}|[\])])[ \t*_#]*({'|'.join(KIND_HEADINGS)})(?![^\W\d_])(?!\s+(?:số|này|năm)\b)"
)
BODY_START = re.compile(
    r"\n[\s-]*(?:Căn cứ|Xét |Theo đề nghị|Thực hiện |Điều 1\b|Chương I\b|CHƯƠNG I\b|Kính gửi)"
    r"|\s(?:Căn cứ [A-ZĐ]|Kính gửi\s*:)"
)
DATE_LINES = 12
LONGEST_DATE_LINE = 90
LONGEST_TITLE = 300
FEWEST_TITLE_WORDS = 3
FEWEST_SUBJECT_WORDS = 5
BYLINE = re.compile(rf"(?:^|\n)\s*\(?({'|'.join(map(re.escape, BYLINES))})\)?\s*[-–—]\s")
ISSUING = lexicon.phrases("offices.issuing_titles", "offices.issuing_bodies", "offices.issuing_institutions")
OFFICES = tuple(map(str.upper, ISSUING))
BODIES = tuple(f"{name} ".upper() for name in (*ISSUING, *lexicon.BODIES, *lexicon.phrases("offices.institutions")))
SECOND_BODY = re.compile(r"(?<=\w)(?<!ỦY)(?<!UỶ)(?<!TRƯỞNG)\s+(?=(?:SỞ|BAN)\s)(?!BAN (?:NHÂN|HÀNH)\b)")
"""Between the body above and the one that issued a document, written in one line."""

PLACES = {name.lower(): name for one in lexicon.PROVINCES for name in (one.name, *one.joined, *one.also)}
PLACE = re.compile(rf"(?:(?<=tỉnh )|(?<=thành phố )){lexicon.alternation(PLACES)}(?!\w)", re.IGNORECASE)
CONNECTORS = frozenset("CỦA VÀ CHO DO VỚI BỞI TẠI GIỮA THUỘC PHÒNG LÀ PHÓ TRÊN".split())
"""Words after which an office still belongs to the subject: "THẨM QUYỀN CỦA ỦY BAN NHÂN DÂN"."""

BRACKETS = re.compile(r"\[[^\]]*\]")
MARKUP = " \t*_#|-–—"

WORD = re.compile(r"[^\W\d_]+|[.:;!?…\n\"“(]")
TOKEN = re.compile(r"[^\W\d_]+")
BODY = 100_000  # characters of the text that are read for its names
NOTHING_GIVEN = ArticleFields()


@dataclass(frozen=True, slots=True)
class Header:
    """The fields that a text states; ``official``: it is a legal or administrative document, not a report about one."""

    fields: ArticleFields
    official: bool


def parse_header(text: str, given: ArticleFields = NOTHING_GIVEN) -> Header:
    """Return the given fields, and for each that is missing what the head of the text states."""
    if REPOSITORY.match(given.source):
        given = given.model_copy(update={"source": "", "provenance": given.source})
    if lexicon.OPENS_TITLE.match(given.number):
        within = re.search(NUMBER, given.number)
        given = given.model_copy(update={"number": within[0] if within else ""})
    head = preamble(text)
    heading, motto = HEADING.search(head), MOTTO.search(head)
    numbered = TABLE_NUMBER.search(head) or NUMBER_LINE.search(head)
    official = bool(heading or motto or numbered)
    stated_number = numbered or TITLE_LINE.match(text) or (official and NUMBERED_TITLE.match(given.title)) or None
    number = given.number or (re.sub(r"\s+", "", stated_number[1]) if stated_number else "")
    effective = EFFECTIVE.search(text) if official else None
    kind = given.kind or (KIND_HEADINGS[heading[1]] if heading else kind_of_number(number))
    issuer = find_issuer(head, motto or heading, number) if official else ""
    byline = BYLINE.search(text[:HEAD])
    publisher = publisher_of(given.url) or (BYLINES[byline[1]] if byline else UNKNOWN_PUBLISHER)
    source = given.source or as_publisher(issuer, text) or publisher
    stated = {
        "number": number,
        "kind": kind or ("other" if official or (source == UNKNOWN_PUBLISHER and not given.url) else "news"),
        "source": source,
        "published": given.published or find_date(text, head, official=official),
        "effective_from": given.effective_from or date_of(effective),
    }
    fields = given.model_copy(update=stated)
    if not fields.title:
        title = official_title(fields, text, head, heading, issuer) if official else ""
        fields = fields.model_copy(update={"title": title or first_title(text)})
    return Header(fields, official)


def preamble(text: str) -> str:
    """Return the head of a document: what stands before its grounds, its addressees or its first article."""
    head = "\n" + text[:HEAD]
    body = BODY_START.search(head)
    return head[1 : body.start()] if body else head[1 : HEAD // 2]


def kind_of_number(number: str) -> str:
    """Return the kind that a number's letters stand for; letters of offices alone are those of a letter."""
    code = TOKEN.search(number.upper())
    if not code:
        return ""
    return lexicon.SIGNS[code[0]].key if code[0] in lexicon.SIGNS else "official_letter"


def find_issuer(head: str, below: re.Match[str] | None, number: str) -> str:
    """Return who issued a document, in capitals where its head says so above the motto or kind, or nothing."""
    table = TABLE_ISSUER.search(head)
    if table:
        return table[1].strip()
    codes = TOKEN.findall(number.upper())
    if codes and codes[-1] in ISSUERS:
        return ISSUERS[codes[-1]]
    if not below:
        return ""
    lines = map(capitals_last, head[: below.start()].split("\n"))
    said = [line for line in lines if len(line) > 5 and (MOTTO.match(below[0]) or f"{line} ".startswith(BODIES))]
    return said[-1] if said else ""


def capitals_last(line: str) -> str:
    """Return the words in capitals that end a line."""
    words = line.strip(MARKUP + "\r").split()
    capitals = list(takewhile(lambda word: not any(map(str.islower, word)), reversed(words)))[::-1]
    return " ".join(capitals).lstrip("0123456789.:) " + MARKUP) if any(map(str.isupper, capitals)) else ""


def as_publisher(issuer: str, text: str) -> str:
    """Return an issuer as a sentence writes it, the body above it in brackets."""
    above, *rest = SECOND_BODY.split(issuer, maxsplit=1)
    named = [sentence_case(one, text) for one in (*rest, above)]
    return named[0] + (f" ({named[1]})" if rest else "")


def publisher_of(url: str) -> str:
    """Return the publisher behind an address, or nothing where the site is not known."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    known = [site for site in SITES if host == site or host.endswith("." + site)]
    return SITES[max(known, key=len)] if known else ""


def find_date(text: str, head: str, *, official: bool) -> datetime.date | None:
    """Return when a document was issued or a report was published, or None when the text does not say."""
    found = TABLE_DATE.search(head) or PLACE_AND_DATE.search(head)
    if found:
        return date_of(found)
    if official:
        adopted = list(ADOPTED.finditer(text[-TAIL:]))
        return date_of(adopted[-1] if adopted else None)
    top = text.split("\n", DATE_LINES)[:DATE_LINES]
    for line in (line for line in top if len(line) <= LONGEST_DATE_LINE):
        found = NUMERIC_DATE.search(line) or WRITTEN_DATE.search(line)
        if found and is_date_line(line, found):
            return date_of(found)
        if stamp := ISO_DATE.search(line):
            return date_of(stamp)
    return None


def date_of(found: re.Match[str] | None) -> datetime.date | None:
    """Return the date of a match, whose groups are day, month and year or year, month and day; None for no such day."""
    if not found:
        return None
    parts = [int(group) for group in found.groups() if group]
    year, month, day = parts if parts[0] > 31 else parts[::-1]
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def official_title(fields: ArticleFields, text: str, head: str, heading: re.Match[str] | None, issuer: str) -> str:
    """Return "Nghị quyết 1656/NQ-UBTVQH15 về việc …" out of the heading, number and subject of a document."""
    number, name = fields.number, lexicon.KIND_NAMES.get(fields.kind, "")
    opening = first_title(text)
    if number and number in opening and len(opening.split()) > FEWEST_SUBJECT_WORDS:
        return opening
    if not heading:
        return joined(name, number, letter_subject(head)) if number and name else ""
    if fields.kind == "constitution":
        return joined(name, str(fields.published.year) if fields.published else "")
    subject = sentence_case(without_issuer(subject_after(head[heading.end() :]), issuer.upper()), text)
    if fields.kind == "law":
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


def sentence_case(heading: str, body: str) -> str:
    """Return a heading in capitals as a sentence writes it; other headings are returned as they are.

    Each word takes the case that the body gives it more often beside the same neighbour. What is no Vietnamese
    syllable ("UBND", "QH15") stays in capitals; a province has those of the map.
    """
    letters = [character for character in heading if character.isalpha()]
    if not letters or sum(map(str.isupper, letters)) < 0.8 * len(letters):
        return heading
    votes = case_votes(body[:BODY])
    tokens = list(TOKEN.finditer(heading))
    words = ["", *(token[0].lower() for token in tokens), ""]
    written = list(heading)
    for token, before, word, after in zip(tokens, words, words[1:], words[2:], strict=False):
        if is_syllable(word):
            capital = not before or votes[before, word, 1] + votes[word, after, 0] > 0
            written[token.start() : token.end()] = word.capitalize() if capital else word
    return PLACE.sub(lambda place: PLACES[place[0].lower()], "".join(written))


def case_votes(body: str) -> Counter[tuple[str, str, int]]:
    """Count for pairs of neighbours, by side, capitals (+1) against small letters (-1) where they tell of names."""
    votes: Counter[tuple[str, str, int]] = Counter()
    opening = True
    for left, right in pairwise(WORD.findall(body)):
        if not left[0].isalpha():
            opening = True
            continue
        if right[0].isalpha() and not any(len(word) > 1 and word.isupper() for word in (left, right)):
            pair = (left.lower(), right.lower())
            votes[*pair, 1] += 1 if right[0].isupper() else -1
            if not opening:
                votes[*pair, 0] += 1 if left[0].isupper() else -1
        opening = False
    return votes
