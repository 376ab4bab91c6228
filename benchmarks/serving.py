"""The site as a process of its own: started on a free port, its memory and open files watched, ended after use."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from testing.browsing import ROOT, free_port, wait_until_up

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at one moment: seconds since the watch began, resident bytes, open file descriptors."""

    at: float
    resident: int
    files: int


@dataclass(slots=True)
class Watch:
    """Looks at a process each second, in the background."""

    process: psutil.Process
    samples: list[Sample] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Take samples until stopped or until the process has ended."""
        began = time.monotonic()
        with contextlib.suppress(psutil.NoSuchProcess):
            while not self._stop.wait(1.0):
                with self.process.oneshot():
                    taken = (self.process.memory_info().rss, self.process.num_fds())
                self.samples.append(Sample(time.monotonic() - began, *taken))

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()


@dataclass(frozen=True, slots=True)
class Site:
    """A running site."""

    address: str
    process: subprocess.Popen
    watch: Watch


def command_for(index: Path, fake: Path | None, port: int) -> list[str]:
    """Return what serves an index with the real encoder, or ``fake``, a corpus, with the tests' encoder."""
    if fake:
        return ["-m", "testing.fake_server", str(fake), str(index), str(port)]
    return ["-m", "qa", "serve", "--index", str(index), "--port", str(port)]


@contextlib.contextmanager
def serving(folder: Path, index: Path, fake: Path | None = None, **environment: str) -> Iterator[Site]:
    """Serve until the block ends; feedback goes into ``folder``, one address may ask as often as it likes."""
    port = free_port()
    own = {"QA_FEEDBACK": str(folder / "feedback.sqlite"), "QA_RATE": "0", "PYTHONUNBUFFERED": "1"}
    command: Sequence[str] = [sys.executable, *command_for(index, fake, port)]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own | environment, stderr=log, stdout=log)  # noqa: S603
        watch = Watch(psutil.Process(process.pid))
        try:
            wait_until_up(f"http://127.0.0.1:{port}", lambda: process.poll() is None)
            threading.Thread(target=watch.run, daemon=True).start()
            yield Site(f"http://127.0.0.1:{port}", process, watch)
        finally:
            watch.stop()
            process.send_signal(signal.SIGTERM)
            process.wait(30)
