"""Where a name or a phrase ends: what is shown by itself is never part of one."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

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
