"""axe-core finds nothing serious or critical on any view, in both themes, on a desktop and a phone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from qa.evaluate.run import Quality, write_quality
from testing.browsing import DESKTOP, PHONE, ask, fake_site, free_port

pytestmark = pytest.mark.browser
QUESTION = "quan long bien giam bao nhieu nguoi hoat dong khong chuyen trach"
ADDRESSES = ["/doc/long-bien-tinh-gon-bo-may-2022?s=309&e=416#cau", "/doc/khong-co", "/tai-lieu", "/tai-lieu?q=long"]


@pytest.fixture(scope="module")
def server(folder) -> Iterator[str]:
    measured = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
    figures = {"ndcg@10": 0.967, "hit@1": 0.9, "recall@10": 1.0, "sentence@1": 0.76}
    write_quality(folder / "index", Quality("bo-cau-hoi", measured, "word-hash", figures))
    with fake_site(folder, free_port(), QA_OPERATOR_PASSWORD="mo-cua") as address:
        yield address


@pytest.fixture(params=[(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")], ids=str)
def context(request, browser) -> Iterator:
    size, scheme = request.param
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="vi-VN", bypass_csp=True)
    yield context
    context.close()


def violations(page) -> list[str]:
    """Return the serious and critical ones, each with the elements it is about."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['impact']} {one['id']}: {[node['html'][:160] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_the_chat_is_accessible(context, server):
    page = context.new_page()
    page.goto(server)
    page.locator(".welcome").wait_for()
    page.wait_for_timeout(300)  # Gradio fades in
    assert violations(page) == []
    ask(page, QUESTION)
    page.locator(".text .mark").first.click()
    page.get_by_role("button", name="Chưa").click()
    page.locator("#bo-loc summary").click()
    page.wait_for_timeout(300)
    assert violations(page) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_other_pages_are_accessible(context, server, address):
    page = context.new_page()
    page.goto(server + address)
    assert violations(page) == []


def test_the_operators_pages_are_accessible(context, server):
    page = context.new_page()
    page.goto(f"{server}/van-hanh")
    assert violations(page) == []
    page.get_by_label("Mật khẩu").fill("mo-cua")
    page.keyboard.press("Enter")
    page.get_by_text("Đang trả lời").wait_for()
    page.get_by_role("button", name="Đọc góp ý").click()
    page.get_by_text("có ích").wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []
