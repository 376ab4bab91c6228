"""What the faults are done to: a small library, children that are killed or refused, and the check after each."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.encoder import Encoder
from qa.errors import QAError
from qa.feedback import Feedback, FeedbackStore
from qa.index import BuildReport, verify_live
from qa.session import build_index, open_session
from testing.fake_reader import OverlapReader

ARTICLES = 40
QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "sqlite3.connect"}
"""What Python reports before it is done (PEP 578), besides files opened for writing."""

Tell = Callable[[str], None]
Work = Callable[[Tell], None]


@dataclass
class Row:
    """What came of one fault, done ``times`` times."""

    fault: str
    how: str
    times: int = 0
    old: int = 0
    new: int = 0
    told: int = 0
    troubles: list[str] = field(default_factory=list)

    def count(self, state: str) -> None:
        """Count which of the two states a fault left; a third one is trouble."""
        self.times += 1
        self.old += state == "old"
        self.new += state == "new"
        if state not in ("old", "new"):
            self.troubles.append(f"answers {state!r}")

    def cells(self) -> tuple[object, ...]:
        """Return the row of the table."""
        kept = "; ".join(self.troubles[:3]).replace("|", "/") if self.troubles else "none"
        return self.fault, self.how, self.times, self.old, self.new, self.told, kept

    def expect(self, told: Sequence[str], cure: str) -> bool:
        """Count an error that names the cure, and tell whether it succeeded; any other end is trouble."""
        last = told[-1] if told else "ended without a word"
        succeeded = last.startswith("done ")
        if last.startswith("error ") and cure in last:
            self.told += 1
        elif not succeeded:
            self.troubles.append(last)
        return succeeded


class Library:
    """A corpus, its index and its feedback in one folder; each version of the corpus answers another number."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.feedback = FeedbackStore(folder / "feedback" / "feedback.sqlite3")
        self.encoder = encoder
        self.version = 400
        self.live = 0

    def write(self) -> None:
        """Write the next version of the corpus."""
        self.version += 1
        self.corpus.mkdir(parents=True, exist_ok=True)
        for number in range(ARTICLES):
            text = f"Xã số {number} có {number + 3} thôn và một bộ phận một cửa. Bản này là bản {self.version}."
            self.put(f"xa-{number}", f"Xã số {number}", text)
        reduced = f"Sau sắp xếp, quận Long Biên giảm {self.version} người hoạt động không chuyên trách."
        self.put("long-bien", "Quận Long Biên tinh gọn bộ máy", reduced)

    def put(self, name: str, title: str, text: str) -> None:
        front = f"---\ntitle: {title}\nsource: Báo Thử nghiệm\n---\n"
        (self.corpus / f"{name}.md").write_text(f"{front}{text}\n", encoding="utf-8")

    def build(self, *, full: bool = False) -> BuildReport:
        """Bring the index up to date."""
        return build_index(self.corpus, self.index, self.encoder, full=full)

    def answers(self) -> str:
        """Return the number that the live index answers; QAError where it cannot."""
        return open_session(self.index, self.encoder, reader=OverlapReader()).ask(QUESTION).text

    def begin(self) -> None:
        """Write a first version and build it, then write the next one."""
        self.write()
        self.build()
        self.live = self.version
        self.write()

    def state(self) -> str:
        """Check that the live generation is whole, and tell which version answers: "old", "new" or what it says."""
        verify_live(self.index)
        said = self.answers()
        return "old" if str(self.live) in said else "new" if str(self.version) in said else said

    def renew(self, row: Row) -> None:
        """Count which version answers now, hold it for the old one, and write the next."""
        state = self.state()
        row.count(state)
        if state == "new":
            self.live = self.version
        self.write()

    def judge(self, number: int) -> None:
        """Save a feedback of that number."""
        self.feedback.save(Feedback(f"Câu {number}?", "Hai cấp.", ("long-bien",), "g000001", helpful=True))


class Child:
    """A forked process at work; what it told is read when it has ended."""

    def __init__(self, work: Work, kill_at_step: int | None = None) -> None:
        self.pipe, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.pipe)
            run_and_exit(work, told, kill_at_step)
        os.close(told)

    def kill(self) -> None:
        """Kill -9."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> list[str]:
        """Wait for its end and return what it told."""
        with os.fdopen(self.pipe, encoding="utf-8", errors="replace") as told:
            lines = told.read().splitlines()
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return lines if status == 0 else [*lines, f"died of {status}"]  # a signal's number, negative


def run_and_exit(work: Work, told: int, kill_at_step: int | None) -> None:
    """Do the work in this process and end it, whatever happens; an error of ours is told with its message."""

    def tell(word: str) -> None:
        os.write(told, (" ".join(word.split()) + "\n").encode())

    try:
        steps = watch_steps(kill_at_step)
        try:
            work(tell)
            tell(f"done {steps[0]}")
        except QAError as error:
            tell(f"error {error}")
        except MemoryError:
            tell("error there is not enough memory")  # as qa.cli says
    finally:
        try:
            if sys.exc_info()[0]:
                traceback.print_exc()
        finally:
            os._exit(0)


def watch_steps(kill_at: int | None) -> list[int]:
    """Count the changes that this process makes to the disk, and kill it -9 before the one of that number."""
    steps = [0]

    def step(event: str, arguments: tuple) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in CHANGES:
            steps[0] += 1
            if steps[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    return steps


def killings(work: Work, prepare: Callable[[], None], times: int, moments: random.Random) -> Iterator[list[str]]:
    """Kill the work at random: every other time after a while, every other before a change to the disk.

    ``prepare`` comes before each. Yields what each child told.
    """
    prepare()
    began = time.perf_counter()
    (*_, last) = Child(work).end()
    whole = time.perf_counter() - began
    steps = int(last.removeprefix("done "))
    for number in range(times):
        prepare()
        if number % 2:
            yield Child(work, kill_at_step=moments.randint(1, steps)).end()
            continue
        child = Child(work)
        time.sleep(moments.uniform(0, whole))
        child.kill()
        yield child.end()


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of that size; PermissionError where this user may not."""
    folder.mkdir(parents=True, exist_ok=True)
    if not mounted("-t", "tmpfs", "-o", f"size={kilobytes}k,mode=755", "tmpfs", str(folder)):
        raise PermissionError(f"{folder} cannot be mounted; run as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def mounted(*options: str) -> bool:
    try:
        return subprocess.run(["mount", *options], capture_output=True).returncode == 0  # noqa: S603, S607
    except FileNotFoundError:
        return False


def may_mount(folder: Path) -> bool:
    """Tell whether this user may mount a disk."""
    try:
        with small_disk(folder, 64):
            return True
    except PermissionError:
        return False
