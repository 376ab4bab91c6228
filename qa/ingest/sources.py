"""Files, folders and addresses → the bytes of single sources, and what is read out of them."""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from qa.corpus import ArticleFields
from qa.errors import IngestError, Refusal

LARGEST_FILE = 200_000_000
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
FETCHED = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one source, as they came; ``charset`` and ``media`` are what a server declared, if any."""

    source: str
    name: str
    content: bytes
    url: str = ""
    media: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text on its way to an article, fields perhaps missing; ``authored``: Markdown to be kept as it stands."""

    text: str
    fields: ArticleFields = field(default_factory=ArticleFields)
    authored: bool = False


def expand(sources: Sequence[str | Path]) -> list[str]:
    """List every file and address that the sources name, folders opened, each once, in order."""
    found: list[str] = []
    for source in sources:
        if isinstance(source, str) and ADDRESS.match(source):
            found.append(source.strip())
        elif "\0" not in str(source) and Path(source).is_dir():
            found += files_below(Path(source))
        else:
            found.append(str(source))
    return list(dict.fromkeys(found))


def files_below(folder: Path) -> list[str]:
    """List a folder's files, sorted, none hidden, linked folders once; one that cannot be opened is listed itself."""
    found: list[str] = []
    visited: set[Path] = set()
    for name, folders, files in os.walk(folder, onerror=lambda error: found.append(error.filename), followlinks=True):
        parent = Path(name)
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        if parent.resolve() in visited:
            folders.clear()
            continue
        visited.add(parent.resolve())
        found.extend(os.path.join(parent, file) for file in files if not file.startswith("."))  # noqa: PTH118 - as given
    return sorted(found, key=lambda path: Path(path).parts)


def is_address(source: str) -> bool:
    """Tell whether a source names something on the web; IngestError for schemes that are not fetched."""
    if not ADDRESS.match(source):
        return False
    if not FETCHED.match(source):
        why = "has an address of another kind; only http and https addresses are fetched"
        raise IngestError(Refusal.ADDRESS_KIND, why)
    return True


def read_file(source: str) -> Raw:
    """Read one file whole; IngestError says why it cannot be."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError as error:
        raise IngestError(Refusal.NOT_FOUND, "does not exist; check the path") from error
    except (OSError, ValueError) as error:
        why = f"cannot be read: {getattr(error, 'strerror', None) or error}; check its permissions"
        raise IngestError(Refusal.UNREADABLE, why) from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        return Raw(source, Path(source).name, unchanged_content(file))


def unchanged_content(file: BufferedReader) -> bytes:
    """Return a regular file's bytes; IngestError when it is too large or changes meanwhile."""
    before = os.fstat(file.fileno())
    if not stat.S_ISREG(before.st_mode):
        raise IngestError(Refusal.UNREADABLE, "is not a regular file; give a file, a folder or an address")
    if before.st_size > LARGEST_FILE:
        why = f"is larger than {LARGEST_FILE // 1_000_000} MB ({before.st_size / 1e6:.0f} MB); split it"
        raise IngestError(Refusal.TOO_LARGE, why)
    try:
        content = file.read(before.st_size + 1)
    except OSError as error:
        raise IngestError(Refusal.UNREADABLE, f"cannot be read: {error.strerror}; check the disk") from error
    after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != before.st_size:
        raise IngestError(Refusal.CHANGED, "changed while it was read; try again when nothing writes to it")
    return content
