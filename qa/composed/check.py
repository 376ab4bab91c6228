"""A sentence of a model, held against the quotes that its marks name: what in it they do not bear out.

No rule looks for lies of one kind alone: what a sentence states (numbers, dates, documents, names, bodies) must stand
in the quote, beside the same words as there, under the same negation, and on the same side of what can be said either
way.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum, auto
from fractions import Fraction
from itertools import groupby, pairwise
from operator import itemgetter

from qa.blocks import Quote
from qa.composed.facts import AMBIGUOUS, WORDS, Date, Token, key_of, phrases, tokens_of
from qa.composed.ground import (
    LABELS,
    NEUTRAL,
    Ground,
    alone,
    covers,
    found_phrases,
    line_of,
    next_word,
    phrase_spans,
    places,
)
from qa.composed.sides import AXES, is_denied_otherwise, is_side_same
from qa.composed.surroundings import is_misplaced
from qa.text import DocumentNumber, fold, lexicon, normalise


class Fault(StrEnum):
    """Why a sentence is not shown."""

    FORM = auto()
    MARKS = auto()
    NUMBER = auto()
    DATE = auto()
    DOCUMENT = auto()
    NAME = auto()
    BODY = auto()
    BINDING = auto()
    NEGATION = auto()
    DIRECTION = auto()
    UNSUPPORTED = auto()


LONGEST = 600  # characters of a sentence
LEAST_SHARE = 0.6  # of a sentence's own words, that stand in its quote, the quote's source or the question
LEAST_BORNE = 0.4  # of them, that stand in the quote or its source
SUBJECT = 4  # own words at the beginning of a sentence, of which all that it cites must speak
COMMON = 2  # pairs of words of a sentence that all must hold
LEAST_PAIRS = 0.25  # share of a sentence's pairs of words that its quote or source holds
MOST_NEW = 3  # words in a row that stand in none of them
MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
MARKUP = re.compile(r"[<>{}\[\]|`*#_\\]|https?:|www\.|\bjavascript:", re.IGNORECASE)
BODIES = phrases("; ".join((
    *lexicon.PLACE_WORDS,
    *lexicon.phrases("offices.institutions", "offices.issuing_institutions", "offices.issuing_titles"),
    *map(str.lower, lexicon.DOCUMENT_NAMES), *map(str.lower, lexicon.phrases("offices.leading_titles")),
)))  # fmt: skip
KINDS = phrases("; ".join(map(str.lower, lexicon.DOCUMENT_NAMES)))
KIND_WORDS = frozenset(word for one in KINDS for word in one)
NAMED_BODIES = frozenset(one[0] for one in phrases(WORDS["named_bodies"]))
GENERAL = frozenset(word for one in BODIES for word in one)
SINGLE_NAMES = frozenset(key_of(one.name) for one in lexicon.PROVINCES if " " not in one.name)
GENERIC_NAME = frozenset(
    word for one in phrases("; ".join(("ông; bà; đồng chí; dạ; theo", *lexicon.PLACE_WORDS))) for word in one
)


def without_marks(sentence: str) -> str:
    return " ".join(MARK.sub("", sentence).split())


def marks_of(sentence: str) -> tuple[int, ...]:
    """Return the numbers of a sentence's marks, in order, each once."""
    return tuple(dict.fromkeys(int(one) for found in MARK.findall(sentence) for one in found.split(",")))


def fault_of(sentence: str, question: str, quotes: Mapping[int, Quote]) -> Fault | None:
    """Return why a sentence with its marks ``[n]`` may not be shown; None where its quotes bear it out.

    One of its quotes must bear out the whole, or each of its clauses one, its subject standing there too; and each
    mark must be of use.
    """
    said, marks = normalise(without_marks(sentence)), marks_of(sentence)
    if not said or len(said) > LONGEST or "\n" in said or MARKUP.search(said):
        return Fault.FORM
    if not marks or not set(marks) <= quotes.keys():
        return Fault.MARKS
    grounds = {mark: Ground.of(quotes[mark], question) for mark in marks}
    claim = tokens_of(said)
    faults = [fault_on(claim, ground) for ground in grounds.values()]
    if len(marks) == 1:
        return faults[0]
    if not all(is_of_use(claim, alone(ground)) for ground in grounds.values()):
        return Fault.MARKS
    bearing = [ground for ground, fault in zip(grounds.values(), faults, strict=True) if not fault]
    if any(all(longest_new(claim, alone(one), alone(other)) < 2 for other in grounds.values()) for one in bearing):
        return None
    return fault_of_merged(claim, list(grounds.values())) if fault_by_clauses(sentence, grounds) else None


def fault_of_merged(claim: Sequence[Token], grounds: Sequence[Ground]) -> Fault | None:
    """Return the fault of a sentence made of several quotes: all of them must speak of what it begins with."""
    subject = [
        token.key
        for token in claim
        if token.kind in ("document", "word") and token.key not in NEUTRAL and token.key not in KIND_WORDS
    ][:SUBJECT]
    if any(sum(knows_subject(one, key) for key in subject) < len(subject) * LEAST_SHARE for one in map(alone, grounds)):
        return Fault.BINDING
    common = pairs(claim).intersection(*(pairs((*one.body, *one.about)) for one in grounds))
    named = any(
        token.kind == "document" and all(is_document_known(token.key, alone(one)) for one in grounds) for token in claim
    )
    if not named and sum(not NEUTRAL.issuperset(pair) for pair in common) < COMMON:
        return Fault.BINDING
    stop = Token("break", ".", ".")
    body = tuple(token for ground in grounds for token in (*ground.body, stop))
    about = tuple(token for ground in grounds for token in (*ground.about[:-1], stop)) + grounds[0].about[-1:]
    return fault_on(claim, Ground(body, about, grounds[0].asked))


def is_of_use(claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a quote bears out a part of a claim: some of its words, or one of its facts."""
    facts = any(token.kind in ("number", "date", "document") and token.key in ground.words for token in claim)
    return facts or borne(claim, ground) >= LEAST_BORNE / 2


def pairs(tokens: Sequence[Token]) -> set[tuple[object, object]]:
    return {(one.key, other.key) for one, other in pairwise([token for token in tokens if token.kind != "break"])}


def knows_subject(ground: Ground, key: object) -> bool:
    return is_document_known(key, ground) if isinstance(key, DocumentNumber) else ground.knows(key)


def fault_by_clauses(sentence: str, grounds: Mapping[int, Ground]) -> Fault | None:
    """Return the fault of a sentence whose clauses each end with marks; the subject of all is that of the first."""
    clauses = [one for one in re.split(r"(?<=\])", sentence) if tokens_of(without_marks(one).strip(" .,;"))]
    if len(clauses) < 2 or not all(map(marks_of, clauses)):
        return Fault.BINDING
    subject = content(tokens_of(without_marks(clauses[0])))[:2]
    for place, clause in enumerate(clauses):
        tokens = tokens_of(without_marks(clause).strip(" ,;"))
        for mark in marks_of(clause):
            ground = alone(grounds[mark])
            own = content(tokens)[:2] if list(name_runs(tokens)) else subject
            if fault_on(tokens, ground) or (place and not all(map(ground.knows, own))):
                return Fault.BINDING
    return None


def fault_on(claim: Sequence[Token], ground: Ground) -> Fault | None:
    """Return what in a claim one quote does not bear out."""
    claim = counting(spelled_out(claim, ground), ground)
    checks: tuple[tuple[Fault, Callable[[], bool]], ...] = (
        (Fault.NUMBER, lambda: all(is_number_known(claim, place, ground) for place in places(claim, "number"))),
        (Fault.DATE, lambda: all(is_day_known(claim[place].key, claim, ground) for place in places(claim, "date"))),
        (
            Fault.DOCUMENT,
            lambda: all(is_document_known(claim[place].key, ground) for place in places(claim, "document")),
        ),
        (Fault.NAME, lambda: are_names_known(list(name_runs(claim)), ground)),
        (Fault.BODY, lambda: all(is_body_known(body, ground) for body in found_phrases(claim, BODIES))),
        (Fault.NAME, lambda: all(is_as_often(name, claim, ground) for name in name_runs(claim))),
        (Fault.NEGATION, lambda: not is_denied_otherwise(claim, ground)),
        (Fault.DIRECTION, lambda: all(is_side_same(axis, claim, ground) for axis in AXES)),
        (Fault.BINDING, lambda: not any(is_misplaced(claim, place, ground.body) for place in range(len(claim)))),
        (
            Fault.UNSUPPORTED,
            lambda: (
                share(claim, ground) >= LEAST_SHARE
                and borne(claim, ground) >= LEAST_BORNE
                and paired(claim, ground) >= LEAST_PAIRS
                and longest_new(claim, ground) <= MOST_NEW
            ),
        ),
    )
    return next((fault for fault, holds in checks if not holds()), None)


def spelled_out(claim: Sequence[Token], ground: Ground) -> list[Token]:
    """Put in the place of each abbreviation the words of quote, source or question that begin with its letters."""
    found: list[Token] = []
    every = (*ground.body, *ground.about, *ground.asked)
    words = [token for token in every if token.kind != "break" and token.key != key_of("và")]
    initials = "".join(fold(str(token.key))[:1] if token.kind == "word" else "0" for token in words)
    for token in claim:
        at = (
            initials.find(fold(token.text))
            if token.kind == "word"
            and len(token.text) > 1
            and token.text.isupper()
            and not alone(ground).knows(token.key)
            else -1
        )
        found += (
            [dataclasses.replace(one, capital=False) for one in words[at : at + len(token.text)]]
            if at >= 0
            else [token]
        )
    return found


def counting(claim: Sequence[Token], ground: Ground) -> list[Token]:
    """Take "ba", "năm" for numbers before what the quote counts."""
    numbers = places(ground.body, "number")
    units = {next_word(ground.body, place) for place in numbers} - NEUTRAL
    labels = {ground.body[place - 1].key for place in numbers if place} & LABELS
    return [
        dataclasses.replace(token, kind="number", key=Fraction(AMBIGUOUS[token.text.lower()]), soft=True)
        if token.text.lower() in AMBIGUOUS
        and token.kind == "word"
        and not (place and claim[place - 1].kind == "number")
        and (next_word(claim, place) in units or (place and claim[place - 1].key in labels))
        else token
        for place, token in enumerate(claim)
    ]


def is_number_known(claim: Sequence[Token], place: int, ground: Ground) -> bool:
    """Tell whether a number stands in the quote or its title; of the question, only where the quote counts none."""
    number = claim[place]
    years = {token.key[0] for token in (*ground.body, *ground.about) if token.kind == "date"}
    if number.soft and number.text.lower() == "một":
        return True
    if (
        any(token.kind == "number" and token.key == number.key for token in (*ground.body, *ground.about))
        or number.key in years
    ):
        return True
    unit = next_word(claim, place)
    counted = any(token.kind == "number" and next_word(ground.body, at) == unit for at, token in enumerate(ground.body))
    asked = any(
        token.kind == "number" and token.key == number.key and fold(str(next_word(ground.asked, at))) == fold(str(unit))
        for at, token in enumerate(ground.asked)
    )
    return asked and not counted


def is_day_known(day: Date, claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a day stands in the quote, title or question; that of publication only after "theo" or "bài"."""
    opens = claim[0].key in map(key_of, ("theo", "bài", "tin", "báo"))
    own = [token.key for token in (*ground.body, *ground.asked, *ground.about[:-1]) if token.kind == "date"]
    own += [token.key for token in ground.about[-1:] if opens and token.key == day]
    in_body = [token.key for token in ground.body if token.kind == "date"]
    alike = [known for known in in_body if [bool(part) for part in known] == [bool(part) for part in day]]
    said = {token.key for token in claim}
    if alike and not any(covers(known, day) for known in in_body) and said.isdisjoint(alike):
        return False
    years = {known[0] for known in own} | {token.key[0] for token in ground.about if token.kind == "date"}
    years |= {token.key for token in ground.body if token.kind == "number"}
    return any(covers(known, day) for known in own) or any(
        covers((day[0], *known[1:]), day) and (known[0] == 0 and day[0] in years) for known in own
    )


def is_document_known(number: DocumentNumber, ground: Ground) -> bool:
    """Tell whether the quote or its source names a document; the question may where they name none."""
    own = [token.key for token in (*ground.body, *ground.about) if token.kind == "document"]
    return any(number.fits(one) for one in own or [token.key for token in ground.asked if token.kind == "document"])


def name_runs(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Yield the names of a sentence: words with capitals in a row; its first word alone is none."""
    place = 0
    kinds = {at for start, end in phrase_spans(tokens, KINDS) for at in range(start, end)}
    names = [token.capital and token.kind == "word" and at not in kinds for at, token in enumerate(tokens)]
    for capital, marked in groupby(zip(names, tokens, strict=True), key=itemgetter(0)):
        run = [token for _, token in marked]
        some = list(run)
        if capital:
            keys = [str(token.key) for token in some]
            if place or len(keys) > 1 or keys[0] in SINGLE_NAMES:
                following = tokens[place + len(some)].key if place + len(some) < len(tokens) else ""
                keys = keys if place or keys[0] not in GENERIC_NAME | NEUTRAL else keys[1:]
                goes_on = (
                    bool(keys)
                    and keys[0] in NAMED_BODIES
                    and re.match(r"\w", str(following))
                    and following not in NEUTRAL
                )
                yield [*keys, str(following)] if goes_on else keys
        place += len(some)


def is_body_known(body: tuple[str, ...], ground: Ground) -> bool:
    """Tell whether a body or level is spoken of, if only by the beginning of its name."""
    return NEUTRAL.issuperset(body) or any(
        ground.says(body[:size]) for size in range(len(body), 0, -1) if size == len(body) or body[:size] in BODIES
    )


def are_names_known(names: Sequence[list[str]], ground: Ground) -> bool:
    """Tell whether all names are known, and one of them not by the question alone."""
    long = [name for name in names if len(name) > 1]
    by_source = not long or any(is_name_known(name, alone(ground)) for name in long)
    return by_source and all(not name or is_name_known(name, ground) for name in names)


def is_as_often(name: list[str], claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a name stands no more often than in the quote, and as "mới" or "cũ" only where that says so."""
    said, own = line_of(claim), f" {' '.join(name)} "
    if len(name) > 1 and said.count(own) > max(1, ground.lines[0].count(own)):
        return False
    times = [f"{key_of(word)} " for word in ("mới", "cũ")]
    if not any(f" {time}" in ground.lines[0] for time in times):
        return True
    return all(own + time not in said or any(own + time in line for line in ground.lines) for time in times)


def is_name_known(name: list[str], ground: Ground) -> bool:
    """Tell whether a name stands whole in quote, source or question; a word of level or courtesy before it aside."""
    if ground.says(name) or (
        name[0] in NAMED_BODIES and len(name) > 2 and not ground.holds_start(name[:-1]) and ground.says(name[:-1])
    ):
        return True
    rest = name[1:]
    return bool(rest) and (name[0] in GENERIC_NAME or ground.knows(name[0])) and len(rest) > 1 and ground.says(rest)


def content(claim: Sequence[Token]) -> list[str]:
    return [str(token.key) for token in claim if token.kind == "word" and token.key not in NEUTRAL]


def share(claim: Sequence[Token], ground: Ground) -> float:
    """Return the share of a claim's own words that its quote, source or question holds."""
    own = content(claim)
    return sum(map(ground.knows, own)) / len(own) if own else 1.0


def borne(claim: Sequence[Token], ground: Ground) -> float:
    """Return the share of a claim's own words that its quote or source holds."""
    telling = [token for token in claim if token.key not in GENERAL]
    return share(telling or claim, alone(ground))


def paired(claim: Sequence[Token], ground: Ground) -> float:
    """Return the share of a claim's pairs of words that its quote or source holds."""
    own = [pair for pair in pairs(claim) if not NEUTRAL.issuperset(pair)]
    held = pairs(ground.body) | pairs(ground.about)
    return sum(pair in held for pair in own) / len(own) if own else 1.0


def longest_new(claim: Sequence[Token], ground: Ground, other: Ground | None = None) -> int:
    """Return how many own words in a row a ground does not hold, and an ``other`` one does if it is given."""
    new = [not ground.knows(word) and (other is None or other.knows(word)) for word in content(claim)]
    return max((sum(1 for _ in run) for is_new, run in groupby(new) if is_new), default=0)
