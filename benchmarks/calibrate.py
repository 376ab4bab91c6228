"""Fit the weights of the answer's confidence, and print them with what they tell apart.

Learnt from the evidence of the best sentence for every question of ``tests/quality/questions.jsonl`` (half of
them; the other half is what the printed figures are measured on) and, as questions from another world, those of
any BEIR-layout folder named.

    python -m benchmarks.calibrate [FOLDER …]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import qa
from benchmarks.questions import QUESTIONS
from qa.answer.answerer import HITS
from qa.answer.judge import CONFIDENCE_WEIGHTS

NAMES = [name for name in CONFIDENCE_WEIGHTS if name != "bias"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--index", type=Path)
    options = parser.parse_args()
    session = qa.open_session(options.index)
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    records = [record for record in records if record["type"] != "follow_up"]
    far = [question for folder in options.folders for question in read_questions(folder)[:200]]
    own = np.array([features(session, record["question"]) for record in records])
    other = np.array([features(session, question) for question in far]).reshape(-1, len(NAMES))
    label = np.array([record["answerable"] for record in records])
    half = np.arange(len(records)) % 2 == 0
    model = LogisticRegression(class_weight="balanced", C=10, max_iter=5000)
    learn = np.concatenate([own[half], other[::2]])
    model.fit(learn, np.concatenate([label[half], np.zeros(len(other[::2]), bool)]))
    for name, weight in zip(["bias", *NAMES], [model.intercept_[0], *model.coef_[0]], strict=True):
        print(f'    "{name}": {weight:.2f},')
    held = model.decision_function(own[~half])
    print(f"AUROC near, held out: {roc_auc_score(label[~half], held):.3f}")
    for name, column in zip(NAMES, own.T, strict=True):
        print(f"  {name} alone: {roc_auc_score(label, column):.3f}")
    if len(other):
        far_scores = model.decision_function(other[1::2])
        truth = np.concatenate([np.ones(label[~half].sum()), np.zeros(len(far_scores))])
        print(f"AUROC far, held out: {roc_auc_score(truth, np.concatenate([held[label[~half]], far_scores])):.3f}")
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        keep = 1 / (1 + np.exp(-held)) >= threshold
        answered, wrongly = keep[label[~half]].mean(), keep[~label[~half]].mean()
        print(f"threshold {threshold}: answers {answered:.1%} of answerable, {wrongly:.1%} of the rest")


def features(session: qa.Session, question: str) -> list[float]:
    understood = session.understand(question)
    candidates = session.answerer.candidates(session.retriever.find(understood, HITS))
    return list(candidates[0].evidence.signals.values()) if candidates else [0.0] * len(NAMES)


def read_questions(folder: Path) -> list[str]:
    return [json.loads(line)["text"] for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
