"""One generation as it is asked: its documents and passages, and what each form of the index must be able to search.

A passage has a key, a whole number that means something to its generation alone: whoever asks passes it on unread.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qa.index.filters import Filters, bounds_of, days_of
from qa.index.segment import SegmentDocuments
from qa.text import DocumentNumber, LanguageModel, find_numbers
from qa.values import KINDS, Document, IndexManifest, Passage

BEARS, MENTIONS = 2, 1
MOST_NAMED = 2000  # passages that are looked at for the numbers in a question; a law's number can stand in very many


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is searched for: a text, its vector (shape (dimension,), float32), and the document numbers to look for."""

    text: str
    vector: np.ndarray
    numbers: tuple[DocumentNumber, ...] = ()


class Candidates(NamedTuple):
    """Keys of passages, ascending, each once.

    ``named``: 2 where its document bears a number of the query, 1 where it mentions one, else 0.
    """

    keys: np.ndarray
    named: np.ndarray


class Scores(NamedTuple):
    """Float32 scores of passages.

    ``dense``: the product of vectors; ``lexical``: BM25; ``sentences``: the best product with a sentence's vector,
    ``dense`` for a passage without sentences.
    """

    dense: np.ndarray
    lexical: np.ndarray
    sentences: np.ndarray


class SearchIndex(ABC):
    """One generation: its documents by id, its passages by key, and a search over them.

    ``documents``: each document whole, read when it is asked for where texts stay on the disk; ``records``: all of
    them as far as lists need them, there without texts. ``owners``: the place of each passage's document among
    ``records``; -1 where it was removed. ``alive``: which passages may answer, None where all may.
    """

    def __init__(self, manifest: IndexManifest, segments: Sequence[SegmentDocuments], language: LanguageModel) -> None:
        self.manifest = manifest
        self.language = language
        self.passages = Passages(segments)
        self.offsets = self.passages.offsets
        self.removed = {name for segment in segments for name in segment.removed}
        places: dict[str, tuple[SegmentDocuments, int]] = {}
        self.ranges: dict[str, range] = {}
        owners = []
        for number, segment in enumerate(segments):
            starts = [start + int(self.offsets[number]) for start in segment.starts]
            for place, (document, start, end) in enumerate(zip(segment.documents, starts, starts[1:], strict=False)):
                dead = number == 0 and document.id in self.removed
                owners.append((-1 if dead else len(places), end - start))
                if not dead:
                    places[document.id] = segment, place
                    self.ranges[document.id] = range(start, end)
        self.owners = np.repeat(*np.array(owners, np.int32).T)
        self.alive = self.owners >= 0 if self.removed else None
        listed = {name: segment.documents[place] for name, (segment, place) in places.items()}
        self.records: Sequence[Document] = tuple(listed.values())
        whole = all(segment.holds_texts for segment in segments)
        self.documents: Mapping[str, Document] = listed if whole else DocumentsOnDisk(places)
        self.kinds = np.array([KINDS.index(document.kind) for document in self.records], np.int8)
        self.days = np.array([days_of(document) for document in self.records], np.int32).reshape(-1, 3)
        self.bearers = bearers(self.records)
        self.same = same_content(self.records)
        self.later = changed_by(self.records)

    @abstractmethod
    def best(self, query: SearchQuery, k: int, filters: Filters) -> np.ndarray:
        """Return the keys of the ``k`` nearest passages and of the ``k`` with the highest BM25 that pass, in any order.

        Fewer than either only where fewer pass; for BM25 only passages that share a term with the query.
        """

    @abstractmethod
    def scores(self, query: SearchQuery, keys: np.ndarray) -> Scores:
        """Return the scores of just these passages, whose keys ascend, exact whatever ``best`` leaves out."""

    @abstractmethod
    def lexical_scores(self, query: SearchQuery, keys: np.ndarray) -> np.ndarray:
        """Return BM25 alone of passages whose keys ascend."""

    @abstractmethod
    def sentence_vectors(self, document_id: str) -> list[np.ndarray]:
        """Return for each passage of a document the vectors of its quotable sentences, shape (sentences, dimension)."""

    def nearest(self, query: SearchQuery, k: int, filters: Filters) -> Candidates:
        """Return the candidates for an answer: the ``k`` best by either search, and those that a number names."""
        if query.numbers:
            marks = self.marks(query.numbers, filters)
            keys = np.union1d(self.best(query, k, filters), self.most_named(query, marks)).astype(np.int64)
            return Candidates(keys, marks[keys])
        keys = np.unique(self.best(query, k, filters)).astype(np.int64)
        return Candidates(keys, np.zeros(len(keys), np.int8))

    def marks(self, numbers: Sequence[DocumentNumber], filters: Filters) -> np.ndarray:
        """Return for each passage that passes 2 where its document bears a number, 1 where it mentions one, else 0."""
        marks = np.zeros(len(self.passages), np.int8)
        for number in numbers:
            mentioning = self.passages.mentioning(number)
            marks[mentioning] = np.maximum(marks[mentioning], MENTIONS)
            for document in self.documents_bearing(number):
                marks[self.ranges[document.id]] = BEARS
        allowed = self.allowed(filters)
        return marks if allowed is None else marks * allowed

    def most_named(self, query: SearchQuery, marks: np.ndarray) -> np.ndarray:
        """Return the passages marked; of very many those of the documents that bear the number, then the best."""
        keys = np.flatnonzero(marks)
        if len(keys) <= MOST_NAMED:
            return keys
        order = np.lexsort((-self.lexical_scores(query, keys), -marks[keys]))
        return keys[order[:MOST_NAMED]]

    def allowed(self, filters: Filters) -> np.ndarray | None:
        """Return for each passage whether it may answer, or None when all may."""
        if filters == Filters():
            return self.alive
        permitted = np.append(self.kinds == KINDS.index(filters.kind) if filters.kind else self.kinds >= 0, False)
        for bound in bounds_of(filters):
            permitted[:-1] &= bound.holds(self.days[:, bound.column])
        return permitted[self.owners]

    def documents_bearing(self, wanted: DocumentNumber) -> list[Document]:
        """Return the documents whose own number can be the one wanted."""
        return [document for number, document in self.bearers.get(wanted.digits, ()) if wanted.fits(number)]

    def passages_of(self, document_id: str) -> Iterator[Passage]:
        """Yield the passages of a document, in order; none of one that is not there."""
        return map(self.passages.__getitem__, self.ranges.get(document_id, ()))


class Passages(Sequence[Passage]):
    """The passages of all segments by key: the rows of the first, then those of the second; removed ones too."""

    def __init__(self, segments: Sequence[SegmentDocuments]) -> None:
        self.segments = segments
        self.offsets = np.cumsum([0, *(segment.starts[-1] for segment in segments)])

    def __len__(self) -> int:
        return int(self.offsets[-1])

    def __getitem__(self, key: int) -> Passage:  # type: ignore[override] # nobody takes a slice
        number = int(np.searchsorted(self.offsets, key, side="right")) - 1
        if not 0 <= number < len(self.segments):
            raise IndexError(key)
        return self.segments[number].passage(int(key - self.offsets[number]))

    def mentioning(self, wanted: DocumentNumber) -> np.ndarray:
        """Return the keys of the passages that mention a number that can be the one wanted."""
        placed = zip(self.segments, self.offsets, strict=False)
        return np.concatenate([segment.rows_mentioning(wanted) + start for segment, start in placed])


class DocumentsOnDisk(Mapping[str, Document]):
    """Documents by id, in order, each read whole when it is asked for."""

    def __init__(self, places: Mapping[str, tuple[SegmentDocuments, int]]) -> None:
        self.places = places

    def __getitem__(self, document_id: str) -> Document:
        segment, place = self.places[document_id]
        return segment.document(place)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


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
