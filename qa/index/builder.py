"""Documents → a complete generation on disk; unchanged passages keep their vectors."""

import dataclasses
import datetime
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path

import numpy as np

from qa.corpus import CHUNKING, cut, searched_spans, searched_text
from qa.encoder import Encoded, Encoder
from qa.errors import IndexMismatchError
from qa.index import bm25, generations
from qa.index.engine import Engine
from qa.index.generations import DELTA, KEPT_GENERATIONS, LOCK, MANIFEST, UNFINISHED
from qa.index.qdrant import MOST_REMOVED, PART, EngineVectorCache, TermTable, write_engine_segment
from qa.index.segment import Database, SegmentContent, format_document, key_of, write_segment
from qa.index.vector_cache import VectorCache, steps_below
from qa.index.vector_index import LARGE
from qa.values import Document, IndexManifest, Passage

MOST_ADDED, MOST_CHARACTERS = 0.1, 10_000_000
"""Share of the text, and how much of it at most, that may lie in the second segment: each build makes it anew."""

BATCH = 2000
"""Characters encoded at once, some 560 tokens: measured quicker than batches of 16 texts (docs/decisions.md)."""

QDRANT = "Qdrant, nearest by graph, words and scores exact"
AGREEMENT = 0.99
"""Least cosine of a worker's and the builder's vectors of a passage: rounding stays above, another model does not."""

SHAPING = ("format", "encoder", "revision", "dimension", "chunking", "tokenizer")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How an index is built.

    ``full``: embed every passage again. ``kept``: generations that stay, and those that are being read. ``large``:
    passages from which a search compares only those that could be among the best. ``step``: passages embedded between
    two writes, which is what a kill can cost. ``shipped``: a table of vectors that comes with the corpus. ``joined``:
    folders that workers embedded into. ``engine``: what is to hold vectors and term weights in the place of the folder.
    """

    full: bool = False
    kept: int = KEPT_GENERATIONS
    large: int = LARGE
    step: int = 256
    shipped: Path | None = None
    engine: Engine | None = None
    joined: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: passages embedded anew and taken over, and the generation now live.

    ``joined``: passages that workers embedded; ``damaged``: their steps that were cut short, and embedded here again.
    """

    generation: str
    documents: int
    passages: int
    embedded: int
    reused: int
    changed: bool
    joined: int = 0
    damaged: Sequence[Path] = ()


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
        embedded, joined, damaged = fill(cache, passages, options, progress)
        content = SegmentContent(written, passages, reused.removed if reused else ())
        manifest = dataclasses.replace(wanted, generation=generations.next_generation(folder, engine))
        manifest = write_generation(folder, manifest, content, cache, reused, options)
        generations.go_live(folder, manifest.generation, engine)
        cache.clear()
        generations.prune(folder, manifest.generation, live.generation if live else None, options.kept, engine)
    made = (len(documents), manifest.passages, embedded, manifest.passages - embedded - joined)
    return BuildReport(manifest.generation, *made, changed=True, joined=joined, damaged=damaged)


def fill(
    cache: VectorCache, passages: Sequence[Passage], options: BuildOptions, progress: Progress | None
) -> tuple[int, int, list[Path]]:
    """Put the vectors of all passages into the cache: how many were embedded, how many joined, which steps were not."""
    once = {key_of(passage): passage for passage in passages}
    batches = plan(once, cache.known)
    joined, damaged = join(cache, once, options.joined)
    batches, missing = left_of(batches, cache)
    for some, encoded in embed(batches, once, cache.encoder, options.step, progress):
        cache.add(some, encoded)
    return missing, joined, damaged


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


def join(cache: VectorCache, passages: Mapping[str, Passage], folders: Sequence[Path]) -> tuple[int, list[Path]]:
    """Take over what workers embedded: how many passages, and which of their steps were cut short.

    One passage of each worker is embedded again: a model may have the same name and revision, and be another.
    """
    joined, damaged, checked = 0, [], set()
    for folder in folders:
        steps, broken = steps_below(folder, cache.encoder)
        damaged += broken
        for step in steps:
            keys = cache.join(step, passages)
            joined += len(keys)
            if keys and step.parent not in checked:
                checked.add(step.parent)
                check_agreement(cache, step, min(keys), passages[min(keys)])
    return joined, damaged


def check_agreement(cache: VectorCache, step: Path, key: str, passage: Passage) -> None:
    again = cache.encoder.encode_passages([searched_text(passage)], [searched_spans(passage)]).passages[0]
    cosine = float(again @ cache.read([key]).passages[0])
    if not cosine >= AGREEMENT:
        raise IndexMismatchError(
            f"{step} holds another vector of a passage than this encoder makes (cosine {cosine:.4f}): another model "
            "bears its name there; embed with the same model, or leave that folder out"
        )


def plan(passages: Mapping[str, Passage], known: Container[str]) -> list[list[str]]:
    """Cut the keys of what is not ``known`` into batches to be encoded each at once, long passages first.

    What a passage is encoded with decides the last bits of its vector, by their common length. So a build that goes on,
    and workers that share one, embed whole batches of this one plan, and make the very vectors of a single process.
    """
    ordered = sorted((key for key in passages if key not in known), key=lambda key: -length(passages[key]))
    batch_of = iter((np.cumsum([length(passages[key]) for key in ordered]) // BATCH).tolist())
    return [list(batch) for _, batch in groupby(ordered, key=lambda _: next(batch_of))]


def length(passage: Passage) -> int:
    return len(searched_text(passage))


def left_of(batches: Iterable[Sequence[str]], done: Container[str]) -> tuple[list[list[str]], int]:
    """Return the batches without what is done, and how many keys they hold."""
    left = [some for batch in batches if (some := [key for key in batch if key not in done])]
    return left, sum(map(len, left))


def embed(
    batches: Sequence[Sequence[str]],
    passages: Mapping[str, Passage],
    encoder: Encoder,
    step: int,
    progress: Progress | None,
) -> Iterator[tuple[list[str], Encoded]]:
    """Yield the keys and vectors of some whole batches after the other, at least ``step`` passages but for the last.

    ``progress`` counts each passage by its length, so that what is left takes as long as it says.
    """
    work = np.cumsum([length(passages[key]) for batch in batches for key in batch])
    counted = 0

    def report(more: int) -> None:
        nonlocal counted
        counted += more
        if progress:
            progress(int(work[counted - 1] * len(work) // work[-1]), len(work))

    def encode(batch: Sequence[str]) -> Encoded:
        some = [passages[key] for key in batch]
        return encoder.encode_passages([*map(searched_text, some)], [*map(searched_spans, some)], report)

    starts = np.cumsum([0, *map(len, batches)])
    step_of = iter((starts // step).tolist())
    for _, some in groupby(batches, key=lambda _: next(step_of)):
        keys, parts = zip(*((batch, encode(batch)) for batch in some), strict=True)
        sentences = [*chain.from_iterable(part.sentences for part in parts)]
        yield [*chain.from_iterable(keys)], Encoded(np.concatenate([part.passages for part in parts]), sentences)


def write_generation(
    folder: Path,
    manifest: IndexManifest,
    content: SegmentContent,
    cache: VectorCache,
    reused: ReusedSegment | None,
    options: BuildOptions,
) -> IndexManifest:
    """Write a complete generation under another name, make it durable, then rename it into place.

    ``cache`` holds the vectors of the content's passages.
    """
    partial = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    collections: dict[str, int] = {}
    keys = [key_of(passage) for passage in content.passages]
    try:
        if reused:
            link(reused.files, folder / reused.manifest.generation, partial)
        segment = partial / DELTA if reused else partial
        if options.engine:
            base = TermTable.load(partial) if reused else None
            collections = dict(list(reused.manifest.collections.items())[:1]) if reused else {}
            collections[manifest.generation] = len(content.passages)
            options.engine.create(manifest.generation, manifest.dimension)
            write_engine_segment(segment, content, parts_of(cache, keys), (options.engine, manifest.generation), base)
            search, recall = QDRANT, 1.0
        else:
            vectors = write_segment(segment, content, cache.read(keys), options.large)
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


def parts_of(cache: VectorCache, keys: Sequence[str]) -> Iterator[Encoded]:
    """Yield the vectors of some passages after the other, so that memory never holds all of them."""
    for start in range(0, max(1, len(keys)), PART):
        yield cache.read(keys[start : start + PART])


def link(names: Iterable[str], source: Path, target: Path) -> None:
    """Give the target folder the files of the source folder, without copying where the file system can."""
    for name in names:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / name, place)
        except OSError:
            shutil.copy2(source / name, place)
