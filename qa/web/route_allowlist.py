"""Which addresses are open, and to what kind of request each belongs; whatever is not named here is closed.

Gradio brings some sixty routes of its own. Among them are a proxy to the open network, uploads of anyone, and calls
that pass the queue by; the page and the API need the few below.
"""

from __future__ import annotations

from typing import Literal

from qa.web.admin import DOOR, ROOM

Kind = Literal["closed", "static", "reading", "asking", "mcp", "knocking", "operating", "uploading"]

HEALTH = ("/health", "/ready", "/metrics")
STATIC = ("/giao-dien/", "/assets/", "/static/")
STATIC_PAGES = ("/theme.css", "/gradio_api/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", *HEALTH)
PAGES = ("/", "/tai-lieu", "/config", "/config/", DOOR, f"{DOOR}/ra")
OF_GRADIO = tuple(
    f"/gradio_api/{name}"
    for name in (
        "info",
        "info/",
        "openapi.json",
        "app_id",
        "startup-events",
        "queue/data",
        "queue/status",
        "login_check",
    )
)
READ_BELOW = ("/doc/", "/gradio_api/call/", "/gradio_api/heartbeat/")
SAID = ("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/reset/", f"{DOOR}/ra")
ASKED = "/gradio_api/queue/join"
ASKED_BELOW = "/gradio_api/call/"
MCP = ("/gradio_api/mcp", "/gradio_api/mcp/")
UPLOAD = f"{ROOM}/gradio_api/upload"

STRICT_PAGES = ("/doc/", "/tai-lieu", "/giao-dien/", *HEALTH)


def kind_of(method: str, path: str) -> Kind:
    """Return what kind of request this is; "closed" for what nobody needs."""
    if path == ROOM or path.startswith(f"{ROOM}/"):
        return "uploading" if path == UPLOAD and method == "POST" else "operating"
    if path in MCP:
        return "mcp" if method == "POST" else "reading"
    if method in ("GET", "HEAD"):
        return kind_of_reading(path)
    if method != "POST":
        return "closed"
    if path == DOOR:
        return "knocking"
    if path == ASKED or path.startswith(ASKED_BELOW):
        return "asking"
    return "reading" if path in SAID else "closed"


def kind_of_reading(path: str) -> Kind:
    if path.startswith(STATIC) or path in STATIC_PAGES:
        return "static"
    return "reading" if path in PAGES or path in OF_GRADIO or path.startswith(READ_BELOW) else "closed"


def is_ours(path: str) -> bool:
    """Tell whether a page is written whole by us, so that it may be held to the strict policy."""
    return path == DOOR or path.startswith(STRICT_PAGES)
