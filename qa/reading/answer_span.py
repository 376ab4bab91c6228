"""A quoted sentence → the part of it that answers most shortly: the number with its unit, the date, the name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from qa.reading.answer_type import AnswerType, ExpectedAnswer
from qa.text import NUMBER_WORDS, capitalised, fold, lexicon, words

LISTS = {
    name: frozenset(some)
    for name, some in tomllib.loads((files("qa.reading") / "phrase_borders.toml").read_text(encoding="utf-8")).items()
}
SYLLABLE = re.compile(r"[^\W\d_]+")
STRETCH = re.compile(r"(?: [^\W\d_]+)+")
LONGEST_TAIL = 7
"""Syllables that may follow a number or a name before the phrase ends; more are no phrase."""


def whole_phrase(sentence: str, start: int, end: int, *, is_body: bool = False) -> str | None:
    """Return ``sentence[start:end]``, longer by what belongs to its last name or unit; None where it cuts a phrase.

    The name of a body (``is_body``) is capitalised only at some of its syllables ("Vụ Pháp chế"): it goes on to the
    next syllable that begins something else. A number keeps the whole of what it counts.
    """
    end = without_loose_end(sentence, start, end)
    if start >= end or begins_inside(sentence, start):
        return None
    if is_body:
        whole_end = end_of_name(sentence, end)
    elif sentence[start].isupper() or sentence[start:end].split()[-1][0].isupper():
        whole_end = end
    else:
        whole_end = end_of_unit(sentence, start, without_other_items(sentence, start, end))
    whole = sentence[start:whole_end] if whole_end else ""
    return whole if whole and is_balanced(whole) else None


def without_loose_end(sentence: str, start: int, end: int) -> int:
    """Return the end without the function words and the punctuation that a span ends with."""
    while start < end:
        said = sentence[start:end].split()
        last = said[-1].lower().strip(",;:")
        if len(said) > 1 and last in LISTS["function_words"] and not (last in LISTS["units"] and len(said) < 4):
            end = sentence.rindex(said[-1], start, end)
        elif sentence[end - 1] in " ,;:":
            end -= 1
        else:
            break
    return end


def without_other_items(sentence: str, start: int, end: int) -> int:
    """Return the end before a comma after which nothing is counted: "10 phòng | , Văn phòng", "63 tỉnh, thành phố"."""
    for comma in re.finditer(r",\s+", sentence[start:end]):
        next_words = SYLLABLE.findall(sentence[start + comma.end() :])[:2]
        if not ({" ".join(next_words), *next_words[:1]} & LISTS["units"]):
            return start + comma.start()
    return end


def begins_inside(sentence: str, start: int) -> bool:
    """Tell whether a capitalised span goes on a capitalised name before it: "Chủ tịch" in "Phó Chủ tịch"."""
    before = sentence[:start]
    previous = before.rstrip(" ").rsplit(" ", 1)[-1]
    opens = len(before.split()) == 1
    return (
        sentence[start].isupper()
        and before.endswith(" ")
        and previous[:1].isupper()
        and previous.isalpha()
        and not opens
    )


def end_of_unit(sentence: str, start: int, end: int) -> int | None:
    """Return where a number's unit ends: at a unit known to be whole, else at the next border; None without one."""
    said = [word.lower() for word in SYLLABLE.findall(sentence[start:end])]
    whole = said and (said[-1] in LISTS["units"] or " ".join(said[-2:]) in LISTS["units"])
    return end if whole or not said else end_of_tail(sentence, end)


def end_of_tail(sentence: str, end: int) -> int | None:
    """Return where the noun phrase that goes on at ``end`` ends; None where it goes on for too long."""
    stretch = STRETCH.match(sentence, end)
    words = stretch[0].split() if stretch else []
    taken = 0
    while taken < len(words) and words[taken].islower() and not is_border(words, taken):
        taken += 1
    return end + sum(len(word) + 1 for word in words[:taken]) if taken <= LONGEST_TAIL else None


def end_of_name(sentence: str, end: int) -> int | None:
    """Return where the name of a body ends, its further parts included ("Bộ Giáo dục và Đào tạo")."""
    while True:
        tail = end_of_tail(sentence, end)
        if tail is None:
            return None
        further = re.compile(r"(?: và| -)? [^\W\d_]+").match(sentence, tail)
        if not further or not further[0].split()[-1][0].isupper():
            return tail
        end = further.end()


def is_border(words: list[str], place: int) -> bool:
    """Tell whether a noun phrase ends before a syllable: a function word, or a verb of two syllables."""
    return words[place] in LISTS["function_words"] or " ".join(words[place : place + 2]) in LISTS["verbs"]


def is_balanced(text: str) -> bool:
    """Tell whether brackets and quotation marks open and close within a text."""
    pairs = ("()", "“”", "[]", "«»")
    return all(text.count(one[0]) == text.count(one[1]) for one in pairs) and text.count('"') % 2 == 0


NUMBER = r"\d+(?:[.,]\d+)*"
RANGE = rf"{NUMBER}(?:\s*(?:-|–|đến)\s*{NUMBER})?"
SCALE = r"(?:triệu|tỷ|tỉ|nghìn|ngàn|trăm)"
CAPITAL = r"[^\W\d_a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệđìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]"
NAME = rf"{CAPITAL}[^\W\d_]*(?:\s+{CAPITAL}[^\W\d_]*)*"
SURNAME = lexicon.alternation(lexicon.SURNAMES)
DAY = (
    r"(?:ngày\s+)?(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{4})?(?![\d/])"
    r"|ngày\s+\d{1,2}(?:\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?)?"
)
DOCUMENT_KIND = lexicon.alternation(lexicon.NUMBERED_KINDS)
BODIES = (*lexicon.INSTITUTIONS, *lexicon.BODIES, *lexicon.phrases("offices.short_institutions"))
TITLE = rf"(?:Phó )?{lexicon.alternation(map(capitalised, lexicon.LEADING_TITLES))}"
BODY = rf"(?:{TITLE}|{lexicon.alternation(map(capitalised, BODIES))})"
BODY_WORD = "cấp|nhân dân|dân tộc|nhà nước|kiểm sát|khu vực|tỉnh|xã"
UNIT_OF_PLACE = lexicon.either_case((*lexicon.PLACE_WORDS, "tp"))
PLACE_UNIT = re.compile(rf"^{UNIT_OF_PLACE}\s+(?={CAPITAL})")
LEVELS = [{fold(word).split()[0] for word in (*level.words, *level.short)} for level in lexicon.PLACE_LEVELS[1:4]]
"""The first words of what one can be part of, by level: province, district, commune."""

FORMS = {
    AnswerType.MONEY: rf"{RANGE}(?:\s*{SCALE})*\s*(?:đồng|VND|VNĐ|USD|đô la|euro)\b(?:/[^\W\d]+)?"
    rf"|{RANGE}\s*(?:triệu|tỷ|tỉ)\b"
    rf"|{RANGE}\s*(?:tháng|lần|năm)\b[^.,;]{{0,24}}?\b(?:lương|phụ cấp|trợ cấp|mức|tiền)\b|{RANGE}\s*%",
    AnswerType.AREA: rf"{NUMBER}(?:\s*{SCALE})?\s*(?:km2|km²|ha\b|héc[- ]?ta|m2|m²|ki-?lô-?mét vuông|dặm vuông)",
    AnswerType.DURATION: rf"(?:{RANGE}|{NUMBER_WORDS})\s*"
    r"(?:năm|tháng|ngày(?:\s+làm việc)?|giờ|tuần|phút|thế kỷ|thập kỷ)\b"
    r"|\b(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm)\b",
    AnswerType.CLOCK: r"\b\d{1,2}\s*(?:giờ|h)(?:\s*\d{2})?\b|\b\d{1,2}:\d{2}\b",
    AnswerType.PHONE: r"(?<!\d)(?:\+?84|0|1[89]00)[\d .]{5,12}\d\b",
    AnswerType.SHARE: rf"{NUMBER}\s*(?:%|phần trăm)|\b\d/\d\b|\b(?:một nửa|một phần (?:ba|tư))\b",
    AnswerType.DATE: rf"{DAY}|tháng\s+\d{{1,2}}(?:/\d{{4}}|\s+năm\s+\d{{4}})?|\b(?:đầu |cuối |giữa )?năm\s+\d{{3,4}}"
    r"|\bquý\s+[IVX]+|\bthế kỷ\s+(?:thứ\s+)?[IVX\d]+|\bthập niên\s+\d+|(?<![\d/.,])(?:1\d|20)\d\d(?![\d/.,%])",
    AnswerType.PERSON: rf"\b{SURNAME}(?:\s+{CAPITAL}[^\W\d_]+){{1,3}}",
    AnswerType.ADDRESS: rf"\bsố\s+\d+\w?(?:[-/]\d+)?,?\s+(?:ngõ|đường|phố|{CAPITAL})[^.;]*"
    rf"|\b(?:đường|(?<![Tt]hành )phố)\s+{NAME}[^.;)]*",
    AnswerType.WHO: rf"\b{BODY}(?:\s+(?:và\s+)?{CAPITAL}[^\W\d_]*|\s+(?:{BODY_WORD})\b)*",
    AnswerType.PLACE: rf"\b{UNIT_OF_PLACE}\s+(?:{NAME}(?:\s+\d+)?|\d+)",
    AnswerType.DOCUMENT: rf"(?:{DOCUMENT_KIND}[^.;:]{{0,40}}?\s+(?:số\s+)?)?"
    rf"\d+(?:/\d{{4}})?[/-][A-ZĐ][\wĐ]*(?:[-/][\wĐ]+)*"
    rf"|Luật {CAPITAL}[^,.;:]{{3,40}}? \d{{4}}|Hiến pháp năm \d{{4}}",
}
ANY_CASE = (AnswerType.DATE, AnswerType.DURATION)
COMPILED = {kind: re.compile(form, re.IGNORECASE if kind in ANY_CASE else 0) for kind, form in FORMS.items()}
FIGURE = re.compile(
    rf"(?<![\w/.,-])(?:{NUMBER}/{NUMBER}(?![\w/])|{RANGE}|{NUMBER_WORDS})(?:\s*(?:%|{SCALE}\b))*", re.IGNORECASE
)
NO_FIGURE_BEFORE = re.compile(
    r"(?:ngày|tháng|năm|khoản|điều|điểm|(?<!dân )(?<!tổng )số|khóa|khoá|quý|thứ)\s+$", re.IGNORECASE
)
NO_FIGURE_AFTER = re.compile(r"\s*(?:/|-)\s*\w")
OTHER_MEASURE = re.compile(
    r"\s*(?:%|km2|km²|ha\b|đồng|triệu đồng|tỷ đồng|tháng|năm|ngày|giờ|lần|mức|điểm|tuổi)", re.IGNORECASE
)
A_DOCUMENT = re.compile(rf"(?:{DOCUMENT_KIND}|Điều|Khoản|Điểm|Nghị|Quyết|Thông|Căn|Trường|Đối|Việc|Các|Trong|Theo)\b")
A_PERSON = re.compile(rf"{SURNAME}\b")
A_BODY = re.compile(rf"(?:{BODY}|{DOCUMENT_KIND})\b")
NAMED = re.compile(rf"\b{NAME}")
YEAR = re.compile(r"(?:19|20)\d\d")
WHEN = re.compile(r"\bkhi [^.;:]{6,120}")
SAME_UNIT = {"dan": "nguoi", "nhan": "nguoi", "cong": "nguoi", "can": "nguoi"}
FOLLOWING = re.compile(r"\s+([^\W\d]+(?:[ ,]+[^\W\d]+){0,6})")
SEPARATOR = re.compile(r"[;,]|\bvà\b|\n")
AFTER_NUMBER = re.compile(r"\d[/-][\d/]*[A-ZĐ][\w/-]*,?\s+$")
ISSUED = re.compile(r"\b(?:ban hành|ký|kí|thông qua|ra đời|bao giờ có)\b")
IN_FORCE = re.compile(r"\b(?:hiệu lực|áp dụng|thi hành|thực hiện|bắt đầu|bãi bỏ|bỏ|hết hạn)\b")
COMES_INTO_FORCE = re.compile(r"\b(?:hiệu lực|áp dụng|thi hành|kể từ)\b[^.;]{0,40}$")
FEWEST_SEPARATORS, NO_LIST, ANY_FORM = 2, 0.4, 0.5
CONDITION, NO_UNIT, SAME_KIND, OTHER_UNIT, OTHER_LEVEL = 0.6, 0.7, 0.7, 0.2, 0.4
"""How surely a part answers: a condition to "when", a number without or with half the unit, another unit, a place of
another level."""

DAY_OF_A_DOCUMENT, OTHER_DAY = 0.2, 0.6
"""How surely a date answers "when" if it only names a document, and one not said to begin or end what is in force."""

SOME_BODY, SOME_NAME = 0.6, 0.5
"""How surely a sentence that names a body, or anybody, says who: any sentence may."""


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """A part of a sentence (``sentence[start:][:len(text)]``), and how surely it has the form asked for, 0..1."""

    text: str
    fit: float
    start: int


def short_answer(asked: ExpectedAnswer, sentence: str, question: str) -> AnswerSpan | None:
    """Return the part of the sentence that has the form asked for, best first by fit, then by place; None without.

    What the question itself says is no answer to it.
    """
    known = f" {' '.join(words(question))} "
    found = [short for short in parts(asked, sentence, question) if f" {' '.join(words(named(short)))} " not in known]
    return max(found, key=lambda short: short.fit, default=None)


def headline(asked: ExpectedAnswer, sentence: str, question: str) -> str | None:
    """Return the short answer where it is whole, to be shown by itself; None where it would cut a name or a phrase."""
    short = short_answer(asked, sentence, question)
    if short is None or (asked.kind is AnswerType.WHO and A_DOCUMENT.match(short.text)):
        return None
    is_body = asked.kind is AnswerType.WHO or (asked.kind is AnswerType.PERSON and not A_PERSON.match(short.text))
    return whole_phrase(sentence, short.start, short.start + len(short.text), is_body=is_body)


def named(short: AnswerSpan) -> str:
    """Return what the part says apart from the kind of place it names."""
    return PLACE_UNIT.sub("", short.text)


def fit_of(asked: ExpectedAnswer, sentence: str, short: AnswerSpan | None) -> float:
    """Return how surely a sentence has the form that an answer needs, 0..1; 0.5 where any sentence may answer."""
    if short:
        return short.fit
    if asked.kind is AnswerType.LIST:
        return 1.0 if len(SEPARATOR.findall(sentence)) >= FEWEST_SEPARATORS else NO_LIST
    return 0.0 if has_form(asked) and asked.kind is not AnswerType.WHO else ANY_FORM


def has_form(asked: ExpectedAnswer) -> bool:
    """Tell whether the answer has a form of its own, so that a sentence without it cannot answer."""
    return asked.kind in COMPILED or asked.kind is AnswerType.FIGURE


def parts(asked: ExpectedAnswer, sentence: str, question: str) -> Iterator[AnswerSpan]:
    """Yield every part of the sentence that could be the short answer."""
    yield from formed(asked, sentence, question)
    if asked.kind in (AnswerType.WHO, AnswerType.PERSON):
        for name in NAMED.finditer(sentence, 1):
            if asked.kind is AnswerType.WHO or is_person(name[0]):
                yield span(name, SOME_NAME)
    if asked.kind is AnswerType.DATE:
        yield from (span(found, CONDITION) for found in WHEN.finditer(sentence))


def formed(asked: ExpectedAnswer, sentence: str, question: str) -> Iterator[AnswerSpan]:
    """Yield the parts that have the form of the answer."""
    if asked.kind is AnswerType.FIGURE:
        yield from figures(asked.unit, sentence, set(words(question)))
    elif asked.kind is AnswerType.PLACE:
        for place in COMPILED[AnswerType.PLACE].finditer(sentence):
            yield span(place, level_fit(asked.unit, place[0]))
    elif asked.kind is AnswerType.DATE:
        for date in COMPILED[AnswerType.DATE].finditer(sentence):
            yield span(date, date_fit(question, sentence[: date.start()]))
    elif asked.kind in COMPILED:
        fit = SOME_BODY if asked.kind is AnswerType.WHO else 1.0
        yield from (span(found, fit) for found in COMPILED[asked.kind].finditer(sentence))


def span(found: re.Match[str], fit: float) -> AnswerSpan:
    """Return what was found, without white space around it."""
    text = found[0].lstrip()
    return AnswerSpan(text.rstrip(), fit, found.end() - len(text))


def date_fit(question: str, before: str) -> float:
    """Return how surely the date after ``before`` answers "when": the day of a document's name tells its issue only."""
    if ISSUED.search(question):
        return 1.0
    if AFTER_NUMBER.search(before):
        return DAY_OF_A_DOCUMENT
    return 1.0 if COMES_INTO_FORCE.search(before) or not IN_FORCE.search(question) else OTHER_DAY


def is_person(name: str) -> bool:
    """Tell whether a name of several words can be a person's: it does not begin as a body's name does."""
    return " " in name and not A_BODY.match(name)


def figures(unit: tuple[str, ...], sentence: str, named: set[str]) -> Iterator[AnswerSpan]:
    """Yield each number that counts something, with its unit; the fit says whether it is the unit asked for."""
    for number in FIGURE.finditer(sentence):
        following = FOLLOWING.match(sentence, number.end())
        if not is_count(sentence, number, unit):
            continue
        said = words(following[1]) if following else []
        if number[0][0].isalpha() and not (unit and unit[0] in said[:2]):
            continue
        yield AnswerSpan(with_unit(sentence, number, following, named), unit_fit(unit, said), number.start())


def level_fit(unit: tuple[str, ...], place: str) -> float:
    """Return 1 where a place is of the level asked for, or any is."""
    level = next((level for level in LEVELS if unit and unit[0] in level), None)
    return 1.0 if level is None or words(place)[0] in level else OTHER_LEVEL


def is_count(sentence: str, number: re.Match[str], unit: tuple[str, ...]) -> bool:
    """Tell whether a number counts things: not part of a date or a document's number, nor another measure."""
    if NO_FIGURE_BEFORE.search(sentence[: number.start()]) or NO_FIGURE_AFTER.match(sentence, number.end()):
        return False
    if unit and (YEAR.fullmatch(number[0]) or "%" in number[0]):
        return False
    other = OTHER_MEASURE.match(sentence, number.end())
    return not (unit and other and words(other[0])[:1] != [unit[0]])


def unit_fit(unit: tuple[str, ...], said: Sequence[str]) -> float:
    """Return 1 where the words after a number begin with the unit asked for, less the further they are from it."""
    if not unit:
        return NO_UNIT
    if not set(unit) & set(said):
        same = SAME_UNIT.get(unit[0]) in said[:1] if unit[0] in SAME_UNIT else False
        return SAME_KIND if same else OTHER_UNIT
    return SAME_KIND + (1 - SAME_KIND) * (unit[0] in said)


def with_unit(sentence: str, number: re.Match[str], following: re.Match[str] | None, named: set[str]) -> str:
    """Return the number with the words after it as far as the question named them, else with the next two."""
    end = number.end()
    if following and "%" not in number[0]:
        counted = list(re.finditer(r"[^\W\d]+", following[1]))
        shares = [bool(set(words(word[0])) & named) for word in counted]
        taken = shares.index(False, 1) if False in shares[1:] else len(shares)
        taken = taken if shares[0] else min(2, len(shares))
        end = following.start(1) + counted[taken - 1].end()
    return sentence[number.start() : end].strip()
