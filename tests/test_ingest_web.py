"""Web addresses: a real server on 127.0.0.1, good pages and every way to misbehave."""

from __future__ import annotations

import dataclasses
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa.corpus.articles import load_corpus
from qa.ingest import FetchSettings, take_in
from qa.ingest.fetch import is_public
from tests.test_ingest import SENTENCES, html_page

PAGE = html_page("Quận Long Biên tinh gọn bộ máy", SENTENCES).encode()
HASTY = FetchSettings(allow_private=True, timeout_seconds=0.7, total_seconds=1, largest_bytes=300_000)
OPEN = FetchSettings(allow_private=True, timeout_seconds=2, total_seconds=3, largest_bytes=300_000)


class Site(BaseHTTPRequestHandler):
    """Answers by path; ``robots`` and ``seen`` belong to the running test."""

    protocol_version = "HTTP/1.1"
    robots: tuple[int, str] = (404, "")
    seen: list[tuple[str, str, str]] = []  # noqa: RUF012 - emptied for each test

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
        name = self.path.strip("/").split("/")[0].split("?")[0].replace(".", "_").replace("-", "_")
        getattr(self, f"page_{name}", self.page_missing)()

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def page_robots_txt(self) -> None:
        status, text = self.robots
        self.answer(status, text.encode())

    def page_bai(self) -> None:
        self.answer(200, PAGE, Content_Type="text/html; charset=iso-8859-1")

    def page_nen(self) -> None:
        self.answer(200, gzip.compress(PAGE), Content_Type="text/html", Content_Encoding="gzip")

    def page_bom(self) -> None:
        self.answer(200, gzip.compress(b"<p>" + b"a" * 50_000_000), Content_Type="text/html", Content_Encoding="gzip")

    def page_doi(self) -> None:
        self.answer(302, Location="/bai")

    def page_vong(self) -> None:
        self.answer(302, Location="/vong")

    def page_tep(self) -> None:
        self.answer(302, Location="file:///etc/passwd")

    def page_missing(self) -> None:
        self.answer(404, b"nothing")

    def page_mai(self) -> None:
        """Send a page that never ends, fast."""
        self.send_response(200)
        self.end_headers()
        self.pour(b"<p>" + b"x" * 10_000, pause=0)

    def page_cham(self) -> None:
        """Send a page that never ends, a byte at a time."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.pour(b"x", pause=0.2)

    def page_dau_cham(self) -> None:
        """Send headers that never end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.pour(b"X-A: b\r\n", pause=0.2)

    def page_im(self) -> None:
        time.sleep(4)

    def pour(self, piece: bytes, pause: float) -> None:
        end = time.monotonic() + 8
        try:
            while time.monotonic() < end:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.robots = (404, "")
    Site.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "kho"


def reason(address: str, shelf: Path, settings: FetchSettings = OPEN) -> str:
    (intake,) = take_in([address], shelf, fetch=settings).intakes
    assert intake.outcome == "refused", intake
    assert ";" in intake.reason, "the cure is missing"
    return intake.reason


@pytest.mark.parametrize("path", ["bai", "nen", "doi"])
def test_a_page_goes_in_with_its_address_and_again_is_unchanged(site, shelf, path):
    (first,) = take_in([f"{site}/{path}"], shelf, fetch=OPEN).intakes
    (again,) = take_in([f"{site}/{path}"], shelf, fetch=OPEN).intakes
    assert (first.outcome, again.outcome) == ("taken", "unchanged")
    (document,) = load_corpus(shelf)
    assert document.text.strip().split("\n\n") == SENTENCES
    assert document.url == f"{site}/{'bai' if path == 'doi' else path}"
    assert Site.seen[-1][2].startswith("qa-cai-cach-hanh-chinh/")


def test_private_addresses_are_refused_in_every_spelling(site, shelf):
    port = site.rsplit(":", 1)[1]
    hosts = ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]  # noqa: S104
    for host in hosts:
        why = reason(f"http://{host}:{port}/bai", shelf, FetchSettings())
        assert "private or reserved network" in why or "Invalid IPv4 address" in why, host
    assert Site.seen == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.8.8.8", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to be refused
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("::10.0.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("2002:a00:1::", False),
        ("fc00::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("fec0::1", False),
        ("5f00::1", False),
        ("3fff::1", False),
        ("100::1", False),
        ("2001:0:1::1", False),
        ("::ffff:0:10.0.0.1", False),
        ("64:ff9b:1::a00:1", False),
        ("2a00::5efe:10.0.0.1", False),
        ("2a00::200:5efe:192.168.1.1", False),
        ("2a00::5efe:8.8.8.8", True),
        ("192.88.99.1", False),
        ("168.63.129.16", False),
    ],
)
def test_only_addresses_open_to_everyone_are_public(address, public):
    assert is_public(address) is public


def test_a_redirect_into_a_private_network_is_refused(site, shelf, monkeypatch):
    """The first host is let through as if it were public; where it leads to is checked again."""
    port = int(site.rsplit(":", 1)[1])
    real = socket.getaddrinfo

    def resolver(host, *rest, **more):
        name = host.decode() if isinstance(host, bytes) else host
        return real("127.0.0.1" if name == "vn.example" else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr("qa.ingest.fetch.is_public", lambda address: address != "10.0.0.1")
    monkeypatch.setattr(Site, "page_doi", lambda self: self.answer(302, Location="http://10.0.0.1/"))
    assert "leads to 10.0.0.1" in reason(f"http://vn.example:{port}/doi", shelf, FetchSettings(total_seconds=3))


def test_the_connection_goes_to_the_address_that_was_checked(site, shelf, monkeypatch):
    """A name server that first answers with one address and then with another (rebinding) is asked only once."""
    port = int(site.rsplit(":", 1)[1])
    answers = iter(["127.0.0.1"] * 2 + ["203.0.113.9"] * 50)
    real = socket.getaddrinfo

    def rebinding(host, *rest, **more):
        name = host.decode() if isinstance(host, bytes) else host
        return real(next(answers) if name == "vn.example" else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    (intake,) = take_in([f"http://vn.example:{port}/bai"], shelf, fetch=OPEN).intakes
    assert intake.outcome == "taken"
    assert {host for _, host, _ in Site.seen} == {f"vn.example:{port}"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_tls_is_checked_against_the_name_not_the_address(tmp_path, shelf, monkeypatch):
    """The server's certificate names vn.example only; the connection goes to the number behind that name."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=vn.example"
    subprocess.run([*command.split(), "-addext", "subjectAltName=DNS:vn.example"], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = socket.getaddrinfo
    names = ("vn.example", "khac.example")
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *r, **m: real("127.0.0.1" if host in names else host, *r, **m)
    )
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr("httpx.create_ssl_context", lambda **_: trusting)
    (intake,) = take_in([f"https://vn.example:{server.server_port}/bai"], shelf, fetch=OPEN).intakes
    assert intake.outcome == "taken", intake
    assert "certificate" in reason(f"https://khac.example:{server.server_port}/bai", shelf)
    server.shutdown()
    server.server_close()


def test_robots_are_respected(site, shelf):
    Site.robots = (200, "User-agent: *\nDisallow: /bai\n")
    assert "is closed to programs by" in reason(f"{site}/bai", shelf)
    assert [path for path, _, _ in Site.seen] == ["/robots.txt"]
    assert "is closed to programs by" in reason(f"{site}/doi", shelf)
    Site.robots = (503, "")
    assert "answers 503" in reason(f"{site}/nen", shelf)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("mai", "is larger than 0.3 MB"),
        ("bom", "is larger than 0.3 MB"),
        ("vong", "redirects more than 5 times"),
        ("tep", "only http and https addresses are fetched"),
        ("khong-co", "answers with status 404"),
        ("cham", "did not answer in time"),
        ("dau-cham", "did not answer in time"),
        ("im", "did not answer in time"),
    ],
)
def test_pages_that_misbehave_are_refused_in_bounded_time(site, shelf, path, why):
    patient = dataclasses.replace(OPEN, total_seconds=60)
    start = time.monotonic()
    assert why in reason(f"{site}/{path}", shelf, HASTY if "in time" in why else patient)
    assert time.monotonic() - start < 60


@pytest.mark.parametrize("address", ["http://", "http://[::1", "https://khong-co.invalid/a", "http://127.0.0.1:1/"])
def test_addresses_that_lead_nowhere_are_refused(shelf, address):
    reason(address, shelf)
