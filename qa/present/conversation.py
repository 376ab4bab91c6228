"""A conversation as it is written to a file: its sources numbered through the whole, its addresses checked."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from qa.present.terminal import is_reworded
from qa.text import normalise
from qa.values import Citation, Comparison, Quote, Quoted, Response, plain

TITLE = "Hỏi đáp cải cách hành chính"
SOURCES = "Nguồn"
VERBATIM = "Câu trả lời trích nguyên văn từ các nguồn ghi ở cuối."
LONGEST_ADDRESS = 2_000
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)


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
    return f"{exported} {VERBATIM}" if sources else exported


def understood_line(response: Response) -> str:
    """Return the question as it was searched; nothing where it was searched as typed."""
    return f"Hiểu là: {one_line(response.understood)}" if is_reworded(response) else ""


def note_lines(response: Response, quotes: Mapping[int, Quote]) -> list[str]:
    return [f"Lưu ý: {one_line(plain(note.parts, quotes))}" for note in response.notes]


def table(comparison: Comparison, quotes: Mapping[int, Quote]) -> Iterator[tuple[str, str, str]]:
    """Yield the head of a comparison, then each line: its side, its short answer, its quote with its number."""
    side, short, quoted = map(one_line, comparison.heads)
    yield side, short, quoted
    for row in comparison.rows:
        yield one_line(row.side), one_line(row.short or "–"), normalise(plain([Quoted(row.marker)], quotes))


def about(citation: Citation) -> str:
    """Name a source beside its title: number, publisher, day, section."""
    dated = f"ngày {citation.published:%d/%m/%Y}" if citation.published else "không rõ ngày"
    section = f"mục “{citation.section}”" if citation.section else None
    return " · ".join(one_line(part) for part in (citation.number, citation.source, dated, section) if part)


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
