"""Pages of figures: a benchmark writes its own part, between its own marks, and leaves the others alone."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def write_part(path: Path, name: str, content: str, *, title: str, section: str) -> None:
    """Put ``content`` between the marks of ``name``; a page or a section that is not there yet is begun."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    page = path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n"
    if begin not in page:
        page = f"{page.rstrip()}\n\n## {section}\n\n{begin}\n{end}\n"
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{path} has {begin} and no {end} after it; add that line below the table")
    path.write_text(f"{before}{begin}\n{content.strip()}\n{end}{after}", encoding="utf-8")


def machine() -> str:
    """Name what the figures were measured on: processors and Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line] or [platform.machine()]
    return f"{os.cpu_count()} × {names[0]}, Python {platform.python_version()}"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
