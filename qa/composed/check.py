"""A sentence of a model, held against the quotes that its marks name: what in it they do not bear out.

No rule looks for lies of one kind alone: what a sentence states (numbers, dates, documents, names, bodies) must stand in
the quote, beside the same words as there, under the same negation and on the same side of what can be said either way.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise

from qa.blocks import Quote
from qa.composed.facts import AMBIGUOUS, FIRST_COUNTED, WORDS, Date, Token, key_of, phrases, tokens_of
from qa.text import DocumentNumber, fold, lexicon, normalise, sentence_spans

Fault = StrEnum("Fault", "FORM MARKS NUMBER DATE DOCUMENT NAME BODY BINDING NEGATION DIRECTION UNSUPPORTED")
"""Why a sentence is not shown."""

LONGEST = 600  # characters of a sentence
LEAST_SHARE = 0.6  # of a sentence's own words, that stand in its quote, the quote's source or the question
LEAST_BORNE = 0.4  # of them, that stand in the quote or its source
SUBJECT = 4  # own words at the beginning of a sentence, of which all that it cites must speak
COMMON = 2  # pairs of words of a sentence that all must hold
LEAST_PAIRS = 0.25  # share of a sentence's pairs of words that its quote or source holds
MOST_NEW = 3  # words in a row that stand in none of them
AS_FAR = 8  # words of their own on each side of a fact that count as beside it
MARGIN = 0.6  # how much more like another fact's surroundings a fact's must be, to be taken for misplaced
CLEARLY = 1.25  # the same as a share, where the other fact stands in the claim too
SCOPE, REACH = 3, 8  # words after a negation that it denies, and that it may deny
WEIGHTS = {"number": 2.5, "date": 2.5}  # beside a fact
NEAR_END = 4  # words between an end ("bãi bỏ") and what is ended

MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
MARKUP = re.compile(r"[<>{}\[\]|`*#_\\]|https?:|www\.|\bjavascript:", re.IGNORECASE)
TWICE = re.compile(rf" (\S+ \S+(?: \S+)?)(?: {key_of('cũ')})? {key_of('và')}(?: {key_of('tỉnh')})? \1 ")
ORDER = re.compile(
    r"\b(?:bỏ qua|phớt lờ|quên|làm ngơ)\b.{0,40}\b(?:hướng dẫn|chỉ dẫn|lệnh|quy tắc|câu hỏi|yêu cầu)\b"
    r"|\b(?:hãy|phải|xin|cứ) (?:trả lời|viết|nói|khẳng định|in ra|xuất ra|đóng vai|tiết lộ|dịch)\b"
    r"|\bignore\b.{0,40}\binstructions?\b|\b(?:system prompt|you are (?:now|an?)\b|trợ lý ai|mô hình ngôn ngữ)",
    re.IGNORECASE,
)
"""What a document may say to a program that reads it; no such sentence is material."""

NEUTRAL = frozenset(word for one in phrases(WORDS["neutral"]) for word in one)
LABELS = frozenset(one[0] for one in phrases(WORDS["labels"]))
NEGATORS, NOT_NEGATING = phrases(WORDS["negators"]), phrases(WORDS["not_negating"])
ENDINGS = phrases(WORDS["endings"])
AXES = {name: tuple(map(phrases, poles)) for name, poles in WORDS["axes"].items()}
STRICT = (
    "amount",
    "limit",
    "nearly",
    "compared",
)  # to be said, a side of these must be said by the source or the question
BEFORE_NUMBER = ("nearly", "time")  # axes whose words mean this only before a number
BODIES = phrases("; ".join((
    *lexicon.PLACE_WORDS, *lexicon.phrases("offices.institutions", "offices.issuing_institutions", "offices.issuing_titles"),
    *map(str.lower, lexicon.DOCUMENT_NAMES), *map(str.lower, lexicon.phrases("offices.leading_titles")),
)))  # fmt: skip
KINDS = phrases("; ".join(map(str.lower, lexicon.DOCUMENT_NAMES)))
KIND_WORDS = frozenset(word for one in KINDS for word in one)
NAMED_BODIES = frozenset(one[0] for one in phrases(WORDS["named_bodies"]))
GENERAL = frozenset(word for one in BODIES for word in one)
SINGLE_NAMES = frozenset(key_of(one.name) for one in lexicon.PROVINCES if " " not in one.name)
GENERIC_NAME = frozenset(
    word for one in phrases("ông; bà; đồng chí; tỉnh; thành phố; quận; huyện; xã; phường; dạ; theo") for word in one
)


@dataclass(frozen=True)
class Ground:
    """What a claim may rest on: a quote, what is known of its source, and the question."""

    body: tuple[Token, ...]
    about: tuple[Token, ...]
    asked: tuple[Token, ...]

    @classmethod
    def of(cls, quote: Quote, question: str) -> "Ground":
        cited = quote.citation
        kind = lexicon.kind_named(cited.title, cited.number or "")
        known = (
            cited.title,
            cited.source,
            f"{kind} {cited.number or ''}",
            cited.section or "",
            cited.published and f"{cited.published:%d/%m/%Y}",
        )
        asked = re.sub(r"\s*(?:hay |có )?(?:không|chưa|khong|chua)\s*(?:ạ|nhỉ)?[?.!\s]*$", "", question)
        return cls(tokens_of(material(quote.text)), tokens_of(" . ".join(filter(None, known))), tokens_of(asked))

    @cached_property
    def words(self) -> frozenset[object]:
        return frozenset(token.key for token in (*self.body, *self.about, *self.asked))

    @cached_property
    def folded_question(self) -> frozenset[str]:
        """The question's words where it was typed without accents."""
        words = [str(token.key) for token in self.asked if token.kind == "word"]
        return frozenset(words) if words and all(word.isascii() for word in words) else frozenset()

    def knows(self, word: object) -> bool:
        return word in self.words or fold(str(word)) in self.folded_question

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Body, source and question as keys a space apart; the last without accents where it was typed so."""
        return tuple(line_of(part) for part in (self.body, self.about, self.asked))

    def says(self, phrase: Sequence[str]) -> bool:
        wanted = f" {' '.join(phrase)} "
        bare = bool(self.folded_question) and fold(wanted) in self.lines[2]
        return bare or any(wanted in line for line in self.lines)

    def holds_start(self, name: Sequence[str]) -> bool:
        """Tell whether each time that a name stands in the quote or source, it goes on with a word of its own."""
        wanted = f" {' '.join(name)} "
        after = [
            line.split(wanted)[at].split(" ")[0] for line in self.lines[:2] for at in range(1, line.count(wanted) + 1)
        ]
        return bool(after) and not any(word in NEUTRAL or not word for word in after)


def alone(ground: Ground) -> Ground:
    """Return what a claim may rest on without the question."""
    return dataclasses.replace(ground, asked=())


def line_of(tokens: Iterable[Token]) -> str:
    return f" {' '.join(str(token.key) for token in tokens if token.kind != 'break')} "


def material(text: str) -> str:
    """Return a text without the sentences that give orders to who reads it."""
    return " ".join(text[start:end] for start, end in sentence_spans(text) if not ORDER.search(text[start:end]))


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
    checks = (
        (Fault.NUMBER, lambda: all(is_number_known(claim, place, ground) for place in places(claim, "number"))),
        (Fault.DATE, lambda: all(is_day_known(claim[place].key, claim, ground) for place in places(claim, "date"))),
        (
            Fault.DOCUMENT,
            lambda: all(is_document_known(claim[place].key, ground) for place in places(claim, "document")),
        ),
        (Fault.NAME, lambda: are_names_known(list(name_runs(claim)), ground)),
        (Fault.BODY, lambda: all(is_body_known(body, ground) for body in found_phrases(claim, BODIES))),
        (Fault.NAME, lambda: not TWICE.search(line_of(claim)) or bool(TWICE.search(ground.lines[0]))),
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


def places(tokens: Sequence[Token], kind: str) -> list[int]:
    return [place for place, token in enumerate(tokens) if token.kind == kind]


def is_number_known(claim: Sequence[Token], place: int, ground: Ground) -> bool:
    """Tell whether a number stands in the quote or its title; of the question, only where the quote counts no such thing."""
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


def next_word(tokens: Sequence[Token], place: int) -> object:
    return tokens[place + 1].key if place + 1 < len(tokens) else ""


def is_day_known(day: Date, claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a day stands in the quote, title or question; that of publication only after "theo" or "bài"."""
    opens = claim[0].key in map(key_of, ("theo", "bài", "tin", "báo"))
    own = [token.key for token in (*ground.body, *ground.asked, *ground.about[:-1]) if token.kind == "date"]
    own += [token.key for token in ground.about[-1:] if opens and token.key == day]
    years = {known[0] for known in own} | {token.key[0] for token in ground.about if token.kind == "date"}
    years |= {token.key for token in ground.body if token.kind == "number"}
    return any(covers(known, day) for known in own) or any(
        covers((day[0], *known[1:]), day) and (known[0] == 0 and day[0] in years) for known in own
    )


def covers(known: Date, day: Date) -> bool:
    return all(not part or part == other for part, other in zip(day, known, strict=True))


def is_document_known(number: DocumentNumber, ground: Ground) -> bool:
    """Tell whether the quote or its source names a document; the question may where they name none."""
    own = [token.key for token in (*ground.body, *ground.about) if token.kind == "document"]
    return any(number.fits(one) for one in own or [token.key for token in ground.asked if token.kind == "document"])


def name_runs(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Yield the names of a sentence: words with capitals in a row; its first word alone is none, but a known name is."""
    place = 0
    kinds = {at for start, end in phrase_spans(tokens, KINDS) for at in range(start, end)}
    names = [token.capital and token.kind == "word" and at not in kinds for at, token in enumerate(tokens)]
    for capital, run in groupby(tokens, key=lambda token, flags=iter(names): next(flags)):
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


def is_name_known(name: list[str], ground: Ground) -> bool:
    """Tell whether a name stands whole in quote, source or question; a word of level or courtesy before it aside."""
    if ground.says(name) or (
        name[0] in NAMED_BODIES and len(name) > 2 and not ground.holds_start(name[:-1]) and ground.says(name[:-1])
    ):
        return True
    rest = name[1:]
    return bool(rest) and (name[0] in GENERIC_NAME or ground.knows(name[0])) and len(rest) > 1 and ground.says(rest)


def found_phrases(tokens: Sequence[Token], wanted: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return (tuple(str(token.key) for token in tokens[start:end]) for start, end in phrase_spans(tokens, wanted))


def phrase_spans(tokens: Sequence[Token], wanted: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return where phrases stand, the longest of those that begin at a place, none inside another."""
    keys = [token.key for token in tokens]
    found, place = [], 0
    while place < len(keys):
        size = next((len(one) for one in wanted if tuple(keys[place : place + len(one)]) == one), 0)
        if size:
            found.append((place, place + size))
        place += size or 1
    return found


LIMITS = [phrase for pole in AXES["limit"] for phrase in pole]
MODALS = frozenset(word for one in phrases(WORDS["modals"]) for word in one)


def denials(tokens: Sequence[Token]) -> list[tuple[int, list[int]]]:
    """Return the place of each negation, and of the words that it may deny: the next in its clause but for modal verbs."""
    otherwise = {at for start, end in phrase_spans(tokens, [*NOT_NEGATING, *LIMITS]) for at in range(start, end)}
    found = []
    for start, end in phrase_spans(tokens, NEGATORS):
        reached: list[int] = []
        for place in range(end, len(tokens)):
            if tokens[place].kind == "break" or len(reached) == REACH:
                break
            if tokens[place].kind == "word" and tokens[place].key not in MODALS:
                reached.append(place)
        if start not in otherwise:
            found.append((start, reached))
    return found


def near_ends(tokens: Sequence[Token]) -> set[int]:
    """Return the places near to what says that something ends, of which a negation may say the same."""
    spans = phrase_spans(tokens, ENDINGS)
    inside = {place for start, end in spans for place in range(start, end)}
    return {place for start, end in spans for place in range(start - NEAR_END, end + NEAR_END)} - inside


def is_denied_otherwise(claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a claim denies what its quote does not, or says what its quote denies."""
    body = (*ground.body, Token("break", ".", "."), *ground.about)
    in_claim, in_body = denials(claim), denials(body)
    by_question = {ground.asked[place].key for _, reached in denials(ground.asked) for place in reached[:SCOPE]}
    denied_here = {place for _, reached in in_claim for place in reached[:SCOPE]}
    denied_there = {place for _, reached in in_body for place in reached[:SCOPE]}
    open_here = near_ends(claim) | {place for _, reached in in_claim for place in reached[SCOPE:]}
    open_there = near_ends(body) | {place for _, reached in in_body for place in reached[SCOPE:]}
    shared = [(own, its) for own in in_claim for its in in_body if are_one_denial(claim, own[1], body, its[1])]
    apart = [[place for place in own[1][:SCOPE]] for own in in_claim if not any(own is one for one, _ in shared)]
    claim_ends = bool(phrase_spans(claim, ENDINGS))
    for start, reached in (its for its in in_body if not any(its is one for _, one in shared)):
        if claim_ends and start + 1 < len(body) and body[start + 1].key == key_of("còn"):
            continue
        telling = {body[place].key for place in reached[:SCOPE]}
        apart.append([place for place, token in enumerate(claim) if token.key in telling and place not in denied_here])
    for group in apart:
        found = [is_as_denied(claim, place, body, place in denied_here, denied_there) for place in group
                 if claim[place].kind == "word" and place not in open_here and not (place in denied_here and claim[place].key in by_question)
                 and not any(other.key == claim[place].key and at in open_there for at, other in enumerate(body))]  # fmt: skip
        if found.count(False) > found.count(True):
            return True
    return any(is_denial_new(claim, start, reached, body, by_question) for start, reached in in_claim)


def are_one_denial(claim: Sequence[Token], here: Sequence[int], body: Sequence[Token], there: Sequence[int]) -> bool:
    """Tell whether two negations deny the same: the first word of one is among those that the other reaches."""
    own, its = [claim[place].key for place in here], [body[place].key for place in there]
    return bool(own and its) and (own[0] in its[:SCOPE] or its[0] in own)


def is_as_denied(
    claim: Sequence[Token], place: int, body: Sequence[Token], is_denied: bool, denied_there: Collection[int]
) -> bool | None:
    """Tell whether a word of a claim is denied or said as where it stands among the same words in the quote; None if nowhere."""
    here = surroundings(claim, place, place + 1)
    alike = {False: -1.0, True: -1.0}
    for at, other in enumerate(body):
        if other.key == claim[place].key:
            side = at in denied_there
            alike[side] = max(alike[side], likeness(here, surroundings(body, at, at + 1)))
    if max(alike.values()) < 0:
        return None
    return alike[is_denied] >= 0 and alike[not is_denied] <= alike[is_denied] + MARGIN


def is_denial_new(
    claim: Sequence[Token], start: int, reached: Sequence[int], body: Sequence[Token], asked: Collection[object]
) -> bool:
    """Tell whether a negation of a claim has none beside it in the quote, nor an end where it says "no longer"."""
    said = {claim[place].key for place in reached[:SCOPE]}
    in_body = denials(body)
    ends = {claim[at].key for at, _ in phrase_spans(claim, ENDINGS) if start < at <= start + 3}
    if ends:
        return not any(ends & {body[place].key for place in there} for _, there in in_body)
    if said & asked or any(said & {body[place].key for place in reached_there} for _, reached_there in in_body):
        return False
    is_no_longer = claim[min(start + 1, len(claim) - 1)].key == key_of("còn")
    if is_no_longer and (near_ends(body) or in_body):
        return False
    here = surroundings(claim, start, start + 1)
    return not any(likeness(here, surroundings(body, at, at + 1)) > MARGIN for at, _ in in_body)


def sides(axis: str, tokens: Sequence[Token]) -> list[tuple[int, int, int]]:
    """Return (side, start, end) of what a text says of an axis, but for what it denies."""
    one, other = AXES[axis]
    found = []
    for start, end in phrase_spans(tokens, sorted((*one, *other), key=len, reverse=True)):
        said = tuple(token.key for token in tokens[start:end])
        before_number = any(token.kind in ("number", "date") for token in tokens[end : end + 1])
        before = [token.key for token in tokens[max(0, start - 3) : start]]
        negated = any((word,) in NEGATORS for word in before)
        joins = said == (key_of("còn"),) and (not start or tokens[start - 1].kind == "break")  # "…, còn Hà Nội"
        if not negated and not joins and (axis not in BEFORE_NUMBER or before_number):
            found.append((0 if said in one else 1, start, end))
    return found


def is_side_same(axis: str, claim: Sequence[Token], ground: Ground) -> bool:
    """Tell whether a claim says of an axis ("tăng", "giảm") what its quote says of the same thing."""
    in_body = [*sides(axis, ground.body)]
    known = {side for side, *_ in in_body or sides(axis, ground.about)}
    for side, start, end in sides(axis, claim):
        dated = (
            axis == "time"
            and key_of("từ") not in {token.key for token in claim[start:end]}
            and any(token.kind == "date" for token in claim[end : end + 1])
        )
        unsaid = (
            side not in known
            and (axis in STRICT or dated)
            and side not in {one for one, *_ in sides(axis, ground.asked)}
        )
        if known == {1 - side} or unsaid:
            return False
        if len({one for one, *_ in in_body}) == 2:
            here = surroundings(claim, start, end)
            alike = {
                one: max(likeness(here, surroundings(ground.body, a, b)) for this, a, b in in_body if this == one)
                for one in (0, 1)
            }
            if alike[1 - side] > alike[side] + MARGIN:
                return False
    return True


def surroundings(tokens: Sequence[Token], start: int, end: int) -> dict[tuple[object, int], float]:
    """Return what stands around a place, nearer words with more weight: (key, side) and, for either side, (key, 0)."""
    around: dict[tuple[object, int], float] = {}
    for side, path in ((-1, range(start - 1, -1, -1)), (1, range(end, len(tokens)))):
        distance, after_fact = 0, False
        for place in path:
            token = tokens[place]
            is_own = token.key not in NEUTRAL and token.kind != "break"
            distance += is_own
            if distance > AS_FAR or (token.kind == "break" and token.key in (".", ";", "!", "?")) or after_fact:
                break
            after_fact = token.kind in ("number", "date") and distance > 1
            weight = WEIGHTS.get(token.kind, 1.0 if is_own else 0.4) / max(1, distance) ** 0.5
            around[token.key, side] = max(around.get((token.key, side), 0.0), weight)
            around[token.key, 0] = max(around.get((token.key, 0), 0.0), weight)
    return around


def likeness(one: Mapping[tuple[object, int], float], other: Mapping[tuple[object, int], float]) -> float:
    return sum(min(weight, other[key]) for key, weight in one.items() if key in other)


def is_misplaced(claim: Sequence[Token], place: int, body: Sequence[Token]) -> bool:
    """Tell whether a number or day of a claim stands among the words that in its quote stand around another."""
    fact = claim[place]
    if fact.kind not in ("number", "date") or (fact.soft and fact.text.lower() == "một"):
        return False
    here, unit = surroundings(claim, place, place + 1), unit_of(claim, place)
    said = {token.key for token in claim}
    there = places(body, fact.kind)
    same = [at for at in there if body[at].key == fact.key or (fact.kind == "date" and covers(body[at].key, fact.key))]
    others = [
        at for at in there if at not in same and not any(is_list(body[min(one, at) + 1 : max(one, at)]) for one in same)
    ]
    if not same or not others:
        return False
    if claim_repeats(claim, fact, len(same)) and any(body[at].key not in said for at in others):
        return True
    if fact.kind == "number" and unit:
        units = {unit_of(body, at) for at in same}
        of_others = {unit_of(body, at) for at in others}
        if unit in units and unit not in of_others:
            return False
        if unit in of_others and unit not in units and "" not in units:
            return True
    own = max(likeness(here, surroundings(body, at, at + 1)) for at in same)
    unsaid, also_said = (
        max(
            (likeness(here, surroundings(body, at, at + 1)) for at in others if (body[at].key in said) == is_said),
            default=0.0,
        )
        for is_said in (False, True)
    )
    return unsaid > own + MARGIN or also_said > CLEARLY * own + MARGIN


def claim_repeats(claim: Sequence[Token], fact: Token, most: int) -> bool:
    """Tell whether a claim says a day, or a number above ten, more often than its quote."""
    large = fact.kind == "date" or (isinstance(fact.key, Fraction) and fact.key > 10)
    return large and sum(token.key == fact.key for token in claim) > most


def unit_of(tokens: Sequence[Token], place: int) -> object:
    """Return the word that follows a number, or what the next number counts; empty where that tells nothing."""
    word = next_word(tokens, place)
    known = place + 1 < len(tokens) and tokens[place + 1].kind == "word"
    return word if known and (word in FIRST_COUNTED or word not in NEUTRAL) else ""


def is_list(between: Sequence[Token]) -> bool:
    """Tell whether nothing but commas, "và" and other numbers stands between two numbers."""
    return all(
        token.kind != "word" or token.key in LABELS or token.key in (key_of("và"), key_of("hoặc")) for token in between
    )


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
    """Return how many own words stand in a row that a ground does not hold, and an ``other`` one does if it is given."""
    new = [not ground.knows(word) and (other is None or other.knows(word)) for word in content(claim)]
    return max((sum(1 for _ in run) for is_new, run in groupby(new) if is_new), default=0)
