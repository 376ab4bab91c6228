"""Hits → ``Answer``: quoted sentences with their sources, or a polite refusal."""

from qa.answer.answerer import Answerer
from qa.answer.comparison import HEADS, SIDE_BY_SIDE, plain_rows
from qa.answer.judge import Candidate, Evidence

__all__ = ["HEADS", "SIDE_BY_SIDE", "Answerer", "Candidate", "Evidence", "plain_rows"]
