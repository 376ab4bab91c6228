"""Index a data set as the product would, ask every query, score what comes back, and keep the figures."""

import contextlib
import datetime
import hashlib
import itertools
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import ir_measures
from ir_measures import RR, R, Success, nDCG
from pydantic import TypeAdapter

from qa.encoder import Encoder
from qa.errors import IndexStoreError
from qa.evaluate.dataset import TWINS, Dataset, Qrels, Query, TwinRule, read_dataset
from qa.files import replacing
from qa.index import Index, build
from qa.session import Session
from qa.text import SYLLABLE, normalise
from qa.values import Hit

DEPTH = 10
MEASURES = {
    "ndcg@10": nDCG @ DEPTH,
    "mrr@10": RR @ DEPTH,
    "hit@1": Success @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ DEPTH,
}

Rankings = Mapping[str, Sequence[str]]  # the ids of the documents found for each query, best first


def retrieval_scores(rankings: Rankings, qrels: Qrels) -> dict[str, float]:
    """Return the mean of each measure over the ranked queries, by trec_eval's definitions (ir_measures)."""
    judged = {query: dict(qrels[query]) for query in rankings}
    run = {  # each place has a score of its own: trec_eval orders equal scores by document id
        query: {document: 1.0 / place for place, document in enumerate(ranked, start=1)}
        for query, ranked in rankings.items()
    }
    means = ir_measures.calc_aggregate(MEASURES.values(), judged, run)
    return {name: float(means[measure]) for name, measure in MEASURES.items()}


def holds_answer(sentence: str, expected: Sequence[str]) -> bool:
    """Tell whether a quoted sentence holds one of the expected spans, character for character."""
    quoted = " ".join(normalise(sentence).split())
    return any(span in quoted for span in expected)


def answer_f1(said: str, expected: Sequence[str]) -> float:
    """Return the best F1 of the syllables said against an expected answer; 0 where nothing is said.

    As in SQuAD (Rajpurkar et al., 2016): lower case, punctuation ignored, each syllable as often as it occurs.
    """
    said_words, *others = (Counter(SYLLABLE.findall(normalise(text).lower())) for text in (said, *expected))
    shared = ((said_words & other).total() / max(1, said_words.total() + other.total()) for other in others)
    return 2 * max(shared)


def area_under_roc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive's score is above a negative's, a tie counting half."""
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(labels, [*positive, *negative]))


PASSAGES = 100  # how many passages are asked for at first; more only where they lie in fewer than ten documents
StageProgress = Callable[[str, int, int], None]  # told the stage ("embedding", "asking"), what is done, and all
Each = Callable[[Sequence[Query]], Iterator[Query]]  # yields queries, and tells of the progress after each


def evaluate(
    folder: Path, encoder: Encoder, cache: Path | None = None, progress: StageProgress | None = None
) -> Mapping[str, float]:
    """Measure the product on the data set in ``folder``; DatasetError where it cannot be read.

    The figures are read-only, in the contract's order. Each lies in 0..1 but ``queries_per_second``, the speed of
    searching one query after another. ``sentence@1`` (the best sentence) and ``answer_f1`` (its short answer, else
    the sentence) are means over the queries that have answers, be the confidence as it may; ``abstain_auroc`` says
    how well the confidence tells answerable queries from the others. Each is there only where the set has such
    queries. Vectors are kept under ``cache``: a second run embeds changed passages only.
    """
    dataset = read_dataset(folder)
    total = len(dataset.judged) * (1 + len(TWINS)) + len(dataset.reading)
    asked = itertools.count(1)

    def each(queries: Sequence[Query]) -> Iterator[Query]:
        for query in queries:
            yield query
            if progress:
                progress("asking", next(asked), total)

    with index_dataset(dataset, encoder, cache, progress) as index:
        session = Session(index, encoder)
        values = measure_search(session, dataset, each) | measure_answers(session, dataset, each)
    return MappingProxyType(values)


@contextlib.contextmanager
def index_dataset(
    dataset: Dataset, encoder: Encoder, cache: Path | None = None, tell: StageProgress | None = None
) -> Iterator[Index]:
    """Build and open the index of a data set, kept under ``cache``, by place and encoder, where there is one."""
    digest = hashlib.sha256("\0".join((str(dataset.place), encoder.name, encoder.revision)).encode()).hexdigest()
    place: contextlib.AbstractContextManager[Path | str] = (
        contextlib.nullcontext(cache / "evaluate" / f"{dataset.name}-{digest[:12]}")
        if cache
        else tempfile.TemporaryDirectory(prefix="qa-eval-")
    )
    with place as folder:
        build(dataset.documents, Path(folder), encoder, progress=tell and partial(tell, "embedding"))
        yield Index.open(Path(folder), encoder)


def measure_search(session: Session, dataset: Dataset, each: Each) -> dict[str, float]:
    """Return the retrieval measures of the queries and of each kind of twin, and the speed."""
    session.search(dataset.judged[0].text)  # the first search pays for what is loaded lazily
    began = time.perf_counter()
    values = score_search(session, dataset, each, lambda text, _query_id: text)
    speed = len(dataset.judged) / (time.perf_counter() - began)
    for kind, rule in TWINS.items():
        scores = score_search(session, dataset, each, rule)
        values |= {f"{kind}/{name}": value for name, value in scores.items()}
    return values | {"queries_per_second": speed}


def score_search(session: Session, dataset: Dataset, each: Each, rule: TwinRule) -> dict[str, float]:
    typed = ((query.id, rule(query.text, query.id)) for query in each(dataset.judged))
    return retrieval_scores({query: rank_documents(session.search, text) for query, text in typed}, dataset.qrels)


def rank_documents(search: Callable[[str, int], list[Hit]], text: str, depth: int = DEPTH) -> list[str]:
    """Return the ids of the ``depth`` best documents; a document is as good as its best passage."""
    k = PASSAGES
    while True:
        hits = search(text, k)
        ranked = list(dict.fromkeys(hit.passage.citation.document_id for hit in hits))
        if len(ranked) >= depth or len(hits) < k:
            return ranked[:depth]
        k *= 2


def measure_answers(session: Session, dataset: Dataset, each: Each) -> dict[str, float]:
    """Return the measures of answers, however sure, and of refusals; empty for a set without answers."""
    best = {query: session.best_sentence(query.text) for query in each(dataset.reading)}
    values = {}
    if known := [(query.answers, one) for query, one in best.items() if query.answers]:
        held = (one is not None and holds_answer(one.text, answers) for answers, one in known)
        short = (answer_f1(one.short or one.text, answers) if one else 0.0 for answers, one in known)
        values = {"sentence@1": statistics.fmean(held), "answer_f1": statistics.fmean(short)}
    answerable, others = (
        [one.confidence if one else 0.0 for query, one in best.items() if query.answerable is kind]
        for kind in (True, False)
    )
    return values | ({"abstain_auroc": area_under_roc(answerable, others)} if answerable and others else {})


QUALITY_FILE = "quality.json"


@dataclass(frozen=True, slots=True)
class Quality:
    """What one ``qa eval`` measured: the data set's name, when (with its zone), by which encoder, and its figures."""

    dataset: str
    measured: datetime.datetime
    encoder: str
    figures: Mapping[str, float]


STORED = TypeAdapter(Quality)


def write_quality(folder: Path, quality: Quality) -> None:
    """Keep the figures in the index folder, in place of the former; IndexStoreError where it cannot be written."""
    try:
        with replacing(folder / QUALITY_FILE, ".quality-") as written:
            written.write_bytes(STORED.dump_json(quality, indent=1) + b"\n")
    except OSError as error:
        raise IndexStoreError(
            f"{folder / QUALITY_FILE} cannot be written ({error.strerror or error}); "
            "free space, correct the permissions, or name another folder with --index"
        ) from error


def read_quality(folder: Path) -> Quality | None:
    """Return the figures kept in an index folder; None where there are none that can be read."""
    try:
        return STORED.validate_json((folder / QUALITY_FILE).read_bytes())
    except (OSError, ValueError):
        return None
