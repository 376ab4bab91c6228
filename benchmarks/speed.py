"""Time the product: cold start, warm question, build, and passages per second against a plain loop.

The plain loop is a float32 ``SentenceTransformer`` of the same weights, one passage at a time in corpus
order, in the same run; compare the ratio, since machines differ.

    python -m benchmarks.speed
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

import qa
from benchmarks.questions import QUESTIONS
from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut, searched_text
from qa.encoder import SentenceEncoder
from qa.encoder.e5 import model_folder
from qa.encoder.sentence_encoder import open_model
from qa.session import load_encoder
from qa.settings import Settings

QUESTION = "quan long bien giam bao nhieu nguoi khong chuyen trach"
PASSAGES = 96

ASK = """
import sys
from pathlib import Path
from qa.cli import main
code = main()
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0], file=sys.stderr)
sys.exit(code)
"""
"""The command ``qa``, which then tells the most memory that it held, in kB."""


def main() -> None:
    print(f"{machine()}\n\n| what | figure |\n|---|---|")
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        report = qa.build_index(index=folder, encoder=encoder)
        seconds = time.perf_counter() - began
        row(
            "build of the shipped corpus",
            f"{seconds:.1f} s for {report.documents} articles, {report.passages} passages",
        )
        cold, memory = cold_start(folder)
        row("cold start of `qa ask`, median of 5", f"{cold:.1f} s")
        row("its resident memory, most of 5", f"{memory:.0f} MB")
        row("warm question, median over the question set", f"{warm_question(qa.open_session(folder, encoder)):.0f} ms")
    plain, ours = passages_per_second(encoder)
    row("plain float32 loop", f"{plain:.1f} passages/s")
    row("ours", f"{ours:.1f} passages/s, {ours / plain:.2f} times the plain loop")


def row(what: str, figure: str) -> None:
    print(f"| {what} | {figure} |", flush=True)


def machine() -> str:
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return f"{len(names)} × {names[0]}, Python {platform.python_version()}, torch {torch.__version__}"


def cold_start(index: str) -> tuple[float, float]:
    """Return the median seconds of five runs, and the most memory of any in MB.

    The child tells its own peak (``VmHWM``): ``ru_maxrss`` would count this process, which it is forked from.
    """
    seconds, peaks = [], []
    for _ in range(5):
        began = time.perf_counter()
        command = [sys.executable, "-c", ASK, "ask", QUESTION, "--index", index]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        seconds.append(time.perf_counter() - began)
        peaks.append(int(ran.stderr.split()[-1]) / 1000)
    return statistics.median(seconds), max(peaks)


def warm_question(session: qa.Session) -> float:
    import json

    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][:200]
    milliseconds = []
    for question in questions:
        began = time.perf_counter()
        session.ask(question)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return statistics.median(milliseconds)


def passages_per_second(encoder: SentenceEncoder) -> tuple[float, float]:
    texts = [searched_text(passage) for document in load_corpus(Settings().corpus) for passage in cut(document)]
    texts = texts[:: max(1, len(texts) // PASSAGES)][:PASSAGES]
    plain = open_model(str(model_folder(Settings().cache)), threads=Settings().threads, precision=torch.float32)
    began = time.perf_counter()
    for text in texts:
        plain.encode_document(text)
    middle = time.perf_counter()
    encoder.encode_passages(texts, [()] * len(texts))
    return len(texts) / (middle - began), len(texts) / (time.perf_counter() - middle)


if __name__ == "__main__":
    main()
