"""The lexicon is whole, and no module writes its words out again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.text import find_numbers, fold, lexicon

PACKAGE = Path(__file__).parent.parent / "qa"
WITHOUT_SIGN = {"Hiến pháp", "Bộ luật", "Công văn", "Pháp lệnh", "Lệnh"}
"""A letter's number has its office's sign alone; the others have that of the assembly, or none."""

LISTS = {
    "kinds of document": [kind.name.lower() for kind in lexicon.DOCUMENT_KINDS],
    "levels of place": [word for one in lexicon.PLACE_LEVELS for word in (*one.words, *one.short, *one.level_only)],
    "offices": lexicon.phrases(
        "offices.issuing_titles",
        "offices.leading_titles",
        "offices.issuing_bodies",
        "offices.bodies",
        "offices.issuing_institutions",
        "offices.institutions",
    ),
    "question words": lexicon.phrases(
        "questions.count",
        "questions.what",
        "questions.why",
        "questions.when",
        "questions.manner",
    ),
    "provinces": [name.lower() for one in lexicon.PROVINCES for name in (one.name, *one.joined, *one.also, *one.short)],
}
MOST_WRITTEN_OUT, LONGEST_ITEM = 3, 4


def test_every_kind_of_document_has_the_sign_of_its_numbers_where_one_exists():
    assert {kind.name for kind in lexicon.DOCUMENT_KINDS if not kind.sign} == WITHOUT_SIGN


@pytest.mark.parametrize("kind", [kind for kind in lexicon.DOCUMENT_KINDS if kind.cited], ids=lambda kind: kind.name)
def test_a_number_after_the_name_of_a_kind_carries_its_sign(kind):
    (number,) = find_numbers(f"Theo {kind.name.lower()} số 32 thì sao")
    assert (number.digits, number.suffix) == (32, fold(kind.sign))


def test_each_key_of_a_kind_has_one_name():
    keys = {kind.key for kind in lexicon.DOCUMENT_KINDS} - {"other"}
    plain = [kind.key for kind in lexicon.DOCUMENT_KINDS if kind.key != "other" and not kind.variant]
    assert sorted(plain) == sorted(keys) == sorted(lexicon.KIND_NAMES)


def test_63_provinces_became_34_and_each_former_one_belongs_to_one_of_today():
    present = [province.name for province in lexicon.PROVINCES]
    assert len(set(present)) == len(present) == 34
    assert sum(province.city for province in lexicon.PROVINCES) == 6
    joined = [name for province in lexicon.PROVINCES for name in province.joined]
    assert len(set(joined)) == len(joined) == 29
    assert len({*present, *joined}) == 63


def test_the_articles_on_new_units_tell_the_same_of_each_province():
    articles = (PACKAGE.parent / "corpus" / "tinh-thanh").glob("*.md")
    titles = [re.search(r'^title: "?(.*?)"?$', path.read_text(encoding="utf-8"), re.M)[1] for path in articles]
    for province in lexicon.PROVINCES:
        level = "thành phố" if province.city else "tỉnh"
        (title,) = [one for one in titles if f"mới của {level} {province.name} " in one]
        named = {fold(name) for name in re.findall(r"(?<=tỉnh )([^()]+?)(?= và tỉnh|\))", title.partition("(")[2])}
        assert named == {fold(name) for name in province.joined}, title


def test_an_alternation_prefers_the_longest_and_takes_no_sign_for_a_pattern():
    found = re.compile(lexicon.alternation(["bộ", "bộ trưởng", "tp."]))
    assert found.findall("bộ trưởng, bộ, tp. tpx") == ["bộ trưởng", "bộ", "tp."]
    assert re.fullmatch(lexicon.folded_alternation(["Đặc khu"]), "dac khu")


def test_an_unknown_list_is_an_error():
    with pytest.raises(KeyError):
        lexicon.phrases("places.nowhere")


def test_no_module_constant_writes_a_list_of_the_lexicon_out_again():
    again = {str(path.relative_to(PACKAGE)): found for path in PACKAGE.rglob("*.py") if (found := copies_in(path))}
    assert not again, "take them from qa.text.lexicon"


def test_a_list_written_out_again_is_seen():
    source = (
        'A = "nghị định|nghị quyết|quyết định|luật"',
        'B = ("Tỉnh", "Xã", "Phường", "Quận")',
        'C = r"tinh|xa|thon|quan"',
    )
    found = [name for line in source for name, _ in written_out(ast.parse(line).body[0])]
    assert found == ["kinds of document", "levels of place", "levels of place"]


def copies_in(path: Path) -> list[tuple[str, set[str]]]:
    constants = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
    ]
    return [copy for node in constants for copy in written_out(node)]


def written_out(constant: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each list of which a constant holds four words or more, with the words."""
    for text in literals(constant):
        for name, listed in LISTS.items():
            held = held_words(text, listed)
            if len(held) > MOST_WRITTEN_OUT:
                yield name, held


def literals(constant: ast.AST) -> Iterator[str]:
    """Yield each string of a constant, a formatted one as a whole, and the short items of each collection."""
    for node in ast.walk(constant):
        parts = [part.value for part in ast.iter_child_nodes(node) if is_text(part)]
        if isinstance(node, ast.JoinedStr):
            yield " ".join(parts)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            yield " | ".join(part for part in parts if len(part.split()) <= LONGEST_ITEM)
        yield from (part for part in parts if not isinstance(node, ast.JoinedStr))


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def held_words(text: str, listed: list[str] | tuple[str, ...]) -> set[str]:
    """Return the listed words that a text holds whole, the longest first; folded ones in a text without accents."""
    small = text.lower().replace(r"\b", " ")
    held = set()
    for word in sorted(set(map(fold, listed)) if small == fold(small) else set(listed), key=len, reverse=True):
        small, times = re.subn(rf"(?<!\w){re.escape(word.lower())}(?!\w)", "|", small)
        held |= {word} if times else set()
    return held
