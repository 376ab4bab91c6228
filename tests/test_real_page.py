"""The page over the real encoder and the real reader."""

from __future__ import annotations

import pytest

from testing.browsing import ask, chromium, free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.model]


def test_the_real_encoder_answers_on_the_page(real_index):
    port = free_port()
    command = ["-m", "qa", "serve", "--index", str(real_index), "--port", str(port)]
    with serving(command, port) as address, chromium() as browser:
        page = browser.new_context(locale="vi-VN").new_page()
        page.goto(address)
        page.locator(".welcome").wait_for()
        assert "406" in ask(page, "quan long bien giam bao nhieu nguoi hoat dong khong chuyen trach")
