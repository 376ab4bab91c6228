"""Logs and metrics: one line a request, times of stages, and no word of what a person typed."""

from __future__ import annotations

import contextlib
import contextvars
import io
import json
import logging
import re
import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from qa import telemetry
from qa.settings import Settings
from qa.web import LiveSession
from testing.fake_reader import OverlapReader

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


class Logs:
    """What is logged to standard error once ``configure`` was called, as objects."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def configure(self, **options: bool) -> None:
        with contextlib.redirect_stderr(self.stream):
            telemetry.configure(**options)

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def logs():
    logs = Logs()
    logs.configure()
    yield logs
    log = telemetry.PACKAGE_LOG
    for handler in [handler for handler in log.handlers if isinstance(handler.formatter, telemetry.JsonFormatter)]:
        log.removeHandler(handler)
    log.setLevel(logging.NOTSET)
    log.propagate = True


@pytest.fixture
def ticks(monkeypatch):
    """A clock that moves a quarter of a second each time it is read."""
    moments = iter(range(10_000))
    monkeypatch.setattr("qa.telemetry.time.perf_counter", lambda: next(moments) / 4)


@pytest.fixture
def metrics() -> telemetry.Metrics:
    return telemetry.Metrics()


def sample(metrics: telemetry.Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.mark.usefixtures("ticks")
def test_a_request_logs_one_line_with_its_id_outcome_and_times(logs):
    with telemetry.request("ask") as request:
        with telemetry.stage("retrieve"):
            pass
        for _ in range(2):
            with telemetry.stage("quote"):
                pass
        request.outcome = "declined"
    (line,) = logs.lines()
    assert list(line) == ["time", "level", "logger", "message", "request", "kind", "outcome", "ms"]
    assert (line["level"], line["logger"], line["message"]) == ("info", "qa.request", "request")
    assert (line["request"], line["kind"], line["outcome"]) == (request.id, "ask", "declined")
    assert line["ms"] == {"retrieve": 250.0, "quote": 500.0, "total": 1750.0}
    assert re.fullmatch(r"[0-9a-f]{16}", request.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


def test_two_requests_have_two_ids():
    with telemetry.request("ask") as first, telemetry.request("ask") as second:
        assert first.id != second.id


@pytest.mark.usefixtures("ticks")
def test_requests_are_counted_by_kind_and_outcome_and_stages_timed(metrics):
    for outcome in ("answered", "answered", "declined"):
        with telemetry.request("try", metrics) as request, telemetry.stage("try"):
            request.outcome = outcome
    counts = [sample(metrics, "qa_requests_total", kind="try", outcome=outcome) for outcome in telemetry.OUTCOMES]
    assert counts == [2, 1, 0]
    assert sample(metrics, "qa_stage_seconds_count", stage="try") == 3
    assert sample(metrics, "qa_stage_seconds_sum", stage="try") == 0.75


def test_what_one_server_counts_is_in_no_other_s_metrics(metrics):
    with telemetry.request("try", telemetry.Metrics()), telemetry.stage("try"):
        pass
    assert sample(metrics, "qa_requests_total", kind="try", outcome="answered") == 0
    assert sample(metrics, "qa_stage_seconds_count", stage="try") == 0


def test_a_request_that_fails_is_an_error_that_names_its_type_alone(logs, metrics):
    with pytest.raises(KeyError), telemetry.request("ask", metrics), telemetry.stage("retrieve"):
        raise KeyError(QUESTION)
    (line,) = logs.lines()
    assert (line["outcome"], line["error"]) == ("error", "KeyError")
    assert list(line["ms"]) == ["retrieve", "total"]
    assert "Long Bi" not in json.dumps(line, ensure_ascii=False)
    assert sample(metrics, "qa_requests_total", kind="ask", outcome="error") == 1


def test_a_request_inside_an_except_block_is_no_error(logs):
    try:
        raise KeyError
    except KeyError:
        with telemetry.request("ask"):
            pass
    assert logs.lines()[0]["outcome"] == "answered"


def test_an_unknown_outcome_is_refused():
    with (
        pytest.raises(ValueError, match="outcome is 'ok'; use one of answered, declined, error"),
        telemetry.request("x") as one,
    ):
        one.outcome = "ok"


def test_nothing_typed_is_logged_by_default(logs, session, metrics):
    with telemetry.request("ask", metrics) as request:
        request.question = QUESTION
        session.ask(QUESTION)
    (line,) = logs.lines()
    assert list(line["ms"]) == ["understand", "retrieve", "read", "total"]
    assert "question" not in line
    assert not any(word in json.dumps(line, ensure_ascii=False) for word in QUESTION.rstrip("?").split())
    assert "Long Bi" not in metrics.text()[0].decode()


def test_questions_are_logged_where_the_operator_says_so(logs):
    logs.configure(log_questions=True)
    with telemetry.request("ask") as request:
        request.question = "Một\ndòng? \ud800" + "a" * 5_000
    (line,) = logs.lines()
    assert line["question"] == ("Một\ndòng? \ud800" + "a" * 5_000)[:2_000]


def test_the_setting_is_off_unless_set(monkeypatch):
    monkeypatch.delenv("QA_LOG_QUESTIONS", raising=False)
    assert Settings().log_questions is False
    monkeypatch.setenv("QA_LOG_QUESTIONS", "1")
    assert Settings().log_questions is True


def test_other_lines_of_the_package_carry_the_request_s_id(logs):
    log = logging.getLogger("qa.page")
    with telemetry.request("ask") as request:
        log.error("chỉ mục %s", "hỏng")
    log.error("ngoài")
    inside, _, outside = logs.lines()
    assert (inside["message"], inside["request"]) == ("chỉ mục hỏng", request.id)
    assert "request" not in outside


def test_an_exception_is_logged_in_one_line_without_its_message(logs):
    try:
        raise ValueError(QUESTION)
    except ValueError:
        logging.getLogger("qa.page").exception("trục trặc")
    (line,) = logs.lines()
    assert (line["message"], line["error"]) == ("trục trặc", "ValueError")
    assert "test_observe.py" in line["traceback"]
    assert "Long Biên" not in json.dumps(line, ensure_ascii=False)


def test_configuring_twice_logs_each_line_once(logs):
    logs.configure()
    with telemetry.request("ask"):
        pass
    assert len(logs.lines()) == 1


def test_a_stage_without_a_request_leaves_no_trace(logs):
    with telemetry.stage("alone"):
        pass
    assert logs.lines() == []


@pytest.mark.usefixtures("ticks")
def test_a_stage_as_a_decorator_keeps_the_function_and_times_each_call():
    @telemetry.stage("call")
    def double(number: int) -> int:
        return 2 * number

    with telemetry.request("ask") as request:
        assert [double(1), double(2)] == [2, 4]
    assert [name for name, _ in request.stages] == ["call", "call", "total"]


def test_threads_do_not_see_each_other_s_request():
    seen = []
    with telemetry.request("ask"):
        thread = threading.Thread(target=lambda: seen.append(telemetry.CURRENT.get()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_an_inner_request_gives_the_outer_back():
    with telemetry.request("page") as outer:
        with telemetry.request("ask"):
            pass
        assert telemetry.CURRENT.get() is outer
    assert telemetry.CURRENT.get() is None


def test_a_streaming_request_may_end_in_another_context(logs):
    def stream():
        with telemetry.request("ask"):
            yield 1
            yield 2

    pieces = stream()
    assert [contextvars.copy_context().run(next, pieces) for _ in range(2)] == [1, 2]
    contextvars.copy_context().run(pieces.close)
    assert [line["error"] for line in logs.lines()] == ["GeneratorExit"]


def test_metrics_name_the_generation_that_answers_and_its_passages(index, encoder):
    body, kind = LiveSession.open(index, encoder, OverlapReader()).metrics.text()
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    assert kind.startswith("text/plain")
    assert families["qa_index_generation"].samples[0].value == 1
    assert families["qa_index_passages"].samples[0].value == 3
    assert {"qa_requests", "qa_stage_seconds"} <= set(families)
