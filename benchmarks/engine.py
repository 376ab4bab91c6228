"""Compare the index in Qdrant with the embedded one, and kill its builder again and again.

    python -m benchmarks.engine [--kills 100] [--write docs/scale.md]

The shipped articles lie in both forms, with their own vectors; every question file of ``eval_data`` is asked of both,
some under filters. The engine is Qdrant's own shard (qdrant-edge-py) in this process. A builder that writes small
generations without end is killed (SIGKILL) at random moments: every generation that it said was live must be there,
each point of the live one as written.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pages import machine, table, write_part
from benchmarks.questions import QUESTIONS
from benchmarks.vectors import RememberingEncoder
from qa.corpus import load_corpus
from qa.index import BuildOptions, Filters, Index, QdrantIndex, SearchIndex, build, verify_points
from qa.retrieval import LONGEST_QUESTION, Retriever
from qa.session import SHIPPED_VECTORS, load_encoder
from qa.settings import Settings
from testing.edge_engine import EdgeEngine

FILTERS = (
    *[Filters()] * 6,
    Filters(kind="law"),
    Filters(since=datetime.date(2025, 1, 1)),
    Filters(as_of=datetime.date(2025, 3, 1)),
)
BUILDER = """
import itertools, os, signal, sys, threading
from pathlib import Path
from qa.index import BuildOptions, build
from qa.values import Document
from testing.edge_engine import EdgeEngine
from testing.fake_encoder import WordHashEncoder

folder, delay, first = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
engine = EdgeEngine(folder / "engine")
for number in itertools.count(first):
    documents = [Document(f"d{one}", f"Bài {one}", f"Xã số {one} sáp nhập. Lần {number}.", "Báo", "", None, "news")
                 for one in range(number % 7, number % 7 + 40)]
    print(build(documents, folder / "index", WordHashEncoder(), BuildOptions(engine=engine)).generation, flush=True)
"""
Ranked = list[tuple[str, float]]


def read_questions() -> list[str]:
    found = []
    for path in sorted(QUESTIONS.parent.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            found += [record[name] for name in ("question", "text", "message") if isinstance(record.get(name), str)]
    return [one for one in dict.fromkeys(found) if one.strip() and len(one) <= LONGEST_QUESTION]


def ask(index: SearchIndex, encoder: RememberingEncoder, questions: Sequence[str]) -> tuple[list[Ranked], list[float]]:
    """Return the ten passages of each question with their scores, and its milliseconds, the vector known already."""
    retriever = Retriever(index, encoder)
    ranked, spent = [], []
    for question, filters in zip(questions, itertools.cycle(FILTERS)):
        began = time.perf_counter()
        hits = retriever.find(question, 10, filters).hits
        spent.append((time.perf_counter() - began) * 1000)
        ranked.append([(hit.passage.id, hit.score + hit.named) for hit in hits])
    return ranked, spent


def compare(name: str, ours: list[Ranked], theirs: list[Ranked], spent: Sequence[float]) -> tuple[str, ...]:
    ids = [([one for one, _ in left], [one for one, _ in right]) for left, right in zip(ours, theirs, strict=True)]
    shared = [len(set(left) & set(right)) / max(1, len(left)) if left or right else 1.0 for left, right in ids]
    moved = [
        abs(scores[one] - scores[other])
        for left, (names, others) in zip(ours, ids, strict=True)
        for scores in [dict(left)]
        for one, other in itertools.combinations([name for name in names if name in others], 2)
        if others.index(one) > others.index(other)
    ]
    quantiles = statistics.quantiles(spent, n=20)
    return (
        name,
        f"{sum(left == right for left, right in ids)} of {len(ids)}",
        f"{sum(left[:1] == right[:1] for left, right in ids)}",
        f"{statistics.mean(shared):.5f}",
        f"{max(moved, default=0.0):.1e}",
        f"{statistics.median(spent):.1f}, {quantiles[-1]:.1f} ms",
    )


def compared(folder: Path) -> str:
    corpus = Settings().corpus
    documents, shipped = load_corpus(corpus), corpus / SHIPPED_VECTORS
    encoder = RememberingEncoder(load_encoder(), Settings().cache / "evaluate" / "vectors")
    questions = read_questions()
    build(documents, folder / "embedded", encoder, BuildOptions(shipped=shipped))
    embedded = Index.open(folder / "embedded", encoder)
    ask(embedded, encoder, questions)  # makes the vectors known, and the files warm
    encoder.save()
    expected, spent = ask(embedded, encoder, questions)
    rows = [compare("embedded", expected, expected, spent)]
    for name, half, rounds in (
        ("Qdrant", False, [documents]),
        ("Qdrant, half precision", True, [documents]),
        ("Qdrant, two collections", False, [documents[:-9], documents]),
    ):
        place = folder / name.replace(" ", "-")
        engine = EdgeEngine(place / "engine", half=half)
        for some in rounds:
            build(some, place / "index", encoder, BuildOptions(shipped=shipped, engine=engine, large=1000))
        found, spent = ask(QdrantIndex.open(place / "index", engine, encoder, beam=0), encoder, questions)
        rows.append(compare(name, expected, found, spent))
        engine.close()
    heads = (
        "exact search",
        "same ten, same order",
        "same first",
        "of the ten in common",
        "most apart that swap",
        "p50, p95",
    )
    return f"{table(heads, rows)}\n\n{len(questions)} questions, one in three under a filter; {machine()}."


def killed(folder: Path, times: int) -> str:
    moments, lost, live, seen = random.Random(0), 0, 0, 0  # noqa: S311 - no secret
    for number in range(times):
        command = [sys.executable, "-c", BUILDER, str(folder), f"{moments.uniform(0.05, 1.5):.3f}", str(number * 3)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603
        engine = EdgeEngine(folder / "engine")
        seen += len(said)
        live = max([live, *(int(name[1:]) for name in said)])
        if live:
            index = QdrantIndex.open(folder / "index", engine)
            whole = verify_points(folder / "index" / index.manifest.generation, index.manifest, engine)
            lost += int(index.manifest.generation[1:]) < live or whole != index.manifest.passages
        engine.close()
    return (
        f"{times} builders killed, {seen} generations said to be live before, {lost} times one was lost or not whole."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table between its marks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        content = compared(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        content += f"\n\n{killed(Path(folder), options.kills)}"
    print(content)
    if options.write:
        write_part(options.write, "engine", content, title="Scale", section="Measured")


if __name__ == "__main__":
    main()
