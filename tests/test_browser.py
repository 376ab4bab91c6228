"""The page as a person meets it: the real server, the real encoder, headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.browser
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    index = tmp_path_factory.mktemp("page") / "index"
    command = [sys.executable, "-m", "qa"]
    few = tmp_path_factory.mktemp("few")
    shutil.copytree(ROOT / "corpus" / "ha-noi-long-bien", few / "ha-noi-long-bien")
    subprocess.run([*command, "build", "--corpus", str(few), "--index", str(index)], cwd=ROOT, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, "serve", "--index", str(index), "--port", str(port)], cwd=ROOT)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_until_up(address: str, process: subprocess.Popen) -> None:
    for _ in range(240):
        assert process.poll() is None, "the server stopped"
        try:
            urllib.request.urlopen(address, timeout=5)
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise AssertionError("the server did not come up in two minutes")


@pytest.fixture(scope="module")
def page(server):
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        assert "CI" not in os.environ, "CI needs Chromium: apt-get install chromium"
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(locale="vi-VN")
        page.goto(server)
        yield page
        browser.close()


def ask(page, question: str) -> str:
    answers = page.locator(".message.bot")
    before = answers.count()
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    answers.nth(before).get_by_text("Dạ,").first.wait_for(timeout=20_000)
    return answers.nth(before).inner_text()


def test_a_citizen_asks_and_sees_figure_sentence_article_and_date(page):
    said = ask(page, "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?")
    assert "406" in said
    assert "Quận Long Biên tinh gọn bộ máy cơ sở" in said
    assert "03/01/2022" in said
    assert page.locator(".source a[href='https://tuoitrethudo.vn']").first.is_visible()


def test_what_is_not_in_the_documents_is_declined(page):
    assert "chưa đủ căn cứ" in ask(page, "Giá vàng hôm nay bao nhiêu?")


def test_markup_in_a_question_stays_text(page):
    ask(page, "<img src=x onerror=\"document.title='hong'\"> Long Biên giảm bao nhiêu người?")
    assert page.title() != "hong"


def test_the_rest_endpoints_answer_by_their_names(server):
    from gradio_client import Client

    client = Client(server, verbose=False)
    answer = client.predict("Quận Long Biên giảm bao nhiêu người không chuyên trách?", api_name="/ask")
    assert "406" in answer["citations"][0]["quote"]
    document = client.predict(answer["citations"][0]["document_id"], api_name="/document")
    citation = answer["citations"][0]
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert client.predict("bộ phận một cửa", k=3, api_name="/search")["hits"][2]["rank"] == 3
    assert client.predict(api_name="/status")["documents"] == 8
