"""The web page: a chat whose every sentence is quoted, dated and linked. The only importer of gradio."""

from __future__ import annotations

import datetime
import logging
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr

from qa import render
from qa.errors import QAError
from qa.retriever import LONGEST_QUESTION, Filters
from qa.session import Session, open_session
from qa.types import Answer, Quote

LOG = logging.getLogger("qa.page")
EXAMPLES = [
    "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?",
    "Từ 01/7/2025 chính quyền địa phương có mấy cấp?",
    "Phường Long Biên mới gồm những phường nào?",
    "Công chức tư pháp - hộ tịch được ủy quyền ký chứng thực theo nghị định nào?",
]
TROUBLE = "Xin lỗi ông/bà, hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút."
TOO_LONG = f"Dạ, câu hỏi dài quá {LONGEST_QUESTION} ký tự; mời ông/bà rút gọn rồi gửi lại."
STYLE = """
.source { border-left: 3px solid var(--primary-500); padding: 0.35rem 0 0.35rem 0.75rem; margin: 0.6rem 0; }
.source blockquote { margin: 0.3rem 0 0; font-style: normal; }
.source .about { font-size: 0.92em; }
footer { display: none !important; }
"""


def build_page(session: Session) -> gr.Blocks:
    """Return the page over one session, with its REST endpoints /ask, /search, /document and /status."""

    def reply(message: str, _history: list[dict]) -> str:
        try:
            return answer_html(session.ask(message))
        except ValueError:
            return TOO_LONG
        except QAError as error:
            LOG.error("%s", error)
            return TROUBLE

    with gr.Blocks(title="Hỏi đáp cải cách hành chính", analytics_enabled=False) as page:
        gr.Markdown("# Hỏi đáp cải cách hành chính")
        gr.ChatInterface(
            reply,
            chatbot=gr.Chatbot(
                label="Hội thoại",
                placeholder=escape(greeting(session)),
                latex_delimiters=[],
                buttons=["copy"],
                min_height="50vh",
            ),
            textbox=gr.Textbox(
                placeholder="Nhập câu hỏi, có dấu hoặc không dấu…",
                label="Câu hỏi",
                show_label=False,
                max_length=LONGEST_QUESTION,
                autofocus=True,
                submit_btn="Gửi",
            ),
            examples=EXAMPLES,
            examples_label="Câu hỏi gợi ý",
            api_visibility="private",
            concurrency_limit=4,
        )
        add_endpoints(session)
    return page


def add_endpoints(session: Session) -> None:
    def ask(question: str, since: str = "", until: str = "", kind: str = "", as_of: str = "") -> dict:
        """Answer a question in Vietnamese with sentences quoted from dated sources, or decline."""
        return render.answer_object(guarded(lambda: session.ask(question, filters(since, until, kind, as_of))))

    def search(question: str, k: int = 5, since: str = "", until: str = "", kind: str = "", as_of: str = "") -> dict:
        """Return the k best passages for a question in Vietnamese, with their sources."""
        hits = guarded(lambda: session.search(question, k, filters(since, until, kind, as_of)))
        return render.search_object(question, session.understand(question), hits)

    def document(document_id: str) -> dict:
        """Return a whole document by its id."""
        return render.document_object(guarded(lambda: session.document(document_id)))

    def status() -> dict:
        """Return what the live index holds."""
        return render.status_object(session.index.manifest)

    for function in (ask, search, document, status):
        gr.api(function, api_name=function.__name__)


def guarded(work):
    """Run an endpoint's work; what the caller did wrong comes back as the reason, nothing else does."""
    try:
        return work()
    except (ValueError, KeyError, QAError) as error:
        raise gr.Error(str(error), print_exception=False) from error


def filters(since: str, until: str, kind: str, as_of: str) -> Filters:
    def day(text: str) -> datetime.date | None:
        return datetime.date.fromisoformat(text) if text else None

    return Filters(since=day(since), until=day(until), kind=kind or None, as_of=day(as_of))


def greeting(session: Session) -> str:
    """Say what the corpus covers and how new it is."""
    days = [document.published for document in session.index.documents.values() if document.published]
    newest = f", mới nhất ngày {max(days):%d/%m/%Y}" if days else ""
    return (
        f"Kính chào ông/bà. Tôi trả lời về cải cách hành chính và tinh gọn bộ máy bằng cách trích nguyên văn từ "
        f"{len(session.index.documents)} bài viết{newest}."
    )


def answer_html(answer: Answer) -> str:
    """Return an answer and its sources as HTML in which every character from outside is escaped."""
    understood = f"<p><em>Hiểu là: {escape(answer.understood)}</em></p>" if is_reworded(answer) else ""
    notes = "".join(f"<p>{escape(note)}</p>" for note in answer.notes)
    return f"{understood}<p>{escape(answer.text)}</p>{notes}" + "".join(map(source_html, answer.citations))


def is_reworded(answer: Answer) -> bool:
    """Tell whether the question was searched in other words than typed, white space aside."""
    return answer.understood != " ".join(answer.question.split())


def source_html(quote: Quote) -> str:
    citation = quote.citation
    dated = f"ngày {citation.published:%d/%m/%Y}" if citation.published else "không rõ ngày"
    about = " · ".join(escape(part) for part in (citation.number, citation.source, dated, citation.section) if part)
    return (
        f'<div class="source"><strong>{escape(f"[{quote.marker}]")} {escape(citation.title)}</strong>'
        f'<div class="about">{about} · {link_html(citation.url)}</div>'
        f"<blockquote>{escape(quote.text)}</blockquote></div>"
    )


def link_html(url: str) -> str:
    """Return a link to an http(s) address; any other is shown as text."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(url)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">Mở nguồn gốc</a>'


def escape(text: str) -> str:
    """Write all but letters, digits and spaces as character references: neither HTML nor Markdown remains."""
    return "".join(c if c.isalnum() or c == " " or ord(c) > 0x2000 else f"&#{ord(c)};" for c in text)


def serve(index: Path | None = None, *, host: str, port: int) -> None:
    """Serve the page until interrupted; the index must have been built."""
    session = open_session(index)
    page = build_page(session)
    sys.stdout.write(f"Trang hỏi đáp: http://{host}:{port}\n")
    sys.stdout.flush()
    page.queue(max_size=64).launch(
        server_name=host, server_port=port, theme=gr.themes.Soft(), css=STYLE, quiet=True, footer_links=[]
    )


if __name__ == "__main__":
    from qa.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
