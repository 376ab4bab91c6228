"""Learn which questions need the earlier ones of their conversation: logistic regression over their words.

    python -m training.follow_ups FILE …      # question files, JSON Lines → qa/text/follow_ups.json

Says how well it tells the blind questions of ``eval_data/reading`` apart, none of which it is given.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.answer.pipeline import LEAST_NEED
from qa.text.follow_ups import BIAS, WEIGHTS, follow_up_features, learnt_weights, needs_history

BLIND = Path(__file__).parent.parent / "eval_data" / "reading"
STRENGTH = 0.3
"""Inverse strength of the L1 penalty."""

LONGEST = 25
"""Words from which questions count as of one length."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    texts, truth = questions_of(options.files)
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([dict(follow_up_features(text)) for text in texts])
    rows.indices, rows.indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)  # all that liblinear takes
    model = LogisticRegression(l1_ratio=1.0, solver="liblinear", C=STRENGTH, random_state=0)
    model.fit(rows, truth, sample_weight=weights_of(texts, truth))
    named = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    weights = {BIAS: round(float(model.intercept_[0]), 3)}
    weights |= {str(name): round(float(weight), 3) for name, weight in sorted(named) if abs(weight) >= 0.001}
    path = Path(str(files("qa.text") / WEIGHTS))
    path.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    learnt_weights.cache_clear()
    print(f"{len(texts)} questions, {sum(truth)} of them with earlier ones, {len(weights)} weights")
    report(*questions_of(sorted(BLIND.glob("*.jsonl"))))


def questions_of(paths: Iterable[Path]) -> tuple[list[str], list[bool]]:
    """Return questions, and for each whether it was asked after others."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows], [bool(row.get("history")) for row in rows]


def weights_of(texts: Sequence[str], truth: Sequence[bool]) -> np.ndarray:
    """Return how much each question counts: both kinds the same in all, and short questions that stand alone more.

    Those over official documents are long, which would make each short question one that needs others.
    """
    lengths = np.array([min(len(text.split()), LONGEST) for text in texts])
    later = np.array(truth)
    among = [np.bincount(lengths[kind], minlength=LONGEST + 1) for kind in (later, ~later)]
    balance = np.sqrt(among[0] / np.maximum(1, among[1]))
    weights = np.where(later, 1.0, balance[lengths])
    weights[~later] *= weights[later].sum() / weights[~later].sum()
    return weights


def report(texts: Sequence[str], truth: Sequence[bool]) -> None:
    needs = np.array([needs_history(text) for text in texts])
    later = np.array(truth)
    print(
        f"{len(texts)} blind questions: AUROC {roc_auc_score(later, needs):.3f}; at {LEAST_NEED} "
        f"{(needs[later] >= LEAST_NEED).mean():.1%} of the follow-ups may be joined to what was asked before, "
        f"{(needs[~later] >= LEAST_NEED).mean():.1%} of the others"
    )


if __name__ == "__main__":
    main()
