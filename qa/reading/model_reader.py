"""The trained reader: which sentence of the passages found answers a question, with which words, and how surely."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from qa.encoder import PackedModel, PieceTokenizer
from qa.errors import EncoderError
from qa.files import hash_file
from qa.reading.inputs import Readable, ReadingInput, WordVectors, prepare
from qa.text import quotable_spans
from qa.values import Candidate, Hit

if TYPE_CHECKING:
    import onnxruntime

THRESHOLD = 0.25  # the least confidence of a sentence that is quoted
HEADLINE_THRESHOLD = 0.45  # the least confidence of a short answer that is shown above its sentence
PASSAGES = 5  # passages that are read; five more where none of these is sure gained nothing (docs/reader.md)
NEAR = 0.87  # a cosine from which on nearer says nothing of whether a question is answered (docs/reader.md)
LONGEST_SHORT = 48  # tokens of the longest short answer
SENTENCE, START, END = 0, 1, 2  # the channels of a token's logits
TRIMMED = " \t\n,;:.–-()\"“”'"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities: the weights of two logistic regressions, made by ``training.calibrate``.

    ``order`` adds to a sentence's logit for comparing sentences; ``answered`` weighs what the passages say together,
    what all sentences say, and how far the nearest passage is; ``short`` the features of ``short_evidence``; the last
    weight of both is the bias.
    """

    sha256: str
    order: tuple[float, ...]
    answered: tuple[float, ...]
    short: tuple[float, ...]

    @classmethod
    def load(cls) -> Self:
        values = json.loads((files("qa.reading") / "reader.json").read_text(encoding="utf-8"))
        return cls(values["sha256"], *(tuple(values[name]) for name in ("order", "answered", "short")))


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What the model says of one sentence: its logit, and its likeliest short answer.

    ``short_log``: the logarithm of the probability of that answer and of those nearly the same (``likeliest``).
    """

    span: tuple[int, int]
    logit: float
    short: tuple[int, int]
    short_log: float


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the model says of one passage: the logit that it answers, and its sentences."""

    logit: float
    sentences: tuple[SentenceReading, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence, the passage that it stands in, and its score, for comparing it with the others that were read."""

    hit: Hit
    reading: PassageReading
    sentence: SentenceReading
    score: float


class Reader(Protocol):
    """Reads what was found."""

    def read(self, question: str, hits: Sequence[Hit], history: Sequence[str] = ()) -> list[Candidate]:
        """Return every sentence of the hits, best first; ``history``: earlier questions, oldest first."""
        ...


class ModelReader:
    """Reads with the trained model; any number of threads may ask, and the passages of all are read over one pool.

    ``trusts_cosines``: the hits' cosines are the default encoder's, which the confidence was fitted on. Those of
    another encoder lie elsewhere and are left out of account.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        packed: PackedModel,
        calibration: Calibration,
        threads: int = 0,
        *,
        trusts_cosines: bool = True,
    ) -> None:
        self.session, self.calibration = session, calibration
        self.trusts_cosines = trusts_cosines
        self.words, self.tokenizer = WordVectors(packed), PieceTokenizer.load(packed)
        self.pool = ThreadPoolExecutor(threads or os.cpu_count(), "reader")

    @classmethod
    def load(cls, packed: PackedModel, threads: int = 0, *, trusts_cosines: bool = True) -> Self:
        """Load the model that the package carries; EncoderError where its file is not the one that was tested."""
        import onnxruntime

        calibration = Calibration.load()
        path = Path(str(files("qa.reading") / "reader.onnx"))
        if not path.is_file() or hash_file(path) != calibration.sha256:
            raise EncoderError(f"{path} is missing or not the tested reader; install the package again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_mem_pattern = False  # a plan is kept for each length of passage: 11 MB for nothing
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return cls(session, packed, calibration, threads, trusts_cosines=trusts_cosines)

    def read(self, question: str, hits: Sequence[Hit], history: Sequence[str] = ()) -> list[Candidate]:
        """Return every sentence of the five best hits, best first."""
        found = hits[:PASSAGES]
        return self.compare(
            [*zip(found, self.pool.map(partial(self.read_passage, question, history), found), strict=True)]
        )

    def compare(self, readings: Sequence[tuple[Hit, PassageReading]]) -> list[Candidate]:
        """Return every sentence of the passages read, best first."""
        readings = [(hit, reading) for hit, reading in readings if reading.sentences]
        if not readings:
            return []
        scored = [
            Scored(hit, reading, sentence, self.order(sentence, reading, hit))
            for hit, reading in readings
            for sentence in reading.sentences
        ]
        best = max(scored, key=lambda one: one.score)
        total = log_sum([0.0, *(one.score for one in scored)])
        far = distance(max(hit.dense for hit, _ in readings)) if self.trusts_cosines else 0.0
        passages = log_sum([reading.logit for _, reading in readings])
        answered = weigh(self.calibration.answered, (passages, total, far))
        found = [self.candidate(one, total, chance(answered + one.score - best.score)) for one in scored]
        return sorted(found, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))

    def order(self, sentence: SentenceReading, passage: PassageReading, hit: Hit) -> float:
        """Return a sentence's logit, moved by what its passage and the search say for it."""
        by_passage, by_search, by_name = self.calibration.order
        return sentence.logit + by_passage * passage.logit + by_search * hit.score + by_name * hit.named

    def candidate(self, one: Scored, total: float, confidence: float) -> Candidate:
        start, end = one.sentence.span
        first, last = one.sentence.short
        passage, whole = one.hit.passage, one.hit.passage.citation
        return Candidate(
            text=passage.text[start:end],
            citation=dataclasses.replace(whole, start=whole.start + start, end=whole.start + end),
            score=one.score,
            share=math.exp(one.score - total),
            confidence=confidence,
            short=passage.text[first:last] or None,
            short_confidence=chance(weigh(self.calibration.short, short_evidence(one, total))),
        )

    def read_passage(self, question: str, history: Sequence[str], hit: Hit) -> PassageReading:
        """Read one passage."""
        passage, spans = hit.passage, tuple(quotable_spans(hit.passage.text))
        given = prepare(
            self.tokenizer,
            question,
            history,
            Readable(passage.context, passage.citation.published, passage.text, spans),
        )
        vectors, mask = self.words.batch([given.ids])
        tokens, whole = self.session.run(None, {"words": vectors, "mask": mask})
        logits = tokens[0, given.first : given.first + len(given.starts)]
        return PassageReading(float(whole[0]), tuple(sentence_readings(given, logits, spans, passage.text)))


def sentence_readings(
    given: ReadingInput, logits: np.ndarray, spans: Sequence[tuple[int, int]], text: str
) -> list[SentenceReading]:
    """Return what the logits of a passage's tokens, shape (tokens, 3), say of each sentence that was read."""
    starts, ends = log_softmax(logits[:, START]), log_softmax(logits[:, END])
    found = []
    for span, tokens in zip(spans, given.sentences, strict=True):
        if tokens:
            first, last, log = likeliest(starts[slice(*tokens)], ends[slice(*tokens)])
            inside = (int(given.starts[tokens[0] + first]), int(given.ends[tokens[0] + last]))
            logit = float(logits[slice(*tokens), SENTENCE].mean())
            found.append(SentenceReading(span, logit, whole_words(text, inside, span), log))
    return found


def likeliest(starts: np.ndarray, ends: np.ndarray) -> tuple[int, int, float]:
    """Return the first and last token of the likeliest short answer, and the logarithm of how likely it is.

    "406" and "406 người" are one answer: those that share half of their tokens with the likeliest count with it.
    """
    pairs = starts[:, None] + ends[None, :]
    allowed = np.tril(np.triu(np.ones_like(pairs)), LONGEST_SHORT - 1)
    pairs = np.where(allowed > 0, pairs, -np.inf)
    first, last = map(int, np.unravel_index(int(pairs.argmax()), pairs.shape))
    places = np.arange(len(starts))
    begins, stops = places[:, None], places[None, :]
    shared = np.minimum(stops, last) - np.maximum(begins, first) + 1
    covered = np.maximum(stops, last) - np.minimum(begins, first) + 1
    return first, last, log_sum(pairs[(allowed > 0) & (2 * shared >= covered)].tolist())


def whole_words(text: str, inside: tuple[int, int], span: tuple[int, int]) -> tuple[int, int]:
    """Widen a span to whole words within its sentence, without white space and punctuation around it."""
    start, end = max(inside[0], span[0]), min(inside[1], span[1])
    while start < end and text[start] in TRIMMED:
        start += 1
    while end > start and text[end - 1] in TRIMMED:
        end -= 1
    while start > span[0] and text[start - 1].isalnum() and start < end:
        start -= 1
    while end < span[1] and text[end].isalnum() and start < end:
        end += 1
    return start, end


def distance(cosine: float) -> float:
    """Return how far the nearest passage is from its question, 0 where it is near enough to be of the same world."""
    return max(0.0, NEAR - cosine)


def short_evidence(one: Scored, total: float) -> tuple[float, ...]:
    """Return what the confidence in a short answer rests on."""
    return one.sentence.short_log, one.score - total, total, one.reading.logit


def weigh(weights: Sequence[float], features: Sequence[float]) -> float:
    """Return the log odds that features speak for; the last weight is the bias."""
    return sum(weight * feature for weight, feature in zip(weights, (*features, 1.0), strict=True))


def chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def log_sum(values: Sequence[float]) -> float:
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values))


def log_softmax(values: np.ndarray) -> np.ndarray:
    shifted = values - values.max()
    result: np.ndarray = shifted - np.log(np.exp(shifted).sum())
    return result
