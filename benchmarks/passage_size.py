"""Measure what passage size does to the answers: build the corpus at several sizes, ask every question.

python -m benchmarks.passage_size [--sizes 300 450 600 900 1200]
"""

from __future__ import annotations

import argparse
import functools
import json
import tempfile
from unittest import mock

import qa
from benchmarks.questions import QUESTIONS, is_first_right, judge
from qa.corpus.passages import cut
from qa.session import load_encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 450, 600, 900, 1200])
    sizes = parser.parse_args().sizes
    encoder = load_encoder()
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    answerable = [record for record in records if record["answerable"] and record["type"] != "follow_up"]
    print("| characters | passages | right | first citation right | passage holds the facts@1 |")
    print("|---|---|---|---|---|")
    for size in sizes:
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch("qa.index.builder.cut", functools.partial(cut, size=size)),
        ):
            report = qa.build_index(index=folder, encoder=encoder)
            session = qa.open_session(folder, encoder)
        answers = [(record, session.ask(record["question"])) for record in answerable]
        right = sum(judge(record, answer) == "right" for record, answer in answers)
        first = sum(is_first_right(record, answer) for record, answer in answers)
        held = sum(first_hit_holds(session, record) for record in answerable)
        shares = [f"{count / len(answerable):.1%}" for count in (right, first, held)]
        print(f"| {size} | {report.passages} | {' | '.join(shares)} |", flush=True)


def first_hit_holds(session: qa.Session, record: dict) -> bool:
    hits = session.search(record["question"], 1)
    text = hits[0].passage.text.casefold() if hits else ""
    return all(any(one.casefold() in text for one in fact.split("|")) for fact in record["facts"])


if __name__ == "__main__":
    main()
