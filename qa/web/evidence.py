"""The panel of sources: where each quote comes from, the passage around it, and why it was chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.index import Index
from qa.text import QUESTION_WORDS, SYLLABLE, find_numbers, normalise, words
from qa.values import Citation, Quote, Response
from qa.web.conversation import Exchange
from qa.web.templates import day_text, kind_name, render

MOST_RUNS = 5


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source as the panel shows it: the cited text between what stands around it in its passage."""

    marker: int
    citation: Citation
    facts: list[tuple[str, str | None]]
    before: str
    text: str
    after: str
    has_changed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """The sources of one exchange."""

    heading: str
    question: str
    sources: list[ShownSource]


def evidence_html(exchanges: Sequence[Exchange], index: Index) -> str:
    """Return the sources of every exchange; each character from outside escaped."""
    sections = [section_of(exchange, index) for exchange in exchanges]
    return str(render("evidence", sections=sections if any(section.sources for section in sections) else ()))


def section_of(exchange: Exchange, index: Index) -> Section:
    shown = exchange.shown
    heading = "Các đoạn tìm được" if exchange.mode == "search" else "Nguồn trích dẫn"
    return Section(heading, shown.question, [shown_source(quote, shown, index) for quote in shown.citations])


def shown_source(quote: Quote, shown: Response, index: Index) -> ShownSource:
    """Return one source: its facts, the quote within its passage, and why it was chosen."""
    citation = quote.citation
    facts = [
        ("Nơi đăng", citation.source),
        ("Ngày", day_text(citation.published)),
        ("Loại", kind_name(citation.kind)),
        ("Số hiệu", citation.number),
        ("Mục", citation.section),
    ]
    document = index.documents.get(citation.document_id)
    has_changed = document is None or document.text[citation.start : citation.end] != quote.text
    if document is None or has_changed:
        before, text, after = "", normalise(quote.text), ""
    else:
        start, end = span_around(citation, index)
        before, text, after = document.text[start : citation.start], quote.text, document.text[citation.end : end]
    why = reason(shown.understood, quote.text, citation)
    return ShownSource(quote.marker, citation, facts, before, text, after, has_changed, why)


def span_around(citation: Citation, index: Index) -> tuple[int, int]:
    """Return the span of the passage that holds the cited text; the text's own where none does."""
    for passage in index.passages_of(citation.document_id):
        if passage.citation.start <= citation.start and citation.end <= passage.citation.end:
            return passage.citation.start, passage.citation.end
    return citation.start, citation.end


def reason(question: str, quoted: str, citation: Citation) -> str:
    """Say in plain words why a text was chosen for a question."""
    asked = set(find_numbers(question))
    if citation.number and any(wanted.fits(own) for own in find_numbers(citation.number) for wanted in asked):
        return f"Vì sao chọn: đúng số hiệu {citation.number} trong câu hỏi."
    runs = common_runs(question, f"{quoted} {citation.section or ''} {citation.title}")
    if not runs:
        return "Vì sao chọn: gần nghĩa với câu hỏi."
    return "Vì sao chọn: khớp các từ " + ", ".join(f"“{run}”" for run in runs) + "."


def common_runs(question: str, text: str) -> list[str]:
    """Return the stretches of the question whose words all stand in the text, in order, the first few."""
    there = set(words(text))
    typed = list(SYLLABLE.finditer(question))
    runs = groupby(typed, key=lambda found: all(part in there for part in words(found[0])))
    kept = [stretch(question, trim(list(run))) for shared, run in runs if shared]
    return list(dict.fromkeys(run for run in kept if run))[:MOST_RUNS]


def trim(run: Sequence[re.Match[str]]) -> Sequence[re.Match[str]]:
    """Return a run without the words of asking at its ends ("có", "bao nhiêu")."""
    kept = [place for place, found in enumerate(run) if not set(words(found[0])) <= QUESTION_WORDS]
    return run[kept[0] : kept[-1] + 1] if kept else []


def stretch(question: str, run: Sequence[re.Match[str]]) -> str:
    """Return the question's own characters from the first word of a run to its last."""
    return question[run[0].start() : run[-1].end()] if run else ""
