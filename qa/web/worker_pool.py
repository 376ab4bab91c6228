"""Where answers are worked out: so many at once, so many waiting, each within its time."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from typing import TypeVar

from qa.errors import BusyError, TooLongError

Result = TypeVar("Result")


class WorkerPool:
    """Does pieces of work in ``at_once`` threads of its own, while up to ``waiting`` more wait.

    A thread cannot be stopped: work that overruns its time, ``seconds`` from when it came, goes on to its end unheard
    and keeps its place till then.
    """

    def __init__(self, at_once: int, seconds: float, waiting: int) -> None:
        self.at_once = at_once
        self.seconds = seconds
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="qa-worker")

    def do(self, work: Callable[[], Result]) -> Result:
        """Return or raise what the work does; BusyError when too much waits, TooLongError when its time is over."""
        future = self._submit(work)
        try:
            return future.result(self.seconds)
        except LateError as error:
            raise self._reason(future, error) from error

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do what ``do`` does, for a coroutine."""
        future = self._submit(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError as error:
            raise self._reason(future, error) from error

    def _submit(self, work: Callable[[], Result]) -> Future[Result]:
        if not self._places.acquire(blocking=False):
            raise BusyError("too many questions wait already; try again in a few seconds")
        future = self._threads.submit(contextvars.copy_context().run, work)
        future.add_done_callback(lambda _future: self._places.release())
        return future

    def _reason(self, future: Future[Result], error: Exception) -> Exception:
        if future.done() and not future.cancelled():
            return error  # the work itself ran into a time limit
        future.cancel()
        return TooLongError(f"no answer within {self.seconds:g} s; ask something shorter, or try again later")
