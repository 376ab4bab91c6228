"""The page: the chat, its filters and the sources beside it, as Gradio blocks."""

from pathlib import Path
from typing import Any

import gradio as gr

from qa.retrieval import LONGEST_QUESTION
from qa.values import KINDS
from qa.web.handlers import Handlers
from qa.web.templates import KIND_NAMES, TITLE, header_html

FONT = (  # IBM Plex Sans ships with Gradio and holds every Vietnamese letter in these two weights
    gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)),
    "system-ui",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "sans-serif",
)
MONO = ("ui-monospace", "monospace")  # nothing is shown in it; Gradio's own would be one more file to load
BLUE = gr.themes.Color(
    c50="#eff6fb", c100="#dcebf6", c200="#bcd9ed", c300="#8dc0e0", c400="#569fce", c500="#2f82b7", c600="#17659a",
    c700="#0f527f", c800="#10466a", c900="#123b58", c950="#0b263b",
)  # fmt: skip


COLOURS = {  # the same names of base.css in both themes, which give them their light or dark colours
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "var(--card)",
    "button_secondary_background_fill_hover": "var(--tint)",
    "button_secondary_text_color": "var(--accent)",
    "input_background_fill": "var(--card)",
    "input_placeholder_color": "var(--faint)",
    "block_background_fill": "transparent",
    "block_shadow": "none",
    "block_label_background_fill": "var(--tint)",
    "block_label_text_color": "var(--accent)",
    "block_title_background_fill": "transparent",
    "block_title_text_color": "var(--accent)",
    "link_text_color": "var(--accent)",
}


def theme() -> gr.themes.Base:
    """Return the theme: calm blues on white, or on near black."""
    dark = {f"{name}_dark": colour for name, colour in COLOURS.items()}
    base = gr.themes.Soft(primary_hue=BLUE, secondary_hue=BLUE, neutral_hue="slate", font=FONT, font_mono=MONO)
    return base.set(block_border_width="0px", **COLOURS, **dark)


STATIC = Path(__file__).parent / "static"
HEAD = """<script>
Object.defineProperty(navigator, "language", { get: () => "en" });
document.documentElement.lang = "vi";
</script>
<script src="/giao-dien/toasts.js" defer></script>
<link rel="stylesheet" href="/giao-dien/base.css">
<link rel="stylesheet" href="/giao-dien/chat.css">"""
"""Gradio picks its labels by the browser's language; ours stand in place of its English."""

STORAGE: dict[str, Any] = {"storage_key": "qa-hoi-dap", "secret": "qa-hoi-dap"}
"""Fixed, so that a conversation outlives the server; the words lie in the visitor's own browser."""

WIDE_OPEN = {"mode": "ask", "kind": "", "since": "", "until": ""}
COMPOSE = '<label><input type="checkbox" name="compose" checked> Diễn đạt lại bằng mô hình</label>'


def build_page(handlers: Handlers) -> gr.Blocks:
    bare: dict[str, Any] = {"apply_default_css": False}
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(header_html("/"), elem_id="dau-trang", **bare)
        with gr.Row(elem_id="khung", equal_height=False):
            with gr.Column(elem_id="cot-hoi-dap", min_width=0, scale=3):
                talk = gr.HTML("", elem_id="hoi-thoai", js_on_load=script("conversation.js"), **bare)
                with gr.Column(elem_id="o-hoi", min_width=0, scale=0):
                    question = question_box()
                    choices = choice_box(can_compose=handlers.composer is not None)
            with gr.Column(elem_id="cot-nguon", min_width=0, scale=2):
                evidence = gr.HTML("", elem_id="nguon", js_on_load=None, **bare)
        file = gr.HTML({}, html_template="", js_on_load=script("download.js"), elem_id="tai-ve")
        kept = gr.BrowserState([], **STORAGE)

        told: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        showing = told | {"outputs": [talk, evidence, kept, question]}  # in the order of a PageUpdate
        asking = showing | {"concurrency_limit": handlers.workers.at_once, "concurrency_id": "answers"}
        overtaking = asking | {"trigger_mode": "multiple"}  # a new question need not wait for the one before
        events = [
            page.load(handlers.open, [kept], **showing),
            question.submit(handlers.answer, [question, kept, choices], **overtaking),
            talk.example_select(handlers.answer_example, [kept, choices], **overtaking),
            talk.stop(handlers.stop, [kept], **showing),
            talk.retry(handlers.answer_again, [kept], **asking),
            talk.option_select(handlers.answer_as_typed, [kept], **asking),
            talk.clear(handlers.clear, **showing),
            talk.like(handlers.judge, [kept], **showing),
            talk.download(handlers.export, [kept], [file], **told),
        ]
        if handlers.composer:
            composing = showing | {"concurrency_limit": handlers.workers.at_once, "concurrency_id": "composing"}
            events += [
                event.success(handlers.compose, [kept, choices], **composing)
                for event in (events[1], events[2], *events[4:6])
            ]
        for event in events:
            event.failure(handlers.apologise, [kept], **showing)
    return page


def script(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Hỏi có dấu hoặc không dấu…",
        label="Câu hỏi",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        autofocus=True,
        submit_btn="Gửi",
        elem_id="cau-hoi",
    )


def choice_box(*, can_compose: bool) -> gr.HTML:
    """Return the filters as one component of native controls; its value has mode, kind, since, until, compose."""
    kinds = "".join(f'<option value="{kind}">{KIND_NAMES[kind]}</option>' for kind in KINDS)
    template = script("choices.html").replace("<!--kinds-->", kinds)
    template = template.replace("<!--compose-->", COMPOSE if can_compose else "")
    return gr.HTML(
        WIDE_OPEN, html_template=template, js_on_load=script("choices.js"), apply_default_css=False, elem_id="bo-loc"
    )
