"""A file, folder or web address → articles of the corpus, repaired, described and written whole or not at all."""

from __future__ import annotations

from qa.errors import IngestError
from qa.ingest.pipeline import take_in
from qa.ingest.store import list_documents, remove_documents
from qa.ingest.types import DocumentRow, FetchSettings, Intake, IntakeReport, Outcome, Removal

__all__ = [
    "DocumentRow",
    "FetchSettings",
    "IngestError",
    "Intake",
    "IntakeReport",
    "Outcome",
    "Removal",
    "list_documents",
    "remove_documents",
    "take_in",
]
