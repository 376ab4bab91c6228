"""The house's order: who imports whom, what is public, what the README claims."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
import re
import shlex
from pathlib import Path

import pytest

import qa
from qa import cli
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
ORDER = """errors files text values blocks settings telemetry corpus ingest encoder index retrieval reading answer
composed feedback present session langchain evaluate web cli""".split()
SOLE_IMPORTERS = {
    "sentence_transformers": "encoder",
    "torch": "encoder",
    "transformers": "encoder",
    "faiss": "index",
    "langchain_text_splitters": "corpus",
    "langchain_core": "langchain",
    "prometheus_client": "telemetry",
    "slugify": "ingest",
    "gradio": "web",
    "openai": "composed",
    "ir_measures": "evaluate",
    "sklearn": "evaluate",
    "trafilatura": "ingest",
    "pypdfium2": "ingest",
    "docx": "ingest present",
    "protego": "ingest",
    "charset_normalizer": "ingest",
}


@functools.cache
def modules() -> list[tuple[str, ast.Module]]:
    paths = [path for path in (ROOT / "qa").rglob("*.py") if path.name != "__main__.py"]
    named = [(path.relative_to(ROOT / "qa").parts[0].removesuffix(".py"), path) for path in paths]
    named = [(name, path) for name, path in named if name != "__init__"] + [("app", ROOT / "app.py")]
    return [(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in named]


@functools.cache
def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules_imported(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in plain | named if name.startswith("qa.")}


def test_a_room_imports_only_from_rooms_above_it():
    for name, tree in modules():
        used = {part.split(".")[1] for part in imported(tree) if part.startswith("qa.")} & set(ORDER)
        above = ORDER if name == "app" else ORDER[: ORDER.index(name) + 1]
        assert used <= set(above), f"{name} imports {used - set(above)}"


def test_a_room_is_imported_through_its_front_door_only():
    for name, tree in modules():
        inside = {part for part in modules_imported(tree) if part.count(".") > 1 and part.split(".")[1] != name}
        assert not inside, f"{name} imports {inside}"


def test_the_package_does_not_import_the_script_beside_it():
    assert not any("app" in imported(tree) for name, tree in modules())


def test_each_heavy_library_has_only_its_named_importers():
    for name, tree in modules():
        for library in {part.split(".")[0] for part in imported(tree)} & set(SOLE_IMPORTERS):
            assert name in SOLE_IMPORTERS[library].split(), f"{name} imports {library}"


def test_what_a_room_offers_has_a_docstring():
    for init in (ROOT / "qa").glob("*/__init__.py"):
        room = importlib.import_module(f"qa.{init.parent.name}")
        for name in getattr(room, "__all__", ()):
            offered = getattr(room, name)
            if isinstance(offered, type) or inspect.isfunction(offered):
                assert offered.__doc__, f"qa.{init.parent.name}.{name}"


@pytest.mark.parametrize(
    ("folder", "unknown"),
    [("qa", {"testing", "benchmarks", "tests"}), ("testing", {"benchmarks", "tests"}), ("benchmarks", {"tests"})],
)
def test_package_shared_tools_benchmarks_and_tests_import_only_the_ones_before(folder, unknown):
    for path in (ROOT / folder).rglob("*.py"):
        used = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")))}
        assert not used & unknown, path


def test_only_settings_reads_the_environment():
    for path in (ROOT / "qa").rglob("*.py"):
        if path.name != "settings.py":
            assert not re.search(r"QA_\w+.*environ|environ.*QA_|getenv", path.read_text(encoding="utf-8")), path


def test_the_public_names_are_sorted_and_exist():
    assert qa.__all__ == sorted(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)


def readme_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_readme_opens_with_two_commands_an_answer_and_python():
    opening = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40])
    assert all(part in opening for part in ("make chat", "make test", "qa ask", "```python", "406"))


def test_every_qa_command_of_the_readme_parses():
    lines = [line for block in readme_blocks("sh") for line in block.splitlines()]
    commands = [line.removeprefix("$ ") for line in lines if line.removeprefix("$ ").startswith("qa ")]
    assert len(commands) >= 5
    for command in commands:
        cli.parse(shlex.split(command.split(" < ")[0], comments=True)[1:], Settings())


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= targets


def test_the_readme_python_example_runs(index, encoder, monkeypatch, capsys):
    monkeypatch.setattr("qa.open_session", lambda: qa.session.open_session(index, encoder))
    (example,) = readme_blocks("python")
    assert len([line for line in example.splitlines() if line]) <= 6
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert "406" in capsys.readouterr().out


def test_every_question_of_the_quality_set_is_well_formed():
    lines = (ROOT / "eval_data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    articles = {path.stem for path in (ROOT / "corpus").rglob("*.md")}
    assert len({record["id"] for record in records}) == len(records) >= 240
    for record in records:
        assert set(record["documents"]) <= articles, record["id"]
        assert bool(record["facts"]) == record["answerable"], record["id"]
