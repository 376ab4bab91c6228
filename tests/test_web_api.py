"""The API as documented: the examples of docs/api.md run against a running server, MCP's client included."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import json
import re
import subprocess
import urllib.error
import urllib.request

import pytest
from fastapi import FastAPI, Response
from mcp.server.fastmcp.exceptions import ToolError

from qa.web.api import AnswerObject, SearchObject, StatusObject
from qa.web.mcp_tools import create_mcp
from qa.web.security import problem
from testing.browsing import ROOT, chromium, fake_site, free_port

pytestmark = pytest.mark.server
DOCUMENTED = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"
FIGURE = "406 người hoạt động không chuyên trách"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENTED, re.DOTALL)


def run_python(example: str, server: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example.replace(ADDRESS, server), "docs/api.md", "exec"), {})  # noqa: S102 - our own examples
    return said.getvalue()


def run_shell(example: str, server: str) -> str:
    return subprocess.run(
        ["bash", "-c", example.replace(ADDRESS, server)], capture_output=True, text=True, check=True
    ).stdout


def test_the_curl_example_answers(server):
    answer = json.loads(run_shell(blocks("sh")[0], server))
    assert FIGURE in answer["citations"][0]["quote"]
    assert len(json.loads(run_shell(blocks("sh")[1], server))["hits"]) == 3


def test_the_curl_example_of_a_stream_answers_in_parts(server):
    events = re.findall(r"event: (.+)\ndata: (.+)\n\n", run_shell(blocks("sh")[2], server))
    names = [name for name, _ in events]
    parts = [json.loads(part) for _, part in events]
    assert (names[0], names[-1], set(names[1:-1]) - {"block"}) == ("understood", "answer", set())
    assert parts[0]["understood"] == parts[-1]["understood"]
    assert parts[1:-1] == parts[-1].get("blocks", [])
    assert FIGURE in parts[-1]["citations"][0]["quote"]


def test_the_python_example_answers(server):
    said = run_python(blocks("python")[0], server).strip().split("\n")
    assert FIGURE in said[0]
    assert said[-2].count("long-bien") >= 1
    assert said[-1] == "8"


def test_the_mcp_example_answers(server):
    names, answer = run_python(blocks("python")[1], server).strip().split("\n")
    assert names == "['ask', 'search', 'document', 'status']"
    assert FIGURE in ast.literal_eval(answer)["citations"][0]["quote"]


@pytest.mark.browser
def test_the_javascript_example_answers(server):
    (example,) = blocks("js")
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{server}/tai-lieu")
        assert FIGURE in page.evaluate(f"async () => {{ {example}; return answer.citations[0].quote }}")


def call(server: str, path: str, **body: object) -> tuple[int, dict]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(server + path, json.dumps(body).encode() if body else None, headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_what_the_endpoints_return_is_what_the_description_promises(server):
    question = {"question": "Quận Long Biên giảm bao nhiêu người?"}
    for path, body, model in (
        ("/api/ask", question, AnswerObject),
        ("/api/search", question, SearchObject),
        ("/api/status", {}, StatusObject),
    ):
        status, said = call(server, path, **body)
        assert status == 200
        promised = {field.alias or name for name, field in model.model_fields.items()}
        assert set(said) <= promised
        model.model_validate(said)


def test_the_description_names_the_endpoints_and_their_arguments(server):
    described = json.load(urllib.request.urlopen(f"{server}/api/openapi.json"))
    assert described["servers"] == [{"url": "/api"}]
    assert {path: sorted(methods) for path, methods in described["paths"].items()} == {
        "/ask": ["get", "post"],
        "/search": ["get", "post"],
        "/documents/{document_id}": ["get"],
        "/status": ["get"],
    }
    named = {one["name"] for one in described["paths"]["/ask"]["get"]["parameters"]}
    assert named == {"q", "since", "until", "kind", "as_of", "compose"}
    page = urllib.request.urlopen(f"{server}/api/docs").read().decode()
    assert all(f"/api{path}" in page for path in described["paths"])
    assert not re.search(r"(src|href)=.?(https?:)?//", page)


def test_a_follow_up_is_answered_with_its_history(server):
    before = [{"question": "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"}]
    question = "Còn chi bộ tổ dân phố thì sao?"
    _, answer = call(server, "/api/ask", question=question, history=before)
    assert answer["understood"] in (question, f"{before[0]['question']} {question}")
    assert "80" in answer["text"]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("/api/ask", {"question": "x" * 2001}, 422, "“question” dài quá 2000 ký tự."),
        ("/api/ask", {"question": " "}, 422, "“question” còn trống."),
        ("/api/ask", {"question": "x", "since": "2025-02-31"}, 422, "“since” cần là ngày ghi như 2025-12-31."),
        (
            "/api/ask",
            {"question": "x", "since": "2025-02-02", "until": "2024-01-01"},
            422,
            "phải là ngày trước “until”",
        ),
        ("/api/ask", {"question": "x", "kind": "y"}, 422, "“kind” chỉ nhận một trong các giá trị"),
        ("/api/ask", {"question": "x", "data": []}, 422, "“data” không có trong yêu cầu này."),
        ("/api/search", {"question": "x", "k": 0}, 422, "“k” phải từ 1 trở lên."),
        ("/api/ask?q=x&as_of=nay", {}, 422, "“as_of” cần là ngày"),
        ("/api/search", {}, 422, "“q” còn thiếu."),
        ("/api/documents/nothing", {}, 404, "Kho không có bài viết này"),
        ("/api/nothing", {}, 404, "/api/docs"),
    ],
)
def test_what_the_caller_did_wrong_is_named_in_vietnamese(server, path, body, status, reason):
    code, said = call(server, path, **body)
    assert (code, said["status"], said["type"]) == (status, status, "about:blank")
    assert reason in said["detail"]
    assert said["title"]


def test_what_the_caller_of_a_tool_did_wrong_is_named():
    api = FastAPI()

    @api.get("/documents/{document_id}")
    def missing(document_id: str) -> Response:
        return problem(404, f"không có {document_id}")

    @api.get("/status")
    def broken() -> None:
        raise RuntimeError("what only the log may hold")

    api.exception_handler(500)(lambda *_: problem(500, "trục trặc"))
    tools = create_mcp(api, is_public=False)
    with pytest.raises(ToolError, match="không có a"):
        asyncio.run(tools.call_tool("document", {"document_id": "a"}))
    with pytest.raises(ToolError, match="trục trặc"):
        asyncio.run(tools.call_tool("status", {}))


def test_a_failure_within_is_told_without_what_only_the_log_may_hold(server):
    status, said = call(server, "/api/ask", question="Long Biên thật hỏng giảm bao nhiêu người?")
    assert (status, said["detail"]) == (500, "Hệ thống đang gặp trục trặc. Mời ông/bà thử lại sau ít phút.")


def test_health_and_readiness_and_metrics_answer(server):
    assert json.load(urllib.request.urlopen(f"{server}/health")) == {"status": "alive"}
    ready = json.load(urllib.request.urlopen(f"{server}/ready"))
    assert ready == {"status": "ready", "generation": "g000001"}
    metrics = urllib.request.urlopen(f"{server}/metrics").read().decode()
    assert "qa_index_passages" in metrics
    assert "Long Biên" not in metrics


def test_without_an_index_the_site_is_alive_but_not_ready(tmp_path):
    (tmp_path / "corpus").mkdir()
    with fake_site(tmp_path, free_port()) as address:
        assert urllib.request.urlopen(f"{address}/health").status == 200
        for path in ("/ready", "/doc/x", "/tai-lieu", "/api/status", "/api/ask?q=x"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(address + path)
            assert refused.value.code == 503


@pytest.mark.parametrize(
    "path", ["/", "/doc/long-bien-tinh-gon-bo-may-2022", "/tai-lieu", "/api/docs", "/health", "/config"]
)
def test_every_answer_bears_the_guarding_headers(server, path):
    headers = urllib.request.urlopen(server + path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert ("unsafe" in headers["Content-Security-Policy"]) == (path in ("/", "/config"))


@pytest.mark.parametrize("path", ["/doc/khong-co", "/doc/..%2f..%2fetc%2fpasswd", "/giao-dien/..%2fpage.py"])
def test_what_is_not_there_is_not_found(server, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(server + path)
    assert refused.value.code == 404


def test_a_span_that_is_none_lights_nothing(server):
    for span in ("s=x&e=9", "s=9&e=3", "s=-1&e=5", "s=0&e=99999999999", ""):
        page = urllib.request.urlopen(f"{server}/doc/long-bien-tinh-gon-bo-may-2022?{span}").read().decode()
        assert "<mark" not in page
