"""The last look before anything is shown: quotes are their spans, numbers stand in what is quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa.text import numbers_in
from qa.values import Citation, Document, Quote

MARK = re.compile(r"\[\d+\]")


def withhold(quotes: Sequence[Quote], documents: Mapping[str, Document]) -> tuple[Quote, ...]:
    """Return the quotes that are, character for character, what their span in their document says."""
    return tuple(quote for quote in quotes if is_exact(quote, documents))


def is_exact(quote: Quote, documents: Mapping[str, Document]) -> bool:
    document = documents.get(quote.citation.document_id)
    span = slice(quote.citation.start, quote.citation.end)
    return document is not None and bool(quote.text) and document.text[span] == quote.text


def unsupported_numbers(text: str, quotes: Sequence[Quote]) -> list[str]:
    """Return the numbers, in digits or words, dates and shares of a text that no quote and no source's metadata holds.

    Marks ``[1]`` are not numbers of the answer.
    """
    said = [*(quote.text for quote in quotes), *(metadata(quote.citation) for quote in quotes)]
    known = {number for one in said for number in numbers_in(one)}
    return [number for number in numbers_in(MARK.sub(" ", text)) if number not in known]


def metadata(citation: Citation) -> str:
    """Return what a template may state of a source without quoting it."""
    dated = f"{citation.published:%d/%m/%Y}" if citation.published else ""
    return f"{citation.source} {citation.title} {citation.number or ''} {dated}"
