"""A file, folder or web address → articles of the corpus, repaired, described and written whole or not at all."""

from qa.ingest.fetch import FetchSettings
from qa.ingest.pipeline import Intake, IntakeReport, Outcome, take_in

__all__ = ["FetchSettings", "Intake", "IntakeReport", "Outcome", "take_in"]
