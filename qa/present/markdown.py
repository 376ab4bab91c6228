"""A conversation as a Markdown file to keep."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence

from qa.present.conversation import (
    NOTE,
    SOURCES,
    TITLE,
    UNDERSTOOD,
    Source,
    arrange,
    one_line,
    table,
    web_address,
)
from qa.text import normalise
from qa.values import Answer, Block, Comparison, Headline, Quote, plain

MEANING = re.compile(r"[\\`*_{}\[\]<>#|~&$^@]|:(?=[^\s\d])|%(?=%)|(?<=www)\.", re.IGNORECASE)
"""What Markdown, or a dialect of it, gives a meaning anywhere in a line; the colon and www. are for bare addresses."""
OPENING = re.compile(r"^([0-9]{1,9}(?=[.)](?:\s|$))|(?=[-+=:]))")
"""What has a meaning at the start of a line only: list marks, underlines of headings, definitions."""


def to_markdown(exchanges: Sequence[Answer], when: datetime.datetime) -> str:
    """Return the conversation as Markdown (CommonMark); text from outside is text, http(s) addresses are links."""
    conversation = arrange(exchanges, when)
    parts = [f"# {TITLE}", escape(conversation.exported)]
    for number, exchange in enumerate(conversation.exchanges, start=1):
        parts.append(f"## Câu hỏi {number}: {escape(exchange.question)}".rstrip())
        parts += [escape(f"{UNDERSTOOD}{exchange.understood}")] if exchange.understood else []
        parts += [part for block in exchange.blocks for part in block_markdown(block, exchange.quotes)]
        parts += [escape(f"{NOTE}{note}") for note in exchange.notes]
    if conversation.sources:
        parts.append(f"## {SOURCES}")
    parts += [part for source in conversation.sources for part in source_markdown(source)]
    return "\n\n".join(part for part in parts if part) + "\n"


def block_markdown(block: Block, quotes: Mapping[int, Quote]) -> Iterator[str]:
    if isinstance(block, Comparison):
        yield escape(normalise(block.opening))
        head, *rows = ([escape(one_line(cell)) for cell in line] for line in table(block, quotes))
        yield "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))
    else:
        text = escape(normalise(plain(block.parts, quotes)))
        yield f"**{text}**" if isinstance(block, Headline) and text else text


def source_markdown(source: Source) -> Iterator[str]:
    address = web_address(source.address)
    link = f"<{address}>" if address else escape(source.address)
    name = f"**{escape(f'[{source.number}] {source.title}'.strip())}**"
    yield " · ".join(part for part in (name, escape(source.about), link) if part)
    yield "\n".join(f"> {line}" for line in escape(source.quote).split("\n"))


def escape(text: str) -> str:
    """Return Markdown that shows exactly this text, line by line, white space at the ends of lines aside."""
    lines = (line.strip(" \t") for line in text.split("\n"))
    return "\\\n".join(OPENING.sub(r"\1\\", MEANING.sub(r"\\\g<0>", line)) for line in lines if line)
