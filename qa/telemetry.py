"""What the operator sees: one JSON line a request with the time of each stage, and metrics for Prometheus.

Nothing that a person typed is logged unless ``configure`` is told so, and no metric ever holds it.
"""

import contextlib
import datetime
import json
import logging
import secrets
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

OUTCOMES = ("answered", "declined", "error")
TOTAL = "total"
LONGEST_QUESTION = 2_000
PACKAGE_LOG = logging.getLogger("qa")
REQUEST_LOG = logging.getLogger("qa.request")


class Metrics:
    """What one server counts for Prometheus, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter("qa_requests", "Requests, by kind and outcome", ["kind", "outcome"], registry=registry)
        told = "Seconds of each stage; total is the whole request"
        self.seconds = Histogram("qa_stage_seconds", told, ["stage"], registry=registry)
        told = "Number of the index generation that answers"
        self.generation = Gauge("qa_index_generation", told, registry=registry)
        self.passages = Gauge("qa_index_passages", "Passages of the index that answers", registry=registry)

        told = "Sentences of models, by what became of them: passed, repaired, dropped, or the fault that was found"
        self.sentences = Counter("qa_composed_sentences", told, ["outcome"], registry=registry)
        told = "Answers that a model was asked to compose, by outcome"
        self.composed = Counter("qa_composed_answers", told, ["outcome"], registry=registry)

    def show_index(self, generation: str, passages: int) -> None:
        """Show a generation ("g000012") and its number of passages."""
        self.generation.set(int(generation[1:]))
        self.passages.set(passages)

    def text(self) -> tuple[bytes, str]:
        """Return the metrics in Prometheus' text format, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


@dataclass(eq=False)
class Request:
    """One request under way: its random id, what became of it, and how long each stage took.

    ``outcome`` is "answered" until set; a request that ends by an exception is an "error". ``question`` may be set
    always: it is logged only where ``configure`` was told to.
    """

    kind: str
    metrics: Metrics | None = None
    question: str = ""
    error: str | None = None
    outcome: str = OUTCOMES[0]
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    stages: list[tuple[str, float]] = field(default_factory=list)

    def __setattr__(self, name: str, value: object) -> None:
        if name == "outcome" and value not in OUTCOMES:
            raise ValueError(f"outcome is {value!r}; use one of {', '.join(OUTCOMES)}")
        super().__setattr__(name, value)

    def record(self, stage: str, seconds: float) -> None:
        self.stages.append((stage, seconds))
        if self.metrics:
            self.metrics.seconds.labels(stage).observe(seconds)

    def milliseconds(self) -> dict[str, float]:
        """Return the time of each stage, in the order they ended; a stage entered twice has the sum."""
        sums: dict[str, float] = defaultdict(float)
        for name, seconds in self.stages:
            sums[name] += seconds
        return {name: round(1000 * seconds, 1) for name, seconds in sums.items()}


CURRENT: ContextVar[Request | None] = ContextVar("qa_request", default=None)


class JsonFormatter(logging.Formatter):
    """One JSON object a line; of an exception its type and frames alone, for its message may quote a person."""

    def __init__(self, *, log_questions: bool = False) -> None:
        super().__init__()
        self.log_questions = log_questions

    def format(self, record: logging.LogRecord) -> str:
        current = CURRENT.get()
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        ended = getattr(record, "request", None)
        if isinstance(ended, Request):
            line |= {"request": ended.id, "kind": ended.kind, "outcome": ended.outcome}
            line |= {"error": ended.error} if ended.error else {}
            line |= {"question": ended.question[:LONGEST_QUESTION]} if self.log_questions else {}
            line["ms"] = ended.milliseconds()
        elif current:
            line["request"] = current.id
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["traceback"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line)


def configure(log_questions: bool = False) -> None:
    """Send the package's logs to standard error, one JSON object a line; for the start of a process."""
    for old in [handler for handler in PACKAGE_LOG.handlers if isinstance(handler.formatter, JsonFormatter)]:
        PACKAGE_LOG.removeHandler(old)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(log_questions=log_questions))
    PACKAGE_LOG.addHandler(handler)
    PACKAGE_LOG.setLevel(logging.INFO)
    PACKAGE_LOG.propagate = False


@contextlib.contextmanager
def request(kind: str, metrics: Metrics | None = None) -> Iterator[Request]:
    """Time a request of a kind ("ask", "search", …); at its end count it in the metrics and log one line."""
    current = Request(kind, metrics)
    outer = CURRENT.get()
    CURRENT.set(current)
    began = time.perf_counter()
    failure: type[BaseException] | None = None
    try:
        yield current
    except BaseException as error:
        failure = type(error)
        raise
    finally:
        CURRENT.set(outer)  # not by token: a generator may end in another context than it began in
        if failure:
            current.outcome, current.error = "error", failure.__name__
        current.record(TOTAL, time.perf_counter() - began)
        if metrics:
            metrics.requests.labels(kind, current.outcome).inc()
        REQUEST_LOG.info("request", extra={"request": current})


def count_sentence(outcome: str) -> None:
    """Count a sentence of a model in the metrics of the request under way."""
    current = CURRENT.get()
    if current and current.metrics:
        current.metrics.sentences.labels(outcome).inc()


def count_composed(outcome: str) -> None:
    """Count what became of an answer that a model was asked to compose."""
    current = CURRENT.get()
    if current and current.metrics:
        current.metrics.composed.labels(outcome).inc()


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Time a stage of the request under way, whether it ends well or not; without a request do nothing.

    Stages may lie in one another. Also a decorator: ``@stage("retrieve")``.
    """
    current = CURRENT.get()
    if current is None:
        yield
        return
    began = time.perf_counter()
    try:
        yield
    finally:
        current.record(name, time.perf_counter() - began)
