"""The operator's page: take documents in, rebuild, roll back, read feedback; only behind a password."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from qa.errors import QAError
from qa.feedback import FeedbackStore
from qa.index import list_generations, rollback
from qa.ingest import IntakeReport, take_in
from qa.session import build_index
from qa.settings import Settings
from qa.web.html_text import escape
from qa.web.live_session import LiveSession
from qa.web.messages_vi import intake_text, trouble_text
from qa.web.operator_login import DOOR
from qa.web.pages import header_html

LOG = logging.getLogger("qa.web")
TITLE = "Vận hành"
MOST_FEEDBACK = 200
ABANDONED = (3600, 24 * 3600)
"""Each hour, uploads of more than a day that were never added are removed; all of them at the server's end."""
OUTCOMES = {
    "taken": "đã nhận",
    "updated": "đã cập nhật",
    "unchanged": "không đổi",
    "duplicate": "trùng",
    "refused": "từ chối",
}
HEADING = (
    f'<form class="heading" method="post" action="{DOOR}/ra"><h1>Vận hành</h1>'
    '<button type="submit">Đăng xuất</button></form>'
)
NOTHING = "Chưa chọn tệp và chưa ghi địa chỉ nào."


@dataclass(frozen=True, slots=True)
class Operator:
    """What an operator can do to the corpus and the index while people ask; each returns HTML that says what came."""

    live: LiveSession
    feedback: FeedbackStore
    settings: Settings

    def add(self, files: Sequence[str] | None, addresses: str, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        """Take files and web addresses into the corpus, with progress per document."""
        wanted = [*(files or []), *(line.strip() for line in addresses.splitlines() if line.strip())]
        if not all(line.startswith(("http://", "https://")) for line in wanted[len(files or []) :]):
            return said("Mỗi dòng phải là một địa chỉ bắt đầu bằng http:// hoặc https://.")
        if not wanted:
            return said(NOTHING)

        def tell(done: int, total: int, source: str) -> None:
            progress((done, total), desc=Path(source).name[-60:] or "Xong", unit="tài liệu")

        return attempted(lambda: report_html(take_in(wanted, self.settings.corpus, progress=tell)))

    def add_uploads(self, files: Sequence[str] | None, addresses: str, progress: gr.Progress = gr.Progress()) -> tuple:  # noqa: B008
        """Add, then empty the box of files and remove what was uploaded: the corpus holds what was taken."""
        try:
            return self.add(files, addresses, progress), None
        finally:
            discard(files or [])

    def rebuild(self, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        """Bring the index up to date and let it answer."""

        def tell(done: int, total: int) -> None:
            progress((done, total), desc="Mã hóa các đoạn mới", unit="đoạn")

        def work() -> str:
            report = build_index(None, self.live.folder, self.live.encoder, progress=tell, settings=self.settings)
            self.live.refresh()
            if not report.changed:
                return said(f"Chỉ mục {report.generation} đã mới nhất: {report.documents} bài.")
            return said(
                f"Chỉ mục {report.generation} đang trả lời: {report.documents} bài, {report.passages} đoạn, "
                f"{report.embedded} đoạn mới."
            )

        return attempted(work)

    def roll_back(self) -> str:
        """Let the generation before the live one answer again."""

        def work() -> str:
            name = rollback(self.live.folder)
            self.live.refresh()
            return said(f"Thế hệ {name} đang trả lời trở lại.")

        return attempted(work)

    def state(self) -> str:
        """Say what answers now, and which generations there are."""
        if not self.live.is_ready:
            return said("Chưa có chỉ mục.")
        manifest = self.live.current().index.manifest
        kept = ", ".join(list_generations(self.live.folder))
        return said(
            f"Đang trả lời: {manifest.generation}, {manifest.documents} bài, {manifest.passages} đoạn, lập lúc "
            f"{manifest.built.astimezone():%H:%M %d/%m/%Y}. Đang giữ: {kept}."
        )

    def read_feedback(self) -> str:
        """Return the newest feedback as a table."""
        return attempted(lambda: feedback_html(self.feedback))


def discard(uploads: Sequence[str]) -> None:
    """Remove uploaded files, each with the folder that Gradio made for it."""
    for upload in map(Path, uploads):
        upload.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another upload may lie in the folder
            upload.parent.rmdir()


def said(text: str) -> str:
    return f'<p class="said">{escape(text)}</p>'


def attempted(work: Callable[[], str]) -> str:
    """Return what a piece of work says, or why it could not be done."""
    try:
        return work()
    except QAError as error:
        number = secrets.token_hex(4)
        LOG.error("%s: %s", number, error)
        return f'<p class="said trouble" role="alert">{escape(trouble_text(error))} (mã {number} trong nhật ký)</p>'


def report_html(report: IntakeReport) -> str:
    """Return what became of each source as a table; a refusal's details stand in the log."""
    for intake in report.refused:
        LOG.warning("refused %s: %s", Path(intake.source).name, intake.reason)
    rows = "".join(
        f"<tr><td>{OUTCOMES[intake.outcome]}</td><td>{escape(Path(intake.source).name or intake.source)}</td>"
        f"<td>{escape(intake.document_id or '')}</td><td>{escape(intake_text(intake))}</td></tr>"
        for intake in report.intakes
    )
    taken = len(report.intakes) - len(report.refused)
    return said(f"{taken}/{len(report.intakes)} tài liệu đã vào kho. Bấm “Lập lại chỉ mục” để trả lời từ đó.") + table(
        ("Kết quả", "Tài liệu", "Mã", "Lý do"), rows
    )


def feedback_html(store: FeedbackStore) -> str:
    """Return counts of thumbs and the newest feedback."""
    helpful, unhelpful = store.count()
    rows = "".join(
        f"<tr><td>{one.at.astimezone():%H:%M %d/%m/%Y}</td><td>{'👍' if one.helpful else '👎'}</td>"
        f"<td>{escape(one.question)}</td><td>{escape(one.reason)}</td><td>{escape(', '.join(one.sources))}</td>"
        f"<td>{escape(one.generation)}</td></tr>"
        for one in store.read(MOST_FEEDBACK)
        if one.at
    )
    return said(f"{helpful} có ích, {unhelpful} chưa.") + table(
        ("Lúc", "", "Câu hỏi", "Lý do", "Nguồn", "Thế hệ"), rows
    )


def table(heads: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f'<div class="rows" tabindex="0" role="region" aria-label="Bảng"><table><tr>{head}</tr>{rows}</table></div>'


def build_operator_page(operator: Operator) -> gr.Blocks:
    """Return the operator's page; one piece of work at a time."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=ABANDONED) as page:
        gr.HTML(header_html(DOOR), apply_default_css=False, elem_id="dau-trang")
        with gr.Column(elem_id="van-hanh"):
            gr.HTML(HEADING, apply_default_css=False)
            state = gr.HTML(apply_default_css=False)
            files = gr.File(file_count="multiple", label="Tệp (TXT, Markdown, HTML, PDF, DOCX, JSON)")
            addresses = gr.Textbox(lines=3, label="Địa chỉ web, mỗi dòng một địa chỉ")
            with gr.Row():
                add = gr.Button("Thêm vào kho", variant="primary")
                rebuild = gr.Button("Lập lại chỉ mục")
                back = gr.Button("Quay về thế hệ trước")
                read = gr.Button("Đọc góp ý")
            outcome = gr.HTML(apply_default_css=False, elem_id="ket-qua", min_height=80)
        works = [
            add.click(operator.add_uploads, [files, addresses], [outcome, files], **one_at_a_time()),
            rebuild.click(operator.rebuild, None, outcome, **one_at_a_time()),
            back.click(operator.roll_back, None, outcome, **one_at_a_time()),
            read.click(operator.read_feedback, None, outcome, **one_at_a_time()),
        ]
        for work in works:
            work.then(operator.state, None, state, api_visibility="private", show_progress="hidden")
        page.load(operator.state, None, state, api_visibility="private", show_progress="hidden")
    return page


def one_at_a_time() -> dict:
    return {"api_visibility": "private", "concurrency_limit": 1, "concurrency_id": "operator"}
