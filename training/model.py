"""The reading model in plain torch: a BERT of e5's shape with heads for sentences, spans and the whole passage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from qa.encoder.e5 import PackedModel, parse, weights_path

SENTENCE, START, END = 0, 1, 2
"""The channels of the logits of a token."""


class Layer(nn.Module):
    """One layer of BERT (Devlin et al., 2019): attention, then two dense maps, each with its sum and norm."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=epsilon)
        self.widen = nn.Linear(hidden, feed_forward)
        self.narrow = nn.Linear(feed_forward, hidden)
        self.last_norm = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        texts, tokens, hidden = states.shape
        split = self.qkv(states).view(texts, tokens, 3, self.heads, hidden // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(2, 3) * (hidden // self.heads) ** -0.5 + bias
        mixed = scores.softmax(dim=-1) @ value
        mixed = self.out(mixed.transpose(1, 2).reshape(texts, tokens, hidden))
        states = self.norm(states + mixed)
        return self.last_norm(states + self.narrow(functional.gelu(self.widen(states))))


class ReadingModel(nn.Module):
    """Word vectors (texts, tokens, hidden) and their mask (texts, tokens) → logits of tokens and of passages.

    The logits of tokens have shape (texts, tokens, 3): sentence, start of the short answer, its end. A sentence's
    logit is the mean over its tokens. The logits of passages, shape (texts,), say that the passage answers.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.positions = nn.Parameter(torch.zeros(shape.positions, shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(
            Layer(shape.hidden, shape.heads, shape.feed_forward, shape.epsilon) for _ in range(shape.layers)
        )
        self.token_head = nn.Linear(shape.hidden, 3)
        self.passage_head = nn.Linear(shape.hidden, 1)

    def forward(self, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        states = self.norm(words + self.positions[: words.shape[1]])
        bias = ((1 - mask[:, None, None, :]) * -10000.0).to(states.dtype)
        for layer in self.layers:
            states = layer(states, bias)
        return self.token_head(states), self.passage_head(states[:, 0])[:, 0]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model."""

    layers: int
    hidden: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float


def from_encoder(packed: PackedModel, layers: int, seed: int = 0) -> ReadingModel:
    """Return a model that begins with the encoder's first ``layers`` layers; its heads begin at random."""
    torch.manual_seed(seed)
    shape = Shape(layers, packed.hidden, packed.heads, packed.feed_forward, packed.positions, packed.epsilon)
    model = ReadingModel(shape)
    for head in (model.token_head, model.passage_head):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    model.load_state_dict(encoder_state(packed, layers), strict=False)
    return model


def encoder_state(packed: PackedModel, layers: int) -> dict[str, Tensor]:
    """Return the encoder's weights under this model's names; the one token type is part of the positions."""
    tensors, hidden = packed.tensors, packed.hidden

    def tensor(name: str, *shape: int) -> Tensor:
        return torch.from_numpy(np.array(tensors[name].values(), np.float32).reshape(shape or (-1,)))

    positions = tensor("emb.pos", packed.positions, hidden) + tensor("emb.type", packed.token_types, hidden)[0]
    state = {"positions": positions, "norm.weight": tensor("emb.ln.w"), "norm.bias": tensor("emb.ln.b")}
    for number in range(layers):
        ours, theirs = f"layers.{number}", f"l{number}"
        state[f"{ours}.qkv.weight"] = torch.cat([tensor(f"{theirs}.{part}.w", hidden, hidden) for part in "qkv"])
        state[f"{ours}.qkv.bias"] = torch.cat([tensor(f"{theirs}.{part}.b") for part in "qkv"])
        for mine, name, shape in (
            ("out", "ao", (hidden, hidden)),
            ("widen", "fi", (packed.feed_forward, hidden)),
            ("narrow", "fo", (hidden, packed.feed_forward)),
        ):
            state[f"{ours}.{mine}.weight"] = tensor(f"{theirs}.{name}.w", *shape)
            state[f"{ours}.{mine}.bias"] = tensor(f"{theirs}.{name}.b")
        for mine, name in (("norm", "aln"), ("last_norm", "oln")):
            state[f"{ours}.{mine}.weight"] = tensor(f"{theirs}.{name}.w")
            state[f"{ours}.{mine}.bias"] = tensor(f"{theirs}.{name}.b")
    return state


def spaced_layers(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Return a checkpoint's weights with so many of its layers, at even distances, the last among them."""
    held = layers_in(weights)
    kept = {f"layers.{(place + 1) * held // layers - 1}.": f"layers.{place}." for place in range(layers)}
    found = {name: value for name, value in weights.items() if not name.startswith("layers.")}
    for name, value in weights.items():
        for old, new in kept.items():
            if name.startswith(old):
                found[new + name.removeprefix(old)] = value
    return found


def layers_in(weights: Iterable[str]) -> int:
    return 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))


def from_checkpoint(path: Path) -> ReadingModel:
    """Return the model that ``training.train`` has written, ready to read; float32."""
    weights = torch.load(path, weights_only=True)
    model = from_encoder(parse(weights_path()), layers_in(weights))
    model.load_state_dict(weights)
    return model.eval()
