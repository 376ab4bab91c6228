"""Qdrant's own shards inside this process (qdrant-edge-py), as the engine of the tests: one shard a collection."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import qdrant_edge as edge

from qa.errors import SearchEngineError
from qa.index.engine import (
    INDEXED,
    Found,
    Point,
    PointSearch,
    SparseVector,
    Vectors,
    Where,
    batches,
    found_of,
    vectors_of,
)
from qa.index.filters import Bound

ALIASES = "aliases.json"


class EdgeEngine:
    """Collections as folders of a folder; ``half``: vectors in half precision."""

    is_down = False

    def __init__(self, folder: Path, *, half: bool = False, graph: bool = False) -> None:
        self.folder, self.half, self.graph = folder, half, graph
        folder.mkdir(parents=True, exist_ok=True)
        self.shards: dict[str, edge.EdgeShard] = {}
        self.finished: dict[str, float] = {}

    def shard(self, collection: str) -> edge.EdgeShard:
        collection = self.aliases().get(collection, collection)
        if collection not in self.shards:
            if collection not in self.collections():
                raise SearchEngineError(f"there is no collection {collection}; run: qa build")
            self.shards[collection] = edge.EdgeShard.load(str(self.folder / collection))
        return self.shards[collection]

    def create(self, collection: str, dimension: int) -> None:
        self.drop(collection)
        datatype = edge.VectorStorageDatatype.Float16 if self.half else edge.VectorStorageDatatype.Float32
        maximum = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim)
        without_graph = edge.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000)
        dense = edge.EdgeVectorParams(dimension, edge.Distance.Dot, datatype=datatype)
        sentences = edge.EdgeVectorParams(
            dimension, edge.Distance.Dot, datatype=datatype, multivector_config=maximum, hnsw_config=without_graph
        )
        config = edge.EdgeConfig(
            vectors={"dense": dense, "sentences": sentences}, sparse_vectors={"lexical": edge.EdgeSparseVectorParams()}
        )
        (self.folder / collection).mkdir()
        shard = self.shards[collection] = edge.EdgeShard.create(str(self.folder / collection), config)
        for field, kind in INDEXED.items():
            schema = getattr(edge.PayloadSchemaType, kind.capitalize())
            shard.update(edge.UpdateOperation.create_field_index(field, schema))

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        for some in batches(points):
            self.shard(collection).update(edge.UpdateOperation.upsert_points([written(point) for point in some]))

    def delete(self, collection: str, ids: Sequence[int]) -> None:
        self.shard(collection).update(edge.UpdateOperation.delete_points(list(ids)))

    def finish(self, collection: str) -> None:
        began = time.perf_counter()
        if self.graph:
            self.shard(collection).optimize()
        self.shard(collection).flush()
        self.finished = {"seconds": max(self.finished.get("seconds", 0.0), time.perf_counter() - began)}

    def search(self, collection: str, searches: Sequence[PointSearch]) -> list[Found]:
        answers = self.shard(collection).query_batch(edge.QueryBatchRequest([request(one) for one in searches]))
        return [found_of([(point.id, point.score) for point in points]) for points in answers]

    def read(self, collection: str, ids: Sequence[int]) -> dict[int, Vectors]:
        records = self.shard(collection).retrieve(list(ids), with_payload=False, with_vector=True)
        return {record.id: vectors_of(record.vector) for record in records}

    def count(self, collection: str) -> int:
        there = self.aliases().get(collection, collection) in self.collections()
        return self.shard(collection).count(edge.CountRequest(exact=True)) if there else 0

    def collections(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def drop(self, collection: str) -> None:
        if shard := self.shards.pop(collection, None):
            shard.close()
        shutil.rmtree(self.folder / collection, ignore_errors=True)

    def aliases(self) -> Mapping[str, str]:
        path = self.folder / ALIASES
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def set_alias(self, alias: str, collection: str | None) -> None:
        known = {**self.aliases(), alias: collection}
        partial = self.folder / f"{ALIASES}.partial"
        partial.write_text(json.dumps({name: held for name, held in known.items() if held}), encoding="utf-8")
        os.replace(partial, self.folder / ALIASES)

    def close(self) -> None:
        for collection in list(self.shards):
            self.shards.pop(collection).close()


def written(point: Point) -> edge.Point:
    vectors = {"dense": point.dense.tolist(), "lexical": sparse(point.lexical)}
    if len(point.sentences):
        vectors["sentences"] = point.sentences.tolist()
    return edge.Point(point.id, vectors, dict(point.payload))


def sparse(vector: SparseVector) -> edge.SparseVector:
    return edge.SparseVector(vector.indices.tolist(), vector.values.tolist())


def request(search: PointSearch) -> edge.QueryRequest:
    vector = search.vector
    query = sparse(vector) if isinstance(vector, SparseVector) else vector.tolist()
    return edge.QueryRequest(
        limit=search.limit,
        query=edge.Query.Nearest([query] if search.using == "sentences" else query, using=search.using),
        filter=condition(search.where),
        params=edge.SearchParams(exact=not search.beam, hnsw_ef=search.beam or None),
    )


def condition(where: Where) -> edge.Filter:
    def within(bound: Bound) -> edge.FieldCondition | edge.Filter:
        held = edge.FieldCondition(bound.field, range=edge.RangeFloat(gte=bound.least, lte=bound.most))
        unknown = edge.FieldCondition(bound.field, match=edge.MatchValue(0))
        return edge.Filter(should=[held, unknown]) if bound.or_unknown else held

    must: list[object] = [within(bound) for bound in where.bounds]
    if where.kind:
        must.append(edge.FieldCondition("kind", match=edge.MatchValue(where.kind)))
    if where.only is not None:
        must.append(edge.HasIdCondition(set(where.only)))
    removed = edge.FieldCondition("document", match=edge.MatchAny(list(where.without)))
    return edge.Filter(must=must or None, must_not=[removed] if where.without else None)
