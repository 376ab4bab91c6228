"""Generations on disk: which is live, whether each is whole, and how one takes another's place.

``index/<generation>/`` folders are each complete and described by their ``manifest.json``;
``index/CURRENT`` names the live one and is replaced last, atomically.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from qa.errors import IndexCorruptError, IndexMismatchError, IndexNotFoundError, IndexStoreError
from qa.types import IndexManifest

FORMAT = 7
CURRENT = "CURRENT"
LOCK = ".lock"
KEPT_GENERATIONS = 3
CURE = "run: qa build --full, or: qa rollback"
GENERATION = re.compile(r"g\d{6}")


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the index folder's lock; the system frees it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            remove_unfinished(folder)
            yield
    except Timeout as error:
        raise IndexStoreError(f"{folder} is being written by another process; wait for it to end") from error
    except OSError as error:
        raise IndexStoreError(
            f"{folder} cannot be written ({error.strerror or error}); the live index is unchanged; "
            "free space or correct the permissions, then run: qa build"
        ) from error


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed builder left: half-made generations, and a CURRENT not yet in place."""
    for left_behind in folder.glob(".building-*"):
        if left_behind.is_dir():
            shutil.rmtree(left_behind, ignore_errors=True)
        else:
            left_behind.unlink()


def set_current(folder: Path, generation: str) -> None:
    """Make a generation live, atomically and durably."""
    descriptor, name = tempfile.mkstemp(prefix=".building-", dir=folder)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(generation + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    os.replace(name, folder / CURRENT)
    sync(folder)


def read_current(folder: Path) -> str:
    """Return the live generation's name."""
    try:
        name = (folder / CURRENT).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexNotFoundError(f"{folder} holds no index; run: qa build") from error
    except OSError as error:
        raise IndexStoreError(f"{folder / CURRENT} cannot be read ({error.strerror}); check its permissions") from error
    if not GENERATION.fullmatch(name) or not (folder / name).is_dir():
        raise IndexCorruptError(f"{folder / CURRENT} names {name[:40]!r}, which is no generation; run: qa build")
    return name


def rollback(folder: Path) -> str:
    """Make the newest whole generation before the live one live, and return its name."""
    with writing(folder):
        live = read_current(folder)
        for name in reversed([name for name in generations(folder) if name < live]):
            if is_whole(folder / name):
                set_current(folder, name)
                return name
        raise IndexStoreError(f"{folder} holds no whole generation before {live}; run: qa build")


def generations(folder: Path) -> list[str]:
    """List the generations in a folder, oldest first."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and GENERATION.fullmatch(path.name))


def next_generation(folder: Path) -> str:
    names = generations(folder)
    return f"g{int(names[-1][1:]) + 1 if names else 1:06d}"


def prune(folder: Path, live: str) -> None:
    """Remove generations older than the newest few; the live one always stays."""
    for name in generations(folder)[:-KEPT_GENERATIONS]:
        if name != live:
            shutil.rmtree(folder / name, ignore_errors=True)


def live_manifest(folder: Path) -> IndexManifest | None:
    """Return the live generation's manifest, or None where there is none that can be read."""
    try:
        return read_manifest(folder / read_current(folder))
    except IndexStoreError:
        return None


def read_manifest(generation: Path) -> IndexManifest:
    path = generation / "manifest.json"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields.get("format") != FORMAT:
            raise IndexMismatchError(
                f"{generation} has index format {fields.get('format')!r}, this version reads {FORMAT}; run: qa build"
            )
        fields["built"] = datetime.datetime.fromisoformat(fields["built"])
        return IndexManifest(**fields)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise IndexCorruptError(f"{path} cannot be read ({error}); {CURE}") from error


def verify(generation: Path, manifest: IndexManifest) -> None:
    """Compare every file of a generation with its hash; IndexCorruptError names the first that differs."""
    try:
        actual = hash_files(generation)
    except OSError as error:
        raise IndexCorruptError(f"{generation} cannot be read ({error}); {CURE}") from error
    for name, expected in manifest.files.items():
        if actual.get(name) != expected:
            state = "was altered or cut short" if name in actual else "is missing"
            raise IndexCorruptError(f"{generation / name} {state}; {CURE}")


def is_whole(generation: Path) -> bool:
    """Say whether a generation is whole and of this version's format; one half pruned is not."""
    try:
        verify(generation, read_manifest(generation))
    except (IndexCorruptError, IndexMismatchError):
        return False
    return True


def hash_files(folder: Path, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return the hash of each file below a folder but the manifest; those ``known`` are not computed."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    names = [path.relative_to(folder).as_posix() for path in paths]
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(lambda name: known.get(name) or hash_file(folder / name), names), strict=True))


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_in_place(partial: Path, generation: Path) -> None:
    """Rename a complete folder to its generation's name, once all of it is on the disk."""
    for path in [*partial.rglob("*"), partial]:
        sync(path)
    partial.chmod(0o755)  # a temporary folder is closed to all but its owner; a generation is not
    partial.rename(generation)
    sync(generation.parent)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
