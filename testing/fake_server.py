"""Serve the site over a few shipped articles with the encoder that needs no model: python -m testing.fake_server."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qa.session import build_index
from qa.settings import Settings
from qa.web import serve
from testing.fake_encoder import WordHashEncoder
from testing.fake_reader import OverlapReader


class WilfulEncoder(WordHashEncoder):
    """Takes its time with a question that asks for it, so that a test can stop it, and fails at another.

    ``hurry``: a file; while it exists there is no time to be taken.
    """

    hurry: Path | None = None

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        end = time.monotonic() + 4
        while any("thật chậm" in query for query in queries) and time.monotonic() < end:
            if self.hurry and self.hurry.exists():
                break
            time.sleep(0.05)
        if any("thật hỏng" in query for query in queries):
            raise RuntimeError("what only the log may hold")
        return super().encode_queries(queries)


def main(corpus: str, index: str, port: str) -> None:
    if any(Path(corpus).rglob("*.md")):
        build_index(corpus, index, WordHashEncoder())
    serve(Settings.read(index=Path(index), port=int(port)), WilfulEncoder(), OverlapReader())


if __name__ == "__main__":
    main(*sys.argv[1:])
