"""Hostile strings on every surface, counted: ``python -m benchmarks.security`` writes the table of docs/security.md."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

import qa
from benchmarks.surfaces import SURFACES, Hostile, answer_from
from qa.session import Session
from testing.fake_encoder import WordHashEncoder
from testing.fake_reader import OverlapReader

ROOT = Path(__file__).resolve().parent.parent
STRINGS = ROOT / "tests" / "security" / "hostile_strings.txt"
PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- security:begin -->", "<!-- security:end -->"
ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt\\])")
CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def strings() -> dict[str, list[str]]:
    """Return the committed strings by kind, their escapes read."""
    kinds: dict[str, list[str]] = {}
    for line in STRINGS.read_text(encoding="utf-8").split("\n"):
        if re.fullmatch(r"\[[a-z-]+\]", line):
            kinds[line[1:-1]] = []
        elif line and kinds:
            kinds[list(kinds)[-1]].append(ESCAPE.sub(character, line))
    return kinds


def character(found: re.Match[str]) -> str:
    said = found[1]
    return CHARACTERS.get(said) or chr(int(said[1:], 16))


def hostile_corpus(folder: Path, texts: Sequence[str]) -> None:
    """Write an article for each string that bears it as title, publisher, address, number and text."""
    folder.mkdir(parents=True)
    for place, text in enumerate(texts):
        fields = {"id": f"bai-{place}", "title": f"{text} Zeta", "source": f"{text} S", "url": text, "number": text}
        front = yaml.safe_dump({**fields, "kind": "decision", "supersedes": [f"{text}."], "amends": [f"{text};"]})
        body = f"## {text}\n\nTrung tâm {text} tiếp nhận 77 hồ sơ. {text}\n\n- {text}\n\n| {text} | a |\n\n> {text}\n"
        (folder / f"bai-{place}.md").write_text(f"---\n{front}---\n{body}", encoding="utf-8", errors="replace")


def open_hostile(folder: Path, texts: Sequence[str]) -> list[Hostile]:
    """Build an index of the hostile articles with the encoder that needs no model, and an answer from each."""
    hostile_corpus(folder / "corpus", texts)
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    session = qa.open_session(folder / "index", WordHashEncoder(), reader=OverlapReader())
    return [hostile_of(folder, session, place, text) for place, text in enumerate(texts)]


def hostile_of(folder: Path, session: Session, place: int, text: str) -> Hostile:
    document = session.document(f"bai-{place}")
    return Hostile(text, session, document, answer_from(session, document, text), folder)


def faults(surface: str, one: Hostile) -> list[str]:
    """Return what one surface lets through of one string."""
    show, check = SURFACES[surface]
    return list(check(show(one)))


def measure(folder: Path) -> list[str]:
    """Return the table's lines: strings of each kind, surfaces tried, and outputs in which something came through."""
    kinds = strings()
    every = open_hostile(folder, [text for texts in kinds.values() for text in texts])
    kind_of = [kind for kind, texts in kinds.items() for _ in texts]
    tried, broken = Counter(), Counter()
    for kind, one in zip(kind_of, every, strict=True):
        for surface in SURFACES:
            tried[kind] += 1
            found = faults(surface, one)
            broken[kind] += bool(found)
            if found:
                print(f"{surface}: {one.text!r}: {found[:3]}", file=sys.stderr)
    rows = [f"| {kind} | {len(texts)} | {tried[kind]} | {broken[kind]} |" for kind, texts in kinds.items()]
    total = f"| all | {len(every)} | {tried.total()} | {broken.total()} |"
    shown = f"Surfaces ({len(SURFACES)}): {', '.join(SURFACES)}."
    head = ["| strings | how many | × surfaces | something came through |", "|---|---|---|---|"]
    return [shown, "", *head, *rows, total]


def main() -> int:
    """Write the table between its marks; 1 when something came through."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder))
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")
    print(*lines, sep="\n")
    return 0 if lines[-1].endswith("| 0 |") else 1


if __name__ == "__main__":
    sys.exit(main())
