"""Measure a checkpoint on groups of one split: the sentence chosen, the short answer, and when it declines.

python -m training.evaluate --model CHECKPOINT --groups FILE … [--split calibrate]
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from qa.encoder.e5 import parse, weights_path
from qa.reading.inputs import WordVectors, load_tokenizer
from training.examples import example, read_groups
from training.model import ReadingModel, from_encoder
from training.train import run_model

PASSAGES = 5


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--groups", type=Path, nargs="+", required=True)
    parser.add_argument("--split", default="calibrate")
    parser.add_argument("--most", type=int, default=400)
    parser.add_argument("--dump", type=Path)
    options = parser.parse_args(arguments)
    packed = parse(weights_path())
    words, tokenizer = WordVectors(packed), load_tokenizer(packed)
    model = load(options.model)
    groups = read_groups(options.groups, [options.split])
    random.Random(0).shuffle(groups)
    rows = []
    for group in groups[: options.most]:
        passages = [*group["gold"][:2], *group["negatives"]][:PASSAGES]
        examples = [example(group["question"], group["history"], passage, tokenizer) for passage in passages]
        with torch.inference_mode():
            tokens, whole = run_model(model, [one.read for one in examples], words)
        rows.append(judged(group, passages, examples, [one.numpy() for one in tokens], [float(one) for one in whole]))
    print(json.dumps(summary(rows), indent=1, ensure_ascii=False))
    if options.dump:
        options.dump.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


def load(path: Path) -> ReadingModel:
    weights = torch.load(path, weights_only=True)
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    model = from_encoder(parse(weights_path()), layers)
    model.load_state_dict(weights)
    return model.eval().to(torch.bfloat16)


def judged(group: dict, passages: Sequence[dict], examples: Sequence, tokens: Sequence, whole: Sequence) -> dict:
    best = (-1e9, 0, 0)
    for place, (one, logits) in enumerate(zip(examples, tokens, strict=True)):
        for number, sentence in enumerate(one.read.sentences):
            if sentence:
                best = max(best, (float(logits[sentence[0] : sentence[1], 0].mean()), place, number))
    score, place, number = best
    chosen, logits = examples[place], tokens[place]
    spans = span_in(logits, *chosen.read.sentences[number])
    text = passages[place]["text"]
    short = text[chosen.read.starts[spans[0]] : chosen.read.ends[spans[1]]]
    gold = {p["text"][slice(*p["short"])] for p in passages if p["short"]}
    return {
        "id": group["id"],
        "type": group["type"],
        "answered": group["answered"],
        "sentence": score,
        "passage": whole[place],
        "best_passage": max(whole),
        "right": number in chosen.gold,
        "short": short,
        "gold": sorted(gold),
        "span": spans[2],
        "exact": bool(gold) and short in gold,
        "f1": max((f1(short, one) for one in gold), default=None),
    }


def span_in(logits: np.ndarray, first: int, last: int, longest: int = 60) -> tuple[int, int, float]:
    """Return the likeliest short answer inside a sentence, and its probability among all of the passage."""
    start, end = (softmax(logits[:, channel]) for channel in (1, 2))
    pairs = np.triu(np.outer(start[first:last], end[first:last]))
    pairs = np.tril(pairs, longest)
    at = np.unravel_index(pairs.argmax(), pairs.shape)
    return first + int(at[0]), first + int(at[1]), float(pairs[at])


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def f1(one: str, other: str) -> float:
    a, b = one.lower().split(), other.lower().split()
    common = sum(min(a.count(word), b.count(word)) for word in set(a))
    return 2 * common / (len(a) + len(b)) if common else 0.0


def summary(rows: Sequence[dict]) -> dict:
    answered = [row for row in rows if row["answered"]]
    short = [row for row in answered if row["gold"]]
    truth = [row["answered"] for row in rows]
    kinds = defaultdict(list)
    for row in answered:
        kinds[row["type"]].append(row["right"])
    return {
        "questions": len(rows),
        "sentence@1": np.mean([row["right"] for row in answered]),
        "short exact": np.mean([row["exact"] for row in short]),
        "short F1": np.mean([row["f1"] for row in short]),
        "AUROC sentence": roc_auc_score(truth, [row["sentence"] for row in rows]),
        "AUROC passage": roc_auc_score(truth, [row["passage"] for row in rows]),
        "AUROC both": roc_auc_score(truth, [row["passage"] + row["sentence"] for row in rows]),
        "by type": {kind: (round(float(np.mean(some)), 3), len(some)) for kind, some in sorted(kinds.items())},
    }


if __name__ == "__main__":
    main()
