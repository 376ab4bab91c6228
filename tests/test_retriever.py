"""Odd questions cost bounded work; filters hold exactly, and k results come back while k exist."""

from __future__ import annotations

import dataclasses
import datetime
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa
from benchmarks.ablation import spread_over_documents
from qa.evaluate.dataset import Query
from qa.index import Filters
from qa.retrieval import CANDIDATES, Retriever
from qa.values import KINDS, Hit
from testing.fake_encoder import WordHashEncoder

DAYS = [datetime.date(2025, 1, 1) + datetime.timedelta(days=20 * step) for step in range(12)]
ARTICLE = """---
title: Báo cáo số {place} về sắp xếp
source: Nguồn thử
url: https://example.org/{place}
published: {day}
kind: {kind}
---
Xã Tân {place} sau sắp xếp có {place}00 hộ dân. Trụ sở xã Tân {place} đặt tại thôn {place}.

## Mục sau

Xã Tân {place} công khai thủ tục hành chính trên trang điện tử.
"""
ODD = [
    *("ă", "7", "là có không được những các của và ở tại", "?!…", "   ", "\u200b\u200e", "🏛️🇻🇳👩‍💼"),
    *("שלום עולם", "سؤال عن البلدية", "\u202equận Long Biên\u202c", "a" * 2000, "xã " * 660, "Tân 5 " * 330, "đ̣̣" * 600),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    from testing.fake_encoder import WordHashEncoder

    folder = tmp_path_factory.mktemp("many")
    (folder / "corpus").mkdir()
    for place in range(60):
        text = ARTICLE.format(place=place, day=DAYS[place % len(DAYS)], kind=sorted(KINDS)[place % len(KINDS)])
        (folder / "corpus" / f"bai-{place}.md").write_text(text, encoding="utf-8")
    encoder = WordHashEncoder()
    qa.build_index(folder / "corpus", folder / "index", encoder)
    return qa.open_session(folder / "index", encoder)


@pytest.mark.parametrize("question", ODD, ids=range(len(ODD)))
def test_an_odd_question_is_answered_with_one_vector_and_a_bounded_number_of_passages(session, monkeypatch, question):
    encoded, weighed = [], []
    encode, best = session.retriever.encoder.encode_queries, session.index.sentences.best
    monkeypatch.setattr(
        session.retriever.encoder, "encode_queries", lambda texts: encoded.extend(texts) or encode(texts)
    )
    monkeypatch.setattr(
        session.index.sentences,
        "best",
        lambda vector, rows, fallback: weighed.append(len(rows)) or best(vector, rows, fallback=fallback),
    )
    hits = session.search(question, 5)
    assert len(hits) in (0, 5)
    assert len(encoded) <= 1
    assert sum(weighed) <= 2 * CANDIDATES
    answer = session.ask(question)
    assert not answer.citations or not answer.declined


def test_a_question_without_a_word_finds_nothing_and_asks_no_encoder(session, monkeypatch):
    monkeypatch.setattr(session.retriever.encoder, "encode_queries", lambda _texts: pytest.fail("was asked"))
    assert session.search("🏛️ … ?!", 5) == []


@given(
    since=st.none() | st.sampled_from(DAYS),
    until=st.none() | st.sampled_from(DAYS),
    kind=st.none() | st.sampled_from(sorted(KINDS)),
    k=st.integers(1, 80),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_as_many_as_asked_for_come_back_while_they_exist_and_only_what_passes(session, since, until, kind, k):
    if since and until and since > until:
        since, until = until, since
    hits = session.search("xã Tân sau sắp xếp", k, Filters(since=since, until=until, kind=kind))
    passing = {
        document.id
        for document in session.index.documents.values()
        if (not since or document.published >= since)
        and (not until or document.published <= until)
        and (not kind or document.kind == kind)
    }
    there = sum(passage.citation.document_id in passing for passage in session.index.passages)
    assert {hit.passage.citation.document_id for hit in hits} <= passing
    assert len(hits) == min(k, there)
    assert len({hit.passage.id for hit in hits}) == len(hits)


def test_a_search_repeats_exactly(session):
    first, second = (session.search("trụ sở xã Tân 7", 20) for _ in range(2))
    assert first == second


def test_five_hits_are_of_several_documents(session):
    hits = session.search("xã Tân 7 sau sắp xếp trụ sở thủ tục hành chính", 5)
    assert len({hit.passage.citation.document_id for hit in hits}) >= 2


def test_the_benchmark_compares_the_spread_with_none(session, monkeypatch):
    found = {word: session.search(f"trụ sở xã Tân {place}", 1)[0] for word, place in (("chợ", 7), ("đò", 8))}
    crowd = [summary_hit(hit, f"{word} {number}") for word, hit in found.items() for number in range(6)]
    monkeypatch.setattr(Retriever, "rank", lambda *_: iter(crowd))
    part = spread_over_documents(SimpleNamespace(judged=[Query("1", "xã Tân")]), session.retriever)
    assert (part.whole, part.without) == (2, 1)


def summary_hit(hit: Hit, text: str) -> Hit:
    place = dataclasses.replace(hit.passage.citation, text_kind="summary")
    return dataclasses.replace(hit, passage=dataclasses.replace(hit.passage, id=text, text=text, citation=place))


def test_a_document_named_by_its_number_comes_first_and_every_score_stays_within_0_and_1(tmp_path):
    articles = {
        "luat-1": "title: Luật Một\nsource: Quốc hội\nnumber: 1/2025/QH15\n---\nXã là cấp cơ sở.",
        "luat-2": "title: Luật Hai\nsource: Quốc hội\nnumber: 2/2025/QH15\n---\nCơ sở là xã.",
        "tin": "title: Tin\nsource: Báo\n---\nLuật số 2/2025/QH15 đã được thông qua.",
    }
    for name, article in articles.items():
        (tmp_path / f"{name}.md").write_text(f"---\n{article}\n", encoding="utf-8")
    qa.build_index(tmp_path, tmp_path / "index", WordHashEncoder())
    hits = qa.open_session(tmp_path / "index", WordHashEncoder()).search("Luật số 2/2025/QH15 nói gì về xã?")
    assert [(hit.passage.citation.document_id, hit.named) for hit in hits] == [("luat-2", 2), ("tin", 1), ("luat-1", 0)]
    assert all(0 <= hit.score <= 1 for hit in hits)
