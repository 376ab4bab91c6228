"""Both forms of the index give one answer: the embedded one, and Qdrant's own shards (qdrant-edge-py) under ours."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

import qa
from qa.cli import main
from qa.errors import IndexCorruptError, IndexMismatchError, SearchEngineError
from qa.index import BuildOptions, Filters, Index, QdrantIndex, SearchQuery, build, generations, rollback, verify_points
from qa.index import qdrant as qdrant_form
from qa.index.engine import FAILURES, Found, Point, PointSearch, QdrantEngine, SparseVector, Where
from qa.index.filters import Bound, Days, bounds_of, days_of, permits
from qa.index.filters import Filters as Chosen
from qa.index.qdrant import TermTable
from qa.retrieval import Retriever
from qa.session import Session
from qa.settings import Settings
from qa.text import terms
from qa.values import KINDS, Document
from qa.web import LiveSession, create_app
from testing.browsing import ROOT
from testing.edge_engine import EdgeEngine
from testing.fake_encoder import WordHashEncoder
from testing.fake_reader import OverlapReader
from tests.test_scale import QUESTIONS, document

pytestmark = pytest.mark.engine
FILTERS = [
    Filters(),
    Filters(kind="law"),
    Filters(since=datetime.date(2024, 3, 1)),
    Filters(until=datetime.date(2024, 2, 1), kind="news"),
    Filters(as_of=datetime.date(2024, 2, 1)),
]
ASKED = [*QUESTIONS, "văn bản 7", "nghị quyết 33/2024/NQ-CP về phường", "hồ sơ"]
LARGE = 100


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [document(number) for number in range(120)]


@pytest.fixture(scope="module")
def both(documents, tmp_path_factory) -> Iterator[tuple[Index, QdrantIndex]]:
    """The same documents in both forms, vectors in single precision."""
    folder = tmp_path_factory.mktemp("both")
    engine = EdgeEngine(folder / "engine", half=False)
    build(documents, folder / "embedded", WordHashEncoder())
    build(documents, folder / "qdrant", WordHashEncoder(), BuildOptions(engine=engine))
    yield Index.open(folder / "embedded"), QdrantIndex.open(folder / "qdrant", engine, beam=0)
    engine.close()


@pytest.fixture
def engine(tmp_path) -> Iterator[EdgeEngine]:
    engine = EdgeEngine(tmp_path / "engine")
    yield engine
    engine.close()


def options(engine: EdgeEngine, **more: object) -> BuildOptions:
    return BuildOptions(engine=engine, large=LARGE, **more)


def query(text: str) -> SearchQuery:
    return SearchQuery(text, WordHashEncoder().vector(text))


def hits(index: Index | QdrantIndex, question: str, filters: Filters | None = None, k: int = 10) -> list[tuple]:
    found = Retriever(index, WordHashEncoder()).search(question, k, filters)
    return [(hit.passage.id, hit.score + hit.named) for hit in found]


def are_alike(found: list[tuple], others: list[tuple]) -> bool:
    """Tell whether two lists have the same first and the same order but for passages less than 1e-3 apart."""
    scores, names = dict(found), [name for name, _ in found]
    places = {name: place for place, (name, _) in enumerate(others)}
    shared = [name for name in names if name in places]
    swapped = [(one, other) for one, other in itertools.combinations(shared, 2) if places[one] > places[other]]
    return names[:1] == [name for name, _ in others[:1]] and all(
        abs(scores[one] - scores[other]) < 1e-3 for one, other in swapped
    )


def test_every_score_of_a_sample_is_that_of_the_embedded_form(both):
    embedded, qdrant = both
    for text in ASKED:
        keys = np.sort(np.random.default_rng(len(text)).choice(len(embedded.passages), 60, replace=False))
        expected, found = (index.scores(query(text), keys) for index in both)
        assert found.dense == pytest.approx(expected.dense, abs=1e-6)
        assert found.sentences == pytest.approx(expected.sentences, abs=1e-6)
        assert found.lexical == pytest.approx(expected.lexical, rel=1e-6)
        assert qdrant.lexical_scores(query(text), keys).tolist() == found.lexical.tolist()


def test_half_precision_moves_no_score_by_more_than_2e_4(both, documents, tmp_path):
    engine = EdgeEngine(tmp_path / "engine", half=True)
    build(documents, tmp_path / "half", WordHashEncoder(), BuildOptions(engine=engine))
    half, keys = QdrantIndex.open(tmp_path / "half", engine, beam=0), np.arange(len(both[0].passages))
    for text in ASKED:
        expected, found = both[0].scores(query(text), keys), half.scores(query(text), keys)
        assert found.dense == pytest.approx(expected.dense, abs=2e-4)
        assert found.sentences == pytest.approx(expected.sentences, abs=2e-4)


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
def test_both_forms_find_the_same_ten_in_the_same_order_under_every_filter(both, filters):
    for question in ASKED:
        expected, found = (hits(index, question, filters) for index in both)
        assert are_alike(expected, found), question
        assert {name for name, _ in expected} == {name for name, _ in found}


def test_both_forms_give_the_same_documents_passages_and_answers(both, documents):
    embedded, qdrant = both
    assert list(qdrant.documents) == list(embedded.documents)
    assert [qdrant.documents[one.id] for one in documents] == documents
    assert all(not one.text for one in qdrant.records)
    assert list(qdrant.passages_of("d007")) == list(embedded.passages_of("d007"))
    for found, expected in zip(qdrant.sentence_vectors("d007"), embedded.sentence_vectors("d007"), strict=True):
        assert found == pytest.approx(expected, abs=1e-6)
    first, second = (Session(index, WordHashEncoder(), OverlapReader()) for index in both)
    for question in ASKED:
        assert first.ask(question).text == second.ask(question).text


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Iterator[tuple[Index, QdrantIndex]]:
    """Shipped articles in both forms, vectors in half precision."""
    folder = tmp_path_factory.mktemp("shipped")
    articles = qa.session.load_corpus(ROOT / "corpus")[::6]
    engine = EdgeEngine(folder / "engine")
    build(articles, folder / "embedded", WordHashEncoder())
    build(articles, folder / "qdrant", WordHashEncoder(), BuildOptions(engine=engine))
    yield Index.open(folder / "embedded"), QdrantIndex.open(folder / "qdrant", engine, beam=0)
    engine.close()


def test_real_questions_on_shipped_articles_find_the_same_first_and_999_in_1000_of_the_ten(shipped):
    lines = (ROOT / "eval_data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][::6]
    pairs = [[hits(index, question) for index in shipped] for question in questions]
    assert all(are_alike(*pair) for pair in pairs)
    shared = [len({name for name, _ in one} & {name for name, _ in other}) / len(one) for one, other in pairs if one]
    assert sum(shared) / len(shared) >= 0.999


def test_little_more_goes_to_a_second_collection_and_finds_what_one_would(documents, engine, tmp_path):
    build(documents, tmp_path / "index", WordHashEncoder(), options(engine))
    changed = [
        dataclasses.replace(documents[0], text="Phường mới cấp phép đất đai.\n"),
        *documents[1:118],
        document(500),
    ]
    encoder = WordHashEncoder()
    report = build(changed, tmp_path / "index", encoder, options(engine))
    build(changed, tmp_path / "anew", WordHashEncoder(), BuildOptions(large=LARGE))
    grown, anew = QdrantIndex.open(tmp_path / "index", engine, beam=0), Index.open(tmp_path / "anew")
    assert list(grown.collections) == ["g000001", "g000002"]
    assert report.embedded == len(encoder.embedded) < 20
    assert set(grown.documents) == set(anew.documents)
    for question in ("phường mới cấp phép đất đai", "văn bản 500", "văn bản 119", "nghị quyết 3/2024/NQ-CP"):
        found = hits(grown, question, k=5)
        assert found[0][0] == hits(anew, question, k=5)[0][0]
        assert not {"d118", "d119"} & {name.split(":")[0] for name, _ in found}
    assert [passage.text for passage in grown.passages_of("d000")] == ["Phường mới cấp phép đất đai."]


def test_a_removal_alone_leaves_the_document_out(documents, engine, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), options(engine))
    assert build(documents[:-1], tmp_path, WordHashEncoder(), options(engine)).embedded == 0
    index = QdrantIndex.open(tmp_path, engine, beam=0)
    assert all(not name.startswith("d119:") for name, _ in hits(index, "văn bản 119", k=50))


def test_unchanged_passages_keep_the_vectors_of_the_engine(documents, engine, tmp_path):
    build(documents[:60], tmp_path, WordHashEncoder(), options(engine))
    encoder = WordHashEncoder()
    report = build(documents[:90], tmp_path, encoder, options(engine))
    assert len(encoder.embedded) == report.embedded == report.passages - report.reused
    before, after = (engine.read(name, range(60)) for name in ("g000001", "g000002"))
    assert all(np.array_equal(before[row].dense, after[row].dense) for row in range(60))


def test_a_rollback_moves_the_alias_and_a_question_keeps_its_collection(documents, engine, tmp_path):
    build(documents[:20], tmp_path, WordHashEncoder(), options(engine))
    first = QdrantIndex.open(tmp_path, engine, beam=0)
    before = hits(first, "văn bản 7")
    build(documents[20:40], tmp_path, WordHashEncoder(), options(engine))
    assert engine.aliases() == {"live": "g000002"}
    assert hits(first, "văn bản 7") == before
    assert rollback(tmp_path, engine) == "g000001"
    assert engine.aliases() == {"live": "g000001"}
    assert QdrantIndex.open(tmp_path, engine).manifest.generation == "g000001"
    assert build(documents[20:40], tmp_path, WordHashEncoder(), options(engine)).changed


def test_collections_that_no_kept_generation_names_are_removed_and_a_read_one_stays(documents, engine, tmp_path):
    reading = None
    for first in range(4):
        build(documents[first : first + 5], tmp_path, WordHashEncoder(), options(engine, kept=2))
        reading = reading or QdrantIndex.open(tmp_path, engine)
    assert engine.collections() == ["g000001", "g000003", "g000004"]
    assert hits(reading, "văn bản 0")
    del reading


def test_what_another_folder_made_in_the_engine_is_not_overwritten(documents, engine, tmp_path):
    build(documents[:5], tmp_path / "one", WordHashEncoder(), options(engine))
    build(documents[5:10], tmp_path / "other", WordHashEncoder(), options(engine))
    assert engine.collections() == ["g000001", "g000002"]


@pytest.mark.parametrize("harm", ["gone", "vector", "weight"])
def test_verify_notices_a_point_that_is_gone_or_altered(documents, engine, tmp_path, harm):
    build(documents[:10], tmp_path, WordHashEncoder(), options(engine))
    manifest = generations.verify_live(tmp_path, engine)
    assert verify_points(tmp_path / "g000001", manifest, engine) == manifest.passages
    dense, lexical, sentences = engine.read("g000001", [3])[3]
    if harm == "gone":
        engine.delete("g000001", [3])
        with pytest.raises(IndexCorruptError, match="g000001 holds"):
            generations.verify_live(tmp_path, engine)
        return
    dense = -dense if harm == "vector" else dense
    lexical = dataclasses.replace(lexical, values=lexical.values * 2) if harm == "weight" else lexical
    engine.upsert("g000001", [Point(3, dense, lexical, sentences, {})])
    with pytest.raises(IndexCorruptError, match="point 3"):
        verify_points(tmp_path / "g000001", manifest, engine)


def test_a_list_of_which_the_engine_lacks_a_passage_is_no_list(documents, engine, tmp_path, monkeypatch):
    build(documents[:10], tmp_path, WordHashEncoder(), options(engine))
    index = QdrantIndex.open(tmp_path, engine, beam=0)
    whole = engine.search

    def without_one(collection: str, searches: list[PointSearch]) -> list[Found]:
        return [
            Found(found.ids[:-1], found.scores[:-1]) if one.where.only else found
            for one, found in zip(searches, whole(collection, searches), strict=True)
        ]

    monkeypatch.setattr(engine, "search", without_one)
    with pytest.raises(SearchEngineError, match="lacks 1 of"):
        hits(index, "văn bản 7")


@pytest.mark.parametrize(
    "given",
    [Found(np.array([7_000]), np.array([0.5], np.float32)), Found(np.array([0]), np.array([np.nan], np.float32))],
)
def test_points_that_were_not_asked_for_or_have_no_score_are_no_answer(documents, engine, tmp_path, monkeypatch, given):
    build(documents[:5], tmp_path, WordHashEncoder(), options(engine))
    monkeypatch.setattr(engine, "search", lambda _collection, searches: [given for _ in searches])
    with pytest.raises(SearchEngineError, match="not asked for"):
        hits(QdrantIndex.open(tmp_path, engine), "văn bản 1")


def test_each_form_refuses_the_other_and_says_the_cure(documents, engine, tmp_path):
    build(documents[:5], tmp_path, WordHashEncoder(), options(engine))
    with pytest.raises(IndexMismatchError, match="QA_ENGINE"):
        Index.open(tmp_path)
    build(documents[:5], tmp_path, WordHashEncoder())
    engine.set_alias("live", None)
    with pytest.raises(IndexMismatchError, match="qa build"):
        QdrantIndex.open(tmp_path, engine)


VECTORS = st.lists(st.floats(-1, 1, width=16), min_size=4, max_size=4).map(lambda one: np.array(one, np.float32))
POINTS = st.builds(
    lambda row, dense, terms, sentences, kind, days: Point(
        row,
        dense,
        SparseVector(np.array(sorted(terms), np.int64), np.array([terms[one] for one in sorted(terms)], np.float32)),
        np.array(sentences, np.float32).reshape(-1, 4),
        {"document": row // 3, "kind": kind, **dict(zip(Days._fields, days, strict=True))},
    ),
    st.integers(0, 15),
    VECTORS,
    st.dictionaries(st.integers(0, 9), st.sampled_from([0.25, 0.5, 1.0])),
    st.lists(VECTORS, max_size=2),
    st.sampled_from(KINDS[:3]),
    st.tuples(*[st.integers(0, 4)] * 3),
)
WHERES = st.builds(
    Where,
    st.none() | st.sampled_from(KINDS[:3]),
    st.lists(
        st.builds(
            Bound,
            st.sampled_from(["published", "started", "ended"]),
            st.integers(1, 3),
            st.integers(2, 4),
            st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    st.lists(st.integers(0, 5), max_size=2, unique=True).map(tuple),
    st.none() | st.lists(st.integers(0, 15), min_size=1, max_size=8, unique=True).map(tuple),
)


def passes(point: Point, where: Where) -> bool:
    return (
        where.kind in (None, point.payload["kind"])
        and all(bound.holds(point.payload[bound.field]) for bound in where.bounds)
        and point.payload["document"] not in where.without
        and (where.only is None or point.id in where.only)
    )


def expected_scores(points: dict[int, Point], search: PointSearch) -> dict[int, float]:
    """Return what a dictionary of points finds."""
    scores = {}
    for row, point in points.items():
        if not passes(point, search.where):
            continue
        if search.using == "lexical":
            shared = dict(zip(search.vector.indices.tolist(), search.vector.values.tolist(), strict=True))
            held = dict(zip(point.lexical.indices.tolist(), point.lexical.values.tolist(), strict=True))
            if shared.keys() & held.keys():
                scores[row] = sum(shared[one] * held[one] for one in shared.keys() & held.keys())
        elif search.using == "dense":
            scores[row] = float(point.dense @ search.vector)
        elif len(point.sentences):
            scores[row] = float((point.sentences @ search.vector).max())
    return scores


def local_engine() -> QdrantEngine:
    return QdrantEngine([QdrantClient(":memory:")])


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
@pytest.mark.parametrize("transport", ["edge", "client"])
@given(
    st.lists(st.lists(POINTS, max_size=6), max_size=4),
    WHERES,
    VECTORS,
    st.dictionaries(st.integers(0, 9), st.just(1.0)),
)
@settings(max_examples=15)
def test_an_engine_finds_what_a_dictionary_of_points_would(tmp_path_factory, transport, writes, where, vector, asked):
    engine = EdgeEngine(tmp_path_factory.mktemp("points")) if transport == "edge" else local_engine()
    engine.create("g000001", 4)
    points: dict[int, Point] = {}
    for some in writes:
        engine.upsert("g000001", some)
        points |= {point.id: point for point in some}
    terms = SparseVector(np.array(sorted(asked), np.int64), np.ones(len(asked), np.float32))
    searches = [PointSearch("dense", vector, 20, where), PointSearch("sentences", vector, 20, where)]
    searches += [PointSearch("lexical", terms, 20, where)] if asked else []
    for search, found in zip(searches, engine.search("g000001", searches), strict=True):
        assert dict(zip(found.ids.tolist(), found.scores.tolist(), strict=True)) == pytest.approx(
            expected_scores(points, search), abs=1e-3
        )
    assert engine.count("g000001") == len(points)
    if transport == "edge":
        engine.close()
        shutil.rmtree(engine.folder)


def test_the_terms_of_many_parts_are_counted_as_those_of_one(documents, monkeypatch):
    texts = [one.text for one in documents]
    whole = TermTable.learn(texts)
    monkeypatch.setattr(qdrant_form, "PART", 7)
    parts = TermTable.learn(texts)
    counted = Counter(term for text in texts for term in set(terms(text)))
    assert parts.frequency(parts.places(list(counted))).tolist() == list(counted.values())
    assert parts.hashes.tolist() == whole.hashes.tolist()
    assert (parts.passages, parts.mean_length) == (whole.passages, whole.mean_length)


@given(
    st.builds(
        Document,
        *map(st.just, ("id", "title", "text", "source", "url")),
        published=st.none() | st.dates(),
        kind=st.sampled_from(KINDS),
        effective_from=st.none() | st.dates(),
        effective_to=st.none() | st.dates(),
    ),
    st.dates(),
    st.sampled_from(["since", "until", "as_of", "kind"]),
)
def test_a_filter_permits_what_its_words_say(one, day, name):
    chosen = Chosen(**{name: KINDS[0] if name == "kind" else day})
    start = one.effective_from or one.published
    said = {
        "kind": one.kind == KINDS[0],
        "since": bool(one.published and one.published >= day),
        "until": bool(one.published and one.published <= day),
        "as_of": bool(start and start <= day) and not (one.effective_to and one.effective_to <= day),
    }
    assert permits(chosen, one) == said[name]
    arrays = np.array([days_of(one)])
    assert name == "kind" or all(bound.holds(arrays[:, bound.column])[0] for bound in bounds_of(chosen)) == said[name]


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
def test_the_client_of_qdrant_gives_the_answers_of_the_shards(documents, engine, tmp_path):
    local = local_engine()
    for name, one in (("edge", engine), ("client", local)):
        build(documents[:20], tmp_path / name, WordHashEncoder(), BuildOptions(engine=one, large=10))
        build(documents[1:21], tmp_path / name, WordHashEncoder(), BuildOptions(engine=one, large=10))
    edge, client = (
        QdrantIndex.open(tmp_path / name, one, beam=0) for name, one in (("edge", engine), ("client", local))
    )
    assert edge.collections == client.collections == ["g000001", "g000002"]
    for question in ASKED:
        for filters in FILTERS[:3]:
            expected, found = (hits(index, question, filters) for index in (edge, client))
            assert are_alike(expected, found)
    assert verify_points(tmp_path / "client" / "g000002", client.manifest, local)
    assert rollback(tmp_path / "client", local) == "g000001"
    assert local.aliases() == {"live": "g000001"}


class Node:
    """A client whose calls fail as they are told to."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures, self.asked = list(failures), 0

    def get_collections(self) -> object:
        self.asked += 1
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        return type("Collections", (), {"collections": []})


def unreachable() -> Exception:
    return ResponseHandlingException(ConnectionError("refused"))


def refused(status: int) -> Exception:
    return UnexpectedResponse(status, "Refused", b"what the key was", {})


def test_a_call_that_fails_is_made_once_more_by_the_next_node():
    bad, good = Node(unreachable()), Node()
    assert QdrantEngine([bad, good]).collections() == []
    assert (bad.asked, good.asked) == (1, 1)


def test_what_is_refused_is_not_tried_again_and_the_cure_is_said():
    node = Node(refused(401))
    with pytest.raises(SearchEngineError, match="correct QA_ENGINE_KEY") as told:
        QdrantEngine([node]).collections()
    assert "what the key was" not in str(told.value)
    assert node.asked == 1


def test_after_several_failures_the_engine_is_left_alone_for_a_while(monkeypatch):
    now = 0.0
    monkeypatch.setattr("qa.index.engine.time.monotonic", lambda: now)
    node = Node(*[unreachable() for _ in range(2 * FAILURES)])
    engine = QdrantEngine([node])
    for _ in range(FAILURES + 5):
        with pytest.raises(SearchEngineError):
            engine.collections()
    assert (node.asked, engine.is_down) == (2 * FAILURES, True)
    now = 60.0
    assert engine.collections() == []
    assert not engine.is_down


def named(folder: Path, **more: object) -> Settings:
    return Settings.read(engine="qdrant", engine_url="http://127.0.0.1:9", engine_key="mật-khẩu", index=folder, **more)


def test_at_the_start_an_engine_that_is_not_there_is_said_with_the_cure_and_without_the_key(
    tmp_path, monkeypatch, capsys, caplog
):
    caplog.set_level(logging.DEBUG)
    for name, value in {"ENGINE": "qdrant", "ENGINE_URL": "http://127.0.0.1:9", "ENGINE_KEY": "mat-khau-1"}.items():
        monkeypatch.setenv(f"QA_{name}", value)
    assert main(["status", "--index", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "start Qdrant or correct QA_ENGINE_URL" in said
    assert "mat-khau-1" not in said + caplog.text


def test_an_engine_without_an_address_is_said_with_the_cure(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("QA_ENGINE", "qdrant")
    assert main(["status", "--index", str(tmp_path)]) == 1
    assert "QA_ENGINE_URL; write http://HOST:6333" in capsys.readouterr().err


@pytest.fixture
def site(documents, engine, tmp_path) -> Iterator[tuple[TestClient, LiveSession]]:
    build(documents[:20], tmp_path / "index", WordHashEncoder(), options(engine))
    live = LiveSession.open(tmp_path / "index", WordHashEncoder(), OverlapReader(), engine=engine)
    with TestClient(create_app(live, Settings())) as client:
        yield client, live


def fail(*_: object) -> None:
    raise SearchEngineError("the search engine does not answer")


def test_while_the_engine_is_gone_the_site_says_503_in_vietnamese_and_when_to_come_back(site, monkeypatch):
    client, live = site
    assert client.post("/api/search", json={"question": "văn bản 7"}).status_code == 200
    monkeypatch.setattr(live.engine, "search", fail)
    answer = client.post("/api/search", json={"question": "văn bản 8"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "tạm thời chưa tra cứu được" in answer.json()["detail"]
    assert client.get("/tai-lieu").status_code == client.get("/doc/d007").status_code == 200


def test_a_copy_kept_beside_answers_while_the_engine_is_down(site, documents, tmp_path, monkeypatch):
    client, live = site
    build(documents[:10], tmp_path / "copy", WordHashEncoder())
    live.keep_copy(tmp_path / "copy")
    assert live.current().index.manifest.passages == 33
    monkeypatch.setattr(live.engine, "search", fail)
    monkeypatch.setattr(EdgeEngine, "is_down", True)
    assert client.post("/api/search", json={"question": "văn bản 7"}).json()["hits"]
    assert "d019" not in live.current().index.documents


def test_a_newer_generation_is_taken_when_the_alias_moves_and_not_before(site, documents, engine, tmp_path):
    _, live = site
    build(documents[:25], tmp_path / "index", WordHashEncoder(), options(engine))
    engine.set_alias("live", "g000001")
    assert not live.refresh()
    engine.set_alias("live", "g000002")
    assert live.refresh()
    assert live.current().index.manifest.generation == "g000002"


def test_the_command_line_works_alike_on_an_engine(corpus, engine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("qa.session.open_engine", lambda _settings: engine)
    monkeypatch.setattr("qa.cli.open_engine", lambda _settings: engine)
    monkeypatch.setattr("qa.session.load_encoder", lambda _settings: WordHashEncoder())
    folders = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]
    assert main(["build", *folders]) == 0
    (corpus / "toa-an.md").unlink()
    assert main(["build", *folders]) == 0
    capsys.readouterr()
    assert main(["status", "--json", *folders]) == 0
    assert json.loads(capsys.readouterr().out)["generation"] == "g000002"
    assert main(["search", "Long Biên", "--json", *folders]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["document_id"] == "long-bien"
    assert main(["verify", *folders]) == 0
    assert "points in g000002 are as written" in capsys.readouterr().out
    assert main(["rollback", *folders]) == 0
    assert engine.aliases() == {"live": "g000001"}


KILLED = """
import os, random, signal, sys
from pathlib import Path
from qa.index import BuildOptions, build
from testing.edge_engine import EdgeEngine
from testing.fake_encoder import WordHashEncoder
from tests.test_scale import document

folder, first, calls = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

class Killed(EdgeEngine):
    def __getattribute__(self, name):
        global calls
        if name in ("create", "upsert", "finish", "set_alias", "drop"):
            calls -= 1
            if calls == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__getattribute__(name)

build([document(number) for number in range(first, first + 8)], folder / "index", WordHashEncoder(),
      BuildOptions(engine=Killed(folder / "engine")))
"""


@pytest.mark.parametrize("calls", [2, 3, 4])
def test_a_build_that_is_killed_leaves_the_live_generation_whole(documents, tmp_path, calls):
    engine = EdgeEngine(tmp_path / "engine")
    build(documents[:8], tmp_path / "index", WordHashEncoder(), BuildOptions(engine=engine))
    engine.close()
    command = [sys.executable, "-c", KILLED, str(tmp_path), "8", str(calls)]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    engine = EdgeEngine(tmp_path / "engine")
    live = QdrantIndex.open(tmp_path / "index", engine)
    assert live.manifest.generation == "g000001"
    assert verify_points(tmp_path / "index" / "g000001", live.manifest, engine) == live.manifest.passages
    report = build(documents[8:16], tmp_path / "index", WordHashEncoder(), BuildOptions(engine=engine))
    assert engine.aliases() == {"live": report.generation}
    assert set(engine.collections()) == {"g000001", report.generation}
    engine.close()
