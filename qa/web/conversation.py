"""The conversation as HTML: greeting, questions, answers with marks that lead to their sources."""

from __future__ import annotations

import datetime
import tomllib
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import chain, groupby, islice
from typing import Any, Literal

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from qa import present
from qa.blocks import Answer, Paragraph, Quote, Response, Said
from qa.corpus import HEADING
from qa.errors import SearchEngineError
from qa.index import Filters, SearchIndex
from qa.retrieval import SearchResult
from qa.session import Session
from qa.text import find_numbers
from qa.values import Document, Turn
from qa.web.templates import day_text, kind_name, render

MOST_KEPT = 30
FOUND = "{count} đoạn phù hợp nhất, xếp theo độ khớp."
NOTHING_FOUND = "Không có đoạn nào phù hợp."
TROUBLE = "Xin lỗi ông/bà, hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút."
MOST = 4
TRIED = 8  # prepared examples that are asked of the corpus on a day, to find those that it answers
EXAMPLES: tuple[str, ...] = tuple(
    tomllib.loads((files("qa.web") / "examples.toml").read_text(encoding="utf-8"))["questions"]
)

_PROPOSED: weakref.WeakKeyDictionary[Session, tuple[datetime.date, tuple[str, ...]]] = weakref.WeakKeyDictionary()
"""The examples of each session and their day; this keeps none alive, so an index that was replaced can go."""

Mode = Literal["ask", "search"]
Kept = dict[str, Any]
"""An exchange as plain JSON values, in the form that the browser keeps."""


def conversation_html(session: Session, exchanges: Sequence[Exchange], pending: str = "", trouble: str = "") -> Markup:
    """Return the whole conversation; ``pending`` is a question being searched, ``trouble`` what went wrong last."""
    newest = 0 if pending else len(exchanges)
    return render(
        "conversation",
        session=session,
        exchanges=[exchange_html(turn, one, session, newest=turn == newest) for turn, one in enumerate(exchanges, 1)],
        pending=pending,
        trouble=trouble,
        examples=examples,
        greeting=greeting,
    )


def exchange_html(turn: int, exchange: Exchange, session: Session, *, newest: bool) -> Markup:
    """Return one question with its answer, sources in short, and what can be done with them."""
    shown = exchange.shown
    answer = shown if isinstance(shown, Answer) else None
    return render(
        "exchange",
        turn=turn,
        exchange=exchange,
        shown=shown,
        quotes=shown.quotes,
        documents=session.index.documents,
        composed=answer and answer.composed,
        composed_lines=present.composed_lines(shown),
        blocks=blocks_html(turn, shown, session.index),
        is_reworded=present.is_reworded(shown) and not (answer and answer.is_reply),
        follow_ups=follow_ups(answer, session.index) if answer and newest else (),
        copied=plain_text(shown),
    )


def blocks_html(turn: int, shown: Response, index: SearchIndex) -> Markup:
    """Return the blocks: headlines large, comparisons as tables, what stands between them as one text."""
    groups = groupby(shown.blocks, key=lambda block: block.type in ("paragraph", "timeline"))
    return render("blocks", groups=groups, turn=turn, quotes=shown.quotes, documents=index.documents)


def plain_text(shown: Response) -> str:
    """Return an answer and its numbered sources as text to be pasted elsewhere."""
    lines = [shown.question, "", present.plain_text(shown), *shown.note_texts]
    if isinstance(shown, Answer) and shown.composed and shown.composed.sentences:
        lines += ["", *present.composed_lines(shown)]
    for quote in shown.citations:
        lines.append(f"[{quote.marker}] {present.describe(quote.citation)}")
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
    return tuple(Turn(one.shown.question, one.shown.text) for one in exchanges if one.mode == "ask")


def ranked(question: str, found: SearchResult) -> RankedPassages:
    """Return what a search found as it is shown and kept."""
    hits = enumerate(found.hits, start=1)
    quotes = tuple(Quote(rank, hit.passage.text, hit.passage.citation, hit.score) for rank, hit in hits)
    said = FOUND.format(count=len(quotes)) if quotes else NOTHING_FOUND
    return RankedPassages(question, found.query, (Paragraph((Said(said),)),), quotes)


def greeting(index: SearchIndex) -> str:
    """Say what the corpus covers and how new it is."""
    days = [document.published for document in index.records if document.published]
    newest = f", bài mới nhất ngày {day_text(max(days))}" if days else ""
    return (
        "Kính chào ông/bà. Tôi trả lời câu hỏi về cải cách hành chính, tinh gọn bộ máy và sắp xếp đơn vị hành chính "
        f"bằng cách trích từng câu trong {len(index.documents)} bài viết{newest}."
    )


def examples(session: Session, day: datetime.date | None = None) -> tuple[str, ...]:
    """Return questions that this corpus answers: prepared ones, others each day, then its newest titles."""
    day = day or datetime.datetime.now(datetime.UTC).date()
    if _PROPOSED.get(session, (None,))[0] != day:
        start = day.toordinal() * MOST % len(EXAMPLES)
        turn = (EXAMPLES[start:] + EXAMPLES[:start])[:TRIED]
        answered = (one for one in turn if not session.ask(one).declined)
        documents = session.index.records
        newest = sorted(documents, key=lambda one: (str(one.published or ""), one.id), reverse=True)
        titles = [document.title for document in newest[:MOST]]
        try:
            _PROPOSED[session] = day, tuple(islice(chain(answered, titles), MOST))
        except SearchEngineError:
            return tuple(titles)
    return _PROPOSED[session][1]


def follow_ups(answer: Answer, index: SearchIndex) -> tuple[tuple[str, str], ...]:
    """Return up to four proposals as (label, question): what the sources say besides, and what they refer to."""
    proposals: dict[str, str] = {}
    for quote in answer.citations:
        for document in documents_mentioned(quote.text, index):
            if document.id != quote.citation.document_id:
                name = f"{kind_name(document.kind)} {document.number}"
                proposals.setdefault(name, f"{name} quy định những gì?")
    for quote in answer.citations:
        cited = index.documents.get(quote.citation.document_id)
        for heading in headings(cited) if cited else ():
            if heading != quote.citation.section and len(proposals) < MOST:
                proposals.setdefault(heading, f"{heading} – {short_title(quote.citation.title)}")
    return tuple(proposals.items())[:MOST]


def documents_mentioned(text: str, index: SearchIndex) -> list[Document]:
    """Return the documents of the index whose own number a text mentions."""
    found = [document for number in find_numbers(text) for document in index.documents_bearing(number)]
    return list({document.id: document for document in found}.values())


def headings(document: Document) -> list[str]:
    return [found[1] for found in HEADING.finditer(document.text)]


def short_title(title: str) -> str:
    """Return a title up to its colon: the part that names what it is about."""
    return title.split(": ")[0]
