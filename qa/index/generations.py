"""Generations on disk: which is live, whether each is whole, who reads it, and how one takes another's place.

``index/<generation>/`` folders are each complete and described by their ``manifest.json``;
``index/CURRENT`` names the live one and is replaced last, atomically.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from qa.corpus import CHUNKING
from qa.encoder import Encoder
from qa.errors import (
    IndexBusyError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexStoreError,
    NoEarlierIndexError,
    SearchEngineError,
    disk_cure,
)
from qa.files import hash_file, replacing, sync
from qa.index import bm25
from qa.index.engine import Engine
from qa.values import IndexManifest

FORMAT = 9
CURRENT, MANIFEST = "CURRENT", "manifest.json"
LOCK = ".lock"  # held in the index's folder by the one builder, in a generation by its readers; it has no hash
DELTA = "delta"
UNFINISHED = ".building-"  # how the names begin of what only a builder under way may leave; the next one removes it
KEPT_GENERATIONS = 3
CURE = "run: qa build, or: qa rollback"
GENERATION = re.compile(r"g\d{6}", re.ASCII)
NEWEST = "h"  # sorts after every generation
LIVE = "live"  # the alias in a search engine of the generation that answers


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the index folder's lock; the system frees it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0, fallback_to_soft=False):
            (folder / LOCK).write_text(f"{os.getpid()}\n", encoding="ascii")
            remove_all(folder, UNFINISHED)  # of a builder that was killed or failed
            try:
                yield
            finally:
                remove_all(folder, UNFINISHED)
    except Timeout as error:
        raise IndexBusyError(
            f"{folder} is being written by another process ({holder(folder)}); "
            "wait for it to end, or end it if it hangs"
        ) from error
    except (OSError, sqlite3.Error) as error:
        raise IndexStoreError(
            f"{folder} cannot be written ({getattr(error, 'strerror', None) or error}); the live index is unchanged; "
            f"{disk_cure(error)}, then run the command again"
        ) from error
    except MemoryError as error:
        raise IndexStoreError(
            f"there is not enough memory to write {folder}; the live index is unchanged; "
            "close other programs or take a machine with more, then run: qa build"
        ) from error


def holder(folder: Path) -> str:
    number = (folder / LOCK).read_bytes()[:20].decode("ascii", errors="replace").strip()
    return number if number.isdecimal() else "its number is not known"


def remove_all(folder: Path, prefix: str) -> None:
    for left_behind in folder.glob(f"{prefix}*"):
        if left_behind.is_dir():
            shutil.rmtree(left_behind, ignore_errors=True)
        else:
            left_behind.unlink(missing_ok=True)


def set_current(folder: Path, generation: str) -> None:
    """Make a generation live, atomically and durably."""
    with replacing(folder / CURRENT, UNFINISHED) as written:
        written.write_text(f"{generation}\n", encoding="ascii")


def go_live(folder: Path, generation: str, engine: Engine | None) -> None:
    """Make a generation live, in a search engine last, whose alias all its readers follow."""
    set_current(folder, generation)
    if engine:
        engine.set_alias(LIVE, generation)


def live_name(folder: Path, engine: Engine | None) -> str:
    """Return the live generation's name: what the engine's alias says where the folder holds that one."""
    name = engine.aliases().get(LIVE, "") if engine else ""
    return name if GENERATION.fullmatch(name) and (folder / name).is_dir() else read_current(folder)


def read_current(folder: Path) -> str:
    """Return the live generation's name."""
    name = named(folder)
    while not GENERATION.fullmatch(name) or not (folder / name).is_dir():
        before, name = name, named(folder)
        if name == before:  # else it was replaced and removed between two looks
            what = "whose folder is not there" if GENERATION.fullmatch(name) else "which is no generation"
            raise IndexCorruptError(f"{folder / CURRENT} names {name[:40]!r}, {what}; {CURE}")
    return name


def named(folder: Path) -> str:
    """Return what ``CURRENT`` says, whether such a generation is there or not."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexNotFoundError(f"{folder} holds no index; run: qa build") from error
    except OSError as error:
        raise IndexStoreError(f"{folder / CURRENT} cannot be read ({error.strerror}); {disk_cure(error)}") from error


def lock_reading(generation: Path) -> sqlite3.Connection:
    """Keep a generation from being removed until this is closed; FileNotFoundError when it is gone or about to go."""
    path = generation / LOCK
    before = path.stat()
    connection = lock_file(path, "ro", "BEGIN")
    if connection is None:
        raise FileNotFoundError(f"{generation} is being removed")
    if not os.path.samestat(before, path.stat()):
        connection.close()
        raise FileNotFoundError(f"{generation} was replaced")
    return connection


def lock_file(path: Path, mode: str, begin: str) -> sqlite3.Connection | None:
    """Return a connection that holds SQLite's lock on an empty file; None where another's lock is in the way.

    SQLite locks alike on Linux, macOS and Windows, shared and exclusive, and the system drops the lock with the
    process. POSIX drops it too when a process closes the file elsewhere, so nothing else opens it.
    """
    address = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute(begin)
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise OSError(f"{path} cannot be locked: {error}") from error
    return connection


def lock_live(folder: Path, engine: Engine | None = None) -> tuple[Path, sqlite3.Connection]:
    """Return the live generation's folder, and what keeps builds from removing it."""
    name = live_name(folder, engine)
    while True:
        try:
            return folder / name, lock_reading(folder / name)
        except OSError as error:
            before, name = name, live_name(folder, engine)
            if name == before:
                read_manifest(folder / name)  # tells of an older format, which has no such lock
                path = folder / name / LOCK
                raise IndexCorruptError(f"{path} cannot be read ({error.strerror or error}); {CURE}") from error


def remove_unread(generation: Path) -> bool:
    """Remove a generation, its name first, unless somebody reads it; tell whether it went."""
    with contextlib.ExitStack() as stack:
        if (generation / LOCK).exists():
            connection = lock_file(generation / LOCK, "rw", "BEGIN EXCLUSIVE")
            if connection is None:
                return False
            stack.callback(connection.close)
        nameless = generation.with_name(f"{UNFINISHED}{generation.name}")
        generation.rename(nameless)
        shutil.rmtree(nameless, ignore_errors=True)
    return True


def rollback(folder: Path, engine: Engine | None = None) -> str:
    """Make the newest whole generation before the live one live, of all where ``CURRENT`` is bad; return its name."""
    with writing(folder):
        try:
            live = live_name(folder, engine)
        except IndexCorruptError:
            live = NEWEST
        for name in reversed([name for name in list_generations(folder) if name < live]):
            if is_whole(folder / name, engine):
                go_live(folder, name, engine)
                return name
        before = "" if live == NEWEST else f" before {live}"
        raise NoEarlierIndexError(f"{folder} holds no whole generation{before} that this version reads; run: qa build")


def list_generations(folder: Path) -> list[str]:
    """List the generations in a folder, oldest first."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and GENERATION.fullmatch(path.name))


def next_generation(folder: Path, engine: Engine | None = None) -> str:
    """Return a name that sorts after every generation, those that a search engine holds for others among them."""
    held = filter(GENERATION.fullmatch, engine.collections()) if engine else ()
    names = sorted([*list_generations(folder), *held])
    return f"g{int(names[-1][1:]) + 1 if names else 1:06d}"


def prune(folder: Path, live: str, before: str | None, kept: int, engine: Engine | None = None) -> None:
    """Remove old generations but ``kept``, the live one and the one before first; what is read stays for now.

    Collections go with the last generation of this folder that names them.
    """
    wanted = list(dict.fromkeys([live, *filter(None, [before]), *reversed(list_generations(folder))]))
    named = named_collections(folder)
    for name in wanted[max(1, kept) :]:
        remove_unread(folder / name)
    if engine:
        for collection in named - named_collections(folder):
            engine.drop(collection)


def drop_unfinished(folder: Path, engine: Engine) -> None:
    """Remove the collections that a builder of this folder left when it was killed; those of another folder stay."""
    names, live = list_generations(folder), engine.aliases().get(LIVE)
    for collection in engine.collections() if live is None or live in names else ():
        if GENERATION.fullmatch(collection) and collection > max(names, default=""):
            engine.drop(collection)


def named_collections(folder: Path) -> set[str]:
    named: set[str] = set()
    for name in list_generations(folder):
        with contextlib.suppress(IndexStoreError):
            named |= read_manifest(folder / name).collections.keys()
    return named


def live_manifest(folder: Path, engine: Engine | None = None) -> IndexManifest | None:
    """Return the live generation's manifest, or None where there is none that can be read."""
    try:
        return read_manifest(folder / live_name(folder, engine))
    except SearchEngineError:
        raise
    except IndexStoreError:
        return None


def read_manifest(generation: Path) -> IndexManifest:
    """Return a generation's manifest; IndexMismatchError for another format, IndexCorruptError for a changed byte."""
    path = generation / MANIFEST
    try:
        text = path.read_bytes().decode("utf-8")
        fields = json.loads(text)
        found = fields.get("format")
        if found != FORMAT:
            raise IndexMismatchError(
                f"{path} has index format {found!r}, this version reads {FORMAT}; run: qa build (vectors are kept)"
            )
        del fields["seal"]
        if sealed(fields) != text:
            raise ValueError("its hash is another")
        return TypeAdapter(IndexManifest).validate_python(fields)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise IndexCorruptError(f"{path} cannot be read ({error}); {CURE}") from error


def sealed(fields: Mapping[str, object]) -> str:
    """Return a manifest as JSON that ends with the hash of all before, since no other file holds its hash."""
    digest = hashlib.sha256(json.dumps(fields, ensure_ascii=False, default=str).encode()).hexdigest()
    return json.dumps({**fields, "seal": digest}, ensure_ascii=False, indent=1, default=str)


def check_match(manifest: IndexManifest, encoder: Encoder | None) -> None:
    """Raise IndexMismatchError when another version or encoder built the generation than is to read it."""
    sides = [("tokenizer", manifest.tokenizer, bm25.TOKENIZER), ("chunking", manifest.chunking, CHUNKING)]
    if encoder is not None:
        sides.append(("encoder", manifest.encoder, encoder.name))
        sides.append(("encoder revision", manifest.revision, encoder.revision))
        sides.append(("dimension", str(manifest.dimension), str(encoder.dimension)))
    for what, built, present in sides:
        if built != present:
            raise IndexMismatchError(
                f"the index was built with {what} {built!r}, this session uses {present!r}; "
                "run: qa build (or set QA_MODEL back)"
            )


def file_states(folder: Path, name: str) -> list[tuple[str, int, int]]:
    """Return name, size and time of each file of a generation: they change while it is being copied here."""
    if not GENERATION.fullmatch(name):
        return []
    with contextlib.suppress(OSError):
        found = [(path, path.stat()) for path in sorted((folder / name).rglob("*"))]
        return [(path.as_posix(), state.st_size, state.st_mtime_ns) for path, state in found]
    return []


def verify(generation: Path, manifest: IndexManifest, engine: Engine | None = None) -> None:
    """Compare every file of a generation with its hash, and the engine's counts of its points with the manifest's.

    IndexCorruptError names the first that differs; IndexMismatchError says that the index is of the other form.
    """
    if bool(manifest.collections) != bool(engine):
        kept = "in a search engine" if manifest.collections else "in its folder"
        raise IndexMismatchError(f"{generation} keeps its vectors {kept}; run: qa build (or set QA_ENGINE back)")
    for name in manifest.files:
        if not (generation / name).is_file():  # known without hashing the others
            raise IndexCorruptError(f"{generation / name} is missing; {CURE}")
    try:
        actual = hash_files(generation)
    except OSError as error:
        raise IndexCorruptError(f"{generation} cannot be read ({error}); {CURE}") from error
    for name, expected in manifest.files.items():
        if actual.get(name) != expected:
            raise IndexCorruptError(f"{generation / name} was altered or cut short; {CURE}")
    for collection, due in manifest.collections.items():
        if engine and (there := engine.count(collection)) != due:
            raise IndexCorruptError(f"the collection {collection} holds {there} points where {due} are due; {CURE}")


def verify_live(folder: Path, engine: Engine | None = None) -> IndexManifest:
    """Check every file of the live generation against its hash, and return its manifest."""
    generation, reading = lock_live(folder, engine)
    with contextlib.closing(reading):
        manifest = read_manifest(generation)
        verify(generation, manifest, engine)
    return manifest


def whole_others(folder: Path, engine: Engine | None = None) -> dict[str, bool]:
    """Map each generation but the live one, oldest first, to whether ``rollback`` would take it."""
    live = live_name(folder, engine)
    return {name: is_whole(folder / name, engine) for name in list_generations(folder) if name != live}


def is_whole(generation: Path, engine: Engine | None = None) -> bool:
    """Say whether a generation is whole and this version can read it; one half removed is not."""
    try:
        manifest = read_manifest(generation)
        check_match(manifest, None)
        verify(generation, manifest, engine)
    except (IndexCorruptError, IndexMismatchError):
        return False
    return True


def hash_files(folder: Path, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return the hash of each file below a folder but manifest and lock; those ``known`` are not computed."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (MANIFEST, LOCK)]
    names = [path.relative_to(folder).as_posix() for path in paths]
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(lambda name: known.get(name) or hash_file(folder / name), names), strict=True))


def put_in_place(partial: Path, generation: Path) -> None:
    """Rename a complete folder to its generation's name, once all of it is on the disk."""
    for path in [*partial.rglob("*"), partial]:
        sync(path)
    partial.chmod(0o755)  # a temporary folder is closed to all but its owner; a generation is not
    partial.rename(generation)
    sync(generation.parent)
