from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.passages import LONGEST_SENTENCE, SIZE, cut
from qa.text.normalise import normalise, syllables
from qa.text.sentences import sentence_spans
from qa.values import Document

TEXT = st.lists(
    st.sampled_from(
        [
            "Quận Long Biên giảm 406 người.",
            "Số liệu là 1.234,5 tỷ đồng.",
            "## Mục mới\n\n",
            "\n\n",
            " ",
            "\n",
            "- điểm a;",
        ]
    )
    | st.text(max_size=80),
    max_size=60,
).map(lambda parts: normalise("".join(parts)).strip() + "\n")


def article(text: str) -> Document:
    return Document("a", "Tiêu đề", text, "Nguồn", "https://example.org", None, "news")


@given(TEXT)
def test_every_passage_is_its_span_and_they_never_overlap(text):
    passages = cut(article(text))
    for passage in passages:
        assert text[passage.citation.start : passage.citation.end] == passage.text != ""
    spans = [(passage.citation.start, passage.citation.end) for passage in passages]
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(TEXT)
def test_no_word_outside_headings_is_lost(text):
    words = [word for start, end in sentence_spans(text) for word in syllables(text[start:end])]
    kept = [word for passage in cut(article(text)) for word in syllables(passage.text)]
    assert kept == words


@given(TEXT)
def test_no_sentence_is_cut_unless_it_alone_is_too_long(text):
    inside = {(p.citation.start, p.citation.end) for p in cut(article(text))}
    for start, end in sentence_spans(text):
        if end - start <= LONGEST_SENTENCE:
            assert any(left <= start and end <= right for left, right in inside), text[start:end]


def test_a_passage_is_no_longer_than_asked_when_its_sentences_are_short():
    passages = cut(article("Một câu ngắn thôi. " * 500))
    assert len(passages) > 10
    assert max(len(passage.text) for passage in passages) <= SIZE


def test_a_sentence_without_end_is_cut_at_words():
    passages = cut(article("chữ " * 5000))
    assert max(len(passage.text) for passage in passages) <= SIZE
    assert sum(len(syllables(passage.text)) for passage in passages) == 5000


def test_the_section_is_the_nearest_heading_above():
    passages = cut(article("Mở đầu.\n\n## Một\n\nNội dung một.\n\n## Hai\n\n" + "Nội dung hai. " * 80))
    assert [passage.citation.section for passage in passages][:3] == [None, "Một", "Hai"]
    assert [passage.text for passage in passages][:2] == ["Mở đầu.", "Nội dung một."]
    assert passages[-1].citation.section == "Hai"


def test_a_law_s_passage_names_its_article_and_clause():
    law = "## Điều 5. Nguyên tắc\n\nPhải bảo đảm:\n\n1. Đúng luật.\n\n2. " + "Công khai, minh bạch. " * 40
    law += "\n\n## Điều 6. Hiệu lực\n\nLuật có hiệu lực từ ngày 01/7/2025."
    places = [passage.citation.section for passage in cut(article(law))]
    assert places[0] == "Điều 5, khoản 1"
    assert "Điều 5, khoản 2" in places
    assert places[-1] == "Điều 6"
    assert all("Nguyên tắc" in passage.context for passage in cut(article(law))[:-1])
