"""``corpus/`` → ``Document``: Markdown files with YAML front matter."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import frontmatter
import yaml

from qa.errors import CorpusError, DocumentReadError, EmptyCorpusError, disk_cure
from qa.text import normalise
from qa.values import KINDS, Document

ID = re.compile(r"[\w][\w.-]{0,199}")
LONGEST_FILE = 50_000_000
LONGEST_FRONT = 65_536
DEEPEST_FIELD = 8
LARGEST_NUMBER = 10**18
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_FIELD = 2_000
"""Characters of a title, an address or another field of one line."""

MOST_BITS = 256
"""Bits of a number that a field may hold; Python refuses to write out far longer ones."""

BROKEN_YAML = (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError)
"""What PyYAML's safe loader raises; the last four for values that are not of the kind they claim ("!!bool maybe")."""

FORMAT = "see corpus/README.md for the format"


def load_corpus(folder: Path) -> list[Document]:
    """Read every article below ``folder``, ordered by id.

    Raises EmptyCorpusError when there is none, DocumentReadError for a single bad article and
    CorpusError, which names them all, for several or for two articles with one id.
    """
    paths = article_paths(folder)
    if not paths:
        raise EmptyCorpusError(f"{folder} holds no article (*.md); add some, or name another folder with --corpus")
    documents: dict[str, tuple[Document, Path]] = {}
    problems: list[CorpusError] = []
    for path in paths:
        try:
            document = read_article(path)
            if document.id in documents:
                raise DocumentReadError(
                    path, f"has the id {document.id!r} of {documents[document.id][1]}", "give one of them another id"
                )
            documents[document.id] = (document, path)
        except DocumentReadError as problem:
            problems.append(problem)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise CorpusError(f"{len(problems)} articles cannot be read: " + " | ".join(map(str, problems)))
    return [documents[name][0] for name in sorted(documents)]


def article_paths(folder: Path) -> list[Path]:
    """List the article files below a folder; READMEs and hidden or temporary files are none."""
    if not folder.is_dir():
        raise EmptyCorpusError(f"{folder} is not a folder; create it, or name another with --corpus")
    try:
        return sorted(
            path
            for path in folder.rglob("*.md")
            if path.is_file() and path.name != "README.md" and not path.name.startswith(".")
        )
    except OSError as error:
        raise CorpusError(f"{folder} cannot be listed: {error.strerror}; {disk_cure(error)}") from error


def read_article(path: Path) -> Document:
    """Read one article; DocumentReadError says what is wrong with it and what to do."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise DocumentReadError(path, f"is larger than {LONGEST_FILE // 1_000_000} MB", "split it")
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start} is 0x{raw[error.start]:02x})"
        raise DocumentReadError(path, reason, "save it as UTF-8, or take it in with: qa add") from error
    except OSError as error:
        raise DocumentReadError(path, f"cannot be read: {error.strerror}", disk_cure(error)) from error
    return parse_article(normalise(text), path)


def parse_article(text: str, path: Path) -> Document:
    """Build the Document of an article's whole text; ``path`` names it in errors and gives its id."""
    if not text.strip():
        raise DocumentReadError(path, "is empty", "write the article or remove the file")
    try:
        fields, body = frontmatter.parse(text, handler=FrontMatter())
    except BROKEN_YAML as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        reason = f"has a broken front matter{where} ({getattr(error, 'problem', None) or shown(str(error))})"
        raise DocumentReadError(path, reason, "correct its YAML (quote a value that holds ': ')") from error
    if not fields:
        raise DocumentReadError(
            path, "has no front matter", f"begin it with '---' and its title, url and date; {FORMAT}"
        )
    reader = FieldReader(fields, path)
    if not body.strip():
        raise DocumentReadError(path, "has a front matter but no text", "write the article or remove the file")
    return Document(
        id=reader.identifier(),
        title=reader.text("title", required=True),
        text=body.strip() + "\n",
        source=reader.text("source", required=True),
        url=reader.text("url"),
        published=reader.date("published"),
        kind=reader.kind(),
        number=reader.text("number") or None,
        effective_from=reader.date("effective_from"),
        effective_to=reader.date("effective_to"),
        supersedes=reader.texts("supersedes"),
        amends=reader.texts("amends"),
        duplicate_of=reader.text("duplicate_of") or None,
    )


class FrontMatter(frontmatter.YAMLHandler):
    """YAML between two lines of dashes, read by ``read_fields``."""

    def load(self, fm: str, **_options: object) -> object:
        return read_fields(fm)


def read_fields(source: str) -> object:
    """Return what a front matter's YAML says; yaml.YAMLError or ValueError for what is none or would do harm.

    Aliases unfold to any size when they are shown, and deep nesting ends the process inside libyaml; both are seen
    in the events, before a value is made of them. A safe loader makes no objects.
    """
    if len(source) > LONGEST_FRONT:
        raise ValueError(f"it is longer than {LONGEST_FRONT:,} characters")
    depth = 0
    for event in yaml.parse(source, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"it holds the alias *{event.anchor}, write the value itself")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_FIELD:
            raise ValueError(f"it is nested more than {DEEPEST_FIELD} levels deep")
    value = yaml.load(source, Loader=LOADER)  # noqa: S506 - a safe loader, in C where there is one
    if holds_huge_number(value):
        raise ValueError("it holds a number of more than 18 digits, write it in quotes")
    return value


def holds_huge_number(value: object) -> bool:
    """Tell whether a number stands in a value that Python would refuse to print."""
    if isinstance(value, dict):
        return any(map(holds_huge_number, (*value.keys(), *value.values())))
    if isinstance(value, (list, tuple, set)):
        return any(map(holds_huge_number, value))
    return isinstance(value, int) and abs(value) > LARGEST_NUMBER


class FieldReader:
    """Read typed fields out of a front matter; DocumentReadError names field, value and cure."""

    def __init__(self, fields: dict[str, object], path: Path) -> None:
        self.fields = fields
        self.path = path

    def text(self, name: str, *, required: bool = False) -> str:
        value = self.fields.get(name)
        if value is None and not required:
            return ""
        line = line_of(value)
        if line is None or (required and not line):
            raise self.problem(name, value, f"write {name}: as one line of text, at most {LONGEST_FIELD} characters")
        return line

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.fields.get(name) or []
        values = value if isinstance(value, list) else [value]
        lines = [line_of(item) if isinstance(item, str) else None for item in values]
        if None in lines:
            raise self.problem(name, value, "write a list of document numbers")
        return tuple(filter(None, lines))

    def date(self, name: str) -> datetime.date | None:
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, datetime.datetime):
            return value.date()
        if not isinstance(value, datetime.date):
            raise self.problem(name, value, "write a date as YYYY-MM-DD")
        return value

    def kind(self) -> str:
        value = self.fields.get("kind") or "other"
        if value not in KINDS:
            raise self.problem("kind", value, f"use one of {', '.join(KINDS)}")
        return str(value)

    def identifier(self) -> str:
        value = self.text("id") or normalise(self.path.stem)
        if not ID.fullmatch(value):
            raise self.problem("id", value, "use letters, digits, '-', '_' and '.' (at most 200)")
        return value

    def problem(self, name: str, value: object, cure: str) -> DocumentReadError:
        return DocumentReadError(self.path, f"{name} is {shown(value)!r}", cure)


def line_of(value: object) -> str | None:
    """Return a field's value as one line in normal form; None for what is no text, number or day, or too long."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, datetime.date)):
        return None
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return None
    line = " ".join(normalise(str(value)).split())
    return line if len(line) <= LONGEST_FIELD else None


def shown(value: object) -> str:
    """Return the beginning of a value for a message; lists, which aliases can make endless, by their kind."""
    if value is None or isinstance(value, bool):
        return str(value)
    line = value if isinstance(value, str) else line_of(value)
    return f"a {type(value).__name__}" if line is None else line[:80]
