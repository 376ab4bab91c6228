"""The server's end: who still waits for an answer when the time is up is told so, and not cut off in silence."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS_TO_END = 5
"""What requests under way are given at the end; without it, a page open in a browser keeps the process alive."""

SECONDS_TO_TELL = 1
"""What is left after that to say that the time is up."""

RESTARTING = "Máy chủ đang khởi động lại, câu hỏi này chưa được trả lời. Mời ông/bà hỏi lại sau ít phút."
CALL = "/gradio_api/call/"


class EndingServer(uvicorn.Server):
    """Sets ``time_is_up`` some seconds after it was asked to end."""

    def __init__(self, config: uvicorn.Config, time_is_up: asyncio.Event) -> None:
        super().__init__(config)
        self.time_is_up = time_is_up

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: no new connections, those under way are waited for."""
        asyncio.get_running_loop().call_later(SECONDS_TO_END, self.time_is_up.set)
        await super().shutdown(sockets)


def run(app: ASGIApp, time_is_up: asyncio.Event, *, host: str, port: int) -> None:
    """Serve until interrupted or asked to end."""
    given = SECONDS_TO_END + SECONDS_TO_TELL
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=given,
        proxy_headers=False,  # qa.web.forwarded_headers believes those that QA_PROXIES names
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        EndingServer(config, time_is_up).run()


class Ending:
    """Ends each request that is still under way when ``time_is_up`` with a last word; others pass through."""

    def __init__(self, app: ASGIApp, time_is_up: asyncio.Event) -> None:
        self.app = app
        self.time_is_up = time_is_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reply = Reply(send)
        work = asyncio.create_task(self.app(scope, receive, reply.send))
        end = asyncio.create_task(self.time_is_up.wait())
        try:
            await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
            else:
                await reply.last_word(scope, receive)
        finally:
            end.cancel()
            work.cancel()
            await asyncio.wait({work})


class Reply:
    """What was sent of a response so far; nothing follows its last word."""

    def __init__(self, send: Send) -> None:
        self.send_on = send
        self.kind: str | None = None
        self.is_over = False

    async def send(self, message: Message) -> None:
        """Send a part of the response."""
        if self.is_over:
            return
        if message["type"] == "http.response.start":
            self.kind = Headers(raw=message["headers"]).get("content-type", "")
        self.is_over = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self.send_on(message)

    async def last_word(self, scope: Scope, receive: Receive) -> None:
        """Say that the server ends; a file that was half sent is left half sent, which every client notices."""
        unfinished, self.is_over = not self.is_over, True
        if self.kind is None:
            refusal = PlainTextResponse(RESTARTING, 503, headers={"Retry-After": "60"})
            await refusal(scope, receive, self.send_on)
        elif unfinished and self.kind.startswith("text/event-stream"):
            await self.send_on({"type": "http.response.body", "body": event(scope["path"]), "more_body": False})


def event(path: str) -> bytes:
    """Return the last event of a stream, in the form that Gradio's clients know as an error."""
    if path.startswith(CALL):
        return f"event: error\ndata: {json.dumps(RESTARTING)}\n\n".encode()
    told = {"msg": "unexpected_error", "message": RESTARTING, "success": False, "session_not_found": False}
    return f"data: {json.dumps(told)}\n\n".encode()
