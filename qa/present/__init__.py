"""Answers, hits and states as JSON, lines for a terminal, Markdown and Word."""

from qa.present.export import (
    to_docx,
    to_markdown,
)
from qa.present.render import (
    answer_lines,
    answer_object,
    describe,
    document_object,
    feedback_lines,
    feedback_object,
    hit_lines,
    intake_lines,
    is_reworded,
    one_line,
    plain_text,
    printable,
    search_object,
    status_object,
    to_json,
    whole,
)

__all__ = [
    "answer_lines",
    "answer_object",
    "describe",
    "document_object",
    "feedback_lines",
    "feedback_object",
    "hit_lines",
    "intake_lines",
    "is_reworded",
    "one_line",
    "plain_text",
    "printable",
    "search_object",
    "status_object",
    "to_docx",
    "to_json",
    "to_markdown",
    "whole",
]
