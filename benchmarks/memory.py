"""Measure what the serving process holds: after each step of its start, after questions, after swaps of the index.

    python -m benchmarks.memory --index index --write docs/performance.md

The steps are taken in one process, in the order of ``qa serve``; the rest is a ``qa serve`` of its own over copies of
the corpus and the index. RSS counts each mapped page, PSS a page shared with another process in part. Needs ``bench``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.asking import ask, questions
from benchmarks.pages import machine, table, write_part
from benchmarks.serving import Site, serving
from qa.settings import ROOT, Settings

PEOPLE = 4


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Settings().index, help="folder of the index (as QA_INDEX)")
    parser.add_argument("--questions", type=int, default=300, help="how many of the quality set are asked (300)")
    parser.add_argument("--swaps", type=int, default=10, help="how many times another generation takes over (10)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    parser.add_argument("--steps", action="store_true", help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args(arguments)
    if options.steps:
        print(json.dumps(steps(options.index)))
        return
    command = [sys.executable, "-m", "benchmarks.memory", "--steps", "--index", str(options.index)]
    taken = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)  # noqa: S603
    rows = [*taken, *served(options)]
    text = "\n\n".join(
        [
            f"`python -m benchmarks.memory` on {machine()}; MB.",
            table(("what", "RSS", "more", "PSS"), [(name, str(rss), more, str(pss)) for name, rss, more, pss in rows]),
        ]
    )
    print(text)
    if options.write:
        write_part(options.write, "memory", text, title="Performance", section="Memory")


def steps(index: Path) -> list[tuple[str, int, str, int]]:
    """Return what this process holds after each step of a start."""
    settings = Settings.read(index=index)
    rows: list[tuple[str, int, str, int]] = []

    def step(name: str, work: Callable[[], object]) -> object:
        result = work()
        rss, pss = held("self")
        rows.append((name, rss, f"+{rss - rows[-1][1]}" if rows else "", pss))
        return result

    step("`import qa`", lambda: importlib.import_module("qa"))
    step("`import gradio`", lambda: importlib.import_module("gradio"))
    step("`import qa.web`", lambda: importlib.import_module("qa.web"))
    session = importlib.import_module("qa.session")
    encoder = step("encoder", lambda: session.load_encoder(settings))
    live = step("index", lambda: session.Index.open(index, encoder))
    reader = step("reader", lambda: session.load_reader(encoder, settings))
    step("a question", lambda: session.Session(live, encoder, reader).ask(questions(1)[0]))
    return rows


def served(options: argparse.Namespace) -> list[tuple[str, int, str, int]]:
    """Return what a server holds when it is quiet, after questions, and after swaps."""
    with tempfile.TemporaryDirectory(prefix="qa-memory-") as name:
        folder = Path(name)
        shutil.copytree(Settings().corpus, folder / "corpus")
        shutil.copytree(options.index, folder / "index")
        with serving(folder, folder / "index", QA_CORPUS=str(folder / "corpus")) as site:
            process = str(site.process.pid)
            found = [("server, quiet", *held(process))]
            ask_all(site, options.questions)
            found.append((f"after {options.questions} questions", *held(process)))
            for first, last in ((0, 1), (1, options.swaps)):
                for number in range(first, last):
                    swap(folder, site, number)
                ask_all(site, options.questions)
                found.append((f"after swap {last} of the index and as many again", *held(process)))
    return [(what, rss, f"+{rss - found[0][1]}", pss) for what, rss, pss in found]


def ask_all(site: Site, count: int) -> None:
    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(lambda question: ask(site.address, question), questions(count)))


def swap(folder: Path, site: Site, number: int) -> None:
    """Take an article out of the corpus or put it back, build, and wait until the server answers from that."""
    article = next((Settings().corpus / "ha-noi-long-bien").glob("*.md")).relative_to(Settings().corpus)
    if number % 2:
        shutil.copy(Settings().corpus / article, folder / "corpus" / article)
    else:
        (folder / "corpus" / article).unlink()
    command = [sys.executable, "-m", "qa", "build", "--corpus", folder / "corpus", "--index", folder / "index"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603
    wanted = (folder / "index" / "CURRENT").read_text(encoding="utf-8").strip()
    while generation(site) != wanted:
        time.sleep(0.2)


def generation(site: Site) -> str:
    with urllib.request.urlopen(f"{site.address}/ready") as reply:  # noqa: S310
        return json.load(reply)["generation"]


def held(process: str) -> tuple[int, int]:
    """Return a process's RSS and PSS in MB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return round(kilobytes["Rss"] * 1024 / 1e6), round(kilobytes["Pss"] * 1024 / 1e6)


if __name__ == "__main__":
    main()
