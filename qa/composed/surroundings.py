"""What stands around a fact, and whether a number or day of a claim stands where another does in its quote."""

from collections.abc import Mapping, Sequence

from qa.composed.facts import FIRST_COUNTED, Token, key_of
from qa.composed.ground import LABELS, NEUTRAL, covers, next_word, places

AS_FAR = 8  # words of their own on each side of a fact that count as beside it
MARGIN = 1.5  # how much more like another fact's surroundings a fact's must be, to be taken for misplaced
CLEARLY = 1.25  # the same as a share, where the other fact stands in the claim too
WEIGHTS = {"number": 2.5, "date": 2.5}  # beside a fact


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
    """Tell whether a claim says a day or number more often than its quote."""
    return sum(token.key == fact.key for token in claim) > most


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
