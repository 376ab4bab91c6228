"""Fit the weights of the answer's confidence, and print them with what they tell apart.

Learnt from the evidence of the best sentence for every question of ``eval_data/questions.jsonl`` and, as
questions from another world, for those of any BEIR-layout folder named. The confidence is the chance that the
sentences which would be quoted hold the answer. Half of the questions are learnt from, the printed figures are of
the other half.

    python -m benchmarks.calibrate [FOLDER …]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import qa
from benchmarks.questions import QUESTIONS, holds
from qa.answer.draft import HITS, candidates_in
from qa.answer.quotes import choose
from qa.evaluate import TWINS
from qa.reading.sentence_scoring import CONFIDENCE_WEIGHTS

NAMES = [name for name in CONFIDENCE_WEIGHTS if name != "bias"]
FAR = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--index", type=Path)
    options = parser.parse_args()
    session = qa.open_session(options.index)
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    records = [record for record in records if record["type"] != "follow_up"]
    own, right = evidence(session, records)
    slipped, _ = evidence(session, [slip(record) for record in records])
    other, _ = evidence(session, [far for folder in options.folders for far in read_questions(folder)[:FAR]])
    answerable = np.array([record["answerable"] for record in records])
    half = np.arange(len(records)) % 2 == 0
    model = LogisticRegression(class_weight="balanced", C=10, max_iter=5000)
    model.fit(
        np.concatenate([own[half], other[::2]]),
        np.concatenate([right[half], np.zeros(len(other[::2]), bool)]),
    )
    for name, weight in zip(["bias", *NAMES], [model.intercept_[0], *model.coef_[0]], strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"AUROC near, held out: {roc_auc_score(answerable[~half], model.decision_function(own[~half])):.3f}")
    for name, column in zip(NAMES, own.T, strict=True):
        print(f"  {name} alone: {roc_auc_score(answerable, column):.3f}")
    if len(other):
        told = model.decision_function(np.concatenate([own[~half & answerable], other[1::2]]))
        truth = np.arange(len(told)) < (~half & answerable).sum()
        print(f"AUROC far, held out: {roc_auc_score(truth, told):.3f}")
    for threshold in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
        kept, garbled = (model.predict_proba(features)[:, 1] >= threshold for features in (own, slipped))
        print(
            f"threshold {threshold}: answers {kept[~half & answerable].mean():.1%} of the answerable, "
            f"{garbled[~half & answerable].mean():.1%} with slips, {kept[~half & ~answerable].mean():.1%} of the rest"
        )


def evidence(session: qa.Session, records: Sequence[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Return the signals of the best sentence, a row a question, and whether what would be quoted is right."""
    rows, right = [], []
    for record in records:
        candidates = candidates_in(session.index, session.find(record["question"], HITS))
        rows.append(list(candidates[0].evidence.signals.values()) if candidates else [0.0] * len(NAMES))
        right.append(record["answerable"] and bool(candidates) and holds(record, choose(candidates)))
    return np.array(rows).reshape(-1, len(NAMES)), np.array(right, bool)


def slip(record: dict) -> dict:
    return record | {"question": TWINS["slips"](record["question"], record["id"])}


def read_questions(folder: Path) -> list[dict]:
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [{"question": json.loads(line)["text"], "answerable": False} for line in lines]


if __name__ == "__main__":
    main()
