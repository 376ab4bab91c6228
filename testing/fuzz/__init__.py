"""Fuzz targets: what must hold for any bytes; run by ``python -m benchmarks.fuzz`` and, in short, by the tests.

Each target takes bytes, gives them to one job of the package, and raises AssertionError where a property is broken.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """One job under fuzz.

    ``module`` holds ``check_<name>``; ``seeds`` names the files of seeds it begins from; ``share``: its part of all
    executions; ``longest``: bytes of an input; ``quick``: mutations tried by the ordinary tests.
    """

    name: str
    job: str
    module: str
    seeds: tuple[str, ...]
    share: float
    longest: int = 512
    quick: int = 300

    def load(self) -> Check:
        """Import the target's function, and with it the part of the package that it tries."""
        return getattr(importlib.import_module(f"testing.fuzz.{self.module}"), f"check_{self.name}")


TARGETS = {
    target.name: target
    for target in (
        Target("normal_form", "NFC, folding, syllables", "text", ("text", "hostile"), 48, 128),
        Target("spans", "sentences and lists", "text", ("text", "hostile"), 12, 128),
        Target("passages", "passages with their offsets", "text", ("articles", "text"), 1, 1024),
        Target("spelling", "abbreviations and terms", "words", ("questions", "text"), 2, 128),
        Target("numbers", "numbers of documents", "words", ("questions", "text"), 4, 128),
        Target("accents", "accents restored", "words", ("questions", "hostile"), 3, 128),
        Target("slips", "slips repaired", "words", ("questions", "hostile"), 2, 128),
        Target("last_look", "quotes and numbers checked", "answers", ("text", "hostile"), 12, 128),
        Target("answer", "a question asked of a small index", "answers", ("questions", "talks", "hostile"), 0.05),
        Target("front_matter", "front matter of an article", "articles", ("articles",), 2, 1024),
        Target("intake", "a text, page or JSON taken in", "articles", ("files", "articles"), 0.2, 2048, 150),
        Target("word_file", "a Word document taken in", "packages", ("word",), 0.08, 2048, 40),
        Target("pdf_file", "a PDF taken in", "packages", ("pdf",), 0.5, 4096, 60),
        Target("encodings", "bytes to text, old encodings", "encodings", ("text", "files", "hostile"), 0.4),
        Target("layout", "lines to paragraphs and sections", "encodings", ("articles", "text"), 1, 1024),
        Target("page_text", "escaping, addresses, terminal lines", "pages", ("hostile", "text"), 4, 256),
        Target("reader", "an article as HTML", "pages", ("articles", "hostile"), 0.6, 1024),
        Target("conversation_page", "a conversation kept by a browser", "pages", ("hostile", "talks"), 0.05, 1024, 60),
        Target("export", "a conversation as Markdown and Word", "pages", ("hostile", "text"), 0.01, 512, 40),
        Target("records", "manifests, lines and steps of a build", "loading", ("records",), 1, 1024),
        Target("generation", "an index with altered bytes", "loading", ("alterations",), 0.04, 64, 40),
    )
}
