"""Ask for documents by their numbers, in six ways of writing; the first hit must bear the number.

python -m benchmarks.numbers [--index DIR] [--documents 60]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import qa
from qa.index import Index
from qa.text.normalise import fold
from qa.text.numbers import DocumentNumber, find_numbers
from qa.values import Document, Hit

DOCUMENTS = 60
SPOKEN = {
    "nd": "nghị định",
    "nq": "nghị quyết",
    "ubtvqh": "nghị quyết",
    "qd": "quyết định",
    "tt": "thông tư",
    "qh": "luật",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a document by its number, which is ``written`` in one of six ways."""

    document: Document
    way: str
    written: str

    @property
    def text(self) -> str:
        return f"{self.written} quy định những gì?"


def numbered_questions(index: Index, documents: int = DOCUMENTS) -> Iterator[Asked]:
    """Yield questions for at least ``documents`` of the documents that bear a number, or for all."""
    numbered = [one for one in index.documents.values() if next(find_numbers(one.number or ""), None)]
    for document in numbered[:: max(1, len(numbered) // documents)]:
        for way, written in ways(document.number, next(find_numbers(document.number))).items():
            yield Asked(document, way, written)


def first_bears(search: Callable[[str, int], Sequence[Hit]], asked: Asked) -> bool:
    """Tell whether the first passage's document bears the number."""
    first = search(asked.text, 1)
    own = find_numbers(first[0].passage.citation.number or "") if first else ()
    return any(next(find_numbers(asked.written)).fits(number) for number in own)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    options = parser.parse_args()
    session = qa.open_session(options.index)
    asked = list(numbered_questions(session.index, options.documents))
    found = 0
    milliseconds = []
    for one in asked:
        began = time.perf_counter()
        bears = first_bears(session.search, one)
        milliseconds.append((time.perf_counter() - began) * 1000)
        found += bears
        if not bears:
            print(f"missed {one.document.number} as {one.way}: {one.written!r}")
    print(f"recall@1 {found} of {len(asked)} questions, {len(session.index.passages)} passages")
    print(f"median {statistics.median(milliseconds):.0f} ms a question")
    return 0 if found == len(asked) else 1


def ways(written: str, number: DocumentNumber) -> dict[str, str]:
    """Return six ways to write a number; the spoken ones only where its kind is known."""
    kind = next((name for sign, name in SPOKEN.items() if (number.suffix or "").startswith(sign)), None)
    said = {"as printed": written, "small letters": written.lower(), "no accents": fold(written)}
    if kind:
        year = f" năm {number.year}" if number.year else ""
        slash = f"/{number.year}" if number.year else ""
        said["spoken"] = f"{kind} {number.digits}{year}"
        said["spoken, no accents"] = fold(f"{kind} số {number.digits}{slash}")
        said["kind and slash"] = f"{kind.capitalize()} số {number.digits}{slash}"
    return said


if __name__ == "__main__":
    sys.exit(main())
