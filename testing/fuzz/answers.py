"""Targets: an answer from a small index, and the last look at quotes and numbers."""

from __future__ import annotations

import dataclasses
import datetime
import re
import tempfile
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

import qa
from qa.answer.publish import unsupported_numbers, withhold
from qa.blocks import Quote
from qa.present import answer_lines, answer_object, to_json
from qa.text import numbers_in
from qa.text.normalise import normalise
from qa.values import Citation, Document, Turn
from testing.fake_encoder import COURTS, LONG_BIEN, WordHashEncoder
from testing.fake_reader import OverlapReader
from testing.fuzz.material import fields_of

HOSTILE_ARTICLE = """---
title: Bài có [1] trong tên <b>và</b> dấu “ngoặc”
source: Báo [2] & Đài
url: javascript:alert(1)
published: 2025-06-30
kind: resolution
number: 76/2025/UBTVQH15
supersedes: [81/2025/QH15]
---
Theo [1] và [2], phường Bồ Đề có 30.706 người. <script>alert(1)</script> Năm 2024 có 12%. Ngày 01/7/2025 còn 126 xã.

Hồ sơ gồm:
- Đơn đề nghị;
- Bản sao **giấy tờ** [3];
- Tờ khai số 5.

| Xã | Dân |
|---|---|
| Bồ Đề | 1.406 |
"""
COPY = COURTS.replace("title: Tòa", "duplicate_of: toa-an\ntitle: Vì sao tòa").replace("number: 81/2025/QH15\n", "")
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
"""What a terminal would obey, or could not be given."""

CITATION = Citation(
    "a", "Bài 1", "Nguồn 2", "", datetime.date(2022, 1, 3), "news", "7/2020/NĐ-CP", None, 0, 0, "original"
)


class FastEncoder(WordHashEncoder):
    """The tests' encoder, which remembers the words it has seen."""

    @lru_cache(maxsize=20_000)  # noqa: B019 - one encoder lives as long as the process
    def vector(self, text: str) -> np.ndarray:
        return super().vector(text)


@cache
def small_session() -> qa.Session:
    """Return a session over four articles, one of them hostile, one a copy."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, index, encoder = Path(folder, "corpus"), Path(folder, "index"), FastEncoder()
        corpus.mkdir()
        for name, text in (("long-bien", LONG_BIEN), ("toa-an", COURTS), ("phuong", HOSTILE_ARTICLE), ("sao", COPY)):
            (corpus / f"{name}.md").write_text(text, encoding="utf-8")
        qa.build_index(corpus, index, encoder)
        return qa.open_session(index, encoder, reader=OverlapReader())


def check_answer(content: bytes) -> None:
    """An answer quotes exactly, states no number of its own, and can be printed and sent; else ValueError."""
    question, *said = fields_of(content, 3)
    session = small_session()
    try:
        answer = session.ask(question, history=[Turn(*said)] if any(said) else ())
    except ValueError as error:
        assert "use at most 2000" in str(error)
        return
    assert answer.declined == (not answer.citations)
    assert 0 <= answer.confidence <= 1
    assert [quote.marker for quote in answer.citations] == list(range(1, len(answer.citations) + 1))
    for quote in answer.citations:
        text = session.document(quote.citation.document_id).text
        assert text[quote.citation.start : quote.citation.end] == quote.text != ""
        assert f"{quote.text} [{quote.marker}]" in answer.text
    assert answer.short is None or answer.short in answer.citations[0].text
    if answer.citations and answer.confidence and "chưa đủ căn cứ" not in answer.text:
        assert unsupported_numbers(answer.text, answer.citations) == []
    assert normalise(answer.text) == answer.text
    assert len(answer.text) < 20_000
    to_json(answer_object(answer)).encode("utf-8")
    assert not OBEYED.search("\n".join(answer_lines(answer)))


def check_last_look(content: bytes) -> None:
    """Only a quote that is its span passes; a number that stands in no quote is named, one that does is not."""
    body, said, place = fields_of(content, 3)
    document = Document("a", "Bài", normalise(body), "Nguồn", "", None, "news")
    start, end = (len(place) % 7, len(said) + len(place) % 7)
    citation = dataclasses.replace(CITATION, start=start, end=end)
    quote = Quote(1, said, citation, 1.0)
    passed = withhold([quote], {"a": document})
    assert bool(passed) == (said != "" and document.text[start:end] == said)
    assert withhold([quote], {}) == ()
    assert unsupported_numbers(said, [quote]) == []
    known = {"1", "2", "7/2020", "03/01/2022", *numbers_in(said)}
    stated = numbers_in(re.sub(r"\[\d+\]", " ", body))
    assert unsupported_numbers(body, [quote]) == [number for number in stated if number not in known]
