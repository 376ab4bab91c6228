"""What a reader should know beside the quotes: copies, documents replaced or amended, figures that differ."""

import datetime
from collections.abc import Iterator, Sequence

from qa.answer import wording_vi as wording
from qa.blocks import Excerpt, Link, Mark, Paragraph, Part, Quote, Said, Source
from qa.corpus import cite_whole
from qa.index import SearchIndex
from qa.values import Document


def notes_on(quotes: Sequence[Quote], index: SearchIndex, day: datetime.date) -> tuple[Paragraph, ...]:
    """Return the notes on an answer's sources as they stand on a day."""
    cited = [index.documents[name] for name in dict.fromkeys(quote.citation.document_id for quote in quotes)]
    told = [one for document in cited for one in changes(document, index, day)]
    told += [one for document in cited for one in copies(document, index, cited)]
    return tuple(dict.fromkeys(told))


def copies(document: Document, index: SearchIndex, cited: Sequence[Document]) -> Iterator[Paragraph]:
    """Mention the documents that say the same as a cited one."""
    for name in index.same[document.id]:
        copy = index.documents[name]
        if copy not in cited:
            yield note(wording.COPY.format(title=copy.title, source=cite_whole(copy).attribution), copy.url)


def changes(document: Document, index: SearchIndex, day: datetime.date) -> Iterator[Paragraph]:
    """Say that a cited document was replaced, amended or has ended, and name the newer one."""
    if document.effective_to and document.effective_to <= day:
        yield note(wording.ENDED.format(title=document.title, day=document.effective_to))
    for later in index.later.get(document.number or "", ()):
        start = later.effective_from or later.published
        if later.id == document.id or (start and start > day):
            continue
        said = wording.CHANGED.format(
            number=document.number,
            verb=wording.REPLACED if document.number in later.supersedes else wording.AMENDED,
            since=wording.SINCE.format(day=start) if start else "",
            newer=f"{later.number}: " if later.number else "",
            title=later.title,
            source=cite_whole(later).attribution,
        )
        yield note(said, later.url)


def note(said: str, url: str = "") -> Paragraph:
    return Paragraph((Said(f"{said} "), Link(url)) if url else (Said(said),), "note")


def differing_figures(quotes: Sequence[Quote], figures: Sequence[str]) -> Paragraph:
    """Say that sources give different figures, each with its source and the mark of its quote."""
    parts: list[Part] = [Said(wording.DIFFERING_FIGURES)]
    for place, (quote, figure) in enumerate(zip(quotes, figures, strict=True)):
        parts += [Said("; ")] if place else []
        parts += [Excerpt(figure, quote.marker), Said(" · "), Source(quote.marker), Said(" "), Mark(quote.marker)]
    return Paragraph((*parts, Said(".")), "note")
