"""Targets: the records of a generation, and whole indexes with altered bytes."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

import qa
from qa.encoder import Encoded
from qa.errors import IndexNotFoundError, IndexStoreError
from qa.files import hash_file
from qa.index import Index, generations
from qa.index.generations import sealed
from qa.index.segment import format_document, parse_document
from qa.index.vector_cache import VectorCache
from testing.fake_encoder import COURTS, LONG_BIEN
from testing.fuzz.answers import FastEncoder
from testing.fuzz.material import fields_of

ENCODER = FastEncoder()
NOT_TRUSTED = "dense.faiss"
"""Read by FAISS's own code, which only the hash protects: never given altered under a hash that agrees."""


@cache
def folder_of_process() -> Path:
    """Return a folder for as long as the process lives."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def whole_index() -> tuple[Path, dict[str, bytes]]:
    """Return a small index and what its files hold."""
    folder, corpus = folder_of_process() / "index", folder_of_process() / "corpus"
    corpus.mkdir()
    for name, text in (("long-bien", LONG_BIEN), ("toa-an", COURTS)):
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    qa.build_index(corpus, folder, ENCODER)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != generations.LOCK]
    return folder, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def check_generation(content: bytes) -> None:
    """An index with altered bytes is refused with its cure; CURRENT and the manifest altered, nothing else is raised.

    Fields: which file, where, and what stands there instead; with a fourth field the manifest's hashes agree.
    """
    which, place, altered, *agreeing = fields_of(content, 4)
    folder, files = whole_index()
    name = sorted(files)[len(which) % len(files)]
    before = files[name]
    at = (sum(map(ord, place)) * 131 + len(place)) % (len(before) + 1)
    after = before[:at] + altered.encode("utf-8", "surrogateescape") + before[at + len(altered) :]
    agrees = bool(agreeing[0]) and NOT_TRUSTED not in name
    try:
        write(folder / name, after)
        if agrees and "manifest" not in name:
            agree(folder, files, name)
        opened = Index.open(folder, ENCODER)
    except IndexStoreError as error:
        assert "run: qa build" in str(error)
        return
    finally:
        for path in (name, *(one for one in files if one.endswith("manifest.json"))):
            write(folder / path, files[path])
    assert after == before or agrees or name == generations.CURRENT or "manifest" in name, f"{name} was altered unseen"
    assert len(opened.passages) == len(opened.owners)


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def agree(folder: Path, files: dict[str, bytes], name: str) -> None:
    """Make the manifest's hash of a file agree with what the file holds now."""
    generation, _, inside = name.partition("/")
    if inside:
        manifest = json.loads(files[f"{generation}/manifest.json"])
        manifest["files"][inside] = hash_file(folder / name)
        del manifest["seal"]
        (folder / generation / "manifest.json").write_text(sealed(manifest), encoding="utf-8")


def check_records(content: bytes) -> None:
    """A manifest, a document's line or a step of a stopped build is read as it was written, or refused as promised."""
    kind, *texts = fields_of(content, 3)
    record = "".join(texts).encode("utf-8", "surrogateescape")
    if kind == "step":
        expect_step(texts)
    elif kind == "manifest":
        expect_manifest(record)
    else:
        expect_document(record.decode("utf-8", "replace"))


def expect_manifest(record: bytes) -> None:
    folder = folder_of_process() / "manifest"
    folder.mkdir(exist_ok=True)
    write(folder / "manifest.json", record)
    try:
        manifest = generations.read_manifest(folder)
        assert manifest.format == generations.FORMAT
        generations.verify(folder, manifest)
    except IndexStoreError as error:
        assert not isinstance(error, IndexNotFoundError)
        assert "run: qa build" in str(error)


def expect_document(line: str) -> None:
    try:
        document = parse_document(line)
    except ValueError:
        return
    assert parse_document(format_document(document)) == document


@cache
def whole_step() -> tuple[dict[Path, bytes], dict[str, np.ndarray]]:
    """Return the files of a step of a stopped build, and the passages' vectors by key."""
    folder = folder_of_process() / "steps"
    folder.mkdir()
    vectors = np.eye(3, ENCODER.dimension, dtype=np.float32)
    cache = VectorCache(folder, ENCODER)
    cache.add(["một", "hai", "ba"], Encoded(vectors, [vectors[:2], vectors[:0], vectors[2:]]))
    (step,) = folder.glob(".embedded-*")
    return {path: path.read_bytes() for path in sorted(step.iterdir())}, dict(
        zip(["một", "hai", "ba"], vectors, strict=True)
    )


def expect_step(texts: list[str]) -> None:
    files, vectors = whole_step()
    place, altered = texts
    path, before = list(files.items())[len(altered) % len(files)]
    at = (sum(map(ord, place)) * 131 + len(place)) % (len(before) + 1)
    write(path, before[:at] + altered.encode("utf-8", "surrogateescape") + before[at + len(altered) :])
    try:
        cache = VectorCache(path.parent.parent, ENCODER)
        cache.load()
    finally:
        write(path, before)
    known = [key for key in vectors if key in cache]
    assert [*map(tuple, cache.read(known).passages)] == [tuple(vectors[key]) for key in known]
