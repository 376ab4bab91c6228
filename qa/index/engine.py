"""What is asked of a search engine, in plain values, and Qdrant as one, with a deadline, a second try, a circuit."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

import numpy as np

from qa.errors import SearchEngineError
from qa.index.filters import Bound, Days

TRIES = 2
MAY_PASS = (408, 429)  # refusals that a second try may not meet: too slow, too many requests
FAILURES, SECONDS_ALONE = 3, 10.0
"""So many calls must fail, one after the other, for the engine to be left alone for so many seconds."""

SECONDS_TO_WRITE = 120
SECONDS_BETWEEN_LOOKS = 1.0
AT_ONCE = 256  # points written or read, some 5 MB of JSON; Qdrant takes 32 MB
INDEXED = {"kind": "keyword", "document": "integer", **dict.fromkeys(Days._fields, "integer")}
"""The fields of a point's payload that searches are filtered by, and their types as Qdrant names them."""

Item = TypeVar("Item")
VectorName = Literal["dense", "lexical", "sentences"]


@dataclass(frozen=True, slots=True)
class Where:
    """Which points a search may return: of a kind, within all bounds, not of some documents, among some ids."""

    kind: str | None = None
    bounds: tuple[Bound, ...] = ()
    without: tuple[int, ...] = ()
    only: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class SparseVector:
    """A weight for each of some numbers, which ascend."""

    indices: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class PointSearch:
    """The ``limit`` points with the highest inner product with a vector.

    ``beam``: how many candidates a search by graph keeps; 0: every point is compared.
    """

    using: VectorName
    vector: np.ndarray | SparseVector
    limit: int
    where: Where
    beam: int = 0


class Vectors(NamedTuple):
    """Of one point."""

    dense: np.ndarray
    lexical: SparseVector
    sentences: np.ndarray


class Found(NamedTuple):
    """Ids (int64) and scores (float32) of points, best first."""

    ids: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, slots=True)
class Point:
    """A passage as an engine holds it; ``sentences`` (shape (number, dimension)) may be empty.

    ``payload``: its document's number, kind and days, the fields of ``INDEXED``.
    """

    id: int
    dense: np.ndarray
    lexical: SparseVector
    sentences: np.ndarray
    payload: Mapping[str, int | str]


class Engine(Protocol):
    """Collections of points, and aliases that stand for one of them; every method raises SearchEngineError.

    ``half``: whether vectors are kept in half precision. ``is_down``: it failed so often of late that it is not asked.
    ``create`` takes the place of a collection of that name. What ``upsert`` wrote, in the place of points with those
    ids, is kept when it returns; ``finish`` waits until all of it is indexed. ``read`` leaves out points that there
    are not; ``count`` is 0 without such a collection. ``set_alias`` moves an alias, or removes it, at once for all.
    """

    half: bool

    @property
    def is_down(self) -> bool: ...
    def create(self, collection: str, dimension: int) -> None: ...
    def upsert(self, collection: str, points: Sequence[Point]) -> None: ...
    def finish(self, collection: str) -> None: ...
    def search(self, collection: str, searches: Sequence[PointSearch]) -> list[Found]: ...
    def read(self, collection: str, ids: Sequence[int]) -> dict[int, Vectors]: ...
    def count(self, collection: str) -> int: ...
    def collections(self) -> list[str]: ...
    def drop(self, collection: str) -> None: ...
    def aliases(self) -> Mapping[str, str]: ...
    def set_alias(self, alias: str, collection: str | None) -> None: ...


class QdrantEngine:
    """Qdrant by its own client; ``clients`` are nodes of one cluster, asked in turn.

    After several failures in a row it is left alone for a while: calls fail at once.
    """

    def __init__(self, clients: Sequence[Any], *, shards: int = 1, replicas: int = 1, half: bool = False) -> None:
        from qdrant_client import models  # the client takes a second to import, and only who names it has it

        self.models, self.half = models, half
        self.shards, self.replicas = shards, replicas
        self.failures, self.left_alone_until = 0, 0.0
        self._clients = clients
        self._next = cycle(clients)

    @classmethod
    def connect(cls, urls: Sequence[str], key: str, seconds: int, **shape: Any) -> "QdrantEngine":  # noqa: ANN401
        """Return the engine at some addresses, each a node; a call waits so many seconds, ``shape`` is of collections.

        Raises SearchEngineError without the client, ValueError for an address that is none; it asks nothing yet.
        """
        try:
            from qdrant_client import QdrantClient
        except ImportError as error:
            raise SearchEngineError("the client of Qdrant is not installed; run: pip install '.[engine]'") from error
        clients = [
            QdrantClient(url=url, api_key=key or None, timeout=seconds, check_compatibility=False) for url in urls
        ]
        return cls(clients, **shape)

    @property
    def is_down(self) -> bool:
        return time.monotonic() < self.left_alone_until

    def call(self, method: str, **arguments: Any) -> Any:  # noqa: ANN401 - as many types as the client has methods
        """Call a method of one node's client, once more of the next where that one fails."""
        from qdrant_client.common.client_exceptions import QdrantException
        from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

        if self.is_down:
            raise SearchEngineError("the search engine failed several times; it is tried again in a few seconds")
        failure: Exception | None = None
        for _ in range(TRIES):
            try:
                answer = getattr(next(self._next), method)(**arguments)
            except UnexpectedResponse as error:
                if (error.status_code or 500) < 500 and error.status_code not in MAY_PASS:
                    raise SearchEngineError(refusal(error.status_code, error.reason_phrase)) from error
                failure = error
            except (ApiException, QdrantException) as error:
                failure = error
            else:
                self.failures = 0
                return answer
        self.failures += 1
        if self.failures >= FAILURES:
            self.left_alone_until = time.monotonic() + SECONDS_ALONE
        raise SearchEngineError(
            f"the search engine does not answer ({type(failure).__name__}); start Qdrant or correct QA_ENGINE_URL"
        ) from failure

    def create(self, collection: str, dimension: int) -> None:
        models = self.models
        datatype = models.Datatype.FLOAT16 if self.half else models.Datatype.FLOAT32
        plain: dict[str, Any] = {"size": dimension, "distance": models.Distance.DOT, "datatype": datatype}
        maximum = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
        graphless = models.HnswConfigDiff(m=0)
        self.drop(collection)
        self.call(
            "create_collection",
            collection_name=collection,
            vectors_config={
                "dense": models.VectorParams(**plain),
                "sentences": models.VectorParams(**plain, multivector_config=maximum, hnsw_config=graphless),
            },
            sparse_vectors_config={"lexical": models.SparseVectorParams()},
            shard_number=self.shards,
            replication_factor=self.replicas,
            timeout=SECONDS_TO_WRITE,
        )
        for field, kind in INDEXED.items():
            index = {"collection_name": collection, "field_name": field, "field_schema": kind}
            self.call("create_payload_index", **index, wait=True, timeout=SECONDS_TO_WRITE)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        for some in batches(points):
            structs = [self.struct(point) for point in some]
            self.call("upsert", collection_name=collection, points=structs, wait=True, timeout=SECONDS_TO_WRITE)

    def struct(self, point: Point) -> Any:  # noqa: ANN401 - the client's own type, which is there with the extra alone
        vectors: dict[str, Any] = {"dense": point.dense.tolist(), "lexical": self.sparse(point.lexical)}
        if len(point.sentences):
            vectors["sentences"] = point.sentences.tolist()
        return self.models.PointStruct(id=point.id, vector=vectors, payload=point.payload)

    def sparse(self, vector: SparseVector) -> Any:  # noqa: ANN401
        return self.models.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())

    def finish(self, collection: str) -> None:
        while (status := self.call("get_collection", collection_name=collection).status) == "yellow":
            time.sleep(SECONDS_BETWEEN_LOOKS)
        if status == "red":
            raise SearchEngineError(f"Qdrant cannot index the collection {collection}; look into its log")

    def search(self, collection: str, searches: Sequence[PointSearch]) -> list[Found]:
        requests = [self.request(search) for search in searches]
        answers = self.call("query_batch_points", collection_name=collection, requests=requests)
        return [found_of([(point.id, point.score) for point in answer.points]) for answer in answers]

    def request(self, search: PointSearch) -> Any:  # noqa: ANN401
        models, vector = self.models, search.vector
        query = self.sparse(vector) if isinstance(vector, SparseVector) else vector.tolist()
        return models.QueryRequest(
            query=[query] if search.using == "sentences" else query,
            using=search.using,
            limit=search.limit,
            filter=self.filter(search.where),
            params=models.SearchParams(exact=not search.beam, hnsw_ef=search.beam or None),
        )

    def filter(self, where: Where) -> Any:  # noqa: ANN401
        models = self.models

        def within(bound: Bound) -> Any:  # noqa: ANN401
            held = models.FieldCondition(key=bound.field, range=models.Range(gte=bound.least, lte=bound.most))
            unknown = models.FieldCondition(key=bound.field, match=models.MatchValue(value=0))
            return models.Filter(should=[held, unknown]) if bound.or_unknown else held

        must = [within(bound) for bound in where.bounds]
        if where.kind:
            must.append(models.FieldCondition(key="kind", match=models.MatchValue(value=where.kind)))
        if where.only is not None:
            must.append(models.HasIdCondition(has_id=list(where.only)))
        removed = models.FieldCondition(key="document", match=models.MatchAny(any=list(where.without)))
        return models.Filter(must=must or None, must_not=[removed] if where.without else None)

    def read(self, collection: str, ids: Sequence[int]) -> dict[int, Vectors]:
        records = self.call(
            "retrieve", collection_name=collection, ids=list(ids), with_payload=False, with_vectors=True
        )
        return {record.id: vectors_of(record.vector) for record in records}

    def count(self, collection: str) -> int:
        if collection not in self.collections():
            return 0
        return self.call("count", collection_name=collection, exact=True, timeout=SECONDS_TO_WRITE).count

    def collections(self) -> list[str]:
        return [one.name for one in self.call("get_collections").collections]

    def drop(self, collection: str) -> None:
        if collection in self.collections():
            self.call("delete_collection", collection_name=collection, timeout=SECONDS_TO_WRITE)

    def aliases(self) -> Mapping[str, str]:
        return {one.alias_name: one.collection_name for one in self.call("get_aliases").aliases}

    def set_alias(self, alias: str, collection: str | None) -> None:
        models, operations = self.models, list[Any]()
        if alias in self.aliases():
            operations.append(models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
        if collection:
            created = models.CreateAlias(collection_name=collection, alias_name=alias)
            operations.append(models.CreateAliasOperation(create_alias=created))
        self.call("update_collection_aliases", change_aliases_operations=operations, timeout=SECONDS_TO_WRITE)


def refusal(status: int | None, reason: str) -> str:
    """Say what a node refused, and the cure; what it wrote besides is not ours to show."""
    cures = {401: "correct QA_ENGINE_KEY", 403: "correct QA_ENGINE_KEY", 404: "run: qa build"}
    return (
        f"the search engine refused a request ({status} {reason[:40]}); {cures.get(status or 0, 'look into its log')}"
    )


def vectors_of(vectors: Mapping[str, Any]) -> Vectors:
    """Return the vectors of a point, whose names an engine gives."""
    dense = np.array(vectors["dense"], np.float32)
    sparse = vectors.get("lexical")
    indices, values = (sparse.indices, sparse.values) if sparse else ([], [])
    sentences = np.array(vectors.get("sentences", []), np.float32).reshape(-1, len(dense))
    order = np.argsort(indices)
    lexical = SparseVector(np.array(indices, np.int64)[order], np.array(values, np.float32)[order])
    return Vectors(dense, lexical, sentences)


def found_of(points: Sequence[tuple[int, float]]) -> Found:
    ids, scores = zip(*points, strict=True) if points else ((), ())
    return Found(np.array(ids, np.int64), np.array(scores, np.float32))


def batches(some: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield points or ids, as many at once as an engine is to be given."""
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))
