"""Feedback: what is kept, that nothing acknowledged is lost, and what a broken file says."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from qa import cli
from qa.errors import FeedbackError
from qa.feedback import Feedback, FeedbackStore

ROOT = Path(__file__).parent.parent
NOBODY = 65534
WRITER = """
import sys
from pathlib import Path
from qa.feedback import Feedback, FeedbackStore
store = FeedbackStore(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    store.save(Feedback(f"{sys.argv[2]} {number}", "Trả lời. " * 200, ("a",), "g000001", True))
    print(number, flush=True)
"""


def feedback(question: str = "Còn mấy cấp?", **changes) -> Feedback:
    return Feedback(
        **{"answer": "Hai cấp.", "sources": (), "generation": "g000001", "helpful": True} | changes, question=question
    )


def writer(path: Path, name: str, saves: int) -> subprocess.Popen:
    arguments = [sys.executable, "-c", WRITER, str(path), name, str(saves)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def store(tmp_path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "new" / "folder" / "feedback.sqlite3")


def test_a_store_without_a_file_is_empty_and_makes_none(store):
    assert store.read() == []
    assert store.count() == (0, 0)
    assert not store.path.parent.exists()


def test_what_is_saved_is_read_newest_first_with_the_time_in_utc(store):
    before = datetime.datetime.now(datetime.UTC)
    store.save(feedback("Một?", sources=("luat-1", "nq-2"), reason="Đúng ạ"))
    store.save(feedback("Hai?", helpful=False, at=datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC)))
    newest, oldest = store.read()
    assert (newest.question, newest.helpful, newest.sources, newest.reason) == ("Hai?", False, (), "")
    assert oldest == feedback("Một?", sources=("luat-1", "nq-2"), reason="Đúng ạ", at=oldest.at)
    assert before <= oldest.at <= newest.at <= datetime.datetime.now(datetime.UTC)
    assert oldest.at.tzinfo == datetime.UTC
    assert store.count() == (1, 1)
    assert [one.question for one in store.read(limit=1)] == ["Hai?"]


def test_text_is_cut_to_its_bound_and_loses_control_characters(store):
    long = "\x00\x1b[31m" + "ă" * 30_000
    store.save(feedback(long, answer=long, reason=long, sources=("a\nb", *["x" * 999] * 50), generation=long))
    (kept,) = store.read()
    assert (len(kept.question), len(kept.answer), len(kept.reason)) == (2_000, 20_000, 1_000)
    assert kept.question == "[31m" + "ă" * 1_996
    assert kept.sources == ("a b", *["x" * 200] * 19)
    assert len(kept.generation) == 200


@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_can_be_saved_and_read_again(text):
    with tempfile.TemporaryDirectory() as folder:
        store = FeedbackStore(Path(folder) / "feedback.sqlite3")
        store.save(feedback(text, answer=text, reason=text, sources=(text,), generation=text))
        (kept,) = store.read()
    assert kept.question == kept.answer == kept.reason
    assert not {c for c in kept.question if ord(c) < 32} - set("\n\t")
    assert not any(0xD800 <= ord(c) <= 0xDFFF for c in kept.question)


def test_sql_in_a_text_is_only_text(store):
    hostile = "'); DROP TABLE feedback; --"
    store.save(feedback(hostile, reason=hostile))
    store.save(feedback())
    assert store.read()[1].question == hostile


def test_a_limit_below_one_is_refused(store):
    with pytest.raises(ValueError, match="limit is 0; use 1 or more"):
        store.read(0)


def test_each_commit_is_written_ahead_and_synced(store):
    with store.writing() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_only_its_owner_may_read_the_file(store):
    store.save(feedback())
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_eight_threads_lose_no_save(store):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda thread: [store.save(feedback(f"{thread} {n}")) for n in range(20)], range(8)))
    assert {one.question for one in store.read(1000)} == {f"{thread} {n}" for thread in range(8) for n in range(20)}
    assert store.count() == (160, 0)


def test_two_processes_lose_no_save(store):
    writers = [writer(store.path, name, 20) for name in "ab"]
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    assert {one.question for one in store.read(1000)} == {f"{name} {n}" for name in "ab" for n in range(20)}


@pytest.mark.faults
def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(store):
    moments = random.Random(7)
    acknowledged = set()
    for name in "abc":
        process = writer(store.path, name, 10_000)
        lines = [process.stdout.readline() for _ in range(moments.randrange(1, 60))]
        process.send_signal(signal.SIGKILL)
        lines += process.communicate()[0].splitlines()
        acknowledged |= {f"{name} {int(line)}" for line in lines if line.strip().isdigit()}
        assert acknowledged <= {one.question for one in store.read(100_000)}
    store.save(feedback("sau cùng"))
    assert store.read(1)[0].question == "sau cùng"
    with contextlib.closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextlib.contextmanager
def without_privileges():
    """Root may write anywhere; for the length of the test we are somebody else."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_read_only_folder_is_named_with_its_cure():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.sqlite3"
        Path(folder).chmod(0o555)
        with without_privileges(), pytest.raises(FeedbackError) as caught:
            FeedbackStore(path).save(feedback())
    assert str(caught.value) == (
        f"{path}: Permission denied; make it and its folder writable, or name another file in QA_FEEDBACK"
    )


def test_a_file_where_a_folder_should_be_is_named_with_its_cure(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(FeedbackError, match=r"a/feedback\.sqlite3: .*; a file stands where a folder should be"):
        FeedbackStore(tmp_path / "a" / "feedback.sqlite3").save(feedback())


@pytest.mark.parametrize("work", [lambda store: store.save(feedback()), FeedbackStore.read, FeedbackStore.count])
def test_a_corrupt_file_is_named_and_left_as_it_is(tmp_path, work):
    path = tmp_path / "feedback.sqlite3"
    path.write_bytes(b"no database " * 500)
    with pytest.raises(FeedbackError) as caught:
        work(FeedbackStore(path))
    assert str(caught.value) == (
        f"{path}: file is not a database; move it away with its -wal file, the next feedback begins a new one"
    )
    assert path.read_bytes() == b"no database " * 500


def test_a_file_damaged_inside_is_an_error_of_ours(store):
    for number in range(50):
        store.save(feedback(f"{number}", answer="x" * 5_000))
    with store.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_000)
    with pytest.raises(FeedbackError, match="malformed; move it away"):
        store.read()


def test_another_program_s_table_is_an_error_of_ours(store):
    store.save(feedback())
    with contextlib.closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE feedback SET at = 'hôm qua'")
    with pytest.raises(FeedbackError, match=r"a row of another program .*hôm qua.*; move it away"):
        store.read()


def test_a_writer_that_never_lets_go_is_named_with_its_cure(store, monkeypatch):
    monkeypatch.setattr("qa.feedback.SECONDS_TO_WAIT", 0.05)
    store.save(feedback())
    with (
        FileLock(f"{store.path}.lock"),
        pytest.raises(FeedbackError, match="another program writes; close the program"),
    ):
        store.save(feedback())
    with contextlib.closing(sqlite3.connect(store.path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(FeedbackError, match="database is locked; close the program that holds it and try again"):
            store.save(feedback())
    assert store.count() == (1, 0)


def test_a_full_disk_is_named_and_what_was_saved_stays(store):
    store.save(feedback("trước"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(FeedbackError, match="free space on its disk"):
            store.save(feedback("sau", answer="x" * 20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [one.question for one in store.read()] == ["trước"]
    store.save(feedback("sau nữa"))
    assert store.count() == (2, 0)


def test_an_empty_file_holds_no_feedback_and_takes_one(store):
    store.path.parent.mkdir(parents=True)
    store.path.touch()
    assert store.read() == []
    store.save(feedback())
    assert store.count() == (1, 0)


@pytest.fixture
def run(store, monkeypatch, capsys):
    monkeypatch.setenv("QA_FEEDBACK", str(store.path))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["feedback", *arguments])
        return code, *capsys.readouterr()

    return call


def test_the_command_prints_newest_first_and_nothing_a_terminal_would_obey(run, store):
    store.save(feedback("Một?", sources=("luat-1",), reason="Sai số\n2030-01-01 00:00 UTC  helpful  giả"))
    store.save(feedback("Hai\U0001d173?", helpful=False))
    code, out, _ = run()
    newest, oldest = (f"{one.at:%Y-%m-%d %H:%M} UTC" for one in store.read())
    assert code == 0
    assert out == (
        "1 helpful, 1 not helpful\n"
        f"{newest}  not helpful  Hai\ufffd?\n"
        "    answer: Hai cấp.\n"
        f"{oldest}  helpful  Một?\n"
        "    answer: Hai cấp.\n"
        "    reason: Sai số 2030-01-01 00:00 UTC helpful giả\n"
        "    sources: luat-1 (g000001)\n"
    )


def test_the_command_prints_one_json_object_a_feedback(run, store):
    assert run("--json") == (0, "", "")
    for number in range(3):
        store.save(feedback(f"Câu {number}?", sources=("luat-1",)))
    _, out, _ = run("--json", "-n", "2")
    objects = [json.loads(line) for line in out.splitlines()]
    assert [one["question"] for one in objects] == ["Câu 2?", "Câu 1?"]
    assert objects[0] | {"at": ""} == {
        "at": "",
        "helpful": True,
        "reason": "",
        "question": "Câu 2?",
        "answer": "Hai cấp.",
        "sources": ["luat-1"],
        "generation": "g000001",
    }


def test_the_command_refuses_a_number_below_one_and_names_a_corrupt_file(run, store):
    assert run("-n", "0")[::2] == (2, "qa: n is 0; use 1 or more\n")
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"no database " * 500)
    code, out, error = run()
    assert (code, out) == (1, "")
    assert error.startswith(f"qa: {store.path}: file is not a database; move it away")
