"""Clocks, builders, memory, readers and the server's end."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.asking import AskError, ask
from benchmarks.fault_tools import QUESTION, Child, Library, Row, Tell, Work
from qa.encoder import Encoder
from qa.index import build as index_build
from qa.index import list_generations, read_current, read_manifest, rollback
from qa.web.live_session import LiveSession
from testing.browsing import ROOT, free_port, wait_until_up
from testing.fake_reader import OverlapReader

SECONDS_TO_SEE = 2.0
FRESH_EVERY = 1.5
PAUSE = 0.001  # between a thread's questions: without it threads that never wait hold the interpreter's lock
ASKED_AT_ONCE = 20
BLOCK = 32_768
SEGMENT_FAULT = f"died of {-signal.SIGSEGV}"


class Backwards(datetime.datetime):
    """A clock that says ten years ago, each time a day earlier."""

    days = itertools.count(3650)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        """Return a moment before the last one."""
        return datetime.datetime.now(tz) - datetime.timedelta(days=next(cls.days))


def clock_backwards(folder: Path, encoder: Encoder, times: int) -> Row:
    """Build while the clock runs backwards and every file says it is from the future; what is newer is still known."""
    row = Row("clock runs backwards", "the builder's clock, the files' times")
    library = Library(folder, encoder)
    library.begin()

    def work(_tell: Tell) -> None:
        sys.modules[index_build.__module__].datetime = types.SimpleNamespace(datetime=Backwards, UTC=datetime.UTC)
        library.build()

    for _ in range(times):
        future = time.time() + 86_400 * 365
        for path in [*library.corpus.rglob("*"), *library.index.rglob("*")]:
            os.utime(path, (future, future))
        row.expect(Child(work).end(), "")
        state = library.state()
        newest = list_generations(library.index)[-1] == read_current(library.index)
        back = rollback(library.index) == list_generations(library.index)[-2]
        built = read_manifest(library.index / list_generations(library.index)[-1]).built
        behind = datetime.datetime.now(datetime.UTC) - built > datetime.timedelta(days=3000)
        row.count(state if newest and back and behind else "another order")
        library.build()
        library.live = library.version
        library.write()
    return row


def builders_at_once(folder: Path, encoder: Encoder, times: int) -> Row:
    """Start three builders together: one at a time builds, the others say who does."""
    row = Row("three builders at once", "real processes")
    library = Library(folder, encoder)
    library.begin()
    for _ in range(times):
        builders = [Child(lambda _tell: library.build(full=True)) for _ in range(3)]
        done = [row.expect(builder.end(), "wait for it to end, or end it if it hangs") for builder in builders]
        row.troubles += ["none of them built"] * (not any(done))
        library.renew(row)
    return row


def out_of_memory(folder: Path, encoder: Encoder, times: int) -> Row:
    """Build with ever more memory to be had, from none; the system's limit is real, what was free is taken first.

    Some libraries end the process by a signal when memory fails them: that is counted apart, as a kill.
    """
    row, died = Row("out of memory while building", ""), 0
    library = Library(folder, encoder)
    library.begin()
    for number in range(times):
        told = Child(starved(lambda _tell: library.build(full=True), number)).end()
        if told == [SEGMENT_FAULT]:
            died += 1
        else:
            row.expect(told, "enough memory")
        library.renew(row)
    row.how = f"RLIMIT_AS; {died} died within a library"
    return row


def starved(work: Work, blocks: int) -> Work:
    """Return the work in a process that has so many blocks of memory left."""

    def within(tell: Tell) -> None:
        limit = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
        taken = []
        with contextlib.suppress(MemoryError):
            while True:
                taken.append(bytes(BLOCK))
        del taken[len(taken) - blocks :]
        work(tell)

    return within


def readers_follow(folder: Path, encoder: Encoder, times: int) -> Row:
    """Ask without pause while another process builds again and again: how soon is a new generation answering?"""
    library = Library(folder, encoder)
    library.begin()
    began = read_current(library.index)

    def work(_tell: Tell) -> None:
        for _ in range(times):
            library.build()
            time.sleep(FRESH_EVERY)
            library.write()

    live = LiveSession(library.index, encoder, OverlapReader())
    live.refresh()
    builder = Child(work)
    seen: dict[str, float] = {}
    row = Row("", "real processes")
    live.watch()
    askers = [threading.Thread(target=ask_on, args=(live, row, lambda: len(seen) < times)) for _ in range(3)]
    for asker in askers:
        asker.start()
    named, longest = {began: 0.0}, 0.0
    deadline = time.monotonic() + 60 + times * FRESH_EVERY * 4
    while len(seen) < times and time.monotonic() < deadline:
        named.setdefault(read_current(library.index), time.monotonic())
        answering = live.current().index.manifest.generation
        if answering != began and answering not in seen:
            seen[answering] = time.monotonic()
            longest = max(longest, seen[answering] - named[answering])
        time.sleep(0.01)
    live.close()
    builder.end()
    row.troubles += [f"{times - len(seen)} generations were never seen"] * (len(seen) < times)
    seen |= dict.fromkeys(map(str, range(times)), 0.0)
    for asker in askers:
        asker.join()
    row.fault = f"{times} generations while 3 ask; each answers within {longest:.1f} s"
    row.troubles += [f"one was seen after {longest:.1f} s"] * (longest > SECONDS_TO_SEE)
    return row


def ask_on(live: LiveSession, row: Row, goes_on: Callable[[], bool]) -> None:
    """Ask again and again; each quote must be what the generation that answered holds."""
    while goes_on():
        session = live.current()
        answer = session.ask(QUESTION)
        spans = [(one.citation, one.text) for one in answer.citations]
        whole = all(session.document(at.document_id).text[at.start : at.end] == text for at, text in spans)
        row.count("new" if spans and whole else f"mixed: {answer.text}")
        time.sleep(PAUSE)


def server_stopped(folder: Path) -> Row:
    """Stop the server with SIGTERM in the middle of 20 slow answers: each is given, or refused with an error.

    "New" is an answer, "told" an error's status.
    """
    row = Row("server stopped amid 20 answers", "SIGTERM")
    shutil.copytree(ROOT / "corpus" / "ha-noi-long-bien", folder / "corpus")
    port = free_port()
    command = [sys.executable, "-m", "testing.fake_server", str(folder / "corpus"), str(folder / "index"), str(port)]
    own = {"QA_FEEDBACK": str(folder / "feedback.sqlite"), "QA_CORPUS": str(folder / "corpus")}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=quiet, stderr=quiet)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    wait_until_up(address, lambda: server.poll() is None)
    with ThreadPoolExecutor(ASKED_AT_ONCE) as visitors:
        waiting = [visitors.submit(outcome_of, address) for _ in range(ASKED_AT_ONCE)]
        time.sleep(1)
        server.send_signal(signal.SIGTERM)
        for visitor in waiting:
            outcome = visitor.result()
            row.told += outcome == "old"
            row.count(outcome)
    server.wait(20)
    return row


def outcome_of(address: str) -> str:
    """Ask a slow question: "new" for its answer, "old" for an error that says there is none, else what happened."""
    try:
        answer = ask(address, f"{QUESTION} Xin trả lời thật chậm.")
    except AskError as error:
        return "old" if "HTTP Error 50" in str(error) else f"cut off: {error}"
    return "new" if "406" in answer["text"] else answer["text"]
