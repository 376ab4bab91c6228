"""Give one target to libFuzzer: ``python -m testing.fuzz TARGET FOLDER [libFuzzer's own options]``; needs atheris."""

from __future__ import annotations

import logging
import sys

import atheris

from testing.fuzz import TARGETS


def main() -> None:
    name = sys.argv[1]
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["qa"]):
        check = TARGETS[name].load()
    atheris.Setup([sys.argv[0], *sys.argv[2:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
