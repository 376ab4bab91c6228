"""Three web servers behind nginx: one killed, and one generation published, every half minute, while people ask.

    python -m benchmarks.servers --write docs/scale.md [--minutes 10] [--people 2] [--nginx PATH]

Needs nginx (Debian: ``apt-get install nginx-light``) and the extras ``test`` and ``bench``; publishes with
``deploy/publish.sh`` where rsync is installed, else by copying in the same order. nginx runs with
``deploy/nginx.scale.conf``, but for its addresses and its limits of rate, since all who ask share an address here. Two
generations alternate, each time under the next number. Counts errors; answers that neither generation gives to their
question (mixed); and how long after its publication the one before was still answered from. Ends with 1 where there is
an error or a mixed answer.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import http.cookiejar
import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from benchmarks.asking import AskError, ask, questions, spelled_anew
from benchmarks.endurance import Outcome, Place, times
from benchmarks.pages import machine, table, write_part
from benchmarks.rounds import QUESTIONS, Rounds
from qa.index import generations, read_current
from qa.settings import ROOT, Settings
from testing.browsing import free_port, wait_until_up

SERVERS = 3
SECONDS_BETWEEN = 30.0
KEPT = 3
BEFORE = 3  # publications before the people come: one to begin with, then each generation's answers are learnt
CONFIGURATION = (ROOT / "deploy" / "nginx.scale.conf").read_text(encoding="utf-8")
AROUND = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log error;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(slots=True)
class Server:
    """A web server with its own copy of the index; it can be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen | None = None
    started: list[float] = field(default_factory=list)

    @property
    def index(self) -> Path:
        """Its copy of the index."""
        return self.folder / "index"

    @property
    def address(self) -> str:
        """Where it answers without nginx."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers."""
        began = time.monotonic()
        own = {
            "QA_INDEX": str(self.index),
            "QA_FEEDBACK": str(self.folder / "feedback.sqlite"),
            "QA_PORT": str(self.port),
            "QA_PROXIES": "127.0.0.1",
            "QA_RATE": "0",
            "QA_THREADS": "1",
        }
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "qa", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stderr=log, stdout=log)  # noqa: S603
        while not self.answers():  # without a limit: on a busy machine a start may take minutes
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended at its start; see {self.folder / 'server.log'}")
            time.sleep(0.2)
        self.started.append(time.monotonic() - began)

    def answers(self) -> bool:
        """Tell whether it answers."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/ready", timeout=10) as reply:  # noqa: S310
            return reply.status == HTTPStatus.OK
        return False

    def end(self, how: signal.Signals) -> None:
        """End it by a signal and return when it is gone."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)


@dataclass(slots=True)
class Publisher:
    """Gives one of two generations the next number and copies it to all servers."""

    place: Place
    sources: Sequence[Path]
    servers: Sequence[Server]
    at: list[tuple[float, int]] = field(default_factory=list)
    number: int = 100

    def publish(self) -> None:
        """Publish the generation that is not live now."""
        which = len(self.at) % 2
        self.number += 1
        name = f"g{self.number:06d}"
        target = self.place.index / name
        shutil.copytree(self.sources[which], target, copy_function=os.link)
        (target / generations.MANIFEST).unlink()
        manifest = dataclasses.replace(generations.read_manifest(self.sources[which]), generation=name)
        sealed = generations.sealed(dataclasses.asdict(manifest))
        (target / generations.MANIFEST).write_text(sealed, encoding="utf-8")
        generations.set_current(self.place.index, name)
        if shutil.which("rsync"):
            folders = [self.place.index, *(server.index for server in self.servers)]
            command = [str(ROOT / "deploy" / "publish.sh"), *map(str, folders)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        else:
            for server in self.servers:
                shutil.copytree(target, server.index / name)
                generations.set_current(server.index, name)
        self.at.append((time.monotonic(), which))
        for server in self.servers:
            for old in generations.list_generations(server.index)[:-KEPT]:
                shutil.rmtree(server.index / old)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    if options.nginx is None:
        print("there is no nginx on this machine: apt-get install nginx-light, or name it by --nginx", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="qa-servers-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        servers = [Server(folder / f"web{number + 1}", free_port()) for number in range(SERVERS)]
        publisher = Publisher(Place(folder, None), two_generations(folder, options.index), servers)
        for server in servers:
            server.index.mkdir(parents=True)
        publisher.publish()
        for server in servers:
            stack.callback(server.end, signal.SIGKILL)
            server.start()
        address = stack.enter_context(nginx(options.nginx, folder, servers))
        outcome, lags, kills = run(address, publisher, options)
        log = (folder / "access.log").read_text(encoding="utf-8")
        one_browser = browser_stays(address, folder)
    text, holds = report(outcome, lags, (kills, len(publisher.at) - BEFORE, log, one_browser, servers), options)
    print(text, *outcome.said, sep="\n")
    if options.write:
        write_part(options.write, "servers", text, title="Scale", section="Three servers behind nginx")
    return 0 if holds else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--people", type=int, default=2, help="how many ask at once (2)")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds of each between two questions (0.5)")
    parser.add_argument("--index", type=Path, default=Settings().index, help="index to begin with (as QA_INDEX)")
    parser.add_argument("--nginx", default=shutil.which("nginx"), metavar="PATH", help="the program")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    return parser.parse_args(arguments)


def two_generations(folder: Path, index: Path) -> list[Path]:
    """Build two generations whose articles on four centres differ in every sentence."""
    place = Place(folder, None)
    place.copy(Settings().corpus, index)
    rounds, made = Rounds(place.corpus, folder / "inbox"), []
    for _ in range(2):
        rounds.prepare()
        place.build()
        made.append(place.index / read_current(place.index))
    return made


@contextlib.contextmanager
def nginx(program: str, folder: Path, servers: Sequence[Server]) -> Iterator[str]:
    """Run nginx with the repository's configuration over these servers; yield its address."""
    port = free_port()
    listed = [f"    server 127.0.0.1:{server.port} max_fails=3 fail_timeout=5s;\n" for server in servers]
    text = re.sub(r"(?:    server 172\.\S+ .*;\n)+", lambda _: "".join(listed), CONFIGURATION)
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/var/log/nginx", str(folder))
    text = re.sub(r"rate=\d+r/s", "rate=1000r/s", text)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])  # noqa: S603
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, lambda: process.poll() is None)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def run(
    address: str, publisher: Publisher, options: argparse.Namespace
) -> tuple[Outcome, list[tuple[float, float]], int]:
    """Learn what each generation answers, then let the people ask while servers die and generations come."""
    asked = [*QUESTIONS, *questions(20)]
    references = []
    for _ in range(2):
        references.append({question: known_by(ask(publisher.servers[0].address, question)) for question in asked})
        publisher.publish()
        for server in publisher.servers:
            wait_for(server, publisher.number)
    outcome, lags, over = Outcome(), list[tuple[float, float]](), threading.Event()
    arguments = (address, asked, references, publisher, outcome, lags, over, options.pause)
    people = [threading.Thread(target=visit, args=(number, *arguments)) for number in range(options.people)]
    for one in people:
        one.start()
    end, kills = time.monotonic() + options.minutes * 60, 0
    try:
        while time.monotonic() < end - SECONDS_BETWEEN / 2:
            began = time.monotonic()
            victim = publisher.servers[kills % SERVERS]
            victim.end(signal.SIGKILL)
            kills += 1
            time.sleep(1)
            victim.start()
            time.sleep(max(0, began + SECONDS_BETWEEN / 2 - time.monotonic()))
            publisher.publish()
            time.sleep(max(0, began + SECONDS_BETWEEN - time.monotonic()))
    finally:
        over.set()
        for one in people:
            one.join()
    return outcome, lags, kills


def known_by(answer: dict) -> tuple:
    """Return what tells one answer from another: its text and every citation."""
    cited = [(one["document_id"], one["start"], one["end"], one["quote"]) for one in answer["citations"]]
    return answer["text"], *cited


def wait_for(server: Server, number: int) -> None:
    """Return when a server answers from a generation."""
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.address}/ready") as reply:  # noqa: S310
            if f"g{number:06d}" in reply.read().decode():
                return
        time.sleep(0.1)
    raise RuntimeError(f"{server.address} did not take generation {number} within a minute")


def visit(  # noqa: PLR0913 - what a thread is started with
    number: int,
    address: str,
    asked: Sequence[str],
    references: Sequence[dict[str, tuple]],
    publisher: Publisher,
    outcome: Outcome,
    lags: list[tuple[float, float]],
    over: threading.Event,
    pause: float,
) -> None:
    """Ask one question after another until the time is over."""
    order = random.Random(number)  # noqa: S311
    for question in itertools.cycle(order.sample(asked, len(asked))):
        if over.wait(pause):
            return
        spelled = spelled_anew(question, order.getrandbits(64))
        began = time.monotonic()
        try:
            answer = ask(address, spelled)
        except AskError as error:
            outcome.add("errors", time.monotonic() - began, str(error))
            continue
        fitting = [which for which, known in enumerate(references) if known[question] == known_by(answer)]
        right = answer["question"] == spelled
        what = "of another" if not right else "whole" if fitting else "mixed"
        outcome.add(what, time.monotonic() - began, "" if fitting and right else f"{question}: {answer['text'][:150]}")
        outcome.changing += len(fitting) == 1
        published, live = publisher.at[-1]
        if began > published and fitting == [1 - live]:
            lags.append((began, began - published))


def browser_stays(address: str, folder: Path) -> int:
    """Return how many servers ten requests of one browser went to, by its cookie."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    for _ in range(10):
        browser.open(f"{address}/ready").close()
    time.sleep(0.5)
    lines = (folder / "access.log").read_text(encoding="utf-8").splitlines()
    return len({line.split()[-2] for line in lines if "GET /ready" in line})


def report(
    outcome: Outcome, lags: Sequence[tuple[float, float]], seen: tuple, options: argparse.Namespace
) -> tuple[str, bool]:
    """Return the table as Markdown, and whether the goals hold."""
    kills, published, log, one_browser, servers = seen
    retried = sum("/api/ask" in line and bool(re.search(r":\d+, 127\.", line)) for line in log.splitlines())
    wrong = {what: outcome.counts[what] for what in ("errors", "of another", "mixed")}
    late = max((seconds for _, seconds in lags), default=0)
    started = [seconds for server in servers for seconds in server.started]
    rows = [
        ("people, minutes", f"{options.people}, {options.minutes:g}", ""),
        ("servers killed (-9) and started again, generations published", f"{kills}, {published}", ""),
        ("answers", f"{sum(outcome.counts.values())}", ""),
        ("of them fitting one generation alone", f"{outcome.changing}", ""),
        ("of them asked of a second server by nginx", f"{retried}", ""),
        ("median, p95, p99", times(outcome.seconds), ""),
        ("errors", f"{wrong['errors']}", "0"),
        ("answers to another's question", f"{wrong['of another']}", "0"),
        ("answers that neither generation gives", f"{wrong['mixed']}", "0"),
        ("latest question answered by the generation before", f"{late:.1f} s after", ""),
        ("start of a server until it answers, longest", f"{max(started):.0f} s", ""),
        ("servers that ten requests of one browser went to", f"{one_browser}", "1"),
    ]
    head = f"`python -m benchmarks.servers` on {machine()}, the real encoder.\n\n"
    return head + table(("what", "figure", "goal"), rows), not any(wrong.values()) and one_browser == 1


if __name__ == "__main__":
    sys.exit(main())
