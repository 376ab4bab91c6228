"""Fuzz every target with libFuzzer, each in a process of its own; count executions, new coverage and crashes.

python -m benchmarks.fuzz [--executions 10000000] [--targets NAME …] [--folder FOLDER] [--write docs/reliability.md]

Needs the extra ``fuzz`` (atheris). FOLDER keeps what was found between runs: inputs that reach new code, crashes, and
``runs.jsonl``, a line a run; the table adds up the runs that FOLDER has seen.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pages import write_part
from testing.fuzz import TARGETS, Target
from testing.fuzz.material import dictionary, seeds

ROOT = Path(__file__).parent.parent
EXECUTIONS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
PEAK = re.compile(r"^stat::peak_rss_mb:\s*(\d+)", re.MULTILINE)
LAST_COUNT = re.compile(r"^#(\d+)\s", re.MULTILINE)
COVERAGE = re.compile(r"\bcov: (\d+)")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside
WELL_ENDED = (0, 72)
"""What libFuzzer exits with when it has done its runs, or was interrupted."""

MEGABYTES, SECONDS_OF_ONE = 2_048, 30


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What one process did; coverage counts the branches of our code reached after the seeds and at the end."""

    target: str
    executions: int
    seconds: float
    coverage_of_seeds: int
    coverage: int
    peak_megabytes: int
    crashes: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=3_600, help="at most so long for one target")
    parser.add_argument("--targets", nargs="*", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    os.nice(15)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        write_dictionary(folder / "words.dict")
        chosen = [TARGETS[name] for name in options.targets]
        total = sum(target.share for target in chosen)
        for target in chosen:
            run = fuzz(target, folder, round(options.executions * target.share / total), options.seconds)
            with (folder / "runs.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(dataclasses.asdict(run)) + "\n")
            print(run, flush=True)
        runs = [Run(**json.loads(line)) for line in (folder / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    report = "\n".join(table(runs))
    print(report)
    if options.write:
        write_part(options.write, "fuzz", report, title="Reliability", section="Fuzzing and properties")
    return 1 if any(run.crashes for run in runs) else 0


def fuzz(target: Target, folder: Path, executions: int, seconds: int) -> Run:
    """Run libFuzzer on a target; its output stays in ``FOLDER/<target>.log``."""
    inputs, crashes = folder / target.name / "inputs", folder / target.name / "crashes"
    inputs.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(exist_ok=True)
    for place, seed in enumerate(seeds(target.seeds)):
        (inputs / f"seed-{place:03}").write_bytes(seed)
    before = len(list(crashes.iterdir()))
    command = [sys.executable, "-m", "testing.fuzz", target.name, str(inputs)]
    command += [f"-runs={executions}", f"-max_total_time={seconds}", f"-rss_limit_mb={MEGABYTES}"]
    command += [f"-timeout={SECONDS_OF_ONE}", f"-max_len={target.longest}", f"-dict={folder / 'words.dict'}"]
    command += [f"-artifact_prefix={crashes}/", "-print_final_stats=1", "-reload=0"]
    began = time.perf_counter()
    with (
        (folder / f"{target.name}.log").open("w", encoding="utf-8", errors="replace") as log,
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as temporary,
    ):
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": temporary}
        ended = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, env=environment, check=False)  # noqa: S603
    output = (folder / f"{target.name}.log").read_text(encoding="utf-8", errors="replace")
    broken = max(len(list(crashes.iterdir())) - before, int(ended.returncode not in WELL_ENDED))
    return read_output(target.name, output, time.perf_counter() - began, broken)


def read_output(name: str, output: str, seconds: float, crashes: int) -> Run:
    """Read what libFuzzer printed; a process that ended before its last line counts what it had reported."""
    counted = EXECUTIONS.findall(output) or LAST_COUNT.findall(output) or ["0"]
    coverage = [int(number) for number in COVERAGE.findall(output)] or [0]
    peak = PEAK.findall(output) or ["0"]
    return Run(name, int(counted[-1]), round(seconds, 1), coverage[0], coverage[-1], int(peak[-1]), crashes)


def write_dictionary(path: Path) -> None:
    """Write the words of the field in libFuzzer's own form."""
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in dictionary()]
    path.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")


def table(runs: Sequence[Run]) -> list[str]:
    """Return the table: a row a target, its runs added up."""
    executions, minutes = sum(run.executions for run in runs), sum(run.seconds for run in runs) / 60
    rows = [
        f"{executions:,} executions in {minutes:.0f} minutes, one process at a time at nice 15 beside other work; "
        f"{platform.machine()}, Python {platform.python_version()}.",
        "",
        "| target | what is tried | executions | branches reached: seeds | at the end | peak MB | crashes |",
        "| --- | --- | --: | --: | --: | --: | --: |",
    ]
    for name, target in TARGETS.items():
        own = [run for run in runs if run.target == name]
        if own:
            rows.append(
                f"| `{name}` | {target.job} | {sum(run.executions for run in own):,} | {own[0].coverage_of_seeds} "
                f"| {own[-1].coverage} | {max(run.peak_megabytes for run in own)} | {sum(run.crashes for run in own)} |"
            )
    return rows


if __name__ == "__main__":
    sys.exit(main())
