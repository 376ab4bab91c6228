"""The form of the index whose vectors and term weights lie in a search engine; texts and terms lie in its folder.

A generation is one collection, or that of an earlier one and a second of what came since. A point's id is the row of
its passage. The engine is given numbers alone, so that no text that is shown ever comes from it.
"""

import json
import math
import weakref
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np

from qa.corpus import searched_text
from qa.encoder import Encoded, Encoder
from qa.errors import IndexCorruptError, SearchEngineError
from qa.index.bm25 import K1, B, hash_of
from qa.index.engine import Engine, Found, Point, PointSearch, SparseVector, VectorName, Vectors, Where, batches
from qa.index.filters import Filters, bounds_of, days_of
from qa.index.generations import CURE, DELTA, check_match, lock_live, read_manifest, verify
from qa.index.search_index import Scores, SearchIndex, SearchQuery
from qa.index.segment import LANGUAGE, SegmentContent, SegmentDocuments, key_of, write_database, write_language
from qa.index.vector_cache import VectorCache
from qa.index.vector_cache import Vectors as CachedVectors
from qa.text import LanguageModel, terms
from qa.values import IndexManifest

TERMS, STATISTICS, CHECKS, POINT_KEYS = "terms.npy", "statistics.json", "checks.npy", "point_keys.json"
PART = 10_000  # passages whose vectors are in memory at once while a collection is written
MOST_REMOVED = 2_000  # documents of the first collection that every search leaves out by name
BEAM = 1600  # candidates that a search by graph keeps: the 400 nearest are wanted, not the ten (docs/scale.md)
SAMPLE = 500  # points that ``qa verify`` reads


@dataclass(frozen=True, slots=True)
class TermTable:
    """The terms of one collection, by which its sparse vectors number them.

    ``hashes``: 64 bits a term, ascending; a term's number is its place. ``frequencies``: passages that hold it.
    ``mean_length``: of the generation that was last written whole, by which all its weights are made.
    """

    hashes: np.ndarray
    frequencies: np.ndarray
    passages: int
    mean_length: float

    @classmethod
    def learn(cls, texts: Iterable[str], mean_length: float | None = None) -> Self:
        """Count the terms of some texts; without a ``mean_length`` theirs is the one."""
        hashes, counts = np.empty(0, np.uint64), np.empty(0, np.int32)
        lengths, count, rest = 0, 0, iter(texts)
        while some := list(islice(rest, PART)):  # the terms themselves of all texts would fill the memory
            frequencies: Counter[str] = Counter()
            for text in some:
                listed = terms(text)
                frequencies.update(set(listed))
                lengths += max(1, len(listed))
            count += len(some)
            more = np.fromiter(map(hash_of, frequencies), np.uint64, len(frequencies))
            hashes, places = np.unique(np.concatenate([hashes, more]), return_inverse=True)
            held = np.concatenate([counts, np.fromiter(frequencies.values(), np.int32, len(frequencies))])
            counts = np.bincount(places, held).astype(np.int32)
        return cls(hashes, counts, count, mean_length or lengths / max(1, count))

    @classmethod
    def load(cls, folder: Path) -> Self:
        hashes, frequencies = np.load(folder / TERMS, allow_pickle=False)
        statistics = json.loads((folder / STATISTICS).read_text(encoding="utf-8"))
        return cls(hashes, frequencies.astype(np.int32), int(statistics["passages"]), float(statistics["mean_length"]))

    def save(self, folder: Path) -> None:
        np.save(folder / TERMS, np.stack([self.hashes, self.frequencies.astype(np.uint64)]))
        statistics = {"passages": self.passages, "mean_length": self.mean_length}
        (folder / STATISTICS).write_text(json.dumps(statistics), encoding="utf-8")

    def places(self, listed: Sequence[str]) -> np.ndarray:
        """Return the number of each term, -1 for one that no passage holds."""
        wanted = np.fromiter(map(hash_of, listed), np.uint64, len(listed))
        places = np.searchsorted(self.hashes, wanted)
        found = places < len(self.hashes)
        found[found] = self.hashes[places[found]] == wanted[found]
        return np.where(found, places, -1)

    def frequency(self, places: np.ndarray) -> np.ndarray:
        """Return how many passages hold each of some terms, 0 at a place of -1."""
        return np.array([self.frequencies[place] if place >= 0 else 0 for place in places], np.int64)

    def weights(self, text: str) -> SparseVector:
        """Return what each term of a passage gives to BM25 for a query that asks for it once, its IDF left out."""
        listed = terms(text)
        counted = Counter(listed)
        places = self.places(list(counted))
        counts = np.fromiter(counted.values(), np.float32, len(counted))
        norm = np.float32(K1 * ((1 - B) + B * max(1, len(listed)) / self.mean_length))
        order = np.argsort(places)
        return SparseVector(places[order], (counts / (norm + counts))[order])


def query_weights(text: str, tables: Sequence[TermTable]) -> list[SparseVector]:
    """Return for each table a query's terms that it holds, each with its IDF over all tables, as often as asked."""
    counted = Counter(terms(text))
    places = [table.places(list(counted)) for table in tables]
    count = sum(table.passages for table in tables)
    held = [table.frequency(some) for some, table in zip(places, tables, strict=True)]
    idf = [math.log(1 + (count - found + 0.5) / (found + 0.5)) for found in np.sum(held, axis=0).tolist()]
    weights = np.array(idf, np.float32) * np.fromiter(counted.values(), np.float32, len(counted))
    vectors = []
    for some in places:
        known = np.flatnonzero(some >= 0)
        known = known[np.argsort(some[known])]
        vectors.append(SparseVector(some[known], weights[known]))
    return vectors


class QdrantIndex(SearchIndex):
    """One generation in a search engine, which is asked twice a question for each of its collections."""

    def __init__(self, manifest: IndexManifest, folders: Sequence[Path], engine: Engine, beam: int = BEAM) -> None:
        segments = [SegmentDocuments(folder, holds_texts=False) for folder in folders]
        super().__init__(manifest, segments, LanguageModel.load(*(folder / LANGUAGE for folder in folders)))
        self.engine, self.beam = engine, beam
        self.tables = [TermTable.load(folder) for folder in folders]
        self.collections = list(manifest.collections)
        places = {document.id: place for place, document in enumerate(segments[0].documents)}
        self.without = tuple(sorted(places[name] for name in self.removed if name in places))

    @classmethod
    def open(cls, folder: Path, engine: Engine, encoder: Encoder | None = None, beam: int = BEAM) -> Self:
        """Load the generation that the engine's alias names; no build removes it while this lives.

        Raises what ``Index.open`` does, and SearchEngineError where the engine is not there or lacks points.
        """
        generation, reading = lock_live(folder, engine)
        manifest = read_manifest(generation)
        check_match(manifest, encoder)
        verify(generation, manifest, engine)
        try:
            folders = [generation, *filter(Path.is_dir, [generation / DELTA])]
            loaded = cls(manifest, folders, engine, beam)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexCorruptError(f"{generation} cannot be loaded ({error}); {CURE}") from error
        weakref.finalize(loaded, reading.close)
        return loaded

    def best(self, query: SearchQuery, k: int, filters: Filters) -> np.ndarray:
        """Return the keys of the best by either search, of all collections together by their scores."""
        found: dict[VectorName, list[Found]] = {"dense": [], "lexical": []}
        for number, words in enumerate(query_weights(query.text, self.tables)):
            where = Where(filters.kind, tuple(bounds_of(filters)), self.without if number == 0 else ())
            searches = [PointSearch("dense", query.vector, k, where, self.beam)]
            if len(words.indices):
                searches.append(PointSearch("lexical", words, k, where))
            for search, (ids, scores) in zip(searches, self.ask(number, searches), strict=True):
                found[search.using].append(Found(ids + self.offsets[number], scores))
        return np.concatenate([best_of(some, k) for some in found.values()])

    def scores(self, query: SearchQuery, keys: np.ndarray) -> Scores:
        """Return the scores of passages; SearchEngineError where the engine lacks one, so that no list is partial."""
        scored = self.scored(query, keys, ("dense", "lexical", "sentences"))
        dense, lacking = scored["dense"], int(np.isnan(scored["dense"]).sum())
        if lacking:
            raise SearchEngineError(
                f"the search engine lacks {lacking} of {len(keys)} passages; look after its nodes, then run: qa verify"
            )
        sentences = np.where(np.isnan(scored["sentences"]), dense, scored["sentences"])
        return Scores(dense, np.nan_to_num(scored["lexical"]), sentences)

    def lexical_scores(self, query: SearchQuery, keys: np.ndarray) -> np.ndarray:
        return np.nan_to_num(self.scored(query, keys, ("lexical",))["lexical"])

    def scored(self, query: SearchQuery, keys: np.ndarray, names: Sequence[VectorName]) -> dict[VectorName, np.ndarray]:
        """Return the score of each passage by each of some vectors, NaN where it has none."""
        scored = {name: np.full(len(keys), np.nan, np.float32) for name in names}
        bounds = np.searchsorted(keys, self.offsets)
        for number, words in enumerate(query_weights(query.text, self.tables)):
            inside = slice(int(bounds[number]), int(bounds[number + 1]))
            ids = keys[inside] - self.offsets[number]
            vectors = {name: words if name == "lexical" else query.vector for name in names}
            where = Where(only=tuple(ids.tolist()))
            searches = [
                PointSearch(name, vector, len(ids), where)
                for name, vector in vectors.items()
                if len(ids) and (name != "lexical" or len(words.indices))
            ]
            for search, found in zip(searches, self.ask(number, searches), strict=True):
                scored[search.using][inside][np.searchsorted(ids, found.ids)] = found.scores
        return scored

    def sentence_vectors(self, document_id: str) -> list[np.ndarray]:
        """Read them from the engine; SearchEngineError where it lacks a passage."""
        keys = self.ranges[document_id]
        number = int(np.searchsorted(self.offsets, keys.start, side="right")) - 1
        ids = [key - int(self.offsets[number]) for key in keys]
        found = {}
        for some in batches(ids):
            found.update(self.engine.read(self.collections[number], some))
        if len(found) < len(ids):
            raise SearchEngineError(f"the search engine lacks passages of {document_id}; run: qa verify")
        return [found[one][2] for one in ids]

    def ask(self, number: int, searches: Sequence[PointSearch]) -> list[Found]:
        """Search one of the collections; SearchEngineError where it gives what was not asked for."""
        found = self.engine.search(self.collections[number], searches) if searches else []
        count = self.offsets[number + 1] - self.offsets[number]
        fits = len(found) == len(searches) and all(
            np.isfinite(one.scores).all()
            and ((one.ids >= 0) & (one.ids < count)).all()
            and (search.where.only is None or np.isin(one.ids, search.where.only).all())
            for one, search in zip(found, searches, strict=True)
        )
        if not fits:
            raise SearchEngineError("the search engine gave points that it was not asked for; run: qa verify")
        return found


def best_of(found: Sequence[Found], k: int) -> np.ndarray:
    """Return the ids of the ``k`` highest scores of several searches."""
    ids = np.concatenate([np.empty(0, np.int64), *(one.ids for one in found)])
    scores = np.concatenate([np.empty(0, np.float32), *(one.scores for one in found)])
    return ids[np.argsort(-scores, kind="stable")[:k]]


class EngineVectorCache(VectorCache):
    """What an encoder made of passages, also that which lies in the engine's collections of the live generation."""

    def __init__(self, folder: Path, encoder: Encoder, engine: Engine, live: IndexManifest | None) -> None:
        super().__init__(folder, encoder)
        self.engine, self.live = engine, live
        self.points: dict[str, tuple[str, int]] = {}
        self.held: dict[str, CachedVectors] = {}

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.points

    @property
    def known(self) -> Container[str]:
        return self.places.keys() | self.points.keys()

    def load(self, shipped: Path | None = None, *, compared: bool = False) -> None:
        super().load(shipped, compared=compared)
        if self.live and (self.live.encoder, self.live.revision) == (self.encoder.name, self.encoder.revision):
            generation = self.folder / self.live.generation
            for collection, folder in zip(self.live.collections, (generation, generation / DELTA), strict=False):
                if self.engine.count(collection) != self.live.collections[collection]:
                    continue
                keys = json.loads((folder / POINT_KEYS).read_text(encoding="utf-8"))
                self.points |= {key: (collection, row) for row, key in enumerate(keys)}

    def read(self, keys: Sequence[str]) -> Encoded:
        missing = [key for key in dict.fromkeys(keys) if not VectorCache.__contains__(self, key)]
        wanted: dict[str, dict[int, str]] = {}
        for key in missing:
            collection, row = self.points[key]
            wanted.setdefault(collection, {})[row] = key
        self.held = {}
        for collection, rows in wanted.items():
            for some in batches(list(rows)):
                for row, (dense, _, sentences) in self.engine.read(collection, some).items():
                    self.held[rows[row]] = dense, sentences.astype(np.float16)
        if len(self.held) < len(missing):
            raise SearchEngineError("the live collection lacks points whose vectors are wanted; run: qa build --full")
        return super().read(keys)

    def vectors(self, key: str) -> CachedVectors:
        return self.held[key] if key in self.held else super().vectors(key)


def write_engine_segment(
    folder: Path, content: SegmentContent, parts: Iterable[Encoded], target: tuple[Engine, str], base: TermTable | None
) -> None:
    """Write a segment's files and, under the name of the ``target``, its collection.

    ``parts``: the vectors of the passages, some at a time, in order. ``base``: the terms of the collection that this
    one is added to.
    """
    engine, collection = target
    folder.mkdir(exist_ok=True)
    write_database(folder, content)
    write_language(folder, content.documents)
    table = TermTable.learn(map(searched_text, content.passages), base.mean_length if base else None)
    table.save(folder)
    (folder / POINT_KEYS).write_text(json.dumps([key_of(passage) for passage in content.passages]), encoding="utf-8")
    places = {document.id: (place, document) for place, document in enumerate(content.documents)}
    checks = np.zeros(len(content.passages), np.uint32)
    rows, precision = iter(enumerate(content.passages)), np.float16 if engine.half else np.float32
    for part in parts:
        points = []
        for *vectors, (row, passage) in zip(part.passages, part.sentences, rows):  # noqa: B905 - rows go on
            dense, sentences = vectors[0].astype(precision), vectors[1].astype(np.float16)
            place, document = places[passage.citation.document_id]
            payload = {"document": place, "kind": document.kind, **days_of(document)._asdict()}
            words = table.weights(searched_text(passage))
            points.append(Point(row, dense, words, sentences, payload))
            checks[row] = check_of(dense, sentences)
        engine.upsert(collection, points)
    engine.finish(collection)
    np.save(folder / CHECKS, checks)


def check_of(dense: np.ndarray, sentences: np.ndarray) -> int:
    """Return a check of a point's vectors, by which ``qa verify`` knows them again."""
    return zlib.crc32(sentences.astype("<f4").tobytes(), zlib.crc32(dense.astype("<f4").tobytes()))


def verify_points(generation: Path, manifest: IndexManifest, engine: Engine) -> int:
    """Compare a sample of points with the folder: vectors by their checks, weights anew from the texts.

    Return how many; IndexCorruptError names the first that differs.
    """
    compared = 0
    for collection, folder in zip(manifest.collections, (generation, generation / DELTA), strict=False):
        segment, table = SegmentDocuments(folder, holds_texts=False), TermTable.load(folder)
        checks = np.load(folder / CHECKS, allow_pickle=False)
        chosen = np.random.default_rng().choice(len(checks), min(SAMPLE, len(checks)), replace=False).tolist()
        for some in batches(chosen):
            points = engine.read(collection, some)
            for row in some:
                words = table.weights(searched_text(segment.passage(row)))
                if row not in points or differs(points[row], checks[row], words):
                    raise IndexCorruptError(f"point {row} of {collection} was altered or is gone; {CURE}")
        compared += len(chosen)
    return compared


def differs(point: Vectors, check: int, weights: SparseVector) -> bool:
    dense, lexical, sentences = point
    same = np.array_equal(lexical.indices, weights.indices) and np.allclose(lexical.values, weights.values, rtol=1e-6)
    return not same or check_of(dense, sentences) != check
