"""Which sentence of the passages found answers a question, with which words, and how surely."""

from qa.reading.model_reader import HEADLINE_THRESHOLD, THRESHOLD, ModelReader, Reader
from qa.values import Candidate

__all__ = ["HEADLINE_THRESHOLD", "THRESHOLD", "Candidate", "ModelReader", "Reader"]
