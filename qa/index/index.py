"""One generation, searched by rows: those of its first segment, then those of its second."""

import weakref
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from qa.encoder import Encoder
from qa.errors import IndexCorruptError, IndexStoreError
from qa.index import vector_index
from qa.index.bm25 import LexicalIndex, Pruning
from qa.index.generations import CURE, DELTA, check_match, lock_live, read_manifest, verify
from qa.index.segment import LANGUAGE, Segment, open_segment
from qa.index.vector_cache import Sentences
from qa.text import DocumentNumber, LanguageModel, find_numbers
from qa.values import Document, IndexManifest, Passage

UNREADABLE = (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, SyntaxError)
"""What the readers of a generation's files raise where a file is of another form, though its hash agrees."""


class Index:
    """One generation: documents, passages, dense and lexical search over the same rows.

    ``alive``: which rows may answer, None where all may. ``owners``: the place of each row's document among
    ``documents``; -1 where it was removed.
    """

    def __init__(self, manifest: IndexManifest, segments: Sequence[Segment], language: LanguageModel) -> None:
        self.manifest = manifest
        self.segments = segments
        self.language = language
        self.passages = Passages(segments)
        self.dense = segments[0].dense
        pruning = None if manifest.search == vector_index.EXACT else Pruning()
        self.lexical = LexicalIndex([segment.postings for segment in segments], pruning)
        self.sentences = Sentences([segment.sentences for segment in segments])
        self.offsets = self.passages.offsets
        gone = {name for segment in segments for (name,) in segment.database.rows("SELECT id FROM removed")}
        self.documents: dict[str, Document] = {}
        self.ranges: dict[str, range] = {}
        owners = []
        for number, segment in enumerate(segments):
            starts = [start + int(self.offsets[number]) for start in segment.starts]
            for document, start, end in zip(segment.documents, starts, starts[1:], strict=False):
                dead = number == 0 and document.id in gone
                owners.append((-1 if dead else len(self.documents), end - start))
                if not dead:
                    self.documents[document.id] = document
                    self.ranges[document.id] = range(start, end)
        self.owners = np.repeat(*np.array(owners, np.int32).T)
        self.alive = self.owners >= 0 if gone else None
        documents = list(self.documents.values())
        self.bearers = bearers(documents)
        self.same = same_content(documents)
        self.later = changed_by(documents)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> Self:
        """Load the live generation, every hash checked; no build removes it while this lives.

        Raises IndexNotFoundError, IndexCorruptError, IndexMismatchError (built by another encoder or version).
        """
        generation, reading = lock_live(folder)
        manifest = read_manifest(generation)
        check_match(manifest, encoder)
        verify(generation, manifest)
        folders = [generation, *filter(Path.is_dir, [generation / DELTA])]
        try:
            segments = [open_segment(part) for part in folders]
            language = LanguageModel.load(*(part / LANGUAGE for part in folders))
            loaded = cls(manifest, segments, language)
        except UNREADABLE as error:
            raise IndexCorruptError(f"{generation} cannot be loaded ({error}); {CURE}") from error
        except MemoryError as error:
            raise IndexStoreError(f"there is not enough memory to load {generation}; close other programs") from error
        weakref.finalize(loaded, reading.close)
        return loaded

    def dense_search(self, query: np.ndarray, k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return up to ``k`` row numbers by inner product with ``query`` (shape (1, dimension)), best first."""
        found = []
        for segment, start, end in zip(self.segments, self.offsets, self.offsets[1:], strict=False):
            products, rows = vector_index.search(
                segment.dense, query, k, None if allowed is None else allowed[start:end]
            )
            found.append((products, rows + start))
        products, rows = map(np.concatenate, zip(*found, strict=True))
        return rows[np.argsort(-products, kind="stable")[:k]] if len(found) > 1 else rows

    def dense_scores(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the inner products of ``query`` with the given rows, which ascend."""
        bounds = np.searchsorted(rows, self.offsets)
        vectors = [
            segment.dense.reconstruct_batch(rows[start:end] - offset)
            for segment, offset, start, end in zip(self.segments, self.offsets, bounds, bounds[1:], strict=False)
            if end > start
        ]
        return vector_index.inner_products(np.concatenate(vectors), query[0]) if vectors else np.empty(0, np.float32)

    def rows_bearing(self, wanted: DocumentNumber) -> list[int]:
        return [row for document in self.documents_bearing(wanted) for row in self.ranges[document.id]]

    def documents_bearing(self, wanted: DocumentNumber) -> list[Document]:
        return [document for number, document in self.bearers.get(wanted.digits, ()) if wanted.fits(number)]

    def rows_mentioning(self, wanted: DocumentNumber) -> np.ndarray:
        placed = zip(self.segments, self.offsets, strict=False)
        return np.concatenate([segment.rows_mentioning(wanted) + start for segment, start in placed])

    def passages_of(self, document_id: str) -> Iterator[Passage]:
        """Yield the passages of a document, in order; none of one that is not there."""
        return map(self.passages.__getitem__, self.ranges.get(document_id, ()))


class Passages(Sequence[Passage]):
    """The passages of all segments, row by row; removed ones too."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.offsets = np.cumsum([0, *(segment.starts[-1] for segment in segments)])

    def __len__(self) -> int:
        return int(self.offsets[-1])

    def __getitem__(self, row: int) -> Passage:  # type: ignore[override] # nobody takes a slice
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        if not 0 <= number < len(self.segments):
            raise IndexError(row)
        return self.segments[number].passage(int(row - self.offsets[number]))


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


def bearers(documents: Sequence[Document]) -> dict[int, list[tuple[DocumentNumber, Document]]]:
    """Map the digits of each document's own number to that number and the document."""
    found: dict[int, list[tuple[DocumentNumber, Document]]] = defaultdict(list)
    for document in documents:
        for number in find_numbers(document.number or ""):
            found[number.digits].append((number, document))
    return found
