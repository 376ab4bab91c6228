"""The web server: the chat, the reader, the state of health, and the headers that guard them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from qa.encoder import Encoder
from qa.errors import IndexNotFoundError
from qa.evaluate import read_quality
from qa.feedback import FeedbackStore
from qa.session import load_encoder, load_reranker
from qa.settings import Settings
from qa.telemetry import configure
from qa.web.catalogue import LONGEST_WANTED, Wanted, catalogue_html
from qa.web.forwarded_headers import Proxies
from qa.web.graceful_shutdown import Ending, run
from qa.web.gradio_labels_vi import vietnamese
from qa.web.handlers import Handlers
from qa.web.live_session import LiveSession
from qa.web.operator import Operator, build_operator_page
from qa.web.operator_login import ROOM, Door
from qa.web.page import HEAD, STATIC, build_page
from qa.web.pages import missing_html, page_html, preparing_html
from qa.web.reader import reader_html
from qa.web.security import LARGEST_UPLOAD, Guard
from qa.web.theme import theme
from qa.web.worker_pool import Desk

VISITORS_KEPT = 200
"""Sessions whose page Gradio keeps in memory, each call of the API being one; ours live in the visitor's browser."""


def create_app(live: LiveSession, settings: Settings, time_is_up: asyncio.Event | None = None) -> FastAPI:
    """Return the whole site over a live session; what is under way when ``time_is_up`` is told so."""
    app = FastAPI(title="qa", docs_url=None, redoc_url=None, openapi_url=None)
    password = settings.operator_password.get_secret_value()
    door = Door(password) if password else None
    app.add_middleware(Ending, time_is_up=time_is_up or asyncio.Event())
    app.add_middleware(Guard, rate=settings.rate, door=door)
    app.add_middleware(Proxies, trusted=settings.proxies)  # the last added is the first asked
    app.mount("/giao-dien", StaticFiles(directory=STATIC), name="static")
    add_health(app, live)
    add_pages(app, live, settings.corpus)
    feedback = FeedbackStore(settings.feedback)
    if door:
        operator = build_operator_page(Operator(live, feedback, settings))
        door.add_to(app)
        mount(app, operator, ROOM, settings, auth_dependency=door.visitor)
    desk = Desk(settings.at_once, settings.seconds)
    return mount(app, build_page(Handlers(live, feedback, desk)), "/", settings, mcp_server=True)


def mount(app: FastAPI, page: gr.Blocks, path: str, settings: Settings, **more: Any) -> FastAPI:
    """Mount a page of Gradio's in our colours and language."""
    page.state_session_capacity = VISITORS_KEPT
    page.queue(max_size=settings.queue, default_concurrency_limit=settings.at_once, api_open=False)
    return gr.mount_gradio_app(
        app,
        page,
        path=path,
        theme=theme(),
        head=HEAD,
        i18n=vietnamese(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        max_file_size=LARGEST_UPLOAD,
        **more,
    )


def add_health(app: FastAPI, live: LiveSession) -> None:
    @app.get("/health")
    def health() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "alive"}

    @app.get("/metrics")
    def metrics() -> Response:
        """Return what Prometheus collects."""
        content, kind = live.metrics.text()
        return Response(content, media_type=kind)

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Say whether an index is loaded, and which generation."""
        if not live.is_ready:
            return JSONResponse({"status": "no index", "generation": None}, status_code=503)
        return JSONResponse({"status": "ready", "generation": live.current().index.manifest.generation})


def add_pages(app: FastAPI, live: LiveSession, corpus: Path) -> None:
    @app.get("/doc/{document_id}")
    def read(document_id: str, s: str = "", e: str = "") -> HTMLResponse:
        """Show an article; ``s`` and ``e`` are the span of the sentence to light."""
        index = live.current().index
        document = index.documents.get(document_id)
        if document is None:
            body = missing_html("Kho không có bài viết này, hoặc bài đã được gỡ ra.")
            return HTMLResponse(page_html("Không tìm thấy", body), status_code=404)
        return HTMLResponse(page_html(document.title, reader_html(document, index, place(s), place(e))))

    @app.get("/tai-lieu")
    def catalogue(q: str = "", subject: Annotated[str, Query(alias="chu-de")] = "", loai: str = "") -> HTMLResponse:
        """Show what the corpus holds."""
        wanted = Wanted(q[:LONGEST_WANTED], subject[:LONGEST_WANTED], loai[:LONGEST_WANTED])
        body = catalogue_html(live.current().index, corpus, wanted, read_quality(live.folder))
        return HTMLResponse(page_html("Kho tài liệu", body, current="/tai-lieu"))

    @app.exception_handler(IndexNotFoundError)
    def not_yet(_request: Request, _error: Exception) -> HTMLResponse:
        """Say that there is no index yet, and look again."""
        return HTMLResponse(page_html("Đang chuẩn bị", preparing_html(), refresh=3), status_code=503)


def place(text: str) -> int | None:
    """Return a place in a text from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def serve(settings: Settings, encoder: Encoder | None = None) -> None:
    """Serve the site until interrupted; while there is no index it says so and waits for one."""
    configure(settings.log_questions)
    live = LiveSession.open(settings.index, encoder or load_encoder(settings), load_reranker(settings))
    live.watch()
    sys.stdout.write(f"Trang hỏi đáp: http://{settings.host}:{settings.port}\n")
    sys.stdout.flush()
    time_is_up = asyncio.Event()
    try:
        run(create_app(live, settings, time_is_up), time_is_up, host=settings.host, port=settings.port)
    finally:
        live.close()
