"""Questions → groups of passages to read: what holds the evidence, and what our retriever ranks high without it.

python -m training.groups --index INDEX --corpus CORPUS --out groups.jsonl [--reader FOLDER] [--sources FOLDER] [FILE …]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qa.index import Index
from qa.retrieval import Retriever
from qa.session import load_encoder
from qa.text import quotable_spans
from qa.values import Document, Passage
from training.questions import (
    Library,
    Question,
    Span,
    full_questions,
    names_of_corpus,
    squeeze,
    windowed_questions,
)

HITS = 10
NEGATIVES = 6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reader", type=Path, help="folder with official_questions.jsonl or corpus_questions.jsonl")
    parser.add_argument("--sources", type=Path, help="folder of the official documents as JSON")
    parser.add_argument("files", type=Path, nargs="*", help="question files with verbatim evidence")
    options = parser.parse_args(arguments)
    encoder = load_encoder()
    retriever = Retriever(Index.open(options.index, encoder), encoder)
    library = Library(retriever.index.documents.values(), names_of_corpus(options.corpus))
    done = {json.loads(line)["id"] for line in options.out.open()} if options.out.exists() else set()
    counts: Counter[str] = Counter()
    with options.out.open("a", encoding="utf-8") as out:
        for question in questions_of(options, library):
            if question.id not in done:
                group = group_of(retriever, question)
                counts[f"{question.split} {'A' if question.answered else 'U'} {'' if group else 'dropped'}"] += 1
                if group:
                    out.write(json.dumps(group, ensure_ascii=False) + "\n")
    print(dict(counts))


def questions_of(options: argparse.Namespace, library: Library) -> Iterator[Question]:
    if options.reader and any(name.startswith("law--") for name in library.names):
        yield from windowed_questions(options.reader, library)
    elif options.reader:
        yield from full_questions(options.reader / "corpus_questions.jsonl", library)
    for path in options.files:
        yield from full_questions(path, library, options.sources)


def group_of(retriever: Retriever, question: Question) -> dict | None:
    """Return the passages to read for a question, marked; None where its evidence stands in no passage."""
    index = retriever.index
    document = index.documents[question.document]
    own = [index.passages[row] for row in index.ranges[document.id]]
    gold = [marked(passage, question) for passage in own if touches(passage, question.evidence)]
    gold = [one for one in gold if one["gold"]]
    if question.answered and not gold:
        return None
    wrong = list(negatives(retriever, question, document))
    return {
        "id": question.id,
        "split": question.split,
        "type": question.type,
        "history": question.history,
        "question": question.text,
        "answered": question.answered,
        "gold": gold,
        "negatives": wrong,
    }


def negatives(retriever: Retriever, question: Question, document: Document) -> Iterator[dict]:
    """Yield passages that our retriever ranks high and that lack the evidence, those of its own document first."""
    asked = " ".join([*question.history[-1:], question.text])
    hits = retriever.search(asked, HITS)
    if not question.answered:
        own = [retriever.index.passages[row] for row in retriever.index.ranges[document.id]]
        hits = sorted(hits, key=lambda hit: hit.passage.citation.document_id != document.id)
        if not any(hit.passage.citation.document_id == document.id for hit in hits) and len(own) == 1:
            yield plain(own[0])
    evidence = [squeeze(document.text[start:end]) for start, end in question.evidence]
    if question.short:
        evidence.append(squeeze(document.text[slice(*question.short)]))
    passages = [hit.passage for hit in hits if not touches_own(hit.passage, question)]
    other = (one for one in passages if not any(piece in squeeze(one.text) for piece in evidence if len(piece) > 5))
    for passage, _ in zip(other, range(NEGATIVES), strict=False):
        yield plain(passage)


def touches_own(passage: Passage, question: Question) -> bool:
    return passage.citation.document_id == question.document and touches(passage, question.evidence)


def touches(passage: Passage, spans: Iterable[Span]) -> bool:
    citation = passage.citation
    return any(start < citation.end and citation.start < end for start, end in spans)


def plain(passage: Passage) -> dict:
    published = passage.citation.published
    return {
        "document": passage.citation.document_id,
        "context": passage.context,
        "date": published.isoformat() if published else None,
        "text": passage.text,
        "sentences": list(quotable_spans(passage.text)),
        "gold": [],
        "short": None,
    }


def marked(passage: Passage, question: Question) -> dict:
    """Return a passage with the places of its sentences that answer, and of the short answer."""
    start = passage.citation.start
    row = plain(passage)
    spans = row["sentences"]
    row["gold"] = sorted({place for piece in question.evidence for place in answering(spans, shift(piece, -start))})
    if question.short:
        first, last = shift(question.short, -start)
        if first >= 0 and last <= len(passage.text):
            row["short"] = [first, last]
    return row


def shift(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def answering(sentences: Sequence[Span], evidence: Span) -> Iterator[int]:
    """Yield the sentences that lie inside the evidence, and the shortest that holds it."""
    length = evidence[1] - evidence[0]
    holding = []
    for place, (start, end) in enumerate(sentences):
        common = min(end, evidence[1]) - max(start, evidence[0])
        if common >= 0.6 * (end - start) and common > 0:
            yield place
        elif common >= 0.6 * length and common > 0:
            holding.append((end - start, place))
    if holding:
        yield min(holding)[1]


if __name__ == "__main__":
    main()
