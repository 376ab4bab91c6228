"""A web server on a copy of the index: what is being copied is not served, what has arrived is; one line says why."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.corpus import load_corpus
from qa.index import BuildOptions, Index, build
from qa.settings import ROOT
from qa.web import LiveSession
from testing.fake_encoder import WordHashEncoder
from testing.fake_reader import OverlapReader

QUESTION = "Long Biên giảm bao nhiêu người không chuyên trách?"
LOOKS = 2  # that a server takes in the two seconds that are promised
FAKE_RSYNC = """#!/bin/sh
echo "$2 $3" >>"$LOG"
case $3 in *gone*) exit 12 ;; esac
cp -r "$2" "$3"
"""


@pytest.fixture
def copies(corpus, index, tmp_path) -> tuple[Path, Path]:
    """The builder's index with a newer generation, and a web server's copy that has not got it."""
    shutil.copytree(index, tmp_path / "copy")
    path = corpus / "long-bien.md"
    path.write_text(path.read_text(encoding="utf-8").replace("406", "1406"), encoding="utf-8")
    build(load_corpus(corpus), index, WordHashEncoder(), BuildOptions())
    return index, tmp_path / "copy"


def files_of(index: Path) -> list[str]:
    return sorted(path.relative_to(index).as_posix() for path in (index / "g000002").rglob("*") if path.is_file())


def halves(index: Path, copy: Path, names: list[str]):
    """Copy file by file, each in two writes, and stop after each write."""
    for name in names:
        content = (index / name).read_bytes()
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        for end in (len(content) // 2, len(content)) if len(content) > 8 else (len(content),):  # CURRENT: at once
            (copy / name).write_bytes(content[:end])
            yield name


def all_there(index: Path, copy: Path) -> bool:
    names = files_of(index)
    return all((copy / name).is_file() and (copy / name).read_bytes() == (index / name).read_bytes() for name in names)


def figure(live: LiveSession) -> str:
    (quote, *_) = live.current().ask(QUESTION).citations
    return "1406" if "1406" in quote.text else "406"


def warnings(caplog) -> list[str]:
    return [record.message for record in caplog.records if record.levelname == "WARNING"]


def test_a_generation_that_is_copied_before_current_is_taken_at_the_next_look_and_nothing_is_logged(copies, caplog):
    index, copy = copies
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    for _ in halves(index, copy, files_of(index)):
        assert not live.refresh()
    assert figure(live) == "406"
    shutil.copy(index / "CURRENT", copy / "CURRENT")
    assert live.refresh()
    assert figure(live) == "1406"
    assert warnings(caplog) == []


def tries_of(monkeypatch) -> list[Path]:
    tries, real = [], Index.open.__func__
    monkeypatch.setattr(
        Index, "open", classmethod(lambda cls, folder, encoder=None: tries.append(folder) or real(cls, folder, encoder))
    )
    return tries


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
def test_current_copied_first_leaves_the_old_answering_in_any_order_with_one_line_until_all_is_there(
    copies, caplog, order
):
    index, copy = copies
    names = files_of(index)
    order.shuffle(names)
    caplog.clear()
    shutil.rmtree(copy / "g000002", ignore_errors=True)
    (copy / "CURRENT").write_text("g000001\n", encoding="ascii")
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    for _ in halves(index, copy, ["CURRENT", *names]):
        for _ in range(order.randrange(3)):
            assert not live.refresh() or all_there(index, copy), "a half-copied generation was served"
    for _ in range(LOOKS):
        live.refresh()
    assert figure(live) == "1406"
    assert len(warnings(caplog)) <= 1
    assert all("cannot be opened, and will be tried again when its files change" in said for said in warnings(caplog))


def test_what_is_said_of_a_generation_that_current_names_too_early_tells_what_is_missing(copies, caplog):
    index, copy = copies
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    shutil.copy(index / "CURRENT", copy / "CURRENT")
    for _ in range(5):
        assert not live.refresh()
    (said,) = warnings(caplog)
    assert "CURRENT names 'g000002', whose folder is not there" in said


def test_a_generation_that_grows_is_not_hashed_at_each_look(copies, monkeypatch):
    index, copy = copies
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    shutil.copytree(index / "g000002", copy / "g000002")
    whole = (copy / "g000002" / "dense.faiss").read_bytes()
    (copy / "g000002" / "dense.faiss").write_bytes(b"")
    shutil.copy(index / "CURRENT", copy / "CURRENT")
    assert not live.refresh()
    tries = tries_of(monkeypatch)
    for end in range(1, len(whole), len(whole) // 20):
        (copy / "g000002" / "dense.faiss").write_bytes(whole[:end])
        assert not live.refresh()
    assert tries == []
    (copy / "g000002" / "dense.faiss").write_bytes(whole)
    assert [live.refresh() for _ in range(LOOKS)] == [False, True]


def test_a_copy_with_one_wrong_byte_is_never_served_and_is_once_it_is_mended(copies, caplog):
    index, copy = copies
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    shutil.copytree(index / "g000002", copy / "g000002")
    path = copy / "g000002" / "sentences.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    shutil.copy(index / "CURRENT", copy / "CURRENT")
    assert [live.refresh() for _ in range(5)] == [False] * 5
    (said,) = warnings(caplog)
    assert "sentences.npy was altered or cut short" in said
    assert figure(live) == "406"
    path.write_bytes(whole)
    assert True in [live.refresh() for _ in range(LOOKS)]


@pytest.mark.parametrize("junk", ["", "g0000", "/", "..", "g000009", "\n"])
def test_a_current_that_names_nothing_leaves_the_old_answering_and_reads_no_other_folder(copies, caplog, junk):
    _, copy = copies
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    (copy / "CURRENT").write_text(junk, encoding="ascii")
    assert [live.refresh() for _ in range(3)] == [False] * 3
    assert len(warnings(caplog)) == 1
    assert figure(live) == "406"


def publish(index: Path, *targets: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run the script with an rsync that copies on this machine and notes what it was told."""
    tools = index.parent / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "rsync").write_text(FAKE_RSYNC, encoding="utf-8")
    (tools / "rsync").chmod(0o755)
    own = {"PATH": f"{tools}:{os.environ['PATH']}", "LOG": str(index.parent / "log")} | environment
    command = [str(ROOT / "deploy" / "publish.sh"), str(index), *map(str, targets)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | own, check=False)


def test_publishing_copies_the_folder_before_current_to_each_and_names_one_that_is_not_reached(copies):
    index, copy = copies
    gone = copy.parent / "gone"
    done = publish(index, gone, copy)
    assert (done.returncode, done.stdout) == (1, f"{copy}: g000002\n")
    assert done.stderr == f"publish: {gone} was not reached; it answers from the generation it has\n"
    told = [line.split() for line in (index.parent / "log").read_text(encoding="utf-8").splitlines()]
    assert [(Path(source).name, target) for source, target in told] == [
        ("g000002", f"{gone}/"),
        ("g000002", f"{copy}/"),
        ("CURRENT", f"{copy}/CURRENT"),
    ]
    live = LiveSession.open(copy, WordHashEncoder(), OverlapReader())
    assert figure(live) == "1406"
    assert publish(index, copy).returncode == 0


def test_publishing_an_index_whose_current_is_no_generation_copies_nothing(copies):
    index, copy = copies
    (index / "CURRENT").write_text("../etc\n", encoding="ascii")
    done = publish(index, copy)
    assert (done.returncode, "names no generation; run: qa verify" in done.stderr) == (1, True)
    assert not (index.parent / "log").exists()
