"""Disks that are full, read-only or damaged."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.fault_kills import SOURCES, write_sources
from benchmarks.fault_tools import Child, Library, Row, Tell, Work, may_mount, mounted, small_disk
from qa.corpus.articles import load_corpus
from qa.encoder import Encoder
from qa.errors import IndexStoreError, IngestError, QAError, Refusal
from qa.index import generations, list_generations, read_current
from qa.index.generations import LOCK, remove_unread
from qa.ingest import take_in

DISK = 65_536
"""Kilobytes of the small disk."""

NOBODY = 65_534


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[bool]:
    """Use a small disk of its own where this user may mount one; tell whether."""
    if may_mount(folder):
        with small_disk(folder, DISK):
            yield True
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield False


@contextlib.contextmanager
def full(folder: Path, kilobytes: int, *, own_disk: bool) -> Iterator[Callable[[Work], Work]]:
    """Leave so much of the disk, or where it is not ours let a child write no larger file; wraps the child's work."""
    if not own_disk:
        yield lambda work: limited(work, resource.RLIMIT_FSIZE, kilobytes * 128)
        return
    filler = folder / "filler"
    free = os.statvfs(folder)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - kilobytes * 1024))
    try:
        yield lambda work: work
    finally:
        filler.unlink()


def limited(work: Work, what: int, most: int) -> Work:
    """Return the work under a limit of the system."""

    def within(tell: Tell) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
        work(tell)

    return within


def full_build(folder: Path, encoder: Encoder, times: int) -> Row:
    """Build on a disk that is full after more and more; with space again the same build completes."""
    with disk(folder / "disk") as own_disk:
        row = Row("disk full while building", "tmpfs filled up" if own_disk else "RLIMIT_FSIZE")
        library = Library(folder / "disk", encoder)
        library.begin()
        generation = library.index / read_current(library.index)
        need = sum(path.stat().st_size for path in generation.rglob("*") if path.is_file()) // 1024
        for number in range(times):
            with full(folder / "disk", 2 * need * number // times, own_disk=own_disk) as within:
                row.expect(Child(within(lambda _tell: library.build(full=True))).end(), "free space")
            row.count(library.state())
            Child(lambda _tell: library.build()).end()
            row.troubles += ["the next build is not live"] * (str(library.version) not in library.answers())
            library.live = library.version
            library.write()
    return row


def full_add(folder: Path, encoder: Encoder, times: int) -> Row:
    """Take documents in on a full disk; with space again all are taken."""

    def work(_tell: Tell) -> None:
        report = take_in(sources, library.corpus)
        if report.refused:
            raise IngestError(Refusal.UNWRITABLE, report.refused[0].reason)

    with disk(folder / "disk") as own_disk:
        row = Row("disk full while adding", "tmpfs filled up" if own_disk else "RLIMIT_FSIZE")
        library = Library(folder / "disk", encoder)
        library.write()
        before = len(load_corpus(library.corpus))
        sources = write_sources(folder / "sources")
        for number in range(times):
            with full(folder / "disk", 4 * number, own_disk=own_disk) as within:
                row.expect(Child(within(work)).end(), "free space")
            taken = len(load_corpus(library.corpus)) - before
            row.count("new" if taken == SOURCES else "old")
            take_in(sources, library.corpus)
            after = len(load_corpus(library.corpus)) - before
            row.troubles += [f"{after} of {SOURCES} with space again"] * (after != SOURCES)
            for path in (library.corpus / "them-vao").glob("*.md"):
                path.unlink()
    return row


def full_feedback(folder: Path, encoder: Encoder, times: int) -> Row:
    """Save feedback on a full disk: what was saved stays, and saving goes on with space again."""

    def work(tell: Tell) -> None:
        for number in range(100, 130):
            library.judge(number)
            tell(f"saved {number}")

    with disk(folder / "disk") as own_disk:
        row = Row("disk full while saving feedback", "tmpfs filled up" if own_disk else "RLIMIT_FSIZE")
        library = Library(folder / "disk", encoder)
        library.judge(1)
        for number in range(times):
            before = library.feedback.count()[0]
            with full(folder / "disk", 4 * number, own_disk=own_disk) as within:
                told = Child(within(work)).end()
                row.expect(told, "free space")
            saved = sum(word.startswith("saved") for word in told)
            kept = library.feedback.count()[0] - before
            row.count("new" if kept == saved else f"{kept} for {saved}")
            library.judge(2)
    return row


@contextlib.contextmanager
def read_only(folder: Path, *, own_disk: bool) -> Iterator[Callable[[Work], Work]]:
    """Let nothing be written in a folder: by the disk where it is ours, else by permissions and for nobody."""
    if own_disk:
        if not mounted("-o", "remount,ro", str(folder)):
            raise PermissionError(f"{folder} cannot be made read-only")
        yield lambda work: work
        mounted("-o", "remount,rw", str(folder))
        return
    folder.parent.chmod(0o755)
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(folder)], check=True)  # noqa: S603, S607
    yield as_nobody
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)  # noqa: S603, S607


def as_nobody(work: Work) -> Work:
    def within(tell: Tell) -> None:
        if os.geteuid() == 0:
            os.setuid(NOBODY)
        work(tell)

    return within


def refused_where_read_only(folder: Path, encoder: Encoder) -> Row:
    """Write where nothing can be written: each is refused with its cure, and the index goes on answering."""
    with disk(folder / "disk") as own_disk:
        row = Row("read-only folder", "mounted read-only" if own_disk else "permissions")
        library = Library(folder / "disk", encoder)
        library.begin()
        library.build()
        library.live = library.version
        library.write()
        library.judge(1)
        sources = write_sources(folder / "sources")
        works: tuple[Work, ...] = (
            lambda _tell: library.build(),
            lambda _tell: library.build(full=True),
            lambda _tell: generations.rollback(library.index),
            lambda _tell: library.judge(2),
            lambda _tell: take_in(sources, library.corpus),
        )
        with read_only(folder / "disk", own_disk=own_disk) as within:
            for work in works:
                if row.expect(Child(within(work)).end(), "make it and its folder writable"):
                    row.troubles.append("was not refused")
                row.count(library.state())
    return row


def damaged_files(folder: Path, encoder: Encoder, flips: int, moments: random.Random) -> Row:
    """Flip a bit and cut short, in each file of the live generation and in CURRENT.

    Opening must name the file, or a whole generation must answer; rollback and build each mend it.
    """
    row = Row("byte flipped, file cut", "in each file and CURRENT")
    library = Library(folder, encoder)
    library.begin()
    library.build()
    library.live = library.version - 1
    live = library.index / "g000002"
    files = sorted(path for path in live.rglob("*") if path.is_file() and path.name != LOCK)
    for path in [*files, library.index / generations.CURRENT]:
        whole = path.read_bytes()
        for broken in damages(whole, flips, moments):
            path.write_bytes(broken)
            row.count(noticed(library, path, row))
        store_back(library, path, whole, row)
    return row


def damages(whole: bytes, flips: int, moments: random.Random) -> Iterator[bytes]:
    for _ in range(flips):
        place = moments.randrange(len(whole))
        yield whole[:place] + bytes([whole[place] ^ 1 << moments.randrange(8)]) + whole[place + 1 :]
    yield whole[: len(whole) // 2]
    yield whole[:-1]
    yield b""


def noticed(library: Library, path: Path, row: Row) -> str:
    """Return "old" where the damage is told by the file's name and rollback or build would answer."""
    try:
        return library.state()
    except IndexStoreError as error:
        names_it = path.name in str(error) and "run: qa build" in str(error)
        row.told += names_it
        return "old" if names_it else str(error)


def store_back(library: Library, path: Path, whole: bytes, row: Row) -> None:
    """Mend the damage by rollback, then by a build, and put the file back as it was."""
    path.write_bytes(whole[: len(whole) // 2])
    for mend in (lambda: generations.rollback(library.index), lambda: library.build().generation):
        try:
            mend()
            library.state()
        except QAError as error:
            row.troubles.append(f"{path.name} not mended: {error}")
    for name in list_generations(library.index):
        if name > "g000002":
            remove_unread(library.index / name)
    path.write_bytes(whole)
    generations.set_current(library.index, "g000002")
