"""The server's end: nothing that a visitor holds open keeps it alive."""

from __future__ import annotations

import contextlib
import urllib.request

from testing.browsing import fake_site, free_port


def test_a_stream_that_a_browser_holds_open_does_not_keep_the_server_alive(tmp_path):
    (tmp_path / "corpus").mkdir()
    with contextlib.ExitStack() as visitor, fake_site(tmp_path, free_port()) as address:
        stream = visitor.enter_context(urllib.request.urlopen(f"{address}/gradio_api/heartbeat/me", timeout=60))
        assert stream.readline() == b"data: ALIVE\n"
        # here the site is asked to end, and fails the test after 20 seconds; only then is the stream closed
