"""A table → one line a row, the header repeated: "cột: giá trị; …", so that each row can stand alone as a quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

PIPE_ROW = re.compile(r"\s*\|?(.+\|.*?)\|?\s*")
PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-*:?\s*)*")
LONGEST_HEADER_CELL = 80


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table's rows as lines; without a header (one row, one column, layout) the cells are joined."""
    tidy = [[" ".join(cell.split()) for cell in row] for row in rows]
    tidy = [row for row in tidy if any(row)]
    if len(tidy) < 2 or not is_header(tidy[0]):
        return [line for row in tidy if (line := "; ".join(unique_cells(row)))]
    return [row_line(tidy[0], row) for row in tidy[1:]]


def is_header(row: Sequence[str]) -> bool:
    """Tell whether a first row names the columns: several short cells, none of them empty or a number."""
    return (
        len(row) >= 2
        and all(row)
        and len(set(row)) == len(row)
        and all(len(cell) <= LONGEST_HEADER_CELL and not cell[0].isdigit() and "CỘNG HÒA" not in cell for cell in row)
    )


PROPERTY = frozenset(("thuộc tính", "thông tin", "trường", "mục", "tiêu chí", "field"))
VALUE = frozenset(("nội dung", "chi tiết", "giá trị", "value"))


def row_line(header: Sequence[str], row: Sequence[str]) -> str:
    if len(row) == 2 and header[0].lower() in PROPERTY and header[1].lower() in VALUE:
        return ": ".join(filter(None, row))
    pairs = [f"{name}: {cell}" for name, cell in zip(header, row, strict=False) if cell]
    return "; ".join([*pairs, *(cell for cell in row[len(header) :] if cell)])


def unique_cells(row: Sequence[str]) -> Iterator[str]:
    """Yield the cells, a merged one once."""
    previous = ""
    for cell in row:
        if cell and cell != previous:
            yield cell
        previous = cell


def flatten_pipe_tables(text: str) -> str:
    """Replace Markdown tables (with a rule below their header) by lines."""
    lines = text.split("\n")
    written: list[str] = []
    place = 0
    while place < len(lines):
        if place + 1 < len(lines) and "|" in lines[place] and "-" in lines[place + 1] and is_rule(lines[place + 1]):
            end = place + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            written += table_lines([cells(line) for line in [lines[place], *lines[place + 2 : end]]])
            place = end
        else:
            written.append(lines[place])
            place += 1
    return "\n".join(written)


def is_rule(line: str) -> bool:
    return "|" in line and bool(PIPE_RULE.fullmatch(line))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
