"""The web server: the chat, the reader, the state of health, and the headers that guard them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import gradio as gr
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from qa import telemetry
from qa.encoder import Encoder
from qa.errors import IndexNotFoundError
from qa.evaluate import read_quality
from qa.feedback import FeedbackStore
from qa.settings import settings
from qa.web.admin import ROOM, Door, Operator, build_operator_page
from qa.web.catalogue import LONGEST_WANTED, Wanted, catalogue_html
from qa.web.forwarded_headers import Proxies
from qa.web.graceful_shutdown import Ending, run
from qa.web.gradio_labels_vi import vietnamese
from qa.web.handlers import Handlers
from qa.web.live_session import LiveSession
from qa.web.page import HEAD, STATIC, build_page
from qa.web.reader import reader_html
from qa.web.security import LARGEST_UPLOAD, Guard
from qa.web.templates import notice_html, page_html
from qa.web.theme import theme

VISITORS_KEPT = 200
"""Sessions whose page Gradio keeps in memory, each call of the API being one; ours live in the visitor's browser."""


def create_app(live: LiveSession, time_is_up: asyncio.Event | None = None) -> FastAPI:
    """Return the whole site over a live session; what is under way when ``time_is_up`` is told so."""
    app = FastAPI(title="qa", docs_url=None, redoc_url=None, openapi_url=None)
    password = settings().operator_password.get_secret_value()
    door = Door(password) if password else None
    app.add_middleware(Ending, time_is_up=time_is_up or asyncio.Event())
    app.add_middleware(Guard, rate=settings().rate, door=door)
    app.add_middleware(Proxies, trusted=settings().proxies)  # the last added is the first asked
    app.mount("/giao-dien", StaticFiles(directory=STATIC), name="static")
    add_health(app, live)
    add_pages(app, live)
    feedback = FeedbackStore(settings().feedback)
    if door:
        operator = build_operator_page(Operator(live, settings().corpus, feedback))
        door.add_to(app)
        mount(app, operator, ROOM, auth_dependency=door.visitor)
    return mount(app, build_page(Handlers(live, feedback)), "/", mcp_server=True)


def mount(app: FastAPI, page: gr.Blocks, path: str, **more) -> FastAPI:
    """Mount a page of Gradio's in our colours and language."""
    page.state_session_capacity = VISITORS_KEPT
    page.queue(max_size=settings().queue, default_concurrency_limit=settings().at_once, api_open=False)
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
        content, kind = telemetry.metrics_text()
        return Response(content, media_type=kind)

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Say whether an index is loaded, and which generation."""
        if not live.is_ready:
            return JSONResponse({"status": "no index", "generation": None}, status_code=503)
        return JSONResponse({"status": "ready", "generation": live.current().index.manifest.generation})


def add_pages(app: FastAPI, live: LiveSession) -> None:
    @app.get("/doc/{document_id}")
    def read(document_id: str, s: str = "", e: str = "") -> HTMLResponse:
        """Show an article; ``s`` and ``e`` are the span of the sentence to light."""
        index = live.current().index
        document = index.documents.get(document_id)
        if document is None:
            body = notice_html("Không tìm thấy", "Kho không có bài viết này, hoặc bài đã được gỡ ra.")
            return HTMLResponse(page_html("Không tìm thấy", body), status_code=404)
        return HTMLResponse(page_html(document.title, reader_html(document, index, place(s), place(e))))

    @app.get("/tai-lieu")
    def catalogue(q: str = "", subject: Annotated[str, Query(alias="chu-de")] = "", loai: str = "") -> HTMLResponse:
        """Show what the corpus holds."""
        wanted = Wanted(q[:LONGEST_WANTED], subject[:LONGEST_WANTED], loai[:LONGEST_WANTED])
        body = catalogue_html(live.current().index, settings().corpus, wanted, read_quality(live.folder))
        return HTMLResponse(page_html("Kho tài liệu", body, current="/tai-lieu"))

    @app.exception_handler(IndexNotFoundError)
    def not_yet(_request: Request, _error: Exception) -> HTMLResponse:
        """Say that there is no index yet, and look again."""
        text = "Trang sẽ tự mở khi xong, ông/bà không phải làm gì."
        notice = notice_html("Kho tài liệu đang được chuẩn bị", text, waiting=True)
        return HTMLResponse(page_html("Đang chuẩn bị", notice, refresh=3), status_code=503)


def place(text: str) -> int | None:
    """Return a place in a text from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def serve(index: Path | None = None, *, host: str, port: int, encoder: Encoder | None = None) -> None:
    """Serve the site until interrupted; while there is no index it says so and waits for one."""
    telemetry.configure(settings().log_questions)
    live = LiveSession.open(index, encoder)
    live.watch()
    sys.stdout.write(f"Trang hỏi đáp: http://{host}:{port}\n")
    sys.stdout.flush()
    time_is_up = asyncio.Event()
    try:
        run(create_app(live, time_is_up), time_is_up, host=host, port=port)
    finally:
        live.close()
