"""The README's table of settings says what qa/settings.py reads; the files for deployment name no other."""

from __future__ import annotations

import re
from pathlib import Path

import platformdirs
import pytest

from qa.settings import ROOT, Settings

NAMED = "qa-cai-cach-hanh-chinh"
HOMES = {
    ROOT: "",
    Path(platformdirs.user_cache_dir(NAMED)).parent: " in the user's cache folder",
    Path(platformdirs.user_data_dir(NAMED)).parent: " in the user's data folder",
}
ROW = re.compile(r"^\| `(QA_\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)
DEPLOYED = ("Dockerfile", "compose.yaml", "deploy/qa.service", "deploy/qa.env", "docs/operations.md")


def variables() -> dict[str, object]:
    """Map each variable to its default in the code, whatever the environment holds."""
    return {f"QA_{name.upper()}": field.default for name, field in Settings.model_fields.items()}


def table() -> list[tuple[str, str, str]]:
    return ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def shown(default: object) -> str:
    """Return a default as the table writes it."""
    if isinstance(default, Path):
        home = next(home for home in HOMES if default.is_relative_to(home))
        folder = "/" if home == ROOT else ""
        return f"`{default.relative_to(home).as_posix()}{folder}`{HOMES[home]}"
    return str(int(default)) if isinstance(default, bool) else str(default) or "none"


def test_each_setting_has_one_row_of_the_readme_and_each_row_a_setting():
    assert sorted(variable for variable, _meaning, _default in table()) == sorted(variables())


def test_the_readme_shows_the_defaults_of_the_code():
    secret = {"QA_OPERATOR_PASSWORD": "", "QA_LLM_KEY": ""}
    in_code = {variable: shown(default) for variable, default in (variables() | secret).items()}
    assert {variable: default for variable, _meaning, default in table()} == in_code
    assert variables()["QA_OPERATOR_PASSWORD"].get_secret_value() == ""


@pytest.mark.parametrize("name", DEPLOYED)
def test_the_files_for_deployment_name_only_settings_that_exist(name):
    named = set(re.findall(r"\bQA_[A-Z_]*[A-Z]\b", (ROOT / name).read_text(encoding="utf-8")))
    assert named <= set(variables())
