"""Hits → ``Answer``: one to three quoted sentences with citations, or a polite refusal."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.index import Index
from qa.observe import stage
from qa.question import has_form, kind_of
from qa.retriever import Filters, Retriever
from qa.spelling import terms
from qa.types import Answer, Citation, Hit, Quote
from qa.vietnamese import sentence_spans, syllables

HITS = 8
MOST_SPREADS = 6.0
MOST_SENTENCES = 3
NEXT_SENTENCE = 0.85
THRESHOLD = 0.3
EMPTY = "Dạ, mời ông/bà nhập câu hỏi bằng tiếng Việt về cải cách hành chính."
QUESTION_WORDS = frozenset(
    terms(
        "ai gì nào đâu sao bao nhiêu mấy khi là có được không những các của và ở tại cho với theo thì mà ra vào lúc "
        "bao giờ thế như vì hãy xin hỏi biết tôi ạ về từ đến đã sẽ đang bị cái việc này đó nay hiện hôm phải đúng"
    )
)
CONFIDENCE_WEIGHTS = {"bias": -6.8, "inside": 5.1, "nearby": 2.2, "dense": 1.24}
"""Logistic weights of the evidence; made by ``python -m benchmarks.calibrate``, which prints them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer; shares lie in 0..1.

    ``inside`` and ``nearby``: the question's content, weighed by rarity, found in the sentence and in its
    passage with title; ``dense``: how far the passage's cosine lies above what questions
    from another world reach, in spreads.
    """

    inside: float
    nearby: float
    dense: float

    @property
    def confidence(self) -> float:
        """The chance, 0..1, that the question is answered here."""
        weighed = sum(CONFIDENCE_WEIGHTS[name] * value for name, value in dataclasses.asdict(self).items())
        return 1 / (1 + math.exp(-weighed - CONFIDENCE_WEIGHTS["bias"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be quoted, how well it fits, and why."""

    text: str
    citation: Citation
    score: float
    evidence: Evidence


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
        confidence = candidates[0].evidence.confidence if candidates else 0.0
        if confidence < THRESHOLD:
            return Answer(question, understood, refuse(understood, hits), (), confidence)
        quotes = tuple(
            Quote(marker, candidate.text, candidate.citation, candidate.score)
            for marker, candidate in enumerate(choose(candidates), start=1)
        )
        return Answer(question, understood, compose(quotes), quotes, confidence, self.copies_of(quotes))

    def copies_of(self, quotes: Sequence[Quote]) -> tuple[str, ...]:
        """Mention the documents that say the same as a cited one."""
        cited = dict.fromkeys(quote.citation.document_id for quote in quotes)
        copies = [self.index.documents[other] for one in cited for other in self.index.same[one] if other not in cited]
        return tuple(f"Nội dung này cũng có tại: “{copy.title}” ({copy.source}) {copy.url}".strip() for copy in copies)

    @stage("quote")
    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return every sentence of the hits, best first."""
        judge = Judge(self.index, question)
        found = [judge.candidate(hit, start, end) for hit in hits for start, end in quotable_spans(hit.passage.text)]
        return sorted(found, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))


class Judge:
    """Weighs sentences against one question."""

    def __init__(self, index: Index, question: str) -> None:
        self.kind = kind_of(question)
        self.mean, self.spread = index.manifest.stranger_mean, index.manifest.stranger_spread
        content = [term for term in terms(question) if not all(part in QUESTION_WORDS for part in term.split("_"))]
        weigh = index.lexical.weight
        self.weights = {term: weigh(term) * (0.5 if "_" in term else 1.0) for term in content or terms(question)}

    def candidate(self, hit: Hit, start: int, end: int) -> Candidate:
        text = hit.passage.text[start:end]
        evidence = self.evidence(text, hit)
        score = 0.6 * evidence.inside + 0.25 * evidence.nearby + 0.4 * hit.score + 0.15 * has_form(self.kind, text)
        passage = hit.passage.citation
        citation = dataclasses.replace(passage, start=passage.start + start, end=passage.start + end)
        return Candidate(text, citation, score, evidence)

    def evidence(self, text: str, hit: Hit) -> Evidence:
        here = set(terms(text))
        around = here | set(terms(f"{hit.passage.context}\n{hit.passage.text}"))
        return Evidence(
            inside=share(self.weights, here),
            nearby=share(self.weights, around),
            dense=min(MOST_SPREADS, (hit.dense - self.mean) / self.spread),
        )


def share(weights: dict[str, float], found: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0


def quotable_spans(text: str) -> Iterable[tuple[int, int]]:
    """Yield the spans that may be quoted: sentences, and a sentence that opens a list with its whole list."""
    spans = list(sentence_spans(text))
    for position, (start, end) in enumerate(spans):
        if text[start:end].endswith(":"):
            end = end_of_list(text, spans, position)
        yield start, end


def end_of_list(text: str, spans: Sequence[tuple[int, int]], position: int) -> int:
    """Return where the list that a sentence opens ends: after the last line that begins with a list mark."""
    end = spans[position][1]
    for start, stop in spans[position + 1 :]:
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if line.strip() not in ("-", "*", "•", "+"):
            break
        end = stop
    return end


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and up to two more that are nearly as good, none inside another."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_SENTENCES or candidate.score < NEXT_SENTENCE * candidates[0].score:
            break
        if not any(candidate.text in other.text or other.text in candidate.text for other in chosen):
            chosen.append(candidate)
    return chosen


def compose(quotes: Sequence[Quote]) -> str:
    """Return the answer's text: an opening that states only metadata, then each sentence with its mark."""
    first = quotes[0].citation
    dated = f" ({first.published:%d/%m/%Y})" if first.published else ""
    sentences = " ".join(f"{quote.text} [{quote.marker}]" for quote in quotes)
    return f"Dạ, theo {first.source}{dated}: {sentences}"


def refuse(question: str, hits: Sequence[Hit]) -> str:
    """Return a refusal that says what was looked for and names the nearest sources."""
    near = list(dict.fromkeys(hit.passage.citation.title for hit in hits))[:3]
    related = f" Có thể liên quan: {'; '.join(f'“{title}”' for title in near)}." if near else ""
    return (
        f"Dạ, các tài liệu hiện có chưa đủ căn cứ để trả lời câu hỏi “{question}”.{related} "
        "Ông/bà có thể hỏi cụ thể hơn, chẳng hạn nêu rõ tên địa phương, cơ quan hoặc số hiệu văn bản."
    )
