"""Guard the whole site: an allow-list of addresses, limits of size and rate, trusted proxies, security headers."""

import asyncio
import ipaddress
import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qa.errors import SettingsError
from qa.web.admin import DOOR, ROOM, Door
from qa.web.templates import notice_html, page_html

Kind = Literal["closed", "static", "reading", "asking", "knocking", "operating", "uploading"]

MCP = "/mcp"
JOIN = "/gradio_api/queue/join"
UPLOAD = f"{ROOM}/gradio_api/upload"
HEALTH = ("/health", "/ready", "/metrics")
STATIC = ("/giao-dien/", "/assets/", "/static/")
STATIC_PAGES = ("/theme.css", "/gradio_api/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", *HEALTH)
PAGES = ("/", "/tai-lieu", "/config", DOOR, f"{DOOR}/ra")
OF_GRADIO = ("/gradio_api/app_id", "/gradio_api/queue/data")
READ_BELOW = ("/doc/", "/api/", "/gradio_api/heartbeat/")
SAID = ("/gradio_api/cancel", "/gradio_api/reset", f"{DOOR}/ra")
QUESTIONS = ("/api/ask", "/api/search")
STRICT_PAGES = ("/doc/", "/tai-lieu", "/giao-dien/", "/api/", *HEALTH)

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = (  # for the pages that we write whole
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
GRADIO = (  # for Gradio's pages: it writes scripts and styles into the page and evaluates templates
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
LARGEST = {"knocking": 4_096, "asking": 2_000_000, "operating": 2_000_000, "reading": 65_536}
"""Bytes of a body, by the kind of request; a conversation that a browser keeps is far smaller than 2 MB."""

LARGEST_UPLOAD = 210_000_000
SECONDS_TO_SEND = 30.0
KNOCKS_A_MINUTE, KNOCKS_AT_ONCE = 1, 5
READINGS_FOR_ONE_QUESTION = 10
MOST_VISITORS = 10_000
NETWORK_OF_A_VISITOR = 64  # bits of an IPv6 address that name a household or an office; it chooses the rest
ANYONE = "*"
FORWARDED = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-gradio-server", b"x-direct-url")
"""Headers in which a proxy tells of the visitor and of the site's address; Gradio believes them from anyone."""

PROBLEM = "application/problem+json"
TITLES = {
    400: "Yêu cầu sai dạng",
    401: "Cần đăng nhập",
    403: "Không được phép",
    404: "Không tìm thấy",
    405: "Phương thức không được dùng ở đây",
    408: "Gửi quá chậm",
    413: "Yêu cầu quá lớn",
    422: "Tham số chưa đúng",
    429: "Gửi quá nhanh",
    500: "Lỗi của hệ thống",
    503: "Hệ thống chưa phục vụ được",
}
MISSING = "Không có trang này."
SHUT = "Xin đăng nhập ở trang vận hành."
FOREIGN = "Yêu cầu đến từ một trang khác."
TOO_OFTEN = "Ông/bà gửi hơi nhanh. Xin thử lại sau {} giây."


def kind_of(method: str, path: str) -> Kind:
    """Return what kind of request this is; "closed" for whatever is not named above.

    Gradio brings some sixty routes, among them a proxy to the open network and uploads of anyone; its page needs few.
    """
    if path == ROOM or path.startswith(f"{ROOM}/"):
        return "uploading" if path == UPLOAD and method == "POST" else "operating"
    if (path in QUESTIONS and method in ("GET", "HEAD", "POST")) or (path in (JOIN, MCP) and method == "POST"):
        return "asking"
    if method in ("GET", "HEAD"):
        if path.startswith(STATIC) or path in STATIC_PAGES:
            return "static"
        return "reading" if path in PAGES or path in OF_GRADIO or path.startswith(READ_BELOW) else "closed"
    if method == "POST":
        return "knocking" if path == DOOR else "reading" if path in SAID else "closed"
    return "closed"


class BodyError(Exception):
    """A body that goes no further: the status to answer with, and why in words for the visitor."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Guard:
    """Refuses what goes no further, and adds the headers to the rest; streams pass through as they come.

    ``rate`` is how many questions one visitor may ask a minute, half of them at once; 0 for any number.
    """

    def __init__(self, app: ASGIApp, rate: int, door: Door | None = None) -> None:
        self.app = app
        self.door = door
        self.buckets = {"knocking": Buckets(KNOCKS_A_MINUTE, KNOCKS_AT_ONCE)}
        if rate:
            reading = rate * READINGS_FOR_ONE_QUESTION
            self.buckets["asking"] = Buckets(rate, max(1, rate / 2))
            self.buckets["reading"] = self.buckets["operating"] = Buckets(reading, max(1, reading / 2))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
                if scope["path"] == JOIN:
                    check_event(body)
                receive = replayed(body, receive)
        except BodyError as error:
            refused = response(scope, error.status, error.reason)
        await (refused or self.app)(scope, receive, send)

    def refusal(self, scope: Scope, kind: Kind) -> Response | None:
        """Return what to answer a request that goes no further, or None; no byte of its body is read for that."""
        headers = Headers(scope=scope)
        if kind == "closed":
            return response(scope, 405 if scope["path"] == MCP else 404, MISSING)
        if scope["path"].startswith(DOOR) and is_foreign(headers):
            return response(scope, 403, FOREIGN)
        if kind in ("operating", "uploading") and not (self.door and self.door.visitor(Request(scope))):
            return response(scope, 401, SHUT) if self.door else response(scope, 404, MISSING)
        if kind == "uploading" and not is_length_up_to(headers, LARGEST_UPLOAD):
            return response(scope, 413, f"Tệp phải có độ dài khai trước, nhiều nhất {LARGEST_UPLOAD // 1_000_000} MB.")
        return self.too_often(scope, kind)

    def too_often(self, scope: Scope, kind: Kind) -> Response | None:
        bucket = self.buckets.get(kind)
        if bucket is None:
            return None
        seconds = math.ceil(bucket.wait(visitor_at((scope.get("client") or ("",))[0])))
        return response(scope, 429, TOO_OFTEN.format(seconds), seconds) if seconds else None


def is_foreign(headers: Headers) -> bool:
    """Tell whether another site's page sent this: browsers name it, and a cookie of a sister site would come along."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def is_length_up_to(headers: Headers, largest: int) -> bool:
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= largest


def problem(status: int, detail: str, retry_after: int = 0) -> Response:
    """Return an error as programs read it (RFC 9457), in Vietnamese; ``retry_after`` in seconds."""
    fields = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return JSONResponse(fields, status, {"Retry-After": str(retry_after)} if retry_after else None, PROBLEM)


def response(scope: Scope, status: int, reason: str, retry_after: int = 0) -> Response:
    """Return a refusal in the form that its reader expects: an object for programs and Gradio's page, else a page."""
    refusal = problem(status, reason, retry_after)
    if scope["path"] == MCP or scope["path"].startswith("/api/") or "/gradio_api/" in scope["path"]:
        return refusal
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return HTMLResponse(page_html(TITLES[status], notice_html(reason)), status, headers)


def guarded(scope: Scope, send: Send) -> Send:
    """Return a ``send`` that adds the headers, and takes away what Gradio would let other sites do."""
    is_ours = scope["path"] == DOOR or scope["path"].startswith(STRICT_PAGES)

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(GUARDS)
            headers["Content-Security-Policy"] = STRICT if is_ours else GRADIO
            del headers["access-control-allow-credentials"]
            if scope["path"].startswith(DOOR):
                del headers["access-control-allow-origin"]
                headers["Cache-Control"] = "no-store"
        await send(message)

    return add


async def read_body(receive: Receive, largest: int, seconds: float) -> bytes:
    """Return a whole body; BodyError when it is larger, however its length was declared, or comes too slowly."""
    body, has_more = bytearray(), True
    try:
        async with asyncio.timeout(seconds):
            while has_more:
                message = await receive()
                if message["type"] != "http.request":
                    raise BodyError(400, "Kết nối đã ngắt.")
                body += message.get("body", b"")
                if len(body) > largest:
                    raise BodyError(413, "Yêu cầu quá lớn. Mời ông/bà rút gọn rồi gửi lại.")
                has_more = message.get("more_body", False)
    except TimeoutError as error:
        raise BodyError(408, "Yêu cầu gửi quá chậm. Mời ông/bà thử lại.") from error
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives a body that was read already, then goes on as before."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return again


def check_event(body: bytes) -> None:
    """Refuse an event of the chat that is no JSON or names a file: Gradio opens or downloads each file named."""
    try:
        has_file = names_file(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise BodyError(400, "Yêu cầu không đúng dạng JSON.") from error
    if has_file:
        raise BodyError(400, "Trang này không nhận tệp.")


def names_file(value: object) -> bool:
    """Tell whether a JSON value holds the form of Gradio's ``FileData``."""
    if isinstance(value, dict):
        return {"path", "meta"} <= value.keys() or any(map(names_file, value.values()))
    return isinstance(value, list) and any(map(names_file, value))


class Buckets:
    """A token bucket for each visitor: ``burst`` tokens at first, ``a_minute`` more each minute up to ``burst``.

    Only the last 10,000 visitors are remembered, so that strangers cannot fill the memory.
    """

    def __init__(self, a_minute: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_second = a_minute / 60
        self.burst = burst
        self.clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, visitor: str) -> float:
        """Take a token and return 0, or take none and return the seconds until there is one."""
        now = self.clock()
        tokens, then = self._left.pop(visitor, (self.burst, now))
        tokens = min(self.burst, tokens + (now - then) * self.a_second)
        taken = tokens >= 1
        self._left[visitor] = (tokens - taken, now)
        if len(self._left) > MOST_VISITORS:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - tokens) / self.a_second

    def __len__(self) -> int:
        return len(self._left)


def visitor_at(address: str) -> str:
    """Return what names the visitor behind an address: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, NETWORK_OF_A_VISITOR), strict=False))


class Proxies:
    """Takes the visitor's address from trusted proxies' headers alone; SettingsError for a list of other things."""

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self.app = app
        named = [one.strip() for one in trusted.split(",") if one.strip()]
        try:
            for one in named if named != [ANYONE] else ():
                ipaddress.ip_network(one)
        except ValueError as error:
            raise SettingsError(
                f"QA_PROXIES={','.join(named)!r}: {error}; write addresses or networks with commas, or * for anyone"
            ) from error
        through_proxy = ProxyHeadersMiddleware(cast(Any, app), named)
        self.trusted_hosts = through_proxy.trusted_hosts
        self.through_proxy = cast(ASGIApp, through_proxy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope.get("client") or ("",))[0] in self.trusted_hosts:
            await self.through_proxy(scope, receive, send)
        else:
            kept = [(name, value) for name, value in scope["headers"] if not name.startswith(FORWARDED)]
            await self.app({**scope, "headers": kept}, receive, send)
