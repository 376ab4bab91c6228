"""Every error the package raises on purpose.

QAError                       its message ends with the cure
├─ SettingsError              a QA_* variable that cannot be used
├─ CorpusError
│  ├─ DocumentReadError       one article that cannot be read (path)
│  ├─ FrontMatterError        fields of an article that cannot be used (reason, cure)
│  └─ EmptyCorpusError        no article at all
├─ IndexStoreError
│  ├─ IndexNotFoundError      nothing built yet
│  ├─ IndexBusyError          another builder is at work
│  ├─ NoEarlierIndexError     nothing to go back to
│  ├─ IndexMismatchError      built by another encoder, format or tokenizer (names both sides)
│  ├─ IndexCorruptError       a file that is not what its manifest says
│  └─ SearchEngineError       the search engine that holds the index is not there, slow, or gives half of what it should
├─ IngestError                a source that cannot become an article (refusal: which of a closed set of reasons)
├─ TooLongError               an answer that took longer than it may
├─ BusyError                  more questions than may wait
├─ ComposeError               a model that gives no answer in its own words (reason)
├─ FeedbackError              what readers thought cannot be stored or read
├─ DatasetError               an evaluation set that cannot be read (file, line)
└─ EncoderError               a model that cannot be loaded
   └─ EngineError             the encoder's engine does not run on this system

Bad arguments are ``ValueError``. "Nothing found" is an ``Answer``, not an error.
"""

import errno
import sqlite3
from enum import StrEnum
from pathlib import Path

FREE_SPACE = "free space on its disk"
DISK_CURES: dict[int | None, str] = {
    None: FREE_SPACE,  # a short write of NumPy's or SQLite's has no number
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), FREE_SPACE),
    errno.EFBIG: f"{FREE_SPACE}, or raise the limit of file sizes (ulimit -f)",
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "make it and its folder writable"),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR), "a file stands where a folder should be: move it away"),
    **dict.fromkeys((errno.ENOSYS, errno.ENOLCK), "its file system knows no locks: put it on a local disk"),
    errno.ENOMEM: "there is not enough memory: close other programs",
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "raise the limit of open files (ulimit -n)"),
}


def disk_cure(error: OSError | sqlite3.Error) -> str:
    """Return what helps against what the disk said."""
    return DISK_CURES.get(getattr(error, "errno", None), "check the folder and its disk")


class QAError(Exception):
    """Base of every error raised on purpose; the message ends with the cure."""


class SettingsError(QAError):
    """A setting holds a value that cannot be used."""


class CorpusError(QAError):
    """The corpus as a whole cannot be used."""


class DocumentReadError(CorpusError):
    """One article cannot be read."""

    def __init__(self, path: Path, reason: str, cure: str) -> None:
        super().__init__(f"{path}: {reason}; {cure}")
        self.path = path


class FrontMatterError(CorpusError):
    """The fields of an article are missing or cannot be used."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason}; {cure}")
        self.reason = reason
        self.cure = cure


class EmptyCorpusError(CorpusError):
    """The corpus folder holds no article."""


class IndexStoreError(QAError):
    """The index on disk cannot be used."""


class IndexNotFoundError(IndexStoreError):
    """There is no index yet."""


class IndexBusyError(IndexStoreError):
    """Another process builds the index or goes back."""


class NoEarlierIndexError(IndexStoreError):
    """There is no whole generation before the live one."""


class IndexMismatchError(IndexStoreError):
    """The index was built by something other than what is about to read it."""


class IndexCorruptError(IndexStoreError):
    """A file of the index is not what its manifest says."""


class SearchEngineError(IndexStoreError):
    """The search engine that holds the index does not answer, or not wholly."""


Refusal = StrEnum(
    "Refusal",
    "ADDRESS_KIND BROKEN BUSY CHANGED CLOSED EMPTY ENCODING FIELDS IN_CORPUS JSON LOCKED MISNAMED NOT_FOUND "
    "NO_TEXT OLD_FORMAT PRIVATE REDIRECTS SCANNED STATUS SUSPICIOUS TIMEOUT TOO_LARGE UNKNOWN_FORMAT UNREACHABLE "
    "UNREADABLE UNWRITABLE",
)
"""Why a source cannot become an article: the closed set that a page says in its own language."""


class IngestError(QAError):
    """A source that cannot become an article: what is wrong, then the cure."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


class TooLongError(QAError):
    """An answer was not ready in its time."""


class BusyError(QAError):
    """Too many questions wait for an answer."""


class ComposeError(QAError):
    """A model gave no answer in its own words; ``reason`` is one word of why, which a page says in its language."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class FeedbackError(QAError):
    """The file of readers' feedback cannot be written or read."""


class DatasetError(QAError):
    """An evaluation set cannot be read."""


class EncoderError(QAError):
    """The encoder's model cannot be loaded or used."""


class EngineError(EncoderError):
    """The engine for questions does not run on this system."""
