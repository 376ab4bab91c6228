"""Count the words of training questions: what the language model knows of how people ask.

    python -m training.wording --groups FILE … [--index INDEX]      # → qa/text/questions.json

Only questions of the split "train" that were typed with their accents are counted. With an index it is told how many
of the blind questions of ``eval_data/reading`` come back whole when typed without accents.
"""

from __future__ import annotations

import argparse
import json
import operator
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from qa.index.generations import lock_live
from qa.index.segment import LANGUAGE
from qa.text import LanguageModel, fold, normalise
from qa.text.query_repair import QUESTIONS, WORD, has_accents
from training.examples import read_groups

BLIND = Path(__file__).parent.parent / "eval_data" / "reading"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=Path, nargs="+", required=True)
    parser.add_argument("--index", type=Path)
    options = parser.parse_args(arguments)
    groups = read_groups(options.groups, ["train"])
    asked = dict.fromkeys(turn for group in groups for turn in (group["question"], *group["history"]))
    counted = [question for question in asked if has_accents(WORD.findall(question.lower()))]
    path = Path(str(files("qa.text") / QUESTIONS))
    LanguageModel.learn(counted).save(path)
    print(f"{len(counted)} questions, {path.stat().st_size} bytes")
    if options.index:
        report(options.index, set(counted))


def report(index: Path, known: set[str]) -> None:
    """Print how many questions, and how many of their words, are restored as they were written."""
    language = LanguageModel.load(*(lock_live(index)[0].rglob(LANGUAGE)))
    rows = (json.loads(line) for path in sorted(BLIND.rglob("*.jsonl")) for line in path.open(encoding="utf-8"))
    asked = {normalise(row["question"]).lower() for row in rows} - {question.lower() for question in known}
    words = [some for some in map(WORD.findall, sorted(asked)) if has_accents(some)]
    restored = [language.restore(fold(" ".join(some))).split() for some in words]
    whole = sum(map(operator.eq, words, restored)) / len(words)
    right = [one == other for some in zip(words, restored, strict=True) for one, other in zip(*some, strict=True)]
    print(f"of {len(words)} blind questions {whole:.1%} come back whole, of their words {sum(right) / len(right):.1%}")


if __name__ == "__main__":
    main()
