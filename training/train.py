"""Train the reader: groups of passages → a checkpoint.

    python -m training.train --groups FILE … --out FOLDER [--layers 12] [--passes 2] [--minutes 60] [--from CHECKPOINT]

Each step reads some questions, each with a passage that answers and passages that rank high and do not, and compares
the sentences of all of them. A run that was stopped goes on from its last checkpoint. A checkpoint of more layers than
are wanted gives layers at even distances, its last among them; a teacher's logits are learnt beside the answers
(Hinton et al., 2015).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from qa.encoder import PieceTokenizer
from qa.encoder.e5 import parse, weights_path
from qa.reading.inputs import WordVectors
from training.examples import Example, examples_of, read_groups, sample
from training.model import END, SENTENCE, START, ReadingModel, from_checkpoint, from_encoder, spaced_layers

RATE, HEAD_RATE = 8e-5, 1e-3
WARM_UP = 0.06
QUESTIONS = 12
"""Questions in a step."""

PARALLEL = 12
"""Passages that go through the model at once."""

WEIGHTS = (1.0, 1.0, 1.0, 0.5, 0.2)
"""Of the losses: choice, each sentence, passage, short answer, distance from the teacher."""

SAVED_EVERY = 300.0
"""Seconds between two checkpoints."""


Logits = tuple[list[Tensor], list[Tensor]]
"""Of some inputs: those of each passage's tokens, shape (tokens, 3), and of each passage."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The examples of some questions in one row, and for each the number of its question."""

    examples: list[Example]
    owners: list[int]
    answered: list[bool]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, help="checkpoint to begin with")
    parser.add_argument("--teacher", type=Path, help="checkpoint whose logits are learnt too")
    parser.add_argument("--splits", nargs="+", default=["train"])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=0, help="lower layers that are left as they are")
    parser.add_argument("--passes", type=float, default=2.0)
    parser.add_argument("--share", type=float, default=1.0, help="the share of the questions, for a learning curve")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--golds", type=int, default=1)
    parser.add_argument("--negatives", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    Trainer(parser.parse_args(arguments)).run()


class Trainer:
    """One run: the model in bfloat16 where it is multiplied, its weights in float32 where they are added up."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.chance = random.Random(options.seed)
        groups = read_groups(options.groups, options.splits)
        self.chance.shuffle(groups)
        self.groups = groups[: int(len(groups) * options.share)]
        self.steps = int(options.passes * len(self.groups) / QUESTIONS)
        packed = parse(weights_path())
        self.words, self.tokenizer = WordVectors(packed), PieceTokenizer.load(packed)
        self.model = from_encoder(packed, options.layers, options.seed)
        if options.start:
            self.model.load_state_dict(spaced_layers(torch.load(options.start, weights_only=True), options.layers))
        self.teacher = from_checkpoint(options.teacher).to(torch.bfloat16) if options.teacher else None
        self.trained = dict(self.trainable())
        self.master = {name: value.detach().clone() for name, value in self.trained.items()}
        self.model.to(torch.bfloat16)
        heads = [value for name, value in self.master.items() if "head" in name]
        others = [value for name, value in self.master.items() if "head" not in name]
        self.optimiser = torch.optim.AdamW(
            [{"params": others, "lr": options.rate}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self.rate_at)
        self.step = 0

    def trainable(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        fixed = ("positions", "norm.", *(f"layers.{number}." for number in range(self.options.frozen)))
        for name, value in self.model.named_parameters():
            value.requires_grad = not name.startswith(fixed)
            if value.requires_grad:
                yield name, value

    def rate_at(self, step: int) -> float:
        """Rise, then fall in a straight line to a twentieth."""
        warm = max(1.0, WARM_UP * self.steps)
        return min(1.0, (step + 1) / warm) * max(0.05, 1 - step / max(1, self.steps))

    def run(self) -> None:
        out: Path = self.options.out
        out.mkdir(parents=True, exist_ok=True)
        if (out / "state.pt").exists():
            self.resume(out / "state.pt")
        print(f"{len(self.groups)} questions, {self.steps} steps, from step {self.step}", flush=True)
        started = saved = shown = time.monotonic()
        losses: list[list[float]] = []
        while self.step < self.steps and time.monotonic() - started < 60 * self.options.minutes:
            losses.append(self.train_on(self.batch(self.step)))
            self.step += 1
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                parts = " ".join(f"{value:.3f}" for value in np.mean(losses[-60:], axis=0))
                print(f"step {self.step} of {self.steps}, {shown - started:.0f} s: {parts}", flush=True)
            if time.monotonic() - saved > SAVED_EVERY:
                saved = time.monotonic()
                self.save(out)
        self.save(out)

    def batch(self, step: int) -> Batch:
        """Return the questions of a step; the same for the same seed, however often the run was stopped."""
        chance = random.Random(f"{self.options.seed} {step}")
        examples: list[Example] = []
        owners: list[int] = []
        answered: list[bool] = []
        order = random.Random(f"{self.options.seed} pass {step * QUESTIONS // len(self.groups)}")
        places = list(range(len(self.groups)))
        order.shuffle(places)
        for number in range(QUESTIONS):
            group = self.groups[places[(step * QUESTIONS + number) % len(self.groups)]]
            passages = sample(group, chance, self.options.golds, self.options.negatives)
            read = examples_of(group, passages, self.tokenizer, chance)
            examples += read
            owners += [number] * len(read)
            answered.append(any(one.answers for one in read))
        return Batch(examples, owners, answered)

    def train_on(self, batch: Batch) -> list[float]:
        self.model.train()
        inputs = [one.read for one in batch.examples]
        tokens, passages = run_model(self.model, inputs, self.words)
        parts = losses_of(batch, tokens, passages)
        if self.teacher:
            with torch.no_grad():
                taught = run_model(self.teacher, inputs, self.words)
            parts.append(distance((tokens, passages), taught))
        total = sum(weight * part for weight, part in zip(WEIGHTS, parts, strict=False))
        total.backward()
        for name, value in self.trained.items():
            self.master[name].grad = None if value.grad is None else value.grad.float()
            value.grad = None
        torch.nn.utils.clip_grad_norm_(self.master.values(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        with torch.no_grad():
            for name, value in self.trained.items():
                value.copy_(self.master[name])
        return [part.item() for part in parts]

    def save(self, out: Path) -> None:
        weights = {name: value.float() for name, value in self.model.state_dict().items()}
        weights.update(self.master)
        torch.save(weights, out / "model.partial")
        (out / "model.partial").rename(out / "model.pt")
        state = {"step": self.step, "optimiser": self.optimiser.state_dict(), "schedule": self.schedule.state_dict()}
        torch.save(state | {"master": self.master}, out / "state.partial")
        (out / "state.partial").rename(out / "state.pt")
        options = {name: str(value) for name, value in vars(self.options).items()}
        (out / "options.json").write_text(json.dumps(options | {"step": self.step}, indent=1))

    def resume(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        with torch.no_grad():
            for name, value in state["master"].items():
                self.master[name].copy_(value)
                self.trained[name].copy_(value)


def run_model(model: ReadingModel, inputs: Sequence, words: WordVectors) -> Logits:
    """Return for each input the logits of its passage's tokens, shape (tokens, 3), and of the passage; float32."""
    order = sorted(range(len(inputs)), key=lambda place: len(inputs[place].ids))
    tokens: list[Tensor | None] = [None] * len(inputs)
    passages: list[Tensor | None] = [None] * len(inputs)
    kind = model.positions.dtype
    for start in range(0, len(order), PARALLEL):
        some = order[start : start + PARALLEL]
        vectors, mask = words.batch([inputs[place].ids for place in some])
        logits, whole = model(torch.from_numpy(vectors).to(kind), torch.from_numpy(mask))
        for row, place in enumerate(some):
            first = inputs[place].first
            tokens[place] = logits[row, first : first + len(inputs[place].starts)].float()
            passages[place] = whole[row].float()
    return tokens, passages  # type: ignore[return-value]


def losses_of(batch: Batch, tokens: Sequence[Tensor], passages: Sequence[Tensor]) -> list[Tensor]:
    """Return the means of: choice among all sentences and none, each sentence, the passage, the short answer.

    The choice asks for any of the sentences that answer and, as much, for each of them: a list needs them all.
    """
    choice, each, span = [], [], []
    scores: dict[int, list[tuple[Tensor, bool]]] = {}
    for example, logits, owner in zip(batch.examples, tokens, batch.owners, strict=True):
        for place, sentence in enumerate(example.read.sentences):
            if sentence is not None:
                score = logits[sentence[0] : sentence[1], SENTENCE].mean()
                scores.setdefault(owner, []).append((score, place in example.gold))
        if example.short:
            first, last = (token - example.read.first for token in example.short)
            for channel, target in ((START, first), (END, last)):
                span.append(functional.cross_entropy(logits[None, :, channel], torch.tensor([target])))
    for some in scores.values():
        logits = torch.stack([score for score, _ in some])
        gold = torch.tensor([right for _, right in some])
        every = torch.cat([logits, torch.zeros(1)]).logsumexp(0)
        choice.append(every - (0.5 * (logits[gold].logsumexp(0) + logits[gold].mean()) if gold.any() else 0.0))
        each.append(functional.binary_cross_entropy_with_logits(logits, gold.float()))
    target = torch.tensor([float(one.answers) for one in batch.examples])
    whole = functional.binary_cross_entropy_with_logits(torch.stack(list(passages)), target)
    none = torch.zeros(())
    return [*(torch.stack(some).mean() if some else none for some in (choice, each)), whole, mean_or(span, none)]


def distance(ours: Logits, taught: Logits) -> Tensor:
    """Return the mean squared difference of the logits of tokens, and that of passages, added."""
    return functional.mse_loss(torch.cat(ours[0]), torch.cat(taught[0])) + functional.mse_loss(
        torch.stack(ours[1]), torch.stack(taught[1])
    )


def mean_or(values: Sequence[Tensor], otherwise: Tensor) -> Tensor:
    return torch.stack(list(values)).mean() if values else otherwise


if __name__ == "__main__":
    main()
