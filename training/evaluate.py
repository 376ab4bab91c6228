"""Compare checkpoints on the groups of documents that were not trained on.

    python -m training.evaluate --groups FILE … --models CHECKPOINT … [--layers 12] [--most 800]

Of each question the passage that answers, where there is one, and the hardest others are read, five in all. Printed:
the share of the answered questions whose best sentence is right, and how well the logit of the best sentence, and those
of the passages together, tell answered questions from near misses (areas under the ROC curve).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from qa.encoder import PieceTokenizer
from qa.encoder.e5 import parse, weights_path
from qa.reading.inputs import WordVectors
from qa.reading.model_reader import PASSAGES, log_sum
from training.examples import Example, example, read_groups
from training.model import SENTENCE, ReadingModel, from_encoder
from training.train import run_model


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=Path, nargs="+", required=True)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--layers", type=int, nargs="+", default=[12], help="of each model, or of all")
    parser.add_argument("--splits", nargs="+", default=["calibrate", "test"])
    parser.add_argument("--most", type=int, default=800, help="questions that are read")
    options = parser.parse_args(arguments)
    packed = parse(weights_path())
    words, tokenizer = WordVectors(packed), PieceTokenizer.load(packed)
    groups = read_groups(options.groups, options.splits)
    random.Random(0).shuffle(groups)
    asked = []
    for group in groups[: options.most]:
        passages = [*group["gold"][:1], *group["negatives"]][:PASSAGES]
        asked.append([example(group["question"], group["history"], passage, tokenizer) for passage in passages])
    layers = options.layers * len(options.models) if len(options.layers) == 1 else options.layers
    for path, number in zip(options.models, layers, strict=True):
        model = from_encoder(packed, number, 0)
        model.load_state_dict(torch.load(path, weights_only=True))
        print(path, *measure(model.to(torch.bfloat16).eval(), asked, words), flush=True)


@torch.inference_mode()
def measure(model: ReadingModel, asked: Sequence[Sequence[Example]], words: WordVectors) -> tuple[str, str]:
    best = [best_sentence(model, examples, words) for examples in tqdm(asked, disable=None)]
    answered = [any(one.answers for one in examples) for examples in asked]
    first = [right for (_, right, _), known in zip(best, answered, strict=True) if known]
    areas = [roc_auc_score(answered, [one[place] for one in best]) for place in (0, 2)]
    return (
        f"right first {100 * sum(first) / len(first):.1f} % of {len(first)}",
        f"AUROC by sentence {areas[0]:.3f}, by passages {areas[1]:.3f} of {len(best)}",
    )


def best_sentence(model: ReadingModel, examples: Sequence[Example], words: WordVectors) -> tuple[float, bool, float]:
    """Return the highest logit of a sentence, whether that sentence answers, and the passages' logits together."""
    tokens, passages = run_model(model, [one.read for one in examples], words)
    scored = [
        (float(logits[slice(*span), SENTENCE].mean()), place in one.gold)
        for one, logits in zip(examples, tokens, strict=True)
        for place, span in enumerate(one.read.sentences)
        if span
    ]
    return *max(scored, default=(0.0, False)), log_sum([float(logit) for logit in passages])


if __name__ == "__main__":
    main()
