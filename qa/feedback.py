"""What readers thought of an answer: a thumb and a reason, one row each in a SQLite file."""

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from qa.errors import FeedbackError, disk_cure
from qa.text import normalise

SECONDS_TO_WAIT = 30.0
SECONDS_BETWEEN_TRIES = 0.01
LONGEST_QUESTION = 2_000
LONGEST_ANSWER = 20_000
LONGEST_REASON = 1_000
LONGEST_NAME = 200
MOST_SOURCES = 20
OWNER_ONLY = 0o600
TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, helpful INTEGER NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, reason TEXT NOT NULL, generation TEXT NOT NULL, sources TEXT NOT NULL
)
"""
COLUMNS = "question, answer, sources, generation, helpful, reason, at"
MOVE_AWAY = "move it away with its -wal file, the next feedback begins a new one"
MAKE_WRITABLE = "make it and its folder writable, or name another file in QA_FEEDBACK"
CURES = {
    sqlite3.SQLITE_NOTADB: MOVE_AWAY,
    sqlite3.SQLITE_CORRUPT: MOVE_AWAY,
    sqlite3.SQLITE_CANTOPEN: MAKE_WRITABLE,
    sqlite3.SQLITE_READONLY: MAKE_WRITABLE,
    sqlite3.SQLITE_PERM: MAKE_WRITABLE,
    sqlite3.SQLITE_BUSY: "close the program that holds it and try again",
    sqlite3.SQLITE_FULL: "free space on its disk",
    sqlite3.SQLITE_IOERR: "free space on its disk, or check the disk",
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's judgement of one answer; ``sources`` are document ids, ``at`` (UTC) is set by ``save``."""

    question: str
    answer: str
    sources: tuple[str, ...]
    generation: str
    helpful: bool
    reason: str = ""
    at: datetime.datetime | None = None


class FeedbackStore:
    """A file of feedback, made at the first ``save``; many threads and processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, feedback: Feedback) -> None:
        """Keep a feedback, stamped with the time; it is on disk when this returns.

        Text is cut to 2,000 characters of question, 20,000 of answer, 1,000 of reason, 20 sources of
        200, and loses its control characters. Raises FeedbackError.
        """
        row = (
            normalise(feedback.question)[:LONGEST_QUESTION],
            normalise(feedback.answer)[:LONGEST_ANSWER],
            "\n".join(one_line(source) for source in feedback.sources[:MOST_SOURCES]),
            one_line(feedback.generation),
            int(feedback.helpful),
            normalise(feedback.reason)[:LONGEST_REASON],
            datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
        )
        with self.writing() as connection, connection:
            connection.execute(f"INSERT INTO feedback ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608

    def read(self, limit: int = 100) -> list[Feedback]:
        """Return the last ``limit`` feedbacks, newest first; none where there is no file. Raises FeedbackError."""
        if limit < 1:
            raise ValueError(f"limit is {limit}; use 1 or more")
        rows = self.rows(f"SELECT {COLUMNS} FROM feedback ORDER BY id DESC LIMIT ?", limit)  # noqa: S608
        try:
            return [feedback_of(row) for row in rows]
        except (ValueError, AttributeError) as error:
            raise FeedbackError(f"{self.path}: holds a row of another program ({error}); {MOVE_AWAY}") from error

    def count(self) -> tuple[int, int]:
        """Return how many were helpful and how many not. Raises FeedbackError."""
        counts = dict(self.rows("SELECT helpful, COUNT(*) FROM feedback GROUP BY helpful"))
        return counts.get(1, 0), counts.get(0, 0)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with errors_named(self.path):
            if not self.path.exists():
                return []
            with contextlib.closing(connect(self.path)) as connection:
                begun = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'").fetchone()
                return connection.execute(query, parameters).fetchall() if begun else []

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one writer at a time.

        The lock is ours, not SQLite's alone: two connections cannot both turn a new file to WAL, and up to
        version 3.51.2 checkpoints at the same instant can damage a file (sqlite.org/wal.html#walresetbug).
        """
        with errors_named(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            turn = FileLock(
                f"{self.path}.lock", SECONDS_TO_WAIT, poll_interval=SECONDS_BETWEEN_TRIES, fallback_to_soft=False
            )
            with turn:
                self.path.touch(OWNER_ONLY)
                with contextlib.closing(connect(self.path)) as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("PRAGMA synchronous = FULL")
                    connection.execute(TABLE)
                    yield connection


def connect(path: Path) -> sqlite3.Connection:
    """Open a file that exists; nothing is created."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", timeout=SECONDS_TO_WAIT, uri=True)


@contextlib.contextmanager
def errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout as error:
        raise FeedbackError(f"{path}: another program writes; {CURES[sqlite3.SQLITE_BUSY]}") from error
    except OSError as error:
        raise FeedbackError(
            f"{path}: {error.strerror or error}; {disk_cure(error)}, or name another file in QA_FEEDBACK"
        ) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise FeedbackError(f"{path}: {error}; {CURES.get(code, MOVE_AWAY)}") from error


def feedback_of(row: tuple[Any, ...]) -> Feedback:
    question, answer, sources, generation, helpful, reason, at = row
    named = tuple(sources.split("\n")) if sources else ()
    return Feedback(question, answer, named, generation, bool(helpful), reason, datetime.datetime.fromisoformat(at))


def one_line(text: str) -> str:
    return " ".join(normalise(text).split())[:LONGEST_NAME]
