"""One generation in memory, searched by rows."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np

from qa.encoder import Encoder
from qa.errors import IndexCorruptError, IndexStoreError
from qa.index.holds import Hold
from qa.index.records import Sentences, parse_document, read_lines, read_numbers, read_passages, read_sentences
from qa.index.store import CURE, check_match, hold_live, read_manifest, verify
from qa.language import LanguageModel
from qa.lexical import LexicalIndex
from qa.numbers import DocumentNumber, find_numbers
from qa.types import Document, IndexManifest, Passage

UNREADABLE = (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, SyntaxError)
"""What the readers of a generation's files raise where a file is of another form, though its hash agrees."""


class Index:
    """One generation in memory: documents, passages, dense and lexical search over the same rows."""

    def __init__(
        self,
        manifest: IndexManifest,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        dense: faiss.Index,
        lexical: LexicalIndex,
        language: LanguageModel,
        mentions: Mapping[int, list[tuple[DocumentNumber, int]]],
        sentences: Sentences,
    ) -> None:
        self.manifest = manifest
        self.documents = {document.id: document for document in documents}
        self.passages = passages
        self.dense = dense
        self.lexical = lexical
        self.language = language
        self.mentions = mentions
        self.sentences = sentences
        self.rows = {passage.id: row for row, passage in enumerate(passages)}
        self.ranges = ranges(passages)
        self.bearers = bearers(passages)
        self.same = same_content(documents)
        self.later = changed_by(documents)
        self.reading: Hold | None = None

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> Index:
        """Load the live generation, every hash checked; no build removes it while this lives.

        Raises IndexNotFoundError, IndexCorruptError, and IndexMismatchError when ``encoder`` or this
        version's format is not what built it.
        """
        generation, reading = hold_live(folder)
        manifest = read_manifest(generation)
        check_match(manifest, encoder)
        verify(generation, manifest)
        try:
            documents = [parse_document(line) for line in read_lines(generation / "documents.jsonl")]
            passages = read_passages(generation / "passages.jsonl", documents)
            dense = faiss.read_index(str(generation / "dense.faiss"))
            lexical = LexicalIndex.load(generation / "lexical")
            language = LanguageModel.load(generation / "language.json")
            mentions = read_numbers(generation / "numbers.json")
            sentences = read_sentences(generation)
            loaded = cls(manifest, documents, passages, dense, lexical, language, mentions, sentences)
        except UNREADABLE as error:
            raise IndexCorruptError(f"{generation} cannot be loaded ({error}); {CURE}") from error
        except MemoryError as error:
            raise IndexStoreError(f"there is not enough memory to load {generation}; close other programs") from error
        loaded.reading = reading
        return loaded

    def dense_search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return up to ``k`` row numbers by inner product with ``query`` (shape (1, dimension)), best first."""
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.flatnonzero(allowed)))
        _, rows = self.dense.search(query, min(k, len(self.passages)), params=parameters)
        return rows[0][rows[0] >= 0]

    def rows_bearing(self, wanted: DocumentNumber) -> list[int]:
        """Return the rows of documents that bear a number."""
        return [row for number, row in self.bearers.get(wanted.digits, []) if wanted.fits(number)]

    def rows_mentioning(self, wanted: DocumentNumber) -> list[int]:
        """Return the rows of passages that mention a number."""
        return [row for number, row in self.mentions.get(wanted.digits, []) if wanted.fits(number)]

    def documents_with(self, term: str, document_ids: Iterable[str]) -> set[str]:
        """Return those of the documents that hold a term anywhere."""
        rows = self.lexical.rows(term)
        starts = {name: np.searchsorted(rows, self.ranges[name].start) for name in document_ids}
        return {name for name, at in starts.items() if at < len(rows) and rows[at] in self.ranges[name]}

    def dense_scores(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the inner products of ``query`` with the given rows."""
        return self.dense.reconstruct_batch(rows) @ query[0]


def same_content(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Map each document's id to the ids of all that say the same as it, itself included, originals first."""
    known = {document.id for document in documents}
    groups: dict[str, list[str]] = defaultdict(list)
    for document in sorted(documents, key=lambda document: document.duplicate_of is not None):
        original = document.duplicate_of if document.duplicate_of in known else document.id
        groups[original or document.id].append(document.id)
    return {member: members for members in groups.values() for member in members}


def changed_by(documents: Sequence[Document]) -> dict[str, list[Document]]:
    """Map the number of a document to the documents that supersede or amend it, newest first."""
    found: dict[str, list[Document]] = defaultdict(list)
    for document in sorted(documents, key=lambda one: str(one.effective_from or one.published or ""), reverse=True):
        for number in dict.fromkeys((*document.supersedes, *document.amends)):
            found[number].append(document)
    return found


def ranges(passages: Sequence[Passage]) -> dict[str, range]:
    """Map each document's id to the rows of its passages."""
    counts = Counter(passage.citation.document_id for passage in passages)
    ends = itertools.accumulate(counts.values())
    return {name: range(end - count, end) for (name, count), end in zip(counts.items(), ends, strict=True)}


def bearers(passages: Sequence[Passage]) -> dict[int, list[tuple[DocumentNumber, int]]]:
    """Map the digits of each document's own number to that number and the rows of the document's passages."""
    found: dict[int, list[tuple[DocumentNumber, int]]] = defaultdict(list)
    for row, passage in enumerate(passages):
        for number in find_numbers(passage.citation.number or ""):
            found[number.digits].append((number, row))
    return found
