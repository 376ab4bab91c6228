"""Rankings and answers → numbers between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, Success, nDCG

from qa.text import SYLLABLE, normalise

DEPTH = 10
MEASURES = {
    "ndcg@10": nDCG @ DEPTH,
    "mrr@10": RR @ DEPTH,
    "hit@1": Success @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ DEPTH,
}

Rankings = Mapping[str, Sequence[str]]
"""The ids of the documents found for each query, best first."""


def retrieval_scores(rankings: Rankings, qrels: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Return the mean of each measure over the ranked queries, by trec_eval's definitions (ir_measures)."""
    judged = {query: dict(qrels[query]) for query in rankings}
    means = ir_measures.calc_aggregate(MEASURES.values(), judged, as_run(rankings))
    return {name: float(means[measure]) for name, measure in MEASURES.items()}


def ndcg_by_query(rankings: Rankings, qrels: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Return nDCG@10 of each ranked query."""
    judged = {query: dict(qrels[query]) for query in rankings}
    found = ir_measures.iter_calc([nDCG @ DEPTH], judged, as_run(rankings))
    values = {metric.query_id: float(metric.value) for metric in found}
    return {query: values[query] for query in rankings}


def as_run(rankings: Rankings) -> dict[str, dict[str, float]]:
    """Give each place a score of its own: trec_eval orders equal scores by document id, not by place."""
    return {
        query: {document: 1.0 / place for place, document in enumerate(ranked, start=1)}
        for query, ranked in rankings.items()
    }


def holds_answer(sentence: str, expected: Sequence[str]) -> bool:
    """Tell whether a quoted sentence holds one of the expected spans, character for character."""
    quoted = " ".join(normalise(sentence).split())
    return any(span in quoted for span in expected)


def answer_f1(said: str, expected: Sequence[str]) -> float:
    """Return the best F1 of the syllables said against an expected answer; 0 where nothing is said.

    As in SQuAD (Rajpurkar et al., 2016): lower case, punctuation ignored, each syllable as often as it occurs.
    """
    return max(syllable_f1(said, span) for span in expected)


def syllable_f1(left: str, right: str) -> float:
    """Return the F1 of the syllables that two texts share, accents kept; 0 where they share none."""
    one, other = (SYLLABLE.findall(normalise(text).lower()) for text in (left, right))
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


def area_under_roc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive's score is above a negative's, a tie counting half."""
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(labels, [*positive, *negative]))
