"""The second stage, with a real CrossEncoder small enough to make here."""

from __future__ import annotations

import pytest

import qa
from qa.encoder import Reranker
from qa.errors import EncoderError
from qa.retrieval import Retriever

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def small_model(tmp_path_factory) -> str:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = str(tmp_path_factory.mktemp("cross"))
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "long", "biên", "giảm", "người", "tòa", "án", "khu", "vực", "quận"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(3)
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertForSequenceClassification(
        BertConfig(vocab_size=len(words), num_labels=1, initializer_range=1.0, **size)
    ).save_pretrained(folder)
    return folder


def test_hits_come_in_the_order_of_the_cross_encoder_s_scores(session, small_model):
    reranker = Reranker.load(small_model)
    question = "quận Long Biên giảm người"
    hits = Retriever(session.index, session.retriever.encoder, reranker=reranker).search(question, 3)
    scores = reranker.scores(session.understand(question), [hit.passage.text for hit in hits])
    assert list(scores) == sorted(scores, reverse=True)
    assert len({round(float(score), 6) for score in scores}) == 3


def test_the_setting_turns_it_on_and_names_a_model_that_is_not_there(index, encoder, small_model, monkeypatch):
    for name, expectation in ((small_model, True), ("/nowhere/at-all", False)):
        monkeypatch.setenv("QA_RERANKER", name)
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        if expectation:
            assert qa.open_session(index, encoder).retriever.reranker is not None
        else:
            with pytest.raises(EncoderError, match=r"nowhere.*QA_RERANKER"):
                qa.open_session(index, encoder)
