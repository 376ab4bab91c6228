"""Documents → a complete generation on disk; unchanged passages keep their vectors."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from qa import lexical
from qa.encoder import Encoded, Encoder
from qa.errors import IndexStoreError
from qa.index import store
from qa.index.holds import MANIFEST, UNFINISHED
from qa.index.records import (
    SENTENCE_STARTS,
    SENTENCES,
    format_document,
    format_manifest,
    format_passage,
    read_sentences,
    write_lines,
    write_numbers,
    write_sentences,
)
from qa.index.resume import STEP, Embedded
from qa.index.strangers import stranger_similarity
from qa.language import LanguageModel
from qa.lexical import LexicalIndex
from qa.passages import CHUNKING, cut, searched_spans, searched_text
from qa.types import Document, IndexManifest, Passage

VECTOR_FILES = ("keys.json", "dense.faiss", SENTENCES, SENTENCE_STARTS)
Progress = Callable[[int, int], None]
Known = Mapping[str, Sequence[np.ndarray]]
"""A passage's key → its vector and those of its sentences."""


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
    kept: int = store.KEPT_GENERATIONS,
) -> BuildReport:
    """Bring the index in ``folder`` up to date with the documents and make it live.

    Passages whose embedded text is unchanged keep their vectors, unless ``full``. One builder at a time;
    a crash at any moment leaves the previous generation live. ``progress`` is told (done, all) passages.
    At most ``kept`` generations stay, and those that are being read.
    """
    with store.writing(folder):
        live = store.live_manifest(folder)
        wanted = describe(documents, encoder)
        if live and not full and is_same(live, wanted) and store.is_whole(folder / live.generation):
            store.prune(folder, live.generation, None, kept)
            return BuildReport(live.generation, live.documents, live.passages, 0, live.passages, changed=False)
        passages = [passage for document in documents for passage in cut(document)]
        done = Embedded(folder, encoder)
        if full:
            done.clear()
        known = {} if full else known_vectors(folder, encoder) | dict(done.read())
        encoded, embedded = embed(passages, encoder, known, done, progress)
        manifest = dataclasses.replace(wanted, generation=store.next_generation(folder), passages=len(passages))
        dense = faiss.IndexFlatIP(encoder.dimension)
        dense.add(encoded.passages)
        mean, spread = stranger_similarity(dense, encoder)
        manifest = dataclasses.replace(manifest, stranger_mean=mean, stranger_spread=spread)
        write_generation(folder, manifest, documents, passages, dense, encoded.sentences)
        store.set_current(folder, manifest.generation)
        done.clear()
        store.prune(folder, manifest.generation, live and live.generation, kept)
    return BuildReport(
        manifest.generation, len(documents), len(passages), embedded, len(passages) - embedded, changed=True
    )


def describe(documents: Sequence[Document], encoder: Encoder) -> IndexManifest:
    """Return a manifest of everything that shapes an index of these documents."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(format_document(document).encode())
    return IndexManifest(
        format=store.FORMAT,
        generation="",
        built=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        encoder=encoder.name,
        revision=encoder.revision,
        dimension=encoder.dimension,
        documents=len(documents),
        passages=0,
        chunking=CHUNKING,
        tokenizer=lexical.TOKENIZER,
        corpus=digest.hexdigest(),
    )


def is_same(left: IndexManifest, right: IndexManifest) -> bool:
    shaping = ("format", "encoder", "revision", "dimension", "chunking", "tokenizer", "corpus")
    return all(getattr(left, name) == getattr(right, name) for name in shaping)


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def known_vectors(folder: Path, encoder: Encoder) -> Known:
    """Map the key of each embedded text to its vectors, as this encoder made them for the live generation.

    Where that one's vectors are damaged, or ``CURRENT`` is, those of the newest generation that has them whole.
    """
    names = [*reversed(store.generations(folder))]
    with contextlib.suppress(IndexStoreError):
        names.insert(0, store.read_current(folder))
    return next(filter(None, (vectors_of(folder / name, encoder) for name in names)), {})


def vectors_of(generation: Path, encoder: Encoder) -> Known:
    """Return a generation's vectors by key; none where they are damaged or another encoder's.

    The generation may have another format: keys and vectors are all that is read of it, hashes compared.
    """
    try:
        stored = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        ours = (stored["encoder"], stored["revision"]) == (encoder.name, encoder.revision)
        if not ours or any(store.hash_file(generation / name) != stored["files"][name] for name in VECTOR_FILES):
            return {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    keys = json.loads((generation / "keys.json").read_text(encoding="utf-8"))
    dense = faiss.read_index(str(generation / "dense.faiss"))
    vectors = dense.reconstruct_n(0, dense.ntotal)
    sentences = read_sentences(generation)
    return {name: (vectors[row], sentences.of(row)) for row, name in enumerate(keys)}


def embed(
    passages: Sequence[Passage], encoder: Encoder, known: Known, done: Embedded, progress: Progress | None
) -> tuple[Encoded, int]:
    """Return the vectors of every passage and its sentences, and how many passages had to be embedded.

    Each finished step is kept in ``done``, so that a build that was stopped embeds only what is left.
    """
    texts = [searched_text(passage) for passage in passages]
    keys = [key(text) for text in texts]
    found = dict(known)
    missing = [row for row, name in enumerate(keys) if name not in found]
    missing.sort(key=lambda row: -len(texts[row]))
    counted = 0

    def report(more: int) -> None:
        nonlocal counted
        counted += more
        if progress:
            progress(counted, len(missing))

    for start in range(0, len(missing), STEP):
        rows = missing[start : start + STEP]
        fresh = encoder.encode_passages(
            [texts[row] for row in rows], [searched_spans(passages[row]) for row in rows], report
        )
        names = [keys[row] for row in rows]
        done.add(names, fresh)
        found |= dict(zip(names, zip(fresh.passages, fresh.sentences, strict=True), strict=True))
    vectors = np.empty((len(passages), encoder.dimension), np.float32)
    for row, name in enumerate(keys):
        vectors[row] = found[name][0]
    return Encoded(vectors, [found[name][1] for name in keys]), len(missing)


def write_generation(
    folder: Path,
    manifest: IndexManifest,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    dense: faiss.Index,
    sentences: Sequence[np.ndarray],
) -> None:
    """Write a complete generation under another name, make it durable, then rename it into place."""
    partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        faiss.write_index(dense, str(partial / "dense.faiss"))
        write_sentences(partial, sentences, dense.d)
        texts = [searched_text(passage) for passage in passages]
        LexicalIndex.build(texts).save(partial / "lexical")
        write_lines(partial / "documents.jsonl", map(format_document, documents))
        write_lines(partial / "passages.jsonl", map(format_passage, passages))
        learnt = LanguageModel.learn(f"{document.title}\n{document.text}" for document in documents)
        learnt.save(partial / "language.json")
        write_numbers(partial / "numbers.json", passages)
        (partial / "keys.json").write_text(json.dumps([key(text) for text in texts]), encoding="utf-8")
        complete = dataclasses.replace(manifest, files=store.hash_files(partial))
        (partial / MANIFEST).write_text(format_manifest(complete), encoding="utf-8")
        store.put_in_place(partial, folder / manifest.generation)
    except RuntimeError as error:  # faiss reports a full disk as RuntimeError
        raise IndexStoreError(f"{folder} cannot be written ({error}); free space, then run: qa build") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
