"""The running site against strangers: no file, no other host, no flood; and what a visitor is told then."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest

from testing.browsing import DESKTOP, ask, fake_site, free_port, hurrying

pytestmark = pytest.mark.server
PASSWORD = "mật khẩu thử 456"  # noqa: S105 - of these tests alone
ROOM = "/van-hanh/trang/gradio_api"
SLOW = "Long Biên thật chậm giảm bao nhiêu người?"
QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
TRAVERSALS = [
    "/doc/../../etc/passwd",
    "/doc/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/doc/..%2f..%2f..%2fetc%2fpasswd",
    "/doc/%00/etc/passwd",
    "/doc/%2fetc%2fpasswd",
    "/doc/long-bien-tinh-gon-bo-may-2022%00.md",
    "/giao-dien/../page.py",
    "/giao-dien/%2e%2e/page.py",
    "/giao-dien//etc/passwd",
    "/giao-dien/..%5cpage.py",
    "/static/..%2f..%2f..%2froutes.py",
    "/static//etc/passwd",
    "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/routes.py",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=../../etc/passwd",
    "/gradio_api/file=file:///etc/passwd",
    "/gradio_api/file/etc/passwd",
    "//gradio_api/file=/etc/passwd",
    "/gradio_api/proxy=file:///etc/passwd",
    f"{ROOM}/file=/etc/passwd",
    f"{ROOM}/../../../gradio_api/file=/etc/passwd",
]


def request(address: str, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
    """Send a request just as written (no client tidies the path) and return status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode(errors="replace")


def call(address: str, question: str):
    return request(address, "POST", "/api/ask", json.dumps({"question": question}).encode(), JSON)


@pytest.fixture(scope="module")
def server(folder) -> Iterator[str]:
    with fake_site(folder, free_port(), QA_OPERATOR_PASSWORD=PASSWORD) as address:
        yield address


@pytest.fixture(scope="module")
def narrow(folder) -> Iterator[str]:
    """A site with one place to answer, one to wait, little time, and few questions a minute."""
    limits = {"QA_AT_ONCE": "1", "QA_QUEUE": "1", "QA_SECONDS": "1.5", "QA_RATE": "12"}
    with fake_site(folder, free_port(), **limits) as address:
        yield address


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_address_reads_a_file_of_the_machine(server, path):
    status, headers, said = request(server, "GET", path)
    assert status in (400, 401, 403, 404)
    assert "root:" not in said
    assert "import" not in said
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_first_mcp_caller_cannot_send_the_server_elsewhere(server):
    trap = socket.create_server(("127.0.0.1", 0))
    trap.settimeout(0.3)
    there = f"127.0.0.1:{trap.getsockname()[1]}"
    named = {
        "Host": there,
        "Origin": f"http://{there}",
        "X-Forwarded-Host": there,
        "X-Gradio-Server": f"http://{there}",
    }
    told = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "status", "arguments": {}}}
    status, _, said = request(server, "POST", "/mcp", json.dumps(told).encode(), JSON | named)
    with trap, pytest.raises(TimeoutError):  # who had come would be waiting
        trap.accept()
    assert status == 200
    assert json.loads(said)["result"]["structuredContent"]["documents"] == 8


def test_a_stranger_s_name_for_this_machine_reaches_no_tools(server):
    told = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    for named in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert request(server, "POST", "/mcp", json.dumps(told).encode(), JSON | named)[0] in (403, 421)


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/", "http://169.254.169.254/latest/"])
def test_a_call_cannot_name_a_file_or_an_address_to_be_opened(server, path):
    given = {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}
    for address, body, expected in (
        ("/api/ask", {"question": given}, 422),
        ("/api/ask", {"question": "x", "file": given}, 422),
        ("/api/search", {"question": "x", "history": [given]}, 422),
        ("/gradio_api/queue/join", {"data": ["x", [given], given], "fn_index": 5, "session_hash": "a"}, 400),
    ):
        status, headers, said = request(server, "POST", address, json.dumps(body).encode(), JSON)
        assert (status, headers["Content-Type"]) == (expected, "application/problem+json")
        assert "root:" not in said


def test_uploads_are_the_operator_s_alone(server):
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../a.txt"\r\n\r\nabc\r\n--x--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert request(server, "POST", "/gradio_api/upload", form, kind)[0] == 404
    assert request(server, "POST", f"{ROOM}/upload", form, kind)[0] == 401
    cookie = log_in(server)
    status, _, said = request(server, "POST", f"{ROOM}/upload", form, kind | {"Cookie": cookie})
    assert status == 200
    (stored,) = json.loads(said)
    assert "/gradio/" in stored
    assert ".." not in stored
    assert request(server, "GET", f"{ROOM}/file=/etc/passwd", headers={"Cookie": cookie})[0] == 403
    assert request(server, "POST", "/van-hanh/ra", b"", {"Cookie": cookie})[0] == 303
    assert request(server, "GET", "/van-hanh/trang/", headers={"Cookie": cookie})[0] == 401


def log_in(address: str) -> str:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "qa_operator=chon-san"}
    status, headers, _ = request(address, "POST", "/van-hanh", urlencode({"password": PASSWORD}).encode(), form)
    assert status == 303
    cookie = headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=28800", "Path=/van-hanh"))
    assert "chon-san" not in cookie
    return cookie.split(";")[0]


def test_a_full_house_says_that_it_is_busy(narrow):
    with ThreadPoolExecutor(5) as visitors:
        answers = list(visitors.map(lambda _: call(narrow, SLOW), range(5)))
    assert {status for status, _, _ in answers} == {503}
    told = {json.loads(said)["detail"] for _, _, said in answers}
    assert told == {
        "Hệ thống đang bận. Mời ông/bà thử lại sau ít giây.",
        "Chưa tìm xong trong thời gian cho phép. Mời ông/bà hỏi gọn hơn hoặc thử lại sau.",
    }
    assert {headers["Retry-After"] for _, headers, _ in answers} == {"5"}


@pytest.mark.browser
def test_a_flood_is_told_to_wait_on_the_page_and_the_question_stays(narrow, folder, browser):
    with hurrying(folder):  # those who were told to come back still take their time
        codes = [call(narrow, "x")[0] for _ in range(8)]
    assert codes[-1] == 429
    page = browser.new_context(viewport=DESKTOP, locale="vi-VN").new_page()
    page.goto(narrow)
    page.locator("#cau-hoi textarea").fill(QUESTION)
    for _ in range(4):
        call(narrow, "x")
    page.keyboard.press("Enter")
    page.get_by_text("Ông/bà gửi hơi nhanh").first.wait_for()
    assert page.get_by_role("textbox").input_value() == QUESTION


WATCH = """
addEventListener("securitypolicyviolation", event => (window.broken ??= []).push(event.violatedDirective));
"""
INJECT = "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"


@pytest.mark.browser
def test_every_page_works_within_its_policy_and_none_reaches_another_host(server, browser):
    page = browser.new_context(viewport=DESKTOP, locale="vi-VN").new_page()
    page.add_init_script(WATCH)
    page.goto(server)
    page.locator(".welcome").wait_for()
    assert "406" in ask(page, QUESTION)
    with page.expect_download():
        page.get_by_role("button", name="Tải Word").click()
    assert page.evaluate("window.broken") is None
    page.evaluate("fetch('https://evil.example/').catch(() => 0)")
    page.wait_for_function("window.broken")
    assert page.evaluate("window.broken") == ["connect-src"]
    for address in ("/doc/long-bien-tinh-gon-bo-may-2022?s=309&e=416", "/tai-lieu", "/api/docs", "/van-hanh"):
        page.goto(server + address)
        assert page.evaluate("window.broken") is None
        page.evaluate(INJECT)
        assert page.evaluate("window.ran") is None
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Đang trả lời").wait_for()
    page.get_by_role("button", name="Đọc góp ý").click()
    page.get_by_text("có ích").wait_for()
    assert page.evaluate("window.broken") is None
