"""A quoted sentence → the part of it that answers most shortly: the number with its unit, the date, the name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.reading.answer_type import AnswerType, ExpectedAnswer
from qa.reading.phrase_borders import whole_phrase
from qa.text import NUMBER_WORDS, capitalised, fold, lexicon, words

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
