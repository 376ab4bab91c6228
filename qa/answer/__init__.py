"""Hits → ``Answer``: quoted sentences with their sources, or a polite refusal."""

from qa.answer.draft import Rewrite
from qa.answer.pipeline import Answerer

__all__ = ["Answerer", "Rewrite"]
