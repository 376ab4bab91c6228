"""One complete set of files: documents, their passages, and both searches over the passages' rows.

A generation is one segment. A large one that little was added to is two: the files of the generation before,
linked, and in ``delta/`` a second segment of what came since; ``removed.json`` there names the documents
of the first that no longer answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from qa.corpus import searched_text
from qa.encoder import Encoded
from qa.index.bm25 import Postings
from qa.index.records import (
    Numbered,
    Passages,
    format_document,
    parse_document,
    read_lines,
    read_numbers,
    write_lines,
    write_numbers,
    write_passages,
)
from qa.index.sentence_vectors import SentenceFile, write_sentences
from qa.index.vector_index import DENSE, Nearest, build_nearest, open_nearest
from qa.text import LanguageModel
from qa.values import Document, Passage

DELTA, REMOVED = "delta", "removed.json"
DOCUMENTS, KEYS, LANGUAGE, NUMBERS, LEXICAL = "documents.jsonl", "keys.json", "language.json", "numbers.json", "lexical"
SAMPLE = 200
"""Sentences whose vectors stand for questions when recall is measured."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The open files of one segment; vectors, postings, passages and sentences are read where they are needed."""

    documents: Sequence[Document]
    passages: Passages
    dense: faiss.Index
    postings: Postings
    numbers: Numbered
    sentences: SentenceFile


def open_segment(folder: Path) -> Segment:
    """Open what ``write_segment`` wrote; OSError, RuntimeError, ValueError or KeyError where it cannot be."""
    documents = [parse_document(line) for line in read_lines(folder / DOCUMENTS)]
    segment = Segment(
        documents,
        Passages(folder, documents),
        open_nearest(folder),
        Postings.load(folder / LEXICAL),
        read_numbers(folder / NUMBERS),
        SentenceFile(folder),
    )
    rows = len(segment.passages)
    if not rows == segment.dense.ntotal == len(segment.postings.lengths) == len(segment.sentences.starts) - 1:
        raise ValueError(f"the files of {folder} differ in the number of passages")
    return segment


def write_segment(
    folder: Path, documents: Sequence[Document], passages: Sequence[Passage], encoded: Encoded
) -> Nearest:
    """Write the files of one segment, and return its index of vectors."""
    folder.mkdir(exist_ok=True)
    nearest = build_nearest(encoded.passages, sample(encoded.sentences, encoded.passages))
    faiss.write_index(nearest.index, str(folder / DENSE))
    write_sentences(folder, encoded.sentences, encoded.passages.shape[1])
    Postings.build(map(searched_text, passages)).save(folder / LEXICAL)
    write_lines(folder / DOCUMENTS, map(format_document, documents))
    write_passages(folder, documents, passages)
    LanguageModel.learn(f"{document.title}\n{document.text}" for document in documents).save(folder / LANGUAGE)
    write_numbers(folder / NUMBERS, passages)
    (folder / KEYS).write_text(json.dumps([key_of(passage) for passage in passages]), encoding="utf-8")
    return nearest


def key_of(passage: Passage) -> str:
    """Name the text that a passage's vector is made from."""
    return hashlib.sha256(searched_text(passage).encode()).hexdigest()[:32]


def sample(sentences: Sequence[np.ndarray], passages: np.ndarray) -> np.ndarray:
    """Return the vectors of some sentences, of whole passages where there is none; the same ones each time."""
    chosen = np.random.default_rng(0).choice(len(passages), min(SAMPLE, len(passages)), replace=False)
    return np.array([sentences[row][0] if len(sentences[row]) else passages[row] for row in chosen], np.float32)


def read_removed(generation: Path) -> list[str]:
    """Return the ids of the documents of the first segment that no longer answer."""
    path = generation / DELTA / REMOVED
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def link(names: Iterable[str], source: Path, target: Path) -> None:
    """Give the target folder the files of the source folder, without copying where the file system can."""
    for name in names:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / name, place)
        except OSError:
            shutil.copy2(source / name, place)
