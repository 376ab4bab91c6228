"""Addresses that lead into the network behind the server, through ``qa add`` and through the operator's page."""

from __future__ import annotations

import socket

import pytest

from qa.feedback import FeedbackStore
from qa.ingest import take_in
from qa.settings import Settings
from qa.web import LiveSession
from qa.web.admin import Operator
from qa.web.templates import is_web_address, source_link
from testing.fake_reader import OverlapReader

INWARD = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0/",
    "http://localhost/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://127.0.0.1@10.0.0.1/",
    "http://8.8.8.8@127.0.0.1/",
    "http://127.0.0.1%2f@8.8.8.8/",
    "http://8.8.8.8\\@127.0.0.1/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://127.0.0.1:80#@8.8.8.8/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_x",
    "dict://127.0.0.1:11211/",
    "jar:http://127.0.0.1!/",
    "unix:///var/run/docker.sock",
]


@pytest.fixture(autouse=True)
def no_connections(monkeypatch) -> list:
    """Note every connection that is begun, and let none through."""
    begun = []

    def connect(address, *_rest, **_more):
        begun.append(address)
        raise ConnectionRefusedError("no connection in this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    return begun


@pytest.mark.parametrize("address", INWARD)
def test_no_address_leads_inward(address, tmp_path, no_connections):
    (intake,) = take_in([address], tmp_path / "kho").intakes
    assert intake.outcome == "refused"
    assert no_connections == []


@pytest.mark.parametrize("address", INWARD)
def test_the_operator_s_page_fetches_none_of_them(address, encoder, corpus, tmp_path, no_connections):
    operator = Operator(
        LiveSession(tmp_path / "index", encoder, OverlapReader()),  # taking in reads no index
        FeedbackStore(tmp_path / "feedback.sqlite"),
        Settings(corpus=corpus),
    )
    said = operator.add(None, address, lambda *_, **__: None)
    assert "0/1 tài liệu đã vào kho" in said or "bắt đầu bằng http://" in said
    assert no_connections == []


def test_a_public_address_is_tried_so_that_the_tests_above_can_fail(tmp_path, no_connections):
    take_in(["http://8.8.8.8/"], tmp_path / "kho")
    assert no_connections == [("8.8.8.8", 80)]


def test_a_user_before_the_host_is_refused_and_not_repeated(tmp_path):
    (intake,) = take_in(["https://ten:mat-khau@8.8.8.8/a"], tmp_path / "kho").intakes
    assert intake.reason == "names a user before the host '8.8.8.8'; leave out what stands before the @"


@pytest.mark.parametrize(
    "url", ["https://chinhphu.vn@evil.example/", "https://a\\@evil.example/", "https://a b/", "javascript:x", "https:a"]
)
def test_an_address_that_is_not_what_it_seems_is_no_link(url):
    assert not is_web_address(url)
    assert "<a" not in source_link(url)


def test_an_at_sign_in_a_path_is_no_deceit():
    assert is_web_address("https://example.org/@tac-gia/bai?x=a@b")
