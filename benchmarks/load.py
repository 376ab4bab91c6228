"""What locust runs: each user asks one question after another and compares each answer with a quiet run's.

Each question is spelled with other blanks each time: what was asked in the same letters is answered from memory.

    python -m locust -f benchmarks/load.py --headless -u 20 -r 20 -t 60s --host http://127.0.0.1:7860 \\
        --reference reference.json --outcome outcome.json

``reference.json`` maps each question to its first citation, as ``benchmarks.web`` writes it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from locust import User, constant, events, task
from locust.env import Environment

from benchmarks.asking import AskError, ask, first_source, spelled_anew


class MixedAnswerError(Exception):
    """An answer that belongs to another question."""


@events.init_command_line_parser.add_listener
def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reference", type=str, required=True)
    parser.add_argument("--outcome", type=str, required=True)


class Asker(User):
    """Someone who asks the next question as soon as the last is answered."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Begin somewhere else than the others."""
        kept = json.loads(Path(self.environment.parsed_options.reference).read_text(encoding="utf-8"))
        self.reference = {question: source and tuple(source) for question, source in kept.items()}
        self.order = random.sample(sorted(self.reference), len(self.reference))
        self.asked = 0

    @task
    def ask(self) -> None:
        """Ask one question and tell locust how long it took and whether the answer was its own."""
        question = self.order[self.asked % len(self.order)]
        spelled = spelled_anew(question, random.getrandbits(64))
        self.asked += 1
        began = time.perf_counter()
        wrong: Exception | None = None
        try:
            answer = ask(self.host, spelled)
            if answer["question"] != spelled or first_source(answer) != self.reference[question]:
                wrong = MixedAnswerError(f"{question!r} got the answer to {answer['question']!r}")
        except AskError as error:
            wrong = error
        milliseconds = (time.perf_counter() - began) * 1000
        self.environment.events.request.fire(
            request_type="ask", name="/ask", response_time=milliseconds, response_length=0, exception=wrong, context={}
        )


@events.quitting.add_listener
def write_outcome(environment: Environment) -> None:
    total = environment.stats.total
    errors = environment.stats.errors.values()
    outcome = {
        "asked": total.num_requests,
        "mixed": sum(one.occurrences for one in errors if "MixedAnswerError" in str(one.error)),
        "errors": sum(one.occurrences for one in errors if "MixedAnswerError" not in str(one.error)),
        "said": sorted({str(one.error)[:200] for one in errors})[:5],
        "percentiles": {str(part): total.get_response_time_percentile(part) for part in (0.5, 0.95, 0.99)},
        "per_second": total.total_rps,
    }
    Path(environment.parsed_options.outcome).write_text(json.dumps(outcome), encoding="utf-8")
