"""Readers of the formats that the intake takes in."""

from qa.ingest.formats.detect import read

__all__ = ["read"]
