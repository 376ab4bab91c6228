"""Kill -9 the real ``qa build`` at random moments; after each, ``qa ask`` must answer from a whole index.

python -m benchmarks.kills [--times 20] [--corpus corpus/ha-noi-long-bien]
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--corpus", default="corpus/ha-noi-long-bien")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    moments = random.Random(options.seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory() as index:
        build = [sys.executable, "-m", "qa", "build", "--corpus", options.corpus, "--index", index]
        began = time.perf_counter()
        subprocess.run(build, check=True, capture_output=True)  # noqa: S603
        whole = time.perf_counter() - began
        answered = sum(survives([*build, "--full"], index, moments.uniform(0, whole)) for _ in range(options.times))
        last = subprocess.run([*build, "--full"], capture_output=True, text=True)  # noqa: S603
    print(f"{answered} of {options.times} kills left an index that answers; the next build: {last.stdout.strip()}")
    return 0 if answered == options.times and last.returncode == 0 else 1


def survives(build: list[str], index: str, seconds: float) -> bool:
    builder = subprocess.Popen(build, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    time.sleep(seconds)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    ask = [sys.executable, "-m", "qa", "ask", QUESTION, "--json", "--index", index]
    answer = subprocess.run(ask, capture_output=True, text=True)  # noqa: S603
    answers = answer.returncode == 0 and "406" in json.loads(answer.stdout)["text"]
    print(f"killed after {seconds:.1f} s: {'answers' if answers else answer.stderr}", flush=True)
    return answers


if __name__ == "__main__":
    sys.exit(main())
