"""Documents → a complete generation on disk; unchanged passages keep their vectors."""

import dataclasses
import datetime
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path

import numpy as np

from qa.corpus import CHUNKING, cut, searched_spans, searched_text
from qa.encoder import Encoded, Encoder
from qa.index import bm25, generations
from qa.index.engine import Engine
from qa.index.generations import DELTA, KEPT_GENERATIONS, LOCK, MANIFEST, UNFINISHED
from qa.index.qdrant import MOST_REMOVED, PART, EngineVectorCache, TermTable, write_engine_segment
from qa.index.segment import Database, SegmentContent, format_document, key_of, write_segment
from qa.index.vector_cache import VectorCache
from qa.index.vector_index import LARGE
from qa.values import Document, IndexManifest, Passage

MOST_ADDED, MOST_CHARACTERS = 0.1, 10_000_000
"""Share of the text, and how much of it at most, that may lie in the second segment: each build makes it anew."""

BATCH = 2000
"""Characters encoded at once, some 560 tokens: measured quicker than batches of 16 texts (docs/decisions.md)."""

QDRANT = "Qdrant, nearest by graph, words and scores exact"
SHAPING = ("format", "encoder", "revision", "dimension", "chunking", "tokenizer")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How an index is built.

    ``full``: embed every passage again. ``kept``: generations that stay, and those that are being read. ``large``:
    passages from which a search compares only those that could be among the best. ``step``: passages embedded between
    two writes, which is what a kill can cost. ``shipped``: a table of vectors that comes with the corpus. ``engine``:
    what is to hold vectors and term weights in the place of the folder.
    """

    full: bool = False
    kept: int = KEPT_GENERATIONS
    large: int = LARGE
    step: int = 256
    shipped: Path | None = None
    engine: Engine | None = None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: passages embedded anew and taken over, and the generation now live."""

    generation: str
    documents: int
    passages: int
    embedded: int
    reused: int
    changed: bool


@dataclass(frozen=True, slots=True)
class ReusedSegment:
    """A large first segment that stays while little else comes.

    ``files``: their hashes by name; ``removed``: ids of its documents that no longer answer; ``missing``: documents
    that it lacks; ``rows``: how many of its passages still answer.
    """

    manifest: IndexManifest
    files: Mapping[str, str]
    removed: Sequence[str]
    missing: Sequence[Document]
    rows: int


def build(
    documents: Sequence[Document],
    folder: Path,
    encoder: Encoder,
    options: BuildOptions | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in ``folder`` up to date with the documents and make it live.

    Passages whose embedded text is unchanged keep their vectors, unless all are wanted anew. One builder at a time;
    a crash at any moment leaves the previous generation live. ``progress`` is told (done, all) passages,
    each weighed by its length.
    Raises IndexBusyError where another process builds, IndexStoreError where the folder cannot be written.
    """
    options = options or BuildOptions()
    engine = options.engine
    with generations.writing(folder):
        live = generations.live_manifest(folder, engine)
        if engine:
            generations.drop_unfinished(folder, engine)
        cache = EngineVectorCache(folder, encoder, engine, live) if engine else VectorCache(folder, encoder)
        wanted, prints = describe(documents, encoder)
        reusable = live and not options.full and all(getattr(live, name) == getattr(wanted, name) for name in SHAPING)
        shaped = live if reusable else None
        if shaped and shaped.corpus == wanted.corpus and generations.is_whole(folder / shaped.generation, engine):
            cache.clear()
            generations.prune(folder, shaped.generation, None, options.kept, engine)
            return BuildReport(shaped.generation, shaped.documents, shaped.passages, 0, shaped.passages, changed=False)
        reused = find_reusable(folder, shaped, documents, prints, options)
        if options.full:
            cache.clear()
        else:
            cache.load(options.shipped, compared=reused is not None)
        written = reused.missing if reused else documents
        passages = [passage for document in written for passage in cut(document)]
        embedded = 0

        def encoded(size: int) -> Iterator[Encoded]:
            nonlocal embedded
            for start in range(0, max(1, len(passages)), size):
                part, more = embed(passages[start : start + size], encoder, cache, options.step, progress)
                embedded += more
                yield part

        content = SegmentContent(written, passages, reused.removed if reused else ())
        manifest = dataclasses.replace(wanted, generation=generations.next_generation(folder, engine))
        manifest = write_generation(folder, manifest, content, encoded, reused, options)
        generations.go_live(folder, manifest.generation, engine)
        cache.clear()
        generations.prune(folder, manifest.generation, live.generation if live else None, options.kept, engine)
    taken_over = manifest.passages - embedded
    return BuildReport(manifest.generation, len(documents), manifest.passages, embedded, taken_over, changed=True)


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


def fingerprint(record: str) -> bytes:
    return hashlib.blake2b(record.encode(), digest_size=16).digest()


def find_reusable(
    folder: Path,
    live: IndexManifest | None,
    documents: Sequence[Document],
    prints: Sequence[bytes],
    options: BuildOptions,
) -> ReusedSegment | None:
    """Return the live generation's first segment where it is large, whole, and nearly all that is wanted."""
    if live is None or live.passages < options.large:
        return None
    if not generations.is_whole(folder / live.generation, options.engine):
        return None
    wanted = dict(zip(prints, documents, strict=True))
    database = Database(folder / live.generation)
    removed, rows = [], database.count_passages()
    for (name, first, record), (_, end, _) in pairwise([*database.documents(), ("", rows, "")]):
        if wanted.pop(fingerprint(record), None) is None:
            removed.append(name)
            rows -= end - first
    missing = list(wanted.values())
    added = sum(len(document.text) for document in missing)
    whole = sum(len(document.text) for document in documents)
    if added > min(MOST_ADDED * whole, MOST_CHARACTERS) or len(removed) > MOST_ADDED * len(documents):
        return None
    if options.engine and len(removed) > MOST_REMOVED:
        return None
    files = {name: digest for name, digest in live.files.items() if not name.startswith(f"{DELTA}/")}
    return ReusedSegment(live, files, removed, missing, rows)


def embed(
    passages: Sequence[Passage], encoder: Encoder, cache: VectorCache, step: int, progress: Progress | None
) -> tuple[Encoded, int]:
    """Return all vectors and how many passages were embedded, each text once; finished steps are cached.

    A stopped build goes on there. Long passages come first; ``progress`` counts each by its length, so that what is
    left takes as long as it says.
    """
    keys = [key_of(passage) for passage in passages]
    once = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in cache}
    missing = sorted(once.items(), key=lambda pair: -len(searched_text(pair[1])))
    work = np.cumsum([len(searched_text(passage)) for _, passage in missing])
    counted = 0

    def report(more: int) -> None:
        nonlocal counted
        counted += more
        if progress:
            progress(int(work[counted - 1] * len(missing) // work[-1]), len(missing))

    def encode(some: Iterable[tuple[str, Passage]]) -> Encoded:
        passages = [passage for _, passage in some]
        return encoder.encode_passages([*map(searched_text, passages)], [*map(searched_spans, passages)], report)

    for start in range(0, len(missing), step):
        some = missing[start : start + step]
        batch_of = iter((work[start : start + step] // BATCH).tolist())
        parts = [encode(batch) for _, batch in groupby(some, key=lambda _: next(batch_of))]
        sentences = [*chain.from_iterable(part.sentences for part in parts)]
        cache.add([key for key, _ in some], Encoded(np.concatenate([part.passages for part in parts]), sentences))
    return cache.read(keys), len(missing)


def write_generation(
    folder: Path,
    manifest: IndexManifest,
    content: SegmentContent,
    encoded: Callable[[int], Iterator[Encoded]],
    reused: ReusedSegment | None,
    options: BuildOptions,
) -> IndexManifest:
    """Write a complete generation under another name, make it durable, then rename it into place.

    ``encoded`` gives the vectors of the content's passages, so many at once.
    """
    partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    collections: dict[str, int] = {}
    try:
        if reused:
            link(reused.files, folder / reused.manifest.generation, partial)
        segment = partial / DELTA if reused else partial
        if options.engine:
            base = TermTable.load(partial) if reused else None
            collections = dict(list(reused.manifest.collections.items())[:1]) if reused else {}
            collections[manifest.generation] = len(content.passages)
            options.engine.create(manifest.generation, manifest.dimension)
            write_engine_segment(segment, content, encoded(PART), (options.engine, manifest.generation), base)
            search, recall = QDRANT, 1.0
        else:
            vectors = write_segment(segment, content, next(encoded(max(1, len(content.passages)))), options.large)
            search, recall = vectors.kind, vectors.recall
            if reused:
                search, recall = reused.manifest.search, reused.manifest.recall
        complete = dataclasses.replace(
            manifest,
            passages=len(content.passages) + (reused.rows if reused else 0),
            files=generations.hash_files(partial, reused.files if reused else {}),
            search=search,
            recall=recall,
            collections=collections,
        )
        (partial / MANIFEST).write_text(generations.sealed(dataclasses.asdict(complete)), encoding="utf-8")
        (partial / LOCK).touch()
        generations.put_in_place(partial, folder / manifest.generation)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return complete


def link(names: Iterable[str], source: Path, target: Path) -> None:
    """Give the target folder the files of the source folder, without copying where the file system can."""
    for name in names:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / name, place)
        except OSError:
            shutil.copy2(source / name, place)
