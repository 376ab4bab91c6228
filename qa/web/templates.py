"""Words, links and pages in HTML: the Jinja2 environment of all pages, their frame and notices."""

import datetime
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa.blocks import plain
from qa.corpus import cite_whole
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


GLANCE = 240  # characters of a sentence that is taken in at a glance; a longer one is shown in pieces
PIECE = re.compile(r".*?(?:;\s+|:\s+(?=.*;)|$)", re.DOTALL)
LINE = re.compile(r".{80,160}?[,:;]\s+|.+$", re.DOTALL)


def pieces(sentence: str) -> list[str]:
    """Return a sentence in the pieces in which it is shown: a long one broken at its semicolons, else at commas."""
    if len(sentence) <= GLANCE:
        return [sentence]
    return [piece for piece in (PIECE if sentence.count(";") > 1 else LINE).findall(sentence) if piece]


TITLE = "Hỏi đáp cải cách hành chính"


def visible(value: object) -> str:
    """Return what a template shows of a value: markup as it is, all else as text without invisible characters."""
    return value if isinstance(value, Markup) else normalise(str(value))


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=visible,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals["site_title"] = TITLE
ENVIRONMENT.filters |= {
    "cite_whole": cite_whole,
    "day_text": day_text,
    "document_address": document_address,
    "exactly": markupsafe.escape,  # for the text of a document, of which no character may change
    "kind_name": kind_name,
    "pieces": pieces,
    "plain": plain,
    "question_address": question_address,
    "reader_address": reader_address,
    "source_link": source_link,
}
ENVIRONMENT.tests["web_address"] = is_web_address


def render(name: str, **values: object) -> Markup:
    """Return a template filled with values, each escaped unless it came from here.

    Raises:
        jinja2.UndefinedError: the template shows a value that was not given.
    """
    return Markup(ENVIRONMENT.get_template(f"{name}.html").render(values))  # noqa: S704 - all of it was escaped


def page_html(title: str, body: Markup, *, current: str = "", refresh: int = 0) -> str:
    """Return a whole page around a body; ``refresh`` reloads it after so many seconds."""
    return str(render("page", title=title, body=body, current=current, refresh=refresh))


def header_html(current: str) -> str:
    """Return the header of a page; ``current`` is the page's address."""
    return str(render("header", current=current))


def notice_html(heading: str, text: str = "", *, waiting: bool = False) -> Markup:
    """Return the body of a page that says one thing, with a way back to the chat unless it is to be waited for."""
    return render("notice", heading=heading, text=text, waiting=waiting)
