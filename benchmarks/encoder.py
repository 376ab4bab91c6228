"""Time the encoder beside a plain float32 ``SentenceTransformer`` of the same weights, in one run.

Plain is ``encode_document`` and ``encode_query`` as the library has them; ours gives the vectors of a passage's
sentences too. Passages are those of the shipped corpus, spread evenly; questions are those of the question file.

    python -m benchmarks.encoder [--passages 128] [--questions 60] [--write docs/performance.md]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.pages import machine, table, write_part
from benchmarks.questions import QUESTIONS
from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut, searched_spans, searched_text
from qa.encoder.e5 import model_folder
from qa.encoder.sentence_encoder import open_model
from qa.session import load_encoder
from qa.settings import Settings
from qa.values import Passage

ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=128)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    content = measure(spread_passages(options.passages), read_questions(options.questions))
    print(content)
    if options.write:
        write_part(options.write, "encoder", content, title="Performance", section="Encoder")


def measure(passages: Sequence[Passage], questions: Sequence[str]) -> str:
    """Return the Markdown table."""
    ours = load_encoder()
    plain = open_model(str(model_folder(Settings().cache)), threads=Settings().threads, precision=torch.float32)
    texts, spans = [searched_text(one) for one in passages], [searched_spans(one) for one in passages]
    rounds = [
        (
            seconds(lambda: plain.encode_document(texts)),
            seconds(lambda: ours.encode_passages(texts, spans)),
            one_by_one(plain.encode_query, questions),
            one_by_one(lambda question: ours.encode_queries([question]), questions),
        )
        for _ in range(ROUNDS)
    ]
    plain_all, ours_all, plain_one, ours_one = map(statistics.median, zip(*rounds, strict=True))
    same = np.sum(plain.encode_document(texts) * ours.encode_passages(texts, spans).passages, axis=1).min()
    rows = [
        (
            "passages a second",
            f"{len(texts) / plain_all:.1f}",
            f"{len(texts) / ours_all:.1f}",
            f"{plain_all / ours_all:.2f}",
            "4",
        ),
        ("one question, median", f"{plain_one:.1f} ms", f"{ours_one:.1f} ms", f"{plain_one / ours_one:.2f}", "2"),
        ("least cosine of the two vectors of a passage", "", f"{same:.6f}", "", ""),
    ]
    told = (
        f"`python -m benchmarks.encoder` on {machine()}, {torch.get_num_threads()} threads, medians of {ROUNDS} rounds."
    )
    return f"{told}\n\n{table(('what', 'plain', 'ours', 'ratio', 'goal'), rows)}"


def spread_passages(count: int) -> list[Passage]:
    every = [passage for document in load_corpus(Settings().corpus) for passage in cut(document)]
    return every[:: max(1, len(every) // count)][:count]


def read_questions(count: int) -> list[str]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()[:count]
    return [json.loads(line)["question"] for line in lines]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_by_one(encode: Callable[[str], object], questions: Sequence[str]) -> float:
    """Return the median milliseconds of a question alone."""
    return statistics.median(seconds(lambda: encode(question)) * 1000 for question in questions)  # noqa: B023


if __name__ == "__main__":
    main()
