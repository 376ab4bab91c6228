"""PDF → ``Draft``. Only importer of pypdfium2."""

from contextlib import closing

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
LINE_HYPHENS = str.maketrans({"\ufffe": "-", "\u0002": "-"})  # pdfium's own mark of a hyphen at a line's end


def read_pdf(raw: Raw) -> Draft:
    """Read a PDF that has text; IngestError for a broken, locked, scanned or endless one."""
    try:
        with pypdfium2.PdfDocument(raw.content) as document:
            text = join_pages(page_texts(document))
    except PdfiumError as error:
        message = str(error)
        if "assword" in message or "ecurity" in message:
            why = "is a PDF locked with a password; save it without the password"
            raise IngestError(Refusal.LOCKED, why) from error
        why = f"is a broken PDF ({message.strip('. ')}); open it in a reader and save it again"
        raise IngestError(Refusal.BROKEN, why) from error
    return Draft(normalise(repair_encoding(text)))


def page_texts(document: pypdfium2.PdfDocument) -> list[str]:
    """Return the text of each page; IngestError when there is none to speak of."""
    count = len(document)
    if count > MOST_PAGES:
        raise IngestError(Refusal.TOO_LARGE, f"has {count} pages (at most {MOST_PAGES}); split it")
    texts: list[str] = []
    total = 0
    for place in range(count):
        with closing(document[place]) as page, closing(page.get_textpage()) as textpage:
            text = textpage.get_text_bounded().translate(LINE_HYPHENS)
        texts.append(text.replace("\r\n", "\n").replace("\r", "\n"))
        total += len(texts[-1])
        if total > LONGEST_TEXT:
            why = f"holds more than {LONGEST_TEXT // 1_000_000} million characters; split it"
            raise IngestError(Refusal.TOO_LARGE, why)
    if sum(len(text.strip()) for text in texts) < FEWEST_CHARACTERS_PER_PAGE * max(1, count):
        why = "is a PDF without text (a scan); recognise its text first (OCR), for example with ocrmypdf"
        raise IngestError(Refusal.SCANNED, why)
    return texts
