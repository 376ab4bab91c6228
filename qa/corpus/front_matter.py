"""The front matter of an article: the one model of its fields, out of YAML and back into it."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from qa.errors import FrontMatterError
from qa.text import normalise
from qa.values import KINDS, TextKind

FRONT = re.compile(r"\s*-{3,}[ \t]*\n(.*?)^-{3,}[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
LONGEST_FRONT = 65_536
DEEPEST_FIELD = 8
LARGEST_NUMBER = 10**18
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_FIELD = 2_000  # characters of a title, an address or another field of one line
MOST_BITS = 256  # bits of a number that a field may hold; Python refuses to write out far longer ones
BROKEN_YAML = (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError)
"""What PyYAML's safe loader raises; the last four for values that are not of the kind they claim ("!!bool maybe")."""

FORMAT = "begin it with '---' and its title, source and date; see corpus/README.md for the format"
LIST_FORMATS = {
    "ended": "write a list of entries, each with names, since and section",
    "basis": "write a list of entries, each with title and source, and where known number, published, url, clause, "
    "clauses; see corpus/README.md",
}
ALWAYS_WRITTEN = ("title", "source", "url")


def as_line(value: object) -> str:
    line = "" if value is None else line_of(value)
    if line is None:
        raise PydanticCustomError("unfit", f"write it as one line of text, at most {LONGEST_FIELD} characters")
    return line


def as_lines(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return tuple(filter(None, map(as_line, values)))


def one_of(names: Sequence[str]) -> Callable[[object], str]:
    def checked(value: object) -> str:
        line = as_line(value)
        if line and line not in names:
            raise PydanticCustomError("unfit", f"use one of {', '.join(names)}")
        return line

    return checked


def as_clauses(value: object) -> dict[str, str]:
    """Return a mapping of headings to clauses; an empty clause means the whole document."""
    if not isinstance(value, dict) or None in value.values() or not all(map(as_line, value)):
        raise PydanticCustomError("unfit", "write each as 'a heading of the text: its clause'")
    return {as_line(name): as_line(clause) for name, clause in value.items()}


def as_day(value: object) -> datetime.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    try:
        return datetime.date.fromisoformat((line_of(value) or "")[:10])
    except ValueError:
        raise PydanticCustomError("unfit", "write a date as YYYY-MM-DD") from None


def given(value: object) -> object:
    if not value:
        raise PydanticCustomError("empty", "give it")
    return value


Line = Annotated[str, PlainValidator(as_line)]
Lines = Annotated[tuple[str, ...], PlainValidator(as_lines)]
Kind = Annotated[str, PlainValidator(one_of(KINDS))]
Day = Annotated[datetime.date | None, PlainValidator(as_day)]


class EndingFields(BaseModel):
    """One entry of ``ended``: what is no more, by its names, since when, and the section that says so."""

    model_config = ConfigDict(frozen=True)

    names: Annotated[Lines, AfterValidator(given)]
    since: Annotated[datetime.date, PlainValidator(as_day), AfterValidator(given)]
    section: Annotated[Line, AfterValidator(given)]


class BasisFields(BaseModel):
    """One entry of ``basis``: a document that a summary rests on, and the clause there, or one for each heading."""

    model_config = ConfigDict(frozen=True)

    title: Annotated[Line, AfterValidator(given)]
    number: Line = ""
    published: Day = None
    source: Annotated[Line, AfterValidator(given)]
    url: Line = ""
    clause: Line = ""
    clauses: Annotated[dict[str, str], PlainValidator(as_clauses)] = {}


class ArticleFields(BaseModel):
    """The fields of an article, each in normal form; an empty one was not given, and unknown ones are left out.

    The last five are written by the intake: where a text was fetched from and when, who passed it on, the hash of
    what was written, and the id of the article that says the same.
    """

    model_config = ConfigDict(frozen=True)

    id: Line = ""
    title: Line = ""
    source: Line = ""
    url: Line = ""
    published: Day = None
    kind: Kind = ""
    number: Line = ""
    effective_from: Day = None
    effective_to: Day = None
    supersedes: Lines = ()
    amends: Lines = ()
    ended: tuple[EndingFields, ...] = ()
    text_kind: Annotated[str, PlainValidator(one_of(get_args(TextKind)))] = ""
    basis: tuple[BasisFields, ...] = ()
    retrieved_from: Line = ""
    retrieved_on: Day = None
    provenance: Line = ""
    content_hash: Line = ""
    duplicate_of: Line = ""


def article_fields(values: Mapping[str, object]) -> ArticleFields:
    """Return the fields of an article out of loose values.

    Raises:
        FrontMatterError: for a value that cannot be used; it names the field, the value and the cure.
    """
    try:
        return ArticleFields.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        value = None if first["type"] == "missing" else first["input"]
        cure = first["msg"] if first["type"] == "unfit" else LIST_FORMATS[str(first["loc"][0])]
        raise FrontMatterError(f"{'.'.join(map(str, first['loc']))} is {shown(value)!r}", cure) from error


def usable_fields(values: Mapping[str, object]) -> ArticleFields:
    """Return those of the values that can be used as fields, without the others."""
    try:
        return ArticleFields.model_validate(values)
    except ValidationError as error:
        unusable = {problem["loc"][0] for problem in error.errors(include_url=False)}
        return ArticleFields.model_validate({name: value for name, value in values.items() if name not in unusable})


def has_front_matter(text: str) -> bool:
    """Tell whether a text begins with a front matter."""
    return FRONT.match(text) is not None


def split_article(text: str) -> tuple[dict[str, object], str]:
    """Return the loose values of an article's front matter, and the text below it.

    Raises:
        FrontMatterError: when there is none, or its YAML is broken or would do harm.
    """
    front = FRONT.match(text)
    if front is None or not front[1].strip():
        raise FrontMatterError("has no front matter", FORMAT)
    try:
        values = read_fields(front[1])
    except BROKEN_YAML as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        reason = f"has a broken front matter{where} ({getattr(error, 'problem', None) or shown(str(error))})"
        raise FrontMatterError(reason, "correct its YAML (quote a value that holds ': ')") from error
    if not isinstance(values, dict):
        raise FrontMatterError("has a front matter that is no list of fields", "write 'name: value' lines")
    return values, text[front.end() :]


def format_article(fields: ArticleFields, text: str) -> str:
    """Return an article as it stands in its file: YAML front matter, then Markdown."""
    given = fields.model_dump(exclude_defaults=True)
    written = {name: given.get(name, "") for name in type(fields).model_fields if name in {*given, *ALWAYS_WRITTEN}}
    front = yaml.dump(written, Dumper=AliasFree, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n{text.strip()}\n"


class AliasFree(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Writes a value that occurs twice, such as a day, twice: the reader takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def read_fields(source: str) -> object:
    """Return what a front matter's YAML says.

    Aliases unfold to any size when they are shown, and deep nesting ends the process inside libyaml; both are seen
    in the events, before a value is made of them. A safe loader makes no objects.

    Raises:
        yaml.YAMLError, ValueError: for what is no YAML or would do harm.
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
