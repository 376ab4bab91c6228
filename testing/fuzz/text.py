"""Targets: normal form, sentences, passages."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from qa.corpus.passages import LONGEST_SENTENCE, SIZE, cut, searched_spans, searched_text
from qa.text.normalise import INVISIBLE, fold, normalise, syllables
from qa.text.sentences import quotable_spans, sentence_spans
from qa.values import Document
from testing.fuzz.material import fields_of, text_of


def check_normal_form(content: bytes) -> None:
    """Normal text is NFC, visible, encodable and settled; folded text is settled and the same from either form."""
    text = text_of(content)
    normal = normalise(text)
    assert normalise(normal) == normal == unicodedata.normalize("NFC", normal)
    assert not INVISIBLE.search(normal)
    normal.encode("utf-8")
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert not any(map(unicodedata.combining, unicodedata.normalize("NFD", folded)))
    assert "đ" not in folded
    found = syllables(text)
    assert all(map(str.isalnum, found))
    assert syllables(" ".join(found)) == found


def check_spans(content: bytes) -> None:
    """Sentences are trimmed, in order, in one line each, and hold every word of the lines they stand in."""
    text = normalise(text_of(content))
    spans = list(sentence_spans(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(text[start:end] == text[start:end].strip() and "\n" not in text[start:end] for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    between = [text[left[1] : right[0]] for left, right in pairwise(spans)]
    assert all(not syllables(gap) or "#" in gap for gap in between), "a word between two sentences is in neither"
    quotable = list(quotable_spans(text))
    assert [start for start, _ in quotable] == [start for start, _ in spans]
    ends = {end for _, end in spans}
    assert all(end in ends and end >= own[1] for (_, end), own in zip(quotable, spans, strict=True))


def check_passages(content: bytes) -> None:
    """Passages are their spans, apart, short, and hold every word of every sentence; so do the searched spans."""
    title, number, body = fields_of(content, 3)
    text = normalise(body).strip() + "\n"
    document = Document("a", normalise(title), text, "Nguồn", "", None, "law", normalise(number) or None)
    passages = cut(document)
    for passage in passages:
        citation = passage.citation
        assert text[citation.start : citation.end] == passage.text != ""
        assert len(passage.text) <= max(SIZE, LONGEST_SENTENCE)
        searched = [searched_text(passage)[start:end] for start, end in searched_spans(passage)]
        assert searched == [passage.text[start:end] for start, end in quotable_spans(passage.text)]
    spans = [(passage.citation.start, passage.citation.end) for passage in passages]
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    words = [word for start, end in sentence_spans(text) for word in syllables(text[start:end])]
    assert [word for passage in passages for word in syllables(passage.text)] == words
