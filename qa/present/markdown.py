"""A conversation as a Markdown file to keep."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence

from qa.present.conversation import (
    SOURCES,
    TITLE,
    about,
    note_lines,
    numbered,
    one_line,
    opening_of,
    table,
    understood_line,
    web_address,
)
from qa.text import normalise
from qa.values import Block, Comparison, Headline, Quote, Response, plain

MEANING = re.compile(r"[\\`*_{}\[\]<>#|~&$^@]|:(?=[^\s\d])|%(?=%)|(?<=www)\.", re.IGNORECASE)
"""What Markdown, or a dialect of it, gives a meaning anywhere in a line; the colon and www. are for bare addresses."""
OPENING = re.compile(r"^([0-9]{1,9}(?=[.)](?:\s|$))|(?=[-+=:]))")
"""What has a meaning at the start of a line only: list marks, underlines of headings, definitions."""


def to_markdown(shown: Sequence[Response], when: datetime.datetime) -> str:
    """Return the conversation as Markdown (CommonMark); text from outside is text, http(s) addresses are links."""
    quotes_of, sources = numbered(shown)
    parts = [f"# {TITLE}", escape(opening_of(when, sources))]
    for place, (response, quotes) in enumerate(zip(shown, quotes_of, strict=True), start=1):
        parts.append(f"## Câu hỏi {place}: {escape(one_line(response.question))}".rstrip())
        parts.append(escape(understood_line(response)))
        parts += [part for block in response.blocks for part in block_markdown(block, quotes)]
        parts += map(escape, note_lines(response, quotes))
    parts += [f"## {SOURCES}"] if sources else []
    parts += [part for source in sources for part in source_markdown(source)]
    return "\n\n".join(part for part in parts if part) + "\n"


def block_markdown(block: Block, quotes: Mapping[int, Quote]) -> Iterator[str]:
    if isinstance(block, Comparison):
        yield escape(normalise(block.opening))
        head, *rows = ([escape(one_line(cell)) for cell in line] for line in table(block, quotes))
        yield "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))
    else:
        text = escape(normalise(plain(block.parts, quotes)))
        yield f"**{text}**" if isinstance(block, Headline) and text else text


def source_markdown(source: Quote) -> Iterator[str]:
    citation = source.citation
    address = web_address(one_line(citation.url))
    link = f"<{address}>" if address else escape(one_line(citation.url))
    name = f"**{escape(f'[{source.marker}] {one_line(citation.title)}'.strip())}**"
    yield " · ".join(part for part in (name, escape(about(citation)), link) if part)
    yield "\n".join(f"> {line}" for line in escape(normalise(source.text)).split("\n"))


def escape(text: str) -> str:
    """Return Markdown that shows exactly this text, line by line, white space at the ends of lines aside."""
    lines = (line.strip(" \t") for line in text.split("\n"))
    return "\\\n".join(OPENING.sub(r"\1\\", MEANING.sub(r"\\\g<0>", line)) for line in lines if line)
