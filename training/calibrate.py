"""Fit how the reader's logits become probabilities, on questions over documents that were not trained on.

    python -m training.calibrate --ask INDEX CORPUS READER [--ask …] [--keep FEATURES] [--answered]

Each ``--ask`` names an index, its corpus and the folder of reading questions; it is asked those of another world
too (``training/data/far.jsonl``). These would bend the weights away from near misses, so the distance is fitted after
the other weights, which they have no part in. With ``--answered`` the confidence alone is fitted, the other weights
being as they are in the file. Prints how the questions of the split "test" fare, and writes the weights into
``qa/reading/reader.json``.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from qa.answer.draft import HITS
from qa.answer.pipeline import ways_to_read
from qa.reading.model_reader import PASSAGES, ModelReader, distance, log_sum
from qa.session import Session, open_session
from training.export import ROOM
from training.groups import questions_of
from training.questions import Library, Question, Span, digits_agree, far_questions, names_of_corpus, shares_most

QUOTED = 3
"""Sentences that an answer mostly consists of."""

FAR = Path(__file__).parent / "data" / "far.jsonl"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is known of one sentence that was read; ``extra``: what may be added to its logit; its passage's cosine."""

    logit: float
    extra: tuple[float, float, float]
    cosine: float
    short_log: float
    rank: int
    right: bool
    short_right: bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the sentences that were read for it."""

    id: str
    split: str
    type: str
    answered: bool
    sentences: tuple[Sentence, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ask", nargs=3, action="append", default=[], metavar=("INDEX", "CORPUS", "READER"))
    parser.add_argument("--most", type=int, default=1000, help="questions of an index that are asked, of each split")
    parser.add_argument("--keep", type=Path, help="file of what was read, written once and used again")
    parser.add_argument("--answered", action="store_true", help="fit only the confidence that a question is answered")
    options = parser.parse_args(arguments)
    if options.keep and options.keep.exists():
        asked = [restored(json.loads(line)) for line in options.keep.open()]
    else:
        asked = [one for parts in options.ask for one in ask_all(parts, options.most)]
        if options.keep:
            options.keep.write_text("\n".join(json.dumps(asdict(one)) for one in asked))
    asked = [one for one in asked if one.sentences]
    learnt = [first_of(one) for one in asked if one.split == "calibrate"]
    path = ROOM / "reader.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    same_world = [one for one in learnt if one.type != "far"]
    order = values["order"] if options.answered else fit_order(learnt)
    *near, bias = fit_near(same_world, order)
    answered = [*near, fit_distance(learnt, order, [*near, bias]), bias]
    short = values["short"] if options.answered else fit_short(same_world, order)
    print("order", order, "answered", answered, "short", short)
    for split in ("calibrate", "test"):
        report(split, [first_of(one) for one in asked if one.split == split], order, answered, short)
        report(f"{split}, {HITS} passages read", [one for one in asked if one.split == split], order, answered, short)
    weights = {"order": order, "answered": answered, "short": short}
    rounded = {name: [round(float(one), 4) for one in some] for name, some in weights.items()}
    path.write_text(json.dumps(values | rounded, indent=1) + "\n", encoding="utf-8")


def first_of(one: Asked) -> Asked:
    """Return a question with the sentences of the five best passages."""
    return replace(one, sentences=tuple(sentence for sentence in one.sentences if sentence.rank < PASSAGES))


def restored(row: dict) -> Asked:
    sentences = tuple(Sentence(**one) for one in row.pop("sentences"))
    return Asked(**row, sentences=sentences)


def ask_all(parts: Sequence[str], most: int) -> Iterator[Asked]:
    index, corpus, reader = parts
    session = open_session(Path(index))
    library = Library(session.index.documents.values(), names_of_corpus(Path(corpus)))
    wanted = argparse.Namespace(reader=Path(reader), files=[], sources=None)
    questions = list(questions_of(wanted, library))
    random.Random(0).shuffle(questions)
    chosen = [one for split in ("calibrate", "test") for one in [q for q in questions if q.split == split][:most]]
    for question in tqdm([*chosen, *far_questions(FAR)], index):
        yield ask(session, question)


def ask(session: Session, question: Question) -> Asked:
    """Return every sentence read for a question; of a follow-up, in the way whose passages speak most for it."""
    asked = session.retriever.understand(question.text)
    text = session.document(question.document).text if question.document else ""
    ways = [read(session, question, asked, some, text) for some in ways_to_read(question.history)]
    sentences = max(ways, key=lambda some: passages_of([one for one in some if one.rank < PASSAGES]))
    return Asked(question.id, question.split, question.type, question.answered, sentences)


def read(session: Session, question: Question, asked: str, earlier: Sequence[str], text: str) -> tuple[Sentence, ...]:
    reader = session.answerer.reader
    assert isinstance(reader, ModelReader)
    found = session.retriever.retrieve(" ".join((*earlier, asked)), HITS)
    sentences = []
    for rank, hit in enumerate(found.hits[:HITS]):
        reading = reader.read_passage(asked, earlier, hit)
        for one in reading.sentences:
            extra = (reading.logit, hit.score, float(hit.named))
            start, end = (hit.passage.citation.start + place for place in one.span)
            own = hit.passage.citation.document_id == question.document
            right = own and is_told(question.evidence, start, end)
            short = None
            if question.short:
                said = hit.passage.text[slice(*one.short)]
                gold = text[slice(*question.short)]
                short = right and shares_most(said, gold) and digits_agree(said, gold)
            sentences.append(Sentence(one.logit, extra, hit.dense, one.short_log, rank, right, short))
    return tuple(sentences)


def is_told(evidence: Sequence[Span], start: int, end: int) -> bool:
    """Tell whether a sentence and a piece of evidence have more than half of the shorter in common."""
    return any(min(end, last) - max(start, first) > 0.5 * min(end - start, last - first) for first, last in evidence)


def fit_order(asked: Sequence[Asked]) -> list[float]:
    """Return what to add to a sentence's logit, by the likelihood of the right sentences among all and none."""
    weights = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=60)
    rows = [
        (
            torch.tensor([s.logit for s in one.sentences]),
            torch.tensor([s.extra for s in one.sentences]),
            torch.tensor([s.right for s in one.sentences]),
        )
        for one in asked
        if any(s.right for s in one.sentences)
    ]

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        losses = []
        for logits, extra, right in rows:
            scores = logits + extra @ weights
            losses.append(scores.logsumexp(0) - scores[right].logsumexp(0))
        loss = torch.stack(losses).mean() + 0.001 * weights.pow(2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return [float(one) for one in weights.detach()]


def best_of(one: Asked, order: Sequence[float]) -> tuple[Sentence, float, float]:
    """Return the best sentence, its score, and the logarithm of what speaks for any sentence or none."""
    scores = [s.logit + float(np.dot(s.extra, order)) for s in one.sentences]
    place = int(np.argmax(scores))
    return one.sentences[place], scores[place], log_sum([0.0, *scores])


def is_answered(one: Asked, order: Sequence[float]) -> bool:
    """Tell whether a right sentence is among the first three, of which an answer mostly consists.

    Asked of the very first alone, the confidence would fall where several sources say the same.
    """
    ranked = sorted(one.sentences, key=lambda s: -s.logit - float(np.dot(s.extra, order)))
    return any(s.right for s in ranked[:QUOTED])


def passages_of(sentences: Sequence[Sentence]) -> float:
    """Return what the logits of the passages that sentences stand in say together."""
    logits = {one.rank: one.extra[0] for one in sentences}
    return log_sum(list(logits.values())) if logits else -math.inf


def features(one: Asked, order: Sequence[float]) -> list[float]:
    nearest = max(sentence.cosine for sentence in one.sentences)
    return [passages_of(one.sentences), best_of(one, order)[2], distance(nearest)]


def short_features(one: Asked, order: Sequence[float]) -> list[float]:
    best, score, total = best_of(one, order)
    return [best.short_log, score - total, total, best.extra[0]]


def fit_near(asked: Sequence[Asked], order: Sequence[float]) -> list[float]:
    """Return the weights of all features but the last, the distance, and the bias."""
    return logistic([features(one, order)[:-1] for one in asked], [is_answered(one, order) for one in asked])


def fit_distance(asked: Sequence[Asked], order: Sequence[float], near: Sequence[float]) -> float:
    """Return the likeliest weight of the distance beside the other weights and the bias."""
    rows = np.array([features(one, order) for one in asked])
    logits = rows[:, :-1] @ np.array(near[:-1]) + near[-1]
    truth = np.array([is_answered(one, order) for one in asked])

    def loss(weight: float) -> float:
        moved = logits + weight * rows[:, -1]
        return float((np.logaddexp(0, moved) - truth * moved).mean())

    return float(minimize_scalar(loss).x)


def fit_short(asked: Sequence[Asked], order: Sequence[float]) -> list[float]:
    known = [one for one in asked if not one.answered or any(s.short_right is not None for s in one.sentences)]
    return logistic(
        [short_features(one, order) for one in known], [bool(best_of(one, order)[0].short_right) for one in known]
    )


def logistic(rows: Sequence[Sequence[float]], truth: Sequence[bool]) -> list[float]:
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(rows), np.array(truth))
    return [*map(float, fitted.coef_[0]), float(fitted.intercept_[0])]


def chance(weights: Sequence[float], row: Sequence[float]) -> float:
    return float(1 / (1 + np.exp(-(np.dot(weights[:-1], row) + weights[-1]))))


def report(
    split: str, asked: Sequence[Asked], order: Sequence[float], answered: Sequence[float], short: Sequence[float]
) -> None:
    """Print what each threshold buys."""
    sure = np.array([chance(answered, features(one, order)) for one in asked])
    right = np.array([best_of(one, order)[0].right for one in asked])
    answered_well = np.array([is_answered(one, order) for one in asked])
    known = np.array([one.answered for one in asked])
    found = np.array([any(s.right for s in one.sentences) for one in asked])
    far = np.array([one.type == "far" for one in asked])
    near, other = (roc_auc_score(known[some], sure[some]) for some in (~far, far | known))
    print(
        f"{split}: {len(asked)} questions, evidence among those read {found[known].mean():.3f}, "
        f"right sentence first {right[known].mean():.3f}, AUROC {near:.3f}, of another world {other:.3f}, "
        f"calibration error {calibration_error(sure, answered_well):.3f}"
    )
    for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        said = sure >= least
        print(
            f"  {least}: right {(said & right)[known].mean():.3f}, wrongly declined {(~said)[known].mean():.3f}, "
            f"near misses declined {(~said)[~known & ~far].mean():.3f}, of another world {(~said)[far].mean():.3f}"
        )
    has_short = [one for one in asked if not one.answered or any(s.short_right is not None for s in one.sentences)]
    bold = np.array([chance(short, short_features(one, order)) for one in has_short])
    true = np.array([bool(best_of(one, order)[0].short_right) for one in has_short])
    for least in (0.4, 0.5, 0.6, 0.7):
        shown = bold >= least
        print(f"  headline {least}: shown {shown.mean():.3f}, right {true[shown].mean():.3f}")


def calibration_error(sure: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error (Guo et al., 2017) over bins of equal width."""
    which = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(sure[which == b].mean() - truth[which == b].mean()) * (which == b).mean()
            for b in range(bins)
            if (which == b).any()
        )
    )


if __name__ == "__main__":
    main()
