"""The panel of sources: where each quote comes from, the passage around it, and why it was chosen."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from qa.index import Index
from qa.text import QUESTION_WORDS, SYLLABLE, find_numbers, words
from qa.values import Citation, Quote
from qa.web.conversation import Exchange
from qa.web.templates import render

MOST_RUNS = 5


def evidence_html(exchanges: Sequence[Exchange], index: Index) -> Markup:
    """Return the sources of every exchange, those of the newest shown; each character from outside escaped."""
    cards = [
        [card_html(turn, quote, exchange, index) for quote in exchange.shown.citations]
        for turn, exchange in enumerate(exchanges, 1)
    ]
    return render("evidence", turns=list(zip(exchanges, cards, strict=True)) if any(cards) else ())


def card_html(turn: int, quote: Quote, exchange: Exchange, index: Index) -> Markup:
    """Return one source: title, facts, the quote within its passage, the reason, and the ways to read on."""
    return render(
        "source",
        turn=turn,
        quote=quote,
        citation=quote.citation,
        around=text_around(quote, index),
        reason=reason(exchange.shown.understood, quote.text, quote.citation),
    )


def text_around(quote: Quote, index: Index) -> tuple[str, str] | None:
    """Return what its passage says before and after a quote; None where the article has changed since."""
    citation = quote.citation
    document = index.documents.get(citation.document_id)
    if document is None or document.text[citation.start : citation.end] != quote.text:
        return None
    start, end = span_around(citation, index)
    return document.text[start : citation.start], document.text[citation.end : end]


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
    typed = SYLLABLE.finditer(question)
    runs = []
    for is_shared, run in groupby(typed, key=lambda found: all(part in there for part in words(found[0]))):
        telling = [found for found in run if not set(words(found[0])) <= QUESTION_WORDS]
        if is_shared and telling:  # from its first word that is none of asking ("có", "bao nhiêu") to its last
            runs.append(question[telling[0].start() : telling[-1].end()])
    return list(dict.fromkeys(runs))[:MOST_RUNS]
