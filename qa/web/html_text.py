"""What outside text becomes before it stands in a page: escaped, in one form, its addresses checked."""

from __future__ import annotations

import datetime
import html
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from qa.text import lexicon, normalise
from qa.values import Citation

OTHER_NAMES = lexicon.table("documents", "other_names")
KIND_NAMES = {"news": OTHER_NAMES["news"], **lexicon.KIND_NAMES, "other": OTHER_NAMES["other"]}
"""Each kind of document as a person reads it, in the order of a list."""

DECEIVING = frozenset("\\\t\n\r ")
"""What browsers read as a slash or drop, so that an address leads elsewhere than it seems."""

ADDRESS = Markup('<span class="address">{}</span>')
ORIGINAL = Markup(
    '<a class="original" href="{}" target="_blank" rel="noopener noreferrer nofollow">'
    'Mở nguồn gốc<span class="unseen"> (mở ở thẻ mới)</span></a>'
)

UNDATED = "không rõ ngày"


def escape(text: str) -> str:
    """Return the text as HTML that shows it and nothing else: no markup, no invisible characters."""
    return html.escape(normalise(text), quote=True)


def escape_exactly(text: str) -> str:
    """Return the text of a document, which is normal already, as HTML; no character is added or lost."""
    return html.escape(text, quote=True)


def day_text(day: datetime.date | None) -> str:
    """Return a day as Vietnamese readers write it."""
    return f"{day:%d/%m/%Y}" if day else UNDATED


def kind_name(kind: str) -> str:
    return KIND_NAMES.get(kind, KIND_NAMES["other"])


def is_web_address(url: str) -> bool:
    """Tell whether an address may be linked to: http or https, a host without a user before it, and no line break."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.netloc)
        and "@" not in parts.netloc
        and url.isprintable()
        and not set(url) & DECEIVING
    )


def source_link(url: str) -> Markup:
    """Return a link that opens the original in a new tab; an address of another kind is shown as text."""
    link = ORIGINAL if is_web_address(url) else ADDRESS
    return link.format(normalise(url)) if url else Markup()


def reader_address(citation: Citation) -> str:
    """Return the address, within the site, of the cited article with the cited sentence lit."""
    return f"{document_address(citation.document_id)}?s={citation.start}&e={citation.end}#cau"


def document_address(document_id: str) -> str:
    return f"/doc/{quote(document_id, safe='', errors='replace')}"


def question_address(question: str) -> str:
    """Return the address, within the site, that asks a question."""
    return f"/?q={quote(question, safe='', errors='replace')}"
