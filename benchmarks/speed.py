"""Time the product beside the plain ``SentenceTransformer`` path, in one run.

Plain is the same product with questions and passages encoded by a float32 ``SentenceTransformer`` of the same weights
as the library runs it. Compare the columns: machines differ. A first chat is a clone of what is committed, installed
into a new environment, with empty caches but pip's. Many at once ask through the REST endpoint, each the next question
as soon as the last is answered, each spelled anew, so that no answer comes from memory. Needs the extras ``test`` and
``bench``.

    python -m benchmarks.speed [--index index] [--seconds 20] [--no-first-chat] [--write docs/performance.md README.md]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

import qa
from benchmarks.asking import ask, first_source, questions
from benchmarks.pages import machine, table, write_part
from benchmarks.serving import MEGABYTE, serving
from benchmarks.web import CROWDS, latest, percentile, run_crowd
from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut, searched_spans, searched_text
from qa.encoder import Encoder, SentenceEncoder
from qa.encoder.e5 import DEFAULT_NAME, DEFAULT_REVISION, model_folder
from qa.encoder.sentence_encoder import open_model
from qa.session import load_encoder
from qa.settings import ROOT, Settings
from testing.browsing import free_port, wait_until_up

QUESTION = "quan long bien giam bao nhieu nguoi khong chuyen trach"
PASSAGES, ASKED, COLD_STARTS = 128, 100, 5
Row = tuple[str, str, str]

ASK = """
import sys, time
from pathlib import Path
from qa.cli import main
code = main()
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(peak, time.process_time(), file=sys.stderr)
sys.exit(code)
"""
"""The command ``qa``, which then tells the most memory that it held, in kB, and its CPU seconds."""

PLAIN = """
import torch, qa.session
from qa.encoder import SentenceEncoder
from qa.encoder.e5 import DEFAULT_NAME, DEFAULT_REVISION, model_folder
from qa.encoder.sentence_encoder import open_model
def plain(settings):
    model = open_model(str(model_folder(settings.cache)), threads=settings.threads, precision=torch.float32)
    return SentenceEncoder(model, DEFAULT_NAME, DEFAULT_REVISION)
qa.session.load_encoder = plain
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Settings().index, help="folder of the index (as QA_INDEX)")
    parser.add_argument("--seconds", type=int, default=20, help="how long each crowd asks (20)")
    parser.add_argument("--no-first-chat", action="store_true", help="install nothing")
    parser.add_argument("--write", type=Path, nargs="+", default=(), metavar="PAGE", help="put the tables there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="qa-speed-") as folder:
        stages = [] if options.no_first_chat else first_chat(Path(folder))
        rows = [*cold_starts(options.index), *encoding(options.index)]
        memory, crowds = many_at_once(Path(folder), options.index, options.seconds)
    documents = len(load_corpus(Settings().corpus))
    told = f"`python -m benchmarks.speed` on {machine()}, torch {torch.__version__}, {documents} articles."
    parts = [told, table(("what", "plain", "ours"), [*rows, *memory])]
    if stages:
        parts.append(table(("a first `make chat`", "seconds"), stages))
    heads = ("at once", "answers", "a second", "p50 ms", "p95 ms", "errors", "mixed")
    text = "\n\n".join([*parts, table(heads, crowds)])
    print(text)
    for page in options.write:
        write_part(page, "speed", text, title="Performance", section="Speed")


def first_chat(folder: Path) -> list[tuple[str, ...]]:
    """Return the seconds of each stage from a fresh clone to the first answer."""
    clone = folder / "clone"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "PYTHON", "VIRTUAL_ENV"))}
    own |= {"QA_CACHE": str(folder / "cache"), "MAKEFLAGS": ""}

    def run(*command: str) -> Callable[[], object]:
        return lambda: subprocess.run(command, cwd=clone, env=own, check=True, capture_output=True)  # noqa: S603

    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607
    stages = [
        ("install", seconds(run("make", ".venv/.installed"))),
        ("`qa build`", seconds(run(".venv/bin/qa", "build"))),
    ]
    address = f"http://127.0.0.1:{(port := free_port())}"
    with subprocess.Popen([".venv/bin/qa", "serve", "--port", str(port)], cwd=clone, env=own) as server:  # noqa: S603
        stages.append(
            ("`qa serve` until the page", seconds(lambda: wait_until_up(address, lambda: server.poll() is None)))
        )
        stages.append(("first answer", seconds(lambda: ask(address, QUESTION))))
        server.terminate()
    return [(name, f"{took:.1f}") for name, took in stages]


def cold_starts(index: Path) -> list[Row]:
    """Return the medians of cold runs of ``qa ask``; the child tells its own peak (``VmHWM``) and CPU time."""
    plain, ours = (cold_start(index, script) for script in (PLAIN + ASK, ASK))
    names = ("cold `qa ask`, wall, median of 5", "cold `qa ask`, CPU", "cold `qa ask`, most memory")
    units = ("{:.1f} s", "{:.1f} s", "{:.0f} MB")
    return [
        (name, unit.format(one), unit.format(other))
        for name, unit, one, other in zip(names, units, plain, ours, strict=True)
    ]


def cold_start(index: Path, script: str) -> tuple[float, float, float]:
    wall, cpu, peaks = [], [], []
    for _ in range(COLD_STARTS):
        began = time.perf_counter()
        command = [sys.executable, "-c", script, "ask", QUESTION, "--index", str(index)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
        wall.append(time.perf_counter() - began)
        peak, spent = ran.stderr.split()[-2:]
        peaks.append(int(peak) / 1000)
        cpu.append(float(spent))
    return statistics.median(wall), statistics.median(cpu), max(peaks)


def encoding(index: Path) -> list[Row]:
    """Return the times of questions, whole and encoded alone, and passages a second, all in this process."""
    cache, threads = Settings().cache, Settings().threads
    model = open_model(str(model_folder(cache)), threads=threads, precision=torch.float32)
    plain, ours = SentenceEncoder(model, DEFAULT_NAME, DEFAULT_REVISION), load_encoder()
    asked = questions(ASKED)
    whole = [question_times(qa.open_session(index, encoder).ask, asked) for encoder in (plain, ours)]
    alone = [question_times(encode_one(encoder), asked) for encoder in (plain, ours)]
    passages = [passage for document in load_corpus(Settings().corpus) for passage in cut(document)]
    passages = passages[:: max(1, len(passages) // PASSAGES)][:PASSAGES]
    texts, spans = [searched_text(one) for one in passages], [searched_spans(one) for one in passages]
    ours.encode_passages(texts[:1], spans[:1])  # loads what encodes passages
    plain_rate = len(texts) / seconds(lambda: model.encode_document(texts))
    our_rate = len(texts) / seconds(lambda: ours.encode_passages(texts, spans))
    return [
        (f"a question, median and p95 of {len(asked)}", *map(median_and_p95, whole)),
        ("its encoding alone", *map(median_and_p95, alone)),
        ("passages a second", f"{plain_rate:.1f}", f"{our_rate:.1f}"),
    ]


def encode_one(encoder: Encoder) -> Callable[[str], object]:
    return lambda question: encoder.encode_queries([question])


def question_times(answer: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Return the milliseconds of each question."""
    answer(QUESTION)
    return [1000 * seconds(lambda: answer(question)) for question in asked]  # noqa: B023


def median_and_p95(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.0f} ms, {percentile(times, 0.95):.0f} ms"


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def many_at_once(folder: Path, index: Path, length: int) -> tuple[list[Row], list[tuple[str, ...]]]:
    """Return the memory of the server, quiet and at most, and what so many people at once got."""
    asked = questions(ASKED)
    with serving(folder, index) as site:
        quiet = latest(site.watch)
        reference = {question: first_source(ask(site.address, question)) for question in asked}
        (folder / "reference.json").write_text(json.dumps(reference), encoding="utf-8")
        crowds = [run_crowd(people, site, folder, length) for people in CROWDS]
        most = max(sample.resident for sample in site.watch.samples)
    memory = ("memory of the server, quiet and most", "", f"{quiet / MEGABYTE:.0f}, {most / MEGABYTE:.0f} MB")
    return [memory], [
        (
            str(one.people),
            str(one.asked),
            f"{one.per_second:.1f}",
            f"{one.p50:.0f}",
            f"{one.p95:.0f}",
            str(one.errors),
            str(one.mixed),
        )
        for one in crowds
    ]


if __name__ == "__main__":
    main()
