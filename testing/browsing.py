"""Servers and browsers for the tests of the page."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["testing.fake_server", "testing.browsing"])  # imported once, not by each site anew
HURRY = "mau-len"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(command: Sequence[str], port: int, **environment: str) -> Iterator[str]:
    """Run a server until it answers, and end it after use."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=os.environ | environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, lambda: process.poll() is None)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def fake_site(folder: Path, port: int, **environment: str) -> Iterator[str]:
    """Serve the articles of ``folder/corpus`` with the encoder that needs no model, and end it after use."""
    own = {"QA_FEEDBACK": str(folder / "feedback.sqlite"), "QA_CORPUS": str(folder / "corpus"), "QA_RATE": "0"}
    process = FORKS.Process(target=serve_fake, args=(folder, port, own | environment))
    process.start()
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, process.is_alive)
        yield address
    finally:
        process.terminate()
        process.join(20)
        assert not process.is_alive(), "the server did not end"


@contextlib.contextmanager
def hurrying(folder: Path) -> Iterator[None]:
    """Let the fake site over a folder give at once the answers that it takes its time with."""
    (folder / HURRY).touch()
    try:
        yield
    finally:
        (folder / HURRY).unlink()


def serve_fake(folder: Path, port: int, environment: dict[str, str]) -> None:
    from qa import session
    from qa.web import app
    from testing import fake_server

    os.environ |= environment
    session.REMEMBERED = 0  # a question asked again is to be as slow as the first time
    app.SECONDS_TO_END = 1  # a page that is still open does not hold up the next test
    fake_server.WilfulEncoder.hurry = folder / HURRY
    fake_server.main(str(folder / "corpus"), str(folder / "index"), str(port))


def wait_until_up(address: str, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert is_alive(), "the server stopped"
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up in two minutes")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Open headless Chromium; skip where there is none, but not in CI."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        assert "CI" not in os.environ, "CI needs Chromium: apt-get install chromium"
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def ask(page: Page, question: str) -> str:
    """Type a question, press Enter, and return what the answer shows."""
    answers = page.locator(".exchange:not(.pending) .message.bot")
    before = answers.count()
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    answers.nth(before).wait_for(timeout=20_000)
    return answers.nth(before).inner_text()
