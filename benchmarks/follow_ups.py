"""Compare ways to search for a follow-up: as typed, behind the last question, completed, and the last two mixed.

Only the words are matched (BM25 over the passages of the corpus, no model): documents are ranked by their best passage,
and a follow-up is found at k when one of its right documents is among the first k. The last line tells how many
questions that stand alone are left as they are when they follow the one before them in the file.

    python -m benchmarks.follow_ups [--corpus DIR] [--questions FILE] [--show]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.questions import QUESTIONS
from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut
from qa.follow_ups import complete
from qa.index.bm25 import LexicalIndex
from qa.settings import Settings
from qa.values import Turn

DEPTHS = (1, 3, 5, 10)
LAST_QUESTION = 0.5
"""What the last question's own scores weigh beside the completed one's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Settings().corpus)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--show", action="store_true", help="print each completion and the rank it gives")
    options = parser.parse_args()
    records = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    follow_ups = [record for record in records if record["type"] == "follow_up"]
    passages = [passage for document in load_corpus(options.corpus) for passage in cut(document)]
    index = LexicalIndex.build([f"{passage.context}\n{passage.text}" for passage in passages])
    owners = [passage.citation.document_id for passage in passages]
    print(f"| {len(follow_ups)} follow-ups | {' | '.join(f'found@{depth}' for depth in DEPTHS)} | MRR |")
    print("|---|" + "---|" * (len(DEPTHS) + 1))
    for name, score in WAYS.items():
        ranks = [best_rank(score(index, record), owners, record["documents"]) for record in follow_ups]
        found = [str(sum(rank <= depth for rank in ranks)) for depth in DEPTHS]
        print(f"| {name} | {' | '.join(found)} | {sum(1 / rank for rank in ranks) / len(ranks):.3f} |")
    if options.show:
        for record in follow_ups:
            rank = best_rank(completed(index, record), owners, record["documents"])
            print(f"{record['id']} rank {rank}: {record['question']} → {completion(record)}")
    alone = [record["question"] for record in records if record["type"] != "follow_up"]
    kept = sum(complete(question, [Turn(before)]) == question for before, question in pairwise(alone))
    print(f"left as they are: {kept} of {len(alone) - 1} questions that stand alone")


def last_question(record: dict) -> str:
    return record["history"][-1]["question"]


def completion(record: dict) -> str:
    return complete(record["question"], [Turn(turn["question"], turn["answer"]) for turn in record["history"]])


def as_typed(index: LexicalIndex, record: dict) -> np.ndarray:
    return index.scores(record["question"])


def joined(index: LexicalIndex, record: dict) -> np.ndarray:
    return index.scores(f"{last_question(record)} {record['question']}")


def completed(index: LexicalIndex, record: dict) -> np.ndarray:
    return index.scores(completion(record))


def mixed(index: LexicalIndex, record: dict) -> np.ndarray:
    return completed(index, record) + LAST_QUESTION * index.scores(last_question(record))


WAYS: dict[str, Callable[[LexicalIndex, dict], np.ndarray]] = {
    "as typed": as_typed,
    "last question + follow-up": joined,
    "completed": completed,
    f"completed, {LAST_QUESTION} × last question": mixed,
}


def best_rank(scores: np.ndarray, owners: list[str], wanted: list[str]) -> int:
    """Return the rank, from 1, of the first wanted document."""
    ranked = list(dict.fromkeys(owners[row] for row in np.argsort(-scores, kind="stable")))
    return 1 + min(ranked.index(document) for document in wanted)


if __name__ == "__main__":
    main()
