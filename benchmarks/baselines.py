"""The systems that ours is compared with, over the same passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bm25s
import numpy as np

from qa.corpus.passages import searched_text
from qa.encoder import Encoder
from qa.index import Index
from qa.text.normalise import SYLLABLE, syllables

DEPTH = 10
FUSION_DEPTH = 200
FUSION_CONSTANT = 60
"""Of reciprocal rank fusion, as its authors set it (Cormack, Clarke and Büttcher, SIGIR 2009)."""

Scorer = Callable[[str], np.ndarray]
"""A query → a score for each passage; 0 means that it is not found."""

Ranker = Callable[[str], list[str]]
"""A query → the ids of the ten best documents, best first."""


def bm25(texts: Sequence[str], tokens: Callable[[str], list[str]], **parameters: float) -> Scorer:
    """Return BM25 over the given tokens, as bm25s has it by default: Lucene's form, k1 1.5, b 0.75."""
    model = bm25s.BM25(**parameters)
    model.index([tokens(text) or [""] for text in texts], show_progress=False)

    def score(query: str) -> np.ndarray:
        known = model.get_tokens_ids(tokens(query))
        return model.get_scores_from_ids(known) if known else np.zeros(len(texts), np.float32)

    return score


def plain_syllables(text: str) -> list[str]:
    return SYLLABLE.findall(text.lower())


def segmented_words(text: str) -> list[str]:
    """Return pyvi's words ("hành_chính"), without punctuation."""
    from pyvi import ViTokenizer  # here, for it takes seconds

    return [word for word in ViTokenizer.tokenize(text).lower().split() if SYLLABLE.search(word)]


def cosine(index: Index, encoder: Encoder) -> Scorer:
    """Return the encoder's cosine, raised by 1 so that every passage counts as found."""
    rows = np.arange(len(index.passages))
    return lambda query: 1 + index.dense_scores(encoder.encode_queries([query]), rows)


def reciprocal_ranks(*scorers: Scorer) -> Scorer:
    """Fuse the best passages of each scorer by their ranks."""

    def score(query: str) -> np.ndarray:
        return np.sum([shares(scorer(query)) for scorer in scorers], axis=0)

    return score


def shares(scores: np.ndarray) -> np.ndarray:
    best = np.argsort(-scores, kind="stable")[:FUSION_DEPTH]
    best = best[scores[best] > 0]
    given = np.zeros(len(scores))
    given[best] = 1 / (FUSION_CONSTANT + np.arange(1, len(best) + 1))
    return given


def by_best_passage(index: Index, scorer: Scorer) -> Ranker:
    """Rank documents by their best passage, ties by id."""
    names = np.array(sorted(index.documents))
    places = {name: place for place, name in enumerate(names)}
    owners = np.array([places[passage.citation.document_id] for passage in index.passages])

    def rank(query: str) -> list[str]:
        best = np.zeros(len(names))
        np.maximum.at(best, owners, scorer(query))
        order = np.argsort(-best, kind="stable")[:DEPTH]
        return names[order[best[order] > 0]].tolist()

    return rank


def baselines(index: Index, encoder: Encoder) -> dict[str, Ranker]:
    texts = [searched_text(passage) for passage in index.passages]
    matched, near = bm25(texts, plain_syllables), cosine(index, encoder)
    scorers = {
        "BM25, syllables": matched,
        "BM25, folded syllables": bm25(texts, syllables),
        "BM25, words (pyvi)": bm25(texts, segmented_words),
        "encoder": near,
        "BM25 + encoder, rank fusion": reciprocal_ranks(matched, near),
    }
    return {name: by_best_passage(index, scorer) for name, scorer in scorers.items()}
