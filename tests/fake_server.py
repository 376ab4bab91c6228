"""Serve the site over a few shipped articles with the encoder that needs no model: python -m tests.fake_server."""

from __future__ import annotations

import sys
from pathlib import Path

from qa.session import build_index
from qa.web import serve
from tests.conftest import WordHashEncoder


def main(corpus: str, index: str, port: str) -> None:
    if any(Path(corpus).rglob("*.md")):
        build_index(corpus, index, WordHashEncoder())
    serve(Path(index), host="127.0.0.1", port=int(port), encoder=WordHashEncoder())


if __name__ == "__main__":
    main(*sys.argv[1:])
