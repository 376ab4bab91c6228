"""Ask every question of ``eval_data/questions.jsonl`` and print how many are answered right.

A question is right when the answer holds every fact (one of its variants, case ignored) in a quoted
sentence; one marked unanswerable is right when the answer declines. Every quote is compared with its span.

    python -m benchmarks.questions [--questions FILE] [--documents ID,…] [--wrong]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import qa

DIRECT = ("figure", "date", "who", "where", "which_document", "list", "yes_no")
QUESTIONS = Path(__file__).parent.parent / "eval_data" / "questions.jsonl"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--starter", action="store_true", help="only the direct questions on the first 14 articles")
    parser.add_argument("--spread", action="store_true", help="20 on new units and one each on 40 articles")
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer")
    options = parser.parse_args(arguments)
    session = qa.open_session(options.index)
    records = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    if options.spread:
        records = spread(records)
    if options.starter:
        records = [record for record in records if is_starter(record)]
    right: defaultdict[str, Counter[str]] = defaultdict(Counter)
    started = time.perf_counter()
    inexact = 0
    for record in records:
        answer = session.ask(record["question"], history=[qa.Turn(**turn) for turn in record.get("history", ())])
        inexact += sum(not is_exact(session, quote) for quote in answer.citations)
        outcome = judge(record, answer)
        right[record["type"]][outcome] += 1
        right["all"][outcome] += 1
        right["first citation"][str(is_first_right(record, answer))] += record["answerable"]
        if options.wrong and outcome != "right":
            print(
                f"{record['id']} {outcome}: {record['question']}\n    wants {record['facts']}\n    says  {answer.text}"
            )
    seconds = time.perf_counter() - started
    for kind, counts in sorted(right.items()):
        print(f"{kind:20} {dict(counts)}")
    answered = right["all"]
    print(f"right {answered['right']} of {len(records)} ({answered['right'] / len(records):.1%})")
    print(f"inexact quotes {inexact}; {seconds / len(records) * 1000:.0f} ms a question")
    return 1 if inexact else 0


def is_starter(record: dict) -> bool:
    """Tell a direct question on the first articles, or one from another world."""
    direct = record["answerable"] and record["type"] in DIRECT
    return record["id"].startswith("far") or (record["id"].startswith("w0") and direct)


def spread(records: list[dict]) -> list[dict]:
    """Return the first 20 questions on new units, and the first plain one of each of 40 articles spread evenly."""
    units = [record for record in records if record["id"].startswith("unit")][:20]
    first: dict[str, dict] = {}
    for record in records:
        if record["answerable"] and record["type"] != "follow_up" and not record["id"].startswith("unit"):
            first.setdefault(record["documents"][0], record)
    others = list(first.values())
    return units + [others[position * len(others) // 40] for position in range(40)]


def judge(record: dict, answer: qa.Answer) -> str:
    if not record["answerable"]:
        return "right" if answer.declined else "answered wrongly"
    if answer.declined:
        return "declined wrongly"
    return "right" if holds(record, answer.citations) else "wrong"


def holds(record: dict, quotes: Sequence[qa.Quote]) -> bool:
    """Tell whether the quotes hold every fact, in one of its variants."""
    quoted = comparable(" ".join(quote.text for quote in quotes))
    return all(any(comparable(one) in quoted for one in fact.split("|")) for fact in record["facts"])


def comparable(text: str) -> str:
    """Return the text in small letters, its dates without leading zeros."""
    return re.sub(r"(?<!\d)0(?=\d/\d|\d/\d{2}/)|(?<=/)0(?=\d/\d{4})", "", text.casefold())


def is_first_right(record: dict, answer: qa.Answer) -> bool:
    return bool(answer.citations) and answer.citations[0].citation.document_id in record["documents"]


def is_exact(session: qa.Session, quote: qa.Quote) -> bool:
    citation = quote.citation
    return session.document(citation.document_id).text[citation.start : citation.end] == quote.text


if __name__ == "__main__":
    sys.exit(main())
