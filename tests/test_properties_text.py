"""Properties of what cuts, folds, restores and points into text, for any text."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from qa.corpus.passages import (
    SENTENCE_BREAK,
    cut,
    mark_sentences,
    place_in_section,
    searched_spans,
    searched_text,
    sections,
)
from qa.text.normalise import fold, normalise, syllables
from qa.text.numbers import DocumentNumber, begins, find_numbers
from qa.text.query_repair import ALPHABET, LanguageModel, replace, slips, telex, with_capitals
from qa.text.sentences import quotable_spans, sentence_spans
from qa.text.terms import ANY_CASE, canonical, terms, words
from qa.values import Document

READ = """Quận Long Biên giảm 406 người hoạt động không chuyên trách ở tổ dân phố. Thủ tục hành chính được rút ngắn.
Cán bộ, công chức, viên chức nghỉ việc được hưởng chính sách của Chính phủ. Con số còn phải chờ; còn con thì có."""
MODEL = LanguageModel.learn([READ])
WRITTEN = st.lists(
    st.sampled_from(
        "Quận|giảm|406|người|không|quan|giam|nguoi|TP.|UBND|nđ-cp|32/2021/NĐ-CP|nghị định 32 năm 2021|ngày 01/7/2025|"
        "1.234,5 tỷ đồng|33,2%|gồm:|bao nhiêu|. |? |… |\n|\n- |\n## |\n1. |; |, |phường Bồ Đề|"
        "Hồ sơ gồm:\n- Đơn;\n- Bản sao.\n|chinhs|quyeefn".split("|")
    )
    | st.text(max_size=12),
    max_size=24,
).map(lambda parts: normalise(" ".join(parts)))
WORD = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ", min_size=1, max_size=9)


@given(WRITTEN)
def test_what_may_be_quoted_begins_with_each_sentence_and_ends_with_one(text):
    spans, quotable = list(sentence_spans(text)), list(quotable_spans(text))
    assert [start for start, _ in quotable] == [start for start, _ in spans]
    for (start, end), (_, alone) in zip(quotable, spans, strict=True):
        assert end in {stop for _, stop in spans}
        assert end == alone or text[start:alone].endswith(":")


@given(st.text())
def test_syllables_are_the_same_from_any_case_and_form(text):
    assert syllables(unicodedata.normalize("NFD", text)) == syllables(text) == syllables(fold(text))
    assert all(map(str.isalnum, syllables(text)))


@given(WRITTEN)
def test_marking_sentences_moves_no_character(text):
    marked = mark_sentences(text)
    assert len(marked) == len(text)
    assert all(new == old or (new == SENTENCE_BREAK and old.isspace()) for old, new in zip(text, marked, strict=True))


@given(WRITTEN)
def test_sections_and_their_headings_make_up_the_text(text):
    found = list(sections(text))
    assert found[0][0] == 0
    assert found[-1][1] == len(text)
    for (_, end, _), (start, _, heading) in pairwise(found):
        assert re.fullmatch(rf"\s*#{{1,6}}[ \t]+{re.escape(heading)}[ \t]*", text[end:start])


@given(WRITTEN, st.text(max_size=20), st.none() | st.text(max_size=10))
def test_the_searched_spans_of_a_passage_are_its_quotable_sentences(text, title, number):
    body = text.strip() + "\n"
    for passage in cut(Document("a", title, body, "Nguồn", "", None, "law", number)):
        searched = [searched_text(passage)[start:end] for start, end in searched_spans(passage)]
        assert searched == [passage.text[start:end] for start, end in quotable_spans(passage.text)]


@given(st.integers(1, 40), st.integers(1, 9), st.data())
def test_a_span_of_a_law_is_placed_in_the_clauses_it_touches(article, clauses, data):
    lines = [f"{number}. Khoản này nói về việc {number}." for number in range(1, clauses + 1)]
    text = "\n".join(lines)
    first = data.draw(st.integers(0, clauses - 1))
    last = data.draw(st.integers(first, clauses - 1))
    start = sum(len(line) + 1 for line in lines[:first]) + data.draw(st.sampled_from([0, 3, 4, 5]))
    end = sum(len(line) + 1 for line in lines[: last + 1]) - 1
    several = f"{first + 1}–{last + 1}" if last > first else f"{first + 1}"
    assert place_in_section(text, f"Điều {article}. Tên", start, end) == f"Điều {article}, khoản {several}"


@given(st.text(max_size=80))
def test_words_are_settled_and_abbreviations_are_written_out(text):
    found = words(text)
    assert words(" ".join(found)) == found
    assert not set(found) & {short for short in ANY_CASE if short.isalpha()}
    assert canonical(canonical(text)) == canonical(text)
    assert terms(text) == found + [f"{left}_{right}" for left, right in pairwise(found)]


@given(WRITTEN)
def test_restoring_is_settled_and_touches_no_word_that_has_marks(text):
    restored = MODEL.restore(text)
    assert MODEL.restore(restored) == restored == normalise(restored)
    assert fold(restored) == fold(text)


@given(st.lists(WORD, min_size=1, max_size=8), st.data())
def test_a_word_is_put_in_the_place_of_another_and_nothing_else_moves(typed, data):
    text = " ".join(typed)
    spans = [found.span() for found in re.finditer(r"\S+", text)]
    new = [data.draw(WORD) for _ in typed]
    assert replace(text, spans, new) == " ".join(new)
    assert replace(text.upper(), spans, typed).lower() == text


@given(WORD)
def test_capitals_are_kept(word):
    assert with_capitals(word, word) == word
    assert with_capitals(word.capitalize() + "a", word)[:1] == word[:1].upper()
    assert with_capitals(word.upper() + "AA", word) == word.upper()


@given(st.text("abcdeghiklmnopqrstuvxywfj", min_size=3, max_size=12))
def test_a_slip_is_one_key_away_and_never_the_word_itself(word):
    found = slips(word)
    assert word not in found
    for candidate in found - {telex(word)}:
        assert word in slips(candidate) | {candidate[:-1]} or not candidate or set(candidate + word) - set(ALPHABET)


@given(WRITTEN)
@example("O0CBN")
def test_repair_changes_unknown_words_only_and_into_known_ones(text):
    repaired = MODEL.repair(text)
    for old, new in zip(syllables(text), syllables(repaired), strict=False):
        assert old == new or (old not in MODEL.folded and new in MODEL.folded)


NUMBERS = st.builds(
    DocumentNumber,
    st.integers(1, 9999),
    st.none() | st.integers(1946, 2099),
    st.none() | st.sampled_from(["nd", "nd-cp", "nq", "nq-ubtvqh15", "qh15", "qd-ttg", "kl/tw", "tt-btc"]),
)


@given(NUMBERS, NUMBERS)
def test_numbers_fit_each_other_both_ways_and_never_across_digits_or_years(one, other):
    assert one.fits(other) == other.fits(one)
    if one.digits != other.digits or (one.year and other.year and one.year != other.year):
        assert not one.fits(other)
    assert one.fits(one) == bool(one.year or one.suffix)


@given(
    st.integers(1, 9999), st.integers(1946, 2099), st.sampled_from(["NĐ-CP", "NQ-UBTVQH15", "QĐ-TTg", "QH15"]), WRITTEN
)
def test_a_number_is_found_in_any_text_around_it(digits, year, suffix, around):
    wanted = DocumentNumber(digits, year, fold(suffix))
    found = list(find_numbers(f"{around}\ntheo {digits}/{year}/{suffix}, {around}"))
    assert wanted in found
    assert begins(fold(suffix).split("-")[0], fold(suffix))
    assert found == list(find_numbers(fold(f"{around}\ntheo {digits}/{year}/{suffix}, {around}")))


@given(st.lists(WORD, max_size=40))
def test_a_language_model_is_the_same_after_it_is_saved(tmp_path_factory, read):
    model = LanguageModel.learn([" ".join(read)])
    path = tmp_path_factory.mktemp("model") / "language.json"
    model.save(path)
    loaded = LanguageModel.load(path)
    assert all(loaded.counts[word] >= count for word, count in model.counts.items())
    assert all(loaded.pairs[pair] >= count for pair, count in model.pairs.items())


def test_a_document_number_is_a_value():
    number = DocumentNumber(32, 2021, "nd-cp")
    assert dataclasses.replace(number, suffix=None).fits(number)
