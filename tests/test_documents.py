from __future__ import annotations

import contextlib
import datetime
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.articles import load_corpus, parse_article, read_article
from qa.errors import CorpusError, DocumentReadError, EmptyCorpusError

HEAD = "---\ntitle: T\nsource: S\nurl: https://example.org\npublished: 2025-06-16\nkind: news\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_every_field_is_read(tmp_path):
    fields = 'number: 178/2024/NĐ-CP\neffective_from: 2025-01-01\nsupersedes: ["29/2023/NĐ-CP"]\n'
    document = read_article(write(tmp_path, "bai.md", HEAD + fields + "---\nNội dung.\n"))
    assert (document.id, document.number, document.published) == ("bai", "178/2024/NĐ-CP", datetime.date(2025, 6, 16))
    assert (document.effective_from, document.effective_to) == (datetime.date(2025, 1, 1), None)
    assert document.supersedes == ("29/2023/NĐ-CP",)
    assert document.text == "Nội dung.\n"


def test_decomposed_accents_become_nfc(tmp_path):
    text = unicodedata.normalize("NFD", HEAD.replace("title: T", "title: Quận ủy") + "---\nĐường Hoài Nam.\n")
    document = read_article(write(tmp_path, "a.md", text))
    assert (document.title, document.text) == ("Quận ủy", "Đường Hoài Nam.\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("Nội dung không có đầu đề.", "has no front matter"),
        ("---\ntitle: [\n---\nNội dung.", "broken front matter in line"),
        ("---\ntitle: a: b\n---\nNội dung.", "broken front matter"),
        ("---\n- a\n---\nNội dung.", "front matter"),
        (HEAD + "---\n   \n", "has a front matter but no text"),
        (HEAD.replace("title: T\n", "") + "---\nA.", "title is 'None'"),
        (HEAD.replace("2025-06-16", "16/6/2025") + "---\nA.", "published is '16/6/2025'"),
        (HEAD.replace("kind: news", "kind: tin") + "---\nA.", "kind is 'tin'"),
        (HEAD + "id: ../../etc\n---\nA.", "id is '../../etc'"),
        ("---\ntitle: T\nx: !!python/object/apply:os.system ['true']\n---\nA.", "broken front matter"),
        (HEAD.encode() + b"---\nTi\xeang Vi\xd6t", "is not UTF-8 (byte"),
    ],
)
def test_a_bad_article_is_named_with_its_reason_and_cure(tmp_path, content, reason):
    path = write(tmp_path, "bai.md", content)
    with pytest.raises(DocumentReadError) as caught:
        read_article(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert ";" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_no_front_matter_whatever_raises_another_error(text):
    with contextlib.suppress(DocumentReadError):
        parse_article("---\n" + text + "\n---\nNội dung.", Path("a.md"))


def test_two_articles_with_one_id_are_both_named(tmp_path):
    write(tmp_path, "a.md", HEAD + "id: x\n---\nA.")
    write(tmp_path, "b.md", HEAD + "id: x\n---\nB.")
    with pytest.raises(DocumentReadError, match=r"b\.md: has the id 'x' of .*a\.md"):
        load_corpus(tmp_path)


def test_all_bad_articles_are_named_at_once(tmp_path):
    write(tmp_path, "a.md", "")
    write(tmp_path, "b.md", "x")
    with pytest.raises(CorpusError, match=r"2 articles .*a\.md.*b\.md"):
        load_corpus(tmp_path)


def test_an_empty_or_missing_corpus_says_so(tmp_path):
    with pytest.raises(EmptyCorpusError, match="holds no article"):
        load_corpus(tmp_path)
    with pytest.raises(EmptyCorpusError, match="is not a folder"):
        load_corpus(tmp_path / "none")


def test_readmes_and_hidden_files_are_no_articles(tmp_path):
    write(tmp_path, "README.md", "x")
    write(tmp_path, ".half.md", "x")
    write(tmp_path, "a.md", HEAD + "---\nA.")
    assert [document.id for document in load_corpus(tmp_path)] == ["a"]
