"""Lines as a page or a screen broke them → paragraphs as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qa.ingest.legacy import is_syllable

PAGE_NUMBER = re.compile(r"\W*(?:trang|page)?\W*\d{1,4}(?:\s*/\s*\d{1,4})?\W*", re.IGNORECASE)
STRUCTURE = re.compile(
    r"\s*(?:#{1,6}\s|[-–—•*+>|]|\(?[a-zđ]\)|\(?\d+[.)]|[IVXLC]+[.)]\s"
    r"|điều\s+\d|chương\s+[ivxlc\d]|mục\s+[ivxlc\d]|phụ lục\b)",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\s*$")
HYPHEN_END = re.compile(r"([^\W\d_]+)[-\u2010]$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
LONGEST_WORD = 80
"""Characters at a line's end among which its last word is looked for; without a bound a long line costs its square."""

EDGE_LINES = 3
"""How many lines at the top and bottom of a page may be running heads or page numbers."""

SHORTEST_WRAP = 40
LONGEST_WRAP = 160
FULL = 0.8
"""A line this share of the usual full width was broken by the page, not by its writer."""


def join_pages(pages: Sequence[str]) -> str:
    """Join the texts of pages, without page numbers and without heads and feet that most pages repeat.

    The first page keeps its head: a title may recur as the running head of the other pages.
    """
    split = [[line.rstrip() for line in page.strip().split("\n")] for page in pages if page.strip()]
    repeated = running_lines(split)
    kept = [strip_edges(lines, repeated if position else frozenset()) for position, lines in enumerate(split)]
    return "\n".join(glue_pages([lines for lines in kept if lines]))


def running_lines(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    if len(pages) < 3:
        return frozenset()
    counted = Counter(shape for lines in pages for shape in {line_shape(line) for line in edges(lines)} if shape)
    return frozenset(shape for shape, count in counted.items() if count >= max(3, len(pages) // 2))


def edges(lines: Sequence[str]) -> list[str]:
    return [*lines[:EDGE_LINES], *lines[-EDGE_LINES:]]


def line_shape(line: str) -> str:
    """Return a line with its numbers made alike, so that "Trang 3" and "Trang 4" are one."""
    return re.sub(r"\d+", "#", " ".join(line.lower().split()))


def strip_edges(lines: list[str], repeated: frozenset[str]) -> list[str]:
    """Drop running lines and page numbers from both ends of a page, at most EDGE_LINES from each."""
    start, end = 0, len(lines)
    while start < min(end, EDGE_LINES) and is_furniture(lines[start], repeated):
        start += 1
    while end > max(start, len(lines) - EDGE_LINES) and is_furniture(lines[end - 1], repeated):
        end -= 1
    return lines[start:end]


def is_furniture(line: str, repeated: frozenset[str]) -> bool:
    return not line.strip() or bool(PAGE_NUMBER.fullmatch(line)) or line_shape(line) in repeated


def glue_pages(pages: Sequence[list[str]]) -> list[str]:
    """Chain the lines of pages; a blank line between two pages unless a sentence runs across."""
    glued: list[str] = []
    for lines in pages:
        if glued and SENTENCE_END.search(glued[-1]):
            glued.append("")
        glued += lines
    return glued


def unwrap(text: str) -> str:
    """Join lines that a fixed width broke; blank lines, headings, lists and tables stay as they are.

    A line goes on in the next one when the next begins in lower case, or when it is as full as the text's lines
    are and ends no sentence.
    """
    lines = [line.strip() for line in text.split("\n")]
    width = wrap_width(lines)
    pieces: list[str] = []
    previous = ""
    for line in lines:
        if pieces and goes_on(previous, line, width):
            glue(pieces, line)
        else:
            pieces += ["\n", line] if pieces else [line]
        previous = line
    return "".join(pieces)


def wrap_width(lines: Sequence[str]) -> int:
    """Return the width, in characters, at which a text was broken, or 0 when its lines are paragraphs."""
    lengths = sorted(len(line) for line in lines if line)
    longest = lengths[-1 - len(lengths) // 100] if lengths else 0
    broken = [len(line) for line in lines if len(line) >= SHORTEST_WRAP // 2 and not SENTENCE_END.search(line)]
    full = sum(length >= FULL * longest for length in broken)
    return longest if SHORTEST_WRAP <= longest <= LONGEST_WRAP and full >= 0.5 * len(broken) else 0


def goes_on(previous: str, line: str, width: int) -> bool:
    if not previous or not line or STRUCTURE.match(line) or "|" in previous or previous.startswith("#"):
        return False
    if HYPHEN_END.search(previous[-LONGEST_WORD:]) and line[0].islower():
        return True
    if SENTENCE_END.search(previous):
        return False
    if line[0].islower() or previous.endswith(","):
        return True
    return bool(width) and len(previous) >= FULL * width and not (previous.isupper() or line.isupper())


def glue(pieces: list[str], right: str) -> None:
    """Append the second half of a line to its first; a hyphen goes when only the halves together make a word."""
    broken = HYPHEN_END.search("".join(pieces[-2:])[-LONGEST_WORD:])
    first = FIRST_WORD.match(right)
    if not broken or not first or not right[0].islower():
        pieces.append(" ")
    elif not (is_syllable(broken[1]) and is_syllable(first[0])):
        pieces[-1] = pieces[-1][:-1]
    pieces.append(right)
