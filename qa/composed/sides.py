"""Negation and direction: whether a claim says of a thing what its quote says of it, or the opposite."""

from collections.abc import Collection, Sequence

from qa.composed.facts import WORDS, Token, key_of, phrases
from qa.composed.ground import Ground, phrase_spans
from qa.composed.surroundings import likeness, surroundings

MARGIN = 0.6  # how much more like the words around the opposite those around a word must be, to be taken for it
SCOPE, REACH = 3, 8  # words after a negation that it denies, and that it may deny
NEAR_END = 4  # words between an end ("bãi bỏ") and what is ended
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
LIMITS = [phrase for pole in AXES["limit"] for phrase in pole]
MODALS = frozenset(word for one in phrases(WORDS["modals"]) for word in one)


def denials(tokens: Sequence[Token]) -> list[tuple[int, list[int]]]:
    """Return the place of each negation, and of the words that it may deny: the next in its clause but modal verbs."""
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
    apart = [list(own[1][:SCOPE]) for own in in_claim if not any(own is one for one, _ in shared)]
    claim_ends = bool(phrase_spans(claim, ENDINGS))
    for start, reached in (its for its in in_body if not any(its is one for _, one in shared)):
        if claim_ends and start + 1 < len(body) and body[start + 1].key == key_of("còn"):
            continue
        telling = {body[place].key for place in reached[:SCOPE]}
        apart.append([place for place, token in enumerate(claim) if token.key in telling and place not in denied_here])
    open_words = {body[at].key for at in open_there if 0 <= at < len(body)}
    for group in apart:
        found = [
            is_as_denied(claim, place, body, place in denied_here, denied_there)
            for place in group
            if claim[place].kind == "word" and place not in open_here and claim[place].key not in open_words
            if not (place in denied_here and claim[place].key in by_question)
        ]
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
    """Tell whether a word is denied or not as where it stands among the same words in the quote; None if nowhere."""
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
    claim: Sequence[Token], start: int, reached: Sequence[int], body: Sequence[Token], asked: set[object]
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
