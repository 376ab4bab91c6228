"""Measure the site as people meet it: the first load, the time to an answer in a real browser, and many at once.

    python -m benchmarks.web --index index --write docs/performance.md [--seconds 60]

Starts ``qa serve`` itself. Needs the extras ``test`` and ``bench``, and Chromium. Many at once ask through the
REST endpoint, each the next question as soon as the last is answered, driven by locust; every answer is compared
with the one that a quiet run gave: its own question and the same first citation. Ends with 1 where any call failed,
any answer was another's, or a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking import ask, first_source, questions
from benchmarks.browser import FirstLoad, Shown, chromium, first_load, times_shown
from benchmarks.pages import machine, table, write_part
from benchmarks.serving import MEGABYTE, Site, Watch, serving
from qa.settings import ROOT, Settings

CROWDS = (1, 10, 20, 50)
GOAL_ALONE, GOAL_CROWD, CROWD_OF_GOAL = 500.0, 2000.0, 20
"""Milliseconds: a full answer alone, and the 95th percentile with so many at once."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What so many people asking at once got: how many answers, failures and answers of others; milliseconds."""

    people: int
    asked: int
    errors: int
    mixed: int
    p50: float
    p95: float
    p99: float
    per_second: float
    resident: int


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one run measured."""

    documents: int
    passages: int
    load: FirstLoad
    shown: Sequence[Shown]
    crowds: Sequence[Crowd]
    resident: Sequence[int]

    @property
    def alone(self) -> float:
        """The 95th percentile of the full answer alone, in milliseconds."""
        return percentile([one.full for one in self.shown], 0.95)

    @property
    def crowd_of_goal(self) -> float:
        """The 95th percentile of the crowd that the goal names, in milliseconds."""
        return next(crowd.p95 for crowd in self.crowds if crowd.people == CROWD_OF_GOAL)

    @property
    def holds(self) -> bool:
        """Whether every goal was reached."""
        clean = not any(crowd.errors or crowd.mixed for crowd in self.crowds)
        return clean and self.alone <= GOAL_ALONE and self.crowd_of_goal <= GOAL_CROWD


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="qa-web-") as name,
        serving(Path(name), options.index if not options.fake else Path(name) / "index", options.fake) as site,
    ):
        measured = measure(site, Path(name), options)
    text = report(measured, options.seconds)
    print(text)
    if options.write:
        write_part(options.write, "web", text, title="Performance", section="Web")
    return 0 if measured.holds else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Settings().index, help="folder of the index (as QA_INDEX)")
    parser.add_argument("--seconds", type=int, default=60, help="how long each crowd asks (60)")
    parser.add_argument("--questions", type=int, default=100, help="how many of the quality set are asked (100)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into this page")
    parser.add_argument("--fake", type=Path, metavar="CORPUS", help="serve this corpus with the tests' encoder instead")
    return parser.parse_args(arguments)


def measure(site: Site, folder: Path, options: argparse.Namespace) -> Measured:
    asked = questions(options.questions)
    reference = {question: first_source(ask(site.address, question)) for question in asked}
    (folder / "reference.json").write_text(json.dumps(reference), encoding="utf-8")
    quiet = latest(site.watch)
    with chromium() as browser:
        load = first_load(browser, site.address)
        shown = times_shown(browser, site.address, asked[:30])
    crowds = [run_crowd(people, site, folder, options.seconds) for people in CROWDS]
    whole = [quiet, latest(site.watch), max(sample.resident for sample in site.watch.samples)]
    documents, passages = size(site)
    return Measured(documents, passages, load, shown, crowds, whole)


def size(site: Site) -> tuple[int, int]:
    with urllib.request.urlopen(f"{site.address}/api/status") as reply:  # noqa: S310
        status = json.load(reply)
    return status["documents"], status["passages"]


def latest(watch: Watch) -> int:
    """Return the resident bytes of the last sample, once there is one."""
    while not watch.samples:
        time.sleep(0.2)
    return watch.samples[-1].resident


def run_crowd(people: int, site: Site, folder: Path, seconds: int) -> Crowd:
    """Let locust ask for so many people at once."""
    outcome = folder / f"outcome-{people}.json"
    command = [
        *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("load.py")), "--headless"),
        *("-u", str(people), "-r", str(people), "-t", f"{seconds}s", "--stop-timeout", "60", "--host", site.address),
        *("--reference", str(folder / "reference.json"), "--outcome", str(outcome), "--loglevel", "WARNING"),
        *("--only-summary", "--exit-code-on-error", "0"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
    if done.returncode or not outcome.exists():
        raise RuntimeError(f"locust failed: {done.stderr[-2000:]}")
    said = json.loads(outcome.read_text(encoding="utf-8"))
    for line in said["said"]:
        print(f"{people} at once: {line}", file=sys.stderr)
    return Crowd(
        people,
        said["asked"],
        said["errors"],
        said["mixed"],
        *(said["percentiles"][part] for part in ("0.5", "0.95", "0.99")),
        said["per_second"],
        latest(site.watch),
    )


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that so great a part of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]


def report(measured: Measured, seconds: int) -> str:
    """Return the section as Markdown."""
    crowds = [
        (
            str(one.people),
            str(one.asked),
            f"{one.per_second:.1f}",
            f"{one.p50:.0f}",
            f"{one.p95:.0f}",
            f"{one.p99:.0f}",
            str(one.errors),
            str(one.mixed),
            f"{one.resident / MEGABYTE:.0f}",
        )
        for one in measured.crowds
    ]
    heads = ("at once", "answers", "a second", "p50 ms", "p95 ms", "p99 ms", "errors", "mixed", "memory after, MB")
    return "\n\n".join(
        [
            f"`python -m benchmarks.web` on {machine()}; {measured.documents} articles, {measured.passages} passages.",
            table(("what", "figure", "goal"), facts(measured)),
            f"Through the REST endpoint, {seconds} s each, every person asking the next question as soon as the last "
            "is answered. An answer is mixed when it is not to its own question or does not begin with the citation of "
            "a quiet run.",
            table(heads, crowds),
        ]
    )


def facts(measured: Measured) -> list[tuple[str, str, str]]:
    first, full = ([getattr(one, name) for one in measured.shown] for name in ("first", "full"))
    quiet, after, most = (f"{resident / MEGABYTE:.0f}" for resident in measured.resident)
    mixed = sum(crowd.mixed for crowd in measured.crowds)
    errors = sum(crowd.errors for crowd in measured.crowds)
    return [
        (
            "first load, nothing cached",
            f"{measured.load.received / MEGABYTE:.2f} MB, {measured.load.requests} requests",
            "",
        ),
        ("first load until the greeting", f"{measured.load.milliseconds:.0f} ms", ""),
        (f"Enter to first text, median and p95 of {len(first)}", spread(first), ""),
        (f"Enter to the whole answer, median and p95 of {len(full)}", spread(full), f"≤ {GOAL_ALONE:.0f} ms"),
        (f"p95 with {CROWD_OF_GOAL} at once", f"{measured.crowd_of_goal:.0f} ms", f"≤ {GOAL_CROWD:.0f} ms"),
        ("errors, mixed answers", f"{errors}, {mixed}", "0, 0"),
        ("memory of the server: quiet, after, most", f"{quiet}, {after}, {most} MB", ""),
    ]


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ms, {percentile(values, 0.95):.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
