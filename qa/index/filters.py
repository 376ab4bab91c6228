"""Which documents may answer: what a reader chose, as bounds on days that every form of the index can test."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qa.values import KINDS, Document

LAST_DAY = datetime.date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; ``since`` and ``until`` are days of publication, both included."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    kind: str | None = None
    as_of: datetime.date | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; use one of {', '.join(KINDS)}")
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until}); exchange them")


class Days(NamedTuple):
    """A document's days as ordinals, 0 for one that is not known; ``ended``: the first on which it is not in force."""

    published: int
    started: int
    ended: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A day, one of the fields of ``Days``, lies in ``least`` to ``most``, or, where ``or_unknown``, is not known."""

    field: str
    least: int = 1
    most: int = LAST_DAY
    or_unknown: bool = False

    @property
    def column(self) -> int:
        return Days._fields.index(self.field)

    def holds(self, day: int | np.ndarray) -> bool | np.ndarray:
        """Tell of one day, or of each of an array."""
        return ((self.least <= day) & (day <= self.most)) | (self.or_unknown & (day == 0))


def bounds_of(filters: Filters) -> Iterator[Bound]:
    """Yield what the days of a document must fulfil; one without a date passes no filter of dates."""
    if filters.since:
        yield Bound("published", least=filters.since.toordinal())
    if filters.until:
        yield Bound("published", most=filters.until.toordinal())
    if filters.as_of:
        yield Bound("started", most=filters.as_of.toordinal())
        yield Bound("ended", least=filters.as_of.toordinal() + 1, or_unknown=True)


def days_of(document: Document) -> Days:
    start = document.effective_from or document.published
    return Days(*(day.toordinal() if day else 0 for day in (document.published, start, document.effective_to)))


def permits(filters: Filters, document: Document) -> bool:
    """Tell whether a document may answer."""
    days = days_of(document)
    return filters.kind in (None, document.kind) and all(
        bound.holds(days[bound.column]) for bound in bounds_of(filters)
    )
