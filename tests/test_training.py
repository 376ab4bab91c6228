"""What the reader is trained with: places of evidence, marked sentences, losses; and how its answers are judged."""

from __future__ import annotations

import dataclasses
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reading import Blind, holds, judge_headline, stands_in
from qa.reading.inputs import ReadingInput
from training.examples import Example, sample
from training.groups import answering
from training.questions import Places, digits_agree, quoted, shares_most, squeeze

TEXT = st.text("aáb1 .\n#*|", max_size=80)


@given(TEXT, st.data())
def test_a_piece_of_a_text_is_found_where_it_reads_the_same(text, data):
    start = data.draw(st.integers(0, len(text)))
    wanted = text[start : data.draw(st.integers(start, len(text)))]
    found = Places(text).find(wanted)
    assert (found is None) == (not squeeze(wanted))
    if found:
        assert squeeze(text[slice(*found)]) == squeeze(wanted)


def test_of_equal_words_those_are_found_that_stand_in_the_same_surroundings():
    window = "Xã An có 5 thôn. Xã Bình có 5 thôn."
    start = window.rindex("5")
    text = "# Các xã\n\nXã An có 5 thôn.\n\n- Xã Bình có 5 thôn.\n"
    assert Places(text).find_within(window, start, start + 1) == (text.rindex("5"), text.rindex("5") + 1)


def test_sentences_inside_the_evidence_answer_and_else_the_shortest_that_holds_it():
    sentences = [(0, 10), (11, 20), (0, 40)]
    assert list(answering(sentences, (0, 20))) == [0, 1, 2]
    assert list(answering(sentences, (12, 15))) == [1]
    assert list(answering(sentences, (50, 60))) == []


def test_evidence_in_a_source_file_needs_the_folder_of_the_sources(tmp_path):
    row = {"id": "q-1", "document": "a", "spans": [[0, 6]], "short_span": [3, 6]}
    (tmp_path / "a.json").write_text('{"text": "giảm 5 xã"}', encoding="utf-8")
    assert quoted(row, tmp_path) == (["giảm 5"], "m 5")
    with pytest.raises(ValueError, match=r"q-1 points into a source file; name the folder .* --sources"):
        quoted(row, None)


def test_a_passage_that_answers_is_always_read_and_one_question_reads_no_passage_twice():
    group = {"gold": [{"text": "đúng"}], "negatives": [{"text": str(place)} for place in range(6)]}
    for seed in range(20):
        chosen = [one["text"] for one in sample(group, random.Random(seed), golds=1, negatives=3)]
        assert chosen[0] == "đúng"
        assert len(set(chosen)) == 4
    unanswered = group | {"gold": []}
    assert len(sample(unanswered, random.Random(0), golds=1, negatives=1)) == 2


def example(gold: tuple[int, ...]) -> Example:
    places = np.arange(4, dtype=np.int32)
    read = ReadingInput(np.zeros(6, np.int32), 1, places, places + 1, ((0, 2), (2, 4)))
    return Example(read, gold, (1, 2) if gold else None)


def losses(gold: tuple[int, ...], sentence: int, by: float) -> list[float]:
    """Return the losses of a question with one passage, of whose sentences one has the logit ``by``."""
    import torch  # here, for it takes seconds

    from training.train import Batch, losses_of

    tokens = torch.zeros(4, 3)
    tokens[2 * sentence : 2 * sentence + 2, 0] = by
    batch = Batch([example(gold)], [0], [bool(gold)])
    return [one.item() for one in losses_of(batch, [tokens], [torch.tensor(by)])]


def test_to_prefer_the_right_sentence_costs_less_and_any_where_none_is_right_costs_more():
    assert losses((0,), 0, 3.0)[0] < losses((0,), 0, 0.0)[0] < losses((0,), 1, 3.0)[0]
    assert losses((), 0, -3.0)[0] < losses((), 0, 0.0)[0] < losses((), 0, 3.0)[0]
    assert losses((0,), 0, 3.0)[2] < losses((0,), 0, -3.0)[2]
    assert losses((), 0, 3.0)[3] == 0


@pytest.mark.parametrize(("held", "wanted", "kept"), [(12, 6, [1, 3, 5, 7, 9, 11]), (12, 12, range(12)), (12, 1, [11])])
def test_a_smaller_model_begins_with_layers_at_even_distances_the_last_among_them(held, wanted, kept):
    from training.model import spaced_layers

    weights = {f"layers.{number}.out.bias": number for number in range(held)} | {"norm.bias": "as it was"}
    spaced = spaced_layers(weights, wanted)
    assert spaced == {f"layers.{place}.out.bias": old for place, old in enumerate(kept)} | {"norm.bias": "as it was"}


def test_a_model_is_the_further_from_its_teacher_the_more_its_logits_differ():
    import torch

    from training.train import distance

    taught = [torch.zeros(4, 3)], [torch.tensor(1.0)]
    near, far = (([torch.full((4, 3), by)], [torch.tensor(1.0 + by)]) for by in (0.1, 1.0))
    assert distance(taught, taught) == 0 < distance(near, taught) < distance(far, taught)


@pytest.mark.parametrize(
    ("said", "gold", "alike"),
    [("406 người", "406 người", True), ("406", "406 người", True), ("giảm 80 người hẳn", "giảm 406 người hẳn", False)],
)
def test_a_short_answer_is_right_with_most_words_and_its_digits(said, gold, alike):
    assert (shares_most(said, gold) and digits_agree(said, gold)) is alike


QUESTION = Blind("q", "?", (), "list", True, ("Xã An gồm thôn Một và Hai.", "Xã Bình gồm thôn Ba và Bốn."), None)


def test_an_answer_is_right_with_half_of_its_evidence_and_not_with_another_sentence():
    assert holds(QUESTION, ["Xã An gồm thôn Một và Hai."])
    assert not holds(QUESTION, ["Xã Cường gồm thôn Năm và Sáu."])


def test_an_answer_without_the_number_asked_for_is_wrong_though_it_lies_in_the_evidence():
    counted = dataclasses.replace(QUESTION, evidence=("Xã An có nhiều thôn hơn trước, nay có 5 thôn.",), short="5 thôn")
    assert holds(counted, ["Xã An có nhiều thôn hơn trước, nay có 5 thôn."])
    assert not holds(counted, ["Xã An có nhiều thôn hơn trước"])


def test_evidence_was_read_where_a_whole_piece_of_it_stands_in_one_passage():
    assert stands_in(QUESTION, ["Điều 1.", f"Mở đầu.\n{QUESTION.evidence[1]} Hết."])
    assert not stands_in(QUESTION, [QUESTION.evidence[0][:-5], QUESTION.evidence[0][-5:]])
    assert not stands_in(QUESTION, [])


@pytest.mark.parametrize(
    ("said", "short", "verdict"),
    [
        ("từ ngày 01/12/2025", "01/12/2025", "right"),
        ("406", "406 người", "right"),
        ("giảm một lần nữa sau đó 406 người", "406 người", "wrong"),
        ("từ nay thì không còn 406 người", "406 người", "wrong"),
        ("tối đa 45 ngày, nhóm hai 60 ngày", "45 ngày", "wrong"),
        ("406 người", None, "unjudged"),
        (None, "406 người", ""),
    ],
)
def test_a_headline_is_right_with_a_few_words_beside_the_short_answer_that_do_not_deny(said, short, verdict):
    assert judge_headline(dataclasses.replace(QUESTION, short=short), SimpleNamespace(short=said)) == verdict


def test_a_headline_above_what_nothing_answers_is_wrong():
    assert judge_headline(dataclasses.replace(QUESTION, answerable=False), SimpleNamespace(short="406")) == "wrong"
