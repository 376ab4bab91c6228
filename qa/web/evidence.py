"""The panel of sources: where each quote comes from, the passage around it, and why it was chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from qa.index import Index
from qa.text import QUESTION_WORDS, SYLLABLE, find_numbers, words
from qa.values import Citation, Quote
from qa.web.conversation import Exchange
from qa.web.templates import day_text, escape, escape_exactly, kind_name, reader_address, source_link

MOST_RUNS = 5
CHANGED = "Bài viết đã thay đổi từ khi ông/bà hỏi; đây là câu đã trích khi đó."
EMPTY = (
    '<div class="evidence-empty"><h2>Nguồn trích dẫn</h2>'
    "<p>Nguồn của từng câu trả lời sẽ hiện ở đây: bài viết, cơ quan, ngày tháng và nguyên văn đoạn được trích.</p>"
    "</div>"
)


def evidence_html(exchanges: Sequence[Exchange], index: Index) -> str:
    """Return the sources of every exchange, those of the newest shown; each character from outside escaped."""
    sections = [section_html(turn, exchange, index) for turn, exchange in enumerate(exchanges, 1)]
    return "".join(sections) if any(exchange.shown.citations for exchange in exchanges) else EMPTY


def section_html(turn: int, exchange: Exchange, index: Index) -> str:
    """Return the sources of one exchange."""
    quotes = exchange.shown.citations
    if not quotes:
        return f'<section class="evidence-turn" data-turn="{turn}">{EMPTY}</section>'
    heading = "Các đoạn tìm được" if exchange.mode == "search" else "Nguồn trích dẫn"
    cards = "".join(card_html(turn, quote, exchange, index) for quote in quotes)
    return (
        f'<section class="evidence-turn" data-turn="{turn}"><h2>{heading}</h2>'
        f'<p class="evidence-question">{escape(exchange.shown.question)}</p>{cards}</section>'
    )


def card_html(turn: int, quote: Quote, exchange: Exchange, index: Index) -> str:
    """Return one source: title, facts, the quote within its passage, the reason, and the ways to read on."""
    citation = quote.citation
    passage, note = passage_html(quote, index)
    return (
        f'<article class="source" id="nguon-{turn}-{quote.marker}" tabindex="-1">'
        f'<h3><span class="marker">{quote.marker}</span> {escape(citation.title)}</h3>'
        f"{facts_html(citation)}<blockquote>{passage}</blockquote>{note}"
        f'<p class="why">{escape(reason(exchange.shown.understood, quote.text, citation))}</p>'
        f'<p class="links"><a class="read" href="{escape(reader_address(citation))}" target="_blank">Đọc toàn văn'
        f'<span class="unseen"> bài “{escape(citation.title)}” (mở ở thẻ mới)</span></a>'
        f"{source_link(citation.url)}"
        f'<button type="button" class="back" data-back="{turn}">Về câu trả lời</button></p></article>'
    )


def facts_html(citation: Citation) -> str:
    """Return publisher, date, kind, number and section as a list of terms."""
    facts = [
        ("Nơi đăng", citation.source),
        ("Ngày", day_text(citation.published)),
        ("Loại", kind_name(citation.kind)),
        ("Số hiệu", citation.number),
        ("Mục", citation.section),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts if value)
    return f'<dl class="facts">{rows}</dl>'


def passage_html(quote: Quote, index: Index) -> tuple[str, str]:
    """Return the passage around a quote with the quote marked, and a note where the article has changed since."""
    citation = quote.citation
    document = index.documents.get(citation.document_id)
    if document is None or document.text[citation.start : citation.end] != quote.text:
        return f"<mark>{escape(quote.text)}</mark>", f'<p class="changed">{CHANGED}</p>'
    start, end = span_around(citation, index)
    before, after = document.text[start : citation.start], document.text[citation.end : end]
    return f"{escape_exactly(before)}<mark>{escape_exactly(quote.text)}</mark>{escape_exactly(after)}", ""


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
