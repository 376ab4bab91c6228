"""The server's end: nothing that a visitor holds open keeps it alive, and the page outlives it."""

from __future__ import annotations

import contextlib
import shutil
import urllib.request

import pytest

from testing.browsing import DESKTOP, ROOT, ask, chromium, fake_site, free_port

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


@pytest.mark.server
def test_a_stream_that_a_browser_holds_open_does_not_keep_the_server_alive(tmp_path):
    (tmp_path / "corpus").mkdir()
    with contextlib.ExitStack() as visitor, fake_site(tmp_path, free_port()) as address:
        stream = visitor.enter_context(urllib.request.urlopen(f"{address}/gradio_api/heartbeat/me", timeout=60))
        assert stream.readline() == b"data: ALIVE\n"
        # here the site is asked to end, and fails the test after 20 seconds; only then is the stream closed


@pytest.mark.browser
def test_a_page_that_is_open_while_the_server_restarts_asks_the_new_one_and_keeps_the_conversation(tmp_path):
    shutil.copytree(ROOT / "corpus" / "ha-noi-long-bien", tmp_path / "corpus")
    port = free_port()
    with chromium() as browser:
        page = browser.new_context(viewport=DESKTOP, locale="vi-VN").new_page()
        with fake_site(tmp_path, port) as address:
            page.goto(address)
            page.locator(".welcome").wait_for()
            assert "406" in ask(page, QUESTION)
        with fake_site(tmp_path, port):
            assert "406" in ask(page, QUESTION)
            assert page.locator(".exchange").count() == 2
