"""The tokenizer that leaves the pieces on the disk gives the tokens of the whole one, for every text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from qa.corpus import cut, load_corpus
from qa.encoder import PieceTokenizer, packed_model, sentence_encoder
from qa.encoder.tokenizer import LONGEST_PIECE
from qa.settings import Settings

CORPUS = Path(__file__).parent.parent / "corpus"
VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự ,.:–/0123456789")
pytestmark = [pytest.mark.model, pytest.mark.usefixtures("models_opened_once")]


@pytest.fixture(scope="module")
def whole() -> Tokenizer:
    return Tokenizer.from_file(str(sentence_encoder.model_folder(Settings.read().cache) / "tokenizer.json"))


@pytest.fixture(scope="module")
def light() -> PieceTokenizer:
    return PieceTokenizer.load(packed_model())


def assert_same(light: PieceTokenizer, whole: Tokenizer, text: str) -> None:
    ours, theirs = light.encode(text), whole.encode(text, add_special_tokens=False)
    assert (ours.ids, ours.offsets, ours.tokens) == (theirs.ids, theirs.offsets, theirs.tokens), text


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs"])), VIETNAMESE))
@example("")
@example("   \t\n ▁▁ a  b")
@example("<s> <unk></s><pad>")
@example("x" * 2000)
@example("\U00013000\U00013001a\U00013002 ፠𓀀")  # unknown characters in a row are one token
@example("Điều 5.2 … ½ №7 ﬁ e\u0301 Nghị định 178/2024/NĐ-CP\u00a0\u200b")
def test_any_text_has_the_same_tokens_at_the_same_places(light, whole, text):
    assert_same(light, whole, text)


def test_every_passage_of_the_shipped_articles_has_the_same_tokens(light, whole):
    for document in load_corpus(CORPUS):
        for passage in cut(document):
            assert_same(light, whole, passage.text)


def test_a_word_met_again_is_not_cut_anew_and_words_forgotten_are_cut_as_before(light, whole):
    light.tokens_of.cache_clear()
    assert_same(light, whole, "quận Long Biên, quận Long Biên,")
    assert light.tokens_of.cache_info().misses == 3


def test_no_piece_is_longer_than_what_is_looked_up(light):
    pieces = light.pieces
    assert max(len(pieces.bytes_of(piece).decode()) for piece in range(len(pieces.scores))) == LONGEST_PIECE
