"""Time a build of a corpus from nothing, and how true the time left is that it shows.

The time left at a moment is what the progress bar says: the time gone, by the share that is done of what the build
reports. It is compared with how long the build then really went on. ``QA_INDEX`` is left alone; vectors that come with
the corpus are not used.

    python -m benchmarks.builds --corpus FOLDER [--write docs/performance.md]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pages import machine, table, write_part
from qa.corpus.articles import load_corpus
from qa.index import BuildOptions, build
from qa.session import load_encoder
from qa.settings import Settings

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
Moment = tuple[float, float]
"""Seconds since the start, and the share of the work that is done."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Settings().corpus, help="folder of the articles (as QA_CORPUS)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table there")
    options = parser.parse_args(arguments)
    documents = load_corpus(options.corpus)
    moments: list[Moment] = []
    began = time.monotonic()
    encoder = load_encoder(Settings())
    with tempfile.TemporaryDirectory(prefix="qa-build-") as folder:

        def note(done: int, total: int) -> None:
            moments.append((time.monotonic() - began, done / total))

        report = build(documents, Path(folder), encoder, BuildOptions(), note)
        seconds = time.monotonic() - began
    rows = [
        ("documents, passages", f"{report.documents:,}, {report.passages:,}"),
        ("texts embedded, each once", f"{report.embedded:,}"),
        ("seconds in all", f"{seconds:.0f}"),
        ("passages a second", f"{report.embedded / moments[-1][0]:.1f}"),
        *((f"time left at {share:.0%}, against what it took", told(moments, share)) for share in SHARES),
    ]
    text = f"`python -m benchmarks.builds` on {machine()}.\n\n{table(('what', 'figure'), rows)}"
    print(text)
    if options.write:
        write_part(options.write, "builds", text, title="Performance", section="Builds")


def told(moments: Sequence[Moment], share: float) -> str:
    """Return what was told when this share was done, what it took from there, and how far off that was."""
    seconds, done = next(moment for moment in moments if moment[1] >= share)
    estimate, taken = seconds * (1 - done) / done, moments[-1][0] - seconds
    return f"{estimate:.0f} s, {taken:.0f} s ({estimate / taken - 1:+.0%})"


if __name__ == "__main__":
    main()
