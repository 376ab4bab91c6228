"""One question through the REST endpoint, as docs/api.md tells."""

from __future__ import annotations

import http.client
import json
import urllib.request
from pathlib import Path

QUESTIONS = Path(__file__).parent.parent / "eval_data" / "questions.jsonl"
SECONDS = 60.0


class AskError(Exception):
    """A call that brought no answer: what came instead."""


def questions(most: int) -> list[str]:
    """Return up to so many questions of the quality set that stand alone, spread evenly over it."""
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    alone = [record["question"] for record in records if not record.get("history")]
    return [alone[place * len(alone) // most] for place in range(min(most, len(alone)))]


def spelled_anew(question: str, number: int) -> str:
    """Return the question with other blanks between its words, so that its answer is not given from memory."""
    first, *others = question.split(" ")
    return first + "".join(f"{' ' * (1 + (number >> place & 1))}{word}" for place, word in enumerate(others))


def ask(address: str, question: str, seconds: float = SECONDS) -> dict:
    """Return the object of ``/api/ask``; AskError for anything else."""
    return call(address, "ask", {"question": question}, seconds)


def search(address: str, question: str, k: int = 10) -> dict:
    """Return the object of ``/api/search``; AskError for anything else."""
    return call(address, "search", {"question": question, "k": k})


def call(address: str, endpoint: str, body: dict, seconds: float = SECONDS) -> dict:
    """Return what an endpoint of the API says to a body; AskError for anything but an answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/{endpoint}", json.dumps(body).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=seconds) as reply:  # noqa: S310
            return json.load(reply)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise AskError(f"{type(error).__name__}: {error}"[:200]) from error


def first_source(answer: dict) -> tuple | None:
    """Return where the first citation of an answer points; None for one that declines."""
    if not answer["citations"]:
        return None
    first = answer["citations"][0]
    return first["document_id"], first["start"], first["end"]
