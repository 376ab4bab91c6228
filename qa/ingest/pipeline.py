"""Sources in, report out: read, describe, clean, recognise, write; a bad source is named and the rest goes on."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import Literal

from slugify import slugify

from qa.corpus import ArticleFields, StoredArticle, format_article, locked, read_article, stored_articles, write_article
from qa.errors import DocumentReadError, FrontMatterError, IngestError, Refusal
from qa.ingest.boilerplate import article_lines
from qa.ingest.fetch import Fetcher, FetchSettings
from qa.ingest.formats import read
from qa.ingest.header import parse_header
from qa.ingest.layout import to_markdown, unwrap
from qa.ingest.replaced import replaced
from qa.ingest.sources import Draft, Raw, expand, is_address, read_file

LONGEST_SLUG = 80
SHINGLE = 5  # words in a shingle; five separate resolutions of one template and still meet in a reprint
SKETCH = 256  # smallest shingle hashes kept of a text; the estimate's standard error at 0.8 is 0.025
SAME_TEXT = 0.8
SAME_NUMBER_TEXT = 0.3  # likeness from which texts of one number and kind are the same: provinces share numbers
FEWEST_SHINGLES = 20


def slug(text: str) -> str:
    return slugify(text, max_length=LONGEST_SLUG, word_boundary=True, save_order=True)


def new_id(fields: ArticleFields, taken: Collection[str]) -> str:
    """Return an id that nothing bears, from the id that was given, the number or the title."""
    base = slug(fields.id) or slug(fields.number) or slug(fields.title) or "tai-lieu"
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def content_hash(draft: Draft) -> str:
    """Return a hash of everything a draft would write, where it came from left aside."""
    fields = draft.fields.model_copy(update={"id": "", "provenance": ""})
    return hashlib.sha256(format_article(fields, draft.text).encode()).hexdigest()


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's word shingles, ascending (bottom-k sketch; Cohen, 1997)."""
    words = re.findall(r"\w+", text.lower())
    shingles = {" ".join(words[place : place + SHINGLE]) for place in range(len(words) - SHINGLE + 1)}
    digests = (hashlib.blake2b(shingle.encode(), digest_size=8).digest() for shingle in shingles)
    return tuple(sorted(map(int.from_bytes, digests))[:SKETCH])


def likeness(left: tuple[int, ...], right: tuple[int, ...]) -> float:
    """Estimate the Jaccard likeness of two texts, 0..1, from their sketches."""
    if min(len(left), len(right)) < FEWEST_SHINGLES:
        return 0.0
    both = set(left) & set(right)
    union = sorted({*left, *right})[:SKETCH]
    return sum(value in both for value in union) / len(union)


@dataclass(slots=True)
class Likenesses:
    """Finds, among many texts, the one most like another, by an index from shingle hash to document."""

    sketches: dict[str, tuple[int, ...]] = field(default_factory=dict)
    holders: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, text: str) -> None:
        self.sketches[name] = sketch(text)
        for value in self.sketches[name]:
            self.holders[value].append(name)

    def nearest(self, text: str, among: Iterable[str] | None = None) -> tuple[str, float]:
        """Return the most like document and its likeness, or ("", 0.0)."""
        own = sketch(text)
        if among is None:  # those that share enough hashes to be alike at all
            shared = Counter(name for value in own for name in self.holders.get(value, ()))
            among = [name for name, hashes in shared.items() if hashes >= SAME_TEXT / 2 * len(own)]
        scored = [(likeness(own, self.sketches[name]), name) for name in among if name in self.sketches]
        score, name = max(scored, default=(0.0, ""))
        return name, score


FOLDER = "them-vao"
FEWEST_CHARACTERS = 20
Outcome = Literal["taken", "updated", "unchanged", "duplicate", "refused"]


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of one source; ``reason`` is empty for "taken", and ends with the cure for "refused".

    ``refusal`` is set for "refused"; ``original`` names the article that a "duplicate" repeats, which is
    ``document_id`` itself where nothing was written.
    """

    source: str
    outcome: Outcome
    document_id: str | None = None
    reason: str = ""
    refusal: Refusal | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of every source, in the order they were met."""

    intakes: tuple[Intake, ...] = ()

    @property
    def refused(self) -> tuple[Intake, ...]:
        return tuple(intake for intake in self.intakes if intake.outcome == "refused")

    def count(self, outcome: Outcome) -> int:
        return sum(intake.outcome == outcome for intake in self.intakes)


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
        writer = CorpusWriter(corpus, stored_articles(corpus))
        for done, source in enumerate(listed):
            if progress:
                progress(done, len(listed), source)
            intakes.append(take_one(source, writer, fetcher))
    if progress:
        progress(len(listed), len(listed), "")
    return IntakeReport(tuple(intakes))


def take_one(source: str, writer: CorpusWriter, fetcher: Fetcher) -> Intake:
    try:
        raw = fetcher.fetch(source) if is_address(source) else read_file(source)
        if not raw.url and writer.corpus.resolve() in Path(source).resolve().parents:
            raise IngestError(Refusal.IN_CORPUS, "already lies in the corpus; edit it there")
        return writer.place(source, source if "://" in source else str(Path(source).resolve()), prepare(raw))
    except IngestError as error:
        return Intake(source, "refused", reason=str(error), refusal=error.refusal)


def prepare(raw: Raw) -> Draft:
    """Return a source as a complete draft: its own words, repaired, cleaned and described."""
    try:
        found = read(raw)
    except FrontMatterError as error:
        raise IngestError(Refusal.FIELDS, str(error)) from error
    header = parse_header(found.text, found.fields)
    text = found.text
    if not found.authored:
        text = unwrap(text) if header.official else article_lines(unwrap(text), header.fields.title)
        text = to_markdown(text, official=header.official)
    if len(text.strip()) < FEWEST_CHARACTERS:
        raise IngestError(Refusal.NO_TEXT, "holds hardly any text; give the article itself")
    described: dict[str, object] = {"title": header.fields.title or raw.name.rpartition(".")[0] or raw.name}
    if header.official and not header.fields.supersedes:
        described["supersedes"] = replaced(text, header.fields.number)
    return Draft(text.strip() + "\n", header.fields.model_copy(update=described), found.authored)


@dataclass
class CorpusWriter:
    """The corpus while documents are taken in."""

    corpus: Path
    articles: dict[str, StoredArticle]

    def place(self, source: str, retrieved_from: str, draft: Draft) -> Intake:
        """Write a draft as a new article, over its former self, or not at all when nothing changed."""
        digest = content_hash(draft)
        former = next((a for a in self.articles.values() if a.fields.retrieved_from == retrieved_from), None)
        if former and former.fields.content_hash == digest:
            return Intake(source, "unchanged", former.id)
        twin = next((a for a in self.articles.values() if a.fields.content_hash == digest), None)
        if twin and not former:
            reason = f"is the same as {twin.id}, word for word; nothing was written"
            return Intake(source, "duplicate", twin.id, reason, original=twin.id)
        original = self.original(draft, former)
        traces = {"retrieved_from": retrieved_from, "content_hash": digest, "duplicate_of": original}
        article = self.write(draft, former, traces)
        if original:
            reason = f"says the same as {original}; written as its duplicate"
            return Intake(source, "duplicate", article.id, reason, original=original)
        return Intake(source, "updated" if former else "taken", article.id)

    def write(self, draft: Draft, former: StoredArticle | None, traces: dict[str, str]) -> StoredArticle:
        identifier = former.id if former else new_id(draft.fields, self.articles)
        path = former.path if former else self.corpus / FOLDER / f"{identifier}.md"
        today = datetime.datetime.now(datetime.UTC).date()
        kind = draft.fields.text_kind or "original"
        fields = draft.fields.model_copy(update={"id": identifier, "text_kind": kind, "retrieved_on": today, **traces})
        write_article(path, format_article(fields, draft.text))
        self.articles[identifier] = StoredArticle(identifier, path, fields)
        self.likenesses.add(identifier, draft.text)
        return self.articles[identifier]

    def original(self, draft: Draft, former: StoredArticle | None) -> str:
        own = former.id if former else ""
        number, kind = draft.fields.number, draft.fields.kind
        numbered = [article for article in self.articles.values() if number and article.fields.number == number]
        named = [one.id for one in numbered if (one.fields.kind or "other") == kind and one.id != own]
        name, likeness = self.likenesses.nearest(draft.text, among=named)
        if likeness < SAME_NUMBER_TEXT:
            name, likeness = self.likenesses.nearest(draft.text)
            if likeness < SAME_TEXT or name == own:
                return ""
        return self.articles[name].fields.duplicate_of or name

    @cached_property
    def likenesses(self) -> Likenesses:
        """The sketches of every article that can be read, made when first needed."""
        texts = Likenesses()
        for article in self.articles.values():
            with suppress(DocumentReadError):
                texts.add(article.id, read_article(article.path).text)
        return texts
