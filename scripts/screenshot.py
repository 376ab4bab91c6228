"""Make the README's screenshots of a running site: the chat in both themes and on a phone, the reader, the corpus.

qa serve & python scripts/screenshot.py http://127.0.0.1:7860 docs/images
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
QUESTIONS = (
    "quan long bien giam bao nhieu nguoi hoat dong khong chuyen trach",
    "Từ 01/7/2025 chính quyền địa phương có mấy cấp?",
)


def opened(browser: Browser, size: dict[str, int], scheme: str) -> Page:
    return browser.new_context(viewport=size, color_scheme=scheme, locale="vi-VN").new_page()


def shoot(page: Page, target: Path) -> None:
    page.wait_for_timeout(1200)  # letters loaded, scrolling done
    page.screenshot(path=target)


def chat(page: Page, address: str, question: str) -> None:
    """Ask a question and go to the source of its first mark."""
    page.goto(address)
    page.locator(".welcome").wait_for()
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    page.locator("#luot-1 .text").wait_for(timeout=20_000)


def main(address: str, folder: str) -> None:
    images = Path(folder)
    images.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        page = opened(browser, DESKTOP, "light")
        chat(page, address, QUESTIONS[0])
        shoot(page, images / "page.png")
        with page.expect_popup() as reader:
            page.locator("#nguon a.read").first.click()
        shoot(reader.value, images / "reader.png")
        page.goto(f"{address}/tai-lieu")
        shoot(page, images / "corpus.png")
        dark = opened(browser, DESKTOP, "dark")
        chat(dark, address, QUESTIONS[1])
        shoot(dark, images / "dark.png")
        phone = opened(browser, PHONE, "light")
        chat(phone, address, QUESTIONS[0])
        shoot(phone, images / "phone.png")
        phone.locator("#luot-1 .text .mark").first.click()
        shoot(phone, images / "phone-source.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
