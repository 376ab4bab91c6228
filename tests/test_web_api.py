"""The API as documented: the examples of docs/api.md run against a running server, MCP's client included."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from testing.browsing import ROOT, chromium, fake_site, free_port

pytestmark = pytest.mark.server
DOCUMENTED = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"
FIGURE = "406 người hoạt động không chuyên trách"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "corpus" / "ha-noi-long-bien", folder / "corpus" / "ha-noi-long-bien")
    with fake_site(folder, free_port()) as address:
        yield address


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENTED, re.DOTALL)


def run_python(example: str, server: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example.replace(ADDRESS, server), "docs/api.md", "exec"), {})  # noqa: S102 - our own examples
    return said.getvalue()


def test_the_curl_example_answers(server):
    (example,) = blocks("sh")
    said = subprocess.run(["bash", "-c", example.replace(ADDRESS, server)], capture_output=True, text=True, check=True)
    event, data = said.stdout.strip().split("\n")[:2]
    assert event == "event: complete"
    assert FIGURE in json.loads(data.removeprefix("data: "))[0]["citations"][0]["quote"]


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


def test_the_named_endpoints_are_these_four_with_typed_arguments(server):
    named = json.load(urllib.request.urlopen(f"{server}/gradio_api/info"))["named_endpoints"]
    assert {name: [one["parameter_name"] for one in named[name]["parameters"]] for name in named} == {
        "/ask": ["question", "since", "until", "kind", "as_of"],
        "/search": ["question", "k", "since", "until", "kind", "as_of"],
        "/document": ["document_id"],
        "/status": [],
    }
    kinds = named["/ask"]["parameters"][3]["type"]["enum"]
    assert kinds[:4] == ["", "news", "constitution", "law"]


def test_the_kinds_of_the_schema_are_those_of_the_corpus():
    from typing import get_args

    from qa.values import KINDS
    from qa.web.api import Kind

    assert get_args(Kind) == ("", *KINDS)


@pytest.mark.parametrize(
    ("arguments", "name", "reason"),
    [
        (["x" * 2001], "/ask", "2001 characters"),
        (["x", "2025-02-31"], "/ask", "'2025-02-31' is not a date"),
        (["x", 0], "/search", "k is 0"),
        (["nothing"], "/document", "'nothing'"),
    ],
)
def test_what_the_caller_did_wrong_is_named(server, arguments, name, reason):
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=re.escape(reason)):
        Client(server, verbose=False).predict(*arguments, api_name=name)


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
        for path in ("/ready", "/doc/x", "/tai-lieu"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(address + path)
            assert refused.value.code == 503


@pytest.mark.parametrize("path", ["/", "/doc/long-bien-tinh-gon-bo-may-2022", "/tai-lieu", "/health", "/config"])
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
