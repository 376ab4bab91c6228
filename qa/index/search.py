"""One generation in memory, searched by rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np

from qa import lexical as lexical_side
from qa.encoder import Encoder
from qa.errors import IndexCorruptError, IndexMismatchError
from qa.index.records import Sentences, parse_document, read_lines, read_numbers, read_passages, read_sentences
from qa.index.store import read_current, read_manifest, verify
from qa.language import LanguageModel
from qa.lexical import LexicalIndex
from qa.numbers import DocumentNumber, find_numbers
from qa.passages import CHUNKING
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
        self.bearers = bearers(passages)
        self.same = same_content(documents)
        self.later = changed_by(documents)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> Index:
        """Load the live generation, every hash checked.

        Raises IndexNotFoundError, IndexCorruptError, and IndexMismatchError when ``encoder`` or this
        version's format is not what built it.
        """
        generation = folder / read_current(folder)
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
            return cls(manifest, documents, passages, dense, lexical, language, mentions, sentences)
        except UNREADABLE as error:
            raise IndexCorruptError(f"{generation} cannot be loaded ({error}); run: qa build --full") from error

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


def bearers(passages: Sequence[Passage]) -> dict[int, list[tuple[DocumentNumber, int]]]:
    """Map the digits of each document's own number to that number and the rows of the document's passages."""
    found: dict[int, list[tuple[DocumentNumber, int]]] = defaultdict(list)
    for row, passage in enumerate(passages):
        for number in find_numbers(passage.citation.number or ""):
            found[number.digits].append((number, row))
    return found


def check_match(manifest: IndexManifest, encoder: Encoder | None) -> None:
    sides = [("tokenizer", manifest.tokenizer, lexical_side.TOKENIZER), ("chunking", manifest.chunking, CHUNKING)]
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
