"""A small corpus and its index, over the encoder that needs no model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

import qa
from testing.fake_encoder import COURTS, LONG_BIEN, WordHashEncoder

settings.register_profile("project", deadline=None, max_examples=50)  # a busy machine is no failure
settings.load_profile("project")


@pytest.fixture
def encoder() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "long-bien.md").write_text(LONG_BIEN, encoding="utf-8")
    (folder / "toa-an.md").write_text(COURTS, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, corpus: Path, encoder: WordHashEncoder) -> Path:
    folder = tmp_path / "index"
    qa.build_index(corpus, folder, encoder)
    encoder.embedded.clear()
    return folder


@pytest.fixture
def session(index: Path, encoder: WordHashEncoder) -> qa.Session:
    return qa.open_session(index, encoder)
