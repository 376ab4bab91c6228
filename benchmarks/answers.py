"""Measure answers: the sentence chosen, the short answer, when it stops, and every wrong one with its cause.

    python -m benchmarks.answers [--reading FOLDER --far FOLDER] [--official INDEX] [--twins] [--engine] [--write PAGE]

``--reading``: a reading set in BEIR layout (answers with spans, and unanswerable queries on the same topics);
``--far``: another set, whose queries the first cannot answer. The question files of ``eval_data`` are asked over
the shipped corpus; with ``--official``, an index folder of the official documents is asked its own questions.
``--engine``: the shipped corpus lies in Qdrant's own shard (qdrant-edge-py), written anew.
``--twins``: ``questions.jsonl`` also without accents, with half of them, and with slips.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import qa
from benchmarks.pages import write_part
from benchmarks.questions import QUESTIONS, holds, is_exact, is_first_right, judge
from benchmarks.vectors import RememberingEncoder
from qa.answer.draft import HITS
from qa.answer.publish import unsupported_numbers
from qa.evaluate.dataset import TWINS, read_dataset
from qa.evaluate.run import answer_f1, area_under_roc, holds_answer, index_dataset
from qa.index import BuildOptions, QdrantIndex, build
from qa.reading import THRESHOLD, Candidate
from qa.retrieval import SearchResult
from qa.session import SHIPPED_VECTORS, Session, load_corpus, load_encoder
from qa.settings import Settings
from qa.text import terms
from qa.values import Turn
from testing.edge_engine import EdgeEngine

QUALITY = QUESTIONS.parent
FILES = ("questions.jsonl", "held_out.jsonl", "held_out_2.jsonl", "comparisons.jsonl")
OFFICIAL = ("official.jsonl", "official_2.jsonl")


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """A question of a file, what was answered, and how it was judged."""

    record: dict
    answer: qa.Answer
    outcome: str
    cause: str


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reading", type=Path, metavar="FOLDER")
    parser.add_argument("--far", type=Path, metavar="FOLDER")
    parser.add_argument("--official", type=Path, metavar="INDEX")
    parser.add_argument("--twins", action="store_true")
    parser.add_argument("--engine", action="store_true")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between its marks")
    options = parser.parse_args(arguments)
    encoder = RememberingEncoder(load_encoder(), Settings().cache / "evaluate" / "vectors")
    blocks = [reading_block(options.reading, options.far, encoder)] if options.reading else []
    session = session_on_engine(encoder) if options.engine else qa.open_session(encoder=encoder)
    rows, wrong = [], []
    for name in FILES:
        for kind in ("as written", *(TWINS if options.twins and name == FILES[0] else ())):
            asked = ask_all(session, read_records(QUALITY / name), kind)
            rows.append(summary(f"{name}, {kind.replace('_', ' ')}", asked, session))
            wrong += [(name, one) for one in asked if one.outcome != "right" and kind == "as written"]
    if options.official:
        official = qa.open_session(options.official, encoder)
        for name in OFFICIAL:
            asked = ask_all(official, read_records(QUALITY / name), "as written")
            rows.append(summary(f"{name} over the official documents", asked, official))
            wrong += [(name, one) for one in asked if one.outcome != "right"]
    encoder.save()
    content = "\n\n".join([*blocks, question_table(rows), wrong_list(wrong)])
    print(content)
    if options.write:
        write_part(options.write, "answers", content, title="Answers, measured", section="Figures")


def session_on_engine(encoder: RememberingEncoder) -> Session:
    """Build the shipped corpus in Qdrant's own shard, in a temporary folder, and open it as it is in use."""
    folder, corpus = Path(tempfile.mkdtemp(prefix="qa-engine-")), Settings().corpus
    engine = EdgeEngine(folder / "engine", graph=True)
    build(load_corpus(corpus), folder, encoder, BuildOptions(shipped=corpus / SHIPPED_VECTORS, engine=engine))
    return Session(QdrantIndex.open(folder, engine, encoder), encoder)


def reading_block(folder: Path, far: Path | None, encoder: RememberingEncoder) -> str:
    """Return the table of a reading set: ours beside the plain choice, in the same run."""
    dataset = read_dataset(folder)
    with index_dataset(dataset, encoder, Settings().cache) as index:
        session = Session(index, encoder)
        chosen = {query: weigh(session, query.text) for query in dataset.reading}
        strangers = [query.text for query in read_dataset(far).judged[:300]] if far else []
        other = [weigh(session, text)[0] for text in strangers]
    known = [(query.answers, *both) for query, both in chosen.items() if query.answers]
    lines = [f"| {dataset.name}: {len(known)} answerable, {len(chosen) - len(known)} unanswerable | ours | baseline |"]
    lines += ["|---|--:|--:|"]
    ours, plain = (statistics.fmean(holds_answer(text(one[place]), one[0]) for one in known) for place in (1, 2))
    lines.append(f"| sentence@1 (baseline: in the first passage, most of the words asked) | {ours:.3f} | {plain:.3f} |")
    short = statistics.fmean(answer_f1(brief(best), answers) for answers, best, _ in known)
    whole = statistics.fmean(answer_f1(text(best), answers) for answers, best, _ in known)
    lines.append(f"| short-answer F1 (baseline: the whole sentence) | {short:.3f} | {whole:.3f} |")
    near, single = refusal(chosen)
    lines.append(
        f"| AUROC, unanswerable on the same topic (baseline: cosine of the first passage) | {near:.3f} | {single:.3f} |"
    )
    if other:
        answerable = [confidence(best) for query, (best, _) in chosen.items() if query.answerable]
        lines.append(
            f"| AUROC, questions of another world | {area_under_roc(answerable, list(map(confidence, other))):.3f} | |"
        )
    return "\n".join(lines)


def weigh(session: Session, question: str) -> tuple[Candidate | None, Candidate | None]:
    """Return the sentence we would quote first, and the plain choice: the first passage's with most words asked."""
    found: SearchResult = session.retriever.find(question, HITS)
    candidates = session.answerer.reader.read(found.query, found.hits)
    if not candidates:
        return None, None
    best_passage = found.hits[0].passage.citation
    inside = [one for one in candidates if is_inside(one, best_passage)] or candidates
    plain = max(inside, key=lambda one: shared(found.query, one.text))
    return candidates[0], dataclasses.replace(plain, confidence=found.hits[0].dense)


def is_inside(candidate: Candidate, passage: qa.Citation) -> bool:
    one = candidate.citation
    return one.document_id == passage.document_id and passage.start <= one.start and one.end <= passage.end


def shared(question: str, sentence: str) -> float:
    """Return the share of the question's words and pairs of words that a sentence holds."""
    asked = set(terms(question))
    return len(asked & set(terms(sentence))) / max(1, len(asked))


def text(candidate: Candidate | None) -> str:
    return candidate.text if candidate else ""


def brief(candidate: Candidate | None) -> str:
    return (candidate.short or candidate.text) if candidate else ""


def confidence(candidate: Candidate | None) -> float:
    return candidate.confidence if candidate else 0.0


def refusal(chosen: dict) -> tuple[float, float]:
    """Return the AUROC of the confidence, and of the plain choice's cosine."""

    def score(place: int) -> float:
        values = {query: confidence(both[place]) for query, both in chosen.items()}
        known, unknown = ([v for q, v in values.items() if q.answerable is wanted] for wanted in (True, False))
        return area_under_roc(known, unknown)

    return score(0), score(1)


def read_records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def ask_all(session: Session, records: Sequence[dict], kind: str) -> list[ExpectedAnswer]:
    asked = []
    for record in records:
        typed = record["question"] if kind == "as written" else TWINS[kind](record["question"], record["id"])
        history = [Turn(**turn) for turn in record.get("history", ())]
        answer = session.ask(typed, history=history)
        outcome = judge(record, answer)
        asked.append(
            ExpectedAnswer(record, answer, outcome, "" if outcome == "right" else cause(session, record, answer))
        )
    return asked


def cause(session: Session, record: dict, answer: qa.Answer) -> str:
    """Say where a wrong answer went wrong, by what was found and weighed."""
    if not record["answerable"]:
        return "a neighbouring sentence was confident enough"
    found = session.retriever.retrieve(answer.understood, HITS)
    if not any(hit.passage.citation.document_id in record["documents"] for hit in found.hits):
        return "no listed document among the passages found"
    sentences = session.answerer.reader.read(found.query, found.hits)
    right = [place for place, one in enumerate(sentences) if holds(record, [one])]
    if not right:
        return "the facts do not stand in one sentence of the passages found"
    if right[0] == 0:
        return f"the right sentence was best, its confidence {sentences[0].confidence:.2f} below {THRESHOLD}"
    return f"the right sentence was number {right[0] + 1} of those weighed"


def summary(name: str, asked: Sequence[ExpectedAnswer], session: Session) -> list[str]:
    """Return a row of the table of question files."""
    answerable = [one for one in asked if one.record["answerable"]]
    other = [one for one in asked if not one.record["answerable"]]
    inexact = sum(not is_exact(session, quote) for one in asked for quote in one.answer.citations)
    unsupported = sum(
        bool(unsupported_numbers(one.answer.text, one.answer.citations)) for one in asked if one.answer.citations
    )
    return [
        name,
        str(len(asked)),
        share([one.outcome == "right" for one in asked]),
        share([is_first_right(one.record, one.answer) for one in answerable]),
        share([one.answer.declined for one in other]),
        share([one.answer.declined for one in answerable]),
        str(inexact),
        str(unsupported),
    ]


def share(values: Sequence[bool]) -> str:
    return f"{statistics.fmean(values):.1%}" if values else "–"


def question_table(rows: Sequence[Sequence[str]]) -> str:
    head = ["questions", "number", "right", "first citation right", "declined when it should", "declined when not"]
    head += ["inexact quotes", "answers with an unsupported number"]
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def wrong_list(wrong: Sequence[tuple[str, ExpectedAnswer]]) -> str:
    """Return every wrong answer with its cause, and how often each cause is."""
    causes = Counter(one.cause.split(" number ")[0].split(", its")[0] for _, one in wrong)
    lines = [f"- {count} × {name}" for name, count in causes.most_common()]
    table = ["| file | id | question | outcome | cause |", "|---|---|---|---|---|"]
    for name, one in wrong:
        question = one.record["question"].replace("|", "\\|")
        table.append(f"| {name} | {one.record['id']} | {question} | {one.outcome} | {one.cause} |")
    return "\n".join(["Wrong answers by cause:", "", *lines, "", *table])


if __name__ == "__main__":
    main()
