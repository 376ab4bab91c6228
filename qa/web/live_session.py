"""The session that answers now; a newer generation takes its place without mixing a request."""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import time
from pathlib import Path

from qa.encoder import Encoder, Reranker
from qa.errors import IndexNotFoundError, QAError
from qa.index import Engine, file_states, live_name, named
from qa.reading import Reader
from qa.session import Session, open_index
from qa.telemetry import Metrics

LOG = logging.getLogger("qa.web")
ARENA_MAX, TRIM_THRESHOLD, MMAP_THRESHOLD = -8, -1, -3  # of mallopt, as in malloc.h
FROM_THE_SYSTEM, KEPT = 512 * 1024, 1024 * 1024
"""Bytes from which on a block is the system's own and goes back when freed, and bytes kept free at a heap's end."""

LOOKS_EVERY = 1.0  # seconds between two looks at ``CURRENT``
TRIES_AGAIN_AFTER = 30.0
"""Seconds until a generation that could not be opened is read again: hashing it takes time from who asks."""


class LiveSession:
    """Holds the session over the live generation; whoever took ``current()`` keeps that one to the end."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        reader: Reader,
        reranker: Reranker | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.folder, self.engine = folder, engine
        self.copy: LiveSession | None = None
        self.encoder, self.reader = encoder, reader
        self.reranker = reranker
        self.metrics = Metrics()
        self._session: Session | None = None
        self._trouble: tuple[str, type[Exception]] | None = None
        self._refused = ("", 0.0)
        self._looks: list[object] = [None]
        self._opening = threading.Lock()
        self._stop = threading.Event()

    @classmethod
    def open(
        cls,
        folder: Path,
        encoder: Encoder,
        reader: Reader,
        reranker: Reranker | None = None,
        engine: Engine | None = None,
    ) -> LiveSession:
        """Load the live generation, if there is one."""
        live = cls(folder, encoder, reader, reranker, engine)
        live.refresh()
        return live

    def current(self) -> Session:
        """Return the session that answers now; IndexNotFoundError while nothing was built."""
        session = self._session
        if self.copy and self.copy.is_ready and (session is None or (self.engine and self.engine.is_down)):
            return self.copy.current()
        if session is None:
            raise IndexNotFoundError(f"{self.folder} holds no index that can be opened; run: qa build")
        return session

    @property
    def is_ready(self) -> bool:
        """Whether a generation is loaded."""
        return self._session is not None or bool(self.copy and self.copy.is_ready)

    def keep_copy(self, folder: Path) -> None:
        """Let an embedded index answer while the engine does not."""
        self.copy = LiveSession.open(folder, self.encoder, self.reader, self.reranker)

    def refresh(self) -> bool:
        """Open the live generation if it is another than the open one; tell whether it was.

        One that cannot be opened leaves the open one answering. It is tried again once its files have changed and
        then stayed the same from one look to the next, as those of a generation do that was still being copied here;
        else after a while.
        """
        with self._opening:
            name = ""
            try:
                name = live_name(self.folder, self.engine) if self.engine else named(self.folder)
                if self._session and self._session.index.manifest.generation == name:
                    return False
                if self._refused[0] == name and not self._is_due(name):
                    return False
                self._looks = [file_states(self.folder, name)]
                index = open_index(self.folder, self.encoder, self.engine)
                self._session = Session(index, self.encoder, self.reader, self.reranker)
            except (QAError, MemoryError) as error:
                self._refused = (name, time.monotonic() + TRIES_AGAIN_AFTER)
                self._tell(name, error)
                return False
        return_freed_memory()
        self._trouble, self._refused = None, ("", 0.0)
        self.metrics.show_index(name, self._session.index.manifest.passages)
        LOG.info("generation %s answers now", name)
        return True

    def _is_due(self, name: str) -> bool:
        """Tell whether to read a refused generation again; ``_looks``: its files when it was refused, and since."""
        self._looks = [self._looks[0], self._looks[-1], file_states(self.folder, name)]
        refused, before, now = self._looks
        return before == now != refused or time.monotonic() >= self._refused[1]

    def _tell(self, name: str, error: Exception) -> None:
        if self._trouble != (name, type(error)):  # said once, not each second, nor of each file that is still to come
            trouble = str(error) or "there is not enough memory; close other programs"
            LOG.warning("the live index cannot be opened, and will be tried again when its files change: %s", trouble)
        self._trouble = (name, type(error))

    def watch(self) -> None:
        """Look for a newer generation each second, in the background, until ``close``."""
        threading.Thread(target=self._look, name="qa-live", daemon=True).start()

    def close(self) -> None:
        """End the watch."""
        self._stop.set()

    def _look(self) -> None:
        while not self._stop.wait(LOOKS_EVERY):
            self.refresh()
            if self.copy:
                self.copy.refresh()


def return_freed_memory() -> None:
    """Give back what loading has freed, and keep little of what answers free, where the C library is glibc."""
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim"):
        library = ctypes.CDLL(None)
        for name, value in ((ARENA_MAX, 2), (MMAP_THRESHOLD, FROM_THE_SYSTEM), (TRIM_THRESHOLD, KEPT)):
            library.mallopt(name, value)
        library.malloc_trim(0)
