"""The page in a real browser: the weight of the first load, and the time from Enter to the answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.asking import spelled_anew
from testing.browsing import CHROMIUM_ARGUMENTS, DESKTOP

SECONDS_TO_WAIT = 30_000
OBSERVE = """() => {
  const area = document.getElementById("hoi-thoai");
  window.times = null;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.times = { began: performance.now(), first: 0, full: 0 };
  }, true);
  const painted = (name) => requestAnimationFrame(() => setTimeout(() => { times[name] ||= performance.now(); }));
  new MutationObserver(() => {
    if (!window.times) return;
    if (!times.first && area.querySelector(".pending, .exchange .text")) painted("first");
    if (!times.full && area.querySelector(".exchange:not(.pending) .text")) painted("full");
  }).observe(area, { childList: true, subtree: true });
}"""
"""The page's own clock: from the key to the frame after the text was put in."""


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """The first visit with nothing cached: bytes as they came over the wire, requests, ms until the greeting."""

    received: int
    requests: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """Milliseconds from Enter until the first text (that it is being searched), and until the whole answer."""

    first: float
    full: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open headless Chromium; FileNotFoundError names the package where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise FileNotFoundError("no Chromium on this machine; run: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def first_load(browser: Browser, address: str) -> FirstLoad:
    """Open the page in a new profile and count what comes until nothing more does."""
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    finished: list[float] = []
    network.on("Network.loadingFinished", lambda event: finished.append(event["encodedDataLength"]))
    page.goto(address)
    page.locator(".welcome").wait_for()
    milliseconds = page.evaluate("performance.now()")
    page.wait_for_timeout(2000)  # a stream of heartbeats never lets the network be idle
    context.close()
    return FirstLoad(int(sum(finished)), len(finished), milliseconds)


def times_shown(browser: Browser, address: str, questions: Sequence[str]) -> list[Shown]:
    """Ask one question after another, each in a new conversation and spelled anew; the first one is not counted."""
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    page = context.new_page()
    page.goto(address)
    page.locator(".welcome").wait_for()
    page.evaluate(OBSERVE)
    asked = [spelled_anew(question, number) for number, question in enumerate([questions[0], *questions], start=1)]
    shown = [time_shown(page, question) for question in asked]
    context.close()
    return shown[1:]


def time_shown(page: Page, question: str) -> Shown:
    page.get_by_role("textbox", name="Câu hỏi").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function("window.times && window.times.full", timeout=SECONDS_TO_WAIT)
    times = page.evaluate("window.times")
    page.get_by_role("button", name="Trò chuyện mới").click()
    page.locator(".welcome").wait_for()
    return Shown(times["first"] - times["began"], times["full"] - times["began"])
