"""Answers, hits and states as JSON, lines for a terminal, Markdown and Word."""

from qa.present.docx import to_docx
from qa.present.json import (
    answer_object,
    document_object,
    feedback_object,
    search_object,
    status_object,
    to_json,
)
from qa.present.markdown import escape, numbered, to_markdown, web_address
from qa.present.terminal import (
    answer_lines,
    composed_lines,
    describe,
    feedback_lines,
    hit_lines,
    intake_lines,
    is_reworded,
    one_line,
    plain_text,
    printable,
)

__all__ = [
    "answer_lines",
    "answer_object",
    "composed_lines",
    "describe",
    "document_object",
    "escape",
    "feedback_lines",
    "feedback_object",
    "hit_lines",
    "intake_lines",
    "is_reworded",
    "numbered",
    "one_line",
    "plain_text",
    "printable",
    "search_object",
    "status_object",
    "to_docx",
    "to_json",
    "to_markdown",
    "web_address",
]
