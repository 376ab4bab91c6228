"""Real faults, fewer than ``python -m benchmarks.faults`` does: none loses, tears or silences anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from testing.browsing import ROOT

pytestmark = pytest.mark.faults
KILLED = ("killed-build", "killed-add", "killed-swap", "killed-rollback", "killed-feedback")
REFUSED = ("full-build", "full-add", "full-feedback", "read-only", "damaged", "builders", "memory")


@pytest.fixture(scope="module")
def rows() -> dict[str, dict]:
    """Run the small matrix once, in a process of its own, since it forks."""
    command = [sys.executable, "-m", "benchmarks.faults", "--kills", "24", "--json"]
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    result = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True)
    assert result.stdout, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("fault", [*KILLED, *REFUSED, "clock", "readers", "stopped"])
def test_after_each_fault_the_old_or_the_new_one_answers_whole_and_nothing_is_lost(rows, fault):
    row = rows[fault]
    assert row["troubles"] == []
    assert row["times"] == row["old"] + row["new"] > 0


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_done_is_told_with_its_cure(rows, fault):
    assert rows[fault]["told"] > 0


def test_the_faults_are_those_of_the_matrix(rows):
    assert sorted(rows) == sorted([*KILLED, *REFUSED, "clock", "readers", "stopped"])


def test_two_dozen_processes_were_killed(rows):
    assert sum(rows[fault]["times"] for fault in KILLED) >= 20
