"""The trained reader as it is shipped: the file agrees with torch, and reads."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import onnxruntime
import pytest

import qa
from qa.encoder import Encoder, PieceTokenizer, SentenceEncoder, packed_model
from qa.reading import HEADLINE_THRESHOLD, THRESHOLD, ModelReader
from qa.reading.inputs import BEGIN, SEPARATOR, WordVectors
from qa.session import load_encoder, load_reader
from qa.settings import Settings

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.usefixtures("models_opened_once")]
TEXTS = ["query: còn bao nhiêu chi bộ?", "Quận cũng giảm 80 chi bộ tổ dân phố, còn 215 chi bộ. " * 6]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_the_file_in_8_bits_agrees_with_the_torch_model_of_its_weights():
    import torch  # here, for it takes seconds

    from training.export import ROOM, model_in

    packed = packed_model()
    tokenizer = PieceTokenizer.load(packed)
    ids = [np.array([BEGIN, *tokenizer.encode(text).ids, SEPARATOR], np.int32) for text in TEXTS]
    words, mask = WordVectors(packed).batch(ids)
    session = onnxruntime.InferenceSession(ROOM / "reader.onnx", providers=["CPUExecutionProvider"])
    tokens, passages = session.run(None, {"words": words, "mask": mask})
    with torch.inference_mode():
        expected = [
            one.numpy() for one in model_in(ROOM / "reader.onnx")(torch.from_numpy(words), torch.from_numpy(mask))
        ]
    for row, length in enumerate(map(len, ids)):
        difference = np.abs(tokens[row, :length] - expected[0][row, :length])
        assert difference.mean() < 0.25
        assert np.corrcoef(tokens[row, :length].ravel(), expected[0][row, :length].ravel())[0, 1] > 0.98
    assert np.abs(passages - expected[1]).max() < 0.5


def test_word_vectors_read_by_rows_are_those_of_the_whole_table():
    packed = packed_model()
    which = np.array([0, 5, 250_000, packed.vocabulary - 1])
    whole = packed.tensors["emb.word"].values().reshape(-1, packed.hidden)
    assert np.array_equal(packed.tensors["emb.word"].read_rows(packed.file, which, packed.hidden), whole[which])


def test_what_is_said_is_read_with_its_figure_and_what_is_not_said_is_declined(real_index, encoder):
    session = qa.open_session(real_index, encoder)
    answer = session.ask("quan long bien giam bao nhieu nguoi khong chuyen trach")
    assert "406" in answer.citations[0].text
    assert answer.confidence >= THRESHOLD
    (best, *_) = session.answerer.reader.read(answer.understood, session.search(answer.understood))
    assert best.short
    assert best.short in best.text
    assert 0 <= best.short_confidence <= 1
    assert 0 < HEADLINE_THRESHOLD < 1
    assert session.ask("giá vàng hôm nay bao nhiêu").declined


def test_the_reader_beside_the_encoder_in_torch_reads_what_the_one_beside_the_engine_reads(real_index, encoder):
    plain = load_reader(SentenceEncoder.load(cache=Settings.read().cache))
    question = "Long Biên giảm bao nhiêu người?"
    hits = qa.open_session(real_index, encoder).search(question)
    assert plain.read(question, hits) == load_reader(encoder).read(question, hits)


def test_a_low_cosine_lowers_the_confidence_and_that_of_another_encoder_changes_nothing(real_index, encoder):
    question = "Long Biên giảm bao nhiêu người?"
    hits = qa.open_session(real_index, encoder).search(question)
    distant = [dataclasses.replace(hit, dense=hit.dense - 0.1) for hit in hits]
    default = load_reader(encoder)
    assert default.read(question, distant)[0].confidence < default.read(question, hits)[0].confidence
    other = ModelReader.load(packed_model(), trusts_cosines=False)
    assert other.read(question, distant) == other.read(question, hits)


def test_an_encoder_that_is_not_the_default_one_has_its_cosines_distrusted(encoder):
    other = copy.copy(encoder)
    other.revision = "of another model"
    assert load_reader(encoder).trusts_cosines
    assert not load_reader(other).trusts_cosines
