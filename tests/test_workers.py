"""Many workers embed, one build joins: the same index, byte for byte, however the work was cut or cut short."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa import cli
from qa.corpus import load_corpus
from qa.errors import IndexBusyError, IndexMismatchError
from qa.files import hash_file
from qa.index import BuildOptions, Share, build, embed_share, generations, known_keys
from qa.index.vector_cache import KEYS, whole_tables
from testing.browsing import ROOT
from testing.fake_encoder import WordHashEncoder

SEVEN = 7  # articles, so that three workers have unequal shares
KILLED = """
import sys
from pathlib import Path
from qa.corpus import load_corpus
from qa.index import Share, embed_share, workers
from testing.fake_encoder import WordHashEncoder

class Slow(WordHashEncoder):
    def encode_passages(self, passages, spans, progress=None):
        if self.embedded:
            print("second step", flush=True)
            sys.stdin.read()
        return super().encode_passages(passages, spans, progress)

sys.modules["qa.index.builder"].BATCH = workers.PASSAGES_A_STEP = 1
embed_share(load_corpus(Path(sys.argv[1])), Path(sys.argv[2]), Slow(), Share(1, 2), set())
"""


class NeighbourEncoder(WordHashEncoder):
    """Its vectors depend, in the last bits, on what a passage is encoded with, as those of torch do."""

    def encode_passages(self, passages, spans, progress=None):
        encoded = super().encode_passages(passages, spans, progress)
        longest = np.float32(1 + max(map(len, passages)) * 1e-6)
        return type(encoded)(encoded.passages * longest, [some * longest for some in encoded.sentences])


@pytest.fixture
def articles(corpus, monkeypatch) -> Path:
    """A corpus of some batches, one text in two articles."""
    monkeypatch.setattr(sys.modules["qa.index.builder"], "BATCH", 300)
    monkeypatch.setattr(sys.modules["qa.index.workers"], "PASSAGES_A_STEP", 2)
    for number in range(SEVEN):
        told = (f"Xã {number} có {place} cán bộ làm việc ở bộ phận {place}." for place in range(4 * number + 1))
        article = f"---\ntitle: Xã {number}\nsource: Báo\n---\n{' '.join(told)}\n"
        (corpus / f"xa-{number}.md").write_text(article, encoding="utf-8")
    (corpus / "xa-lap-lai.md").write_text((corpus / "xa-3.md").read_text(encoding="utf-8"), encoding="utf-8")
    return corpus


def embedded_by(corpus: Path, folder: Path, workers: int, which: Sequence[int] = (), encoder=NeighbourEncoder) -> int:
    documents = load_corpus(corpus)
    shares = [Share(number, workers) for number in which or range(1, workers + 1)]
    return sum(embed_share(documents, folder, encoder(), share, set()).embedded for share in shares)


def built(corpus: Path, index: Path, *folders: Path, large: int = 50_000, encoder=NeighbourEncoder):
    return build(load_corpus(corpus), index, encoder(), BuildOptions(joined=folders, large=large))


def contents(index: Path) -> dict[str, object]:
    """Return the hash of every file of the live generation, and its manifest but for when it was built."""
    generation = index / generations.read_current(index)
    files = [path for path in generation.rglob("*") if path.is_file() and path.name != "manifest.json"]
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    return {path.relative_to(generation).as_posix(): hash_file(path) for path in files} | {
        name: value for name, value in manifest.items() if name not in ("built", "seal")
    }


@pytest.mark.parametrize("workers", [1, 3, 40])
@pytest.mark.parametrize("large", [8, 50_000])
def test_what_workers_embedded_and_a_build_joined_is_the_index_of_one_process_byte_for_byte(
    articles, tmp_path, workers, large
):
    alone = built(articles, tmp_path / "alone", large=large)
    assert embedded_by(articles, tmp_path / "steps", workers) == alone.embedded
    joined = built(articles, tmp_path / "joined", tmp_path / "steps", large=large)
    assert (joined.embedded, joined.joined, joined.passages) == (0, alone.embedded, alone.passages)
    assert contents(tmp_path / "joined") == contents(tmp_path / "alone")


def test_the_encoder_of_these_tests_gives_other_bits_in_another_batch():
    alone, beside = (NeighbourEncoder().encode_passages(texts, [()] * len(texts)) for texts in (["a"], ["a", "ab"]))
    assert not np.array_equal(alone.passages[0], beside.passages[0])


@pytest.mark.parametrize("batches", range(1, 6))
def test_a_build_that_was_stopped_and_goes_on_makes_the_index_of_one_process_byte_for_byte(
    articles, tmp_path, monkeypatch, batches
):
    monkeypatch.setattr(sys.modules["qa.index.builder"], "BATCH", 700)

    class Stopped(NeighbourEncoder):
        left = batches

        def encode_passages(self, passages, spans, progress=None):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().encode_passages(passages, spans, progress)

    with pytest.raises(KeyboardInterrupt):
        build(load_corpus(articles), tmp_path / "stopped", Stopped(), BuildOptions(step=1))
    report = build(load_corpus(articles), tmp_path / "stopped", NeighbourEncoder(), BuildOptions(step=3))
    assert 0 < report.embedded < built(articles, tmp_path / "alone").embedded
    assert contents(tmp_path / "stopped") == contents(tmp_path / "alone")


def test_what_was_added_to_an_index_is_shared_out_and_joined_as_one_process_adds_it(articles, tmp_path):
    (articles / "xa-5.md").rename(tmp_path / "later.md")
    for name in ("alone", "joined"):
        built(articles, tmp_path / name)
    (tmp_path / "later.md").rename(articles / "xa-5.md")
    known = known_keys(tmp_path / "joined", NeighbourEncoder(), None)
    for number in (1, 2):
        embed_share(load_corpus(articles), tmp_path / "steps", NeighbourEncoder(), Share(number, 2), known)
    added = built(articles, tmp_path / "alone")
    joined = built(articles, tmp_path / "joined", tmp_path / "steps")
    assert (joined.embedded, joined.joined, joined.reused) == (0, added.embedded, added.reused)
    assert contents(tmp_path / "joined") == contents(tmp_path / "alone")


def test_a_worker_that_runs_again_embeds_nothing_and_one_of_another_division_only_what_is_left(articles, tmp_path):
    first = embedded_by(articles, tmp_path / "steps", 3, [2])
    assert first > 0
    assert embedded_by(articles, tmp_path / "steps", 3, [2]) == 0
    whole = embedded_by(articles, tmp_path / "all", 1)
    assert embedded_by(articles, tmp_path / "steps", 2) == whole - first


def test_a_step_cut_short_is_named_and_made_anew_with_the_same_bytes(articles, tmp_path):
    embedded_by(articles, tmp_path / "steps", 2)
    step = sorted((tmp_path / "steps" / "1-of-2").glob(".embedded-*"))[0]
    whole = {path.name: path.read_bytes() for path in step.iterdir()}
    for name in whole:
        (step / name).write_bytes(whole[name][:-1])
        report = embed_share(load_corpus(articles), tmp_path / "steps", NeighbourEncoder(), Share(1, 2), set())
        assert (report.damaged, report.embedded) == ([step], len(json.loads(whole[KEYS])))
        assert {path.name: path.read_bytes() for path in step.iterdir()} == whole


def test_a_build_names_a_step_cut_short_and_embeds_what_it_held(articles, tmp_path):
    embedded_by(articles, tmp_path / "steps", 2)
    step = sorted((tmp_path / "steps" / "2-of-2").glob(".embedded-*"))[0]
    held = len(json.loads((step / KEYS).read_text(encoding="utf-8")))
    (step / "sentences.npy").unlink()
    report = built(articles, tmp_path / "joined", tmp_path / "steps")
    assert (report.embedded, report.damaged) == (held, [step])
    built(articles, tmp_path / "alone")
    assert contents(tmp_path / "joined") == contents(tmp_path / "alone")


def test_a_worker_that_was_killed_goes_on_after_its_last_whole_step(corpus, tmp_path):
    command = [sys.executable, "-c", KILLED, str(corpus), str(tmp_path / "steps")]
    worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert worker.stdout.readline().strip() == "second step"
        with pytest.raises(IndexBusyError, match=f"another process .{worker.pid}"):
            embedded_by(corpus, tmp_path / "steps", 2, [1], WordHashEncoder)
        worker.send_signal(signal.SIGKILL)
    finally:
        worker.kill()
        worker.communicate()
    (step,) = (tmp_path / "steps" / "1-of-2").glob(".embedded-*")
    assert whole_tables(step, WordHashEncoder(), compared=False)
    (tmp_path / "steps" / "1-of-2" / ".building-half").mkdir()
    assert embedded_by(corpus, tmp_path / "steps", 1, [1], WordHashEncoder) == 2
    assert built(corpus, tmp_path / "index", tmp_path / "steps", encoder=WordHashEncoder).embedded == 0


def test_vectors_of_another_encoder_are_refused_by_worker_and_build_with_both_names_and_the_cure(corpus, tmp_path):
    other = WordHashEncoder()
    other.revision = "2"
    embedded_by(corpus, tmp_path / "steps", 1, encoder=WordHashEncoder)
    told = "'word-hash 1', this process uses 'word-hash 2'; give both the same QA_MODEL"
    with pytest.raises(IndexMismatchError, match=told):
        embed_share(load_corpus(corpus), tmp_path / "steps", other, Share(1, 1), set())
    with pytest.raises(IndexMismatchError, match=told):
        build(load_corpus(corpus), tmp_path / "index", other, BuildOptions(joined=[tmp_path / "steps"]))
    assert not generations.list_generations(tmp_path / "index")


def test_another_model_under_the_same_name_is_found_by_embedding_one_passage_again(corpus, tmp_path):
    class Other(WordHashEncoder):
        def vector(self, text):
            return super().vector(text[::-1])

    embedded_by(corpus, tmp_path / "steps", 2, encoder=Other)
    with pytest.raises(IndexMismatchError, match=r"another vector of a passage .* \(cosine 0\.\d+\): another model"):
        built(corpus, tmp_path / "index", tmp_path / "steps", encoder=WordHashEncoder)


@pytest.fixture
def without_a_model(monkeypatch):
    monkeypatch.setattr(cli, "load_encoder", lambda _settings: WordHashEncoder())
    monkeypatch.setattr("qa.session.load_encoder", lambda _settings: WordHashEncoder())


@pytest.mark.usefixtures("without_a_model")
def test_the_command_line_embeds_in_three_and_joins(corpus, tmp_path, capsys):
    options = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]
    for number in (1, 2, 3):
        assert cli.main(["embed", "--worker", f"{number}/3", "--to", str(tmp_path / "steps"), *options]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "worker 1/3: 3 passages (3 embedded, 0 already there)",
        "worker 2/3: 0 passages (0 embedded, 0 already there)",
        "worker 3/3: 0 passages (0 embedded, 0 already there)",
    ]
    (step,) = (tmp_path / "steps" / "1-of-3").glob(".embedded-*")
    assert cli.main(["build", "--from", str(tmp_path / "steps"), *options]) == 0
    said = "g000001 is live: 2 documents, 3 passages (0 embedded, 3 from workers, 0 unchanged)\n"
    assert capsys.readouterr().out == said
    (step / "dense.faiss").write_bytes(b"")
    assert cli.main(["embed", "--worker", "1/1", "--to", str(tmp_path / "steps"), *options]) == 0
    told = capsys.readouterr()
    assert told.out == "worker 1/1: 0 passages (0 embedded, 0 already there)\n"
    assert told.err == f"qa: {step} was cut short or altered; it was not used\n"


@pytest.mark.parametrize("named", ["0/3", "4/3", "3", "1/", "/3", "-1/3", "a/b", "1/2/3"])
def test_a_worker_that_is_none_is_refused_with_an_example(named, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["embed", f"--worker={named}", "--to", str(tmp_path)])
    assert "names no worker; write I/N, of three 1/3, 2/3 and 3/3" in capsys.readouterr().err


@pytest.mark.usefixtures("without_a_model")
def test_a_folder_that_is_not_there_is_refused_and_nothing_is_built(corpus, tmp_path, capsys):
    options = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]
    assert cli.main(["build", "--from", str(tmp_path / "nowhere"), *options]) == 2
    assert "nowhere is no folder; name the one that qa embed --to wrote to" in capsys.readouterr().err
    assert not generations.list_generations(tmp_path / "index")


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.usefixtures("models_opened_once")
def test_the_real_encoder_s_vectors_joined_from_three_workers_are_those_of_one_process(corpus, tmp_path, monkeypatch):
    from qa.session import load_encoder

    monkeypatch.setattr(sys.modules["qa.index.builder"], "BATCH", 700)
    encoder, folder = load_encoder(), ROOT / "corpus" / "ha-noi-long-bien"
    for path in sorted(folder.glob("*.md"))[:3]:
        (corpus / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    build(load_corpus(corpus), tmp_path / "alone", encoder)
    for number in (3, 1, 2):
        assert embed_share(load_corpus(corpus), tmp_path / "steps", encoder, Share(number, 3), set()).embedded
    report = build(load_corpus(corpus), tmp_path / "joined", encoder, BuildOptions(joined=[tmp_path / "steps"]))
    assert report.embedded == 0
    assert contents(tmp_path / "joined") == contents(tmp_path / "alone")
