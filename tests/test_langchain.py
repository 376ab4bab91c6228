"""The LangChain retriever gives what the session gives."""

from __future__ import annotations

import asyncio
import datetime
import json
import re

import pytest
from langchain_core.runnables import RunnableLambda

import qa
from qa.index import Filters
from qa.langchain import ReformRetriever
from qa.settings import ROOT

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


def test_a_passage_comes_with_its_text_citation_score_and_id(session):
    (document,) = ReformRetriever(session=session, k=1).invoke(QUESTION)
    (hit,) = session.search(QUESTION, k=1)
    assert document.page_content == hit.passage.text
    assert document.id == hit.passage.id == "long-bien:0"
    assert document.metadata == {
        "document_id": "long-bien",
        "title": "Quận Long Biên tinh gọn bộ máy",
        "source": "Báo Thử nghiệm",
        "url": "https://example.org/long-bien",
        "published": "2022-01-03",
        "kind": "news",
        "number": None,
        "section": None,
        "text_kind": "original",
        "basis": [],
        "start": 0,
        "end": len(hit.passage.text),
        "score": hit.score,
        "passage_id": "long-bien:0",
    }
    assert json.loads(json.dumps(document.metadata)) == document.metadata


def test_the_documented_three_lines_make_a_retriever(session, monkeypatch):
    monkeypatch.setattr(qa, "open_session", lambda: session)
    documented = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"```python\n(.*?)```", documented, re.DOTALL) if "langchain" in block]
    made: dict = {}
    exec(compile(example, "docs/api.md", "exec"), made)  # noqa: S102 - our own example
    assert len([line for line in example.splitlines() if line]) == 3
    assert made["retriever"].invoke(QUESTION)[0].metadata["document_id"] == "long-bien"


def test_the_order_and_the_number_are_the_session_s(session):
    documents = ReformRetriever(session=session, k=2).invoke("tòa án khu vực")
    assert [document.id for document in documents] == [hit.passage.id for hit in session.search("tòa án khu vực", k=2)]
    assert len(ReformRetriever(session=session).invoke("tòa án khu vực")) == 3


def test_filters_are_those_of_the_session(session):
    retriever = ReformRetriever(session=session, filters=Filters(since=datetime.date(2025, 1, 1)))
    assert [document.metadata["document_id"] for document in retriever.invoke(QUESTION)] == ["toa-an"]


def test_it_runs_in_a_chain_in_a_batch_and_awaited(session):
    retriever = ReformRetriever(session=session, k=1)
    chain = retriever | RunnableLambda(lambda documents: documents[0].id)
    assert chain.invoke(QUESTION) == "long-bien:0"
    assert chain.batch([QUESTION, "tòa án khu vực"]) == ["long-bien:0", "toa-an:0"]
    assert asyncio.run(chain.ainvoke(QUESTION)) == "long-bien:0"


def test_bad_arguments_are_value_errors(session):
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        ReformRetriever(session=session, k=0)
    with pytest.raises(ValueError, match="3000 characters; use at most 2000"):
        ReformRetriever(session=session).invoke("a" * 3000)


def test_a_question_without_a_word_finds_nothing(session):
    assert ReformRetriever(session=session).invoke(" ?! ") == []
