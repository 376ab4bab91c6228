"""``Document`` → ``Passage``, each born with its ``Citation``."""

import re
from collections.abc import Iterator

from qa.text import quotable_spans, sentence_spans
from qa.values import Basis, Citation, Document, DocumentBasis, Passage

SIZE = 600
LONGEST_SENTENCE = 1500
CHUNKING = f"sentences-{SIZE}-{LONGEST_SENTENCE}-v3"  # names how documents are cut; part of the index manifest
ARTICLE = re.compile(r"(Điều \d+[a-zđ]?)\b")
CLAUSE = re.compile(r"^[ \t]*(\d{1,3}[a-zđ]?)\.[ \t]", re.MULTILINE)
HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(\S(?:.*\S)?)", re.MULTILINE)
SENTENCE_BREAK = "\x1e"
"""Stands for the white space after a sentence while a text is cut: one character for one, so offsets hold."""

COARSE = ["\n\n", "\n", SENTENCE_BREAK]
FINE = ["; ", ", ", " ", ""]


def cut(document: Document, size: int = SIZE) -> list[Passage]:
    """Cut a document into passages of at most ``size`` characters, at headings, paragraphs, then sentences.

    Each passage is ``document.text[start:end]`` of its citation, in order and without overlap, and lies in
    one section, named by the heading above it; the heading itself is no part of the passage.
    """
    passages: list[Passage] = []
    for offset, end, section in sections(document.text):
        context = " – ".join(filter(None, [document.title, document.number, section]))
        for start, text in pieces(document.text[offset:end], size):
            place = place_in_section(document.text[offset:end], section, start, start + len(text))
            citation = cite(document, offset + start, offset + start + len(text), place)
            passages.append(Passage(f"{document.id}:{len(passages)}", text, citation, context))
    return passages


def searched_text(passage: Passage) -> str:
    """Return what is embedded and matched for a passage: its context before its text."""
    return f"{passage.context}\n{passage.text}"


def searched_spans(passage: Passage) -> list[tuple[int, int]]:
    """Return where each sentence that may be quoted stands in the searched text."""
    shift = len(passage.context) + 1
    return [(shift + start, shift + end) for start, end in quotable_spans(passage.text)]


def place_in_section(text: str, heading: str | None, start: int, end: int) -> str | None:
    """Name where ``text[start:end]`` stands: a law's "Điều 5, khoản 2", elsewhere the heading itself."""
    article = ARTICLE.match(heading or "")
    if not article:
        return heading
    before = [mark[1] for mark in CLAUSE.finditer(text, 0, start)]
    inside = [mark[1] for mark in CLAUSE.finditer(text, start, end)]
    if not inside or not CLAUSE.match(text, start):
        inside = before[-1:] + inside
    if not inside:
        return article[1]
    first, last = inside[0], inside[-1]
    return f"{article[1]}, khoản {first}" + (f"–{last}" if last != first else "")


def sections(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield ``(start, end, heading)`` of each stretch of text between headings."""
    start, title = 0, None
    for heading in HEADING.finditer(text):
        yield start, start + len(text[start : heading.start()].rstrip()), title
        start, title = heading.end(), heading[1]
    yield start, len(text), title


def pieces(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Yield ``(start, piece)``; a sentence is cut only where it alone is longer than LONGEST_SENTENCE."""
    for start, piece in split(mark_sentences(text), COARSE, size):
        parts = [(0, piece)] if len(piece) <= max(size, LONGEST_SENTENCE) else split(piece, FINE, size)
        for offset, part in parts:
            yield start + offset, text[start + offset : start + offset + len(part)]


def mark_sentences(text: str) -> str:
    """Return the text with the white space after each sentence replaced, character for character."""
    characters = list(text)
    for _, end in sentence_spans(text):
        if end < len(text) and text[end] in " \t\u00a0":
            characters[end] = SENTENCE_BREAK
    return "".join(characters)


def split(text: str, separators: list[str], size: int) -> list[tuple[int, str]]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # takes a second to import

    splitter = RecursiveCharacterTextSplitter(
        separators=separators, chunk_size=size, chunk_overlap=0, add_start_index=True, keep_separator=True
    )
    return [(piece.metadata["start_index"], piece.page_content) for piece in splitter.create_documents([text])]


def cite(document: Document, start: int, end: int, section: str | None) -> Citation:
    """Return the citation of ``document.text[start:end]``."""
    return Citation(
        document_id=document.id,
        title=document.title,
        source=document.source,
        url=document.url,
        published=document.published,
        kind=document.kind,
        number=document.number,
        section=section,
        start=start,
        end=end,
        text_kind=document.text_kind,
        basis=basis_of(document, section),
    )


def cite_whole(document: Document) -> Citation:
    """Return the citation of a whole document."""
    return cite(document, 0, len(document.text), None)


def basis_of(document: Document, section: str | None) -> tuple[Basis, ...]:
    """Return what a section of a summary rests on, each with its clause there; what bears on it alone comes first."""
    found = [(clause_in(entry, section), entry) for entry in document.basis]
    found.sort(key=lambda pair: pair[0] is None)
    return tuple(
        Basis(one.title, one.number, one.published, one.source, one.url, clause or one.clause or None)
        for clause, one in found
        if clause is not None or one.clause or not one.clauses
    )


def is_in_clause(section: str | None, clause: str) -> bool:
    """Tell whether a place in a document ("Điều 1, khoản 60–63") bears on a clause of it ("khoản 63 Điều 1")."""
    place = re.match(rf"{ARTICLE.pattern}(?:, khoản (\d+)[a-zđ]?(?:–(\d+))?)?", section or "")
    if not place or place[1] not in ARTICLE.findall(clause):
        return False
    named = [int(number) for number in re.findall(r"khoản (\d+)", clause)]
    first = int(place[2] or 0)
    return not named or not first or any(first <= number <= int(place[3] or first) for number in named)


def clause_in(entry: DocumentBasis, section: str | None) -> str | None:
    """Return the clause that a section alone rests on; an article of a law is known by its number."""
    place = " ".join((section or "").split())
    for heading, clause in entry.clauses.items():
        article = ARTICLE.match(heading)
        if place and (heading == place or (article and article[1] == place.split(",")[0])):
            return clause
    return None
