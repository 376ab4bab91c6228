"""What is asked of a search engine, in plain values, and Qdrant as one, with a deadline, a second try, a circuit."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

import numpy as np

from qa.errors import SearchEngineError
from qa.index.filters import Bound, Days

Result = TypeVar("Result")
FAILURES, CLOSED_FOR = 3, 10.0
"""So many calls must fail, one after the other, for the engine to be left alone for so many seconds."""

SECONDS_TO_WRITE = 120.0
SECONDS_BETWEEN_LOOKS = 1.0
LARGEST_UPSERT = 256  # points, some 5 MB of JSON; Qdrant takes 32 MB

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


class Found(NamedTuple):
    """Ids (int64) and scores (float32) of points, best first."""

    ids: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, slots=True)
class Point:
    """A passage as an engine holds it; ``sentences`` (shape (number, dimension)) may be empty."""

    id: int
    dense: np.ndarray
    lexical: SparseVector
    sentences: np.ndarray
    document: int
    kind: str
    days: Days


class Engine(Protocol):
    """Collections of points, and names that stand for one of them; every method raises SearchEngineError."""

    half: bool

    @property
    def is_down(self) -> bool:
        """Whether it failed so often of late that it is not asked."""

    def create(self, collection: str, dimension: int) -> None:
        """Make an empty collection in the place of any of that name."""

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write points, in the place of those with their ids; they are kept when this returns."""

    def finish(self, collection: str) -> None:
        """Wait until all that was written is indexed."""

    def search(self, collection: str, searches: Sequence[PointSearch]) -> list[Found]:
        """Return what each search finds."""

    def read(self, collection: str, ids: Sequence[int]) -> dict[int, tuple[np.ndarray, SparseVector, np.ndarray]]:
        """Return dense, lexical and sentence vectors of those of some points that there are."""

    def count(self, collection: str) -> int:
        """Return the number of points, 0 where there is no such collection."""

    def collections(self) -> list[str]:
        """Return the names of all collections."""

    def drop(self, collection: str) -> None:
        """Remove a collection if there is one."""

    def aliases(self) -> Mapping[str, str]:
        """Map each alias to its collection."""

    def set_alias(self, alias: str, collection: str | None) -> None:
        """Let an alias stand for a collection, or for none, at once for all."""


class Circuit:
    """Lets calls through until several in a row have failed, and then none for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures, self._opens_at = 0, 0.0

    @property
    def is_open(self) -> bool:
        return self._clock() < self._opens_at

    def note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES:
                self._opens_at = self._clock() + CLOSED_FOR


class QdrantEngine:
    """Qdrant by its own client; ``clients`` are nodes of one cluster, asked in turn."""

    def __init__(
        self, clients: Sequence[Any], *, seconds: float, shards: int, replicas: int, half: bool = True
    ) -> None:
        from qdrant_client import models  # the client takes a second to import, and only who names it has it

        self.models = models
        self.half = half
        self.seconds, self.shards, self.replicas = seconds, shards, replicas
        self.circuit = Circuit()
        self._clients = clients
        self._next = cycle(range(len(clients)))

    @classmethod
    def connect(cls, urls: Sequence[str], key: str, *, seconds: float, shards: int, replicas: int) -> "QdrantEngine":
        """Return the engine at some addresses, each a node; SearchEngineError without the client."""
        try:
            from qdrant_client import QdrantClient
        except ImportError as error:
            raise SearchEngineError("the client of Qdrant is not installed; run: pip install '.[engine]'") from error
        try:
            clients = [QdrantClient(url=url, api_key=key or None, check_compatibility=False) for url in urls]
        except ValueError as error:
            raise SearchEngineError(f"QA_ENGINE_URL={','.join(urls)!r}: {error}; write http://HOST:6333") from error
        return cls(clients, seconds=seconds, shards=shards, replicas=replicas)

    @property
    def is_down(self) -> bool:
        return self.circuit.is_open

    def call(self, work: Callable[[Any, int], Result], seconds: float | None = None) -> Result:
        """Do a piece of work by one node within the deadline, once more by the next where that one fails."""
        from qdrant_client.common.client_exceptions import QdrantException
        from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

        if self.circuit.is_open:
            raise SearchEngineError("the search engine failed several times; it is tried again in a few seconds")
        deadline = round(seconds or self.seconds)
        for is_last in (False, True):
            client = self._clients[next(self._next)]
            try:
                result = work(client, deadline)
            except UnexpectedResponse as error:
                if error.status_code is not None and error.status_code < 500 and error.status_code not in (408, 429):
                    raise SearchEngineError(refusal(error.status_code, error.reason_phrase)) from error
                failure: Exception = error
            except (ApiException, QdrantException) as error:
                failure = error
            else:
                self.circuit.note(failed=False)
                return result
            if is_last:
                self.circuit.note(failed=True)
                raise SearchEngineError(
                    f"the search engine does not answer ({type(failure).__name__}); "
                    "start Qdrant or correct QA_ENGINE_URL"
                ) from failure
        raise AssertionError  # the second try returns or raises

    def create(self, collection: str, dimension: int) -> None:
        models = self.models
        datatype = models.Datatype.FLOAT16 if self.half else models.Datatype.FLOAT32
        without_graph = models.HnswConfigDiff(m=0)
        maximum = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
        dot = models.Distance.DOT
        sentences = models.VectorParams(
            size=dimension, distance=dot, datatype=datatype, multivector_config=maximum, hnsw_config=without_graph
        )
        self.drop(collection)
        self.call(
            lambda client, timeout: client.create_collection(
                collection,
                vectors_config={
                    "dense": models.VectorParams(size=dimension, distance=dot, datatype=datatype),
                    "sentences": sentences,
                },
                sparse_vectors_config={"lexical": models.SparseVectorParams()},
                shard_number=self.shards,
                replication_factor=self.replicas,
                timeout=timeout,
            ),
            SECONDS_TO_WRITE,
        )
        keyword, integer = models.PayloadSchemaType.KEYWORD, models.PayloadSchemaType.INTEGER
        for field, kind in {"kind": keyword, "document": integer, **dict.fromkeys(Days._fields, integer)}.items():
            index = {"collection_name": collection, "field_name": field, "field_schema": kind, "wait": True}
            self.call(partial(written, "create_payload_index", index), SECONDS_TO_WRITE)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        for start in range(0, len(points), LARGEST_UPSERT):
            structs = [self.struct(point) for point in points[start : start + LARGEST_UPSERT]]
            write = {"collection_name": collection, "points": structs, "wait": True}
            self.call(partial(written, "upsert", write), SECONDS_TO_WRITE)

    def struct(self, point: Point) -> Any:  # noqa: ANN401 - the client's own type, which is there with the extra alone
        vectors: dict[str, Any] = {"dense": point.dense.tolist(), "lexical": self.sparse(point.lexical)}
        if len(point.sentences):
            vectors["sentences"] = point.sentences.tolist()
        return self.models.PointStruct(id=point.id, vector=vectors, payload=payload(point))

    def sparse(self, vector: SparseVector) -> Any:  # noqa: ANN401
        return self.models.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())

    def finish(self, collection: str) -> None:
        while self.call(lambda client, _timeout: client.get_collection(collection)).status != "green":
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def search(self, collection: str, searches: Sequence[PointSearch]) -> list[Found]:
        requests = [self.request(search) for search in searches]
        answers = self.call(lambda client, timeout: client.query_batch_points(collection, requests, timeout=timeout))
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

    def read(self, collection: str, ids: Sequence[int]) -> dict[int, tuple[np.ndarray, SparseVector, np.ndarray]]:
        records = self.call(
            lambda client, timeout: client.retrieve(
                collection, list(ids), with_payload=False, with_vectors=True, timeout=timeout
            )
        )
        return {record.id: vectors_of(record.vector) for record in records}

    def count(self, collection: str) -> int:
        if collection not in self.collections():
            return 0
        return self.call(lambda client, timeout: client.count(collection, exact=True, timeout=timeout)).count

    def collections(self) -> list[str]:
        found = self.call(lambda client, _timeout: client.get_collections())
        return [one.name for one in found.collections]

    def drop(self, collection: str) -> None:
        self.call(lambda client, timeout: client.delete_collection(collection, timeout=timeout), SECONDS_TO_WRITE)

    def aliases(self) -> Mapping[str, str]:
        found = self.call(lambda client, _timeout: client.get_aliases())
        return {one.alias_name: one.collection_name for one in found.aliases}

    def set_alias(self, alias: str, collection: str | None) -> None:
        models = self.models
        operations: list[Any] = []
        if alias in self.aliases():
            operations.append(models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
        if collection:
            created = models.CreateAlias(collection_name=collection, alias_name=alias)
            operations.append(models.CreateAliasOperation(create_alias=created))
        if operations:
            self.call(lambda client, timeout: client.update_collection_aliases(operations, timeout=timeout))


def written(method: str, write: Mapping[str, Any], client: Any, timeout: int) -> None:  # noqa: ANN401
    """Do one of a client's writes."""
    getattr(client, method)(**write, timeout=timeout)


def refusal(status: int, reason: str) -> str:
    """Say what a node refused, and the cure; what it wrote besides is not ours to show."""
    cures = {401: "correct QA_ENGINE_KEY", 403: "correct QA_ENGINE_KEY", 404: "run: qa build"}
    return f"the search engine refused a request ({status} {reason[:40]}); {cures.get(status, 'look into its log')}"


def payload(point: Point) -> dict[str, Any]:
    return {"document": point.document, "kind": point.kind, **point.days._asdict()}


def vectors_of(vectors: Mapping[str, Any]) -> tuple[np.ndarray, SparseVector, np.ndarray]:
    """Return the vectors of a point, whose names an engine gives."""
    dense = np.array(vectors["dense"], np.float32)
    sparse = vectors.get("lexical")
    indices, values = (sparse.indices, sparse.values) if sparse else ([], [])
    sentences = np.array(vectors.get("sentences", []), np.float32).reshape(-1, len(dense))
    order = np.argsort(indices)
    return dense, SparseVector(np.array(indices, np.int64)[order], np.array(values, np.float32)[order]), sentences


def found_of(points: Sequence[tuple[int, float]]) -> Found:
    ids, scores = zip(*points, strict=True) if points else ((), ())
    return Found(np.array(ids, np.int64), np.array(scores, np.float32))


def batches(ids: Sequence[int], size: int = LARGEST_UPSERT) -> Iterator[Sequence[int]]:
    """Yield ids, so many at once."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
