"""Articles on disk: read as ``Document``, listed, written whole or not at all, removed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from qa.corpus.front_matter import (
    LONGEST_FIELD,
    LONGEST_FRONT,
    ArticleFields,
    article_fields,
    shown,
    split_article,
    usable_fields,
)
from qa.corpus.passages import HEADING
from qa.errors import (
    CorpusError,
    DocumentReadError,
    EmptyCorpusError,
    FrontMatterError,
    IngestError,
    Refusal,
    disk_cure,
)
from qa.files import replacing
from qa.text import normalise
from qa.values import Document, DocumentBasis, Ending

ID = re.compile(r"[\w][\w.-]{0,199}")
LONGEST_FILE = 50_000_000
TEMPORARY = ".intake-"
LOCK = ".intake.lock"
LOCK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of the corpus as the intake sees it: where it stands, and its fields as far as they can be used."""

    id: str
    path: Path
    fields: ArticleFields


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of one id asked to be removed; ``path`` is None when nothing bears the id."""

    document_id: str
    path: Path | None
    reason: str = ""


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
                reason = f"has the id {document.id!r} of {documents[document.id][1]}"
                raise DocumentReadError(path, reason, "give one of them another id")
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
        paths = (path for path in folder.rglob("*.md") if path.name != "README.md" and not path.name.startswith("."))
        return sorted(path for path in paths if path.is_file())
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
        values, body = split_article(text)
        return document_of(article_fields(values), body.strip(), normalise(path.stem))
    except FrontMatterError as error:
        raise DocumentReadError(path, error.reason, error.cure) from error


def document_of(fields: ArticleFields, body: str, name: str) -> Document:
    """Return an article's Document, its id by default ``name``; FrontMatterError when a field or the text lacks."""
    identifier = fields.id or name
    if not ID.fullmatch(identifier):
        raise FrontMatterError(f"id is {identifier[:80]!r}", "use letters, digits, '-', '_' and '.' (at most 200)")
    for required in ("title", "source"):
        if not getattr(fields, required):
            cure = f"write {required}: as one line of text, at most {LONGEST_FIELD} characters"
            raise FrontMatterError(f"{required} is 'None'", cure)
    if not body:
        raise FrontMatterError("has a front matter but no text", "write the article or remove the file")
    if fields.basis and fields.text_kind != "summary":
        raise FrontMatterError(
            f"has a basis, but text_kind is {fields.text_kind!r}", "write text_kind: summary, or leave the basis out"
        )
    return Document(
        id=identifier,
        title=fields.title,
        text=f"{body}\n",
        source=fields.source,
        url=fields.url,
        published=fields.published,
        kind=fields.kind or "other",
        number=fields.number or None,
        effective_from=fields.effective_from,
        effective_to=fields.effective_to,
        supersedes=fields.supersedes,
        amends=fields.amends,
        duplicate_of=fields.duplicate_of or None,
        ended=endings(fields, body),
        text_kind="summary" if fields.text_kind == "summary" else "original",
        basis=tuple(
            DocumentBasis(
                one.title, one.number or None, one.published, one.source, one.url, one.clause or None, one.clauses
            )
            for one in fields.basis
        ),
    )


def endings(fields: ArticleFields, body: str) -> tuple[Ending, ...]:
    """Return what the article says has ended; each entry names a heading of the text."""
    headings = {" ".join(heading[1].split()): heading[1] for heading in HEADING.finditer(body)} if fields.ended else {}
    for place, entry in enumerate(fields.ended):
        if entry.section not in headings:
            raise FrontMatterError(f"ended.{place}.section is {shown(entry.section)!r}", "write a heading of the text")
    return tuple(Ending(entry.names, entry.since, headings[entry.section]) for entry in fields.ended)


def list_documents(corpus: Path) -> tuple[Document, ...]:
    """List the articles of a corpus, ordered by id; DocumentReadError for one that cannot be read."""
    return tuple(sorted(map(read_article, article_paths(corpus)), key=lambda document: document.id))


def stored_articles(corpus: Path) -> dict[str, StoredArticle]:
    """Return what stands in the corpus by id; an article that cannot be read counts by its file name."""
    found = [stored_article(path) for path in article_paths(corpus)] if corpus.is_dir() else []
    return {article.id: article for article in found}


def stored_article(path: Path) -> StoredArticle:
    """Return an article's fields as far as they can be read: the build reports bad ones, not the intake."""
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_FRONT).decode("utf-8-sig", errors="replace")
        fields = usable_fields(split_article(head.replace("\r\n", "\n"))[0])
    except (OSError, FrontMatterError):
        fields = ArticleFields()
    return StoredArticle(fields.id or normalise(path.stem), path, fields)


@contextmanager
def locked(corpus: Path) -> Iterator[None]:
    """Hold the corpus for one writer at a time; IngestError when it cannot be written or another one holds it."""
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(corpus / LOCK, timeout=LOCK_SECONDS, fallback_to_soft=False):
            for leftover in corpus.rglob(f"{TEMPORARY}*"):
                leftover.unlink(missing_ok=True)
            yield
    except filelock.Timeout as error:
        raise IngestError(Refusal.BUSY, f"{corpus} is being written by another intake; wait for it to end") from error
    except OSError as error:
        reason = f"{corpus} cannot be written: {error.strerror}; {disk_cure(error)}"
        raise IngestError(Refusal.UNWRITABLE, reason) from error


def write_article(path: Path, text: str) -> None:
    """Write an article, read back first: the corpus holds the old one or the whole new one; IngestError otherwise."""
    try:
        with replacing(path, TEMPORARY) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            read_article(temporary)
    except OSError as error:
        reason = f"could not be written to disk: {error.strerror}; {disk_cure(error)} and try again"
        raise IngestError(Refusal.UNWRITABLE, reason) from error
    except DocumentReadError as error:
        reason = str(error).removeprefix(f"{error.path}: ")
        raise IngestError(Refusal.FIELDS, f"would make an article that {reason}") from error


def remove_documents(ids: Sequence[str], corpus: Path) -> tuple[Removal, ...]:
    """Remove the articles with these ids; one that nothing bears is reported, never guessed at as a path."""
    with locked(corpus):
        articles = stored_articles(corpus)
        return tuple(remove_one(identifier, articles.get(identifier)) for identifier in dict.fromkeys(ids))


def remove_one(identifier: str, article: StoredArticle | None) -> Removal:
    if article is None:
        return Removal(identifier, None, "no article bears this id; see the list of documents")
    try:
        article.path.unlink()
    except OSError as error:
        return Removal(identifier, None, f"{article.path} cannot be removed: {error.strerror}; check its permissions")
    return Removal(identifier, article.path)
