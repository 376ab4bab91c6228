"""The embedded form of the index, searched by rows: those of its first segment, then those of its second."""

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from qa.encoder import Encoder
from qa.errors import IndexCorruptError, IndexStoreError
from qa.index import vector_index
from qa.index.bm25 import LexicalIndex, Pruning
from qa.index.filters import Filters
from qa.index.generations import CURE, DELTA, check_match, lock_live, read_manifest, verify
from qa.index.search_index import Scores, SearchIndex, SearchQuery
from qa.index.segment import LANGUAGE, Segment, open_segment
from qa.index.vector_cache import Sentences
from qa.text import LanguageModel
from qa.values import IndexManifest

UNREADABLE = (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, SyntaxError)
"""What the readers of a generation's files raise where a file is of another form, though its hash agrees."""


class Index(SearchIndex):
    """One generation with dense and lexical search over the same rows, which are the keys of its passages."""

    def __init__(self, manifest: IndexManifest, segments: Sequence[Segment], language: LanguageModel) -> None:
        super().__init__(manifest, [segment.documents for segment in segments], language)
        self.segments = segments
        self.dense = segments[0].dense
        pruning = None if manifest.search == vector_index.EXACT else Pruning()
        self.lexical = LexicalIndex([segment.postings for segment in segments], pruning)
        self.sentences = Sentences([segment.sentences for segment in segments])

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> Self:
        """Load the live generation, every hash checked; no build removes it while this lives.

        Raises IndexNotFoundError, IndexCorruptError, IndexMismatchError (built by another encoder or version).
        """
        generation, reading = lock_live(folder)
        manifest = read_manifest(generation)
        check_match(manifest, encoder)
        verify(generation, manifest)
        folders = [generation, *filter(Path.is_dir, [generation / DELTA])]
        try:
            segments = [open_segment(part) for part in folders]
            language = LanguageModel.load(*(part / LANGUAGE for part in folders))
            loaded = cls(manifest, segments, language)
        except UNREADABLE as error:
            raise IndexCorruptError(f"{generation} cannot be loaded ({error}); {CURE}") from error
        except MemoryError as error:
            raise IndexStoreError(f"there is not enough memory to load {generation}; close other programs") from error
        weakref.finalize(loaded, reading.close)
        return loaded

    def best(self, query: SearchQuery, k: int, filters: Filters) -> np.ndarray:
        """Return the rows of the best by either search, each search's one after the other."""
        allowed = self.allowed(filters)
        nearest = self.dense_search(query.vector[None], k, allowed)
        return np.concatenate([nearest, self.lexical.best(query.text, k, allowed)])

    def scores(self, query: SearchQuery, keys: np.ndarray) -> Scores:
        """Return the scores of the given rows, which ascend."""
        dense = self.dense_scores(query.vector[None], keys)
        lexical = self.lexical.scores_of(query.text, keys)
        return Scores(dense, lexical, self.sentences.best(query.vector, keys, fallback=dense))

    def lexical_scores(self, query: SearchQuery, keys: np.ndarray) -> np.ndarray:
        """Return BM25 of the given rows, which ascend."""
        return self.lexical.scores_of(query.text, keys)

    def sentence_vectors(self, document_id: str) -> list[np.ndarray]:
        return [*map(self.sentences.of, self.ranges[document_id])]

    def dense_search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return up to ``k`` row numbers by inner product with ``query`` (shape (1, dimension)), best first."""
        found = []
        for segment, start, end in zip(self.segments, self.offsets, self.offsets[1:], strict=False):
            products, rows = vector_index.search(
                segment.dense, query, k, None if allowed is None else allowed[start:end]
            )
            found.append((products, rows + start))
        products, rows = map(np.concatenate, zip(*found, strict=True))
        return rows[np.argsort(-products, kind="stable")[:k]] if len(found) > 1 else rows

    def dense_scores(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the inner products of ``query`` with the given rows, which ascend."""
        bounds = np.searchsorted(rows, self.offsets)
        vectors = [
            segment.dense.reconstruct_batch(rows[start:end] - offset)
            for segment, offset, start, end in zip(self.segments, self.offsets, bounds, bounds[1:], strict=False)
            if end > start
        ]
        return vector_index.inner_products(np.concatenate(vectors), query[0]) if vectors else np.empty(0, np.float32)
