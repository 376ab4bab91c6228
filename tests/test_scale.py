"""What large indexes do otherwise: cells instead of all vectors, the best terms first, a second segment."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import random

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import IndexCorruptError
from qa.index import BuildOptions, Filters, Index, bm25, build, generations
from qa.index.bm25 import LexicalIndex, Postings, Pruning, best_rows
from qa.retrieval import Retriever
from qa.text.terms import terms
from qa.values import Document
from testing.fake_encoder import WordHashEncoder

pytestmark = pytest.mark.slow
WORDS = (
    "phường xã quận tỉnh hồ sơ thủ tục hành chính công chức viên chức sáp nhập tinh gọn bộ máy cấp phép đất đai".split()
)
QUESTIONS = ["thủ tục hành chính của phường", "sáp nhập xã", "công chức quận 7", "nghị quyết 12/2024/NQ-CP", "đất đai"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=1, max_size=40)


def document(number: int, words: int = 60) -> Document:
    choose = random.Random(number)
    sentences = [" ".join(choose.choices(WORDS, k=12)).capitalize() + f" {number}." for _ in range(words // 6)]
    return Document(
        id=f"d{number:03d}",
        title=f"Văn bản {number}",
        text=" ".join(sentences) + f" Theo Nghị quyết {number}/2024/NQ-CP.\n",
        source="Nguồn",
        url="",
        published=datetime.date(2024, 1, 1) + datetime.timedelta(days=number),
        kind="news" if number % 2 else "law",
    )


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [document(number) for number in range(120)]


LARGE = BuildOptions(large=100)
"""Lets the small corpora of these tests count as large."""


def found(index: Index, question: str, filters: Filters | None = None, k: int = 10) -> list[tuple[str, float]]:
    if index.lexical.pruning:
        index.lexical.pruning = Pruning(worth_a_look=5)
    hits = Retriever(index, WordHashEncoder()).search(question, k, filters)
    return [(hit.passage.id, round(hit.lexical, 4)) for hit in hits]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_the_scores_are_those_of_bm25s_bit_for_bit(texts, query):
    model = bm25s.BM25(k1=bm25.K1, b=bm25.B, method="lucene")
    model.index([terms(text) or [""] for text in texts], show_progress=False)
    known = model.get_tokens_ids(terms(query))
    expected = model.get_scores_from_ids(known) if known else np.zeros(len(texts), np.float32)
    assert LexicalIndex([Postings.build(texts)]).scores(query).tolist() == expected.tolist()


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.integers(1, 9), st.randoms())
def test_leaving_out_what_cannot_be_among_the_best_leaves_the_best(first, second, query, k, choose):
    index = LexicalIndex([Postings.build(first), Postings.build(second)])
    allowed = np.array([choose.random() < 0.7 for _ in range(index.count)])
    scores = index.scores(query)
    pruned = index.best_of_many(query, k, allowed, Pruning(worth_a_look=0, seek=choose.choice([0, 16])))
    assert sorted(scores[pruned]) == pytest.approx(sorted(scores[best_rows(scores, k, allowed)]))
    assert len(set(pruned.tolist())) == len(pruned)
    assert allowed[pruned].all()


@settings(deadline=None)
@given(TEXTS, TEXTS, st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.randoms())
def test_the_scores_of_some_rows_are_those_of_all(first, second, query, choose):
    index = LexicalIndex([Postings.build(first), Postings.build(second)])
    rows = np.array(sorted(choose.sample(range(index.count), choose.randint(1, index.count))))
    assert index.scores_of(query, rows).tolist() == index.scores(query)[rows].tolist()
    assert index.scores(query).tolist() == LexicalIndex([Postings.build(first + second)]).scores(query).tolist()


def test_the_large_path_finds_what_the_exact_path_finds(documents, tmp_path):
    build(documents, tmp_path / "exact", WordHashEncoder())
    filters = [
        None,
        Filters(kind="law"),
        Filters(since=datetime.date(2024, 3, 1)),
        Filters(as_of=datetime.date(2024, 2, 1)),
    ]
    asked = list(itertools.product(QUESTIONS, filters))
    index = Index.open(tmp_path / "exact")
    exact = [found(index, *pair) for pair in asked]
    build(documents, tmp_path / "large", WordHashEncoder(), LARGE)
    manifest = generations.live_manifest(tmp_path / "large")
    assert manifest.search.startswith("IVF")
    assert manifest.recall >= 0.995
    index = Index.open(tmp_path / "large")
    cells = [found(index, *pair) for pair in asked]
    assert [hits[0] for hits in cells] == [hits[0] for hits in exact]
    shared = [len(set(hits) & set(others)) / len(others) for hits, others in zip(cells, exact, strict=True)]
    assert sum(shared) / len(shared) >= 0.95


def test_a_filter_that_few_pass_still_finds_them_all(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    index = Index.open(tmp_path)
    few = np.zeros(len(index.passages), bool)
    few[[3, 50, 111]] = True
    assert sorted(index.dense_search(WordHashEncoder().encode_queries(["đất đai"]), 10, few)) == [3, 50, 111]


def test_little_more_makes_a_second_segment_and_embeds_no_more(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    encoder = WordHashEncoder()
    report = build([*documents, document(500)], tmp_path, encoder, LARGE)
    first, second = (tmp_path / name for name in ("g000001", "g000002"))
    assert len(encoder.embedded) == report.embedded == report.passages - generations.read_manifest(first).passages
    assert (second / "dense.faiss").stat().st_ino == (first / "dense.faiss").stat().st_ino
    assert (second / "delta" / "dense.faiss").exists()
    assert found(Index.open(tmp_path), "văn bản 500")[0][0].startswith("d500:")


def test_two_segments_find_what_one_would(documents, tmp_path):
    build(documents, tmp_path / "grown", WordHashEncoder(), LARGE)
    changed = [
        dataclasses.replace(documents[0], text="Phường mới cấp phép đất đai.\n"),
        *documents[1:118],
        document(500),
    ]
    build(changed, tmp_path / "grown", WordHashEncoder(), LARGE)
    build(changed, tmp_path / "anew", WordHashEncoder(), LARGE)
    grown, anew = Index.open(tmp_path / "grown"), Index.open(tmp_path / "anew")
    assert len(grown.segments) == 2
    assert set(grown.documents) == set(anew.documents)
    assert grown.manifest.passages == anew.manifest.passages == len(anew.passages)
    for question in ("phường mới cấp phép đất đai", "văn bản 500", "văn bản 119", "nghị quyết 3/2024/NQ-CP"):
        names = [name for name, _ in found(grown, question, k=3)]
        assert names[0] == found(anew, question, k=3)[0][0]
        assert not {"d118:0", "d119:0"} & set(names)
    old = [passage.text for passage in grown.passages_of("d000")]
    assert old == ["Phường mới cấp phép đất đai."]


def test_the_second_segment_is_made_anew_each_time(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    for number in (500, 501):
        report = build([*documents, *map(document, range(500, number + 1))], tmp_path, WordHashEncoder(), LARGE)
    assert report.embedded < report.passages - generations.read_manifest(tmp_path / "g000001").passages
    assert {"d500", "d501"} <= set(Index.open(tmp_path).documents)


def test_a_removal_alone_is_a_second_segment_without_passages(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    assert build(documents[:-1], tmp_path, WordHashEncoder(), LARGE).embedded == 0
    index = Index.open(tmp_path)
    assert "d119" not in index.documents
    assert all(not name.startswith("d119:") for name, _ in found(index, "văn bản 119", k=100))


def test_much_more_is_built_as_one_segment(documents, tmp_path):
    build(documents[:100], tmp_path, WordHashEncoder(), LARGE)
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    assert len(Index.open(tmp_path).segments) == 1


def test_a_linked_file_that_was_altered_is_noticed(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    build([*documents, document(500)], tmp_path, WordHashEncoder(), LARGE)
    for name in ("sentences.npy", "delta/sentences.npy", "delta/segment.sqlite"):
        path = tmp_path / "g000002" / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(IndexCorruptError, match=name):
            Index.open(tmp_path)
        path.write_bytes(whole)


def test_a_damaged_first_segment_is_not_built_upon(documents, tmp_path):
    build(documents, tmp_path, WordHashEncoder(), LARGE)
    (tmp_path / "g000001" / "sentences.npy").write_bytes(b"x")
    build([*documents, document(500)], tmp_path, WordHashEncoder(), LARGE)
    assert len(Index.open(tmp_path).segments) == 1
