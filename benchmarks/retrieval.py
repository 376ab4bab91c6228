"""Compare the product's search with baselines over the same passages, typed well and typed in a hurry.

    python -m benchmarks.retrieval [FOLDER ...] [--write docs/retrieval.md] [--ablate]

Each FOLDER is a data set in BEIR layout; the shipped question file over the shipped corpus comes last.
Every system sees a passage's title, section and text, and a document is as good as its best passage.
Under each set, the best baseline's nDCG@10 is taken from ours; the interval is a paired bootstrap over
the queries (percentile, 2,000 resamples, fixed seed). Vectors are kept in the cache folder, so that a
second run is quick; milliseconds are measured without them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.ablation import Part, ablated, parts, ranker
from benchmarks.baselines import baselines
from benchmarks.questions import QUESTIONS
from benchmarks.vectors import RememberingEncoder
from qa.corpus.articles import load_corpus
from qa.encoder import Encoder
from qa.evaluate.dataset import TWINS, Dataset, Query, read_dataset
from qa.evaluate.run import index_dataset, retrieval_scores
from qa.retrieval import Retriever
from qa.session import load_encoder
from qa.settings import Settings

OURS = "ours"
AS_WRITTEN = "as written"
KINDS = (AS_WRITTEN, *TWINS)
RESAMPLES = 2000
SEED = 20251122
TIMED = 200
COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#cc79a7", "#e69f00", "#999999")
OUR_COLOUR = "#d55e00"
"""Okabe and Ito's palette, which colour-blind readers can tell apart."""

BEGIN, END = "<!-- retrieval:begin -->", "<!-- retrieval:end -->"


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured on one data set; ``ndcg`` holds a value a query by (system, kind)."""

    name: str
    queries: int
    documents: int
    passages: int
    scores: Mapping[tuple[str, str], Mapping[str, float]]
    ndcg: Mapping[tuple[str, str], np.ndarray]
    systems: Sequence[str]
    baselines: Sequence[str]
    milliseconds: float
    parts: Sequence[Part]


def shipped_questions() -> Dataset:
    """Return the shipped corpus with the answerable questions that stand alone; relevant is what they name."""
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    kept = [record for record in records if record["answerable"] and record["type"] != "follow_up"]
    return Dataset(
        name="shipped questions",
        place=Settings().corpus.resolve(),
        documents=tuple(load_corpus(Settings().corpus)),
        queries=tuple(Query(record["id"], record["question"]) for record in kept),
        qrels={record["id"]: dict.fromkeys(record["documents"], 1) for record in kept},
    )


def measure(dataset: Dataset, encoder: Encoder, cache: Path, *, ablate: bool) -> Result:
    """Rank every query of every kind with every system."""
    remembering = RememberingEncoder(encoder, cache / "evaluate" / "vectors")
    typed = {kind: {query.id: as_typed(query, kind) for query in dataset.judged} for kind in KINDS}
    with bar(f"{dataset.name}: embedding") as show, index_dataset(dataset, remembering, cache, show) as index:
        texts = [text for by_query in typed.values() for text in by_query.values()]
        understand = Retriever(index, remembering).understand
        remembering.encode_queries(texts + [understand(text) for text in texts])  # at once: in batches, then saved
        remembering.save()
        plain = baselines(index, remembering)
        rankers = plain | {OURS: ranker(Retriever(index, remembering))}
        if ablate:
            rankers |= ablated(index, remembering)
        scores, ndcg = {}, {}
        asked = [(system, kind) for system in rankers for kind in KINDS]
        for system, kind in tqdm(asked, dataset.name, leave=False, disable=None):
            rankings = {query: rankers[system](text) for query, text in typed[kind].items()}
            scores[system, kind] = retrieval_scores(rankings, dataset.qrels)
            alone = (retrieval_scores({query: ranked}, dataset.qrels) for query, ranked in rankings.items())
            ndcg[system, kind] = np.array([measures["ndcg@10"] for measures in alone])
        remembering.save()
        apart = parts(dataset, index, remembering) if ablate else []
        remembering.save()
        speed = median_milliseconds(Retriever(index, encoder), list(typed[AS_WRITTEN].values()))
        sizes = len(dataset.judged), len(dataset.documents), len(index.passages)
    return Result(dataset.name, *sizes, scores, ndcg, list(rankers), list(plain), speed, apart)


def as_typed(query: Query, kind: str) -> str:
    return query.text if kind == AS_WRITTEN else TWINS[kind](query.text, query.id)


@contextlib.contextmanager
def bar(text: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on standard error; yield what moves it."""
    with tqdm(desc=text, unit="passage", file=sys.stderr, disable=None, leave=False) as shown:

        def show(_stage: str, done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield show


def median_milliseconds(retriever: Retriever, texts: Sequence[str]) -> float:
    """Return the median time of a search for five passages, nothing remembered."""
    retriever.search(texts[0])
    milliseconds = []
    for text in texts[:TIMED]:
        began = time.perf_counter()
        retriever.search(text)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return statistics.median(milliseconds)


def table(results: Sequence[Result]) -> str:
    """Return the Markdown table: a block a data set, one row a system, then ours less the best baseline."""
    head = ["set", "system", *(f"nDCG@10, {kind.replace('_', ' ')}" for kind in KINDS), "MRR@10", "hit@1", "recall@10"]
    lines = [row(head), row(["---"] * 2 + ["--:"] * (len(head) - 2))]
    for result in results:
        for place, system in enumerate(result.systems):
            values = [result.scores[system, kind]["ndcg@10"] for kind in KINDS]
            values += [result.scores[system, AS_WRITTEN][name] for name in ("mrr@10", "hit@1", "recall@10")]
            lines.append(row([title(result) if place == 0 else "", system, *(f"{value:.3f}" for value in values)]))
        gains = [gain(result, kind) for kind in KINDS]
        lines.append(row(["", f"{OURS} − best baseline [95 %]", *gains, "", "", ""]))
    return "\n".join(lines)


def table_of_parts(results: Sequence[Result]) -> str:
    """Return the Markdown table of each part on the questions that it is for."""
    head = ["set", "part", "questions", "measure", "with it", "without it"]
    lines = [row(head), row(["---"] * 2 + ["--:", "---", "--:", "--:"])]
    for result in results:
        for part in result.parts:
            values = f"{part.whole:.3f}", f"{part.without:.3f}"
            lines.append(row([result.name, part.name, str(part.questions), part.measure, *values]))
    return "\n".join(lines)


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def title(result: Result) -> str:
    return f"{result.name}: {result.queries} queries, {result.documents} documents, {result.passages} passages"


def gain(result: Result, kind: str) -> str:
    """Return the mean difference to the baseline that is best at this kind, with its interval."""
    best = max(result.baselines, key=lambda system: result.scores[system, kind]["ndcg@10"])
    differences = result.ndcg[OURS, kind] - result.ndcg[best, kind]
    low, high = interval(differences)
    return f"{differences.mean():+.3f} [{low:+.3f}, {high:+.3f}] ({best})"


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean by resampling queries."""
    from scipy.stats import bootstrap  # here, as below, for it takes seconds

    found = bootstrap(
        (differences,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(SEED)
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def plot(results: Sequence[Result], path: Path) -> None:
    """Draw nDCG@10 of each system, typed in each way, one panel a data set."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3 * len(results)), layout="constrained")
    for axes, result in zip(figure.subplots(len(results), squeeze=False)[:, 0], results, strict=True):
        width = 0.8 / len(result.systems)
        for place, system in enumerate(result.systems):
            heights = [result.scores[system, kind]["ndcg@10"] for kind in KINDS]
            colour = OUR_COLOUR if system == OURS else COLOURS[place % len(COLOURS)]
            left = np.arange(len(KINDS)) - 0.4 + width * (place + 0.5)
            bars = axes.bar(left, heights, width, label=system, color=colour)
            if system == OURS:
                axes.bar_label(bars, fmt="%.2f", fontsize=7)
        axes.set(title=title(result), ylabel="nDCG@10", ylim=(0, 1.08))
        axes.set_xticks(range(len(KINDS)), [kind.replace("_", " ") for kind in KINDS])
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def replace_between_marks(page: str, content: str) -> str:
    """Return the page with what stands between its two marks replaced; ValueError where a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN} or, after it, {END}; add both lines where the table belongs")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--write", type=Path, metavar="PAGE", help=f"put the table between {BEGIN} and {END}")
    parser.add_argument("--plot", type=Path, help="the PNG; with --write, images/retrieval.png beside the page")
    parser.add_argument("--ablate", action="store_true", help="also measure ours with parts switched off")
    parser.add_argument("--no-questions", action="store_true", help="leave the shipped question file out")
    options = parser.parse_args(arguments)
    if options.no_questions and not options.folders:
        parser.error("there is nothing to measure; name a FOLDER or drop --no-questions")
    if options.write:
        try:  # before the measuring, which takes minutes
            replace_between_marks(options.write.read_text(encoding="utf-8"), "")
        except (OSError, ValueError) as error:
            parser.error(f"{options.write}: {error}")
        options.plot = options.plot or options.write.parent / "images" / "retrieval.png"
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    datasets = [read_dataset(folder) for folder in options.folders]
    datasets += [] if options.no_questions else [shipped_questions()]
    encoder = load_encoder()
    results = [measure(dataset, encoder, Settings().cache, ablate=options.ablate) for dataset in datasets]
    speeds = ", ".join(f"{result.name} {result.milliseconds:.0f} ms" for result in results)
    content = f"{table(results)}\n\nMedian time of one search by ours: {speeds}."
    if options.ablate:
        content += f"\n\nEach part on the questions that it is for:\n\n{table_of_parts(results)}"
    print(content)
    if options.plot:
        plot(results, options.plot)
    if options.write:
        image = f"![nDCG@10 of each system]({os.path.relpath(options.plot, options.write.parent)})"
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(replace_between_marks(page, f"{content}\n\n{image}"), encoding="utf-8")


if __name__ == "__main__":
    main()
