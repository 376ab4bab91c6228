"""PDF → ``Draft``. Only importer of pypdfium2."""

from __future__ import annotations

import pypdfium2
from pypdfium2 import PdfiumError

from qa.errors import IngestError, Refusal
from qa.ingest.encodings import repair_encoding
from qa.ingest.layout import join_pages
from qa.ingest.sources import Draft, Raw
from qa.text import normalise

MOST_PAGES = 5_000
LONGEST_TEXT = 50_000_000
FEWEST_CHARACTERS_PER_PAGE = 8
LINE_HYPHENS = str.maketrans({"\ufffe": "-", "\u0002": "-"})
"""pdfium marks a hyphen at a line's end with a character of its own."""


def read_pdf(raw: Raw) -> Draft:
    """Read a PDF that has text; IngestError for a broken, locked, scanned or endless one."""
    try:
        document = pypdfium2.PdfDocument(raw.content)
    except PdfiumError as error:
        raise refusal_of(error) from error
    try:
        text = join_pages(page_texts(document))
    except PdfiumError as error:
        raise refusal_of(error) from error
    finally:
        document.close()
    return Draft(text=normalise(repair_encoding(text)))


def refusal_of(error: PdfiumError) -> IngestError:
    message = str(error)
    if "assword" in message or "ecurity" in message:
        return IngestError(Refusal.LOCKED, "is a PDF locked with a password; save it without the password")
    return IngestError(
        Refusal.BROKEN, f"is a broken PDF ({message.strip('. ')}); open it in a reader and save it again"
    )


def page_texts(document: pypdfium2.PdfDocument) -> list[str]:
    """Return the text of each page; IngestError when there is none to speak of."""
    count = len(document)
    if count > MOST_PAGES:
        raise IngestError(Refusal.TOO_LARGE, f"has {count} pages (at most {MOST_PAGES}); split it")
    texts: list[str] = []
    total = 0
    for place in range(count):
        texts.append(page_text(document, place))
        total += len(texts[-1])
        if total > LONGEST_TEXT:
            raise IngestError(
                Refusal.TOO_LARGE, f"holds more than {LONGEST_TEXT // 1_000_000} million characters; split it"
            )
    if sum(len(text.strip()) for text in texts) < FEWEST_CHARACTERS_PER_PAGE * max(1, count):
        raise IngestError(
            Refusal.SCANNED, "is a PDF without text (a scan); recognise its text first (OCR), for example with ocrmypdf"
        )
    return texts


def page_text(document: pypdfium2.PdfDocument, place: int) -> str:
    page = document[place]
    try:
        textpage = page.get_textpage()
        text = textpage.get_text_bounded()
        textpage.close()
    finally:
        page.close()
    return text.translate(LINE_HYPHENS).replace("\r\n", "\n").replace("\r", "\n")
