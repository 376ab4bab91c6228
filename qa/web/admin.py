"""The operator's page behind its login: take documents in, rebuild, roll back, read feedback."""

import asyncio
import contextlib
import functools
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import gradio as gr
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from qa.errors import QAError
from qa.feedback import FeedbackStore
from qa.index import list_generations, rollback
from qa.session import build_index
from qa.settings import Settings
from qa.web.live_session import LiveSession
from qa.web.messages_vi import intake_text, trouble_text
from qa.web.templates import header_html, page_html, render

if TYPE_CHECKING:
    from qa.ingest import IntakeReport

LOG = logging.getLogger("qa.web")
Parameters = ParamSpec("Parameters")
TITLE = "Vận hành"
DOOR = "/van-hanh"
ROOM = f"{DOOR}/trang"
COOKIE = "qa_operator"
BAR = gr.Progress()  # Gradio puts its own in the place of this default
HOURS = 8
SECONDS_AFTER_WRONG = 1.0
MOST_FEEDBACK = 200
ABANDONED = (3600, 24 * 3600)  # seconds: each hour, uploads older than a day that were never added are removed
OUTCOMES = {
    "taken": "đã nhận",
    "updated": "đã cập nhật",
    "unchanged": "không đổi",
    "duplicate": "trùng",
    "refused": "từ chối",
}


class Door:
    """The login: lets in who knows the password; the tokens live in memory, so a restart closes the door to all.

    Each login makes a token of its own and voids the one that the browser came with; none is taken from a browser.
    A token ends after eight hours here too, whatever the browser keeps.
    """

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = digest(password)
        self._clock = clock
        self._ends: dict[str, float] = {}

    def visitor(self, request: Request) -> str | None:
        """Name who asks when they have been let in, else None; for Gradio's ``auth_dependency``."""
        ends = self._ends.get(request.cookies.get(COOKIE, ""), 0.0)
        return "operator" if self._clock() < ends else None

    def is_password(self, given: str) -> bool:
        """Tell whether this is the password; every wrong one takes the same time, whatever its length."""
        return hmac.compare_digest(digest(given), self._password)

    def let_in(self, former: str) -> str:
        """Return the token of a new login; the former one of the same browser, and those that ended, are void."""
        now = self._clock()
        self._ends = {token: ends for token, ends in self._ends.items() if token != former and now < ends}
        token = secrets.token_urlsafe(32)
        self._ends[token] = now + HOURS * 3600
        return token

    def add_to(self, app: FastAPI) -> None:
        """Add the page that asks for the password, and the way out."""

        @app.get(DOOR)
        def knock(request: Request) -> Response:
            return RedirectResponse(f"{ROOM}/", 303) if self.visitor(request) else HTMLResponse(login_html())

        @app.post(DOOR)
        async def enter(request: Request, password: Annotated[str, Form()] = "") -> Response:
            if not self.is_password(password):
                await asyncio.sleep(SECONDS_AFTER_WRONG)
                return HTMLResponse(login_html(is_wrong=True), 403)
            response = RedirectResponse(f"{ROOM}/", 303)
            secure = request.url.scheme == "https"
            token = self.let_in(request.cookies.get(COOKIE, ""))
            response.set_cookie(
                COOKIE, token, max_age=HOURS * 3600, path=DOOR, httponly=True, samesite="strict", secure=secure
            )
            return response

        @app.post(f"{DOOR}/ra")
        def leave(request: Request) -> Response:
            self._ends.pop(request.cookies.get(COOKIE, ""), None)
            response = RedirectResponse(DOOR, 303)
            response.delete_cookie(COOKIE, path=DOOR, httponly=True, samesite="strict")
            return response


def digest(password: str) -> bytes:
    """Return bytes of one length for a password of any, to be compared in constant time; nothing is stored."""
    return hashlib.sha256(password.encode(errors="surrogatepass")).digest()


def login_html(*, is_wrong: bool = False) -> str:
    return page_html(TITLE, render("login", address=DOOR, is_wrong=is_wrong))


def attempted(work: Callable[Parameters, Markup]) -> Callable[Parameters, Markup]:
    """Return what a piece of work says, or why it could not be done."""

    @functools.wraps(work)
    def attempt(*args: Parameters.args, **named: Parameters.kwargs) -> Markup:
        try:
            return work(*args, **named)
        except QAError as error:
            number = secrets.token_hex(4)
            LOG.error("%s: %s", number, error)
            return said(f"{trouble_text(error)} (mã {number} trong nhật ký)", is_trouble=True)

    return attempt


@dataclass(frozen=True, slots=True)
class Operator:
    """What an operator can do to the corpus and the index while people ask; each returns HTML that says what came."""

    live: LiveSession
    feedback: FeedbackStore
    settings: Settings

    @attempted
    def add(self, files: Sequence[str] | None, addresses: str, progress: gr.Progress = BAR) -> Markup:
        """Take files and web addresses into the corpus, with progress per document."""
        from qa.ingest import take_in  # its readers of formats take 16 MB

        lines = [line.strip() for line in addresses.splitlines() if line.strip()]
        if not all(line.startswith(("http://", "https://")) for line in lines):
            return said("Mỗi dòng phải là một địa chỉ bắt đầu bằng http:// hoặc https://.")
        if not files and not lines:
            return said("Chưa chọn tệp và chưa ghi địa chỉ nào.")

        def tell(done: int, total: int, source: str) -> None:
            progress((done, total), desc=Path(source).name[-60:] or "Xong", unit="tài liệu")

        return report_html(take_in([*(files or []), *lines], self.settings.corpus, progress=tell))

    def add_uploads(
        self, files: Sequence[str] | None, addresses: str, progress: gr.Progress = BAR
    ) -> tuple[Markup, None]:
        """Add, then empty the box of files and remove what was uploaded: the corpus holds what was taken."""
        try:
            return self.add(files, addresses, progress), None
        finally:
            discard(files or [])

    @attempted
    def rebuild(self, progress: gr.Progress = BAR) -> Markup:

        def tell(done: int, total: int) -> None:
            progress((done, total), desc="Mã hóa các đoạn mới", unit="đoạn")

        report = build_index(None, self.live.folder, self.live.encoder, progress=tell, settings=self.settings)
        self.live.refresh()
        if not report.changed:
            return said(f"Chỉ mục {report.generation} đã mới nhất: {report.documents} bài.")
        return said(
            f"Chỉ mục {report.generation} đang trả lời: {report.documents} bài, {report.passages} đoạn, "
            f"{report.embedded} đoạn mới."
        )

    @attempted
    def roll_back(self) -> Markup:
        name = rollback(self.live.folder, self.live.engine)
        self.live.refresh()
        return said(f"Thế hệ {name} đang trả lời trở lại.")

    def state(self) -> Markup:
        if not self.live.is_ready:
            return said("Chưa có chỉ mục.")
        manifest = self.live.current().index.manifest
        kept = ", ".join(list_generations(self.live.folder))
        return said(
            f"Đang trả lời: {manifest.generation}, {manifest.documents} bài, {manifest.passages} đoạn, lập lúc "
            f"{manifest.built.astimezone():%H:%M %d/%m/%Y}. Đang giữ: {kept}."
        )

    @attempted
    def read_feedback(self) -> Markup:
        return feedback_html(self.feedback)


def discard(uploads: Sequence[str]) -> None:
    """Remove uploaded files, each with the folder that Gradio made for it."""
    for upload in map(Path, uploads):
        upload.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another upload may lie in the folder
            upload.parent.rmdir()


def said(
    text: str, heads: Sequence[str] = (), rows: Sequence[Sequence[str]] = (), *, is_trouble: bool = False
) -> Markup:
    """Return a sentence, and a table below it if it has heads."""
    return render("operator_outcome", text=text, heads=heads, rows=rows, is_trouble=is_trouble)


def report_html(report: "IntakeReport") -> Markup:
    """Return what became of each source as a table; a refusal's details stand in the log."""
    for intake in report.refused:
        LOG.warning("refused %s: %s", Path(intake.source).name, intake.reason)
    rows = [
        (OUTCOMES[one.outcome], Path(one.source).name or one.source, one.document_id or "", intake_text(one))
        for one in report.intakes
    ]
    text = f"{len(rows) - len(report.refused)}/{len(rows)} tài liệu đã vào kho. Bấm “Lập lại chỉ mục” để trả lời từ đó."
    return said(text, ("Kết quả", "Tài liệu", "Mã", "Lý do"), rows)


def feedback_html(store: FeedbackStore) -> Markup:
    helpful, unhelpful = store.count()
    rows = [
        (
            f"{one.at.astimezone():%H:%M %d/%m/%Y}",
            "có ích" if one.helpful else "chưa",
            one.question,
            one.reason,
            ", ".join(one.sources),
            one.generation,
        )
        for one in store.read(MOST_FEEDBACK)
        if one.at
    ]
    return said(f"{helpful} có ích, {unhelpful} chưa.", ("Lúc", "", "Câu hỏi", "Lý do", "Nguồn", "Thế hệ"), rows)


def build_operator_page(operator: Operator) -> gr.Blocks:
    """Return the operator's page; one piece of work at a time."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=ABANDONED) as page:
        gr.HTML(header_html(DOOR), apply_default_css=False, elem_id="dau-trang")
        with gr.Column(elem_id="van-hanh"):
            gr.HTML(str(render("operator_heading", address=f"{DOOR}/ra")), apply_default_css=False)
            state = gr.HTML(apply_default_css=False)
            files = gr.File(file_count="multiple", label="Tệp (TXT, Markdown, HTML, PDF, DOCX, JSON)")
            addresses = gr.Textbox(lines=3, label="Địa chỉ web, mỗi dòng một địa chỉ")
            with gr.Row():
                add = gr.Button("Thêm vào kho", variant="primary")
                rebuild = gr.Button("Lập lại chỉ mục")
                back = gr.Button("Quay về thế hệ trước")
                read = gr.Button("Đọc góp ý")
            outcome = gr.HTML(apply_default_css=False, elem_id="ket-qua", min_height=80)
        one_at_a_time: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": 1,
            "concurrency_id": "operator",
        }
        works = [
            add.click(operator.add_uploads, [files, addresses], [outcome, files], **one_at_a_time),
            rebuild.click(operator.rebuild, None, outcome, **one_at_a_time),
            back.click(operator.roll_back, None, outcome, **one_at_a_time),
            read.click(operator.read_feedback, None, outcome, **one_at_a_time),
        ]
        for show_state in (page.load, *(work.then for work in works)):
            show_state(operator.state, None, state, api_visibility="private", show_progress="hidden")
    return page
