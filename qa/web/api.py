"""The REST endpoints under ``/api``: one request each, plain JSON both ways, errors as ``application/problem+json``."""

import asyncio
import datetime
import json
import threading
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from starlette.exceptions import HTTPException

from qa.answer import Rewrite
from qa.blocks import Answer
from qa.composed import Composer
from qa.errors import BusyError, IndexNotFoundError, QAError, SearchEngineError, TooLongError
from qa.index import Filters
from qa.present import answer_object, document_object, search_object, status_object
from qa.retrieval import LONGEST_QUESTION
from qa.telemetry import request
from qa.values import KINDS, Basis, Document, TextKind, Turn
from qa.web.live_session import LiveSession
from qa.web.messages_vi import field_text
from qa.web.security import PROBLEM, TITLES, problem
from qa.web.templates import page_html, render
from qa.web.worker_pool import WorkerPool

EVENTS = "text/event-stream"
MOST_PASSAGES = 100
RETRY_WHEN_BUSY = 5
BESIDES = 5.0  # seconds for the checks, beside those of the model
NO_SUCH_DOCUMENT = "Kho không có bài viết này, hoặc bài đã được gỡ ra; xin lấy mã bài từ một trích dẫn."
NO_SUCH_PAGE = "API không có địa chỉ hoặc phương thức này; xin xem /api/docs."
TROUBLE = "Hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút."
UNAVAILABLE: dict[type[QAError], str] = {
    IndexNotFoundError: "Kho tài liệu đang được chuẩn bị. Mời ông/bà thử lại sau ít giây.",
    SearchEngineError: "Kho tài liệu tạm thời chưa tra cứu được. Mời ông/bà thử lại sau ít phút.",
    BusyError: "Hệ thống đang bận. Mời ông/bà thử lại sau ít giây.",
    TooLongError: "Chưa tìm xong trong thời gian cho phép. Mời ông/bà hỏi gọn hơn hoặc thử lại sau.",
}

ASK = """Answer a question in Vietnamese about Vietnam's administrative reform with sentences quoted word for word.

Every sentence of the answer comes with the title, publisher, date, number and address of its source and its place in
it. "text_kind" says whose words they are: "original" the publisher's own, "summary" those of an article of this corpus,
which rests on the documents in "basis" and must not be quoted as theirs. When the documents hold no answer, "declined"
is true and "citations" is empty: then say so."""
SEARCH = """Find the passages of the documents that fit a question best, ranked, each with its source.

"text_kind" says whose words a passage is: "original" its publisher's, "summary" those of an article of this corpus.

Use this to read around a topic; use ask for an answer. A higher score is better."""
DOCUMENT = "Return a whole document by its id, as found in a citation or a hit."
STATUS = "Tell what the index holds: how many documents and passages, its generation, encoder and time of building."


Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION),
    Field(description="The question in Vietnamese, with or without accents, complete in itself"),
]
EmptyIsAny = BeforeValidator(lambda value: value or None)
Day = Annotated[datetime.date | None, EmptyIsAny]
Since = Annotated[Day, Field(description="Only documents published on this day or later, YYYY-MM-DD")]
Until = Annotated[Day, Field(description="Only documents published on this day or before, YYYY-MM-DD")]
AsOf = Annotated[Day, Field(description="Only what was in force on this day, YYYY-MM-DD")]
Kind = Annotated[
    Literal[*KINDS] | None,  # type: ignore[valid-type]  # the kinds are listed once, for people and types alike
    EmptyIsAny,
    Field(description="Only documents of this kind"),
]
Compose = Annotated[bool, Field(description="Where a model is set, also its checked wording of the quotes")]
Passages = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many passages to return")]
DocumentId = Annotated[str, Field(description="The id, for example long-bien-tinh-gon-bo-may-2022")]


class Conditions(BaseModel):
    """Which documents may answer; what is left out or empty means any."""

    model_config = ConfigDict(extra="forbid")
    since: Since = None
    until: Until = None
    kind: Kind = None
    as_of: AsOf = None

    @property
    def filters(self) -> Filters:
        return Filters(self.since, self.until, self.kind, self.as_of)

    @model_validator(mode="after")
    def check_days(self) -> Self:
        """Refuse days in the wrong order."""
        _ = self.filters
        return self


class EarlierTurn(BaseModel):
    """A question and its answer, earlier in the conversation."""

    question: str = Field(max_length=LONGEST_QUESTION)
    answer: str = Field("", max_length=20_000)


class AskBody(Conditions):
    """A question, and what was said before it."""

    question: Question
    history: list[EarlierTurn] = Field([], max_length=30, description="The conversation so far, oldest first")
    compose: Compose = True


class AskQuery(Conditions):
    """A question in an address."""

    question: Question = Field(alias="q")
    compose: Compose = True
    history: ClassVar[list[EarlierTurn]] = []


class SearchBody(Conditions):
    """What to look for."""

    question: Question
    k: Passages = 5


class SearchQuery(Conditions):
    """What to look for, in an address."""

    question: Question = Field(alias="q")
    k: Passages = 5


class Source(BaseModel):
    """Where a text comes from; it is ``text[start:end]`` of its document, character for character."""

    document_id: str
    title: str
    source: str = Field(description="The publisher")
    url: str
    published: datetime.date | None
    number: str | None
    section: str | None
    text_kind: TextKind = Field(description="Whose words: the publisher's own, or those of a summary in this corpus")
    basis: list[Basis] = Field(description="The documents that a summary rests on, with the clause; the nearest first")
    start: int
    end: int
    score: float


class QuotedSentence(Source):
    """A sentence of the answer, and its source."""

    marker: int = Field(description="Its number in the text, as in [1]")
    quote: str


class AnswerObject(BaseModel):
    """An answer in quoted sentences."""

    question: str
    understood: str = Field(description="The question as it was searched")
    text: str
    short: str | None = Field(None, description="The part of a quote that answers most shortly")
    declined: bool = Field(description="Whether the documents hold no answer; exactly when there are no citations")
    confidence: float = Field(ge=0, le=1)
    citations: list[QuotedSentence]
    notes: list[str]
    blocks: list[dict[str, Any]] = Field([], description="The answer in parts, for a page of one's own")
    composed: bool = Field(
        False, description="Whether a model's wording stands in composition; only where one was asked"
    )
    composition: dict[str, Any] | None = Field(
        None,
        description="model, sentences (text, markers), dropped (how many did not pass), trouble (why there is none)",
    )


class RankedPassage(Source):
    """A passage that was found; the best has rank 1."""

    rank: int
    dense: float
    lexical: float
    passage_id: str
    text: str


class SearchObject(BaseModel):
    """Ranked passages."""

    question: str
    understood: str
    hits: list[RankedPassage]


class StatusObject(BaseModel):
    """The index that answers."""

    documents: int
    passages: int
    generation: str
    encoder: str
    built: datetime.datetime
    search: str
    recall: float = Field(alias="recall@10")
    question_encoder: str


class Problem(BaseModel):
    """An error, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What is wrong, in Vietnamese")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": TITLES[status], "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}
    for status in (400, 413, 422, 429, 503)
}
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}}


class Endpoints:
    """What the endpoints return, over one live session."""

    def __init__(self, live: LiveSession, workers: WorkerPool, composer: Composer | None = None) -> None:
        self.live = live
        self.workers = workers
        self.composer = composer
        self.composing = (
            WorkerPool(workers.at_once, composer.endpoint.seconds + BESIDES, workers.at_once) if composer else None
        )

    def rewriting(self, body: AskBody | AskQuery) -> Rewrite | None:
        """Return what rewrites a follow-up, asked at most once for a request; None where nothing is to be composed."""
        return lru_cache(maxsize=1)(self.composer.rewrite) if self.composer and body.compose else None

    async def parts(self, body: AskBody | AskQuery, rewrite: Rewrite | None) -> AsyncIterator[tuple[str, Any]]:
        """Yield an answer as events: each block, the model's wording whenever a sentence of it passed, the whole."""
        said: list[Answer] = []

        def ask() -> dict[str, object]:
            said.append(self.live.current().ask(body.question, body.filters, turns(body.history), rewrite))
            return answer_object(said[0])

        made = await self.done("ask", ask)
        for block in made["blocks"]:
            yield "block", block
        shown: object = ()
        async for answer in self.composed(said[0], wanted=body.compose):
            made = answer_object(answer)
            if answer.composed and answer.composed.sentences != shown:
                shown = answer.composed.sentences
                yield "composition", made["composition"]
        yield "answer", made

    async def composed(self, answer: Answer, *, wanted: bool) -> AsyncIterator[Answer]:
        """Yield an answer with a model's wording so far, where set and wanted; who leaves ends the model too."""
        composer, composing = self.composer, self.composing
        if composer is None or composing is None or not wanted:
            return
        passed: asyncio.Queue[Answer | None] = asyncio.Queue()
        tell, left = asyncio.get_running_loop().call_soon_threadsafe, threading.Event()

        def compose() -> None:
            for part in composer.stream(answer, left.is_set):
                tell(passed.put_nowait, part)

        with request("api_compose", self.live.metrics):
            work = asyncio.ensure_future(composing.run(compose))
            work.add_done_callback(lambda _work: passed.put_nowait(None))
            try:
                while part := await passed.get():
                    yield part
                await work
            finally:
                left.set()
                work.cancel()

    async def answer(self, body: AskBody | AskQuery) -> dict[str, Any]:
        return [made async for _, made in self.parts(body, self.rewriting(body))][-1]

    async def understood(self, body: AskBody | AskQuery, rewrite: Rewrite | None) -> dict[str, object]:
        """Return the question as it will be searched."""
        session = self.live.current()
        query = await self.workers.run(lambda: session.understand(body.question, turns(body.history), rewrite))
        return {"question": body.question, "understood": query}

    async def found(self, body: SearchBody | SearchQuery) -> dict[str, Any]:
        session = self.live.current()

        def find() -> dict[str, object]:
            result = session.find(body.question, body.k, body.filters)
            return search_object(body.question, result.query, result.hits)

        return await self.done("search", find)

    async def document(self, document_id: str) -> dict[str, Any]:
        """Return a whole document; empty where there is none."""
        documents = self.live.current().index.documents

        def find() -> dict[str, object]:
            found = documents.get(document_id)
            return document_object(found) if found else {}

        return await self.done("document", find)

    async def status(self) -> dict[str, Any]:
        return await self.done(
            "status", lambda: status_object(self.live.current().index.manifest, self.live.encoder.path)
        )

    async def done(self, kind: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do a piece of work among all others, count it, and return the object that it makes."""
        with request(f"api_{kind}", self.live.metrics) as current:
            made = await self.workers.run(work)
            if made.get("declined"):
                current.outcome = "declined"
            return made

    async def events(
        self, first: dict[str, object], body: AskBody | AskQuery, rewrite: Rewrite | None
    ) -> AsyncIterator[str]:
        """Yield how the question is understood, then the parts of its answer, as server-sent events."""
        yield event("understood", first)
        try:
            async for name, value in self.parts(body, rewrite):
                yield event(name, value)
        except QAError as error:
            yield event("problem", json.loads(bytes(trouble(error).body)))


def create_api(live: LiveSession, workers: WorkerPool, composer: Composer | None = None) -> FastAPI:
    """Return the application to mount at ``/api``."""
    api = FastAPI(title="Hỏi đáp cải cách hành chính", docs_url=None, redoc_url=None, responses=PROBLEMS)
    endpoints = Endpoints(live, workers, composer)

    async def asked(body: AskBody | AskQuery, caller: Request) -> Response:
        if caller.headers.get("accept", "").startswith(EVENTS):
            rewrite = endpoints.rewriting(body)
            first = await endpoints.understood(body, rewrite)
            return StreamingResponse(endpoints.events(first, body, rewrite), media_type=EVENTS)
        return JSONResponse(await endpoints.answer(body))

    @api.post("/ask", description=ASK, response_model=AnswerObject, responses=STREAM)
    async def ask(body: AskBody, caller: Request) -> Response:
        return await asked(body, caller)

    @api.get("/ask", description=ASK, response_model=AnswerObject, responses=STREAM)
    async def ask_by_address(query: Annotated[AskQuery, Query()], caller: Request) -> Response:
        return await asked(query, caller)

    @api.post("/search", description=SEARCH, response_model=SearchObject)
    async def search(body: SearchBody) -> Response:
        return JSONResponse(await endpoints.found(body))

    @api.get("/search", description=SEARCH, response_model=SearchObject)
    async def search_by_address(query: Annotated[SearchQuery, Query()]) -> Response:
        return JSONResponse(await endpoints.found(query))

    @api.get("/documents/{document_id}", description=DOCUMENT, response_model=Document)
    async def document(document_id: DocumentId) -> Response:
        found = await endpoints.document(document_id)
        return JSONResponse(found) if found else problem(404, NO_SUCH_DOCUMENT)

    @api.get("/status", description=STATUS, response_model=StatusObject)
    async def status() -> Response:
        return JSONResponse(await endpoints.status())

    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(page_html("API", render("api_docs", openapi=api.openapi())))

    add_problems(api)
    return api


def add_problems(api: FastAPI) -> None:
    """Say every error as a problem."""

    @api.exception_handler(RequestValidationError)
    def wrong(_request: Request, error: RequestValidationError) -> Response:
        details = error.errors()
        if any(one["type"] == "json_invalid" for one in details):
            return problem(400, "Yêu cầu không đúng dạng JSON.")
        return problem(422, " ".join(dict.fromkeys(map(field_text, details))))

    @api.exception_handler(QAError)
    def failed(_request: Request, error: QAError) -> Response:
        return trouble(error)

    @api.exception_handler(HTTPException)
    def refused(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, NO_SUCH_PAGE)

    @api.exception_handler(500)
    def broken(_request: Request, _error: Exception) -> Response:
        return problem(500, TROUBLE)


def trouble(error: QAError) -> Response:
    """Return what a caller is told about an error of ours."""
    reason = UNAVAILABLE.get(type(error))
    return problem(503, reason, RETRY_WHEN_BUSY) if reason else problem(500, TROUBLE)


def turns(history: list[EarlierTurn]) -> tuple[Turn, ...]:
    return tuple(Turn(one.question, one.answer) for one in history)


def event(name: str, value: object) -> str:
    """Return a server-sent event that holds JSON."""
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"
