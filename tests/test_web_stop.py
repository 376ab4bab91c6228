"""The server's end: nothing that a visitor holds open keeps it alive, and who still waits is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request

import pytest
from starlette.types import Message

from qa.web.graceful_shutdown import RESTARTING, Ending
from testing.browsing import fake_site, free_port

EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8")]


@pytest.mark.server
def test_a_stream_that_a_browser_holds_open_does_not_keep_the_server_alive(tmp_path):
    (tmp_path / "corpus").mkdir()
    with contextlib.ExitStack() as visitor, fake_site(tmp_path, free_port()) as address:
        stream = visitor.enter_context(urllib.request.urlopen(f"{address}/gradio_api/heartbeat/me", timeout=60))
        assert stream.readline() == b"data: ALIVE\n"
        # here the site is asked to end, and fails the test after 20 seconds; only then is the stream closed


def parts_sent(path: str, headers: list | None, *, waits: bool) -> list[Message]:
    """Serve one request through ``Ending``; its application begins to answer, and waits for ever or completes."""
    sent: list[Message] = []
    over = asyncio.Event()

    async def application(_scope, _receive, send) -> None:
        if headers is not None:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"begun", "more_body": waits})
        over.set()
        try:
            await asyncio.sleep(60 if waits else 0)
        except asyncio.CancelledError:
            await send({"type": "http.response.body", "body": b"too late", "more_body": False})
            raise

    async def keep(message: Message) -> None:
        sent.append(message)

    async def serve() -> None:
        time_is_up = asyncio.Event()
        request = asyncio.create_task(Ending(application, time_is_up)({"type": "http", "path": path}, None, keep))
        await over.wait()
        time_is_up.set()
        await asyncio.wait_for(request, 5)

    asyncio.run(serve())
    return sent


def test_an_api_stream_ends_with_an_error_that_says_so():
    *_, last = parts_sent("/gradio_api/call/ask/1", EVENTS, waits=True)
    assert last["body"].decode() == f"event: error\ndata: {json.dumps(RESTARTING)}\n\n"
    assert not last["more_body"]


def test_the_pages_stream_ends_with_an_error_that_says_so():
    *_, last = parts_sent("/gradio_api/queue/data", EVENTS, waits=True)
    told = json.loads(last["body"].decode().removeprefix("data: "))
    assert (told["msg"], told["message"], told["success"]) == ("unexpected_error", RESTARTING, False)


def test_what_was_not_begun_is_refused_with_the_time_to_come_again():
    start, body = parts_sent("/doc/1", None, waits=True)
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"60")
    assert body["body"].decode() == RESTARTING


def test_half_a_file_is_never_ended_as_if_it_were_whole():
    sent = parts_sent("/giao-dien/a.js", [(b"content-type", b"text/javascript")], waits=True)
    assert [message.get("more_body") for message in sent] == [None, True]


@pytest.mark.parametrize("headers", [EVENTS, [(b"content-type", b"text/html")]])
def test_what_is_complete_is_left_as_it_is(headers):
    sent = parts_sent("/", headers, waits=False)
    assert [message.get("body") for message in sent] == [None, b"begun"]
