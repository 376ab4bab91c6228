"""The page's letters, places, words and troubles, in headless Chromium over a small corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from testing.browsing import DESKTOP, PHONE, ask, fake_site, free_port

pytestmark = pytest.mark.browser
QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
TWO_SOURCES = "Quận Long Biên giảm bao nhiêu người không chuyên trách và bao nhiêu chi bộ tổ dân phố?"
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
ENGLISH = re.compile(
    r"\b(submit|send|stop|retry|undo|clear|copy|edit|like|dislike|share|download|upload|search|settings|loading|error|"
    r"close|fullscreen|built with|use via|api|chatbot|textbox|label|row|column|processing|queue)\b",
    re.IGNORECASE,
)


def opened(browser, address: str, size: dict[str, int] = DESKTOP, context=None):
    page = (context or browser.new_context(viewport=size, locale="vi-VN")).new_page()
    page.goto(address)
    page.locator("#hoi-thoai").get_by_text("Kính chào").or_(page.locator(".exchange")).first.wait_for()
    return page


@pytest.fixture
def page(browser, server) -> Iterator:
    page = opened(browser, server)
    yield page
    page.context.close()


def words_shown(page) -> str:
    """Return what a reader sees or hears on a page: texts, names, titles, placeholders."""
    return page.evaluate("""() => {
      const named = ["aria-label", "title", "placeholder", "alt"];
      const attributes = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility())
        .flatMap((one) => named.map((name) => one.getAttribute(name) || ""));
      return [document.title, document.body.innerText, ...attributes].join("\\n");
    }""")


def test_nothing_that_is_shown_or_read_out_is_english(page, server):
    ask(page, QUESTION)
    page.get_by_role("button", name="Chưa").click()
    page.locator("#bo-loc summary").click()
    assert ENGLISH.findall(words_shown(page)) == []
    for path in ("/tai-lieu", "/doc/long-bien-tinh-gon-bo-may-2022", "/doc/khong-co"):
        page.goto(server + path)
        assert page.locator("html").get_attribute("lang") == "vi"
        assert ENGLISH.findall(words_shown(page)) == []


def test_every_letter_comes_from_the_site_itself(browser, server):
    from fontTools.ttLib import TTFont

    context = browser.new_context(locale="vi-VN")
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = opened(browser, server, context=context)
    ask(page, QUESTION)
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
    loaded = page.evaluate("[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family)")
    assert any("IBM Plex Sans" in family for family in loaded)
    assert "IBM Plex Sans" in page.locator(".text").first.evaluate("text => getComputedStyle(text).fontFamily")
    context.close()
    fonts = {url.rpartition("/")[2] for url in asked if url.endswith(".woff2")}
    assert fonts == {"IBMPlexSans-Regular.woff2", "IBMPlexSans-Bold.woff2"}
    for name in fonts:
        (font,) = Path(find_spec("gradio").origin).parent.rglob(name)
        assert {ord(letter) for letter in LETTERS + LETTERS.upper()} <= set(TTFont(font).getBestCmap())


BOXES = "['#hoi-thoai', '#nguon'].map(name => document.querySelector(name).getBoundingClientRect().toJSON())"


def test_the_sources_stand_beside_the_answer_and_on_a_phone_below_it(browser, server):
    for size, beside in ((DESKTOP, True), (PHONE, False)):
        page = opened(browser, server, size)
        ask(page, QUESTION)
        talk, sources = page.evaluate(BOXES)  # both at once: the page may be scrolling
        assert (sources["left"] >= talk["right"]) == beside
        assert (sources["top"] >= talk["bottom"]) != beside
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.context.close()


def test_the_second_mark_leads_to_the_second_source(page):
    page.get_by_label("Chỉ tìm đoạn").check()
    ask(page, QUESTION)
    page.locator("#luot-1 .sources .mark").nth(1).click()
    assert page.evaluate("document.activeElement.id") == "nguon-1-2"
    assert page.locator("#nguon-1-2 .marker").inner_text() == "2"


def test_a_source_shows_where_it_comes_from_and_why_it_was_chosen(page):
    ask(page, QUESTION)
    card = page.locator("#nguon-1-1")
    assert "Tuổi trẻ Thủ đô (03/01/2022)" in card.locator(".attribution").inner_text()
    assert card.locator(".whose").inner_text() in ("Trích nguyên văn", "Trích bài tóm lược")
    assert card.locator(".why").inner_text().startswith("Vì sao chọn: khớp các từ “Quận Long Biên giảm”")
    with page.context.expect_page() as original:
        card.locator("a.original").evaluate("link => { link.href = '/health'; link.click(); }")
    assert original.value.url.endswith("/health")


def test_days_leave_only_what_was_published_between_them(page):
    page.locator("#bo-loc summary").click()
    page.get_by_label("Từ ngày").fill("1/1/2022")
    page.get_by_label("Đến ngày").fill("31/01/2022")
    page.get_by_label("Chỉ tìm đoạn").check()
    page.locator("#cau-hoi textarea").fill("Hà Nội sắp xếp phường")
    page.keyboard.press("Enter")
    page.locator(".exchange .scope").get_by_text("từ 01/01/2022").wait_for()
    attributions = page.locator("#nguon .attribution").all_inner_texts()
    assert attributions
    assert all(attribution.endswith("/01/2022)") for attribution in attributions)


def test_two_tabs_of_one_browser_do_not_mix(browser, server):
    context = browser.new_context(locale="vi-VN")
    first, second = (opened(browser, server, context=context) for _ in range(2))
    ask(first, QUESTION)
    assert "chưa đủ căn cứ" in ask(second, "Giá vàng hôm nay bao nhiêu?")
    ask(first, "Quận Long Biên giảm bao nhiêu chi bộ tổ dân phố?")
    asked = [page.locator(".exchange .message.user").all_inner_texts() for page in (first, second)]
    assert asked == [[QUESTION, "Quận Long Biên giảm bao nhiêu chi bộ tổ dân phố?"], ["Giá vàng hôm nay bao nhiêu?"]]
    context.close()


def test_a_lost_server_that_comes_back_answers_again(folder, browser):
    port = free_port()
    with fake_site(folder, port) as address:
        page = opened(browser, address)
    page.get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("Đang tự nối lại").wait_for(timeout=20_000)
    with fake_site(folder, port):
        page.get_by_text("Đang tự nối lại").wait_for(state="hidden")
        page.locator("#hoi-thoai").get_by_text("Kính chào").wait_for()
        assert "406" in ask(page, QUESTION)
    page.context.close()


def test_what_fails_is_said_politely_with_a_number_and_nothing_else(page):
    page.get_by_role("textbox").fill("Long Biên thật hỏng giảm bao nhiêu người?")
    page.keyboard.press("Enter")
    page.get_by_text("hệ thống đang gặp trục trặc").wait_for()
    assert re.search(r"\(mã [0-9a-f]{8,16}\)", page.locator(".trouble").inner_text())
    assert "only the log" not in words_shown(page)
    assert "RuntimeError" not in words_shown(page)
    assert "406" in ask(page, QUESTION)


def test_the_limit_of_characters_is_said_before_sending(page):
    box, said = page.get_by_role("textbox"), page.locator("#bo-loc .limit")
    box.fill("x" * 1700)
    assert said.inner_text() == ""
    box.fill("x" * 1900)
    assert said.inner_text() == "1.900/2.000 ký tự"
    box.press_sequentially("y" * 101)
    assert said.inner_text() == "2.000/2.000 ký tự: đã đủ, phần viết thêm không được nhận"
    box.fill(QUESTION)
    assert said.inner_text() == ""


def test_the_corpus_page_finds_by_words_and_shows_its_chart(page, server):
    page.goto(f"{server}/tai-lieu")
    everything = page.locator(".articles li").count()
    assert page.locator("figure.chart .bars svg").count() >= 1
    page.get_by_role("searchbox").fill("tinh gon bo may co so")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-lieu?q=*")
    assert 1 <= page.locator(".articles li").count() < everything
    page.locator(".articles a").first.click()
    page.locator("article.reader").wait_for()


def test_filters_feedback_and_the_reader_are_reached_by_keys_alone(page):
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#luot-1 .text").wait_for()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.name || ''").strip())
    for name in ("Trò chuyện mới", "Sao chép", "Hỏi lại", "Sửa câu hỏi", "Có ích", "Chưa"):
        assert name in reached, name
    assert any(one.startswith("Bộ lọc") for one in reached)
    assert any(one.startswith("Đọc toàn văn") for one in reached)
    page.locator("#bo-loc summary").press("Enter")
    assert page.get_by_label("Từ ngày").is_visible()
