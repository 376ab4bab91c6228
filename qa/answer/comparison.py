"""A comparison of figures is answered by a sentence that tells it all, else by a line a side, each with its quote.

What else is compared is read like any question: on blind questions lines of words were wrong more often than right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry, quotes_of
from qa.answer.notes import note
from qa.answer.quotes import blocks_of, choose, headline
from qa.blocks import Comparison as Table
from qa.blocks import Paragraph, Row
from qa.reading import THRESHOLD, Candidate
from qa.text import lexicon, numbers_in, words

LONGEST_SIDE = 14
CAPITAL = r"[^\W\d_a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệđìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]"
HOW_MANY, MANNER = lexicon.any_of("questions.count"), lexicon.any_of("questions.manner")
COMPARES = re.compile(
    r"\b(?:so sánh|so với|chênh lệch|(?:khác|giống) (?:nhau|biệt|gì|với|trước)|trước (?:và|với|hay) sau)\b"
    rf"|\bkhác\b.{{1,60}}\b(?:{MANNER}|(?:chỗ|điểm|khoản|mặt) nào)\b"
    rf"|\b(?:{lexicon.any_of('questions.what')}|hay)\b.*\bhơn\b",
    re.IGNORECASE,
)
LEVELS = frozenset(" ".join((*lexicon.PLACE_WORDS, *lexicon.BODIES, "tp cấp")).split())
PLACE = rf"(?:{lexicon.alternation(lexicon.PLACE_WORDS)}|nơi|bên|địa phương|bộ|cấp|loại|cơ quan|đơn vị|cái|đâu|ai)"
LAWS = lexicon.alternation(map(str.lower, lexicon.DOCUMENT_NAMES))
LINK = re.compile(r"\s*,?\s+(?:và|với|hay(?: là)?|hoặc|cùng với)\s+(?:với\s+)?", re.IGNORECASE)
TAIL = re.compile(
    rf"\s*,?\s*(?:\bthì\s+)?(?:,\s*\S+ nào\b|,?\s*\b(?:{PLACE} nào|đâu là|khác|giống|chênh lệch"
    r"|có (?:gì|điểm|những điểm|số|nhiều|ít)\b"
    r"|(?:ở|về) (?:chỗ|điểm|khoản|mặt)\b|có$"
    rf"|hơn|{MANNER}|là gì|{HOW_MANY}|nhiều|ít|đông dân|rộng|lớn|cao|thấp|tăng|giảm)\b|[?!;]).*$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"^(?P<head>.*?)\s*\bgiữa\s+(?P<both>.+)$", re.IGNORECASE)
SET_BESIDE = re.compile(r"^.*?\bso sánh\s+(?:giúp\s+|cho\s+\w+\s+)?(?P<both>.+)$", re.IGNORECASE)
AGAINST_FIRST = re.compile(r"^so với\s+(?P<other>[^,]+?)(?:\s*,\s*(?:thì\s+)?|\s+thì\s+)(?P<one>.+)$", re.IGNORECASE)
AGAINST_LAST = re.compile(r"^(?P<one>.+?)\s*,?\s*\bso với\s+(?P<other>[^,?]+)", re.IGNORECASE)
WHICH_FIRST = re.compile(rf"^{PLACE} nào\b(?P<asked>.*?\bhơn)\b\s*[,:]?\s*(?:giữa\s+)?(?P<both>.+)$", re.IGNORECASE)
BEFORE_AND_AFTER = re.compile(
    r"^(?P<head>.*?)\s*,?\s*\btrước (?:và|với|hay) sau\s+(?P<event>(?:khi\s+|đợt\s+|ngày\s+)?[^,?]+?)"
    rf"(?P<tail>\s*,\s*.+|\s+(?:khác|thay đổi|có gì|{MANNER}|(?:là |có )?{HOW_MANY})\b.*)?$",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\bsố(?: lượng)?\s+(?!liệu|hiệu|tiền)(?P<what>.+)$", re.IGNORECASE)
MORE_OF = re.compile(r"\b(?:nhiều|ít)\s+(?P<what>(?!hơn\b)[^,?]{1,40}?)\s+hơn\b", re.IGNORECASE)
MEASURES = [
    (re.compile(r"\b(?:đông (?:dân )?hơn|dân số)\b", re.IGNORECASE), "có dân số bao nhiêu người"),
    (re.compile(r"\b(?:rộng hơn|diện tích|(?:lớn|nhỏ|bé) hơn)\b", re.IGNORECASE), "có diện tích bao nhiêu km2"),
]
OWNED = re.compile(r"^(?P<shared>.+?)\s+(?:của|ở|tại|cho|đối với|theo|trong)\s+(?P<side>.+)$", re.IGNORECASE)
OWNING = re.compile(r"^(?:của|ở|tại|cho|đối với|theo|trong)\s+", re.IGNORECASE)
YEARLY = re.compile(r"^(?P<shared>.+?)\s+(?P<side>(?:năm|khóa|khoá|nhiệm kỳ|đầu năm|cuối năm)\s+\S+)$", re.IGNORECASE)
CAPITALISED = re.compile(rf"^(?P<shared>\S+(?:\s+(?!{CAPITAL})\S+)+)\s+(?P<side>{CAPITAL}\S*.*)$")
CHANGING = re.compile(
    r"\s*\b(?:đã\s+|được\s+|có\s+)?"
    r"(?:tăng|giảm|bớt|mất|thêm|thay đổi|khác|gì|có gì|(?:nhiều |ít |cao |thấp )?hơn)\b.*$",
    re.IGNORECASE,
)
A_TIME = re.compile(
    rf"^(?:trước|sau|thời|năm|đầu|cuối|tháng|ngày|khóa|khoá|nhiệm kỳ|hiện|nay|cơ cấu|{LAWS})\b",
    re.IGNORECASE,
)
"""What one thing is compared with: another time, or what ruled it then."""

COUNTS = re.compile(rf"\b{HOW_MANY}\s+(?P<what>\w+)", re.IGNORECASE)
STILL_ASKS = re.compile(rf"\b(?:{HOW_MANY}|{MANNER}|nào|gì)\b", re.IGNORECASE)
"""What a name of a side never holds: there the question was not understood."""

OPENING = re.compile(r"^(?:(?:xin|cho|tôi|em|hỏi|biết|sự|điểm|hãy|vậy|thế)\s+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison as the question names it, and the question about it alone."""

    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides of which a figure is asked, of each or as their difference.

    ``of_one``: one thing against another time or rule, which a single sentence often tells.
    """

    sides: tuple[Side, Side]
    of_one: bool


def comparison(inquiry: Inquiry) -> Draft | None:
    """Return a line a side of what is compared; None where nothing is, or one sentence tells it all.

    A side that no sentence answers is said to be missing.
    """
    asked = comparison_in(inquiry.asked)
    if asked is None:
        return None
    best = [figure_of(side, inquiry.about(side.question)) for side in asked.sides]
    spoken = [(side, one) for side, one in zip(asked.sides, best, strict=True) if one]
    one_side_is_enough = not asked.of_one and len(spoken) == 1
    if len({one.text for _, one in spoken}) < len(asked.sides) and not one_side_is_enough:
        return None
    return in_rows(asked, spoken)


def figure_of(side: Side, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the best of what would be quoted that counts what is asked of a side ("53 xã"), else one with a number.

    It is as sure as its side is of being answered.
    """
    asked = COUNTS.search(side.question)
    quoted = choose(candidates) if candidates and candidates[0].confidence >= THRESHOLD else []
    sure = [replace(one, confidence=quoted[0].confidence) for one in quoted if numbers_in(one.text)]
    counting = (one for one in sure if asked and counts(one.text, asked["what"]))
    return next(counting, next(iter(sure), None))


def counts(text: str, what: str) -> bool:
    said = " ".join(text.lower().split())
    return any(f"{number} {what.lower()}" in said for number in numbers_in(text))


def in_rows(asked: Comparison, spoken: Sequence[tuple[Side, Candidate]]) -> Draft:
    """Return a line a side, or what is known of one side and that nothing is of the other."""
    quotes = quotes_of([one for _, one in spoken])
    confidence = min(one.confidence for _, one in spoken)
    if len(spoken) == 1:
        missing = tuple(uncovered(side) for side in asked.sides if side is not spoken[0][0])
        return Draft(blocks_of(quotes, headline(spoken[0][1])), quotes, confidence, missing)
    rows = tuple(Row(side.name, place, headline(one)) for place, (side, one) in enumerate(spoken, start=1))
    return Draft((Table(wording.SIDE_BY_SIDE, wording.HEADS, rows),), quotes, confidence)


def uncovered(side: Side) -> Paragraph:
    """Say for which side nothing sure was found: that is all that a search can tell."""
    return note(wording.UNCOVERED.format(side=side.name))


def comparison_in(question: str) -> Comparison | None:
    """Return what figures a question compares, told by its words; None where it compares none or names one side."""
    asked = OPENING.sub("", " ".join(question.split()).rstrip(" ?!.;…"))
    if not COMPARES.search(asked):
        return None
    return before_and_after(asked) or against(asked) or side_by_side(asked)


def before_and_after(asked: str) -> Comparison | None:
    """Read "… trước và sau khi sắp xếp …"."""
    found = BEFORE_AND_AFTER.match(asked)
    if not found:
        return None
    event = found["event"].strip()
    rest = CHANGING.sub("", f"{found['head']} {found['tail'] or ''}").strip()
    names = (f"trước {event}", f"sau {event}")
    return made(names, topic_of(rest.strip(" ,")))


def against(asked: str) -> Comparison | None:
    """Read "A … so với B" and "So với B, A …"."""
    found = AGAINST_FIRST.match(asked) or AGAINST_LAST.match(asked)
    if not found or SET_BESIDE.match(asked):
        return None
    one, other = CHANGING.sub("", found["one"]).strip(" ,"), TAIL.sub("", found["other"]).strip(" ,")
    return of_two(one, other, asked)


def side_by_side(asked: str) -> Comparison | None:
    """Read "giữa A và B", "so sánh A với B", "A và B, nơi nào … hơn", "A khác B thế nào"."""
    if AGAINST_FIRST.match(asked):
        return None
    found = BETWEEN.match(asked) or WHICH_FIRST.match(asked) or SET_BESIDE.match(asked)
    both = TAIL.sub("", found["both"]) if found else TAIL.sub("", asked)
    pair = split_pair(both) or split_pair(
        re.sub(r"\s+(?:có gì )?khác (?:gì )?(?:(?:so )?với )?", " và ", asked, count=1)
    )
    return of_two(*pair, asked) if pair else None


def split_pair(both: str) -> tuple[str, str] | None:
    """Cut "A và B" in two; of several places, at the one after which B begins as A does ("Bộ … và Bộ …")."""
    cuts = [(both[: link.start()].strip(" ,"), both[link.end() :].strip(" ,")) for link in LINK.finditer(both)]
    cuts = [(one, TAIL.sub("", other).strip(" ,")) for one, other in cuts if one and other]
    alike = (cut for cut in cuts if cut[1] and starts_alike(*cut))
    return next(alike, next((cut for cut in cuts if cut[1]), None))


def starts_alike(one: str, other: str) -> bool:
    owned = OWNED.match(one)
    first = words(other)[:1]
    return bool(first) and first in (words(one)[:1], words(owned["side"])[:1] if owned else [])


def of_two(one: str, other: str, asked: str) -> Comparison | None:
    """Return the two sides, each with what both share: "số xã của Hà Nội", "Huế" → "Hà Nội", "Huế" and "số xã"."""
    shared, one = split_shared(one, other)
    return made((one, OWNING.sub("", other)), measure_in(asked) or topic_of(shared))


def split_shared(one: str, other: str) -> tuple[str, str]:
    """Cut what the first side says for both off its beginning."""
    if words(one)[:1] == words(other)[:1]:
        return "", one
    found = OWNED.match(one) or at_level(one, other) or YEARLY.match(one)
    if not found and other[:1].isupper():
        found = CAPITALISED.match(one)
        if found and {word.lower() for word in found["shared"].split()} <= LEVELS:
            found = None
    return (found["shared"].strip(), found["side"].strip()) if found else ("", one)


def at_level(one: str, other: str) -> re.Match[str] | None:
    """Find in the first side the level of place that the other begins with: "Dân số | tỉnh Bắc Ninh", "tỉnh …"."""
    level = other.split(maxsplit=1)[0].lower() if other else ""
    return re.match(rf"^(?P<shared>.+?)\s+(?P<side>{level}\s.+)$", one, re.IGNORECASE) if level in LEVELS else None


def measure_in(asked: str) -> str:
    """Return what "nhiều xã hơn", "đông dân hơn" ask of each side alone; nothing where they ask no measure."""
    more = MORE_OF.search(asked)
    if more:
        return f"có bao nhiêu {more['what'].strip()}"
    return next((question for pattern, question in MEASURES if pattern.search(asked)), "")


def topic_of(shared: str) -> str:
    """Return what is asked of each side: "số xã" asks how many."""
    counted = COUNTED.search(shared)
    return f"có bao nhiêu {counted['what'].strip()}" if counted else shared


def made(names: tuple[str, str], topic: str) -> Comparison | None:
    """Return the comparison; None where no figure is asked of each, or a side says nothing, too much, or the same."""
    if "bao nhiêu" not in topic:
        return None
    folded = [words(name) for name in names]
    if folded[0] == folded[1] or not all(0 < len(one) <= LONGEST_SIDE for one in folded):
        return None
    if any(STILL_ASKS.search(name) for name in names):
        return None
    one, other = (Side(name[0].upper() + name[1:], alone(name, topic)) for name in names)
    return Comparison((one, other), bool(A_TIME.match(names[1])))


def alone(name: str, topic: str) -> str:
    """Return the question about one side by itself."""
    if not topic or topic.startswith("có "):
        return f"{name} {topic}".strip() + "?"
    return f"{topic} {name}?" if A_TIME.match(name) else f"{topic} của {name}?"
