"""Hits → ``Answer``: quoted sentences with their sources, or a polite refusal."""

from qa.answer.comparison import HEADS, SIDE_BY_SIDE, plain_rows
from qa.answer.pipeline import Answerer

__all__ = ["HEADS", "SIDE_BY_SIDE", "Answerer", "plain_rows"]
