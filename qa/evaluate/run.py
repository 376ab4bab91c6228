"""Index a data set as the product would, ask every query, and score what comes back."""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from qa.encoder import Encoder
from qa.evaluate.dataset import Dataset, Qrels, Query, read_dataset
from qa.evaluate.scores import DEPTH, answer_f1, area_under_roc, holds_answer, retrieval_scores
from qa.evaluate.twins import TWINS
from qa.index import Index, build
from qa.reading import Candidate
from qa.session import Session
from qa.values import Hit

PASSAGES = 100
"""How many passages are asked for at first; more only where they lie in fewer than ten documents."""

StageProgress = Callable[[str, int, int], None]
"""Told the stage ("embedding" or "asking"), how much of it is done, and all of it."""

Search = Callable[[str, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The flat mapping that ``qa eval --json`` prints, in the contract's order; read-only."""

    values: Mapping[str, float]


def evaluate(
    folder: Path, encoder: Encoder, cache: Path | None = None, progress: StageProgress | None = None
) -> Metrics:
    """Measure the product on the data set in ``folder``; DatasetError where it cannot be read.

    Every measure lies in 0..1 but ``queries_per_second``, the speed of searching one query after another.
    ``sentence@1`` (the best sentence) and ``answer_f1`` (its short answer, else the sentence) are means over the
    queries that have answers, be the confidence as it may; ``abstain_auroc`` says how
    well the confidence tells answerable queries from the others. Each is there only where the set has such
    queries. Vectors are kept under ``cache``: a second run embeds changed passages only.
    """
    dataset = read_dataset(folder)
    tell = progress or (lambda _stage, _done, _all: None)
    with index_dataset(dataset, encoder, cache, tell) as index:
        session = Session(index, encoder)
        steps = Steps(tell, len(dataset.judged) * (1 + len(TWINS)) + len(dataset.reading))
        values = measure_search(session, dataset, steps) | measure_answers(session, dataset, steps)
    return Metrics(MappingProxyType(values))


class Steps:
    """Counts the queries asked."""

    def __init__(self, tell: StageProgress, total: int) -> None:
        self.tell = tell
        self.total = total
        self.done = 0

    def step(self) -> None:
        self.done += 1
        self.tell("asking", self.done, self.total)


@contextlib.contextmanager
def index_dataset(
    dataset: Dataset, encoder: Encoder, cache: Path | None = None, tell: StageProgress | None = None
) -> Iterator[Index]:
    """Build and open the index of a data set, kept under ``cache`` where there is one."""

    def embedding(done: int, total: int) -> None:
        if tell:
            tell("embedding", done, total)

    with contextlib.ExitStack() as stack:
        if cache is None:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qa-eval-")))
        else:
            place = cache / "evaluate" / index_name(dataset, encoder)
        build(dataset.documents, place, encoder, progress=embedding)
        yield Index.open(place, encoder)


def index_name(dataset: Dataset, encoder: Encoder) -> str:
    """Name an index by its data set's place and its encoder: unchanged passages of either keep their vectors."""
    digest = hashlib.sha256("\0".join((str(dataset.place), encoder.name, encoder.revision)).encode()).hexdigest()
    return f"{dataset.name}-{digest[:12]}"


def measure_search(session: Session, dataset: Dataset, steps: Steps) -> dict[str, float]:
    """Return the retrieval measures of the queries and of each kind of twin, and the speed."""
    session.search(dataset.judged[0].text)  # the first search pays for what is loaded lazily
    began = time.perf_counter()
    values = score_search(session, dataset.qrels, {query.id: query.text for query in dataset.judged}, steps)
    speed = len(dataset.judged) / (time.perf_counter() - began)
    for kind, rule in TWINS.items():
        twins = {query.id: rule(query.text, query.id) for query in dataset.judged}
        scores = score_search(session, dataset.qrels, twins, steps)
        values |= {f"{kind}/{name}": value for name, value in scores.items()}
    return values | {"queries_per_second": speed}


def score_search(session: Session, qrels: Qrels, texts: Mapping[str, str], steps: Steps) -> dict[str, float]:
    rankings = {}
    for query, text in texts.items():
        rankings[query] = rank_documents(session.search, text)
        steps.step()
    return retrieval_scores(rankings, qrels)


def rank_documents(search: Search, text: str, depth: int = DEPTH) -> list[str]:
    """Return the ids of the ``depth`` best documents; a document is as good as its best passage."""
    k = PASSAGES
    while True:
        hits = search(text, k)
        ranked = list(dict.fromkeys(hit.passage.citation.document_id for hit in hits))
        if len(ranked) >= depth or len(hits) < k:
            return ranked[:depth]
        k *= 2


def measure_answers(session: Session, dataset: Dataset, steps: Steps) -> dict[str, float]:
    """Return the measures of answers and refusals; empty for a set without answers."""
    best = {}
    for query in dataset.reading:
        best[query] = session.best_sentence(query.text)
        steps.step()
    return score_sentences(best) | score_refusals(best)


def score_sentences(best: Mapping[Query, Candidate | None]) -> dict[str, float]:
    """Score the sentence that would be quoted, whether or not its confidence suffices to quote it."""
    known = {query: candidate for query, candidate in best.items() if query.answers}
    if not known:
        return {}
    said = [
        (query.answers, one.text if one else "", (one.short or one.text) if one else "") for query, one in known.items()
    ]
    return {
        "sentence@1": statistics.fmean(holds_answer(sentence, answers) for answers, sentence, _ in said),
        "answer_f1": statistics.fmean(answer_f1(short, answers) for answers, _, short in said),
    }


def score_refusals(best: Mapping[Query, Candidate | None]) -> dict[str, float]:
    def confidences(*, answerable: bool) -> list[float]:
        chosen = [one for query, one in best.items() if query.answerable == answerable]
        return [one.evidence.confidence if one else 0.0 for one in chosen]

    known, unknown = confidences(answerable=True), confidences(answerable=False)
    return {"abstain_auroc": area_under_roc(known, unknown)} if known and unknown else {}
