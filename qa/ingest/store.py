"""Articles on disk: what is there, and writing one whole or not at all."""

from __future__ import annotations

import datetime
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
import yaml

from qa.corpus import BROKEN_YAML, LONGEST_FRONT, article_paths, line_of, read_article, read_fields
from qa.errors import DocumentReadError, IngestError, Refusal, disk_cure
from qa.ingest.types import DocumentRow, Draft, Removal
from qa.text import normalise

FOLDER = "them-vao"
TEMPORARY = ".intake-"
LOCK = ".intake.lock"
LOCK_SECONDS = 30.0
FRONT = re.compile(r"-{3,}[ \t]*\n(.*?)\n-{3,}[ \t]*\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the intake needs to know of an article that is already there."""

    id: str
    path: Path
    title: str
    kind: str
    number: str
    retrieved_from: str
    content_hash: str
    duplicate_of: str


@contextmanager
def locked(corpus: Path) -> Iterator[None]:
    """Hold the corpus for one writer at a time; IngestError when it cannot be written or another one holds it."""
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(corpus / LOCK, timeout=LOCK_SECONDS, fallback_to_soft=False):
            remove_leftovers(corpus)
            yield
    except filelock.Timeout as error:
        raise IngestError(Refusal.BUSY, f"{corpus} is being written by another intake; wait for it to end") from error
    except OSError as error:
        raise IngestError(
            Refusal.UNWRITABLE, f"{corpus} cannot be written: {error.strerror}; {disk_cure(error)}"
        ) from error


def remove_leftovers(corpus: Path) -> None:
    """Remove what an intake that was killed left half-written."""
    for path in corpus.rglob(f"{TEMPORARY}*"):
        path.unlink(missing_ok=True)


def stored_articles(corpus: Path) -> dict[str, Stored]:
    """Return what stands in the corpus by id; an article that cannot be read counts by its file name."""
    found = [stored(path) for path in article_paths(corpus)] if corpus.is_dir() else []
    return {article.id: article for article in found}


def stored(path: Path) -> Stored:
    fields = front_fields(path)
    return Stored(
        id=line_of(fields.get("id")) or normalise(path.stem),
        path=path,
        title=line_of(fields.get("title")) or "",
        kind=line_of(fields.get("kind")) or "other",
        number=line_of(fields.get("number")) or "",
        retrieved_from=line_of(fields.get("retrieved_from")) or "",
        content_hash=line_of(fields.get("content_hash")) or "",
        duplicate_of=line_of(fields.get("duplicate_of")) or "",
    )


def front_fields(path: Path) -> dict[str, object]:
    """Return an article's fields, or none when they cannot be read: the build reports that, not the intake."""
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_FRONT).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        front = FRONT.match(head)
        fields = read_fields(front[1]) if front else {}
    except (OSError, *BROKEN_YAML):
        return {}
    return fields if isinstance(fields, dict) else {}


def render(draft: Draft, identifier: str, extra: dict[str, str]) -> str:
    """Return a draft as the text of an article: YAML front matter, then Markdown."""
    fields: dict[str, object] = {
        "id": identifier,
        "title": draft.title,
        "source": draft.publisher,
        "url": draft.url,
        "published": draft.published,
        "kind": draft.kind,
        "number": draft.number,
        "effective_from": draft.effective_from,
        "effective_to": draft.effective_to,
        "supersedes": list(draft.supersedes),
        "amends": list(draft.amends),
    }
    kept = {name: value for name, value in {**fields, **extra}.items() if value or name in ("title", "source", "url")}
    front = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n{draft.text.strip()}\n"


def write_article(path: Path, text: str) -> None:
    """Write an article so that the corpus holds the old one or the whole new one, whatever happens.

    What was written is read back as the product reads it before it takes its place; IngestError otherwise.
    """
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}.md"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        read_article(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise IngestError(
            Refusal.UNWRITABLE,
            f"could not be written to disk: {error.strerror}; {disk_cure(error)} and try again",
        ) from error
    except DocumentReadError as error:
        reason = str(error).removeprefix(f"{temporary}: ")
        raise IngestError(Refusal.FIELDS, f"would make an article that {reason}") from error
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def list_documents(corpus: Path) -> tuple[DocumentRow, ...]:
    """List the articles of a corpus, ordered by id; DocumentReadError for one that cannot be read."""
    rows = []
    for path in article_paths(corpus):
        document = read_article(path)
        rows.append(DocumentRow(document.id, document.title, document.published, document.kind, document.number, path))
    return tuple(sorted(rows, key=lambda row: row.id))


def remove_documents(ids: Sequence[str], corpus: Path) -> tuple[Removal, ...]:
    """Remove the articles with these ids; one that nothing bears is reported, never guessed at as a path."""
    with locked(corpus):
        articles = stored_articles(corpus)
        return tuple(remove_one(identifier, articles) for identifier in dict.fromkeys(ids))


def remove_one(identifier: str, articles: dict[str, Stored]) -> Removal:
    article = articles.get(identifier)
    if article is None:
        return Removal(identifier, None, "no article bears this id; see the list of documents")
    try:
        article.path.unlink()
    except OSError as error:
        return Removal(identifier, None, f"{article.path} cannot be removed: {error.strerror}; check its permissions")
    return Removal(identifier, article.path)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
