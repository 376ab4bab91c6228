"""Where answers are worked out: so many at once, each within its time."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from typing import TypeVar

from qa.errors import TooLongError

Result = TypeVar("Result")


class Desk:
    """Does pieces of work in threads of its own.

    A thread cannot be stopped: work that overruns its time goes on to its end unheard and keeps its place till
    then, so that there are never more than ``at_once``.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self.at_once = at_once
        self.seconds = seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="qa-desk")

    def do(self, work: Callable[[], Result]) -> Result:
        """Return what a piece of work returns, or raise what it raises; TooLongError when its time is over."""
        future = self._threads.submit(contextvars.copy_context().run, work)
        try:
            return future.result(self.seconds)
        except LateError as error:
            if future.done():
                raise
            future.cancel()
            raise TooLongError(
                f"no answer within {self.seconds:g} s; ask something shorter, or try again later"
            ) from error

    def together(self) -> dict[str, object]:
        """Return what binds an event of Gradio's to the one queue of everything that answers."""
        return {"concurrency_limit": self.at_once, "concurrency_id": "answers"}
