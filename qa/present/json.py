"""Answers, hits and states as the JSON objects of the contract."""

import dataclasses
import datetime
import json
import re
from collections.abc import Iterable

from pydantic_core import to_jsonable_python

from qa.blocks import Answer
from qa.feedback import Feedback
from qa.values import Citation, Document, Hit, IndexManifest

OBEYED = re.compile(
    r"[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""Controls, zero-width and bidirectional characters that JSON would let through."""


def answer_object(answer: Answer) -> dict[str, object]:
    """Return the contract's object of ``qa ask --json``; ``composed`` and ``composition`` where a model was asked."""
    composed = answer.composed
    more = {"composed": bool(composed.sentences), "composition": to_jsonable_python(composed)} if composed else {}
    return more | {
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
    names = ("document_id", "title", "source", "url", "published", "number", "section", "text_kind", "basis")
    return to_jsonable_python({name: getattr(citation, name) for name in names})


def document_object(document: Document) -> dict[str, object]:
    """Return a whole document."""
    return to_jsonable_python(document)


def plain_value(value: object) -> object:
    """Return a day or a time as text, all else as it is."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def status_object(manifest: IndexManifest, question_encoder: str) -> dict[str, object]:
    """Return the contract's object of ``qa status --json``; ``question_encoder`` is an encoder's ``path``."""
    names = ("documents", "passages", "generation", "encoder", "built", "search")
    fields = {name: plain_value(getattr(manifest, name)) for name in names}
    return fields | {"recall@10": manifest.recall, "question_encoder": question_encoder}


def feedback_object(feedback: Feedback) -> dict[str, object]:
    """Return one reader's feedback, as ``qa feedback --json`` prints it."""
    names = ("at", "helpful", "reason", "question", "answer", "sources", "generation")
    return {name: plain_value(getattr(feedback, name)) for name in names}


def whole(text: str) -> str:
    """Replace the halves of characters that no encoding can write; a question may hold them, a document never."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_json(value: object) -> str:
    """Return one line of JSON in UTF-8; what a terminal would obey stands in it as an escape."""
    return OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False))
