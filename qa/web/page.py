"""The page: the chat, its filters and the sources beside it, as Gradio blocks."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from qa.errors import QAError
from qa.retriever import LONGEST_QUESTION, Filters
from qa.session import Session
from qa.types import KINDS
from qa.web.conversation import TROUBLE, conversation_html
from qa.web.evidence import evidence_html
from qa.web.exchange import Exchange, dump, ranked, restore, turns
from qa.web.live import LiveSession
from qa.web.pages import header_html
from qa.web.suggest import TITLE
from qa.web.text import KIND_NAMES

LOG = logging.getLogger("qa.web")
STATIC = Path(__file__).parent / "static"
TOO_LONG = "Dạ, câu hỏi dài quá 2.000 ký tự; mời ông/bà rút gọn rồi gửi lại."
BAD_DAYS = "Dạ, ngày lọc chưa đúng: “từ ngày” phải trước “đến ngày”. Mời ông/bà sửa lại."
PREPARING = "Kho tài liệu đang được chuẩn bị. Trang sẽ tự mở khi xong, ông/bà không phải làm gì."
HEAD = """<script>
Object.defineProperty(navigator, "language", { get: () => "en" });
document.documentElement.lang = "vi";
</script>
<link rel="stylesheet" href="/giao-dien/base.css">
<link rel="stylesheet" href="/giao-dien/chat.css">"""
"""Gradio picks its labels by the browser's language; ours stand in place of its English."""

STORAGE = {"storage_key": "qa-hoi-dap", "secret": "qa-hoi-dap"}
"""Fixed, so that a conversation outlives the server; the words lie in the visitor's own browser."""

WIDE_OPEN = {"mode": "ask", "kind": "", "since": "", "until": ""}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read and write."""

    conversation: gr.HTML
    evidence: gr.HTML
    question: gr.Textbox
    choices: gr.HTML
    kept: gr.BrowserState

    @property
    def shown(self) -> list:
        """What an exchange changes, in the order that the handlers yield."""
        return [self.conversation, self.evidence, self.kept, self.question]


def build_page(live: LiveSession) -> gr.Blocks:
    """Return the chat page over the live session."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(header_html("/"), apply_default_css=False, elem_id="dau-trang")
        with gr.Row(elem_id="khung", equal_height=False):
            with gr.Column(elem_id="cot-hoi-dap", min_width=0, scale=3):
                conversation = html_part("hoi-thoai", script("conversation.js"))
                with gr.Column(elem_id="o-hoi", min_width=0, scale=0):
                    question = question_box()
                    choices = choice_box()
            with gr.Column(elem_id="cot-nguon", min_width=0, scale=2):
                evidence = html_part("nguon", None)
        kept = gr.BrowserState([], **STORAGE)
        parts = Parts(conversation, evidence, question, choices, kept)
        connect(page, parts, Handlers(live))
    return page


def html_part(name: str, js: str | None) -> gr.HTML:
    return gr.HTML("", elem_id=name, apply_default_css=False, js_on_load=js)


def script(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Hỏi có dấu hoặc không dấu…",
        label="Câu hỏi",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        autofocus=True,
        submit_btn="Gửi",
        elem_id="cau-hoi",
    )


def choice_box() -> gr.HTML:
    """Return the filters as one component of native controls; its value is a dict of mode, kind, since, until."""
    kinds = "".join(f'<option value="{kind}">{KIND_NAMES[kind]}</option>' for kind in KINDS)
    template = script("choices.html").replace("<!--kinds-->", kinds)
    return gr.HTML(
        WIDE_OPEN, html_template=template, js_on_load=script("choices.js"), apply_default_css=False, elem_id="bo-loc"
    )


def connect(page: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    """Bind every event of the page; none of them is part of the API."""
    asking = {"outputs": parts.shown, "show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
    given = [parts.question, parts.kept, parts.choices]
    page.load(handlers.open, [parts.kept], parts.shown, show_progress="hidden", api_visibility="private")
    running = [
        parts.question.submit(handlers.ask, given, **asking),
        parts.conversation.example_select(handlers.ask_example, [parts.kept, parts.choices], **asking),
        parts.conversation.retry(handlers.ask_again, [parts.kept], **asking),
        parts.conversation.option_select(handlers.ask_as_typed, [parts.kept], **asking),
    ]
    parts.conversation.stop(
        handlers.open, [parts.kept], parts.shown, show_progress="hidden", api_visibility="private", cancels=running
    )


class Handlers:
    """What the page does at each event, over one live session."""

    def __init__(self, live: LiveSession) -> None:
        self.live = live

    def open(self, kept: list) -> tuple:
        """Show the conversation that this browser kept."""
        if not self.live.is_ready:
            return f'<p class="preparing" role="status">{PREPARING}</p>', "", gr.skip(), gr.skip()
        return (*self.show(self.live.current(), restore(kept)), gr.skip())

    def ask(self, question: str, kept: list, choices: dict) -> Iterator[tuple]:
        """Answer a question that was typed."""
        if question.strip():
            yield from self.exchange(question.strip(), restore(kept), choices)

    def ask_example(self, kept: list, choices: dict, event: gr.EventData) -> Iterator[tuple]:
        """Answer a proposed question; it is asked without filters unless they are set."""
        yield from self.exchange(str(event.question), restore(kept), choices)

    def ask_again(self, kept: list, event: gr.EventData) -> Iterator[tuple]:
        """Ask a question again, under the filters it had, and put the answer in the old one's place."""
        yield from self.replace(restore(kept), int(event.turn), as_typed=False)

    def ask_as_typed(self, kept: list, event: gr.EventData) -> Iterator[tuple]:
        """Ask for exactly what was typed, and put the answer in the old one's place."""
        yield from self.replace(restore(kept), int(event.turn), as_typed=True)

    def exchange(self, question: str, exchanges: list[Exchange], choices: dict) -> Iterator[tuple]:
        """Show that the question is searched, then its answer; what went wrong is said politely."""
        session = self.live.current()
        yield conversation_html(session, exchanges, pending=question), gr.skip(), gr.skip(), ""
        try:
            mode = "search" if choices.get("mode") == "search" else "ask"
            exchange = answered(session, question, mode, filters(choices), exchanges)
        except ValueError as error:
            wrong = TOO_LONG if len(question) > LONGEST_QUESTION else BAD_DAYS
            LOG.info("refused: %s", error)
            yield conversation_html(session, exchanges, trouble=wrong), gr.skip(), gr.skip(), question
        except QAError as error:
            LOG.error("%s", error)
            yield conversation_html(session, exchanges, trouble=TROUBLE), gr.skip(), gr.skip(), question
        else:
            yield (*self.show(session, [*exchanges, exchange]), gr.skip())

    def replace(self, exchanges: list[Exchange], turn: int, *, as_typed: bool) -> Iterator[tuple]:
        """Ask the question of a turn again and show the new answer in its place."""
        if not 1 <= turn <= len(exchanges):
            return
        session = self.live.current()
        old = exchanges[turn - 1]
        if as_typed:
            answer = session.ask_as_typed(old.answer.question, old.filters)
            new = Exchange(answer, "ask", old.filters, generation(session), as_typed=True)
        else:
            new = answered(session, old.answer.question, old.mode, old.filters, exchanges[: turn - 1])
        yield (*self.show(session, [*exchanges[: turn - 1], new, *exchanges[turn:]]), gr.skip())

    def show(self, session: Session, exchanges: list[Exchange]) -> tuple:
        """Return conversation, sources and what the browser is to keep."""
        return conversation_html(session, exchanges), evidence_html(exchanges, session.index), dump(exchanges)


def answered(session: Session, question: str, mode: str, wanted: Filters, before: list[Exchange]) -> Exchange:
    """Ask or search one session; ValueError for a question that is too long."""
    if mode == "search":
        hits = session.search(question, 10, wanted)
        return Exchange(ranked(question, session.understand(question), hits), "search", wanted, generation(session))
    return Exchange(session.ask(question, wanted, turns(before)), "ask", wanted, generation(session))


def generation(session: Session) -> str:
    return session.index.manifest.generation


def filters(choices: dict) -> Filters:
    """Return the filters that were chosen; ValueError for a day that is none, or days in the wrong order."""

    def day(name: str) -> datetime.date | None:
        text = str(choices.get(name) or "")
        return datetime.date.fromisoformat(text) if text else None

    return Filters(since=day("since"), until=day("until"), kind=str(choices.get("kind") or "") or None)
