"""Write the tree of docs/architecture.md from the package: each room with the first line of each file's docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
FENCE = re.compile(r"(?<=<!-- tree -->\n```text\n).*?(?=```)", re.DOTALL)


def tree() -> str:
    """Return the rooms in the order of their imports, each file in a line with what it is for."""
    order = re.search(r"^Order: `([^`]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    rooms = order[1].split() if order else []
    return "".join(line for room in rooms for line in lines_of(ROOT / "qa" / room))


def lines_of(room: Path) -> list[str]:
    if not room.is_dir():
        return [f"{room.name + '.py':<24} {purpose(room.with_suffix('.py'))}\n"]
    files = sorted(path for path in room.rglob("*.py") if path.name != "__init__.py")
    heading = f"{room.name + '/':<24} {purpose(room / '__init__.py')}\n"
    return [heading, *(f"  {path.relative_to(room)!s:<22} {purpose(path)}\n" for path in files)]


def purpose(path: Path) -> str:
    """Return the first sentence of a file's docstring, in a line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def main() -> None:
    PAGE.write_text(FENCE.sub(lambda _: tree(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
