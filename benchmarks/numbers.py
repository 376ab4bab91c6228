"""Ask for documents by their numbers, in six ways of writing; the first hit must bear the number.

python -m benchmarks.numbers [--index DIR] [--documents 60]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import qa
from qa.numbers import DocumentNumber, find_numbers
from qa.vietnamese import fold

SPOKEN = {
    "nd": "nghị định",
    "nq": "nghị quyết",
    "ubtvqh": "nghị quyết",
    "qd": "quyết định",
    "tt": "thông tư",
    "qh": "luật",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--documents", type=int, default=60)
    options = parser.parse_args()
    session = qa.open_session(options.index)
    numbered = [
        document for document in session.index.documents.values() if next(find_numbers(document.number or ""), None)
    ]
    chosen = numbered[:: max(1, len(numbered) // options.documents)]
    asked = found = 0
    milliseconds = []
    for document in chosen:
        number = next(find_numbers(document.number))
        for way, written in ways(document.number, number).items():
            began = time.perf_counter()
            first = session.search(f"{written} quy định những gì?", 1)
            milliseconds.append((time.perf_counter() - began) * 1000)
            asked += 1
            bears = any(
                next(find_numbers(written)).fits(own) for own in find_numbers(first[0].passage.citation.number or "")
            )
            found += bears
            if not bears:
                print(f"missed {document.number} as {way}: {written!r} gave {first[0].passage.citation.number}")
    print(f"recall@1 {found} of {asked} questions over {len(chosen)} documents, {len(session.index.passages)} passages")
    print(f"median {statistics.median(milliseconds):.0f} ms a question")
    return 0 if found == asked else 1


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
