"""docs/architecture.md shows the package as it is."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import draw_architecture

from tests.test_house import ORDER

PAGE = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_page_has_the_order_that_the_imports_keep():
    assert re.search(r"^Order: `([^`]+)`", PAGE, re.MULTILINE)[1].split() == ORDER


def test_the_tree_names_each_file_and_says_what_it_is_for():
    assert draw_architecture.FENCE.search(PAGE)[0] == draw_architecture.tree()


def test_every_name_of_the_walks_exists():
    names = set(re.findall(r"`(qa(?:\.\w+)+)`", PAGE))
    assert len(names) >= 10
    for name in names:
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            for attribute in parts[cut:]:
                found = getattr(found, attribute)
            break
        assert found is not None, name


def test_a_question_takes_at_most_six_hops():
    walk = PAGE.split("## A question")[1].split("## A document")[0]
    assert len(re.findall(r"^\d+\. ", walk, re.MULTILINE)) <= 6
