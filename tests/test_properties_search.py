"""Properties of what fuses, ranks, spreads and points into what was found."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.parts import MOST_PARTS, MOST_QUESTIONS, parts_of, split_questions
from qa.answer.pipeline import merge
from qa.answer.publish import unsupported_numbers
from qa.answer.quotes import MOST_SENTENCES, NEXT_SENTENCE, NEXT_TO_HEADLINE, best_quotes, blocks_of, choose, quotes
from qa.answer.timeline import first_day
from qa.blocks import Answer, Headline, Quote
from qa.corpus.passages import cut
from qa.encoder import Encoded
from qa.encoder.sentence_encoder import sentence_vectors
from qa.index import Filters, permits
from qa.index.bm25 import LexicalIndex, Postings, best_rows
from qa.index.search_index import Passages, changed_by, same_content
from qa.index.segment import SegmentContent, format_document, open_segment, parse_document, write_segment
from qa.index.vector_cache import SentenceFile, Sentences, write_sentences
from qa.index.vector_index import LARGE
from qa.reading import HEADLINE_THRESHOLD, Candidate
from qa.reading.model_reader import PASSAGES
from qa.retrieval import reorder, spread, standard, unit_range
from qa.text import numbers_in
from qa.text.normalise import normalise, syllables
from qa.text.numbers import DocumentNumber, find_numbers
from qa.text.terms import terms
from qa.values import KINDS, Citation, Document, Hit, Passage

SCORES = st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=40).map(
    lambda values: np.array(values, np.float32)
)
DAYS = st.none() | st.dates(datetime.date(1946, 1, 1), datetime.date(2099, 1, 1))
LINE = st.text(max_size=30).map(lambda text: " ".join(normalise(text).split()))
BODY = st.text(max_size=200).map(lambda text: normalise(text).strip() + "\n")
NAME = st.text("abc", min_size=1, max_size=2)


def passage(document: str, ordinal: int, text: str = "") -> Passage:
    kind = "summary" if document == "c" else "original"
    place = Citation(document, "Bài", "Nguồn", "", None, "news", None, None, 0, len(text), kind)
    return Passage(f"{document}:{ordinal}", text, place, "")


HITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 9), NAME, st.floats(0, 1), st.integers(0, 2)).map(
        lambda one: Hit(passage(*one[:3]), one[3], 0, 0, one[4])
    ),
    max_size=30,
    unique_by=lambda hit: hit.passage.id,
)
DOCUMENTS = st.builds(
    Document,
    NAME,
    LINE,
    BODY,
    LINE,
    LINE,
    DAYS,
    st.sampled_from(KINDS),
    st.none() | LINE,
    DAYS,
    DAYS,
    st.lists(NAME, max_size=3).map(tuple),
    st.lists(NAME, max_size=3).map(tuple),
    st.none() | NAME,
)


@given(SCORES)
def test_standard_scores_have_no_mean_and_keep_the_order(scores):
    given_scores = standard(scores.astype(np.float64))
    assert abs(given_scores.mean()) < 1e-6
    assert given_scores.std() < 1 + 1e-6
    order = np.argsort(scores, kind="stable")
    assert all(given_scores[left] <= given_scores[right] for left, right in pairwise(order))


@given(SCORES)
def test_a_unit_range_reaches_both_ends_and_keeps_the_order(scores):
    ranged = unit_range(scores.astype(np.float64))
    assert ranged.min() == 0
    assert ranged.max() == (1 if scores.max() > scores.min() else 0)
    order = np.argsort(scores, kind="stable")
    assert all(ranged[left] <= ranged[right] for left, right in pairwise(order))


@given(SCORES, st.integers(1, 50), st.data())
def test_the_best_rows_are_those_of_a_full_sort(scores, k, data):
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)).map(np.array))
    rows = best_rows(scores, k, allowed)
    eligible = [row for row in range(len(scores)) if scores[row] > 0 and (allowed is None or allowed[row])]
    expected = sorted((scores[row] for row in eligible), reverse=True)[:k]
    assert set(rows) <= set(eligible)
    assert sorted((scores[row] for row in rows), reverse=True) == expected


MOST = st.fixed_dictionaries({kind: st.integers(1, 3) for kind in ("original", "summary")})


@given(HITS, st.integers(1, 12), MOST)
def test_hits_are_spread_over_documents_before_any_is_left_over(hits, k, most):
    chosen = spread(hits, k, most)
    assert len(chosen) == min(k, len(hits))
    assert len({hit.passage.id for hit in chosen}) == len(chosen)
    within: list[Hit] = []
    for hit in hits:
        name = hit.passage.citation.document_id
        same = [one for one in within if one.passage.citation.document_id == name]
        if len(same) < most[hit.passage.citation.text_kind] and all(
            one.passage.text != hit.passage.text for one in within
        ):
            within.append(hit)
    rest = [hit for hit in hits if hit not in within]
    assert chosen == (within + rest)[:k]


@pytest.mark.parametrize(("document", "first"), [("a", 5), ("c", 3)])
def test_an_original_may_fill_the_passages_that_are_read_and_a_summary_leaves_room(document, first):
    own = [Hit(passage(document, number, f"Điều {number}"), 1, 0, 0) for number in range(8)]
    other = [Hit(passage("b", number, f"Mục {number}"), 0, 0, 0) for number in range(8)]
    named = [hit.passage.citation.document_id for hit in spread([*own, *other], PASSAGES)]
    assert named == [document] * first + ["b"] * (PASSAGES - first)


def test_an_article_written_for_each_province_leaves_room_for_others():
    worded_alike = [
        Hit(passage(name, 0, f"Xã {name} (tỉnh {name}) giữ nguyên, không sắp xếp trong đợt năm 2025."), 1, 0, 0)
        for name in ("Lào Cai", "Gia Lai", "Đồng Nai", "Đắk Lắk", "Vĩnh Long", "An Giang")
    ]
    other = Hit(passage("cả nước", 0, "Mười một tỉnh, thành phố không phải sáp nhập."), 0, 0, 0)
    named = [hit.passage.citation.document_id for hit in spread([*worded_alike, other], 4)]
    assert named == ["Lào Cai", "Gia Lai", "cả nước", "Đồng Nai"]


class LongestFirst:
    """A second stage that likes long texts."""

    def scores(self, query: str, texts: list[str]) -> list[float]:
        return [float(len(text) + len(query)) for text in texts]


@given(HITS)
def test_reordering_keeps_every_hit_and_what_a_number_named_first(hits):
    reordered = list(reorder(hits, "hỏi", LongestFirst()))
    assert sorted(hit.passage.id for hit in reordered) == sorted(hit.passage.id for hit in hits)
    named = [hit.named > 0 for hit in reordered[:20]]
    assert named == sorted(named, reverse=True)


@given(DOCUMENTS, DAYS, DAYS, st.none() | st.sampled_from(KINDS))
def test_a_document_passes_each_filter_alone_where_it_passes_all(document, since, as_of, kind):
    together = permits(Filters(since=since, kind=kind, as_of=as_of), document)
    alone = [permits(one, document) for one in (Filters(since=since), Filters(kind=kind), Filters(as_of=as_of))]
    assert together == all(alone)
    if together and since:
        assert document.published >= since


@given(
    st.lists(st.lists(st.sampled_from("quận giảm người xã tòa án mới".split()), max_size=6), min_size=1, max_size=8),
    BODY,
)
def test_lexical_scores_rise_above_nothing_only_where_a_term_is_shared(texts, query):
    index = LexicalIndex([Postings.build([" ".join(words) for words in texts])])
    scores = index.scores(f"{query} quận")
    assert scores.shape == (len(texts),)
    for words, score in zip(texts, scores, strict=True):
        shared = set(terms(" ".join(words))) & set(terms(f"{query} quận"))
        assert bool(score > 0) == bool(shared)
    assert index.find("quan").weight <= index.find("tukhongco").weight


VECTORS = st.lists(
    st.lists(st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3), max_size=4), min_size=1, max_size=6
)


@given(VECTORS, st.data())
def test_the_best_sentence_of_a_row_is_that_of_an_exhaustive_search(rows, data):
    query = np.array([0.5, -0.25, 1.0], np.float32)
    wanted = np.array(sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=6))))
    fallback = np.arange(len(wanted), dtype=np.float32)
    vectors = [np.array(row, np.float32).reshape(-1, 3) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        write_sentences(Path(folder), vectors, 3)
        stored = Sentences([SentenceFile(Path(folder))])
        assert all(np.array_equal(stored.of(row), vectors[row]) for row in range(len(rows)))
        best = stored.best(query, wanted, fallback)
    for place, row in enumerate(wanted):
        own = vectors[row] @ query
        assert best[place] == (own.max() if len(own) else fallback[place]) or abs(best[place] - own.max()) < 1e-5


@given(st.lists(st.integers(1, 30), min_size=1, max_size=9, unique=True).map(sorted), st.data())
def test_a_sentence_s_vector_is_the_mean_of_the_tokens_that_end_in_it(ends, data):
    tokens = np.eye(len(ends), dtype=np.float32)
    start = data.draw(st.integers(0, 30))
    end = data.draw(st.integers(start, 31))
    whole = np.ones(len(ends), np.float32)
    inside = [place for place, stop in enumerate(ends) if start < stop <= end]
    expected = tokens[inside].mean(axis=0) if inside else whole
    (vector,) = sentence_vectors(tokens, np.array(ends), [(start, end)], whole)
    assert np.allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)


@given(st.lists(DOCUMENTS, max_size=5, unique_by=lambda document: document.id))
def test_what_is_written_of_documents_and_passages_is_read_again(documents):
    assert [parse_document(format_document(document)) for document in documents] == documents
    passages = [one for document in documents for one in cut(document)]
    with tempfile.TemporaryDirectory() as folder:
        encoded = Encoded(np.zeros((len(passages), 2), np.float32), [np.empty((0, 2), np.float16)] * len(passages))
        write_segment(Path(folder), SegmentContent(documents, passages), encoded, LARGE)
        segment = open_segment(Path(folder))
        assert (segment.documents.documents, list(Passages([segment.documents]))) == (documents, passages)
        numbered = segment.documents.database.rows("SELECT digits, year, suffix, rows FROM numbers")
        read = {(DocumentNumber(*number), row) for *number, rows in numbered for row in np.frombuffer(rows, "<i8")}
    assert read == {(number, row) for row, one in enumerate(passages) for number in find_numbers(one.text)}


@given(st.lists(DOCUMENTS, max_size=6, unique_by=lambda document: document.id))
def test_every_document_says_the_same_as_itself_and_copies_agree(documents):
    same = same_content(documents)
    assert set(same) == {document.id for document in documents}
    for name, members in same.items():
        assert name in members
        assert all(same[member] == members for member in members)
    for number, later in changed_by(documents).items():
        assert all(number in (*one.supersedes, *one.amends) for one in later)


MESSAGES = st.lists(st.sampled_from(["một hai ba bốn? ", "hai ba?\n", "năm sáu bảy tám ", "? "]) | st.text(max_size=9))


@given(MESSAGES.map("".join))
def test_the_questions_of_a_message_are_its_words_in_order(text):
    parts = split_questions(text)
    assert 1 <= len(parts) <= MOST_QUESTIONS
    assert " ".join(parts).split() == text.split()
    assert all(len(syllables(part)) >= 4 for part in parts[1:])


ASKED = st.lists(st.sampled_from(["ở đâu", "bao nhiêu xã", "xã Đại Xuyên", "và", "còn", ", ", "; ", " ", "không", "?"]))


@given(ASKED.map(" ".join) | st.text(max_size=60))
def test_the_parts_of_a_question_are_its_words_in_order(question):
    parts = parts_of(question)
    assert 1 <= len(parts) <= MOST_PARTS
    assert syllables(" ".join(parts)) == syllables(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Bắc Giang nhập với Bắc Ninh thì lấy tên gì, trụ sở tỉnh đặt ở bên nào?", 2),
        ("Thành phố Phú Quốc bây giờ gọi là gì và thuộc tỉnh nào?", 2),
        ("Tôi 55 tuổi, công chức xã, muốn nghỉ hưu sớm thì được hưởng những gì?", 1),
        ("Tỉnh Thanh Hóa còn bao nhiêu xã, phường?", 1),
        ("Lấy chồng nước ngoài thì đăng ký kết hôn ở đâu, mấy ngày xong, có mất phí không?", 3),
        ("Ai ký, ký ở đâu, mấy ngày xong, phí bao nhiêu?", 3),
    ],
)
def test_a_question_has_a_part_for_each_thing_that_it_asks(question, parts):
    assert len(parts_of(question)) == parts


def test_what_answers_a_further_part_of_a_question_is_quoted_after_the_best_sentence():
    def sentence(text: str, share: float) -> Candidate:
        return Candidate(text, passage("a", 0).citation, score=share, share=share, confidence=share)

    whole = [sentence("Tỉnh mới mang tên Bắc Ninh.", 0.5), sentence("Tỉnh rộng 4.718,6 km2.", 0.3)]
    part = sentence("Trụ sở tỉnh đặt ở Bắc Giang cũ.", 0.9)
    asked: list[tuple[str, Sequence[str]]] = []

    def about(question: str, history: Sequence[str]) -> list[Candidate]:
        asked.append((question, history))
        return [part]

    question = "Bắc Giang nhập với Bắc Ninh thì lấy tên gì, trụ sở đặt ở đâu?"
    inquiry = SimpleNamespace(asked=question, history=(), candidates=whole, confidence=0.5, about=about)
    draft = quotes(inquiry)
    assert [quote.text for quote in draft.quotes] == [whole[0].text, part.text, whole[1].text]
    assert asked == [("trụ sở đặt ở đâu", ("Bắc Giang nhập với Bắc Ninh thì lấy tên gì",))]


QUOTED = st.text("aáb12 [].", min_size=1, max_size=12).map(str.strip).filter(bool)
ANSWERS = st.lists(QUOTED, max_size=3).map(
    lambda texts: (lambda quotes: Answer("hỏi", "hỏi", blocks_of(quotes), quotes, 0.5))(
        tuple(Quote(place, text, passage("a", 0).citation, 1.0) for place, text in enumerate(texts, 1))
    )
)


@given(st.lists(ANSWERS, min_size=1, max_size=3))
def test_merged_answers_number_their_marks_through_and_keep_every_quote(answers):
    draft = merge(answers)
    merged = Answer("hỏi", "hỏi", draft.blocks, draft.quotes, draft.confidence)
    assert [quote.marker for quote in merged.citations] == list(range(1, len(merged.citations) + 1))
    assert [quote.text for quote in merged.citations] == [quote.text for one in answers for quote in one.citations]
    assert all(f"{quote.text} [{quote.marker}]" in merged.text for quote in merged.citations)


@given(st.text("aá12.,/:-[] ", max_size=40), st.text("aá12.,/:-[] ", max_size=40))
def test_a_number_is_unsupported_exactly_where_no_quote_says_it(text, quoted):
    quote = Quote(1, quoted, passage("a", 0).citation, 1.0)
    wrong = unsupported_numbers(text, [quote])
    assert not set(wrong) & set(numbers_in(quoted))
    assert unsupported_numbers(quoted, [quote]) == []
    assert unsupported_numbers(f"{text} 987654", [quote])[-1:] == ["987654"]


@given(st.lists(st.tuples(QUOTED, st.floats(0, 1)), min_size=1, max_size=8))
def test_sentences_quoted_beside_the_best_have_their_share_and_none_is_in_another(found):
    ranked = sorted(found, key=lambda one: -one[1])
    candidates = [
        Candidate(text, passage("a", 0).citation, score=share, share=share, confidence=1.0) for text, share in ranked
    ]
    chosen = choose(candidates)
    assert chosen[0] is candidates[0]
    assert len(chosen) <= MOST_SENTENCES
    assert all(one.share >= NEXT_SENTENCE for one in chosen[1:])
    assert not any(one is not other and one.text in other.text for one in chosen for other in chosen)


@pytest.mark.parametrize(("sure", "quoted"), [(HEADLINE_THRESHOLD, 1), (HEADLINE_THRESHOLD - 0.01, 2)])
def test_beside_a_headline_fewer_sentences_are_quoted(sure, quoted):
    place = passage("a", 0).citation
    first = Candidate("Giảm 406 người.", place, 2.0, 0.8, 0.9, "406 người", sure)
    other = Candidate("Giảm 80 chi bộ.", place, 1.0, (NEXT_SENTENCE + NEXT_TO_HEADLINE) / 2, 0.9)
    draft = best_quotes([first, other])
    assert len(draft.quotes) == quoted
    assert isinstance(draft.blocks[0], Headline) == (quoted == 1)


@given(
    st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)),
    st.sampled_from(["{}/{}/{}", "ngày {} tháng {} năm {}"]),
)
def test_the_first_day_of_a_text_is_the_day_it_names(day, form):
    written = form.format(day.day, day.month, f"{day.year:04}")
    assert first_day(f"Từ {written} thì áp dụng; trước năm 2001.") == (day.year, day.month, day.day)
