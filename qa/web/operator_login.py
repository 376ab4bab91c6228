"""The door of the operator's page: one password, compared in constant time; who passed bears a cookie."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa.web.pages import page_html

DOOR = "/van-hanh"
ROOM = f"{DOOR}/trang"
COOKIE = "qa_operator"
HOURS = 8
SECONDS_AFTER_WRONG = 1.0
WRONG = '<p class="trouble" role="alert">Mật khẩu không đúng.</p>'


class Door:
    """Lets in who knows the password; the tokens live in memory, so a restart closes the door to all.

    Each login makes a token of its own and voids the one that the browser came with; none is taken from a browser.
    A token ends after eight hours here too, whatever the browser keeps.
    """

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = digest(password)
        self._clock = clock
        self._ends: dict[str, float] = {}

    def visitor(self, request: Request) -> str | None:
        """Name who asks when they have been let in, else None; for Gradio's ``auth_dependency``."""
        ends = self._ends.get(request.cookies.get(COOKIE, ""), 0.0)
        return "operator" if self._clock() < ends else None

    def is_password(self, given: str) -> bool:
        """Tell whether this is the password; every wrong one takes the same time, whatever its length."""
        return hmac.compare_digest(digest(given), self._password)

    def let_in(self, former: str) -> str:
        """Return the token of a new login; the former one of the same browser, and those that ended, are void."""
        now = self._clock()
        self._ends = {token: ends for token, ends in self._ends.items() if token != former and now < ends}
        token = secrets.token_urlsafe(32)
        self._ends[token] = now + HOURS * 3600
        return token

    def add_to(self, app: FastAPI) -> None:
        """Add the page that asks for the password, and the way out."""

        @app.get(DOOR)
        def knock(request: Request) -> Response:
            return RedirectResponse(f"{ROOM}/", 303) if self.visitor(request) else HTMLResponse(form_html(""))

        @app.post(DOOR)
        async def enter(request: Request, password: Annotated[str, Form()] = "") -> Response:
            if not self.is_password(password):
                await asyncio.sleep(SECONDS_AFTER_WRONG)
                return HTMLResponse(form_html(WRONG), 403)
            response = RedirectResponse(f"{ROOM}/", 303)
            secure = request.url.scheme == "https"
            token = self.let_in(request.cookies.get(COOKIE, ""))
            response.set_cookie(
                COOKIE, token, max_age=HOURS * 3600, path=DOOR, httponly=True, samesite="strict", secure=secure
            )
            return response

        @app.post(f"{DOOR}/ra")
        def leave(request: Request) -> Response:
            self._ends.pop(request.cookies.get(COOKIE, ""), None)
            response = RedirectResponse(DOOR, 303)
            response.delete_cookie(COOKIE, path=DOOR, httponly=True, samesite="strict")
            return response


def digest(password: str) -> bytes:
    """Return bytes of one length for a password of any, to be compared in constant time; nothing is stored."""
    return hashlib.sha256(password.encode(errors="surrogatepass")).digest()


def form_html(trouble: str) -> str:
    """Return the page that asks for the password."""
    return page_html(
        "Vận hành",
        f'<form class="notice" method="post" action="{DOOR}"><h1>Dành cho người vận hành</h1>{trouble}'
        '<p><label>Mật khẩu <input type="password" name="password" autocomplete="current-password" required autofocus>'
        '</label></p><button type="submit">Đăng nhập</button></form>',
    )
