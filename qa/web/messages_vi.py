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
    SearchEngineError,
)

if TYPE_CHECKING:
    from qa.ingest import Intake

WORDS = tomllib.loads((files("qa.web") / "messages_vi.toml").read_text(encoding="utf-8"))
LABELS: dict[str, str] = WORDS["labels"]
FIELDS: dict[str, str] = WORDS["fields"]
REFUSALS = {Refusal(name): text for name, text in WORDS["refusals"].items()}

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
    SearchEngineError: "Máy tìm kiếm của kho (Qdrant) không trả lời hoặc trả lời thiếu; xin kiểm tra các nút của nó.",
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
