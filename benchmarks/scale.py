"""Build, open, ask and extend indexes of 10 thousand, 100 thousand and 1 million passages.

    python -m benchmarks.scale --size 10000 [--size 100000 …] [--folder DIR] [--engine qdrant] [--write PAGE]

The documents are those of the corpus, again and again, one word in ten exchanged in each copy; their vectors lie around
those of the built index (random ones without one). Questions are those of the question set, with the vectors that
`benchmarks.retrieval` left in the cache folder, else vectors around those of sentences. No encoder runs: its time is
apart. ``--engine qdrant``: vectors and term weights lie in Qdrant's own shard (qdrant-edge-py) in this process, in
half precision, searched by graph; recall is against its exact search. Finished sizes are kept in ``scale.json`` of the
cache folder; each step is a process of its own, so that memory and start-up are those of one that does nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.pages import write_part
from benchmarks.questions import QUESTIONS
from benchmarks.vectors import key, read_vectors
from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut
from qa.encoder import Encoded, Spans
from qa.errors import IndexStoreError
from qa.index import BuildOptions, Filters, Index, QdrantIndex, build, read_current, read_manifest, vector_index
from qa.retrieval import Retriever
from qa.session import Session, open_session
from qa.settings import Settings
from qa.values import Document
from testing.edge_engine import EdgeEngine
from testing.fake_reader import OverlapReader

DIMENSION = 384
EXCHANGED = 0.1
ADDED = 100
TIMED, COMPARED = 300, 50
WORD = re.compile(r"[^\W\d_]+")
DIGITS = re.compile(r"\d+")


class Around:
    """An Encoder whose vectors lie around given ones (float32, length 1): one, moved towards the difference of two."""

    name, revision, dimension = "around", "1", DIMENSION

    def __init__(self, real: np.ndarray, questions: dict[str, np.ndarray]) -> None:
        self.real, self.questions = real, questions

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        rng = np.random.default_rng(seed(passages[0]))
        vectors = self.draw(rng, rng.integers(len(self.real), size=len(passages)), 0.3)
        sizes = [len(some) for some in spans]
        sentences = self.draw(rng, rng.integers(len(self.real), size=sum(sizes)), 0.3)
        if progress:
            progress(len(passages))
        return Encoded(vectors, np.split(sentences, np.cumsum(sizes)[:-1]))

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        return np.stack([self.query(query) for query in queries])

    def query(self, query: str) -> np.ndarray:
        known = self.questions.get(key(query))
        if known is None:
            rng = np.random.default_rng(seed(query))
            known = self.draw(rng, rng.integers(len(self.real), size=1), 0.6)[0]
        return known

    def draw(self, rng: np.random.Generator, rows: np.ndarray, step: float) -> np.ndarray:
        left, right = rng.integers(len(self.real), size=(2, len(rows)))
        vectors = self.real[rows] + step * (self.real[left] - self.real[right])
        vectors += rng.standard_normal(vectors.shape, np.float32) * 0.01
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def encoder() -> Around:
    kept = (Settings().cache / "evaluate" / "vectors").glob("*.npz")
    questions = {name: vector for path in kept for name, vector in read_vectors(path).items()}
    questions = {name: vector for name, vector in questions.items() if len(vector) == DIMENSION}
    try:
        generation = Settings().index / read_current(Settings().index)
        dense = vector_index.open_vector_index(generation)
        return Around(dense.reconstruct_n(0, dense.ntotal), questions)
    except IndexStoreError:
        centres = np.random.default_rng(0).standard_normal((4000, DIMENSION)).astype(np.float32)
        return Around(centres / np.linalg.norm(centres, axis=1, keepdims=True), questions)


def copies(first: int = 0) -> Iterator[Document]:
    """Yield the corpus's documents as they are, then copies of them without end, each with other words exchanged."""
    originals = load_corpus(Settings().corpus)
    words = [word for document in originals for word in WORD.findall(document.text) if word.islower()]
    number = first
    while True:
        rng = np.random.default_rng(number)
        for document in originals:
            yield changed(document, number, words, rng) if number else document
        number += 1


def changed(document: Document, copy: int, words: Sequence[str], rng: np.random.Generator) -> Document:
    found = list(WORD.finditer(document.text))
    other = iter(rng.integers(len(words), size=len(found)).tolist())
    exchanged = iter((rng.random(len(found)) < EXCHANGED).tolist())
    text = WORD.sub(
        lambda word: words[next(other)] if next(exchanged) and word[0].islower() else word[0], document.text
    )
    number = document.number and DIGITS.sub(lambda digits: str(int(digits[0]) + copy), document.number, count=1)
    title = f"{document.title} (bản {copy})"
    return replace(document, id=f"{document.id}-{copy}", title=title, text=text, number=number, duplicate_of=None)


def corpus_of(size: int) -> list[Document]:
    """Return documents of about ``size`` passages: a copy has as many as its original."""
    passages = [len(cut(document)) for document in load_corpus(Settings().corpus)]
    due = np.cumsum(np.tile(passages, size // sum(passages) + 1))
    return list(islice(copies(), int(np.searchsorted(due, size)) + 1))


def measure_build(folder: Path, size: int) -> dict[str, object]:
    began = time.perf_counter()
    documents = corpus_of(size)
    print(f"{len(documents)} documents after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    with timed() as whole:
        report = build(documents, folder, encoder())
    generation = folder / report.generation
    manifest = read_manifest(generation)
    return {
        "documents": report.documents,
        "passages": report.passages,
        "build": whole,
        "build_memory": peak(),
        "disk": disk_of(generation),
        "search": manifest.search,
        "recall_at_build": manifest.recall,
    }


def disk_of(folder: Path) -> int:
    """Return the bytes that the files below a folder take on the disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def measure_adding(folder: Path, _: int) -> dict[str, object]:
    """Add documents to a built index; the corpus before it is read from the index itself."""
    documents = list(Index.open(folder).documents.values())
    more = islice(copies(1_000_000 + len(documents)), ADDED)
    with timed() as adding:
        report = build([*documents, *more], folder, encoder())
    return {"adding": adding, "added_passages": report.embedded}


def measure_search(folder: Path, _: int) -> dict[str, object]:
    around = encoder()
    with timed() as opening:
        session = open_session(folder, around, reader=OverlapReader())
    opened = resident()
    index, retriever = session.index, session.retriever
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for question in questions[::-1][:20]:
        retriever.find(question, 10)
    wall, own = [], []
    for question in questions[:: max(1, len(questions) // TIMED)]:
        with timed() as once:
            retriever.find(question, 10)
        wall.append(once["wall"] * 1000)
        own.append(once["own"] * 1000)
    found = resident()
    return {
        "opening": opening,
        "memory_opened": opened,
        "memory": found,
        "p50": statistics.median(wall),
        "p99": float(np.percentile(wall, 99)),
        "p50_own": statistics.median(own),
        "p99_own": float(np.percentile(own, 99)),
        **recalls(index, retriever, questions[3 :: len(questions) // COMPARED]),
    }


def recalls(index: Index, retriever: Retriever, questions: Sequence[str]) -> dict[str, float]:
    """Return the share of the exact ten best that is found, by the vectors alone and by the whole retrieval."""
    vectors = retriever.encoder.encode_queries([retriever.understand(question) for question in questions])
    chosen = [index.dense_search(vector[None], 10) for vector in vectors]
    hits = [passages_of(retriever, question) for question in questions]
    for segment in index.segments:
        if hasattr(segment.dense, "nprobe"):
            segment.dense.nprobe = segment.dense.nlist
    index.lexical.best = lambda query, k, allowed: nearest_by_words(index, query, k, allowed)
    exact = [index.dense_search(vector[None], 10) for vector in vectors]
    exact_hits = [passages_of(retriever, question) for question in questions]
    return {"recall_vectors": overlap(chosen, exact), "recall_whole": overlap(hits, exact_hits)}


def measure_qdrant_build(folder: Path, size: int) -> dict[str, object]:
    documents = corpus_of(size)
    engine = EdgeEngine(folder / "engine", half=True, graph=True)
    with timed() as whole:
        report = build(documents, folder, encoder(), BuildOptions(engine=engine))
    engine.close()
    parts = {"disk": folder / "engine", "disk_folder": folder / report.generation}
    sizes = {
        name: sum(path.stat().st_size for path in part.rglob("*") if path.is_file()) for name, part in parts.items()
    }
    counts = {"documents": report.documents, "passages": report.passages}
    return {**counts, "build": whole, "build_memory": peak(), "indexing": engine.finished, **sizes}


def measure_qdrant_search(folder: Path, _: int) -> dict[str, object]:
    around, engine = encoder(), EdgeEngine(folder / "engine", graph=True)
    with timed() as opening:
        index = QdrantIndex.open(folder, engine, around)
    opened, retriever = resident(), Session(index, around, OverlapReader()).retriever
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for question in questions[::-1][:20]:
        retriever.find(question, 10)
    chosen = questions[:: max(1, len(questions) // TIMED)]
    days = sorted(document.published for document in index.records if document.published)
    few = Filters(since=days[-max(1, len(days) // 200)])
    figures: dict[str, object] = {"opening": opening, "memory_opened": opened, "few": int(index.allowed(few).sum())}
    found, exact, filtered = {}, [], []
    for beam in (400, 800, 1600, 3200, 0):
        index.beam, wall, own = beam, [], []
        hits = []
        for question in chosen:
            with timed() as once:
                hits.append([hit.passage.id for hit in retriever.find(question, 10).hits])
            wall.append(once["wall"] * 1000)
            own.append(once["own"] * 1000)
        found[beam] = hits
        figures[f"p50_{beam}"], figures[f"p99_{beam}"] = statistics.median(wall), float(np.percentile(wall, 99))
        figures[f"p50_own_{beam}"], figures[f"p99_own_{beam}"] = statistics.median(own), float(np.percentile(own, 99))
        if beam in (1600, 0):
            some = [[hit.passage.id for hit in retriever.find(question, 10, few).hits] for question in chosen[::4]]
            (filtered if beam else exact).extend(some)
    for beam in (400, 800, 1600, 3200):
        figures[f"recall_{beam}"] = overlap(found[beam], found[0])
        figures[f"first_{beam}"] = statistics.mean(a[:1] == b[:1] for a, b in zip(found[beam], found[0], strict=True))
    return {**figures, "recall_few": overlap(filtered, exact), "memory": resident()}


def qdrant_table(results: dict[str, dict]) -> str:
    sizes = [results[size] for size in sorted(results, key=int)]
    lines = {
        "passages (documents)": lambda one: f"{one['passages']:,} ({one['documents']:,})",
        "build without the encoder": lambda one: f"{one['build']['wall']:.0f} s ({one['build']['own']:.0f} s)",
        "of it, indexing in the engine": lambda one: f"{one['indexing']['seconds']:.0f} s",
        "memory of build, data and engine in one process, most; without what is mapped of files": lambda one: (
            f"{one['build_memory'] / 1e9:.2f}; {one['own_build-qdrant'] / 1e9:.2f} GB"
        ),
        "disk of the collection": lambda one: f"{one['disk'] / 1e9:.2f} GB",
        "disk of the generation's folder": lambda one: f"{one['disk_folder'] / 1e9:.2f} GB",
        "opening, every hash checked": lambda one: f"{one['opening']['wall']:.1f} s",
        "resident after it, engine included": lambda one: f"{one['memory_opened'] / 1e9:.2f} GB",
        "resident after the questions, engine included; without what is mapped of files, most": lambda one: (
            f"{one['memory'] / 1e9:.2f}; {one['own_search-qdrant'] / 1e9:.2f} GB"
        ),
    }
    for beam in (400, 800, 1600, 3200):
        lines[f"beam {beam}: ten in common with exact; same first; p50, p99"] = lambda one, beam=beam: (
            f"{one[f'recall_{beam}']:.4f}; {one[f'first_{beam}']:.4f}; {times(one, beam)}"
        )
    lines["exact: p50, p99"] = lambda one: times(one, 0)
    lines["a filter that few pass: passages; ten in common"] = lambda one: f"{one['few']:,}; {one['recall_few']:.4f}"
    rows = [f"| {name} | {' | '.join(show(one) for one in sizes)} |" for name, show in lines.items()]
    return "\n".join([rows[0], "|---" * (len(sizes) + 1) + "|", *rows[1:]])


def times(one: dict[str, float], beam: int) -> str:
    wall, own = ([one[f"{name}{beam}"] for name in names] for names in (("p50_", "p99_"), ("p50_own_", "p99_own_")))
    return f"{wall[0]:.0f}, {wall[1]:.0f} ms ({own[0]:.0f}, {own[1]:.0f} ms)"


def nearest_by_words(index: Index, query: str, k: int, allowed: np.ndarray | None) -> np.ndarray:
    from qa.index.bm25 import best_rows

    return best_rows(index.lexical.scores(query), k, allowed)


def passages_of(retriever: Retriever, question: str) -> list[str]:
    return [hit.passage.id for hit in retriever.find(question, 10).hits]


def overlap(found: Sequence[Sequence[object]], exact: Sequence[Sequence[object]]) -> float:
    return statistics.mean(
        len(set(left) & set(right)) / max(1, len(right)) for left, right in zip(found, exact, strict=True)
    )


@contextlib.contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Measure seconds, and those the process itself computed: on a busy machine the difference is waiting."""
    spent: dict[str, float] = {}
    wall, own = time.perf_counter(), time.process_time()
    yield spent
    spent |= {"wall": time.perf_counter() - wall, "own": time.process_time() - own}


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def anonymous(process: int) -> int:
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def table(results: dict[str, dict]) -> str:
    sizes = [results[size] for size in sorted(results, key=int)]
    gigabytes, seconds = (
        (lambda value: f"{value / 1e9:.2f} GB"),
        (lambda one: f"{one['wall']:.1f} s ({one['own']:.1f} s)"),
    )
    lines = {
        "passages (documents)": lambda one: f"{one['passages']:,} ({one['documents']:,})",
        "index of vectors": lambda one: one["search"],
        "its recall@10, measured at the build": lambda one: f"{one['recall_at_build']:.3f}",
        "recall@10 of the vectors, questions": lambda one: f"{one['recall_vectors']:.3f}",
        "recall@10 of the whole retrieval": lambda one: f"{one['recall_whole']:.3f}",
        "build without the encoder": lambda one: seconds(one["build"]),
        "memory of the build, most": lambda one: gigabytes(one["build_memory"]),
        "disk, one generation": lambda one: gigabytes(one["disk"]),
        f"adding {ADDED} documents without the encoder": lambda one: seconds(one["adding"]),
        "opening a session, every hash checked": lambda one: seconds(one["opening"]),
        "resident after it": lambda one: gigabytes(one["memory_opened"]),
        "resident after the questions": lambda one: gigabytes(one["memory"]),
        "retrieval, p50": lambda one: f"{one['p50']:.0f} ms ({one['p50_own']:.0f} ms)",
        "retrieval, p99": lambda one: f"{one['p99']:.0f} ms ({one['p99_own']:.0f} ms)",
    }
    rows = [f"| {name} | {' | '.join(show(one) for one in sizes)} |" for name, show in lines.items()]
    return "\n".join([rows[0], "|---" * (len(sizes) + 1) + "|", *rows[1:]])


def in_its_own_process(step: str, folder: Path, size: int) -> dict[str, object]:
    """Return what a step measured, and the most memory that it held beside what it mapped of files."""
    command = [sys.executable, "-m", "benchmarks.scale", "--step", step, "--folder", str(folder), "--size", str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        most = 0
        while process.poll() is None:
            most = max(most, anonymous(process.pid))
            time.sleep(0.1)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        return {**json.loads(process.stdout.read()), f"own_{step}": most}


STEPS = {
    "build": measure_build,
    "search": measure_search,
    "add": measure_adding,
    "build-qdrant": measure_qdrant_build,
    "search-qdrant": measure_qdrant_search,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append", required=True)
    parser.add_argument("--folder", type=Path, help="where the indexes are made, and left; else a temporary folder")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the page whose table is replaced")
    parser.add_argument("--engine", choices=("embedded", "qdrant"), default="embedded")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.folder, options.size[0])))
        return
    is_embedded = options.engine == "embedded"
    named = ("build", "search", "add") if is_embedded else ("build-qdrant", "search-qdrant")
    kept = Settings().cache / ("scale.json" if is_embedded else "scale-qdrant.json")
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for size in options.size:
        place = (options.folder or Path(tempfile.mkdtemp())) / str(size)
        steps = [in_its_own_process(step, place, size) for step in named]
        results[str(size)] = {name: value for step in steps for name, value in step.items()}
        kept.write_text(json.dumps(results, indent=1), encoding="utf-8")
        if not options.folder:
            shutil.rmtree(place.parent)
    shown = table(results) if is_embedded else qdrant_table(results)
    print(shown)
    if options.write and is_embedded:
        write_part(options.write, "scale", shown, title="Performance", section="Size")
    elif options.write:
        write_part(options.write, "scale-qdrant", shown, title="Scale", section="Measured")


if __name__ == "__main__":
    main()
