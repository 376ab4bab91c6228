"""The conversation as HTML: greeting, questions, answers with marks that lead to their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from qa import present
from qa.index import Index
from qa.present import is_reworded
from qa.retrieval import Filters, SearchResult
from qa.session import Session
from qa.values import (
    Answer,
    Comparison,
    Headline,
    Link,
    Mark,
    Paragraph,
    Part,
    Quote,
    Quoted,
    Related,
    Response,
    Said,
    Timeline,
    Turn,
    plain,
)
from qa.web.suggest import examples, follow_ups, greeting
from qa.web.templates import (
    day_text,
    document_address,
    escape,
    is_web_address,
    kind_name,
    question_address,
    reader_address,
    source_link,
)

MOST_KEPT = 30
FOUND = "{count} đoạn phù hợp nhất, xếp theo độ khớp."
NOTHING_FOUND = "Không có đoạn nào phù hợp."
Mode = Literal["ask", "search"]
Kept = dict[str, Any]
"""An exchange as plain JSON values, in the form that the browser keeps."""


PROMISE = "Mỗi câu trả lời có nguồn và ngày, mở ra đọc được. Tài liệu không nói đến thì tôi thưa là chưa đủ căn cứ."
TROUBLE = "Xin lỗi ông/bà, hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút."
TOOLS = (
    '<div class="tools" role="group" aria-label="Cuộc trò chuyện">'
    '<button type="button" data-event="clear">Trò chuyện mới</button>'
    '<button type="button" data-event="download" data-form="md">Tải Markdown</button>'
    '<button type="button" data-event="download" data-form="docx">Tải Word</button></div>'
)
THANKS = '<p class="thanks" role="status">Cảm ơn ông/bà đã góp ý.</p>'
PARAGRAPHS = "\n\n"
REASONS = ("Không đúng câu hỏi", "Thông tin cũ", "Thiếu ý", "Nguồn không phù hợp")


def conversation_html(session: Session, exchanges: Sequence[Exchange], pending: str = "", trouble: str = "") -> str:
    """Return the whole conversation; ``pending`` is a question being searched, ``trouble`` what went wrong last."""
    parts = [TOOLS] if exchanges else []
    parts += [] if exchanges or pending else [welcome_html(session)]
    for turn, exchange in enumerate(exchanges, 1):
        parts.append(exchange_html(turn, exchange, session, newest=turn == len(exchanges) and not pending))
    if pending:
        parts.append(pending_html(pending, len(session.index.documents)))
    if trouble:
        parts.append(f'<div class="message bot trouble" role="alert"><p>{escape(trouble)}</p></div>')
    return "".join(parts)


def welcome_html(session: Session) -> str:
    """Return the greeting and questions to begin with."""
    chips = "".join(chip_html(question, question) for question in examples(session))
    return (
        f'<section class="welcome"><h2>Ông/bà muốn hỏi điều gì?</h2><p>{escape(greeting(session.index))}</p>'
        f'<p class="promise">{PROMISE}</p><p class="chips-title" id="goi-y">Câu hỏi gợi ý</p>'
        f'<ul class="chips" aria-labelledby="goi-y">{chips}</ul></section>'
    )


def chip_html(label: str, question: str) -> str:
    return (
        f'<li><button type="button" class="chip" data-event="example_select" data-question="{escape(question)}">'
        f"{escape(label)}</button></li>"
    )


def pending_html(question: str, documents: int) -> str:
    """Return the question and the sign that it is being searched."""
    return (
        f'<article class="exchange pending"><div class="message user"><p>{escape(question)}</p></div>'
        '<div class="message bot searching" role="status"><span class="dots" aria-hidden="true"></span>'
        f"Đang tìm trong {documents} bài viết…"
        f'<button type="button" class="quiet" data-event="stop" data-question="{escape(question)}">Dừng</button>'
        "</div></article>"
    )


def exchange_html(turn: int, exchange: Exchange, session: Session, *, newest: bool) -> str:
    """Return one question with its answer, sources in short, and what can be done with them."""
    shown = exchange.shown
    body = blocks_html(turn, shown, session.index) + notes_html(turn, shown, session.index) + sources_html(turn, shown)
    if isinstance(shown, Answer) and newest:
        body += follow_ups_html(shown, session)
    return (
        f'<article class="exchange" id="luot-{turn}" data-turn="{turn}">'
        f'<div class="message user"><p>{escape(shown.question)}</p>{scope_html(exchange)}</div>'
        f'<div class="message bot{"" if shown.citations else " declined"}">{understood_html(turn, exchange)}{body}'
        f"{actions_html(turn, exchange)}</div></article>"
    )


def scope_html(exchange: Exchange) -> str:
    """Name the filters under which a question was asked."""
    parts = (["Chỉ tìm đoạn"] if exchange.mode == "search" else []) + filter_names(exchange.filters)
    return f'<p class="scope">{escape(" · ".join(parts))}</p>' if parts else ""


def filter_names(filters: Filters) -> list[str]:
    names = [kind_name(filters.kind)] if filters.kind else []
    names += [f"từ {day_text(filters.since)}"] if filters.since else []
    return names + ([f"đến {day_text(filters.until)}"] if filters.until else [])


def understood_html(turn: int, exchange: Exchange) -> str:
    """Return the question as it was searched, where it differs, with the way back to what was typed."""
    shown = exchange.shown
    if exchange.as_typed:
        return '<p class="understood">Đã tìm đúng như ông/bà gõ.</p>'
    if (isinstance(shown, Answer) and shown.is_reply) or not is_reworded(shown):
        return ""
    return (
        f'<p class="understood">Hiểu là: <strong>{escape(shown.understood)}</strong> '
        f'<button type="button" class="quiet" data-event="option_select" data-turn="{turn}">'
        "Tìm đúng như đã gõ</button></p>"
    )


def blocks_html(turn: int, shown: Response, index: Index) -> str:
    """Return the blocks: headlines large, comparisons as tables, what stands between them as one text."""
    whole = []
    for is_text, blocks in groupby(shown.blocks, key=lambda block: isinstance(block, Paragraph | Timeline)):
        if is_text:
            texts = ("".join(part_html(turn, part, shown, index) for part in block.parts) for block in blocks)
            whole.append(f'<p class="text">{PARAGRAPHS.join(texts)}</p>')
        else:
            whole += [block_html(turn, block, shown) for block in blocks if isinstance(block, Headline | Comparison)]
    return "".join(whole)


def part_html(turn: int, part: Part, shown: Response, index: Index) -> str:
    """Return a piece of text: a quote with the button that leads to its source, a title that opens its article."""
    match part:
        case Quoted(marker):
            quote = shown.quotes[marker]
            return f"<q>{escape(quote.text)}</q> {mark_html(turn, quote)}"
        case Mark(marker):
            return mark_html(turn, shown.quotes[marker])
        case Related(document_id, title) if document_id in index.documents:
            return f'“<a href="{document_address(document_id)}" target="_blank">{escape(title)}</a>”'
        case Link(url) if is_web_address(url):
            return source_link(url)
    return escape(plain([part], shown.quotes))


def block_html(turn: int, block: Headline | Comparison, shown: Response) -> str:
    """Return a headline with the mark of the quote it is cut from, or a comparison as a table."""
    if isinstance(block, Headline):
        return f'<p class="short">{escape(block.text)} {mark_html(turn, shown.quotes[block.marker])}</p>'
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in block.heads)
    quoted = ((row, shown.quotes[row.marker]) for row in block.rows)
    lines = "".join(
        f'<tr><th scope="row">{escape(row.side)}</th><td>{escape(row.short or "–")}</td>'
        f"<td><q>{escape(quote.text)}</q> {mark_html(turn, quote)}</td></tr>"
        for row, quote in quoted
    )
    return (
        f'<p class="text">{escape(block.opening)}</p>'
        '<div class="comparison" tabindex="0" role="region" aria-label="Bảng so sánh">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def mark_html(turn: int, quote: Quote) -> str:
    return (
        f'<button type="button" class="mark" data-source="{turn}-{quote.marker}" '
        f'title="Xem nguồn {quote.marker}"><span class="unseen">Xem nguồn </span>[{quote.marker}]</button>'
    )


def notes_html(turn: int, shown: Response, index: Index) -> str:
    """Return the notes, their marks as buttons and their addresses as links."""
    notes = ("".join(part_html(turn, part, shown, index) for part in note.parts) for note in shown.notes)
    items = "".join(f"<li>{note}</li>" for note in notes)
    return f'<ul class="notes">{items}</ul>' if items else ""


def sources_html(turn: int, shown: Response) -> str:
    """Return one line a source: mark, title, publisher, date."""
    lines = "".join(
        f'<li>{mark_html(turn, quote)} <a href="{escape(reader_address(quote.citation))}" target="_blank">'
        f'{escape(quote.citation.title)}<span class="unseen"> (mở ở thẻ mới)</span></a> '
        f'<span class="where">{escape(quote.citation.source)} · {day_text(quote.citation.published)}</span></li>'
        for quote in shown.citations
    )
    return f'<ol class="sources" aria-label="Nguồn">{lines}</ol>' if lines else ""


def follow_ups_html(answer: Answer, session: Session) -> str:
    chips = "".join(chip_html(label, question) for label, question in follow_ups(answer, session.index))
    if not chips:
        return ""
    return f'<p class="chips-title">Xem thêm từ các nguồn này</p><ul class="chips">{chips}</ul>'


def actions_html(turn: int, exchange: Exchange) -> str:
    """Return what can be done with an answer: copy, share, ask again, edit, judge."""
    shown = exchange.shown
    question = escape(shown.question)
    buttons = (
        f'<button type="button" data-copy="{escape(plain_text(shown))}">Sao chép</button>'
        f'<button type="button" data-share="{escape(question_address(shown.question))}">Chép liên kết</button>'
        f'<button type="button" data-event="retry" data-turn="{turn}">Hỏi lại</button>'
        f'<button type="button" data-edit="{question}">Sửa câu hỏi</button>'
    )
    judging = THANKS if exchange.judged else judge_html(turn)
    return f'<div class="actions">{buttons}</div>{judging}'


def judge_html(turn: int) -> str:
    """Return the thumbs, and the reasons that the lower one asks for."""
    reasons = "".join(
        f'<button type="button" class="chip" data-event="like" data-turn="{turn}" data-helpful="no" '
        f'data-reason="{reason}">{reason}</button>'
        for reason in REASONS
    )
    return (
        '<div class="judge"><span>Câu trả lời có ích không?</span>'
        f'<button type="button" data-event="like" data-turn="{turn}" data-helpful="yes">👍 Có ích</button>'
        f'<button type="button" data-unfold="ly-do-{turn}" aria-expanded="false">👎 Chưa</button></div>'
        f'<form class="reasons" id="ly-do-{turn}" data-turn="{turn}" hidden>'
        f'<p>Vì sao? Góp ý được lưu cùng câu hỏi và câu trả lời.</p><div class="chips">{reasons}</div>'
        '<label><span class="unseen">Lý do khác</span><input name="reason" maxlength="500" '
        'placeholder="Lý do khác…" autocomplete="off"></label><button type="submit">Gửi góp ý</button></form>'
    )


def plain_text(shown: Response) -> str:
    """Return an answer and its numbered sources as text to be pasted elsewhere."""
    lines = [shown.question, "", present.plain_text(shown), *shown.note_texts]
    for quote in shown.citations:
        one = quote.citation
        parts = [one.title, one.number, one.source, day_text(one.published), one.section, one.url]
        lines.append(f"[{quote.marker}] {' · '.join(part for part in parts if part)}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RankedPassages(Response):
    """What a search alone shows for a question: passages as quotes, best first, each under its rank."""

    type: Literal["passages"] = "passages"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was shown for it, and under what conditions.

    ``generation`` names the index that answered; ``as_typed`` says that the question was searched without repair;
    ``judged`` what the reader thought.
    """

    shown: Answer | RankedPassages
    filters: Filters = field(default_factory=Filters)
    generation: str = ""
    as_typed: bool = False
    judged: Literal["", "helpful", "unhelpful"] = ""

    @property
    def mode(self) -> Mode:
        return "search" if isinstance(self.shown, RankedPassages) else "ask"


_STORED = TypeAdapter(list[Exchange])


def dump(exchanges: Sequence[Exchange]) -> list[Kept]:
    """Return the newest exchanges as plain JSON values."""
    return _STORED.dump_python(list(exchanges)[-MOST_KEPT:], mode="json")


def restore(stored: object) -> list[Exchange]:
    """Return the exchanges that a browser kept; what is not of this form, or of an older one, is dropped."""
    try:
        return _STORED.validate_python(stored or [])[-MOST_KEPT:]
    except ValidationError:
        return []


def turns(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered questions as the conversation so far, oldest first."""
    return tuple(Turn(one.shown.understood, one.shown.text) for one in exchanges if one.mode == "ask")


def ranked(question: str, found: SearchResult) -> RankedPassages:
    """Return what a search found as it is shown and kept."""
    hits = enumerate(found.hits, start=1)
    quotes = tuple(Quote(rank, hit.passage.text, hit.passage.citation, hit.score) for rank, hit in hits)
    said = FOUND.format(count=len(quotes)) if quotes else NOTHING_FOUND
    return RankedPassages(question, found.query, (Paragraph((Said(said),)),), quotes)
