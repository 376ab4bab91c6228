"""The only way to an ``Answer``: exact quotes, numbers and excerpts that stand in them, then notes."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from qa.answer import wording_vi as wording
from qa.answer.draft import Draft, Inquiry
from qa.answer.notes import notes_on
from qa.answer.small_talk import corpus_facts
from qa.blocks import (
    Answer,
    Block,
    Comparison,
    Excerpt,
    Link,
    Paragraph,
    Part,
    Quote,
    Quoted,
    Related,
    Said,
    markers,
    plain,
)
from qa.corpus import basis_of
from qa.index import SearchIndex
from qa.text import numbers_in
from qa.values import Citation, Document

MARK = re.compile(r"\[\d+\]")

MOST_RELATED = 3
CITED = ("title", "source", "url", "published", "kind", "number", "text_kind")
"""What a citation repeats of its document."""


def publish(draft: Draft | None, inquiry: Inquiry) -> Answer:
    """Return what of a draft is borne out by the documents, as an answer; a refusal where that is nothing.

    A quote that is not its span is withheld, and with it each block that rests on it. A number that the program says
    must stand in a quote or in what is known of its source; in a refusal or a note, else in the question; in a reply,
    among the facts of the corpus.
    """
    shown = (draft and supported(draft, inquiry)) or refusal(inquiry)
    told = notes_on(shown.quotes, inquiry.index, inquiry.day)
    notes = [note for note in shown.notes if note in told or is_borne_out(note, shown.quotes, inquiry)]
    every = tuple(dict.fromkeys((*notes, *told)))
    confidence = min(1.0, max(0.0, shown.confidence))
    return Answer(inquiry.question, inquiry.query, shown.blocks, shown.quotes, confidence, every)


def refusal(inquiry: Inquiry) -> Draft:
    """Say that nothing answers, what was looked for, and name the nearest documents."""
    near: dict[str, str] = {}
    for hit in inquiry.found.hits:
        near.setdefault(hit.passage.citation.title, hit.passage.citation.document_id)
    titles = ((Said("; "), Related(document, title)) for title, document in list(near.items())[:MOST_RELATED])
    related = [Said(wording.RELATED), *list(chain.from_iterable(titles))[1:], Said(wording.AFTER_RELATED)]
    said = Said(wording.REFUSAL.format(question=inquiry.asked))
    parts = (said, *(related if near else ()), Said(wording.ADVICE))
    return Draft((Paragraph(parts, "refusal"),), confidence=inquiry.confidence)


def supported(draft: Draft, inquiry: Inquiry) -> Draft | None:
    """Return a draft without what no document bears out; None where nothing is left, or a number is of no source."""
    borne = Counter(quote.marker for quote in draft.quotes)
    exact = withhold(draft.quotes, inquiry.index.documents)
    exact = tuple(one for one in exact if borne[one.marker] == 1 and is_cited_truly(one, inquiry.index))
    blocks, quotes = borne_out(draft.blocks, exact, inquiry)
    return dataclasses.replace(draft, blocks=blocks, quotes=quotes) if blocks else None


def borne_out(
    blocks: Sequence[Block], quotes: Sequence[Quote], inquiry: Inquiry
) -> tuple[tuple[Block, ...], tuple[Quote, ...]]:
    """Return the blocks that rest on the quotes that blocks show, and these quotes."""
    shown = {part.marker for block in blocks for part in block.parts if isinstance(part, Quoted)}
    left = tuple(quote for quote in quotes if quote.marker in shown)
    kept = tuple(block for block in blocks if block.kind != "note" and is_borne_out(block, left, inquiry))
    return (kept, left) if len(kept) == len(blocks) else borne_out(kept, left, inquiry)


def is_borne_out(one: Block, quotes: Sequence[Quote], inquiry: Inquiry) -> bool:
    """Tell whether a block or note names only what there is, cuts only from its quotes, and invents no number."""
    known, named = {quote.marker: quote for quote in quotes}, set(markers([one]))
    if not named <= known.keys() or not all(holds(part, known, inquiry.index) for part in one.parts):
        return False
    if one.kind == "answer" and not any(isinstance(part, Quoted | Excerpt) for part in one.parts):
        return False
    allowed = known_besides(one.kind, inquiry).replace("[", "(")
    cited = [known[marker] for marker in named]
    heads = one.heads if isinstance(one, Comparison) else ()
    said = "\n".join((*heads, "".join(without_marks(part, known) for part in one.parts)))
    return set(unsupported_numbers(said, cited)) <= set(unsupported_numbers(allowed, cited))


def known_besides(kind: str, inquiry: Inquiry) -> str:
    """Return what may be said in a kind of paragraph though no quote says it; a note counts the two sides."""
    if kind == "reply":
        return " ".join(corpus_facts(inquiry.index).values())
    return {"refusal": inquiry.asked, "note": f"{inquiry.query} {wording.UNCOVERED}"}.get(kind, "")


def holds(part: Part, quotes: Mapping[int, Quote], index: SearchIndex) -> bool:
    """Tell whether an excerpt stands in its quote, and a title is its document's; an address is for notes of ours."""
    match part:
        case Excerpt(text, marker):
            return bool(text) and text in quotes[marker].text
        case Related(document_id, title):
            return document_id in index.documents and index.documents[document_id].title == title
    return not isinstance(part, Link)


def without_marks(part: Part, quotes: Mapping[int, Quote]) -> str:
    """Return a part as its numbers are looked at: a title counts for nothing, and words are never taken for a mark."""
    if isinstance(part, Related):
        return "“”"
    return part.text.replace("[", "(") if isinstance(part, Said | Excerpt) else plain([part], quotes)


def is_cited_truly(quote: Quote, index: SearchIndex) -> bool:
    """Tell whether a citation says of its document what the document says of itself."""
    document = index.documents[quote.citation.document_id]
    told = all(getattr(quote.citation, name) == getattr(document, name) for name in CITED)
    return told and quote.citation.basis == basis_of(document, quote.citation.section)


def withhold(quotes: Sequence[Quote], documents: Mapping[str, Document]) -> tuple[Quote, ...]:
    """Return the quotes that are, character for character, what their span in their document says."""
    return tuple(quote for quote in quotes if is_exact(quote, documents))


def is_exact(quote: Quote, documents: Mapping[str, Document]) -> bool:
    document = documents.get(quote.citation.document_id)
    span = slice(quote.citation.start, quote.citation.end)
    return document is not None and bool(quote.text) and document.text[span] == quote.text


def unsupported_numbers(text: str, quotes: Sequence[Quote]) -> list[str]:
    """Return the numbers, in digits or words, dates and shares of a text that no quote and no source's metadata holds.

    Marks ``[1]`` are not numbers of the answer.
    """
    said = [*(quote.text for quote in quotes), *(metadata(quote.citation) for quote in quotes)]
    known = {number for one in said for number in numbers_in(one)}
    return [number for number in numbers_in(MARK.sub(" ", text)) if number not in known]


def metadata(citation: Citation) -> str:
    """Return what a template may state of a source without quoting it."""
    dated = f"{citation.published:%d/%m/%Y}" if citation.published else ""
    return f"{citation.source} {citation.title} {citation.number or ''} {dated} {citation.attribution}"
