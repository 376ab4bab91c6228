"""The endpoints /ask, /search, /document and /status: REST by gradio_client's names, and MCP tools."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Literal, TypeVar

import gradio as gr

from qa import telemetry
from qa.errors import QAError
from qa.present import render
from qa.retrieval import Filters
from qa.values import KINDS, Answer
from qa.web.live_session import LiveSession
from qa.web.worker_pool import Desk

Kind = Literal["", *KINDS]
"""A kind of document, or nothing for any."""

Result = TypeVar("Result")
MOST_PASSAGES = 100


def add_endpoints(live: LiveSession, desk: Desk) -> None:
    """Add the four endpoints to the blocks that are open."""

    def guarded(kind: str, work: Callable[[], Result]) -> Result:
        """Run an endpoint's work; what the caller did wrong comes back as the reason, nothing else does."""
        try:
            with telemetry.request(f"api_{kind}", live.metrics) as current:
                done = desk.do(work)
                if isinstance(done, Answer) and done.declined:
                    current.outcome = "declined"
                return done
        except KeyError as error:
            raise gr.Error(
                f"no document has the id {error}; take one from a citation", print_exception=False
            ) from error
        except (ValueError, QAError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    def ask(question: str, since: str = "", until: str = "", kind: Kind = "", as_of: str = "") -> dict:
        """Answer a question in Vietnamese about Vietnam's administrative reform with sentences quoted word for word.

        Every sentence of the answer comes with the title, publisher, date, number and address of its source and its
        place in it. When the documents hold no answer, "declined" is true and "citations" is empty: then say so.

        Args:
            question: The question in Vietnamese, with or without accents, complete in itself; at most 2,000 characters.
            since: Only documents published on this day or later, as YYYY-MM-DD; empty for any.
            until: Only documents published on this day or before, as YYYY-MM-DD; empty for any.
            kind: Only documents of this kind, for example "law" or "decree"; empty for any.
            as_of: Only what was in force on this day, as YYYY-MM-DD; empty for any.

        Returns:
            An object with question, understood, text, declined, confidence (0..1), citations and notes.
        """
        wanted = (since, until, kind, as_of)
        return render.answer_object(guarded("ask", lambda: live.current().ask(question, filters(*wanted))))

    def search(question: str, k: int = 5, since: str = "", until: str = "", kind: Kind = "", as_of: str = "") -> dict:
        """Find the passages of the documents that fit a question best, ranked, each with its source.

        Use this to read around a topic; use ask for an answer.

        Args:
            question: The question or the words to look for, in Vietnamese; at most 2,000 characters.
            k: How many passages to return, 1 to 100.
            since: Only documents published on this day or later, as YYYY-MM-DD; empty for any.
            until: Only documents published on this day or before, as YYYY-MM-DD; empty for any.
            kind: Only documents of this kind, for example "law" or "decree"; empty for any.
            as_of: Only what was in force on this day, as YYYY-MM-DD; empty for any.

        Returns:
            An object with question, understood and hits, best first; a higher score is better.
        """

        def work() -> dict:
            session = live.current()
            hits = session.search(question, min(k, MOST_PASSAGES), filters(since, until, kind, as_of))
            return render.search_object(question, session.understand(question), hits)

        return guarded("search", work)

    def document(document_id: str) -> dict:
        """Return a whole document by its id, as found in a citation or a hit.

        Args:
            document_id: The document's id, for example "long-bien-tinh-gon-bo-may-2022".

        Returns:
            An object with id, title, text, source, url, published, kind, number and the days it is in force.
        """
        return render.document_object(guarded("document", lambda: live.current().document(document_id)))

    def status() -> dict:
        """Tell what the index holds: how many documents and passages, its generation, encoder and time of building.

        Returns:
            An object with documents, passages, generation, encoder and built.
        """
        return render.status_object(guarded("status", live.current).index.manifest)

    for function in (ask, search, document, status):
        gr.api(function, api_name=function.__name__, **desk.together())


def filters(since: str, until: str, kind: str, as_of: str) -> Filters:
    """Return the filters that a caller named; ValueError names the day or kind that is none."""

    def day(text: str) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise ValueError(f"{text!r} is not a date; write YYYY-MM-DD") from error

    return Filters(since=day(since), until=day(until), kind=kind or None, as_of=day(as_of))
