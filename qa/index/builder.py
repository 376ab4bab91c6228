"""Documents → a complete generation on disk; unchanged passages keep their vectors."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.corpus import CHUNKING, cut, searched_spans, searched_text
from qa.encoder import Encoded, Encoder
from qa.errors import IndexStoreError
from qa.index import bm25, generations
from qa.index.out_of_domain import stranger_similarity
from qa.index.reader_lock import MANIFEST, UNFINISHED
from qa.index.records import format_document, format_manifest
from qa.index.resume import STEP, Embedded
from qa.index.reused_segment import Base, find_base, fingerprint
from qa.index.segment import DELTA, REMOVED, key_of, link, write_segment
from qa.index.vector_cache import Known
from qa.values import Document, IndexManifest, Passage

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: passages embedded anew and taken over, and the generation now live."""

    generation: str
    documents: int
    passages: int
    embedded: int
    reused: int
    changed: bool


def build(
    documents: Sequence[Document],
    folder: Path,
    encoder: Encoder,
    *,
    full: bool = False,
    progress: Progress | None = None,
    kept: int = generations.KEPT_GENERATIONS,
) -> BuildReport:
    """Bring the index in ``folder`` up to date with the documents and make it live.

    Passages whose embedded text is unchanged keep their vectors, unless ``full``. One builder at a time;
    a crash at any moment leaves the previous generation live. ``progress`` is told (done, all) passages.
    At most ``kept`` generations stay, and those that are being read.
    """
    with generations.writing(folder):
        live = generations.live_manifest(folder)
        wanted, prints = describe(documents, encoder)
        shaped = live if live and not full and has_same_shape(live, wanted) else None
        if shaped and shaped.corpus == wanted.corpus and generations.is_whole(folder / shaped.generation):
            generations.prune(folder, shaped.generation, None, kept)
            return BuildReport(shaped.generation, shaped.documents, shaped.passages, 0, shaped.passages, changed=False)
        base = find_base(folder, shaped, documents, prints)
        written = base.fresh if base else documents
        passages = [passage for document in written for passage in cut(document)]
        done = Embedded(folder, encoder)
        if full:
            done.clear()
        known = Known({} if full else dict(done.read()))
        if not full:
            known.take_over(folder, encoder, compared=base is not None)
        encoded, embedded = embed(passages, encoder, known, done, progress)
        manifest = dataclasses.replace(wanted, generation=generations.next_generation(folder))
        manifest = write_generation(folder, manifest, base, written, passages, encoded, encoder)
        generations.set_current(folder, manifest.generation)
        done.clear()
        generations.prune(folder, manifest.generation, live and live.generation, kept)
    reused = manifest.passages - embedded
    return BuildReport(manifest.generation, len(documents), manifest.passages, embedded, reused, changed=True)


def describe(documents: Sequence[Document], encoder: Encoder) -> tuple[IndexManifest, list[bytes]]:
    """Return a manifest of everything that shapes an index of these documents, and each document's fingerprint."""
    digest = hashlib.sha256()
    prints = []
    for document in documents:
        line = format_document(document)
        digest.update(line.encode())
        prints.append(fingerprint(line))
    manifest = IndexManifest(
        format=generations.FORMAT,
        generation="",
        built=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        encoder=encoder.name,
        revision=encoder.revision,
        dimension=encoder.dimension,
        documents=len(documents),
        passages=0,
        chunking=CHUNKING,
        tokenizer=bm25.TOKENIZER,
        corpus=digest.hexdigest(),
    )
    return manifest, prints


def has_same_shape(left: IndexManifest, right: IndexManifest) -> bool:
    shaping = ("format", "encoder", "revision", "dimension", "chunking", "tokenizer")
    return all(getattr(left, name) == getattr(right, name) for name in shaping)


def embed(
    passages: Sequence[Passage], encoder: Encoder, known: Known, done: Embedded, progress: Progress | None
) -> tuple[Encoded, int]:
    """Return the vectors of every passage and its sentences, and how many passages had to be embedded.

    Each finished step is kept in ``done``, so that a build that was stopped embeds only what is left.
    Sentence vectors are in the half precision in which they are stored.
    """
    keys = [key_of(passage) for passage in passages]
    vectors = np.empty((len(passages), encoder.dimension), np.float32)
    sentences: list[np.ndarray] = [np.empty((0, encoder.dimension), np.float16)] * len(passages)
    missing = []
    for row, name in enumerate(keys):
        if name in known:
            vectors[row], held = known.of(name)
            sentences[row] = held.astype(np.float16)
        else:
            missing.append(row)
    missing.sort(key=lambda row: -len(searched_text(passages[row])))
    counted = 0

    def report(more: int) -> None:
        nonlocal counted
        counted += more
        if progress:
            progress(counted, len(missing))

    for start in range(0, len(missing), STEP):
        rows = missing[start : start + STEP]
        fresh = encoder.encode_passages(
            [searched_text(passages[row]) for row in rows], [searched_spans(passages[row]) for row in rows], report
        )
        done.add([keys[row] for row in rows], fresh)
        vectors[rows] = fresh.passages
        for row, held in zip(rows, fresh.sentences, strict=True):
            sentences[row] = held.astype(np.float16)
    return Encoded(vectors, sentences), len(missing)


def write_generation(
    folder: Path,
    manifest: IndexManifest,
    base: Base | None,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    encoded: Encoded,
    encoder: Encoder,
) -> IndexManifest:
    """Write a complete generation under another name, make it durable, then rename it into place."""
    partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        if base:
            link(base.files, base.folder, partial)
            write_segment(partial / DELTA, documents, passages, encoded)
            (partial / DELTA / REMOVED).write_text(json.dumps(base.removed), encoding="utf-8")
            manifest = take_over(manifest, base.manifest, base.rows + len(passages))
        else:
            nearest = write_segment(partial, documents, passages, encoded)
            mean, spread = stranger_similarity(nearest.index, encoder)
            manifest = dataclasses.replace(
                manifest,
                passages=len(passages),
                stranger_mean=mean,
                stranger_spread=spread,
                search=nearest.kind,
                recall=nearest.recall,
            )
        complete = dataclasses.replace(manifest, files=generations.hash_files(partial, base.files if base else {}))
        (partial / MANIFEST).write_text(format_manifest(complete), encoding="utf-8")
        generations.put_in_place(partial, folder / manifest.generation)
    except RuntimeError as error:  # faiss reports a full disk as RuntimeError
        raise IndexStoreError(f"{folder} cannot be written ({error}); free space, then run: qa build") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return complete


def take_over(manifest: IndexManifest, base: IndexManifest, passages: int) -> IndexManifest:
    """Return the manifest of ``passages`` with what was measured on the base."""
    measured = {name: getattr(base, name) for name in ("stranger_mean", "stranger_spread", "search", "recall")}
    return dataclasses.replace(manifest, passages=passages, **measured)
