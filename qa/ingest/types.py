"""The values that pass between the steps of the intake; frozen, and without work of their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.errors import Refusal

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
        """The sources that did not go in."""
        return tuple(intake for intake in self.intakes if intake.outcome == "refused")

    def count(self, outcome: Outcome) -> int:
        """Return how many sources had this outcome."""
        return sum(intake.outcome == outcome for intake in self.intakes)


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of one id asked to be removed; ``path`` is None when nothing bears the id."""

    document_id: str
    path: Path | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One article of the corpus as a list shows it."""

    id: str
    title: str
    published: datetime.date | None
    kind: str
    number: str | None
    path: Path


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How web addresses are fetched; times in seconds, sizes in bytes.

    ``allow_private`` lets addresses of private networks through: for tests and for an intranet that is trusted.
    """

    allow_private: bool = False
    largest_bytes: int = 20_000_000
    redirects: int = 5
    timeout_seconds: float = 10.0
    total_seconds: float = 60.0
    user_agent: str = "qa-cai-cach-hanh-chinh/0.1"


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one source, as they came; ``charset`` and ``media`` are what a server declared, if any."""

    source: str
    name: str
    content: bytes
    url: str = ""
    media: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text on its way to an article; every field but the text may still be missing.

    ``authored`` says that the text is Markdown someone wrote for the corpus, to be kept as it stands.
    """

    text: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    published: datetime.date | None = None
    kind: str = ""
    number: str = ""
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    supersedes: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    provenance: str = ""
    identifier: str = ""
    authored: bool = False
