"""What a request may carry: so many bytes, in time, and JSON that names no files."""

from __future__ import annotations

import asyncio
import json

from starlette.types import Message, Receive

DEEPEST = 40


class BodyError(Exception):
    """A body that goes no further: the status to answer with, and why in words for the visitor."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


async def read_body(receive: Receive, largest: int, seconds: float) -> bytes:
    """Return a whole body; BodyError when it is larger, however its length was declared, or comes too slowly."""
    try:
        async with asyncio.timeout(seconds):
            return await collected(receive, largest)
    except TimeoutError as error:
        raise BodyError(408, "Yêu cầu gửi quá chậm. Mời ông/bà thử lại.") from error


async def collected(receive: Receive, largest: int) -> bytes:
    pieces = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyError(400, "Kết nối đã ngắt.")
        pieces += message.get("body", b"")
        if len(pieces) > largest:
            raise BodyError(413, "Yêu cầu quá lớn. Mời ông/bà rút gọn rồi gửi lại.")
        if not message.get("more_body", False):
            return bytes(pieces)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives a body that was read already, then goes on as before."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def check_json(body: bytes) -> None:
    """Refuse what is no JSON, is nested absurdly, or names a file.

    Gradio opens or downloads whatever has the form of a file, wherever in a call it stands.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BodyError(400, "Yêu cầu không đúng dạng JSON.") from error
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise BodyError(400, "Yêu cầu không đúng dạng.")
        if isinstance(one, dict):
            if "path" in one and "meta" in one:
                raise BodyError(400, "Trang này không nhận tệp.")
            waiting += [(part, depth + 1) for part in one.values()]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
