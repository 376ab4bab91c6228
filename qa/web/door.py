"""The door of the operator's page: one password, compared in constant time; who passed bears a cookie."""

from __future__ import annotations

import asyncio
import hmac
import secrets
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
    """Lets in who knows the password; the tokens live in memory, so a restart closes the door to all."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._tokens: set[str] = set()

    def visitor(self, request: Request) -> str | None:
        """Name who asks when they have been let in, else None; for Gradio's ``auth_dependency``."""
        return "operator" if request.cookies.get(COOKIE) in self._tokens else None

    def is_password(self, given: str) -> bool:
        """Tell whether this is the password; any wrong one of its length takes the same time."""
        return hmac.compare_digest(given.encode(), self._password)

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
            token = secrets.token_urlsafe(32)
            self._tokens.add(token)
            response = RedirectResponse(f"{ROOM}/", 303)
            secure = request.url.scheme == "https"
            response.set_cookie(
                COOKIE, token, max_age=HOURS * 3600, path=DOOR, httponly=True, samesite="strict", secure=secure
            )
            return response

        @app.post(f"{DOOR}/ra")
        def leave(request: Request) -> Response:
            self._tokens.discard(request.cookies.get(COOKIE, ""))
            return RedirectResponse(DOOR, 303)


def form_html(trouble: str) -> str:
    """Return the page that asks for the password."""
    return page_html(
        "Vận hành",
        f'<form class="notice" method="post" action="{DOOR}"><h1>Dành cho người vận hành</h1>{trouble}'
        '<p><label>Mật khẩu <input type="password" name="password" autocomplete="current-password" required autofocus>'
        '</label></p><button type="submit">Đăng nhập</button></form>',
    )
