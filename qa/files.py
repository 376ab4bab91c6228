"""Files written whole or not at all, and their hashes."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path, prefix: str) -> Iterator[Path]:
    """Give the name of a file to write beside ``path``, whose place it takes, durably, unless an error comes first."""
    written = path.parent / f"{prefix}{secrets.token_hex(8)}{path.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield written
        sync(written)
        os.replace(written, path)
        sync(path.parent)
    finally:
        written.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Return when a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
