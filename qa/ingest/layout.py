"""Lines, tables and sections as a page, a screen or a form laid them out → paragraphs of Markdown.

Lines that a fixed width broke are joined; a table becomes one line a row, "cột: giá trị; …", so that each row can stand
alone as a quote; articles of a law and headings of a report become ``## `` lines.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from qa.ingest.encodings import is_syllable

PAGE_NUMBER = re.compile(r"\W*(?:trang|page)?\W*\d{1,4}(?:\s*/\s*\d{1,4})?\W*", re.IGNORECASE)
STRUCTURE = re.compile(
    r"\s*(?:#{1,6}\s|[-–—•*+>|]|\(?[a-zđ]\)|\(?\d+[.)]|[IVXLC]+[.)]\s"
    r"|điều\s+\d|chương\s+[ivxlc\d]|mục\s+[ivxlc\d]|phụ lục\b)",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\s*$")
HYPHEN_END = re.compile(r"([^\W\d_]+)[-\u2010]$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
LONGEST_WORD = 80  # characters at a line's end searched for its last word; unbounded, a long line costs its square
EDGE_LINES = 3  # how many lines at the top and bottom of a page may be running heads or page numbers
SHORTEST_WRAP = 40
LONGEST_WRAP = 160
FULL = 0.8  # a line this share of the usual full width was broken by the page, not by its writer
PIPE_RULE = re.compile(r"\s*+\|?\s*+:?-{2,}:?\s*+(?:\|\s*+:?-*:?\s*+)*+")
LONGEST_HEADER_CELL = 80
PROPERTY = frozenset(("thuộc tính", "thông tin", "trường", "mục", "tiêu chí", "field"))
VALUE = frozenset(("nội dung", "chi tiết", "giá trị", "value"))
ARTICLE = re.compile(r"(?:#+\s*)?\**\s*(Điều\s+\d{1,3}[a-zđ]?)\s*[.:]\**\s*(.*)", re.DOTALL)
CHAPTER = re.compile(
    r"(?:#+\s*)?\**\s*((?:Chương|CHƯƠNG|Mục|MỤC|Phần thứ|PHẦN THỨ|Phụ lục|PHỤ LỤC)\s+[\dIVXLC\w]{1,6})\s*[.:]?\s*(.*)"
)
ENDED = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
RULE = re.compile(r"[-–—_=*~\s]{3,}")
LISTED = re.compile(r"[-–+•*|>#]|\(?\w{1,4}[.)]\s|\d")
LONGEST_HEADING_WORDS = 24
MOTTO_REST = re.compile(r"Độc lập\s*[-–]\s*Tự do\s*[-–]\s*Hạnh phúc\s*[-–—_*\s]*$")
MOTTO = re.compile(r"CỘNG H[OÒ][ÀA] XÃ HỘI CHỦ NGHĨA|ĐẢNG CỘNG SẢN VIỆT NAM")


def join_pages(pages: Sequence[str]) -> str:
    """Join pages without page numbers and the heads and feet that most repeat; the first keeps its head, a title."""
    split = [[line.rstrip() for line in page.strip().split("\n")] for page in pages if page.strip()]
    repeated = running_lines(split)
    joined: list[str] = []
    for position, page_lines in enumerate(split):
        lines = strip_edges(page_lines, repeated if position else frozenset())
        if lines and joined and SENTENCE_END.search(joined[-1]):
            joined.append("")  # otherwise a sentence runs across
        joined += lines
    return "\n".join(joined)


def running_lines(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    edges = [{*map(line_shape, lines[:EDGE_LINES]), *map(line_shape, lines[-EDGE_LINES:])} for lines in pages]
    counted = Counter(shape for shapes in edges for shape in shapes if shape)
    return frozenset(shape for shape, count in counted.items() if count >= max(3, len(pages) // 2))


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


def unwrap(text: str) -> str:
    """Join lines that a fixed width broke; blank lines, headings, lists and tables stay as they are.

    A line goes on in the next one when the next begins in lower case, or when it is as full as the text's lines
    are and ends no sentence.
    """
    lines = [line.strip() for line in text.split("\n")]
    width = wrap_width(lines)
    pieces: list[str] = []
    for previous, line in pairwise(["", *lines]):
        if goes_on(previous, line, width):
            glue(pieces, line)
        else:
            pieces += ["\n", line]
    return "".join(pieces[1:])


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


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table's rows as lines; without a header (one row, one column, layout) the cells are joined."""
    tidy = [[" ".join(cell.split()) for cell in row] for row in rows]
    tidy = [row for row in tidy if any(row)]
    if len(tidy) < 2 or not is_header(tidy[0]):
        return ["; ".join(cell for cell, _ in groupby(row) if cell) for row in tidy]  # a merged cell once
    return [row_line(tidy[0], row) for row in tidy[1:]]


def is_header(row: Sequence[str]) -> bool:
    """Tell whether a first row names the columns: several short cells, none of them empty or a number."""
    if len(row) < 2 or not all(row) or len(set(row)) < len(row):
        return False
    return all(len(cell) <= LONGEST_HEADER_CELL and not cell[0].isdigit() and "CỘNG HÒA" not in cell for cell in row)


def row_line(header: Sequence[str], row: Sequence[str]) -> str:
    if len(row) == 2 and header[0].lower() in PROPERTY and header[1].lower() in VALUE:
        return ": ".join(filter(None, row))
    pairs = [f"{name}: {cell}" for name, cell in zip(header, row, strict=False) if cell]
    return "; ".join([*pairs, *(cell for cell in row[len(header) :] if cell)])


def flatten_pipe_tables(text: str) -> str:
    """Replace Markdown tables (with a rule below their header) by lines."""
    written: list[str] = []
    for is_piped, run in groupby(text.split("\n"), lambda line: "|" in line):
        lines = list(run)
        rule = next((place for place in range(1, len(lines)) if is_piped and PIPE_RULE.fullmatch(lines[place])), None)
        if rule:
            rows = [lines[rule - 1], *lines[rule + 1 :]]
            lines[rule - 1 :] = table_lines([row.strip().strip("|").split("|") for row in rows])
        written += lines
    return "\n".join(written)


def to_markdown(text: str, *, official: bool) -> str:
    """Return the text as Markdown: one blank line between paragraphs, headings marked, rules and motto dropped."""
    lines = [line.strip() for line in text.split("\n")]
    marked = official_lines(lines) if official else report_lines(lines)
    return "\n\n".join(filter(None, marked)).strip() + "\n"


def official_lines(lines: list[str]) -> list[str]:
    written: list[str] = []
    for line in lines:
        if not line or RULE.fullmatch(line) or is_motto(line):
            continue
        article, chapter = ARTICLE.fullmatch(line), CHAPTER.fullmatch(line)
        named = article or chapter
        if named and is_heading(named[2]):
            written.append(f"## {named[1]}. {named[2]}".rstrip(". "))
        elif article:
            written += [f"## {article[1]}", article[2]]  # a sentence goes below, so that it can be quoted
        elif written and written[-1].startswith("## ") and line.isupper() and CHAPTER.fullmatch(written[-1]):
            written[-1] += f". {line}"
        else:
            written.append(line)
    return written


def is_heading(words: str) -> bool:
    return len(words.split()) <= LONGEST_HEADING_WORDS and not ENDED.search(words)


def is_motto(line: str) -> bool:
    return bool(MOTTO.match(line) and (MOTTO_REST.search(line) or line.isupper())) or bool(MOTTO_REST.fullmatch(line))


def report_lines(lines: list[str]) -> list[str]:
    """Mark as headings the short lines that end no sentence and stand alone between paragraphs."""
    written: list[str] = []
    for place, line in enumerate(lines):
        alone = (place == 0 or not lines[place - 1]) and place + 1 < len(lines) and not lines[place + 1]
        is_title = alone and is_heading(line) and len(line.split()) >= 2 and not LISTED.match(line)
        if is_title and ENDED.search(next(filter(None, lines[place + 1 :]), "")):
            written.append(f"## {line}")
        elif line and not RULE.fullmatch(line):
            written.append(line)
    return written
