"""The page as a person meets it, in headless Chromium over a small corpus."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.browsing import DESKTOP, PHONE, ask, fake_site, free_port, hurrying

pytestmark = pytest.mark.browser
ACCENTED = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
BARE = "quan long bien giam bao nhieu nguoi hoat dong khong chuyen trach"
HOSTILE = "<img src=x onerror=\"document.title='hong'\"> quận Long Biên ${alert(1)} {{x}} giảm người"
TRAP = """---
title: "<img src=x onerror=document.title='hong'> Bài có mã lạ"
source: "<script>document.title='hong'</script>"
url: "javascript:document.title='hong'"
kind: decision
published: 2024-05-06
---
# <b>Mục</b>

Trung tâm Zeta tiếp nhận 77 hồ sơ <img src=x onerror="document.title='hong'"> {{x}} ${alert(1)}.
"""


@pytest.fixture(scope="module")
def folder(folder) -> Path:
    (folder / "corpus" / "ma-la.md").write_text(TRAP, encoding="utf-8")
    return folder


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def page(request, browser, server) -> Iterator:
    """A visitor's first look at the page, on a desktop and on a phone; a broken script fails the test."""
    size, scheme = request.param
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="vi-VN")
    page = opened(context, server)
    yield page
    assert page.problems == []
    context.close()


@pytest.fixture
def desktop(browser, server) -> Iterator:
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN", permissions=["clipboard-read", "clipboard-write"])
    yield opened(context, server)
    context.close()


def opened(context, address: str):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.locator("#hoi-thoai").get_by_text("Kính chào").or_(page.locator(".exchange")).first.wait_for()
    return page


@pytest.mark.parametrize("question", [ACCENTED, BARE])
def test_a_citizen_asks_and_sees_figure_sentence_article_and_date(page, question):
    said = ask(page, question)
    assert "406" in said
    assert "Quận Long Biên tinh gọn bộ máy cơ sở" in said
    assert "03/01/2022" in said
    assert page.locator("#nguon .source mark").first.inner_text().startswith("Sau khi sắp xếp, quận Long Biên giảm 406")
    assert page.locator("#nguon a.original[href='https://tuoitrethudo.vn']").first.is_visible()


def test_the_input_invites_the_next_question(page):
    ask(page, ACCENTED)
    box = page.get_by_role("textbox")
    assert box.input_value() == ""
    assert box.get_attribute("placeholder") == "Hỏi có dấu hoặc không dấu…"
    assert box.is_visible()


def test_what_is_not_in_the_documents_is_declined(page):
    assert "chưa đủ căn cứ" in ask(page, "Giá vàng hôm nay bao nhiêu?")
    assert page.locator("#nguon .source").count() == 0


def test_the_question_can_be_searched_exactly_as_typed(page):
    assert "Hiểu là" in ask(page, BARE)
    page.get_by_role("button", name="Tìm đúng như đã gõ").click()
    page.get_by_text("Đã tìm đúng như ông/bà gõ.").wait_for()
    assert page.locator(".exchange").count() == 1


def test_a_click_on_a_mark_goes_to_its_source(page):
    ask(page, ACCENTED)
    ask(page, "Quận Long Biên cung cấp bao nhiêu thủ tục hành chính ở mức độ 3 và 4?")
    page.locator("#luot-1 .text .mark").first.click()
    card = page.locator("#nguon-1-1")
    card.wait_for()
    assert card.evaluate("card => card === document.activeElement")
    page.wait_for_function("document.querySelector('#nguon-1-1').getBoundingClientRect().top < innerHeight")
    assert not page.locator("#nguon-2-1").is_visible()


def test_the_reader_opens_at_the_sentence_under_an_address_of_its_own(page):
    ask(page, ACCENTED)
    with page.expect_popup() as popup:
        page.locator("#nguon a.read").first.click()
    reader = popup.value
    reader.locator("mark#cau").wait_for()
    assert reader.locator("mark#cau").inner_text().startswith("Sau khi sắp xếp, quận Long Biên giảm 406")
    top = reader.locator("mark#cau").evaluate("mark => mark.getBoundingClientRect().top")
    assert 0 < top < reader.viewport_size["height"]
    assert "/doc/long-bien-tinh-gon-bo-may-2022?s=" in reader.url


def test_filters_leave_only_what_they_allow(page):
    page.locator("#bo-loc summary").click()
    page.get_by_label("Loại").select_option("resolution")
    page.locator("#cau-hoi textarea").fill("Hà Nội sắp xếp xã phường")
    page.keyboard.press("Enter")
    page.locator(".exchange .scope").get_by_text("Nghị quyết").wait_for()
    attributions = page.locator("#nguon .attribution").all_inner_texts()
    assert attributions
    assert all("Nghị quyết" in attribution for attribution in attributions)


def test_days_in_the_wrong_order_are_named(page):
    page.locator("#bo-loc summary").click()
    page.get_by_label("Từ ngày").fill("1/1/2025")
    page.get_by_label("Đến ngày").fill("31/12/2024")
    page.locator("#cau-hoi textarea").fill(ACCENTED)
    page.keyboard.press("Enter")
    page.get_by_text("“từ ngày” phải trước “đến ngày”").wait_for()
    assert page.locator("#cau-hoi textarea").input_value() == ACCENTED


@pytest.mark.parametrize("day", ["31/2/2025", "2025", "x"])
def test_a_day_that_is_none_is_named(desktop, day):
    desktop.locator("#bo-loc summary").click()
    desktop.get_by_label("Từ ngày").fill(day)
    desktop.locator("#cau-hoi textarea").fill(ACCENTED)
    desktop.keyboard.press("Enter")
    desktop.get_by_text("xin ghi như 31/12/2025").wait_for()


def test_search_alone_ranks_passages(page):
    page.get_by_label("Chỉ tìm đoạn").check()
    said = ask(page, "thủ tục hành chính Long Biên")
    assert "10 đoạn phù hợp nhất" in said
    assert page.locator("#nguon .source").count() == 10


def test_a_follow_up_made_from_the_sources_is_answered(page):
    ask(page, ACCENTED)
    page.get_by_role("button", name="Thủ tục hành chính", exact=True).click()
    page.locator("#luot-2 .text").wait_for()
    assert "thủ tục hành chính" in page.locator("#luot-2").inner_text().lower()


def test_a_follow_up_is_answered_after_what_was_asked_before(page):
    ask(page, ACCENTED)
    ask(page, "Thế còn chi bộ tổ dân phố?")
    assert "80" in page.locator("#luot-2 .text").inner_text()


def test_a_search_under_way_is_seen_and_can_be_stopped(page, folder):
    page.get_by_role("textbox").fill("Long Biên thật chậm giảm bao nhiêu người?")
    page.keyboard.press("Enter")
    page.get_by_text("Đang tìm trong 9 bài viết…").wait_for()
    page.get_by_role("button", name="Dừng").click()
    page.locator(".pending").wait_for(state="detached")
    assert page.locator(".exchange").count() == 0
    assert page.get_by_role("textbox").input_value() == "Long Biên thật chậm giảm bao nhiêu người?"
    assert "406" in ask(page, ACCENTED)
    with hurrying(folder):
        page.wait_for_timeout(1000)  # the stopped answer has come by now
    assert page.locator(".exchange").count() == 1


def test_one_who_waits_does_not_hold_up_another(browser, server, folder):
    slow, quick = (opened(browser.new_context(locale="vi-VN"), server) for _ in range(2))
    slow.get_by_role("textbox").fill("Long Biên thật chậm giảm bao nhiêu người?")
    slow.keyboard.press("Enter")
    slow.locator(".pending").wait_for()
    assert "406" in ask(quick, ACCENTED)
    assert slow.locator(".pending").is_visible()
    with hurrying(folder):
        slow.locator("#luot-1 .text").wait_for()
    slow.context.close()
    quick.context.close()


def test_a_lost_server_is_said_in_vietnamese_and_the_question_stays(folder, browser):
    context = browser.new_context(locale="vi-VN")
    with fake_site(folder, free_port()) as address:
        page = opened(context, address)
    page.get_by_role("textbox").fill(ACCENTED)
    page.keyboard.press("Enter")
    page.get_by_text("Đang tự nối lại").wait_for(timeout=20_000)
    assert page.get_by_role("textbox").input_value() == ACCENTED
    context.close()


def test_an_example_of_the_greeting_is_answered(page):
    page.locator(".welcome .chip").first.click()
    page.locator("#luot-1 .text").wait_for()
    assert page.locator("#nguon .source").count() >= 1


def test_a_conversation_outlives_reload_and_server(folder, browser):
    port = free_port()
    context = browser.new_context(viewport=DESKTOP, locale="vi-VN")
    with fake_site(folder, port) as address:
        ask(opened(context, address), ACCENTED)
    with fake_site(folder, port) as address:
        again = opened(context, address)
        again.locator("#luot-1 .text").wait_for()
        assert "406" in again.locator("#luot-1").inner_text()
        again.get_by_role("button", name="Trò chuyện mới").click()
        again.locator(".welcome").wait_for()
        again.reload()
        again.locator(".welcome").wait_for()
        assert again.locator(".exchange").count() == 0
    context.close()


def test_two_visitors_do_not_mix(browser, server):
    first, second = (opened(browser.new_context(locale="vi-VN"), server) for _ in range(2))
    ask(first, ACCENTED)
    assert "chưa đủ căn cứ" in ask(second, "Giá vàng hôm nay bao nhiêu?")
    assert first.locator(".exchange").count() == second.locator(".exchange").count() == 1
    first.context.close()
    second.context.close()


@pytest.mark.parametrize(("button", "ending", "start"), [("Markdown", ".md", b"# "), ("Word", ".docx", b"PK")])
def test_the_conversation_is_exported(desktop, button, ending, start):
    ask(desktop, ACCENTED)
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name=f"Tải {button}").click()
    assert download.value.suggested_filename.endswith(ending)
    assert Path(download.value.path()).read_bytes().startswith(start)


def test_a_thumb_and_its_reason_are_kept(desktop, folder):
    ask(desktop, ACCENTED)
    desktop.get_by_role("button", name="Chưa").click()
    desktop.get_by_role("button", name="Thông tin cũ").click()
    desktop.get_by_text("Cảm ơn ông/bà đã góp ý.").wait_for()
    with sqlite3.connect(folder / "feedback.sqlite") as file:
        row = file.execute("SELECT question, helpful, reason, generation, sources FROM feedback").fetchall()[-1]
    assert row[:3] == (ACCENTED, 0, "Thông tin cũ")
    assert row[3].startswith("g0000")
    assert "long-bien-tinh-gon-bo-may-2022" in row[4]


def test_an_answer_is_copied_with_its_sources(desktop):
    ask(desktop, ACCENTED)
    desktop.get_by_role("button", name="Sao chép").click()
    desktop.get_by_text("Đã chép").wait_for()
    copied = desktop.evaluate("navigator.clipboard.readText()")
    assert "406" in copied
    assert "[1] Quận Long Biên tinh gọn bộ máy cơ sở" in copied


def test_a_question_is_edited_and_asked_again(desktop):
    ask(desktop, ACCENTED)
    desktop.get_by_role("button", name="Sửa câu hỏi").click()
    assert desktop.get_by_role("textbox").input_value() == ACCENTED
    desktop.get_by_role("button", name="Hỏi lại").click()
    desktop.locator("#luot-1 .text").wait_for()
    assert desktop.locator(".exchange").count() == 1


def test_a_shared_question_is_asked_on_opening(browser, server):
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"{server}/?q=Qu%E1%BA%ADn%20Long%20Bi%C3%AAn%20gi%E1%BA%A3m%20bao%20nhi%C3%AAu%20ng%C6%B0%E1%BB%9Di")
    page.locator("#luot-1 .text").wait_for()
    assert "406" in page.locator("#luot-1").inner_text()
    page.reload()
    page.locator("#luot-1 .text").wait_for()
    assert page.locator(".exchange").count() == 1
    context.close()


def test_the_keyboard_alone_is_enough(desktop):
    desktop.keyboard.type(ACCENTED)
    desktop.keyboard.press("Enter")
    desktop.locator("#luot-1 .text").wait_for()
    for _ in range(60):
        desktop.keyboard.press("Tab")
        if desktop.evaluate("document.activeElement.className") == "mark":
            break
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "nguon-1-1"
    desktop.keyboard.press("Tab")
    assert "bài “Nâng cao" in desktop.evaluate("document.activeElement.textContent")  # what the summary rests on
    desktop.keyboard.press("Tab")
    assert "Đọc toàn văn" in desktop.evaluate("document.activeElement.textContent")


def test_markup_in_questions_and_documents_stays_text(page, server):
    for question in (HOSTILE, "Trung tâm Zeta tiếp nhận bao nhiêu hồ sơ?"):
        ask(page, question)
        page.wait_for_timeout(300)
        assert "hong" not in page.title()
    assert "77 hồ sơ <img src=x" in page.locator("#luot-2 .text").inner_text()
    assert page.locator("#khung img, #khung script, #nguon a[href^='javascript']").count() == 0
    page.goto(f"{server}/doc/ma-la")
    assert "${alert(1)}" in page.locator(".body").inner_text()
    assert "hong" not in page.title().replace("document.title='hong'", "")
    assert page.locator("main img, main script").count() == 0


def test_the_input_takes_no_more_than_two_thousand_characters(desktop):
    box = desktop.get_by_role("textbox")
    assert box.get_attribute("maxlength") == "2000"


def test_a_shared_question_that_is_too_long_is_said_to_be(browser, server):
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"{server}/?q={'a' * 2001}")
    page.get_by_text("câu hỏi dài quá 2.000 ký tự").wait_for()
    context.close()


def test_a_page_without_an_index_explains_and_opens_by_itself(tmp_path, browser):
    (tmp_path / "corpus").mkdir()
    with fake_site(tmp_path, free_port()) as address:
        page = browser.new_context(locale="vi-VN").new_page()
        page.goto(address)
        page.get_by_text("Kho tài liệu đang được chuẩn bị").wait_for()
        build_elsewhere(tmp_path)
        page.get_by_text("Kính chào ông/bà").wait_for(timeout=20_000)
        page.context.close()


def build_elsewhere(folder: Path) -> None:
    from qa.session import build_index
    from testing.fake_encoder import LONG_BIEN, WordHashEncoder

    (folder / "corpus" / "long-bien.md").write_text(LONG_BIEN, encoding="utf-8")
    build_index(folder / "corpus", folder / "index", WordHashEncoder())
