"""The figures of the last ``qa eval``, kept beside the index: written by the command, shown by the corpus page."""

from __future__ import annotations

import datetime
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from qa.errors import IndexStoreError

FILE = "quality.json"


@dataclass(frozen=True, slots=True)
class Quality:
    """What one ``qa eval`` measured: the data set's name, when (with its zone), by which encoder, and its figures."""

    dataset: str
    measured: datetime.datetime
    encoder: str
    figures: Mapping[str, float]


STORED = TypeAdapter(Quality)


def write_quality(folder: Path, quality: Quality) -> None:
    """Keep the figures in the index folder, in place of the former; IndexStoreError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".quality-", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(STORED.dump_json(quality, indent=1) + b"\n")
            Path(name).chmod(0o644)
            os.replace(name, folder / FILE)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise IndexStoreError(
            f"{folder / FILE} cannot be written ({error.strerror or error}); "
            "free space, correct the permissions, or name another folder with --index"
        ) from error


def read_quality(folder: Path) -> Quality | None:
    """Return the figures kept in an index folder; None where there are none that can be read."""
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return STORED.validate_python(stored)
    except (OSError, ValueError):
        return None
