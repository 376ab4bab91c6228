"""A conversation as a Markdown file to keep."""

import dataclasses
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from qa.blocks import Answer, Block, Comparison, Headline, Quote, Quoted, Response, plain
from qa.present.terminal import is_reworded
from qa.text import normalise
from qa.values import Citation

TITLE = "Hỏi đáp cải cách hành chính"
SOURCES = "Nguồn"
QUOTED = "Câu trả lời gồm những câu trích đúng từng chữ từ các nguồn ghi ở cuối."
LONGEST_ADDRESS = 2_000
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)

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
        parts += map(escape, composed_text(response, quotes))
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


def numbered(shown: Sequence[Response]) -> tuple[list[dict[int, Quote]], list[Quote]]:
    """Return each response's quotes by their markers, bearing their numbers in the conversation; and each once.

    A span that is quoted twice keeps its number.
    """
    numbers: dict[tuple[str, int, int, str], int] = {}
    quotes_of: list[dict[int, Quote]] = []
    sources: dict[int, Quote] = {}
    for response in shown:
        quotes = {}
        for quote in response.citations:
            span = (quote.citation.document_id, quote.citation.start, quote.citation.end, quote.text)
            number = numbers.setdefault(span, len(numbers) + 1)
            quotes[quote.marker] = sources.setdefault(number, dataclasses.replace(quote, marker=number))
        quotes_of.append(quotes)
    return quotes_of, list(sources.values())


def opening_of(when: datetime.datetime, sources: Sequence[Quote]) -> str:
    """Say when the conversation was exported, and what its answers rest on."""
    exported = f"Xuất lúc {when:%H:%M} ngày {when:%d/%m/%Y}."
    return f"{exported} {QUOTED}" if sources else exported


def understood_line(response: Response) -> str:
    """Return the question as it was searched; nothing where it was searched as typed."""
    return f"Hiểu là: {one_line(response.understood)}" if is_reworded(response) else ""


def note_lines(response: Response, quotes: Mapping[int, Quote]) -> list[str]:
    return [f"Lưu ý: {one_line(plain(note.parts, quotes))}" for note in response.notes]


def composed_text(response: Response, quotes: Mapping[int, Quote]) -> list[str]:
    """Return whose words a composed text is, and the text, its marks with their numbers in the conversation."""
    composed = response.composed if isinstance(response, Answer) else None
    if composed is None or not composed.sentences:
        return []
    marks = ("".join(f"[{quotes[marker].marker}]" for marker in sentence.markers) for sentence in composed.sentences)
    said = (f"{sentence.text} {mark}" for sentence, mark in zip(composed.sentences, marks, strict=True))
    return [f"{composed.by}:", normalise(" ".join(said))]


def table(comparison: Comparison, quotes: Mapping[int, Quote]) -> Iterator[tuple[str, str, str]]:
    """Yield the head of a comparison, then each line: its side, its short answer, its quote with its number."""
    side, short, quoted = map(one_line, comparison.heads)
    yield side, short, quoted
    for row in comparison.rows:
        yield one_line(row.side), one_line(row.short or "–"), normalise(plain([Quoted(row.marker)], quotes))


def about(citation: Citation) -> str:
    """Name a source beside its title."""
    return one_line(citation.description)


def one_line(text: str) -> str:
    return " ".join(normalise(text).split())


def web_address(url: str) -> str | None:
    """Return an http(s) address in ASCII, fit for a link; None for any other, which is shown as text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc):
        return None
    if len(url) > LONGEST_ADDRESS or not url.isprintable():  # urlsplit leaves out line breaks
        return None
    return percent_encode(url, safe=":/?#@!$&'()*+,;=%~")
