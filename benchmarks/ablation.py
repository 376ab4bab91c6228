"""The product's search with one part switched off, and each part measured on the questions that it is for."""

from __future__ import annotations

import copy
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from benchmarks.baselines import DEPTH, Ranker, bm25
from benchmarks.numbers import first_bears, numbered_questions
from qa.corpus.passages import searched_text
from qa.encoder import Encoder
from qa.evaluate.dataset import Dataset, Query
from qa.evaluate.run import rank_documents, retrieval_scores
from qa.index import Index
from qa.index.bm25 import K1, B, best_rows
from qa.retrieval import Options, Retriever
from qa.text import lexicon, words
from qa.text.normalise import syllables

SHOWN = 5
LONG = {long: short.upper() for short, long in lexicon.table("abbreviations", "any_case").items()}
WRITTEN_OUT = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(LONG, key=len, reverse=True))})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part on the questions that it is for: the mean of a measure with it and without it."""

    name: str
    measure: str
    questions: int
    whole: float
    without: float


class OtherTerms:
    """Stands for an index's lexical side: the product's BM25 over other texts or other terms."""

    def __init__(self, texts: Sequence[str], terms: Callable[[str], list[str]]) -> None:
        self.scores = bm25(texts, terms, k1=K1, b=B)

    def best(self, query: str, k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return the rows with the highest scores, as the product's lexical side does."""
        return best_rows(self.scores(query), k, allowed)

    def scores_of(self, query: str, rows: np.ndarray) -> np.ndarray:
        """Return the scores of some rows."""
        return self.scores(query)[rows]


def variants() -> dict[str, Options]:
    """Return the options with one part of the retriever switched off each, by the name of its row."""
    whole = Options()
    return {
        "ours, only BM25": replace(whole, signals=("lexical",)),
        "ours, only the encoder": replace(whole, signals=("dense",)),
        "ours, no sentence vectors": replace(whole, signals=("dense", "lexical")),
        "ours, accents not restored": replace(whole, restores_accents=False),
        "ours, slips not repaired": replace(whole, repairs_slips=False),
        "ours, numbers not looked up": replace(whole, finds_numbers=False),
    }


def lexical_variants(index: Index) -> dict[str, Index]:
    """Return the index with another lexical side each, by the name of its row."""
    searched = [searched_text(passage) for passage in index.passages]
    return {
        "ours, no pairs of syllables": with_terms(index, searched, words),
        "ours, abbreviations and y/i as typed": with_terms(index, searched, unspelled),
        "ours, titles and sections not matched": with_terms(
            index, [passage.text for passage in index.passages], lambda text: with_pairs(words(text))
        ),
    }


def with_terms(index: Index, texts: Sequence[str], terms: Callable[[str], list[str]]) -> Index:
    changed = copy.copy(index)
    changed.lexical = OtherTerms(texts, terms)
    return changed


def unspelled(text: str) -> list[str]:
    return with_pairs(syllables(text))


def with_pairs(found: Sequence[str]) -> list[str]:
    return [*found, *(f"{left}_{right}" for left, right in pairwise(found))]


def ablated(index: Index, encoder: Encoder) -> dict[str, Ranker]:
    """Return a ranker for each part switched off."""
    retrievers = {name: Retriever(index, encoder, options) for name, options in variants().items()}
    retrievers |= {name: Retriever(changed, encoder) for name, changed in lexical_variants(index).items()}
    return {name: ranker(retriever) for name, retriever in retrievers.items()}


def ranker(retriever: Retriever) -> Ranker:
    return lambda query: rank_documents(retriever.search, query, DEPTH)


def parts(dataset: Dataset, index: Index, encoder: Encoder) -> list[Part]:
    """Measure the abbreviations, the spread over documents and the numbers on what each is for."""
    whole = Retriever(index, encoder)
    return [
        *abbreviations(
            dataset, whole, Retriever(lexical_variants(index)["ours, abbreviations and y/i as typed"], encoder)
        ),
        spread_over_documents(dataset, whole),
        *numbers(whole),
    ]


def abbreviations(dataset: Dataset, whole: Retriever, without: Retriever) -> list[Part]:
    """Ask the questions that name a body or a term in full, with its abbreviation instead."""
    short = {query.id: abbreviated(query) for query in dataset.judged if abbreviated(query) != query.text}
    if not short:
        return []
    return [
        Part(
            "abbreviations, typed for the full name",
            "nDCG@10",
            len(short),
            ndcg(dataset, ranker(whole), short),
            ndcg(dataset, ranker(without), short),
        )
    ]


def abbreviated(query: Query) -> str:
    return WRITTEN_OUT.sub(lambda found: LONG[found[0].lower()], query.text)


def ndcg(dataset: Dataset, rank: Ranker, texts: Mapping[str, str]) -> float:
    rankings = {name: rank(text) for name, text in texts.items()}
    return retrieval_scores(rankings, dataset.qrels)["ndcg@10"]


def spread_over_documents(dataset: Dataset, whole: Retriever) -> Part:
    """Count the documents among the first five passages, copies of one counted once."""
    crowded = Retriever(whole.index, whole.encoder, Options(spreads=False, folds_copies=False))
    texts = [query.text for query in dataset.judged]
    return Part(
        "spread and copies folded",
        f"different documents in the first {SHOWN}",
        len(texts),
        *(statistics.fmean(different(retriever, text) for text in texts) for retriever in (whole, crowded)),
    )


def different(retriever: Retriever, text: str) -> int:
    hits = retriever.search(text, SHOWN)
    return len({retriever.index.same[hit.passage.citation.document_id][0] for hit in hits})


def numbers(whole: Retriever) -> list[Part]:
    """Ask for the set's own documents by their numbers, in six ways of writing."""
    asked = list(numbered_questions(whole.index))
    if not asked:
        return []
    without = Retriever(whole.index, whole.encoder, Options(finds_numbers=False))
    shares = [float(np.mean([first_bears(retriever.search, one) for one in asked])) for retriever in (whole, without)]
    return [Part("document numbers looked up", "recall@1", len(asked), *shares)]
