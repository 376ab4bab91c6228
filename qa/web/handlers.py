"""What the page does at each event."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import logging
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr

from qa import telemetry
from qa.answer import Rewrite
from qa.blocks import Answer
from qa.composed import Composer
from qa.errors import FeedbackError, QAError, TooLongError
from qa.feedback import Feedback, FeedbackStore
from qa.index import Filters
from qa.present import to_docx, to_markdown
from qa.retrieval import LONGEST_QUESTION
from qa.session import Session
from qa.web.conversation import (
    TROUBLE,
    Exchange,
    Kept,
    Mode,
    RankedPassages,
    conversation_html,
    dump,
    ranked,
    restore,
    turns,
)
from qa.web.live_session import LiveSession
from qa.web.sources import evidence_html
from qa.web.worker_pool import WorkerPool

LOG = logging.getLogger("qa.web")
TOO_LONG = "Dạ, câu hỏi dài quá 2.000 ký tự; mời ông/bà rút gọn rồi gửi lại."
TOOK_TOO_LONG = "Xin lỗi ông/bà, tôi chưa tìm xong trong thời gian cho phép. Mời ông/bà hỏi gọn hơn hoặc thử lại sau."
BAD_DAYS = "Dạ, ngày lọc chưa đúng: xin ghi như 31/12/2025, và “từ ngày” phải trước “đến ngày”."
UNKEPT = "Xin lỗi ông/bà, góp ý chưa lưu được. Mời ông/bà thử lại sau."
PREPARING = "Kho tài liệu đang được chuẩn bị. Trang sẽ tự mở khi xong, ông/bà không phải làm gì."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PASSAGES = 10
MOST_VISITORS = 10_000

Choices = Mapping[str, object]
"""The filters as the page holds them: mode, kind, since, until."""
Unchanged = dict[str, Any]
"""What Gradio takes for a component that stays as it is."""


class PageUpdate(NamedTuple):
    """What an event changes, in the order of the page's components; what is left out stays as it is."""

    conversation: str | Unchanged = gr.skip()
    evidence: str | Unchanged = gr.skip()
    kept: list[Kept] | Unchanged = gr.skip()
    question: str | Unchanged = gr.skip()


class Handlers:
    """What the page does at each event, over one live session."""

    def __init__(
        self, live: LiveSession, feedback: FeedbackStore, workers: WorkerPool, composer: Composer | None = None
    ) -> None:
        self.live, self.composer = live, composer
        self.composing = Tickets()
        self.workers = workers
        self.feedback = feedback
        self.tickets = Tickets()

    def open(self, kept: list[Kept], request: gr.Request) -> PageUpdate:
        """Show the conversation that this browser kept, unless its visitor was quicker and has asked already."""
        if not self.live.is_ready:
            return PageUpdate(f'<p class="preparing" role="status">{PREPARING}</p>', "")
        shown = self.show(self.live.current(), restore(kept))
        return PageUpdate() if self.tickets.knows(str(request.session_hash)) else shown

    def stop(self, kept: list[Kept], event: gr.EventData, request: gr.Request) -> PageUpdate:
        """Let the question that is being searched go unanswered, and give it back to be changed."""
        self.tickets.void(str(request.session_hash))
        self.composing.void(str(request.session_hash))
        return self.show(self.live.current(), restore(kept))._replace(question=str(event.question))

    def answer(self, question: str, kept: list[Kept], choices: Choices, request: gr.Request) -> Iterator[PageUpdate]:
        """Answer a question that was typed."""
        if question.strip():
            yield from self.exchange(question.strip(), restore(kept), choices, str(request.session_hash))

    def answer_example(
        self, kept: list[Kept], choices: Choices, event: gr.EventData, request: gr.Request
    ) -> Iterator[PageUpdate]:
        """Answer a proposed question; it is asked without filters unless they are set."""
        yield from self.exchange(str(event.question), restore(kept), choices, str(request.session_hash))

    def answer_again(self, kept: list[Kept], event: gr.EventData) -> PageUpdate:
        """Ask a question again, under the filters it had, and put the answer in the old one's place."""
        return self.replace(restore(kept), int(event.turn), as_typed=False)

    def answer_as_typed(self, kept: list[Kept], event: gr.EventData) -> PageUpdate:
        """Ask for exactly what was typed, and put the answer in the old one's place."""
        return self.replace(restore(kept), int(event.turn), as_typed=True)

    def exchange(
        self, question: str, exchanges: list[Exchange], choices: Choices, visitor: str
    ) -> Iterator[PageUpdate]:
        """Show that the question is searched, then its answer, unless it was stopped or overtaken meanwhile."""
        session = self.live.current()
        ticket = self.tickets.take(visitor)
        self.composing.void(visitor)
        yield PageUpdate(conversation_html(session, exchanges, pending=question), question="")
        outcome = self.outcome(session, question, exchanges, choices)
        if self.tickets.spend(visitor, ticket):
            yield outcome

    def compose(self, kept: list[Kept], choices: Choices, request: gr.Request) -> Iterator[PageUpdate]:
        """Show a model's wording below the newest answer, sentence by sentence, unless a new question overtakes it."""
        exchanges, visitor = restore(kept), str(request.session_hash)
        last = exchanges[-1] if exchanges else None
        wanted = choices.get("compose") is not False and not self.tickets.is_held(visitor)
        if (
            self.composer is None
            or not wanted
            or last is None
            or not isinstance(last.shown, Answer)
            or last.shown.composed
        ):
            yield PageUpdate()  # what yields nothing empties the page
            return
        ticket = self.composing.take(visitor)
        session = self.live.current()
        with telemetry.request("page_compose", self.live.metrics) as current:
            current.question = last.shown.question
            for answer in self.composer.stream(last.shown, lambda: not self.composing.is_held(visitor, ticket)):
                if not self.composing.is_held(visitor, ticket):
                    yield PageUpdate()
                    return
                shown = [*exchanges[:-1], dataclasses.replace(last, shown=answer)]
                yield PageUpdate(conversation_html(session, shown), kept=dump(shown))

    def outcome(self, session: Session, question: str, exchanges: list[Exchange], choices: Choices) -> PageUpdate:
        """Return what is shown for a question: its answer, or politely what went wrong."""
        mode: Mode = "search" if choices.get("mode") == "search" else "ask"
        try:
            exchange = self.answered(
                session,
                Question(question, mode, filters(choices), compose=choices.get("compose") is not False),
                exchanges,
            )
        except ValueError as error:
            LOG.info("refused: %s", type(error).__name__)
            wrong = TOO_LONG if len(question) > LONGEST_QUESTION else BAD_DAYS
            return PageUpdate(conversation_html(session, exchanges, trouble=wrong), question=question)
        except QAError as error:
            LOG.error("%s", error)
            trouble = TOOK_TOO_LONG if isinstance(error, TooLongError) else TROUBLE
            return PageUpdate(conversation_html(session, exchanges, trouble=trouble), question=question)
        return self.show(session, [*exchanges, exchange])

    def replace(self, exchanges: list[Exchange], turn: int, *, as_typed: bool) -> PageUpdate:
        """Ask the question of a turn again and show the new answer in its place."""
        if not 1 <= turn <= len(exchanges):
            return PageUpdate()
        session = self.live.current()
        old = exchanges[turn - 1]
        asked = Question(old.shown.question, old.mode, old.filters, as_typed)
        new = self.answered(session, asked, exchanges[: turn - 1])
        return self.show(session, [*exchanges[: turn - 1], new, *exchanges[turn:]])

    def answered(self, session: Session, question: Question, before: Sequence[Exchange]) -> Exchange:
        """Ask or search one session; ValueError for a question that is too long."""
        with telemetry.request(f"page_{question.mode}", self.live.metrics) as current:
            current.question = question.text
            rewrite = self.composer.rewrite if self.composer and question.compose else None
            shown = self.workers.do(lambda: answer_to(session, question, before, rewrite))
            current.outcome = "answered" if shown.citations else "declined"
        return Exchange(shown, question.filters, session.index.manifest.generation, question.as_typed)

    def clear(self, request: gr.Request) -> PageUpdate:
        """Begin a new conversation."""
        self.tickets.void(str(request.session_hash))
        self.composing.void(str(request.session_hash))
        return self.show(self.live.current(), [])._replace(question="")

    def judge(self, kept: list[Kept], event: gr.EventData) -> PageUpdate:
        """Keep what a reader thinks of an answer, and thank for it."""
        exchanges, session = restore(kept), self.live.current()
        turn, helpful = int(event.turn), event.helpful == "yes"
        if not 1 <= turn <= len(exchanges):
            return PageUpdate()
        judged = exchanges[turn - 1]
        try:
            self.feedback.save(feedback_of(judged, helpful=helpful, reason=str(event.reason or "")))
        except FeedbackError as error:
            LOG.error("%s", error)
            return PageUpdate(conversation_html(session, exchanges, trouble=UNKEPT))
        exchanges[turn - 1] = dataclasses.replace(judged, judged="helpful" if helpful else "unhelpful")
        return self.show(session, exchanges)

    def export(self, kept: list[Kept], event: gr.EventData) -> dict[str, str]:
        """Return the conversation as a file for the browser to keep."""
        now = datetime.datetime.now().astimezone()
        shown = [exchange.shown for exchange in restore(kept)]
        name = f"hoi-dap-{now:%Y-%m-%d-%H%M}"
        if event.form == "docx":
            content, name, kind = to_docx(shown, now), f"{name}.docx", WORD
        else:
            content, name, kind = to_markdown(shown, now).encode(), f"{name}.md", "text/markdown"
        encoded = base64.b64encode(content).decode()
        return {"name": name, "kind": kind, "content": encoded, "made": secrets.token_hex(4)}

    def apologise(self, kept: list[Kept], request: gr.Request) -> PageUpdate:
        """Say that something went wrong, under a number that the log holds too."""
        number = secrets.token_hex(4)
        LOG.error("request %s failed; what happened stands just above", number)
        if not self.live.is_ready:
            return self.open(kept, request)
        said = conversation_html(self.live.current(), restore(kept), trouble=f"{TROUBLE} (mã {number})")
        return PageUpdate(said)

    def show(self, session: Session, exchanges: list[Exchange]) -> PageUpdate:
        """Return conversation, sources and what the browser is to keep."""
        return PageUpdate(
            conversation_html(session, exchanges), evidence_html(exchanges, session.index), dump(exchanges)
        )


class Tickets:
    """Who asks last is answered: one valid ticket a visitor; each new question takes the place of the one before.

    A visitor is one opening of the page. The last 10,000 who asked are known, most without a valid ticket.
    """

    def __init__(self) -> None:
        self._valid: OrderedDict[str, str | None] = OrderedDict()

    def take(self, visitor: str) -> str:
        """Return a ticket for a question that begins; the visitor's earlier one is void."""
        ticket = secrets.token_hex(8)
        self._valid[visitor] = ticket
        self._valid.move_to_end(visitor)
        if len(self._valid) > MOST_VISITORS:
            self._valid.popitem(last=False)
        return ticket

    def is_held(self, visitor: str, ticket: str = "") -> bool:
        """Tell whether a visitor holds a valid ticket, or this one."""
        held = self._valid.get(visitor)
        return held is not None and ticket in ("", held)

    def spend(self, visitor: str, ticket: str) -> bool:
        """Tell whether a ticket is still valid, and void it."""
        if self._valid.get(visitor) != ticket:
            return False
        self.void(visitor)
        return True

    def void(self, visitor: str) -> None:
        """Void the visitor's ticket, if there is one."""
        if visitor in self._valid:
            self._valid[visitor] = None

    def knows(self, visitor: str) -> bool:
        """Tell whether the visitor has asked since the page was opened."""
        return visitor in self._valid


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how it is to be searched."""

    text: str
    mode: Mode = "ask"
    filters: Filters = dataclasses.field(default_factory=Filters)
    as_typed: bool = False
    compose: bool = False


def answer_to(
    session: Session, question: Question, before: Sequence[Exchange], rewrite: Rewrite | None = None
) -> Answer | RankedPassages:
    if question.mode == "search":
        retriever = session.literal_answerer.retriever if question.as_typed else session.retriever
        return ranked(question.text, retriever.find(question.text, PASSAGES, question.filters))
    if question.as_typed:
        return session.ask_as_typed(question.text, question.filters)
    return session.ask(question.text, question.filters, turns(before), rewrite)


def filters(choices: Choices) -> Filters:
    """Return the filters that were chosen; ValueError for a day that is none, or days in the wrong order."""
    since, until = (day_of(str(choices.get(name) or "")) for name in ("since", "until"))
    return Filters(since=since, until=until, kind=str(choices.get("kind") or "") or None)


def day_of(text: str) -> datetime.date | None:
    """Return the day written as 31/12/2025, or None for nothing; ValueError for anything else."""
    if not text.strip():
        return None
    parts = [part.strip() for part in text.split("/")]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:
        raise ValueError(f"{text!r} is no day; write it as 31/12/2025")
    day, month, year = map(int, parts)
    return datetime.date(year, month, day)


def feedback_of(exchange: Exchange, *, helpful: bool, reason: str) -> Feedback:
    shown = exchange.shown
    sources = tuple(dict.fromkeys(quote.citation.document_id for quote in shown.citations))
    return Feedback(shown.question, shown.text, sources, exchange.generation, helpful, reason)
