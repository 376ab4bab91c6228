"""The frame of every page that is not the chat: head, header, footer."""

from __future__ import annotations

from qa.web.html_text import escape
from qa.web.suggest import TITLE

PLACES = (("/", "Hỏi đáp"), ("/tai-lieu", "Kho tài liệu"))
EMBLEM = (
    '<svg class="emblem" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">'
    '<rect x="5" y="2.5" width="22" height="27" rx="3" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M10 10h12M10 15h12M10 20h6" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>'
    '<path d="m18 22.5 2.5 2.5 5-5.5" fill="none" stroke="var(--gold)" stroke-width="2.6" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


def header_html(current: str) -> str:
    """Return the header with its places; ``current`` is the address of the one shown."""
    links = "".join(
        f'<a href="{address}"{" aria-current=page" if address == current else ""}>{name}</a>'
        for address, name in PLACES
    )
    main, name = ("#hoi-thoai", "h1") if current == "/" else ("#noi-dung", "strong")
    return (
        f'<header class="top"><a class="skip" href="{main}">Đến nội dung chính</a>'
        f'<a class="brand" href="/">{EMBLEM}<span><{name}>{TITLE}</{name}>'
        '<span class="tagline">Trích nguyên văn, có nguồn, có ngày</span></span></a>'
        f'<nav aria-label="Các trang">{links}</nav></header>'
    )


def page_html(title: str, body: str, *, current: str = "", refresh: int = 0) -> str:
    """Return a whole page around a body that is HTML already; ``refresh`` reloads it after so many seconds."""
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{again}'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/giao-dien/base.css"><link rel="stylesheet" href="/giao-dien/reader.css">'
        '<script src="/giao-dien/reader.js" defer></script></head>'
        f'<body>{header_html(current)}<main id="noi-dung" tabindex="-1">{body}</main></body></html>'
    )


def missing_html(what: str) -> str:
    """Return the body of a page that says what is not there, and where to go on."""
    return (
        f'<div class="notice"><h1>Không tìm thấy</h1><p>{escape(what)}</p>'
        '<p><a class="button" href="/">Về trang hỏi đáp</a></p></div>'
    )


def preparing_html() -> str:
    """Return the body shown while there is no index."""
    return (
        '<div class="notice" role="status"><h1>Kho tài liệu đang được chuẩn bị</h1>'
        "<p>Trang sẽ tự mở khi xong, ông/bà không phải làm gì.</p></div>"
    )
