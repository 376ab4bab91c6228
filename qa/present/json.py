"""Answers, hits and states as the JSON objects of the contract."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable

from qa.feedback import Feedback
from qa.values import Answer, Citation, Document, Hit, IndexManifest

OBEYED = re.compile(
    r"[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""Controls, zero-width and bidirectional characters that JSON would let through."""


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
        "notes": list(answer.note_texts),
        "short": answer.short,
        "blocks": [dataclasses.asdict(block) for block in answer.blocks],
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


def whole(text: str) -> str:
    """Replace the halves of characters that no encoding can write; a question may hold them, a document never."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_json(value: object) -> str:
    """Return one line of JSON in UTF-8; what a terminal would obey stands in it as an escape."""
    return OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False))
