"""The whole site: the chat, the reader, the API, the state of health, and the guard before them."""

import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

import gradio as gr
import uvicorn
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from qa.composed import Composer
from qa.encoder import Encoder
from qa.errors import IndexNotFoundError
from qa.evaluate import read_quality
from qa.feedback import FeedbackStore
from qa.reading import Reader
from qa.session import load_encoder, load_reader, load_reranker, open_engine
from qa.settings import Settings
from qa.telemetry import configure
from qa.web.admin import ROOM, Door, Operator, build_operator_page
from qa.web.api import create_api
from qa.web.catalogue import LONGEST_WANTED, Wanted, catalogue_html
from qa.web.handlers import Handlers
from qa.web.live_session import LiveSession
from qa.web.mcp_tools import LOOPBACK, create_mcp
from qa.web.messages_vi import LABELS
from qa.web.page import HEAD, STATIC, build_page, theme
from qa.web.security import LARGEST_UPLOAD, Guard, Proxies
from qa.web.sources import reader_html
from qa.web.templates import notice_html, page_html
from qa.web.worker_pool import WorkerPool

VISITORS_KEPT = 200  # sessions whose page Gradio keeps in memory; the conversations live in the visitors' browsers
SECONDS_TO_END = 5
"""What requests under way are given at the end; without it, a page open in a browser keeps the process alive."""


def create_app(live: LiveSession, settings: Settings) -> FastAPI:
    """Return the whole site over a live session."""
    workers = WorkerPool(settings.at_once, settings.seconds, settings.queue)
    composer = Composer.of(settings)
    api = create_api(live, workers, composer)
    tools = create_mcp(api, is_public=bool(settings.proxies) or settings.host not in LOOPBACK)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            yield

    app = FastAPI(title="qa", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    password = settings.operator_password.get_secret_value()
    door = Door(password) if password else None
    app.add_middleware(Guard, rate=settings.rate, door=door)
    app.add_middleware(Proxies, trusted=settings.proxies)  # the last added is the first asked
    app.mount("/giao-dien", StaticFiles(directory=STATIC), name="static")
    app.mount("/api", api)
    app.router.routes.extend(tools.streamable_http_app().routes)  # /mcp alone
    add_health(app, live)
    add_pages(app, live, settings.corpus)
    feedback = FeedbackStore(settings.feedback)
    if door:
        operator = build_operator_page(Operator(live, feedback, settings))
        door.add_to(app)
        mount(app, operator, ROOM, settings, door.visitor)
    return mount(app, build_page(Handlers(live, feedback, workers, composer)), "/", settings)


def mount(
    app: FastAPI, page: gr.Blocks, path: str, settings: Settings, visitor: Callable[[Request], str | None] | None = None
) -> FastAPI:
    """Mount a page of Gradio's in our colours and language."""
    page.state_session_capacity = VISITORS_KEPT
    page.queue(max_size=settings.queue, default_concurrency_limit=settings.at_once, api_open=False)
    return gr.mount_gradio_app(
        app,
        page,
        path=path,
        theme=theme(),
        head=HEAD,
        i18n=gr.I18n(en=LABELS),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        max_file_size=LARGEST_UPLOAD,
        auth_dependency=visitor,
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
            body = notice_html("Không tìm thấy", "Kho không có bài viết này, hoặc bài đã được gỡ ra.")
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
        text = "Trang sẽ tự mở khi xong, ông/bà không phải làm gì."
        notice = notice_html("Kho tài liệu đang được chuẩn bị", text, waiting=True)
        return HTMLResponse(page_html("Đang chuẩn bị", notice, refresh=3), status_code=503)


def place(text: str) -> int | None:
    """Return a place in a text from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def serve(settings: Settings, encoder: Encoder | None = None, reader: Reader | None = None) -> None:
    """Serve the site until interrupted; while there is no index it says so and waits for one."""
    configure(settings.log_questions)
    engine = open_engine(settings)
    encoder = encoder or load_encoder(settings)
    reader = reader or load_reader(encoder, settings)
    live = LiveSession.open(settings.index, encoder, reader, load_reranker(settings), engine)
    if settings.engine_copy:
        live.keep_copy(Path(settings.engine_copy))
    live.watch()
    sys.stdout.write(f"Trang hỏi đáp: http://{settings.host}:{settings.port}\n")
    sys.stdout.flush()
    try:
        uvicorn.run(
            create_app(live, settings),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            timeout_graceful_shutdown=SECONDS_TO_END,
            proxy_headers=False,  # qa.web.security believes those that QA_PROXIES names
            server_header=False,
        )
    finally:
        live.close()
