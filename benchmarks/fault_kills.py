"""Kill -9 at random moments of everything that writes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from benchmarks.fault_tools import Library, Row, Tell, killings
from qa.corpus.articles import load_corpus
from qa.encoder import Encoder
from qa.errors import QAError
from qa.index import generations
from qa.ingest import take_in

SOURCES = 5
SAVES = 30
SWAPS = 20


def killed_build(folder: Path, encoder: Encoder, times: int, moments: random.Random) -> Row:
    """Kill a builder: the live generation is the one before or the new one, and the next build completes."""
    row = Row("builder killed", "kill -9")
    library = Library(folder, encoder)
    library.begin()

    def work(_tell: Tell) -> None:
        library.build(full=bool(moments.getrandbits(1)))

    def prepare() -> None:
        state = library.state()
        library.live = library.version if state == "new" else library.live
        library.write()

    for _ in killings(work, prepare, times, moments):
        row.count(library.state())
    library.build()
    left = [path.name for path in library.index.glob(".*") if path.name != generations.LOCK]
    row.troubles += [f"left behind: {left}"] * bool(left)
    return row


def killed_swap(folder: Path, encoder: Encoder, times: int, moments: random.Random) -> Row:
    """Kill a process that replaces CURRENT again and again."""
    row = Row("CURRENT replaced, killed", "kill -9")
    library = Library(folder, encoder)
    library.begin()
    library.build()

    def work(_tell: Tell) -> None:
        with generations.writing(library.index):
            for _ in range(SWAPS):
                generations.set_current(library.index, "g000001")
                generations.set_current(library.index, "g000002")

    for _ in killings(work, lambda: None, times, moments):
        row.count(library.state())
    return row


def killed_rollback(folder: Path, encoder: Encoder, times: int, moments: random.Random) -> Row:
    """Kill ``qa rollback``: one of the two generations answers. "Old" is the one it goes back to."""
    row = Row("rollback killed", "kill -9")
    library = Library(folder, encoder)
    library.begin()
    library.build()

    def forward() -> None:
        with generations.writing(library.index):
            generations.set_current(library.index, "g000002")

    def work(_tell: Tell) -> None:
        generations.rollback(library.index)

    for _ in killings(work, forward, times, moments):
        row.count(library.state())
    return row


def killed_add(folder: Path, encoder: Encoder, times: int, moments: random.Random) -> Row:
    """Kill ``qa add``: what it said it took is there, each article is whole, and a second run takes the rest.

    "New" is when every source was taken before the kill.
    """
    row = Row("qa add killed", "kill -9")
    library = Library(folder, encoder)
    library.write()
    before = len(load_corpus(library.corpus))
    sources = write_sources(folder / "sources")

    def work(tell: Tell) -> None:
        take_in(sources, library.corpus, progress=lambda done, _total, _source: tell(f"taken {done}"))

    def prepare() -> None:
        shutil.rmtree(library.corpus / "them-vao", ignore_errors=True)

    for told in killings(work, prepare, times, moments):
        taken = len(load_corpus(library.corpus)) - before
        said = max((int(word.split()[1]) for word in told if word.startswith("taken")), default=0)
        if not said <= taken <= SOURCES:
            row.troubles.append(f"said it took {said}, the corpus has {taken}")
        row.count("new" if taken == SOURCES else "old")
        take_in(sources, library.corpus)
        after = len(load_corpus(library.corpus)) - before
        row.troubles += [f"{after} of {SOURCES} after a second run"] * (after != SOURCES)
    return row


def write_sources(folder: Path) -> list[str]:
    """Write texts to take in, none like another."""
    folder.mkdir(parents=True, exist_ok=True)
    words = random.Random(5)  # noqa: S311 - words, not secrets
    paths = [folder / f"van-ban-{number}.txt" for number in range(SOURCES)]
    for number, path in enumerate(paths):
        drawn = " ".join(f"từ{words.randrange(10_000)}" for _ in range(120))
        path.write_text(f"Văn bản số {number} về bộ máy\n\nNội dung của văn bản: {drawn}.\n", encoding="utf-8")
    return [str(path) for path in paths]


def killed_feedback(folder: Path, encoder: Encoder, times: int, moments: random.Random) -> Row:
    """Kill who saves feedback: all that was saved is there. "New" is when the row under way is there too."""
    row = Row("feedback killed", "kill -9")
    library = Library(folder, encoder)
    begun = 0

    def work(tell: Tell) -> None:
        for number in range(begun, begun + SAVES):
            library.judge(number)
            tell(f"saved {number}")

    def prepare() -> None:
        nonlocal begun
        begun += SAVES

    for told in killings(work, prepare, times, moments):
        saved = {int(word.split()[1]) for word in told if word.startswith("saved")}
        try:
            kept = {int(one.question[4:-1]) for one in library.feedback.read(SAVES)}
        except QAError as error:
            row.troubles.append(str(error))
            continue
        kept = {number for number in kept if number >= begun}
        row.troubles += [f"saved but lost: {sorted(saved - kept)}"] * bool(saved - kept)
        row.count("new" if len(kept) == len(saved) + 1 else "old" if kept == saved else f"{kept} for {saved}")
    return row
