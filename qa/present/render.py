"""Answers, hits and states as JSON objects and as lines for a terminal."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import get_args

from qa.answer import plain_rows
from qa.feedback import Feedback
from qa.ingest import IntakeReport, Outcome
from qa.values import Answer, Citation, Document, Hit, IndexManifest

OBEYED = re.compile(
    r"[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""Controls, zero-width and bidirectional characters that JSON would let through."""

OBEYED_KINDS = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""The same by their kinds in Unicode: controls, formats, halves of pairs, line and paragraph separators."""


def answer_object(answer: Answer) -> dict[str, object]:
    """Return the contract's object of ``qa ask --json``."""
    return {
        "question": whole(answer.question),
        "understood": answer.understood,
        "text": answer.text,
        "declined": answer.declined,
        "confidence": round(answer.confidence, 4),
        "citations": [
            {
                "marker": quote.marker,
                **citation_object(quote.citation),
                "quote": quote.text,
                "start": quote.citation.start,
                "end": quote.citation.end,
                "score": round(quote.score, 4),
            }
            for quote in answer.citations
        ],
        "notes": list(answer.notes),
    }


def search_object(question: str, understood: str, hits: Iterable[Hit]) -> dict[str, object]:
    """Return the contract's object of ``qa search --json``."""
    return {
        "question": whole(question),
        "understood": understood,
        "hits": [
            {
                "rank": rank,
                "score": round(hit.score, 4),
                "dense": round(hit.dense, 4),
                "lexical": round(hit.lexical, 4),
                "passage_id": hit.passage.id,
                **citation_object(hit.passage.citation),
                "text": hit.passage.text,
                "start": hit.passage.citation.start,
                "end": hit.passage.citation.end,
            }
            for rank, hit in enumerate(hits, start=1)
        ],
    }


def citation_object(citation: Citation) -> dict[str, object]:
    return {
        "document_id": citation.document_id,
        "title": citation.title,
        "source": citation.source,
        "url": citation.url,
        "published": citation.published.isoformat() if citation.published else None,
        "number": citation.number,
        "section": citation.section,
    }


def document_object(document: Document) -> dict[str, object]:
    """Return a whole document."""
    fields = dataclasses.asdict(document)
    days = ("published", "effective_from", "effective_to")
    return fields | {name: fields[name].isoformat() if fields[name] else None for name in days}


def status_object(manifest: IndexManifest) -> dict[str, object]:
    """Return the contract's object of ``qa status --json``."""
    return {
        "documents": manifest.documents,
        "passages": manifest.passages,
        "generation": manifest.generation,
        "encoder": manifest.encoder,
        "built": manifest.built.isoformat(),
        "search": manifest.search,
        "recall@10": manifest.recall,
    }


def feedback_object(feedback: Feedback) -> dict[str, object]:
    """Return one reader's feedback, as ``qa feedback --json`` prints it."""
    return {
        "at": feedback.at.isoformat() if feedback.at else None,
        "helpful": feedback.helpful,
        "reason": feedback.reason,
        "question": feedback.question,
        "answer": feedback.answer,
        "sources": list(feedback.sources),
        "generation": feedback.generation,
    }


def feedback_lines(feedbacks: Iterable[Feedback], counts: tuple[int, int]) -> Iterable[str]:
    """Yield how many were helpful, then each feedback in a line, with its answer and reason below."""
    yield f"{counts[0]} helpful, {counts[1]} not helpful"
    for feedback in feedbacks:
        thumb = "helpful" if feedback.helpful else "not helpful"
        yield f"{feedback.at:%Y-%m-%d %H:%M} UTC  {thumb}  {one_line(feedback.question)}"
        yield f"    answer: {one_line(feedback.answer)}"
        if feedback.reason:
            yield f"    reason: {one_line(feedback.reason)}"
        if feedback.sources:
            yield f"    sources: {one_line(', '.join(feedback.sources))} ({one_line(feedback.generation)})"


def is_reworded(answer: Answer) -> bool:
    """Tell whether the question was searched in other words than typed, white space aside."""
    return answer.understood != " ".join(answer.question.split())


def answer_lines(answer: Answer) -> Iterable[str]:
    """Yield the lines of an answer for a terminal."""
    if is_reworded(answer):
        yield f"Hiểu là: {printable(answer.understood)}"
    yield printable(plain_text(answer))
    yield from (f"Lưu ý: {printable(note)}" for note in answer.notes)
    for quote in answer.citations:
        yield f"  [{quote.marker}] {printable(describe(quote.citation))}"


def plain_text(answer: Answer) -> str:
    """Return an answer's text without markup: its short answer in a line of its own, a comparison as a list."""
    if answer.rows:
        return plain_rows(answer.rows, answer.citations)
    return answer.text.replace(f"**{answer.short}**\n\n", f"{answer.short}\n", 1)


def hit_lines(hits: Iterable[Hit]) -> Iterable[str]:
    """Yield the lines of ranked passages for a terminal."""
    for rank, hit in enumerate(hits, start=1):
        yield f"{rank}. {hit.score:.3f}  {printable(describe(hit.passage.citation))}"
        yield from (f"     {printable(line)}" for line in hit.passage.text.splitlines() if line.strip())


def intake_lines(report: IntakeReport) -> Iterable[str]:
    """Yield what became of each source that was not simply taken, then a table of how many."""
    for intake in report.intakes:
        if intake.outcome in ("refused", "duplicate"):
            yield "\t".join(map(one_line, (intake.outcome, intake.source, intake.reason)))
    yield from (f"{report.count(outcome):6} {outcome}" for outcome in get_args(Outcome))
    yield "run `qa build` to make them answer" if len(report.refused) < len(report.intakes) else "nothing went in"


def describe(citation: Citation) -> str:
    """Name a source in one line: title, number, publisher, date, section, address."""
    dated = f"{citation.published:%d/%m/%Y}" if citation.published else None
    section = f"mục “{citation.section}”" if citation.section else None
    parts = [citation.title, citation.number, citation.source, dated, section, citation.url]
    return " · ".join(part for part in parts if part)


def printable(text: str) -> str:
    """Replace what a terminal would obey rather than show."""
    return "".join("\ufffd" if unicodedata.category(c) in OBEYED_KINDS and c not in "\n\t" else c for c in text)


def whole(text: str) -> str:
    """Replace the halves of characters that no encoding can write; a question may hold them, a document never."""
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Return the text for one line of a terminal: text from outside cannot begin a line of its own."""
    return printable(" ".join(text.split()))


def to_json(value: object) -> str:
    """Return one line of JSON in UTF-8; what a terminal would obey stands in it as an escape."""
    return OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False))
