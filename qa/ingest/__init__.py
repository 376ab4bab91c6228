"""A file, folder or web address → articles of the corpus, repaired, described and written whole or not at all."""

from qa.ingest.fetch import Clock, FetchSettings, GuardedBackend, GuardedTransport
from qa.ingest.pipeline import Intake, IntakeReport, Outcome, take_in

__all__ = [
    "Clock",
    "FetchSettings",
    "GuardedBackend",
    "GuardedTransport",
    "Intake",
    "IntakeReport",
    "Outcome",
    "take_in",
]
