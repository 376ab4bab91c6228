"""What stands before the whole site: closed addresses, limits, and the headers that guard every response."""

from __future__ import annotations

import math
import secrets
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.admin import DOOR, Door
from qa.web.rate_limit import Buckets, visitor_at
from qa.web.request_body import BodyError, check_json, read_body, replayed
from qa.web.route_allowlist import Kind, is_ours, kind_of
from qa.web.templates import notice_html, page_html

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""For the pages that we write whole."""

GRADIO = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
"""For Gradio's pages: it writes scripts and styles into the page and evaluates templates."""

LARGEST = {"knocking": 4_096, "asking": 2_000_000, "mcp": 2_000_000, "operating": 2_000_000, "reading": 65_536}
"""Bytes of a body, by the kind of request; a conversation that a browser keeps is far smaller than 2 MB."""

LARGEST_UPLOAD = 210_000_000
SECONDS_TO_SEND = 30.0
KNOCKS_A_MINUTE, KNOCKS_AT_ONCE = 1, 5
READINGS_FOR_ONE_QUESTION = 10
RETRY_WHEN_BUSY = 5
MISSING = "Không có trang này."
SHUT = "Xin đăng nhập ở trang vận hành."
FOREIGN = "Yêu cầu đến từ một trang khác."
TOO_OFTEN = "Ông/bà gửi hơi nhanh. Xin thử lại sau {} giây."
BUSY = "Hệ thống đang bận. Mời ông/bà thử lại sau ít giây."
INNER = b"x-qa-inner"
SHARED = ("access-control-allow-credentials",)
"""What Gradio lets other sites do in a visitor's name; nothing here needs it."""


class Guard:
    """Refuses what goes no further, and adds the headers to the rest; streams pass through as they come.

    ``rate`` is how many questions one visitor may ask a minute, half of them at once; 0 for any number.
    """

    def __init__(self, app: ASGIApp, rate: int, door: Door | None = None) -> None:
        self.app = app
        self.door = door
        self.inner = secrets.token_hex(16).encode()
        self.buckets = {"knocking": Buckets(KNOCKS_A_MINUTE, KNOCKS_AT_ONCE)}
        if rate:
            reading = rate * READINGS_FOR_ONE_QUESTION
            self.buckets["asking"] = self.buckets["mcp"] = Buckets(rate, max(1, rate / 2))
            self.buckets["reading"] = self.buckets["operating"] = Buckets(reading, max(1, reading / 2))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.serve(scope, receive, guarded(scope, send))

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope["method"], scope["path"])
        refused = self.refusal(scope, kind)
        try:
            if not refused and kind != "uploading" and scope["method"] == "POST":
                body = await read_body(receive, LARGEST[kind], SECONDS_TO_SEND)
                if kind in ("asking", "mcp"):
                    check_json(body)
                receive = replayed(body, receive)
        except BodyError as error:
            refused = response(scope, error.status, error.reason)
        if refused:
            await refused(scope, receive, send)
        elif kind == "mcp":
            await self.app(self.addressed_to_itself(scope), receive, send)
        else:
            await self.app(scope, receive, busy_told(scope, send) if kind == "asking" else send)

    def refusal(self, scope: Scope, kind: Kind) -> Response | None:
        """Return what to answer a request that goes no further, or None; no byte of its body is read for that."""
        headers = Headers(scope=scope)
        if kind == "closed":
            return response(scope, 404, MISSING)
        if scope["path"].startswith(DOOR) and is_foreign(headers):
            return response(scope, 403, FOREIGN)
        if kind in ("operating", "uploading") and not (self.door and self.door.visitor(Request(scope))):
            return response(scope, 401, SHUT) if self.door else response(scope, 404, MISSING)
        if kind == "uploading" and not is_length_up_to(headers, LARGEST_UPLOAD):
            return response(scope, 413, f"Tệp phải có độ dài khai trước, nhiều nhất {LARGEST_UPLOAD // 1_000_000} MB.")
        return self.too_often(scope, kind)

    def too_often(self, scope: Scope, kind: Kind) -> Response | None:
        bucket = self.buckets.get(kind)
        inner = dict(scope["headers"]).get(INNER, b"")
        if bucket is None or secrets.compare_digest(inner, self.inner):
            return None
        seconds = math.ceil(bucket.wait(visitor_at((scope.get("client") or ("",))[0])))
        if not seconds:
            return None
        return response(scope, 429, TOO_OFTEN.format(seconds), {"Retry-After": str(seconds)})

    def addressed_to_itself(self, scope: Scope) -> Scope:
        """Return an MCP call as if it were sent to the address that this server listens on.

        Gradio's MCP server asks itself over HTTP, at the address that the first caller named as the host, and keeps
        that address for all later ones: a stranger could send it, and everyone's answers, anywhere.
        """
        host, port = scope["server"]
        named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        told = (b"host", b"origin", INNER, b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")
        kept = [(name, value) for name, value in scope["headers"] if name not in told]
        return {**scope, "scheme": "http", "headers": [*kept, (b"host", named.encode()), (INNER, self.inner)]}


def is_foreign(headers: Headers) -> bool:
    """Tell whether another site's page sent this: browsers name it, and a cookie of a sister site would come along."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def is_length_up_to(headers: Headers, largest: int) -> bool:
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= largest


def response(scope: Scope, status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal in the form that its reader expects: JSON for programs and Gradio's page, else a page."""
    if "/gradio_api/" in scope["path"]:
        return JSONResponse({"detail": reason, "error": reason}, status, headers)
    title = HTTPStatus(status).phrase
    return HTMLResponse(page_html(title, notice_html(reason)), status, headers)


def guarded(scope: Scope, send: Send) -> Send:
    """Return a ``send`` that adds the headers."""

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(GUARDS)
            headers["Content-Security-Policy"] = STRICT if is_ours(scope["path"]) else GRADIO
            for name in SHARED:
                del headers[name]
            if scope["path"].startswith(DOOR):
                del headers["access-control-allow-origin"]
                headers["Cache-Control"] = "no-store"
        await send(message)

    return add


def busy_told(scope: Scope, send: Send) -> Send:
    """Return a ``send`` that puts our words in place of Gradio's when the queue is full."""
    refused = response(scope, 503, BUSY, {"Retry-After": str(RETRY_WHEN_BUSY)})
    full = False

    async def tell(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start" and message["status"] == 503:
            full = True
            await send({"type": "http.response.start", "status": 503, "headers": refused.raw_headers})
            await send({"type": "http.response.body", "body": bytes(refused.body)})
        elif not full:
            await send(message)

    return tell
