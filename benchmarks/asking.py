"""One question through the REST endpoint, as docs/api.md tells: a call is queued, then its result is waited for."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from pathlib import Path

QUESTIONS = Path(__file__).parent.parent / "eval_data" / "questions.jsonl"
CALL = "/gradio_api/call/"
SECONDS = 60.0


class AskError(Exception):
    """A call that brought no answer: what came instead."""


def questions(most: int) -> list[str]:
    """Return up to so many questions of the quality set that stand alone, spread evenly over it."""
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    alone = [record["question"] for record in records if not record.get("history")]
    return [alone[place * len(alone) // most] for place in range(min(most, len(alone)))]


def ask(address: str, question: str) -> dict:
    """Return the object of ``/ask``; AskError for anything else."""
    return call(address, "ask", [question, "", "", "", ""])


def search(address: str, question: str, k: int = 10) -> dict:
    """Return the object of ``/search``; AskError for anything else."""
    return call(address, "search", [question, k, "", "", "", ""])


def call(address: str, endpoint: str, arguments: list) -> dict:
    place = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=SECONDS)
    try:
        path = f"{CALL}{endpoint}"
        queued = read(connection, "POST", path, json.dumps({"data": arguments}))
        return result_of(read(connection, "GET", f"{path}/{json.loads(queued)['event_id']}"))
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise AskError(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        connection.close()


def read(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> str:
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content, end = bytearray(), time.monotonic() + SECONDS
    while piece := response.read1(1 << 16):  # a lost call would be kept alive by heartbeats for ever
        content += piece
        if time.monotonic() > end:
            raise AskError(f"no answer within {SECONDS:.0f} s")
    response.close()  # read1 leaves it open, and the connection cannot be used again
    text = content.decode()
    if response.status != 200:
        raise AskError(f"status {response.status}: {text[:100]}")
    return text


def result_of(events: str) -> dict:
    """Return the result in a stream of events; AskError where it holds none."""
    _, found, rest = events.partition("event: complete\ndata: ")
    if not found:
        raise AskError(f"no result: {events.strip()[-150:]}")
    (result,) = json.loads(rest.split("\n", 1)[0])
    return result


def first_source(answer: dict) -> tuple | None:
    """Return where the first citation of an answer points; None for one that declines."""
    if not answer["citations"]:
        return None
    first = answer["citations"][0]
    return first["document_id"], first["start"], first["end"]
