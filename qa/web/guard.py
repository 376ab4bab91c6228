"""The headers that guard every response."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.door import DOOR

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
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

OURS = ("/doc/", "/tai-lieu", "/giao-dien", "/health", "/ready", "/metrics")


def is_ours(path: str) -> bool:
    """Tell whether a page is written whole by us."""
    return path.startswith(OURS) or path == DOOR


UPLOADS = "/gradio_api/upload"
"""Gradio would store files of anyone; the chat takes none, and the operator's page has an address of its own."""

LARGEST = 2_000_000
"""Bytes of a request to the public pages; a conversation that a browser keeps is far smaller."""


def refusal(scope: Scope) -> PlainTextResponse | None:
    """Return what to answer a request that goes no further, or None."""
    length = Headers(scope=scope).get("content-length", "0")
    if scope["path"].startswith(UPLOADS):
        return PlainTextResponse("Not Found", 404)
    if not scope["path"].startswith(DOOR) and length.isdigit() and int(length) > LARGEST:
        return PlainTextResponse("Content Too Large", 413)
    return None


class Guard:
    """Adds the headers to what another application sends; streams pass through as they come."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = refusal(scope)
        if refused:
            await refused(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(GUARDS)
                headers["Content-Security-Policy"] = STRICT if is_ours(scope["path"]) else GRADIO
            await send(message)

        await self.app(scope, receive, guarded)
