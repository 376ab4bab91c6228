"""The vectors that come with the shipped articles: they fit the articles, and a first build embeds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import ship_vectors

import qa
from qa.corpus import cut, load_corpus
from qa.encoder import EngineEncoder
from qa.index.segment import key_of
from qa.index.vector_cache import KEYS, whole_tables
from qa.session import SHIPPED_VECTORS, load_encoder
from testing.fake_encoder import WordHashEncoder

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "corpus" / SHIPPED_VECTORS
BUILD = """
import sys, qa
report = qa.build_index(sys.argv[1], sys.argv[2])
print(report.embedded, report.passages, sorted({"torch", "sentence_transformers"} & set(sys.modules)))
"""


@pytest.fixture
def shipped(corpus, encoder, monkeypatch):
    monkeypatch.setattr(ship_vectors, "load_encoder", lambda: encoder)
    ship_vectors.main(["--corpus", str(corpus)])
    encoder.embedded.clear()
    return corpus


def test_each_passage_of_the_shipped_articles_has_its_vectors_and_nothing_else_has():
    keys = json.loads((SHIPPED / KEYS).read_text(encoding="utf-8"))
    passages = [passage for document in load_corpus(ROOT / "corpus") for passage in cut(document)]
    assert sorted(keys) == sorted(map(key_of, passages)), "run: python scripts/ship_vectors.py"


@pytest.mark.model
@pytest.mark.slow
def test_a_first_build_of_the_shipped_articles_embeds_nothing_and_needs_no_torch(tmp_path):
    encoder = load_encoder()
    assert whole_tables(SHIPPED, encoder, compared=False) == [SHIPPED / ""]
    environment = os.environ | {"QA_INDEX": str(tmp_path / "index")}
    done = subprocess.run(
        [sys.executable, "-c", BUILD, ROOT / "corpus", tmp_path / "index"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    embedded, passages, heavy = done.stdout.split(maxsplit=2)
    assert embedded == "0"
    assert heavy.strip() == ("[]" if isinstance(encoder, EngineEncoder) else "['sentence_transformers', 'torch']")
    assert int(passages) > 4000


def test_a_first_build_takes_what_is_shipped_and_embeds_only_what_is_new(shipped, tmp_path, encoder):
    assert qa.build_index(shipped, tmp_path / "first", encoder).embedded == 0
    (shipped / "moi.md").write_text("---\ntitle: Mới\nsource: Báo\n---\nMột câu chưa từng có.\n", encoding="utf-8")
    report = qa.build_index(shipped, tmp_path / "second", encoder)
    assert (report.embedded, report.reused) == (1, report.passages - 1)


def test_vectors_taken_from_what_is_shipped_are_those_of_a_whole_build(shipped, tmp_path, encoder):
    taken = qa.build_index(shipped, tmp_path / "taken", encoder)
    made = qa.build_index(shipped, tmp_path / "made", encoder, full=True)
    assert made.embedded == made.passages
    for name in ("dense.faiss", "sentences.npy", "keys.json"):
        one, other = (tmp_path / part / report.generation / name for part, report in (("taken", taken), ("made", made)))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", ["dense.faiss", "sentences.npy", "sentence_starts.npy", "keys.json"])
def test_a_damaged_file_costs_time_and_nothing_else(shipped, tmp_path, encoder, name):
    path = shipped / SHIPPED_VECTORS / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    report = qa.build_index(shipped, tmp_path / "new", encoder)
    assert report.embedded == report.passages
    assert qa.open_session(tmp_path / "new", encoder).ask("Long Biên giảm bao nhiêu người?").citations


def test_vectors_of_another_encoder_are_left_alone(shipped, tmp_path):
    other = WordHashEncoder()
    other.revision = "2"
    report = qa.build_index(shipped, tmp_path / "new", other)
    assert report.embedded == report.passages


def test_shipping_again_writes_the_same_bytes(shipped, encoder):
    before = {path.name: path.read_bytes() for path in (shipped / SHIPPED_VECTORS).iterdir()}
    ship_vectors.main(["--corpus", str(shipped)])
    assert encoder.embedded == []
    assert {path.name: path.read_bytes() for path in (shipped / SHIPPED_VECTORS).iterdir()} == before
