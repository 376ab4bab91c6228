"""An OpenAI-compatible server that says what it is told: it answers well, lies, streams slowly, or breaks."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

STATUSES = {"wrong key": 401, "too many": 429, "failure": 500, "redirect": 307}
END = b"data: [DONE]\n\n"


@dataclass
class FakeModel:
    """What the server says: the first of ``script`` to the first request, and so on, the last for ever.

    Each is a text, or a fault: one of ``STATUSES``, "half", "silence", "huge", "not utf-8", "html", "not json".
    ``pause``: seconds before each piece of a text. ``hung_up``: set once a client closed its reply half-way.
    """

    script: list[str]
    pause: float = 0.0
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def next(self) -> str:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def piece(text: str | None, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish}
    body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "gia", "choices": [choice]}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


class Handler(BaseHTTPRequestHandler):
    model: ClassVar[FakeModel]

    def do_POST(self) -> None:
        self.model.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.model.keys.append(self.headers.get("Authorization", ""))
        said = self.model.next()
        try:
            if said in STATUSES:
                self.begin(STATUSES[said], "application/json")
                self.wfile.write(b'{"error": {"message": "no"}}')
            else:
                self.begin(200, "text/html" if said == "html" else "text/event-stream")
                for some in self.pieces(said):
                    self.wfile.write(some)
                    self.wfile.flush()
        except ConnectionError:
            self.model.hung_up.set()

    def begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 307:
            self.send_header("Location", "http://127.0.0.1:9/v1/chat/completions")
        self.end_headers()

    def pieces(self, said: str) -> Iterator[bytes]:
        if said == "silence":
            self.model.ended.wait(60)
        elif said == "half":
            yield piece("Quận Long Biên giảm 406 người hoạt động không chuyên trách [1]. Quận")
        elif said == "huge":
            yield b"data: " + b"x" * 10_000_000
        elif said == "not utf-8":
            yield b'data: {"choices": [{"delta": {"content": "\xff\xfe\xc3"}}]}\n\n' + END
        elif said == "html":
            yield b"<html><body><h1>It works!</h1></body></html>"
        elif said == "not json":
            yield b"data: {{{\n\n" + END
        else:
            for word in said.split(" "):
                time.sleep(self.model.pause)
                yield piece(f"{word} ")
            yield piece(None, "stop") + END

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def fake_model(*script: str, pause: float = 0.0) -> Iterator[FakeModel]:
    """Serve a model that says what the script holds, at an address of its own."""
    model = FakeModel(list(script), pause)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Scripted", (Handler,), {"model": model}))
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield model
    finally:
        model.ended.set()
        server.shutdown()
        server.server_close()
