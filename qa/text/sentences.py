"""Spans of sentences, and of what may be quoted."""

import re
from collections.abc import Iterator
from itertools import takewhile

TERMINATOR = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)")
LINE = re.compile(r"[^\n]+")
HEADING = re.compile(r"\s*#{1,6}\s")
LINE_MARKUP = re.compile(r"\s*(?:>\s*|[-*•+]\s+|\|)?\s*")
ABBREVIATIONS = frozenset(
    "TP Tp tp TX Tx TT Tt KP Kp GS PGS TS ThS Ths BS BSCK KS CN LS NCS NGƯT NGND NSND NSƯT ĐC đ/c Đ/c "
    "Nxb NXB tr Tr No St Mr Mrs Ms Dr".split()
)
LIST_MARK = re.compile(r"[(\[]?(?:\d+(?:\.\d+)*|[a-zđA-ZĐ]|[ivxIVX]+)")


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence, in order, trimmed; ``text[start:end]`` is the sentence.

    A line break always ends a sentence; so does ``.!?…`` before white space, except after an
    abbreviation ("TP. Hà Nội"), an initial or the number of a list ("1. Sắp xếp"). Headings, list
    marks and quote marks at the start of a line belong to no sentence.
    """
    for line in LINE.finditer(text):
        start, end = line.span()
        if HEADING.match(text, start, end):
            continue
        opening = LINE_MARKUP.match(text, start, end)
        start = opening.end() if opening else start
        for mark in TERMINATOR.finditer(text, start, end):
            if is_sentence_end(text, start, mark.start(), mark.end(), end):
                yield from trimmed(text, start, mark.end())
                start = mark.end()
        yield from trimmed(text, start, end)


def quotable_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that may be quoted: sentences, and a sentence that opens a list with its whole list."""
    spans = list(sentence_spans(text))
    for following, (start, end) in enumerate(spans, start=1):
        if text[start:end].endswith(":"):
            listed = takewhile(lambda span: is_list_item(text, span[0]), spans[following:])
            end = max((stop for _, stop in listed), default=end)
        yield start, end


def is_list_item(text: str, start: int) -> bool:
    """Tell whether nothing but a list mark stands before a place in its line."""
    return text[text.rfind("\n", 0, start) + 1 : start].strip() in ("-", "*", "•", "+")


def is_sentence_end(text: str, start: int, mark: int, after: int, line_end: int) -> bool:
    """Tell whether the terminator at ``mark`` (up to ``after``) closes the sentence begun at ``start``."""
    rest = text[after:line_end].lstrip()
    if not rest:
        return True
    if rest[0].islower():
        return False
    if text[mark:after] != ".":
        return True
    words = text[start:mark].split()
    last = words[-1].lstrip("(\"“‘'") if words else ""
    if len(words) <= 1 and LIST_MARK.fullmatch(last):
        return False
    tail = last.rsplit(".", 1)[-1]
    return tail not in ABBREVIATIONS and not (len(tail) == 1 and tail.isupper())


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    if start < end:
        yield start, end
