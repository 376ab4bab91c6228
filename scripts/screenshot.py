"""Make the README's screenshot: ask one question on the running page.

qa serve & python scripts/screenshot.py http://127.0.0.1:7860 docs/images/page.png
"""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import sync_playwright

QUESTION = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"


def main(address: str, target: str, width: str = "1100", height: str = "800") -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(locale="vi-VN", viewport={"width": int(width), "height": int(height)})
        page.goto(address)
        page.get_by_role("textbox").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator(".source").first.wait_for(timeout=20_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
