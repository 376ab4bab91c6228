"""The page with a model that phrases answers: what it says appears only after its check, and a switch turns it off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from testing.browsing import DESKTOP, ask, fake_site, free_port
from testing.fake_model import FakeModel, fake_model

pytestmark = pytest.mark.browser
QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
GOOD = "Quận Long Biên đã giảm 406 người hoạt động không chuyên trách [1]."
ALSO = "Quận Long Biên giảm được 406 người hoạt động không chuyên trách [1]."
LIE = "Quận Long Biên đã giảm 987 người hoạt động không chuyên trách [1]."
WATCH = """() => {
  window.lies = [];
  const look = () => { if (document.body.innerText.includes("987")) window.lies.push(Date.now()); };
  new MutationObserver(look).observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture(scope="module")
def model() -> Iterator[FakeModel]:
    with fake_model(GOOD, pause=0.02) as model:
        yield model


@pytest.fixture(scope="module")
def server(folder, model) -> Iterator[str]:
    with fake_site(folder, free_port(), QA_LLM_URL=model.url, QA_LLM_MODEL="gia", QA_LLM_SECONDS="5") as address:
        yield address


@pytest.fixture
def page(browser, server) -> Iterator:
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(server)
    page.locator("#hoi-thoai").get_by_text("Kính chào").wait_for()
    yield page
    assert page.problems == []
    context.close()


def test_the_quotes_come_first_then_a_composed_answer_whose_marks_open_their_quote(page, model):
    model.script[:] = [GOOD]
    ask(page, QUESTION)
    assert "406" in page.locator(".exchange .text").first.inner_text()
    page.locator(".composed").wait_for()
    assert GOOD.replace(" [1].", ".") in page.locator(".composed .text").inner_text().replace("\xa0", " ")
    assert "Diễn đạt bởi mô hình gia, từng câu đã đối chiếu với nguồn" in page.locator(".composed .by").inner_text()
    page.locator(".composed .mark").first.click()
    page.locator("#nguon-1-1.lit").wait_for()
    page.reload()
    page.locator(".composed").wait_for()


def test_a_lie_is_never_visible_even_for_a_moment(page, model):
    model.script[:] = [f"{GOOD} {LIE} {ALSO}", LIE]
    page.evaluate(WATCH)
    ask(page, QUESTION)
    page.locator(".composed .text").get_by_text("giảm được 406").wait_for()
    page.wait_for_timeout(1_000)
    assert len(model.asked) >= 2
    assert page.evaluate("window.lies") == []
    assert page.locator(".composed").count() == 1


def test_the_switch_leaves_the_page_as_it_is_without_a_model(page, model):
    before = len(model.asked)
    switch = page.get_by_label("Diễn đạt lại bằng mô hình")
    assert switch.is_checked()
    assert switch.evaluate("box => getComputedStyle(box).appearance") == "auto"  # else it looks the same on and off
    switch.uncheck()
    ask(page, QUESTION)
    page.wait_for_timeout(700)
    assert page.locator(".composed, .exchange .by").count() == 0
    assert len(model.asked) == before


def test_a_fault_is_told_below_the_quotes_which_stand(page, model):
    model.script[:] = ["failure"]
    ask(page, QUESTION)
    page.get_by_text("Không dùng được mô hình diễn đạt").wait_for()
    assert "406" in page.locator(".exchange .text").first.inner_text()
