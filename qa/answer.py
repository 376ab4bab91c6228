"""Hits → ``Answer``: one to three quoted sentences with citations, or a polite refusal."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.index import Index
from qa.retriever import Filters, Retriever
from qa.spelling import terms
from qa.types import Answer, Citation, Hit, Quote
from qa.vietnamese import fold, sentence_spans, syllables

HITS = 8
MOST_SENTENCES = 3
LEAST_COVERAGE = 0.3
NEXT_SENTENCE = 0.85
EMPTY = "Dạ, mời ông/bà nhập câu hỏi bằng tiếng Việt về cải cách hành chính."
REFUSAL = (
    "Dạ, các tài liệu hiện có chưa đủ căn cứ để trả lời câu hỏi này. "
    "Ông/bà có thể hỏi cụ thể hơn, chẳng hạn nêu rõ tên địa phương, cơ quan hoặc số hiệu văn bản."
)
QUESTION_WORDS = frozenset(
    terms(
        "ai gì nào đâu sao bao nhiêu mấy khi là có được không những các của và ở tại cho với theo thì mà ra vào lúc "
        "bao giờ thế như vì hãy xin hỏi biết tôi ạ về từ đến đã sẽ đang bị cái việc này đó nay hiện hôm"
    )
)
ASKS_NUMBER = re.compile(r"\b(bao nhieu|may|so luong|ty le|phan tram)\b")
ASKS_DATE = re.compile(r"\b(khi nao|bao gio|ngay nao|thang nao|nam nao|luc nao|tu ngay)\b")
NUMBER = re.compile(r"\d")
DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}/\d{4}|năm \d{4}|tháng \d{1,2}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be quoted, and how well it fits; ``coverage`` lies in 0..1."""

    text: str
    citation: Citation
    score: float
    coverage: float


class Answerer:
    """Answers questions from one generation of the index."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.index: Index = retriever.index

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """Return quoted sentences that answer the question, or a refusal (``declined``).

        Raises ValueError for a question longer than 2,000 characters.
        """
        understood = self.retriever.understand(question)
        if not syllables(understood):
            return Answer(question, understood, EMPTY, (), 0.0)
        hits = self.retriever.search(understood, HITS, filters)
        candidates = self.candidates(understood, hits)
        if not candidates or candidates[0].coverage < LEAST_COVERAGE:
            confidence = candidates[0].coverage if candidates else 0.0
            return Answer(question, understood, REFUSAL, (), confidence)
        quotes = tuple(
            Quote(marker, candidate.text, candidate.citation, candidate.score)
            for marker, candidate in enumerate(choose(candidates), start=1)
        )
        return Answer(question, understood, compose(quotes), quotes, candidates[0].coverage)

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return every sentence of the hits, best first."""
        wanted = self.weights(question)
        found = [
            self.judge(question, wanted, hit, start, end)
            for hit in hits
            for start, end in sentence_spans(hit.passage.text)
        ]
        return sorted(found, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))

    def weights(self, question: str) -> dict[str, float]:
        """Weigh the question's content terms by how rare they are in the corpus."""
        content = [term for term in terms(question) if not all(part in QUESTION_WORDS for part in term.split("_"))]
        weigh = self.index.lexical.weight
        return {term: weigh(term) * (0.5 if "_" in term else 1.0) for term in content or terms(question)}

    def judge(self, question: str, wanted: dict[str, float], hit: Hit, start: int, end: int) -> Candidate:
        text = hit.passage.text[start:end]
        heading = f"{hit.passage.citation.title} {hit.passage.citation.section or ''}"
        here, around = set(terms(text)), set(terms(f"{heading} {hit.passage.text}"))
        total = sum(wanted.values())
        inside = sum(weight for term, weight in wanted.items() if term in here) / total
        nearby = sum(weight for term, weight in wanted.items() if term in around) / total
        score = 0.6 * inside + 0.25 * nearby + 0.4 * hit.score + self.type_match(question, text)
        citation = dataclasses.replace(
            hit.passage.citation, start=hit.passage.citation.start + start, end=hit.passage.citation.start + end
        )
        return Candidate(text, citation, score, max(inside, 0.75 * nearby))

    def type_match(self, question: str, text: str) -> float:
        asked = fold(question)
        if ASKS_DATE.search(asked):
            return 0.15 if DATE.search(text) else 0.0
        if ASKS_NUMBER.search(asked):
            return 0.15 if NUMBER.search(text) else 0.0
        return 0.0


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and up to two more that are nearly as good, no text twice."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_SENTENCES or candidate.score < NEXT_SENTENCE * candidates[0].score:
            break
        if all(candidate.text != other.text for other in chosen):
            chosen.append(candidate)
    return chosen


def compose(quotes: Sequence[Quote]) -> str:
    """Return the answer's text: an opening that states only metadata, then each sentence with its mark."""
    first = quotes[0].citation
    dated = f" ({first.published:%d/%m/%Y})" if first.published else ""
    sentences = " ".join(f"{quote.text} [{quote.marker}]" for quote in quotes)
    return f"Dạ, theo {first.source}{dated}: {sentences}"
