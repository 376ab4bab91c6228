"""What a reader should know beside the quotes: copies, documents replaced or amended, figures that differ."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from qa.index import Index
from qa.values import Document, Quote

REPLACED, AMENDED = "thay thế", "sửa đổi, bổ sung"


def notes_on(quotes: Sequence[Quote], index: Index, day: datetime.date) -> tuple[str, ...]:
    """Return the notes on an answer's sources as they stand on a day."""
    cited = [index.documents[name] for name in dict.fromkeys(quote.citation.document_id for quote in quotes)]
    return tuple(
        dict.fromkeys(
            [
                *(note for document in cited for note in changes(document, index, day)),
                *(note for document in cited for note in copies(document, index, cited)),
            ]
        )
    )


def copies(document: Document, index: Index, cited: Sequence[Document]) -> Iterator[str]:
    """Mention the documents that say the same as a cited one."""
    for name in index.same[document.id]:
        copy = index.documents[name]
        if copy not in cited:
            yield f"Nội dung này cũng có tại: “{copy.title}” ({copy.source}) {copy.url}".strip()


def changes(document: Document, index: Index, day: datetime.date) -> Iterator[str]:
    """Say that a cited document was replaced, amended or has ended, and name the newer one."""
    if document.effective_to and document.effective_to <= day:
        yield f"“{document.title}” hết hiệu lực từ ngày {document.effective_to:%d/%m/%Y}."
    for later in index.later.get(document.number or "", ()):
        start = later.effective_from or later.published
        if later.id == document.id or (start and start > day):
            continue
        verb = REPLACED if document.number in later.supersedes else AMENDED
        since = f" từ ngày {start:%d/%m/%Y}" if start else ""
        newer = f"{later.number}: " if later.number else ""
        yield f"Văn bản {document.number} đã được {verb}{since} bởi {newer}“{later.title}” ({later.source}) {later.url}"


def differing_figures(quotes: Sequence[Quote], figures: Sequence[str]) -> str:
    """Say that two sources give different figures, each with its date."""
    said = [
        f"{figure} ({quote.citation.source}{dated(quote)}) [{quote.marker}]"
        for quote, figure in zip(quotes, figures, strict=True)
    ]
    return f"Các nguồn nêu số liệu khác nhau: {'; '.join(said)}."


def dated(quote: Quote) -> str:
    return f", {quote.citation.published:%d/%m/%Y}" if quote.citation.published else ""
