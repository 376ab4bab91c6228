"""Average the weights of checkpoints of one training, which is often better than the last of them.

    python -m training.average --models CHECKPOINT … --out CHECKPOINT

The method is that of Izmailov et al. (2018), "Averaging weights leads to wider optima and better generalization".
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    weights = [torch.load(path, weights_only=True) for path in options.models]
    torch.save({name: torch.stack([one[name] for one in weights]).mean(dim=0) for name in weights[0]}, options.out)


if __name__ == "__main__":
    main()
