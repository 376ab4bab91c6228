"""How a question is built: what asks in it, what it is about, where its subject ends; and its words cut and joined."""

from __future__ import annotations

from qa.follow_ups.mentions import (
    ASKED_COUNT,
    ASKED_HOW,
    ASKED_WHAT,
    DOCUMENT_KINDS,
    FRESH,
    PLACE_KINDS,
    QUESTIONING,
    VERBS,
    EntityType,
    Mention,
    is_boundary,
    mentions,
    opens,
)
from qa.follow_ups.tokenized import PhraseSet, TokenizedText
from qa.text import capitalised, lexicon

ASKED_NOUNS = PhraseSet.of("follow_ups.asked") | PhraseSet(*lexicon.DOCUMENT_NAMES, *lexicon.PLACE_WORDS)
UNITS, BEFORE_ASKED = PhraseSet.of("follow_ups.units"), PhraseSet.of("follow_ups.before_asked")
CHOICE, YES_NO_MARKS = PhraseSet.of("follow_ups.choice"), PhraseSet.of("follow_ups.yes_no_marks")
POLITE, STOP = PhraseSet.of("follow_ups.polite"), PhraseSet.of("questions.stop", "questions.stop_in_follow_ups")
HAS, THEN, PREPOSITIONS = PhraseSet("có"), PhraseSet("thì"), PhraseSet.of("follow_ups.prepositions")
LEADS, CLAUSES = PhraseSet.of("follow_ups.leads"), PhraseSet.of("follow_ups.clauses")
LINKS, MATTERS = PhraseSet.of("follow_ups.links"), PhraseSet.of("follow_ups.matters")
NOUNS_BEFORE_VERBS = DOCUMENT_KINDS | MATTERS
ENDINGS, SPEAKERS = PhraseSet.of("follow_ups.endings"), PhraseSet.of("follow_ups.speakers")
NAMED = frozenset(EntityType) - {EntityType.LEVEL, EntityType.GROUP, EntityType.PERSON, EntityType.QUANTITY}
PROPER = (EntityType.DOCUMENT, EntityType.BODY, EntityType.PERSON, EntityType.PART)
Span = tuple[int, int]


def asked_spans(line: TokenizedText) -> list[Span]:
    """Return the spans of words that ask, in order: "bao nhiêu tiền", "thuộc tỉnh nào", "có … không"."""
    found = choice_spans(line)
    at = 0
    while at < len(line.words):
        end = at + (line.starts(ASKED_HOW, at) or line.starts(ASKED_WHAT, at))
        if length := line.starts(ASKED_COUNT, at):
            end = unit_end(line, at + length)
        if end > at:
            found.append((asked_start(line, at), end))
        at = max(end, at + 1)
    return sorted(found)


def unit_end(line: TokenizedText, at: int) -> int:
    """Return where a bare unit after "bao nhiêu" ends; one with a noun behind it is what is counted."""
    end = at + line.starts(UNITS, at)
    return end if is_boundary(line, end) or line.starts(PREPOSITIONS, end) else at


def asked_start(line: TokenizedText, at: int) -> int:
    """Return where a question word's own noun and small words begin ("trong những phường nào")."""
    if line.starts(ASKED_WHAT, at):
        at -= line.ends(ASKED_NOUNS, at)
    while length := line.ends(BEFORE_ASKED, at):
        at -= length
    return 0 if at == line.starts(HAS, 0) else at


def choice_spans(line: TokenizedText) -> list[Span]:
    """Return the last words of a yes-or-no question and the "có" that goes with them."""
    stop = len(line.words)
    length = line.ends(CHOICE, stop)
    if not length:
        return []
    marks = [(at, at + size) for at in range(stop - length) if (size := line.starts(YES_NO_MARKS, at))]
    return [*marks[:1], (stop - length, stop)]


def topic(line: TokenizedText) -> str:
    """Return the question without what asks."""
    asking = {at for first, stop in asked_spans(line) for at in range(first, stop)}
    asking -= set(range(line.starts(ASKED_NOUNS, 0))) if not line.starts(ASKED_WHAT, 0) else set()
    asking |= {at + i for at in range(len(line.words)) for i in range(line.starts(POLITE, at))}
    kept = ""
    for at, word in enumerate(line.words):
        if at not in asking:
            gap = line.text[line.words[at - 1].end : word.start] if at and at - 1 not in asking else " "
            kept += gap + line.text[word.start : word.end]
    return kept.strip(" ,;:.-–")


def lead_end(line: TokenizedText) -> int:
    """Return where the words that open a question before its subject end ("Theo Nghị quyết 76 thì")."""
    if line.starts(CLAUSES, 0):
        return next((at for at in range(1, len(line.words)) if line.broken(at) or line.starts(THEN, at)), 0)
    opening = line.starts(LEADS, 0)
    if not opening:
        return 0
    first = next((one for one in mentions(line) if one.start <= opening), None)
    if first and first.type in NAMED:
        return phrase_end(line, first)
    end = opening
    while not is_boundary(line, end):
        end += 1
    return end


def phrase_end(line: TokenizedText, mention: Mention) -> int:
    """Return where a named thing with what is said of it ends ("Phường Bồ Đề mới ở Hà Nội")."""
    following = {one.start: one for one in mentions(line)}
    end = mention.end + line.starts(FRESH, mention.end)
    while (length := line.starts(LINKS, end)) and (one := following.get(end + length)):
        end = one.end
    return end


def subject_start(line: TokenizedText) -> int:
    end = lead_end(line)
    return end + line.starts(THEN, end)


def subject(line: TokenizedText) -> str:
    """Return the subject's words, "" where a question word or a verb comes first."""
    return line.slice(subject_start(line), subject_end(line))


def subject_end(line: TokenizedText) -> int:
    """Return where the subject ends; it is empty where a question word or a verb comes first."""
    start = subject_start(line)
    asked = {first for first, _ in asked_spans(line)}
    if start in asked:
        return start
    first = next((one for one in mentions(line) if one.start == start), None)
    if first and first.type in (EntityType.PLACE, EntityType.DOCUMENT, EntityType.PART):
        return phrase_end(line, first)
    end = first.end if first else start
    opening = line.starts(NOUNS_BEFORE_VERBS, end)
    if opening:
        end += opening + line.starts(VERBS, end + opening)
    while end not in asked and not is_boundary(line, end):
        end += 1
    return trimmed(line, start, end)


def trimmed(line: TokenizedText, start: int, end: int) -> int:
    """Return the end of a noun phrase without a verb, preposition or speaker it was cut behind."""
    while end > start and (
        length := line.ends(ENDINGS, end) or line.ends(PREPOSITIONS, end) or line.ends(SPEAKERS, end)
    ):
        end -= length
    return max(start, end)


def noun_phrase_end(line: TokenizedText, at: int) -> int:
    """Return where the noun phrase that begins at a word ends."""
    first = next((one for one in mentions(line) if one.start == at and one.type in NAMED), None)
    if first:
        return phrase_end(line, first)
    asked = {start for start, _ in asked_spans(line)}
    end = at + 1
    while end not in asked and not is_boundary(line, end):
        end += 1
    return max(at + 1, trimmed(line, at, end))


def tail(line: TokenizedText) -> str:
    """Return what is said after the asked thing: when, where, under which text."""
    spans = asked_spans(line)
    start = spans[-1][1] if spans else len(line.words)
    at = next((at for at in range(start, len(line.words)) if line.starts(PREPOSITIONS, at)), len(line.words))
    return line.slice(at, len(line.words))


def ground_of(last: TokenizedText) -> str:
    """Return the document that the last question rests on, "" where it names none."""
    document = next((one for one in mentions(last) if one.type is EntityType.DOCUMENT), None)
    if document:
        return last.slice(document.start, phrase_end(last, document))
    kind = last.starts(DOCUMENT_KINDS, subject_start(last))
    return subject(last) if kind and subject_end(last) > subject_start(last) + kind else ""


def asks(line: TokenizedText) -> bool:
    """Tell whether the line holds a question word or ends as a yes-or-no question."""
    return bool(asked_spans(line))


def asks_only(line: TokenizedText) -> bool:
    """Tell whether a line is a question word with its own noun and no more ("Theo văn bản nào?")."""
    return not content(line) or (0, len(line.words)) in asked_spans(line)


def content(line: TokenizedText) -> list[str]:
    """Return the folded words that say what the line is about."""
    said = (at for at in range(len(line.words)) if not line.starts(STOP, at) and not line.starts(QUESTIONING, at))
    return [line.words[at].folded for at in said]


def spliced(line: TokenizedText, start: int, end: int, text: str) -> str:
    """Return the line with the words ``start`` up to, not including, ``end`` replaced by the text."""
    before = line.text[: line.words[start].start] if start < len(line.words) else f"{line.text} "
    after = line.text[line.words[end - 1].end :] if end > start else f" {line.text[len(before) :]}"
    return " ".join(f"{before}{text if before.strip() else capitalised(text)}{after}".split())


def lowered(text: str) -> str:
    """Return the text as it stands inside a sentence: with a small first letter, unless it opens with a name."""
    line = TokenizedText.of(text)
    if not line.words:
        return text
    named = opens(line, 0, (EntityType.PLACE,)) or (len(line.words) > 1 and line.words[1].capital)
    acronym = len(line.slice(0, 1)) > 1 and line.slice(0, 1).isupper()
    if acronym or opens(line, 0, PROPER) or (named and not line.starts(PLACE_KINDS, 0)):
        return text
    return text[:1].lower() + text[1:]
