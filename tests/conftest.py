"""A small corpus and its index, over the encoder that needs no model."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import qa
from qa.cli import main
from qa.encoder import Encoder, sentence_encoder
from qa.reading import Reader
from qa.settings import Settings
from testing.browsing import ROOT, chromium, fake_site, free_port
from testing.fake_encoder import COURTS, LONG_BIEN, WordHashEncoder
from testing.fake_reader import OverlapReader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("project", deadline=None, max_examples=50)  # a busy machine is no failure
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))

SHARED = ("server", "browser", "model", "faults", "engine")
"""Marks of tests that share with their file what takes seconds to start."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers, keep in one what a file shares, and begin with it: it takes longest."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if any(item.get_closest_marker(name) for name in SHARED):
            shared = "model" if item.get_closest_marker("model") else item.path.stem  # one loads the models for all
            item.add_marker(pytest.mark.xdist_group(shared))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(scope="session", autouse=True)
def _reader_without_a_model() -> Iterator[None]:
    """Read with word overlap what the encoder without a model has indexed."""
    load = qa.session.load_reader

    def fitting(encoder: Encoder, settings: Settings | None = None) -> Reader:
        return OverlapReader() if isinstance(encoder, WordHashEncoder) else load(encoder, settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.session.load_reader", fitting)
        yield


@pytest.fixture(scope="session", autouse=True)
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Leave out what only a power cut would show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture
def encoder() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small corpus and its index, to be read or copied, never written."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "long-bien.md").write_text(LONG_BIEN, encoding="utf-8")
    (folder / "corpus" / "toa-an.md").write_text(COURTS, encoding="utf-8")
    qa.build_index(folder / "corpus", folder / "index", WordHashEncoder())
    return folder


@pytest.fixture
def corpus(tmp_path: Path, built: Path) -> Path:
    return shutil.copytree(built / "corpus", tmp_path / "corpus")


@pytest.fixture
def index(corpus: Path, built: Path) -> Path:
    return shutil.copytree(built / "index", corpus.parent / "index")


@pytest.fixture
def session(index: Path, encoder: WordHashEncoder) -> qa.Session:
    return qa.open_session(index, encoder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site over a few shipped articles."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "corpus" / "ha-noi-long-bien", folder / "corpus" / "ha-noi-long-bien")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with fake_site(folder, free_port()) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def models_opened_once() -> Iterator[None]:
    """Hash and open each model once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("model_folder", "open_model"):
            patch.setattr(sentence_encoder, name, functools.cache(getattr(sentence_encoder, name)))
        yield


@pytest.fixture(scope="session")
def real_index(built: Path, tmp_path_factory: pytest.TempPathFactory, models_opened_once: None) -> Path:  # noqa: ARG001
    """The index of the small corpus over the real encoder, to be read only."""
    folder = tmp_path_factory.mktemp("real")
    assert main(["build", "--corpus", str(built / "corpus"), "--index", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def shared_session(built: Path) -> qa.Session:
    """What ``session`` is, for many tests that only ask."""
    return qa.open_session(built / "index", WordHashEncoder())
