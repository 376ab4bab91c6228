"""The life of a generation: built by one, read by many, kept as the setting says, told apart when it is damaged."""

from __future__ import annotations

import dataclasses
import errno
import gc
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa
from qa import cli
from qa.corpus.articles import load_corpus
from qa.errors import IndexCorruptError, IndexMismatchError, IndexStoreError
from qa.index import BuildOptions, Index, generations, list_generations, read_current, rollback, verify_live
from qa.session import build_index
from qa.web import LiveSession
from qa.web import live_session as live_module
from testing.browsing import ROOT
from testing.fake_encoder import WordHashEncoder
from testing.fake_reader import OverlapReader

QUESTION = "Long Biên giảm bao nhiêu người không chuyên trách?"
READER = """
import sys
from pathlib import Path
from qa.index import Index
loaded = Index.open(Path(sys.argv[1]))
print(loaded.manifest.generation, flush=True)
sys.stdin.read()
"""
WITHOUT_FCNTL = """
import sys
sys.modules["fcntl"] = None
import qa
"""
BUILDER = """
import sys
from pathlib import Path
from qa.index import generations
with generations.writing(Path(sys.argv[1])):
    print("holds", flush=True)
    sys.stdin.read()
"""


def rebuild(corpus: Path, index: Path, times: int = 1, *, kept: int = 1) -> None:
    """Change the first number of an article and build, again and again."""
    for _ in range(times):
        path = corpus / "long-bien.md"
        path.write_text(path.read_text(encoding="utf-8").replace("406", "1406"), encoding="utf-8")
        qa.index.build(load_corpus(corpus), index, WordHashEncoder(), BuildOptions(kept=kept))


@pytest.fixture
def process() -> Iterator:
    """Start a program with the index's folder; whatever lives at the end is killed."""
    started = []

    def start(program: str, folder: Path) -> tuple[subprocess.Popen, str]:
        command = [sys.executable, "-c", program, str(folder)]
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(child)
        return child, child.stdout.readline().strip()

    yield start
    for child in started:
        child.kill()
        child.communicate()


def test_a_generation_that_another_process_reads_stays_until_that_process_is_killed(corpus, index, process):
    reader, reads = process(READER, index)
    assert reads == "g000001"
    rebuild(corpus, index, 3)
    assert list_generations(index) == ["g000001", "g000004"]
    reader.send_signal(signal.SIGKILL)
    reader.wait()
    rebuild(corpus, index)
    assert list_generations(index) == ["g000005"]


def test_a_reader_is_imported_and_holds_its_generation_where_there_is_no_fcntl(corpus, index, process):
    reader, reads = process(WITHOUT_FCNTL + READER, index)
    assert reads == "g000001"
    rebuild(corpus, index, 2)
    assert list_generations(index) == ["g000001", "g000003"]
    reader.kill()


def test_many_processes_read_one_generation_and_the_last_of_them_keeps_it(corpus, index, process):
    readers = [process(READER, index)[0] for _ in range(2)]
    readers[0].kill()
    readers[0].wait()
    rebuild(corpus, index, 2)
    assert list_generations(index) == ["g000001", "g000003"]
    readers[1].kill()
    readers[1].wait()
    rebuild(corpus, index)
    assert list_generations(index) == ["g000004"]


def test_a_generation_that_this_process_reads_stays_until_the_reader_is_dropped(corpus, index, encoder):
    reader = Index.open(index, encoder)
    rebuild(corpus, index, 2)
    assert list_generations(index) == ["g000001", "g000003"]
    del reader
    gc.collect()
    rebuild(corpus, index)
    assert list_generations(index) == ["g000004"]


def test_a_session_that_answered_and_was_replaced_holds_nothing(corpus, index, encoder):
    live = LiveSession.open(index, encoder, OverlapReader())
    assert not live.current().ask(QUESTION).declined
    rebuild(corpus, index)
    assert live.refresh()
    gc.collect()
    rebuild(corpus, index)
    assert list_generations(index) == ["g000002", "g000003"]


@pytest.mark.parametrize(("kept", "left"), [(1, [6]), (2, [5, 6]), (4, [3, 4, 5, 6])])
def test_as_many_generations_stay_as_the_setting_says(corpus, index, encoder, monkeypatch, kept, left):
    monkeypatch.setenv("QA_KEPT_GENERATIONS", str(kept))
    for number in range(5):
        (corpus / "more.md").write_text(f"---\ntitle: T\nsource: S\n---\nBản {number}.\n", encoding="utf-8")
        build_index(corpus, index, encoder)
    assert list_generations(index) == [f"g{number:06d}" for number in left]


def test_the_generation_that_was_gone_back_to_outlives_the_next_build(corpus, index):
    rebuild(corpus, index, 2, kept=3)
    assert (rollback(index), rollback(index)) == ("g000002", "g000001")
    rebuild(corpus, index, kept=3)
    assert list_generations(index) == ["g000001", "g000003", "g000004"]


def test_a_kill_while_a_generation_is_removed_leaves_no_half_of_it(corpus, index, monkeypatch):
    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    rebuild(corpus, index, kept=2)
    monkeypatch.setattr(generations.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        generations.remove_unread(index / "g000001")
    monkeypatch.undo()
    assert list_generations(index) == ["g000002"]
    with generations.writing(index):
        assert not list(index.glob(".building-*"))


def test_a_reader_that_comes_while_its_generation_goes_takes_the_next(corpus, index, encoder, monkeypatch):
    named = [read_current(index)]
    rebuild(corpus, index)
    real = generations.named
    monkeypatch.setattr(generations, "named", lambda folder: named.pop() if named else real(folder))
    assert Index.open(index, encoder).manifest.generation == "g000002"


def test_a_generation_that_is_being_removed_cannot_be_held(index):
    remover = generations.lock_file(index / "g000001" / ".lock", "rw", "BEGIN EXCLUSIVE")
    with pytest.raises(FileNotFoundError, match="is being removed"):
        generations.lock_reading(index / "g000001")
    remover.close()
    generations.lock_reading(index / "g000001").close()


def test_a_builder_that_was_killed_locks_nothing_and_one_at_work_is_named(corpus, index, process):
    builder, said = process(BUILDER, index)
    assert said == "holds"
    with pytest.raises(IndexStoreError, match=rf"another process \({builder.pid}\); wait .* or end it if it hangs"):
        rebuild(corpus, index)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    rebuild(corpus, index)
    assert read_current(index) == "g000002"


def test_a_file_system_without_locks_is_refused_and_not_locked_for_ever(corpus, index, monkeypatch):
    def no_locks(*_arguments):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(IndexStoreError, match="knows no locks: put it on a local disk"):
        rebuild(corpus, index)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_changed_byte_of_a_manifest_goes_unnoticed(index, data):
    path = index / "g000001" / "manifest.json"
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    try:
        path.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
        with pytest.raises((IndexCorruptError, IndexMismatchError), match=r"manifest\.json.*qa build"):
            verify_live(index)
    finally:
        path.write_bytes(whole)


def test_rollback_mends_a_damaged_current(corpus, index):
    rebuild(corpus, index, kept=2)
    (index / "CURRENT").write_text("g00", encoding="ascii")
    with pytest.raises(IndexCorruptError, match=r"CURRENT names 'g00', which is no generation; run: qa build, or"):
        read_current(index)
    assert rollback(index) == read_current(index) == "g000002"


def test_rollback_passes_over_what_another_version_cut(corpus, index):
    rebuild(corpus, index, 2, kept=3)
    manifest = generations.read_manifest(index / "g000002")
    other = generations.sealed(dataclasses.asdict(manifest) | {"chunking": "x"})
    (index / "g000002" / "manifest.json").write_text(other, encoding="utf-8")
    assert rollback(index) == "g000001"


@pytest.mark.parametrize("damaged", ["CURRENT", "g000002/dense.faiss"])
def test_vectors_are_taken_from_a_whole_generation_when_the_live_one_is_damaged(corpus, index, encoder, damaged):
    rebuild(corpus, index, kept=2)
    (index / damaged).write_text("x", encoding="ascii")
    report = build_index(corpus, index, encoder)
    assert (report.changed, report.embedded) == (True, 0 if damaged == "CURRENT" else 1)
    verify_live(index)


def test_verify_tells_of_every_generation(corpus, index, capsys):
    rebuild(corpus, index, 2, kept=3)
    (index / "g000001" / "segment.sqlite").write_bytes(b"")
    assert cli.main(["verify", "--index", str(index)]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("g000003 is whole: ")
    assert others == ["g000001, not live, cannot be used: qa rollback passes over it", "g000002, not live, is whole"]


def opened(monkeypatch) -> list[str]:
    """Count how often an index is read."""
    tries: list[str] = []
    real = Index.open.__func__

    def counted(cls, folder, encoder=None):
        tries.append(read_current(folder))
        return real(cls, folder, encoder)

    monkeypatch.setattr(Index, "open", classmethod(counted))
    return tries


def test_a_damaged_generation_is_not_read_again_each_second_but_the_next_one_is_at_once(
    corpus, index, encoder, monkeypatch
):
    live = LiveSession.open(index, encoder, OverlapReader())
    rebuild(corpus, index, kept=3)
    (index / "g000002" / "segment.sqlite").write_bytes(b"")
    tries = opened(monkeypatch)
    assert [live.refresh() for _ in range(5)] == [False] * 5
    assert tries == ["g000002"]
    rebuild(corpus, index, kept=3)
    assert live.refresh()
    assert live.current().index.manifest.generation == "g000003"


def test_a_generation_that_could_not_be_opened_is_tried_again_later(corpus, index, encoder, monkeypatch):
    live = LiveSession.open(index, encoder, OverlapReader())
    rebuild(corpus, index, kept=3)
    path = index / "g000002" / "segment.sqlite"
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert not live.refresh()
    path.write_bytes(whole)
    monkeypatch.setattr(live_module.time, "monotonic", lambda moment=live._refused[1]: moment)
    assert live.refresh()


def test_too_little_memory_for_a_new_generation_leaves_the_old_one_answering(
    corpus, index, encoder, monkeypatch, caplog
):
    def no_memory(*_arguments):
        raise MemoryError

    live = LiveSession.open(index, encoder, OverlapReader())
    rebuild(corpus, index, kept=3)
    monkeypatch.setattr(live_module, "Session", no_memory)
    assert not live.refresh()
    assert "not enough memory; close other programs" in caplog.text
    assert not live.current().ask(QUESTION).declined


def test_too_little_memory_for_a_build_is_told_with_its_cure(corpus, index, monkeypatch):
    def no_memory(*_arguments):
        raise MemoryError

    monkeypatch.setattr(sys.modules["qa.index.builder"], "write_generation", no_memory)
    with pytest.raises(IndexStoreError, match=r"not enough memory .* live index is unchanged; close other programs"):
        rebuild(corpus, index)
    assert read_current(index) == "g000001"


def test_a_new_generation_is_looked_for_twice_within_the_promised_two_seconds():
    assert live_module.LOOKS_EVERY <= 1.0


def test_an_older_format_is_told_with_a_cure_that_keeps_the_vectors(corpus, index, encoder):
    path = index / "g000001" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 5}), encoding="utf-8")
    told = rf"has index format 5, this version reads {generations.FORMAT}; run: qa build \(vectors are kept\)"
    with pytest.raises(IndexMismatchError, match=told):
        qa.open_session(index, encoder)
    assert build_index(corpus, index, encoder).embedded == 0
