"""A conversation as it is written to a file: its sources numbered through the whole, its addresses checked."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from qa.present.terminal import is_reworded
from qa.text import normalise
from qa.values import Answer, Block, Comparison, Quote, Quoted, note_text, plain

TITLE = "Hỏi đáp cải cách hành chính"
SOURCES = "Nguồn"
VERBATIM = "Câu trả lời trích nguyên văn từ các nguồn ghi ở cuối."
UNDERSTOOD, NOTE = "Hiểu là: ", "Lưu ý: "
LONGEST_ADDRESS = 2_000
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer as they are printed; ``quotes`` bear their numbers in the conversation as markers."""

    question: str
    understood: str | None
    blocks: tuple[Block, ...]
    quotes: Mapping[int, Quote]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A quoted sentence under its number, what it comes from, and the address of that."""

    number: int
    title: str
    about: str
    address: str
    quote: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is printed, in order; every text is in NFC and holds nothing that XML refuses."""

    exported: str
    exchanges: tuple[Exchange, ...]
    sources: tuple[Source, ...]


def arrange(answers: Sequence[Answer], when: datetime.datetime) -> Conversation:
    """Number the sources through the conversation; a span quoted twice keeps its number."""
    numbers: dict[tuple[str, int, int, str], int] = {}
    sources: list[Source] = []
    exchanges: list[Exchange] = []
    for answer in answers:
        quotes = {}
        for quote in answer.citations:
            key = (quote.citation.document_id, quote.citation.start, quote.citation.end, quote.text)
            number = numbers.setdefault(key, len(numbers) + 1)
            quotes[quote.marker] = dataclasses.replace(quote, marker=number)
            if number > len(sources):
                sources.append(source_of(quote, number))
        exchanges.append(
            Exchange(
                question=one_line(answer.question),
                understood=one_line(answer.understood) if is_reworded(answer) else None,
                blocks=answer.blocks,
                quotes=quotes,
                notes=tuple(one_line(note_text(note, quotes)) for note in answer.notes),
            )
        )
    exported = f"Xuất lúc {when:%H:%M} ngày {when:%d/%m/%Y}."
    return Conversation(f"{exported} {VERBATIM}" if sources else exported, tuple(exchanges), tuple(sources))


def table(comparison: Comparison, quotes: Mapping[int, Quote]) -> Iterator[tuple[str, str, str]]:
    """Yield the head of a comparison, then each line: its side, its short answer, its quote with its number."""
    yield tuple(map(one_line, comparison.heads))
    for row in comparison.rows:
        yield one_line(row.side), one_line(row.short or "–"), normalise(plain([Quoted(row.marker)], quotes))


def source_of(quote: Quote, number: int) -> Source:
    citation = quote.citation
    dated = f"ngày {citation.published:%d/%m/%Y}" if citation.published else "không rõ ngày"
    section = f"mục “{citation.section}”" if citation.section else None
    about = [one_line(part) for part in (citation.number, citation.source, dated, section) if part]
    return Source(
        number=number,
        title=one_line(citation.title),
        about=" · ".join(about),
        address=one_line(citation.url),
        quote=normalise(quote.text),
    )


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
