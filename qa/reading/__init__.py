"""Which sentence of the hits answers a question, how surely, and with which words."""

from qa.reading.answer_span import (
    CAPITAL,
    SAME_KIND,
    parts,
)
from qa.reading.answer_type import (
    AnswerType,
    ExpectedAnswer,
    expected_answer,
    kind_of,
)
from qa.reading.sentence_scoring import (
    FIGURES,
    QUESTION_WORDS,
    THRESHOLD,
    Candidate,
    SentenceScorer,
)

__all__ = [
    "CAPITAL",
    "FIGURES",
    "QUESTION_WORDS",
    "SAME_KIND",
    "THRESHOLD",
    "AnswerType",
    "Candidate",
    "ExpectedAnswer",
    "SentenceScorer",
    "expected_answer",
    "kind_of",
    "parts",
]
