"""The Jinja2 environment of all pages but the chat, the frame around a page, and its notices."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from qa.text import normalise
from qa.web.html_text import day_text, document_address, kind_name, question_address, source_link
from qa.web.suggest import TITLE


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
    "day_text": day_text,
    "document_address": document_address,
    "exactly": escape,  # for the text of a document, of which no character may change
    "kind_name": kind_name,
    "question_address": question_address,
    "source_link": source_link,
}


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
