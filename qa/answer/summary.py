"""A summary of one document that the question names: its own most telling sentences, spread over its sections.

A sentence tells much that is near the centroid of all (Radev et al. 2004) and near the title, and not near one that
was chosen before (maximal marginal relevance: Carbonell and Goldstein 1998).
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry
from qa.blocks import Quote, Timeline
from qa.retrieval import standard
from qa.text import QUESTION_WORDS, DocumentNumber, find_numbers, fold, lexicon, quotable_spans, words
from qa.values import Citation, Document

MOST_SENTENCES, FEWEST_SENTENCES = 8, 4
ONE_OF = 3  # sentences of a document for each that is quoted
SHORTEST, LONGEST = 50, 450  # characters of a sentence
SAME_SECTION, ITEM, ABOUT = 0.75, 1.0, 2.0
"""What a sentence loses for each chosen of its section and as an item of a list, and gains that says what is ruled."""

NAMED, HALF_NAMED = 0.75, 0.5  # the least shares of a question's own words that are words of the document's title
AS_TITLE, CLEARLY = 0.6, 0.05  # how like a title they must be, and how much liker than any other
FIRST_HITS = 3  # hits, from the best on, that must be of the document where its title is only half named
ASKS = re.compile(rf"\b{lexicon.folded_alternation(lexicon.phrases('questions.summary'))}\b")
DOCUMENT = re.compile(
    rf"\b{lexicon.folded_alternation((*lexicon.phrases('questions.documents'), *lexicon.DOCUMENT_NAMES))}\b"
)
IDLE = QUESTION_WORDS | frozenset(words(" ".join(lexicon.phrases("questions.summary_stop"))))
KINDS = frozenset(words(" ".join(lexicon.DOCUMENT_NAMES)))
RULES = re.compile(rf"(?:1[.)] )?{lexicon.KIND_WORDS} này (?:quy định|hướng dẫn|sửa đổi)", re.IGNORECASE)
NUMBERED = re.compile(r"\d{1,3}[.)]\s")
RECITAL = re.compile(r"Căn cứ|Theo đề nghị|Xét đề nghị|Nơi nhận|TM\.|KT\.|TL\.|.*; - ")


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document and its vector; ``bonus``: what its form says for it."""

    text: str
    citation: Citation
    vector: np.ndarray
    bonus: float = 0.0

    @property
    def section(self) -> tuple[str, str]:
        return self.citation.document_id, (self.citation.section or "").split(",")[0]


def summary(inquiry: Inquiry) -> Draft | None:
    """Return the most telling sentences of the one document whose summary is asked for; None for other questions."""
    asked = fold(inquiry.asked)
    if not ASKS.search(asked):
        return None
    own = [word for word in words(ASKS.sub(" ", asked)) if word not in IDLE]  # folded: "TT" stays as in a number
    numbers = set(find_numbers(inquiry.asked))
    documents = numbered(inquiry, own, *numbers) if len(numbers) == 1 else []
    if not numbers and len(set(own) - KINDS) > 1 and DOCUMENT.search(asked):
        documents = titled(inquiry, own)
    sentences = [one for document in documents for one in sentences_of(inquiry, document)]
    if len(sentences) < FEWEST_SENTENCES:
        return None
    chosen = telling(sentences, inquiry.retriever.encoder.encode_queries([one.title for one in documents]))
    quotes = tuple(
        Quote(marker, sentences[at].text, sentences[at].citation, score)
        for marker, (at, score) in enumerate(sorted(chosen.items()), start=1)
    )
    block = Timeline(wording.SUMMARY, tuple(quote.marker for quote in quotes))
    return Draft((block,), quotes, named_by(own, documents))


def numbered(inquiry: Inquiry, own: Sequence[str], number: DocumentNumber) -> list[Document]:
    """Return the document that bears a number; without it, the articles whose titles name it before any other."""
    bearing = [one for one in inquiry.index.documents_bearing(number) if is_allowed(inquiry, one)]
    documents = [one for one in bearing if one.text_kind == "original"][:1]
    for document in () if documents else bearing or found_first(inquiry):
        if any(map(number.fits, list(find_numbers(document.title))[:1])):
            documents.append(document)
    besides = [word for word in own if word not in KINDS.union(*(words(fold(one.number or "")) for one in documents))]
    share = max((named_by(besides, [one]) for one in documents), default=0.0)
    is_one = len({one.number for one in documents}) == 1 and share >= NAMED
    return [one for one in documents if is_one and named_by(besides, [one]) == share]


def titled(inquiry: Inquiry, own: Sequence[str]) -> list[Document]:
    """Return the document whose title is clearly what a question names, or that is found before all others."""
    found = found_first(inquiry)
    titles = [set(words(fold(one.title))) for one in found]
    likeness = [2 * len(title & set(own)) / (len(title) + len(set(own))) for title in titles]
    best, *others = sorted(likeness, reverse=True) or [0.0]
    is_clear = best >= max(AS_TITLE, max(others, default=0.0) + CLEARLY)
    first = {hit.passage.citation.document_id for hit in inquiry.found.hits[:FIRST_HITS]}
    if len(first) == 1 and named_by(own, found[:1]) >= (NAMED if is_clear else HALF_NAMED):
        return found[:1]
    return [found[likeness.index(best)]] if is_clear else []


def found_first(inquiry: Inquiry) -> list[Document]:
    names = dict.fromkeys(hit.passage.citation.document_id for hit in inquiry.found.hits)
    return [inquiry.index.documents[name] for name in names]


def named_by(own: Sequence[str], documents: Sequence[Document]) -> float:
    """Return the share of some words that titles, numbers, kinds, publishers and days hold."""
    told = ((one.title, one.number, lexicon.KIND_NAMES.get(one.kind), one.source, one.published) for one in documents)
    known = {word for parts in told for part in parts for word in words(fold(str(part or "")).replace("-", " "))}
    return sum(word in known for word in own) / len(own) if own else 1.0


def is_allowed(inquiry: Inquiry, document: Document) -> bool:
    allowed = inquiry.index.allowed(inquiry.filters)
    return allowed is None or bool(allowed[inquiry.index.ranges[document.id].start])


def sentences_of(inquiry: Inquiry, document: Document) -> list[Sentence]:
    """Return the sentences of a document that can stand alone, in order, without recitals."""
    found, opened = [], ("", "")
    passages = inquiry.index.passages_of(document.id)
    for passage, vectors in zip(passages, inquiry.index.sentence_vectors(document.id), strict=True):
        for (start, end), vector in zip(quotable_spans(passage.text), vectors, strict=True):
            text, whole = passage.text[start:end], passage.citation
            place = dataclasses.replace(whole, start=whole.start + start, end=whole.start + end)
            number = NUMBERED.match(text)
            one = Sentence(text, place, vector, ABOUT * bool(RULES.match(text)))
            if text.endswith(":") and not number and whole.section:
                opened = one.section
            if number and one.section == opened:
                one = dataclasses.replace(one, bonus=-ITEM)
            is_whole = text[number.end() if number else 0].isupper() and (text[-1] in ".!?…”" or ":\n" in text)
            if SHORTEST <= len(text) <= LONGEST and is_whole and not RECITAL.match(text):
                found.append(one)
    return found


def telling(sentences: Sequence[Sentence], titles: np.ndarray) -> dict[int, float]:
    """Return the places of the most telling sentences, each with its score when it was chosen."""
    vectors = np.stack([one.vector for one in sentences])
    alike = standard(vectors @ vectors.T)
    worth = standard(vectors @ vectors.mean(axis=0)) + standard((vectors @ titles.T).max(axis=1))
    worth += [one.bonus for one in sentences]
    wanted = min(MOST_SENTENCES, max(FEWEST_SENTENCES, len(sentences) // ONE_OF))
    chosen: dict[int, float] = {}
    while len(chosen) < wanted:
        used = Counter(sentences[at].section for at in chosen)
        scores = {
            at: float(worth[at] - alike[at, list(chosen)].max(initial=0.0) - SAME_SECTION * used[one.section])
            for at, one in enumerate(sentences)
            if at not in chosen
        }
        best = max(scores, key=scores.__getitem__)
        chosen[best] = scores[best]
    return chosen
