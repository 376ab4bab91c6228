"""Sources in, report out: read, describe, clean, recognise, write; a bad source is named and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.corpus import read_article
from qa.errors import DocumentReadError, IngestError, Refusal
from qa.ingest.boilerplate import article_lines
from qa.ingest.deduplication import SAME_NUMBER_TEXT, SAME_TEXT, Likenesses, content_hash, new_id
from qa.ingest.describe import describe
from qa.ingest.facts import is_official
from qa.ingest.fetch import Fetcher
from qa.ingest.formats.detect import read
from qa.ingest.line_joining import unwrap
from qa.ingest.sources import expand, is_address, read_file
from qa.ingest.store import FOLDER, Stored, locked, render, stored_articles, today, write_article
from qa.ingest.structure import to_markdown
from qa.ingest.types import Draft, FetchSettings, Intake, IntakeReport, Raw

FEWEST_CHARACTERS = 20


def take_in(
    sources: Sequence[str | Path],
    corpus: Path,
    *,
    progress: Callable[[int, int, str], None] | None = None,
    fetch: FetchSettings | None = None,
) -> IntakeReport:
    """Take files, folders and web addresses into the corpus, and report what became of each.

    ``progress(done, total, source)`` is called before each source and once at the end. A source that cannot be
    taken in is "refused" with its reason; IngestError only when the corpus itself cannot be written.
    """
    fetcher = Fetcher(fetch or FetchSettings())
    listed = expand(sources)
    intakes: list[Intake] = []
    with locked(corpus):
        shelf = Shelf(corpus, stored_articles(corpus))
        for done, source in enumerate(listed):
            if progress:
                progress(done, len(listed), source)
            intakes.append(take_one(source, shelf, fetcher))
    if progress:
        progress(len(listed), len(listed), "")
    return IntakeReport(tuple(intakes))


def take_one(source: str, shelf: Shelf, fetcher: Fetcher) -> Intake:
    try:
        raw = fetcher.fetch(source) if is_address(source) else read_file(source)
        if not raw.url and shelf.corpus.resolve() in Path(source).resolve().parents:
            raise IngestError(Refusal.IN_CORPUS, "already lies in the corpus; edit it there")
        return shelf.place(source, origin(source), prepare(raw))
    except IngestError as error:
        return Intake(source, "refused", None, str(error), refusal=error.refusal)


def origin(source: str) -> str:
    """Return what names a source for good: its address, or its absolute path."""
    return source if "://" in source else str(Path(source).resolve())


def prepare(raw: Raw) -> Draft:
    """Return a source as a complete draft: its own words, repaired, cleaned and described."""
    found = read(raw)
    described = describe(found)
    text = described.text if described.authored else body(described)
    if len(text.strip()) < FEWEST_CHARACTERS:
        raise IngestError(Refusal.NO_TEXT, "holds hardly any text; give the article itself")
    title = described.title or raw.name.rpartition(".")[0] or raw.name
    return replace(described, text=text.strip() + "\n", title=title)


def body(draft: Draft) -> str:
    official = is_official(draft.text)
    text = unwrap(draft.text)
    return to_markdown(text if official else article_lines(text, draft.title), official=official)


@dataclass(slots=True)
class Shelf:
    """The corpus while documents are taken in."""

    corpus: Path
    articles: dict[str, Stored]
    texts: Likenesses | None = field(default=None)

    def place(self, source: str, retrieved_from: str, draft: Draft) -> Intake:
        """Write a draft as a new article, over its former self, or not at all when nothing changed."""
        digest = content_hash(draft)
        former = next((a for a in self.articles.values() if a.retrieved_from == retrieved_from), None)
        if former and former.content_hash == digest:
            return Intake(source, "unchanged", former.id)
        twin = next((a for a in self.articles.values() if a.content_hash == digest), None)
        if twin and not former:
            reason = f"is the same as {twin.id}, word for word; nothing was written"
            return Intake(source, "duplicate", twin.id, reason, original=twin.id)
        original = self.original(draft, former)
        article = self.write(draft, former, (retrieved_from, digest, original))
        if original:
            reason = f"says the same as {original}; written as its duplicate"
            return Intake(source, "duplicate", article.id, reason, original=original)
        return Intake(source, "updated" if former else "taken", article.id)

    def write(self, draft: Draft, former: Stored | None, traces: tuple[str, str, str]) -> Stored:
        retrieved_from, digest, original = traces
        identifier = former.id if former else new_id(draft, self.articles)
        path = former.path if former else self.corpus / FOLDER / f"{identifier}.md"
        extra = {
            "retrieved_from": retrieved_from,
            "retrieved_on": today(),
            "provenance": draft.provenance,
            "content_hash": digest,
            "duplicate_of": original,
        }
        write_article(path, render(draft, identifier, extra))
        article = Stored(identifier, path, draft.title, draft.kind, draft.number, retrieved_from, digest, original)
        self.articles[identifier] = article
        self.likenesses().add(identifier, draft.text)
        return article

    def original(self, draft: Draft, former: Stored | None) -> str:
        """Return the id of the article that a draft repeats, or nothing."""
        own = former.id if former else ""
        likenesses = self.likenesses()
        named = [
            article.id
            for article in self.articles.values()
            if draft.number and (article.number, article.kind) == (draft.number, draft.kind) and article.id != own
        ]
        name, likeness = likenesses.nearest(draft.text, among=named)
        if likeness < SAME_NUMBER_TEXT:
            name, likeness = likenesses.nearest(draft.text)
            if likeness < SAME_TEXT or name == own:
                return ""
        return self.articles[name].duplicate_of or name

    def likenesses(self) -> Likenesses:
        """Return the sketches of every article, made when first needed."""
        if self.texts is None:
            self.texts = Likenesses()
            for article in self.articles.values():
                try:
                    self.texts.add(article.id, read_article(article.path).text)
                except DocumentReadError:
                    continue
        return self.texts
