"""What stands before the site, each part alone: limits, bodies, proxies, the workers, the operator's door."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from types import SimpleNamespace

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from qa.errors import BusyError, SettingsError, TooLongError
from qa.web.admin import COOKIE, HOURS, Door
from qa.web.security import (
    JOIN,
    LARGEST,
    MOST_VISITORS,
    BodyError,
    Buckets,
    Guard,
    Proxies,
    check_event,
    kind_of,
    read_body,
    visitor_at,
)
from qa.web.worker_pool import WorkerPool

ASK = "/api/ask"
ROOM = "/van-hanh/trang/"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def site(rate: int = 0, door: Door | None = None, trusted: str = "") -> TestClient:
    """Return a client of an application that says who asked, behind all that guards."""

    async def app(scope, receive, send):
        request = Request(scope, receive)
        said = {"client": scope["client"][0], "headers": dict(request.headers), "body": (await request.body()).decode()}
        await JSONResponse(said)(scope, receive, send)

    return TestClient(Proxies(Guard(app, rate, door), trusted), client=("203.0.113.7", 1))


def ask(client: TestClient, **headers: str):
    return client.post(ASK, json={"question": "x"}, headers=headers)


def test_a_bucket_gives_its_burst_then_one_at_a_time():
    clock = Clock()
    buckets = Buckets(60, 3, clock)
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.wait("b") == 0
    clock.now = 0.5
    assert buckets.wait("a") == 0.5
    clock.now = 1.0
    assert [buckets.wait("a"), buckets.wait("a")] == [0, 1]
    clock.now = 1000
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 1]


def test_strangers_do_not_fill_the_memory():
    buckets = Buckets(60, 3, Clock())
    for number in range(MOST_VISITORS + 50):
        buckets.wait(str(number))
    assert len(buckets) == MOST_VISITORS


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_visitor_is_a_network(address, visitor):
    assert visitor_at(address) == visitor


def test_who_asks_too_often_is_told_when_to_come_back():
    client = site(rate=4)
    answers = [ask(client) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["detail"] == "Ông/bà gửi hơi nhanh. Xin thử lại sau 15 giây."
    assert answers[2].headers["Retry-After"] == "15"
    assert client.get("/health").status_code == 200
    assert ask(site(rate=0)).status_code == 200


def test_a_page_read_too_often_says_so_as_a_page():
    client = site(rate=1)
    answers = [client.get("/tai-lieu") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert "<h1>Ông/bà gửi hơi nhanh." in answers[5].text
    assert answers[5].headers["Retry-After"] == "6"


def test_the_visitor_s_address_is_taken_from_a_named_proxy_alone():
    told = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil"}
    stranger = ask(site(), **told).json()
    assert stranger["client"] == "203.0.113.7"
    assert not {"x-forwarded-for", "x-forwarded-host", "x-gradio-server"} & set(stranger["headers"])
    for trusted in ("203.0.113.7", "203.0.113.0/24, ::1", "*"):
        through = ask(site(trusted=trusted), **told).json()
        assert through["client"] == "198.51.100.9"
        assert through["headers"]["x-forwarded-host"] == "evil.example"
    with pytest.raises(SettingsError, match="QA_PROXIES='x'"):
        ask(site(trusted="x"))


def test_forged_addresses_do_not_make_new_visitors():
    client = site(rate=2)
    codes = [ask(client, **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code for number in range(3)]
    assert codes == [200, 429, 429]


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large_goes_no_further_however_it_is_sent(declared):
    body = json.dumps("x" * LARGEST["asking"]).encode()
    content = body if declared else iter([body[:1000], body[1000:]])
    assert site().post(ASK, content=content).status_code == 413
    assert site().post("/van-hanh", content=b"x" * 5000).status_code == 413


def test_a_body_that_never_ends_is_given_up():
    async def never():
        await asyncio.sleep(60)

    with pytest.raises(BodyError) as given_up:
        asyncio.run(read_body(never, 10, 0.01))
    assert given_up.value.status == 408


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"",
        b"[" * 100_000,
        b"1" * 5000,
        b'{"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]}',
        b'{"data": [[{"p\\u0061th": "http://10.0.0.1/", "meta": {"_type": "gradio.FileData"}}]]}',
    ],
)
def test_an_event_of_the_chat_that_is_no_json_or_names_a_file_is_refused(body):
    with pytest.raises(BodyError) as refused:
        check_event(body)
    assert refused.value.status == 400
    assert site().post(JOIN, content=body).status_code == 400


def test_a_plain_event_passes_byte_for_byte():
    body = '{"data": ["Long Biên?", {"path": 1}]}'
    assert site().post(JOIN, content=body.encode()).json()["body"] == body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=https://example.org/"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1/"),
        ("GET", "/gradio_api/upload_progress"),
        ("GET", "/gradio_api/stream/a/b/1/playlist.m3u8"),
        ("GET", "/gradio_api/custom_component/a/b/c/d"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/dev/reload"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/upload/"),
        ("POST", "//gradio_api/upload"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/gradio_api/call/ask/1"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/api/ask"),
        ("POST", "/gradio_api/mcp/"),
        ("POST", "/api/status"),
        ("DELETE", "/api/ask"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/login"),
        ("POST", "/tai-lieu"),
        ("PUT", "/"),
        ("TRACE", "/"),
        ("GET", "/.env"),
        ("GET", "/van-hanhx"),
    ],
)
def test_what_nobody_needs_is_closed(method, path):
    assert kind_of(method, path) == "closed"
    refused = site().request(method, path)
    assert refused.status_code == 404
    assert "frame-ancestors" in refused.headers["Content-Security-Policy"]


def test_the_room_is_shut_before_a_byte_of_the_body_is_read():
    door = Door("mo-cua")
    client = site(door=door)
    upload = f"{ROOM}gradio_api/upload"
    assert client.post(upload, content=iter([b"x"])).status_code == 401
    assert client.get(f"{ROOM}gradio_api/file=/etc/passwd").status_code == 401
    assert site().get(ROOM).status_code == 404
    client.cookies.set(COOKIE, door.let_in(""))
    assert client.get(ROOM).status_code == 200
    assert client.post(upload, content=b"x").status_code == 200
    assert client.post(upload, content=iter([b"x"])).status_code == 413  # no length declared
    assert client.post(upload, content=b"x", headers={"Content-Length": "210000001"}).status_code == 413


@pytest.mark.parametrize(
    "origin", ["https://khac.example", "null", "http://testserver.khac.example", "http://testserver:81"]
)
def test_another_site_cannot_act_for_the_operator(origin):
    door = Door("mo-cua")
    client = site(door=door)
    client.cookies.set(COOKIE, door.let_in(""))
    join = f"{ROOM}gradio_api/queue/join"
    assert client.post(join, json={}, headers={"Origin": origin}).status_code == 403
    assert client.post("/van-hanh", data={"password": "x"}, headers={"Origin": origin}).status_code == 403
    assert client.post(join, json={}, headers={"Origin": "http://testserver"}).status_code == 200


def test_passwords_cannot_be_tried_fast():
    codes = [
        site_knock.status_code for client in [site()] for site_knock in (client.post("/van-hanh") for _ in range(7))
    ]
    assert codes == [200] * 5 + [429, 429]


def test_a_token_is_new_at_each_login_and_ends_here_too():
    clock = Clock()
    door = Door("mo-cua", clock)
    first = door.let_in("chon-san")
    second = door.let_in(first)

    def is_in(token: str) -> bool:
        return door.visitor(SimpleNamespace(cookies={COOKIE: token})) == "operator"

    assert not is_in("chon-san")
    assert not is_in("")
    assert not is_in(first)
    assert is_in(second)
    clock.now = HOURS * 3600
    assert not is_in(second)
    door.let_in("")
    assert len(door._ends) == 1


def test_work_that_overruns_its_time_is_given_up_and_keeps_its_place():
    workers, ended = WorkerPool(1, 0.05, 8), threading.Event()
    with pytest.raises(TooLongError, match=r"no answer within 0\.05 s"):
        workers.do(ended.wait)
    with pytest.raises(TooLongError):
        asyncio.run(workers.run(lambda: 1))
    ended.set()
    assert WorkerPool(1, 5, 8).do(lambda: 1) == 1
    assert asyncio.run(WorkerPool(1, 5, 8).run(lambda: 1)) == 1
    with pytest.raises(ZeroDivisionError):
        WorkerPool(1, 5, 8).do(lambda: 1 // 0)


def test_more_work_than_may_wait_is_refused_until_some_is_done():
    workers, ended = WorkerPool(1, 0.5, 0), threading.Event()
    with pytest.raises(TooLongError):
        workers.do(ended.wait)
    with pytest.raises(BusyError):
        workers.do(lambda: 1)
    ended.set()
    time.sleep(0.2)
    assert workers.do(lambda: 1) == 1


def test_a_work_s_own_time_limit_is_not_taken_for_ours():
    def late() -> None:
        raise TimeoutError("its own")

    for do in (WorkerPool(1, 5, 1).do, lambda work: asyncio.run(WorkerPool(1, 5, 1).run(work))):
        with pytest.raises(TimeoutError, match="its own"):
            do(late)
