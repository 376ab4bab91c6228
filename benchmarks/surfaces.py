"""Every place where text from outside is shown, and what must not come out of it."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import logging
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree
from markdown_it import MarkdownIt

from qa import present, telemetry
from qa.blocks import Answer, Headline, Link, Mark, Paragraph, Quote, Quoted, Related, Said, Source
from qa.feedback import Feedback, FeedbackStore
from qa.ingest import Intake, IntakeReport
from qa.present import to_docx, to_markdown
from qa.session import Session
from qa.values import Document
from qa.web.admin import feedback_html, report_html
from qa.web.catalogue import Wanted, catalogue_html
from qa.web.conversation import Exchange, conversation_html
from qa.web.sources import evidence_html, reader_html
from qa.web.templates import page_html

WHEN = datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")
TAGS = frozenset(
    """a article aside b blockquote body br button dd details div dl dt em fieldset figcaption figure footer form g h1
    h2 h3 h4 h5 h6 head header html input label legend li line link main mark meta nav ol option p path q rect script
    section select small span strong summary svg table tbody td text th thead time title tr ul""".split()
)
"""What our own pages are made of."""

OUR_SCRIPTS = frozenset(("/giao-dien/reader.js",))
OUR_META = frozenset(("viewport", ""))
MARKDOWN_TAGS = frozenset("h1 h2 p strong blockquote br a".split())
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WEB = re.compile(r"https?://[^/@\\\s?#]+(?:[/?#]|$)")
METRIC = re.compile(r"# .*|(?:qa|process)_\w+(?:\{\w+=\"[\w.+]+\"(?:,\w+=\"[\w.+]+\")*\})? \S+")
ACTIVE_WORD = frozenset(WORD + name for name in ("fldSimple", "fldChar", "instrText", "object", "altChunk", "pict"))


@dataclass(frozen=True, slots=True)
class Hostile:
    """One string, the document that bears it everywhere, and an answer to a question that is the string."""

    text: str
    session: Session
    document: Document
    answer: Answer
    folder: Path


def answer_from(session: Session, document: Document, question: str) -> Answer:
    """Return an answer that quotes a document, with the hostile question, notes and short answer."""
    passage = next(one for one in session.index.passages if one.citation.document_id == document.id)
    quote = Quote(1, passage.text, passage.citation, 0.9)
    said = Paragraph((Said("Dạ, "), Source(1), Said(": "), Quoted(1), Related(document.id, document.title)))
    notes = (Paragraph((Said(question), Mark(1)), "note"), Paragraph((Said(question), Link(document.url)), "note"))
    return Answer(question, f"{question} ?", (Headline("77 hồ sơ", 1), said), (quote,), 0.9, notes)


def terminal_answer(one: Hostile) -> str:
    return "\n".join(present.answer_lines(one.answer))


def terminal_search(one: Hostile) -> str:
    return "\n".join(present.hit_lines(one.session.search(one.text[:2000] or "x", 3)))


def terminal_json(one: Hostile) -> str:
    return present.to_json(present.answer_object(one.answer))


def terminal_intake(one: Hostile) -> str:
    return "\n".join(present.intake_lines(IntakeReport((Intake(one.text, "refused", None, one.text),))))


def feedback_of(one: Hostile) -> FeedbackStore:
    path = one.folder / "feedback.sqlite"
    if path.exists():  # what is shown is this string alone
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("DELETE FROM feedback")
    store = FeedbackStore(path)
    store.save(Feedback(one.text, one.text, (one.text,), one.text, helpful=False, reason=one.text))
    return store


def terminal_feedback(one: Hostile) -> str:
    return "\n".join(present.feedback_lines(feedback_of(one).read(1), (0, 1)))


def chat_page(one: Hostile) -> str:
    return conversation_html(one.session, [Exchange(one.answer)], pending=one.text, trouble=one.text)


def sources_panel(one: Hostile) -> str:
    return evidence_html([Exchange(one.answer)], one.session.index)


def reader_page(one: Hostile) -> str:
    body = reader_html(one.document, one.session.index, 0, len(one.document.text))
    return page_html(one.document.title, body)


def catalogue_page(one: Hostile) -> str:
    found = Wanted(one.document.title)
    nothing = Wanted(one.text, one.text, one.text)
    corpus = one.folder / "none"
    return "".join(catalogue_html(one.session.index, corpus, wanted) for wanted in (found, nothing))


def operator_page(one: Hostile) -> str:
    report = report_html(IntakeReport((Intake(one.text, "refused", one.text, one.text),)))
    return report + feedback_html(feedback_of(one))


def markdown_file(one: Hostile) -> str:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).render(to_markdown([one.answer], WHEN))


def word_file(one: Hostile) -> bytes:
    return to_docx([one.answer], WHEN)


def log_line(one: Hostile) -> str:
    """Return the line of a request whose question, error and logger's message are the string."""
    record = logging.LogRecord("qa.web", logging.ERROR, "", 0, "%s", (one.text,), None)
    return telemetry.JsonFormatter(log_questions=True).format(record)


def quiet_log_line(one: Hostile) -> str:
    """Return the line that a request leaves where questions are not to be logged."""
    asked = telemetry.Request("page_ask")
    asked.question = one.text
    record = logging.LogRecord("qa.request", logging.INFO, "", 0, "request", None, None)
    record.request = asked
    return telemetry.JsonFormatter().format(record)


def metrics(one: Hostile) -> str:
    metrics = telemetry.Metrics()
    with telemetry.request("page_ask", metrics) as current:
        current.question = one.text
    return metrics.text()[0].decode()


def api_object(one: Hostile) -> str:
    answer = present.answer_object(one.answer)
    return json.dumps({"json": answer, "mcp": json.dumps(answer, indent=2)})


class Page(HTMLParser):
    """Collects what in a page is not plain text."""

    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.tags = tags
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element, an event or an address that is not ours."""
        if tag not in self.tags:
            self.faults.append(f"element {tag}")
        given = {name: value or "" for name, value in attributes}
        if (tag == "script" and given.get("src") not in OUR_SCRIPTS) or (
            tag == "meta" and given.get("name", "") not in OUR_META
        ):
            self.faults.append(f"element {tag} {given}")
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.faults.append(f"attribute {name}")
            if name in ("href", "src", "action") and not is_harmless(value):
                self.faults.append(f"{name}={value}")

    def handle_comment(self, data: str) -> None:
        """Note a comment: we write none."""
        self.faults.append(f"comment {data[:20]}")


def is_harmless(address: str) -> bool:
    """Tell whether an address stays on the site or opens a web page under its own name."""
    parts = urlsplit(address)
    within = not parts.scheme and not parts.netloc and address[:1] in ("/", "#") and address[:2] not in ("//", "/\\")
    return within or (parts.scheme in ("http", "https") and bool(parts.netloc) and "@" not in parts.netloc)


def html_faults(output: str, tags: frozenset[str] = TAGS) -> Iterator[str]:
    page = Page(tags)
    page.feed(output)
    page.close()
    yield from page.faults
    yield from obeyed(output, "\n\t")


def markdown_faults(output: str) -> Iterator[str]:
    return html_faults(output, MARKDOWN_TAGS)


def obeyed(output: str, allowed: str) -> Iterator[str]:
    return (f"U+{ord(c):04X}" for c in output if unicodedata.category(c) in OBEYED and c not in allowed)


def terminal_faults(output: str) -> Iterator[str]:
    return obeyed(output, "\n\t")


def line_faults(output: str) -> Iterator[str]:
    """Yield what is wrong with one line of JSON for a log or a terminal."""
    json.loads(output)
    return obeyed(output, "")


def json_faults(output: str) -> Iterator[str]:
    if not isinstance(json.loads(output)["json"]["citations"][0]["quote"], str):
        yield "no quote"


def word_faults(output: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(output)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
        links = etree.fromstring(package.read("word/_rels/document.xml.rels"))
    yield from (f"element {one.tag}" for one in body.iter() if one.tag in ACTIVE_WORD)
    for link in links:
        if link.get("TargetMode") == "External" and not WEB.match(link.get("Target")):
            yield f"link {link.get('Target')}"


def metric_faults(output: str) -> Iterator[str]:
    return (f"line {line[:60]}" for line in output.splitlines() if not METRIC.fullmatch(line))


Surface = tuple[Callable[[Hostile], str | bytes], Callable[..., Iterator[str]]]
SURFACES: dict[str, Surface] = {
    "terminal: answer": (terminal_answer, terminal_faults),
    "terminal: passages": (terminal_search, terminal_faults),
    "terminal: JSON": (terminal_json, line_faults),
    "terminal: what was taken in": (terminal_intake, terminal_faults),
    "terminal: feedback": (terminal_feedback, terminal_faults),
    "page: chat": (chat_page, html_faults),
    "page: sources": (sources_panel, html_faults),
    "page: reader": (reader_page, html_faults),
    "page: corpus": (catalogue_page, html_faults),
    "page: operator": (operator_page, html_faults),
    "file: Markdown": (markdown_file, markdown_faults),
    "file: Word": (word_file, word_faults),
    "REST and MCP": (api_object, json_faults),
    "log": (log_line, line_faults),
    "log without questions": (quiet_log_line, line_faults),
    "Prometheus": (metrics, metric_faults),
}
