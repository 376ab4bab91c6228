"""Hits → ``Answer``: quoted sentences with their sources, or a polite refusal."""

from qa.answer.answerer import Answerer
from qa.answer.judge import Candidate, Evidence

__all__ = ["Answerer", "Candidate", "Evidence"]
