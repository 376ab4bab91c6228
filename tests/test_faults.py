"""Real faults: a builder killed at any moment leaves the previous index answering."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import qa
from tests.conftest import WordHashEncoder

ROOT = Path(__file__).parent.parent
BUILDER = """
import sys, qa
from tests.conftest import WordHashEncoder
print("ready", flush=True)
qa.build_index(sys.argv[1], sys.argv[2], WordHashEncoder(), full=True)
"""
pytestmark = pytest.mark.faults


def start_builder(corpus: Path, index: Path) -> subprocess.Popen:
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(corpus), str(index)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert builder.stdout.readline() == "ready\n"
    return builder


def test_a_builder_killed_twenty_times_leaves_an_index_that_answers(corpus, index):
    for number in range(200):
        (corpus / f"{number}.md").write_text(
            f"---\ntitle: Bài {number}\nsource: S\n---\nNội dung số {number} về xã thứ {number}.\n", encoding="utf-8"
        )
    began = time.perf_counter()
    assert start_builder(corpus, index).wait() == 0
    whole = time.perf_counter() - began
    moments = random.Random(20)
    for _ in range(20):
        builder = start_builder(corpus, index)
        time.sleep(moments.uniform(0, 0.6 * whole))
        builder.send_signal(signal.SIGKILL)
        builder.wait()
        session = qa.open_session(index, WordHashEncoder())
        assert "406" in session.ask("Long Biên giảm bao nhiêu người không chuyên trách?").text
    report = qa.build_index(corpus, index, WordHashEncoder(), full=True)
    assert report.documents == 202
    assert not list(index.glob(".building-*"))


@pytest.mark.parametrize("limit_kilobytes", [1, 20, 200])
def test_a_full_disk_leaves_the_index_and_names_the_cure(corpus, index, limit_kilobytes):
    (corpus / "long.md").write_text(
        "---\ntitle: Dài\nsource: S\n---\n" + "Một câu dài vừa phải. " * 20_000, encoding="utf-8"
    )
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_kilobytes * 1000},) * 2);" + BUILDER
    )
    result = subprocess.run(
        [sys.executable, "-c", limited, str(corpus), str(index)], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "IndexStoreError" in result.stderr
    assert "qa build" in result.stderr
    assert "406" in qa.open_session(index, WordHashEncoder()).ask("Long Biên giảm bao nhiêu người?").text
