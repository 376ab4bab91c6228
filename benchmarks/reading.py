"""Ask the questions of ``eval_data/reading``, written blind, and say how they fared, by kind.

    python -m benchmarks.reading [--index INDEX] [--official INDEX --sources FOLDER] [--set NAME …] [--twins] [--wrong]

Each set holds questions written by somebody who saw neither the program nor its answers. Those over the official
documents point into the source files, which are not part of the project (``--sources``), and are asked over an index
of these. Twins of each question are typed without accents and with slips.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import qa
from benchmarks.questions import comparable, is_exact
from qa.answer.draft import HITS
from qa.answer.publish import unsupported_numbers
from qa.evaluate.dataset import TWINS
from qa.reading.model_reader import PASSAGES
from qa.values import Turn
from training.questions import digits_agree, quoted, shares_most

FOLDER = Path(__file__).parent.parent / "eval_data" / "reading"
ENOUGH = 0.5
"""The share of its pieces of evidence that an answer must quote to count as right, where no short answer is given."""

SHORTEST_PIECE = 25
DENIES = {"không", "chưa"}
MOST_BESIDE = 5  # words of a headline beside the short answer
ROWS = (
    "questions",
    "right",
    "wrongly declined",
    "near misses declined",
    "headlines shown",
    "headlines right",
    "evidence read",
)


@dataclass(frozen=True, slots=True)
class Blind:
    """A question of a set; ``evidence`` as text, ``short`` the shortest answer."""

    id: str
    text: str
    history: tuple[str, ...]
    type: str
    answerable: bool
    evidence: tuple[str, ...]
    short: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was answered, how it was judged, and the milliseconds that it took.

    ``evidence_read``: whether a piece of its evidence stands in the passages that the reader was given.
    """

    question: Blind
    answer: qa.Answer
    outcome: str
    headline: str
    milliseconds: float
    exact: bool
    unsupported: bool
    evidence_read: bool


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--official", type=Path, metavar="INDEX")
    parser.add_argument("--sources", type=Path, metavar="FOLDER")
    parser.add_argument("--set", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--twins", action="store_true", help="also without accents, and with slips")
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer")
    options = parser.parse_args(arguments)
    shipped = qa.open_session(options.index)
    official = qa.open_session(options.official) if options.official else None
    print(f"| set | {' | '.join(ROWS)} | median ms | inexact | unsupported |\n|---|{'--:|' * (len(ROWS) + 3)}")
    for path in sorted(options.folder.glob("*.jsonl")):
        if options.set and path.stem not in options.set:
            continue
        is_official = path.stem.startswith("official")
        if is_official and not (official and options.sources):
            continue
        session = official if is_official else shipped
        questions = list(read(path, options.sources))
        for typed in ("as written", *(("no_accents", "slips") if options.twins else ())):
            asked = [ask(session, one, typed) for one in questions]
            name = path.stem if typed == "as written" else f"{path.stem}, {typed}"
            print(f"| {name} | {' | '.join(row(asked))} |", flush=True)
            if options.wrong and typed == "as written":
                print_wrong(asked)


def read(path: Path, sources: Path | None) -> Iterator[Blind]:
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        evidence, short = quoted(record, sources)
        yield Blind(
            record["id"],
            record["question"],
            tuple(record["history"]),
            record["type"],
            record["answerable"],
            tuple(evidence),
            short or None,
        )


def ask(session: qa.Session, question: Blind, typed: str) -> Asked:
    text = question.text if typed == "as written" else TWINS[typed](question.text, question.id)
    history = [Turn(turn) for turn in question.history]
    started = time.perf_counter()
    answer = session.ask(text, history=history)
    took = 1000 * (time.perf_counter() - started)
    exact = all(is_exact(session, quote) for quote in answer.citations)
    unsupported = bool(answer.citations and unsupported_numbers(answer.text, answer.citations))
    hits = session.retriever.retrieve(answer.understood, HITS).hits[:PASSAGES]
    evidence_read = stands_in(question, [hit.passage.text for hit in hits])
    outcome, headline = judge(question, answer), judge_headline(question, answer)
    return Asked(question, answer, outcome, headline, took, exact, unsupported, evidence_read)


def stands_in(question: Blind, passages: Sequence[str]) -> bool:
    """Tell whether a whole piece of a question's evidence stands in one of some passages."""
    texts = [one_line(text) for text in passages]
    return any(one_line(piece) in text for piece in question.evidence for text in texts)


def judge(question: Blind, answer: qa.Answer) -> str:
    if not question.answerable:
        return "right" if answer.declined else "answered wrongly"
    if answer.declined:
        return "declined wrongly"
    return "right" if holds(question, [quote.text for quote in answer.citations]) else "wrong"


def holds(question: Blind, quotes: Sequence[str]) -> bool:
    """Tell whether quotes hold the short answer, or at least half of the pieces of evidence."""
    said = one_line(" ".join(quotes))
    if question.short and one_line(question.short) in said:
        return True
    pieces = [one_line(text) for text in question.evidence]
    told = [piece in said or any(inside(one_line(quote), piece) for quote in quotes) for piece in pieces]
    enough = sum(told) >= ENOUGH * len(told)
    return enough and not (
        question.short and any(c.isdigit() for c in question.short) and not digits_in(question, said)
    )


def digits_in(question: Blind, said: str) -> bool:
    return all(number in said for number in re.findall(r"\d+", one_line(question.short or "")))


def inside(quote: str, piece: str) -> bool:
    return len(quote) >= SHORTEST_PIECE and quote in piece


def one_line(text: str) -> str:
    return re.sub(r"[\s#*|>_]+", " ", comparable(text)).strip()


def judge_headline(question: Blind, answer: qa.Answer) -> str:
    """Say whether the words in bold are the short answer: the same digits, and two thirds of the words in common.

    One that lies in the other is the same too, where the headline has no more than a few words beside it ("từ ngày …"),
    none of which denies.
    """
    if not answer.short:
        return ""
    if not question.answerable or not question.short:
        return "wrong" if not question.answerable else "unjudged"
    said, gold = one_line(answer.short), one_line(question.short)
    before, found, after = f" {said} ".partition(f" {gold} ")
    beside = [*before.split(), *after.split()]
    within = bool(found) and len(beside) <= MOST_BESIDE and DENIES.isdisjoint(beside)
    close = shares_most(said, gold) or f" {said} " in f" {gold} " or within
    return "right" if close and digits_agree(said, gold) else "wrong"


def row(asked: Sequence[Asked]) -> list[str]:
    known = [one for one in asked if one.question.answerable]
    other = [one for one in asked if not one.question.answerable]
    bold = [one for one in asked if one.headline in ("right", "wrong")]
    shares = (
        share(known, lambda one: one.outcome == "right"),
        share(known, lambda one: one.outcome == "declined wrongly"),
        share(other, lambda one: one.outcome == "right"),
        share(asked, lambda one: bool(one.headline)),
        share(bold, lambda one: one.headline == "right"),
        share(known, lambda one: one.evidence_read),
    )
    median = statistics.median(one.milliseconds for one in asked)
    faults = (sum(not one.exact for one in asked), sum(one.unsupported for one in asked))
    return [str(len(asked)), *shares, f"{median:.0f}", *map(str, faults)]


def share(some: Sequence[Asked], holds: Callable[[Asked], bool]) -> str:
    return f"{100 * sum(map(holds, some)) / len(some):.1f} %" if some else ""


def print_wrong(asked: Sequence[Asked]) -> None:
    for one in asked:
        if one.outcome != "right":
            print(
                f"  {one.question.id} {one.outcome}: {' / '.join([*one.question.history, one.question.text])}\n"
                f"      wants {one.question.short or one.question.evidence}\n      says  {one.answer.text}"
            )


if __name__ == "__main__":
    main()
