"""The fault matrix: what kills, full and damaged disks, clocks, memory and a stopped server leave behind.

python -m benchmarks.faults [--kills 330] [--seed 1] [--encoder real] [--write] [--json] [--only WORD]

On Linux; as root the disks are mounted, otherwise limits and permissions stand for them. ``--write`` puts the table
into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import fault_disk, fault_kills, fault_others
from benchmarks.fault_tools import Row
from benchmarks.pages import write_part
from qa.encoder import Encoder
from qa.session import load_encoder
from testing.fake_encoder import WordHashEncoder

DOCUMENT = Path(__file__).parent.parent / "docs" / "reliability.md"
HEADS = ("fault", "how", "times", "old answers", "new answers", "told with its cure", "lost, torn or silent")
LEAST_KILLS = 20
Fault = Callable[[Path], Row]


def faults(encoder: Encoder, kills: int, moments: random.Random) -> dict[str, Fault]:
    """Return every fault by name, each to be done in a folder of its own."""
    share, some = max(2, kills // 10), max(3, min(24, kills // 10))
    killed, disk, others = fault_kills, fault_disk, fault_others
    return {
        "killed-build": lambda folder: killed.killed_build(folder, encoder, 3 * share, moments),
        "killed-add": lambda folder: killed.killed_add(folder, encoder, 2 * share, moments),
        "killed-swap": lambda folder: killed.killed_swap(folder, encoder, 2 * share, moments),
        "killed-rollback": lambda folder: killed.killed_rollback(folder, encoder, share, moments),
        "killed-feedback": lambda folder: killed.killed_feedback(folder, encoder, 2 * share, moments),
        "full-build": lambda folder: disk.full_build(folder, encoder, some),
        "full-add": lambda folder: disk.full_add(folder, encoder, some),
        "full-feedback": lambda folder: disk.full_feedback(folder, encoder, some),
        "read-only": lambda folder: disk.refused_where_read_only(folder, encoder),
        "damaged": lambda folder: disk.damaged_files(folder, encoder, max(1, some // 2), moments),
        "clock": lambda folder: others.clock_backwards(folder, encoder, max(2, some // 4)),
        "builders": lambda folder: others.builders_at_once(folder, encoder, max(2, some // 2)),
        "memory": lambda folder: others.out_of_memory(folder, encoder, some),
        "readers": lambda folder: others.readers_follow(folder, encoder, max(2, some // 3)),
        "stopped": others.server_stopped,
    }


def run(chosen: dict[str, Fault], tell: Callable[[str], None]) -> Iterator[tuple[str, Row]]:
    """Do each fault and yield what came of it."""
    for name, fault in chosen.items():
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            row = fault(Path(folder))
        tell(f"{name}: {time.perf_counter() - began:.0f} s, {row}\n")
        yield name, row


def table(rows: list[Row], seed: int, kills: int) -> str:
    """Return the table in Markdown."""
    lines = [HEADS, ("---",) * len(HEADS), *(row.cells() for row in rows)]
    drawn = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
    return f"`python -m benchmarks.faults --kills {kills} --seed {seed} --write`\n\n{drawn}"


def main() -> int:
    """Run the matrix; 1 where anything was lost, torn or silent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=330, help=f"in all, at least {LEAST_KILLS} (330)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder", choices=("words", "real"), default="words", help="words needs no model")
    parser.add_argument("--only", default="", metavar="WORD", help="only faults with this in their name")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    encoder = load_encoder() if options.encoder == "real" else WordHashEncoder()
    moments = random.Random(options.seed)  # noqa: S311 - moments, not secrets
    known = faults(encoder, max(LEAST_KILLS, options.kills), moments)
    chosen = {name: fault for name, fault in known.items() if options.only in name}
    rows = dict(run(chosen, sys.stderr.write))
    drawn = table(list(rows.values()), options.seed, options.kills)
    if options.write:
        write_part(DOCUMENT, "faults", drawn, title="Reliability", section="Faults")
    print(json.dumps({name: dataclasses.asdict(row) for name, row in rows.items()}) if options.json else drawn)
    return 1 if any(row.troubles for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
