"""Passages → BM25 scores: syllables and pairs of them, accents folded. The only importer of bm25s."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np

from qa.spelling import terms

TOKENIZER = "folded-words-pairs-v4"
K1 = 1.2
B = 0.75


class LexicalIndex:
    """BM25 (Lucene's form) over all passages of one generation."""

    def __init__(self, model: bm25s.BM25) -> None:
        self.model = model

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts, at least one."""
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([terms(text) or [""] for text in texts], show_progress=False)
        return cls(model)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Load what ``save`` wrote."""
        return cls(bm25s.BM25.load(str(folder), load_corpus=False, mmap=True))

    def save(self, folder: Path) -> None:
        """Write JSON and NumPy files into the folder."""
        self.model.save(str(folder), show_progress=False)

    def scores(self, query: str) -> np.ndarray:
        """Return one score (≥ 0, float32) a passage, in the passages' order."""
        known = self.model.get_tokens_ids(terms(query))
        if not known:
            return np.zeros(self.model.scores["num_docs"], np.float32)
        return np.asarray(self.model.get_scores_from_ids(known), np.float32)

    def has(self, term: str) -> bool:
        """Tell whether any passage holds the term."""
        return term in self.model.vocab_dict

    def weight(self, term: str) -> float:
        """Return the term's inverse document frequency; a term never seen weighs as one seen in no passage."""
        frequency = len(self.rows(term))
        return math.log(1 + (self.model.scores["num_docs"] - frequency + 0.5) / (frequency + 0.5))

    def rows(self, term: str) -> np.ndarray:
        """Return the rows of the passages that hold a term, ascending."""
        known = self.model.vocab_dict.get(term)
        if known is None:
            return np.empty(0, np.int32)
        start, end = self.model.scores["indptr"][known : known + 2]
        return self.model.scores["indices"][start:end]
