"""Twenty people ask for half an hour while articles come in and the index is rebuilt every minute.

    python -m benchmarks.endurance --write docs/reliability.md [--minutes 30] [--people 20]

Works on copies of the corpus and the index, and starts ``qa serve`` and ``qa build`` itself. Counts errors; answers
whose citations fit no single generation (mixed) or one that was out of date for more than 2 s (late); memory and open
files after the warm-up, the first sixth of the time. Ends with 1 where any of these fails. Needs the extras ``test``
and ``bench``. ``--fake CORPUS`` uses that corpus and the tests' encoder, for trying the script itself.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.asking import AskError, ask, questions, search
from benchmarks.pages import machine, table, write_part
from benchmarks.rounds import QUESTIONS, Rounds
from benchmarks.serving import MEGABYTE, Sample, Site, serving
from benchmarks.web import percentile
from qa.index import read_current
from qa.session import build_index
from qa.settings import ROOT, Settings

SECONDS_BETWEEN_BUILDS = 60.0
FLAT = 0.05
MORE_FILES = 5
"""Open files more than after the warm-up that still count as flat: a connection more, not a leak."""


@dataclass(slots=True)
class Outcome:
    """What the people got, counted by all of them together; ``changing``: answers that fit one round alone."""

    counts: Counter = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changing: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, seconds: float, said: str = "") -> None:
        """Count one answer."""
        with self.lock:
            self.counts[what] += 1
            self.seconds.append(seconds)
            if said and len(self.said) < 20:
                self.said.append(f"{what}: {said}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the run works: its own corpus and index, and the stand-in for the encoder if any."""

    folder: Path
    fake: Path | None

    @property
    def corpus(self) -> Path:
        """The copy of the corpus."""
        return self.folder / "corpus"

    @property
    def index(self) -> Path:
        """The copy of the index."""
        return self.folder / "index"

    def copy(self, corpus: Path, index: Path) -> None:
        """Copy the corpus, and the live generation where the real encoder's vectors are worth keeping."""
        shutil.copytree(self.fake or corpus, self.corpus)
        if not self.fake:
            live = read_current(index)
            shutil.copytree(index / live, self.index / live)
            shutil.copy(index / "CURRENT", self.index / "CURRENT")

    def build(self) -> None:
        """Bring the index up to date, as another process does."""
        if self.fake:
            from testing.fake_encoder import WordHashEncoder

            build_index(self.corpus, self.index, WordHashEncoder())
            return
        command = [sys.executable, "-m", "qa", "build", "--corpus", str(self.corpus), "--index", str(self.index)]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="qa-endurance-") as name:
        place = Place(Path(name), options.fake)
        place.copy(Settings().corpus, options.index)
        rounds = Rounds(place.corpus, Path(name) / "inbox")
        first = rounds.prepare()
        place.build()
        rounds.built(first)
        served = place.corpus if options.fake else None
        with serving(Path(name), place.index, served, QA_CORPUS=str(place.corpus)) as site:
            outcome, samples = run(site, place, rounds, options)
        log = (Path(name) / "server.log").read_text(encoding="utf-8", errors="replace")
    text, holds = report(outcome, samples, rounds, options)
    print(text, *outcome.said, sep="\n")
    if not holds:
        print(*[line for line in log.splitlines() if '"level": "error"' in line][:20], sep="\n", file=sys.stderr)
    if options.write:
        write_part(options.write, "endurance", text, title="Reliability", section="Endurance")
    return 0 if holds else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30, help="how long (30)")
    parser.add_argument("--people", type=int, default=20, help="how many ask at once (20)")
    parser.add_argument("--index", type=Path, default=Settings().index, help="index to begin with (as QA_INDEX)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    parser.add_argument("--fake", type=Path, metavar="CORPUS", help="this corpus and the tests' encoder instead")
    return parser.parse_args(arguments)


def run(site: Site, place: Place, rounds: Rounds, options: argparse.Namespace) -> tuple[Outcome, list[Sample]]:
    """Let the people ask and the builder build until the time is over."""
    outcome, over = Outcome(), threading.Event()
    asked = [*QUESTIONS * 4, *questions(60)]
    people = [
        threading.Thread(target=visit, args=(site.address, asked[number:] + asked[:number], rounds, outcome, over))
        for number in range(options.people)
    ]
    for one in people:
        one.start()
    end = time.monotonic() + options.minutes * 60
    try:
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SECONDS_BETWEEN_BUILDS))
            if end - time.monotonic() > SECONDS_BETWEEN_BUILDS / 2:
                made = rounds.prepare()
                place.build()
                rounds.built(made)
    finally:
        over.set()
        for one in people:
            one.join()
    return outcome, list(site.watch.samples)


def visit(address: str, asked: Sequence[str], rounds: Rounds, outcome: Outcome, over: threading.Event) -> None:
    """Ask one question after another, every third time for passages, until the time is over."""
    for turn, question in enumerate(itertools.cycle(asked)):
        if over.is_set():
            return
        began = time.monotonic()
        try:
            if turn % 3 == 2:
                answer = search(address, question)
                citations, text = answer["hits"], "text"
            else:
                answer = ask(address, question)
                citations, text = answer["citations"], "quote"
        except AskError as error:
            outcome.add("errors", time.monotonic() - began, str(error))
            continue
        ended = time.monotonic()
        fitting = rounds.fitting(citations, text)
        outcome.add(verdict(answer, question, fitting, rounds, (began, ended)), ended - began)
        outcome.changing += len(fitting) == 1


def verdict(answer: dict, question: str, fitting: list, rounds: Rounds, span: tuple[float, float]) -> str:
    """Return what an answer is: whole, of another's question, of two generations, or of one that was out of date."""
    if answer["question"] != question:
        return "of another"
    if not fitting:
        return "mixed"
    return "whole" if any(rounds.could_answer(one, *span) for one in fitting) else "late"


def report(
    outcome: Outcome, samples: Sequence[Sample], rounds: Rounds, options: argparse.Namespace
) -> tuple[str, bool]:
    """Return the table as Markdown, and whether every goal holds."""
    warm = samples[-1].at / 6
    early = [one for one in samples if warm <= one.at < 2 * warm]
    late = [one for one in samples if one.at >= samples[-1].at - warm]
    resident = [statistics.median(one.resident for one in some) for some in (early, late)]
    files = [statistics.median(one.files for one in some) for some in (early, late)]
    growth = resident[1] / resident[0] - 1
    wrong = {name: outcome.counts[name] for name in ("errors", "of another", "mixed", "late")}
    goals = [not any(wrong.values()), abs(growth) <= FLAT, files[1] - files[0] <= MORE_FILES]
    rows = [
        ("people, minutes, generations", f"{options.people}, {options.minutes:g}, {len(rounds.live)}", ""),
        ("answers", f"{sum(outcome.counts.values())}", ""),
        ("of them quoting what changes with each generation", f"{outcome.changing}", ""),
        ("median, p95, p99", times(outcome.seconds), ""),
        *((name, str(count), "0") for name, count in named(wrong)),
        ("memory, second sixth of the time", f"{resident[0] / MEGABYTE:.0f} MB", ""),
        ("memory, last sixth", f"{resident[1] / MEGABYTE:.0f} MB ({growth:+.1%})", f"within {FLAT:.0%}"),
        ("most memory", f"{max(one.resident for one in samples) / MEGABYTE:.0f} MB", ""),
        ("open files, second sixth, last sixth", f"{files[0]:.0f}, {files[1]:.0f}", "flat"),
    ]
    how = "the tests' stand-in encoder" if options.fake else "the real encoder"
    text = (
        f"`python -m benchmarks.endurance` with {how} on {machine()}: people ask and search while four articles are "
        f"rewritten and one is added each minute, and the index is rebuilt.\n\n"
        + table(("what", "figure", "goal"), rows)
    )
    return text, all(goals)


def named(wrong: dict[str, int]) -> list[tuple[str, int]]:
    names = {
        "errors": "errors",
        "of another": "answers to another's question",
        "mixed": "answers whose citations fit no single generation",
        "late": "answers of a generation out of date for over 2 s",
    }
    return [(names[what], count) for what, count in wrong.items()]


def times(seconds: Sequence[float]) -> str:
    parts = (statistics.median(seconds), percentile(seconds, 0.95), percentile(seconds, 0.99))
    return ", ".join(f"{1000 * part:.0f} ms" for part in parts)


if __name__ == "__main__":
    sys.exit(main())
