"""Vietnamese text: one form, folding, tokens, sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

INVISIBLE_RANGES = [
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),
]
INVISIBLE = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in INVISIBLE_RANGES) + "]")
"""Control, zero-width and bidirectional characters, and what UTF-8 or XML refuses: nothing a reader sees."""

SYLLABLE = re.compile(r"[^\W_]+")
TERMINATOR = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)")
LINE = re.compile(r"[^\n]+")
HEADING = re.compile(r"\s*#{1,6}\s")
LINE_MARKUP = re.compile(r"\s*(?:>\s*|[-*•+]\s+|\|)?\s*")
ABBREVIATIONS = frozenset(
    "TP Tp tp TX Tx TT Tt KP Kp GS PGS TS ThS Ths BS BSCK KS CN LS NCS NGƯT NGND NSND NSƯT ĐC đ/c Đ/c "
    "Nxb NXB tr Tr No St Mr Mrs Ms Dr".split()
)
LIST_MARK = re.compile(r"[(\[]?(?:\d+(?:\.\d+)*|[a-zđA-ZĐ]|[ivxIVX]+)")


def normalise(text: str) -> str:
    """Return the text in NFC, without invisible characters, each line break as ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Return the text in lower case without marks; đ, which no decomposition reaches, becomes d."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def syllables(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, in order."""
    return SYLLABLE.findall(fold(text))


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
    for position, (start, end) in enumerate(spans):
        if text[start:end].endswith(":"):
            end = end_of_list(text, spans, position)
        yield start, end


def end_of_list(text: str, spans: Sequence[tuple[int, int]], position: int) -> int:
    """Return where the list that a sentence opens ends: after the last line that begins with a list mark."""
    end = spans[position][1]
    for start, stop in spans[position + 1 :]:
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if line.strip() not in ("-", "*", "•", "+"):
            break
        end = stop
    return end


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
