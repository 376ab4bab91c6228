"""Gradio's own labels in Vietnamese.

Gradio 6 has no Vietnamese. Its English words are replaced instead, by flat keys, which it looks up before its
own nested ones; the page asks for English whatever the browser's language (see ``HEAD`` in qa.web.page).
"""

from __future__ import annotations

import gradio as gr

LABELS = {
    "blocks.connection_can_break": "Trên điện thoại, kết nối có thể ngắt khi rời trang này hoặc máy ngủ.",
    "blocks.long_requests_queue": "Đang có nhiều người hỏi, xin ông/bà chờ ít phút.",
    "blocks.lost_connection": "Mất kết nối do rời trang. Đang nối lại…",
    "blocks.waiting_for_inputs": "Xin chờ tệp tải lên xong rồi thử lại.",
    "common.back_to_app": "Về trang hỏi đáp",
    "common.back_to_app_description": "Trở lại trang hỏi đáp",
    "common.clear": "Xóa",
    "common.display_theme": "Giao diện",
    "common.download": "Tải xuống",
    "common.edit": "Sửa",
    "common.empty": "Trống",
    "common.error": "Lỗi",
    "common.language": "Ngôn ngữ",
    "common.loading": "Đang tải",
    "common.or": "hoặc",
    "common.progress": "Tiến độ",
    "common.remove": "Bỏ",
    "common.run": "Chạy",
    "common.settings": "Cài đặt",
    "common.share": "Chia sẻ",
    "common.submit": "Gửi",
    "common.undo": "Hoàn tác",
    "dropdown.dropdown": "Danh sách",
    "errors.contact_page_author": "Xin báo cho người quản trị trang.",
    "errors.runtime_error": "Trang đang gặp lỗi.",
    "errors.use_via_api": "Dùng qua API",
    "errors.use_via_api_or_mcp": "Dùng qua API hoặc MCP",
    "file.uploading": "Đang tải lên…",
    "login.enable_cookies": "Xin bật cookie cho trang này.",
    "login.incorrect_credentials": "Tên hoặc mật khẩu không đúng",
    "login.login": "Đăng nhập",
    "login.password": "mật khẩu",
    "login.username": "tên người dùng",
    "status.queue_position": "Đang chờ: {position}/{size}",
    "upload_text.click_to_upload": "Bấm để chọn tệp",
    "upload_text.drop_file": "Thả tệp vào đây",
    "upload_text.paste_clipboard": "Dán từ bộ nhớ tạm",
}


def vietnamese() -> gr.I18n:
    """Return Gradio's labels in Vietnamese, in the place of its English ones."""
    return gr.I18n(en=LABELS)
