"""Vietnamese for what others say in English: Gradio's labels, and errors by their type or code, never their words."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from qa.errors import (
    CorpusError,
    DocumentReadError,
    EmptyCorpusError,
    EncoderError,
    FeedbackError,
    IndexBusyError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexStoreError,
    IngestError,
    NoEarlierIndexError,
    QAError,
    Refusal,
)

if TYPE_CHECKING:
    from qa.ingest import Intake

WORDS = tomllib.loads((files("qa.web") / "messages_vi.toml").read_text(encoding="utf-8"))
LABELS: dict[str, str] = WORDS["labels"]
FIELDS: dict[str, str] = WORDS["fields"]

REFUSALS = {
    Refusal.ADDRESS_KIND: "Chỉ nhận địa chỉ http và https.",
    Refusal.BROKEN: "Tệp bị hỏng; xin mở ra rồi lưu lại.",
    Refusal.BUSY: "Kho đang nhận tài liệu khác; xin đợi xong rồi thử lại.",
    Refusal.CHANGED: "Tệp bị thay đổi trong lúc đọc; xin thử lại.",
    Refusal.CLOSED: "Trang này không cho chương trình tự đọc (robots.txt); xin lưu trang lại rồi gửi tệp.",
    Refusal.EMPTY: "Tệp trống.",
    Refusal.ENCODING: "Không nhận ra bảng mã của văn bản; xin lưu lại bằng UTF-8.",
    Refusal.FIELDS: "Phần khai báo đầu bài (tên, ngày, loại…) sai cách viết; xin sửa lại.",
    Refusal.IN_CORPUS: "Tệp đã nằm trong kho; xin sửa ngay tại đó.",
    Refusal.JSON: "Tệp JSON sai cách viết; cần một đối tượng có trường “text”.",
    Refusal.LOCKED: "Tệp có mật khẩu; xin lưu lại không có mật khẩu.",
    Refusal.MISNAMED: "Đuôi tệp không đúng với nội dung; xin lưu lại đúng định dạng.",
    Refusal.NOT_FOUND: "Không tìm thấy tệp; xin kiểm tra đường dẫn.",
    Refusal.NO_TEXT: "Hầu như không có chữ để đọc; xin gửi chính bài viết.",
    Refusal.OLD_FORMAT: "Định dạng cũ (.doc, RTF) hoặc có mật khẩu; xin lưu lại thành DOCX không có mật khẩu.",
    Refusal.PRIVATE: "Địa chỉ dẫn vào mạng nội bộ nên không được tải; xin tự tải về rồi gửi tệp.",
    Refusal.REDIRECTS: "Trang chuyển hướng quá nhiều lần; xin ghi địa chỉ cuối cùng.",
    Refusal.SCANNED: "PDF là bản quét, không có chữ; xin nhận dạng chữ (OCR) trước.",
    Refusal.STATUS: "Trang không trả về bài viết; xin kiểm tra địa chỉ.",
    Refusal.SUSPICIOUS: "Cấu tạo của tệp bất thường nên không được mở; xin lưu lại bản sạch.",
    Refusal.TIMEOUT: "Trang trả lời quá chậm; xin thử lại sau.",
    Refusal.TOO_LARGE: "Tài liệu quá lớn; xin chia nhỏ.",
    Refusal.UNKNOWN_FORMAT: "Không phải định dạng nhận được; xin gửi TXT, Markdown, HTML, PDF, DOCX hoặc JSON.",
    Refusal.UNREACHABLE: "Không kết nối được với trang; xin kiểm tra địa chỉ và mạng.",
    Refusal.UNREADABLE: "Không đọc được tài liệu; xin kiểm tra quyền đọc hoặc gửi tệp khác.",
    Refusal.UNWRITABLE: "Không ghi được vào kho; xin kiểm tra dung lượng đĩa và quyền ghi.",
}

TROUBLES: dict[type[QAError], str] = {
    QAError: "Không làm được.",
    CorpusError: "Không đọc được kho bài viết.",
    EmptyCorpusError: "Kho chưa có bài viết nào; xin thêm tài liệu trước.",
    IndexStoreError: "Không đọc hoặc ghi được thư mục chỉ mục; xin kiểm tra dung lượng đĩa và quyền ghi.",
    IndexNotFoundError: "Chưa có chỉ mục; xin bấm “Lập lại chỉ mục”.",
    IndexBusyError: "Chỉ mục đang được lập ở nơi khác; xin đợi xong rồi thử lại.",
    NoEarlierIndexError: "Không có thế hệ nguyên vẹn nào trước thế hệ đang trả lời.",
    IndexMismatchError: "Chỉ mục do bộ mã hóa hoặc phiên bản khác lập; xin lập lại chỉ mục.",
    IndexCorruptError: "Chỉ mục bị hỏng; xin lập lại chỉ mục hoặc quay về thế hệ trước.",
    FeedbackError: "Không đọc được tệp góp ý.",
    EncoderError: "Bộ mã hóa gặp lỗi.",
}

DAYS_IN_ORDER = "“since” phải là ngày trước “until” hoặc cùng ngày."


def field_text(error: Mapping[str, Any]) -> str:
    """Say in Vietnamese what is wrong with a field of a request; ``error`` is one of pydantic's."""
    if error["type"] == "value_error":
        return DAYS_IN_ORDER
    name = ".".join(str(part) for part in error["loc"][1:])
    if not name:
        return "Yêu cầu cần là một đối tượng JSON (Content-Type: application/json)."
    return f"“{name}” {FIELDS.get(error['type'], 'chưa đúng').format(**error.get('ctx', {}))}."


def trouble_text(error: QAError) -> str:
    """Say in Vietnamese why a piece of work could not be done; what is not named here is said by its parent."""
    if isinstance(error, IngestError):
        return REFUSALS[error.refusal]
    if isinstance(error, DocumentReadError):
        return f"Không đọc được bài {error.path.name}; xin sửa hoặc gỡ bài này rồi lập lại chỉ mục."
    return next(TROUBLES[kind] for kind in type(error).__mro__ if kind in TROUBLES)


def intake_text(intake: "Intake") -> str:
    """Say in Vietnamese why a source was refused, or what it repeats; nothing for one that was simply taken."""
    if intake.refusal:
        return REFUSALS[intake.refusal]
    if intake.outcome != "duplicate":
        return ""
    if intake.original == intake.document_id:
        return f"Giống hệt bài {intake.original}; không ghi thêm."
    return f"Cùng nội dung với bài {intake.original}; đã ghi là bản trùng."
