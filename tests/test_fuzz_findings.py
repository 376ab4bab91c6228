"""What fuzzing found, each kept as a test of the cause that was mended; none needs the fuzzer."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import docx
import numpy as np
import pytest

from qa.blocks import Answer
from qa.corpus.articles import parse_article, stored_article
from qa.corpus.front_matter import ArticleFields
from qa.encoder import Encoded
from qa.errors import DocumentReadError, IndexCorruptError
from qa.files import hash_file
from qa.index import Index, generations
from qa.index.generations import sealed
from qa.index.segment import DATABASE, format_document
from qa.index.vector_cache import VectorCache
from qa.ingest.header import publisher_of
from qa.ingest.pipeline import prepare
from qa.ingest.sources import Raw
from qa.present import answer_object, to_json, web_address
from qa.text.normalise import normalise
from qa.text.numbers import DocumentNumber
from qa.text.query_repair import LanguageModel
from qa.text.terms import words
from qa.web.templates import document_address, is_web_address, question_address
from testing.fake_encoder import WordHashEncoder
from testing.fuzz import TARGETS
from testing.fuzz.articles import expect_refused
from testing.fuzz.material import SPELLED, mutations, seeds, text_of

PATH = Path("bai.md")
BODY = "\n---\nNội dung của bài viết đủ dài để được nhận vào kho.\n"
LEVELS = (f"b{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 10)}]" for level in range(1, 9))
BOMB = "\n".join(["b0: &b0 [x, x, x, x, x, x, x, x, x, x]", *LEVELS])
HUGE = "0x" + "f" * 6_000
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def front(*lines: str) -> str:
    return "\n".join(["---", "title: Bài viết thử", "source: Báo Thử", *lines]) + BODY


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"number: {HUGE}", "a number of more than 18 digits"),
        (f"published: {HUGE}", "a number of more than 18 digits"),
        (f"{BOMB}\nkind: *b8", "it holds the alias *b"),
        (f"{BOMB}\nsupersedes: *b8", "it holds the alias *b"),
        ("x: " + "[" * 3_000, "broken front matter"),
        ("number: !!timestamp x", "broken front matter"),
        ("number: !!bool maybe", "broken front matter"),
        ('number: !!int ""', "broken front matter"),
        (f"url: https://example.org/{'a' * 3_000}", "write it as one line of text, at most 2000 characters"),
    ],
    ids=lambda value: value[-40:],
)
def test_front_matter_that_is_too_large_to_write_or_no_value_of_its_kind_is_refused(line, reason):
    with pytest.raises(DocumentReadError) as found:
        parse_article(front(line), PATH)
    assert reason in str(found.value)
    assert len(str(found.value)) < 400


def test_escapes_in_front_matter_bring_in_nothing_that_the_text_could_not_hold():
    document = parse_article(front(r'number: "a\u0301\u202e\x1b\u200b 1"', r'amends: ["\u0301\x00 2", "\u200b"]'), PATH)
    assert (document.number, document.amends) == ("á 1", ("\u0301 2",))
    format_document(document).encode("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '{"text": "Quận giảm 406 người.", "number": ' + "1" * 5_000 + "}", "is broken JSON"),
        ("a.json", "[" * 100_000, "is broken JSON"),
        ("a.md", front(f"number: {HUGE}"), "a number of more than 18 digits"),
        ("a.md", front(f"published: {HUGE}"), "a number of more than 18 digits"),
        ("a.md", front(f"{BOMB}\nnumber: *b8"), "it holds the alias *b"),
        ("a.md", front("number: !!timestamp x"), "has a broken front matter"),
    ],
    ids=range(6),
)
def test_a_file_whose_fields_cannot_be_written_out_is_refused(name, content, reason):
    assert reason in expect_refused(Raw("nguồn", name, content.encode()))


def test_an_address_that_is_none_names_no_publisher_and_stops_no_intake():
    assert publisher_of("http://[") == ""
    assert prepare(Raw("nguồn", "a.md", front("url: http://[").encode())).fields.url == "http://["


def test_an_article_in_the_corpus_whose_fields_are_none_counts_by_its_file_name(tmp_path):
    path = tmp_path / "bai-viet.md"
    path.write_text(front(BOMB, "id: *b8", f"number: {HUGE}"), encoding="utf-8")
    assert (stored_article(path).id, stored_article(path).fields.number) == ("bai-viet", "")
    path.write_text(front("x: !!bool maybe"), encoding="utf-8")
    assert stored_article(path).fields == ArticleFields()
    path.write_text(front("id: ten-rieng", "number: [1, 2]", "published: 2025-06-16"), encoding="utf-8")
    assert (stored_article(path).id, stored_article(path).fields.number) == ("ten-rieng", "")


def word_with(part: str, content: str) -> bytes:
    file, altered = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Quận Long Biên giảm 406 người hoạt động không chuyên trách.")
    document.save(file)
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(altered, "w") as copy:
        for name in package.namelist():
            copy.writestr(name, content if name == part else package.read(name))
    return altered.getvalue()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/document.xml", f'<w:document xmlns:w="{WORD}"/>'),
        ("word/document.xml", "<a/>"),
        (
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:pPr><w:pStyle/></w:pPr></w:p></w:body></w:document>',
        ),
        ("word/styles.xml", "<a/>"),
        ("docProps/core.xml", "<a/>"),
        ("word/_rels/document.xml.rels", f'<Relationships xmlns="{RELATIONS}"><Relationship/></Relationships>'),
        ("_rels/.rels", "<a/>"),
        ("[Content_Types].xml", "<a/>"),
    ],
)
def test_a_word_document_with_a_part_that_is_none_is_refused(part, content):
    assert "is a broken DOCX" in expect_refused(Raw("nguồn", "a.docx", word_with(part, content)))


def test_a_question_with_half_a_character_is_answered_in_writing_that_can_be_sent():
    sent = to_json(answer_object(Answer("xã\ud800 nào", "xã nào", (), (), 0.0)))
    assert json.loads(sent.encode("utf-8"))["question"] == "xã? nào"
    assert question_address("xã\ud800") == "/?q=x%C3%A3%3F"
    assert document_address("a\udcff") == "/doc/a%3F"


@pytest.mark.parametrize("address", ["http:/\n/example.org", "ht\ttp://example.org", "http://example.org/\r\na"])
def test_an_address_with_a_line_break_is_no_link(address):
    assert web_address(address) is None
    assert not is_web_address(address)
    assert web_address(address.translate({9: None, 10: None, 13: None})) is not None


def test_an_abbreviation_between_underlines_is_written_out():
    assert words("_UBND_ xã, _NQ_") == ["uy", "ban", "nhan", "dan", "xa", "nghi", "quyet"]


def test_a_mark_left_alone_joins_the_letter_that_a_repair_puts_before_it():
    model = LanguageModel.learn(["nao nao nao", "cán bộ nào"])
    repaired = model.repair("nao nao naob\u0301")
    assert repaired == normalise(repaired) == "nao nao naó"


@pytest.mark.parametrize("files", [[], "a", 1, {"a": 1}, None])
def test_a_manifest_whose_files_are_no_hashes_is_corrupt(index, files):
    generation = index / generations.read_current(index)
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    del manifest["seal"]
    (generation / "manifest.json").write_text(sealed({**manifest, "files": files}), encoding="utf-8")
    with pytest.raises(IndexCorruptError, match="run: qa build"):
        generations.read_manifest(generation)


def altered(index: Path, change: str, *values: object) -> Path:
    """Change the database of the live generation under a hash that agrees."""
    generation = index / generations.read_current(index)
    with contextlib.closing(sqlite3.connect(generation / DATABASE)) as connection, connection:
        connection.execute(change, values)
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    del manifest["seal"]
    manifest["files"][DATABASE] = hash_file(generation / DATABASE)
    (generation / "manifest.json").write_text(sealed(manifest), encoding="utf-8")
    return index


@pytest.mark.parametrize(
    "record", ['{"x": 1}', "[]", "null", "[" * 100_000, '{"published": []}', 7, None], ids=range(7)
)
def test_records_of_another_form_under_a_hash_that_agrees_are_corrupt(index, encoder, record):
    with pytest.raises(IndexCorruptError, match="run: qa build"):
        Index.open(altered(index, "UPDATE documents SET record = ?", record), encoder)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE documents",
        "DROP TABLE passages",
        "DROP TABLE removed",
        "DELETE FROM documents",
        "DELETE FROM passages WHERE row = 2",
        "UPDATE documents SET first = 'x'",
        "UPDATE documents SET first = 9",
        "UPDATE passages SET row = row + 1 WHERE row = 2",
    ],
)
def test_a_database_of_another_form_under_a_hash_that_agrees_is_corrupt(index, encoder, change):
    with pytest.raises(IndexCorruptError, match="run: qa build"):
        Index.open(altered(index, change), encoder)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM passages WHERE row = 0",
        "UPDATE passages SET start = 'x'",
        "UPDATE passages SET section = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_passage_of_another_form_under_a_hash_that_agrees_is_corrupt(index, encoder, change):
    opened = Index.open(altered(index, change), encoder)
    with pytest.raises(IndexCorruptError, match="run: qa build"):
        opened.passages[0]


@pytest.mark.parametrize("change", ["DROP TABLE numbers", "UPDATE numbers SET rows = x'01'"])
def test_document_numbers_of_another_form_under_a_hash_that_agrees_are_corrupt(index, encoder, change):
    opened = Index.open(altered(index, change), encoder)
    with pytest.raises(IndexCorruptError, match="run: qa build"):
        opened.passages.mentioning(DocumentNumber(32, 2021, "nd-cp"))


def test_a_manifest_nested_without_end_is_corrupt(index):
    generation = index / generations.read_current(index)
    (generation / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        generations.read_manifest(generation)


def test_a_step_of_a_stopped_build_counts_only_with_every_byte_as_written(tmp_path, encoder):
    vectors, keys = np.eye(2, encoder.dimension, dtype=np.float32), ["một", "hai"]
    VectorCache(tmp_path, encoder).add(keys, Encoded(vectors, [vectors[:1], vectors[1:]]))
    assert read_step(tmp_path, encoder).fresh.keys() == set(keys)
    (step,) = tmp_path.glob(".embedded-*")
    for path in step.iterdir():
        written = path.read_bytes()
        for place in range(0, len(written), 23):
            path.write_bytes(written[:place] + bytes([written[place] ^ 0x11]) + written[place + 1 :])
            assert not read_step(tmp_path, encoder).fresh
        path.write_bytes(written[:-1])
        assert not read_step(tmp_path, encoder).fresh
        path.write_bytes(written)
    assert np.array_equal(read_step(tmp_path, encoder).read(keys).passages, vectors)


def test_vectors_read_between_two_steps_of_a_build_are_those_of_their_keys(tmp_path, encoder):
    cache, vectors = VectorCache(tmp_path, encoder), np.eye(5, encoder.dimension, dtype=np.float32)
    due = {"một": vectors[:2], "hai": vectors[:0], "ba": vectors[2:]}
    for step in (["một", "hai"], ["ba"]):
        cache.add(step, Encoded(vectors[[len(key) for key in step]], [due[key] for key in step]))
        read = cache.read(list(cache.fresh)[::-1])
        assert [*map(np.argmax, read.passages)] == [*map(len, cache.fresh)][::-1]
        assert all(np.array_equal(some, due[key]) for key, some in zip(cache.fresh, read.sentences[::-1], strict=True))


def read_step(folder: Path, encoder: WordHashEncoder) -> VectorCache:
    cache = VectorCache(folder, encoder)
    cache.load()
    return cache


def test_a_target_is_given_the_same_mutations_every_time_none_too_long():
    target = dataclasses.replace(TARGETS["spans"], longest=40)
    starts = seeds(target.seeds)
    first = list(mutations(starts, 200, target.name, target.longest))
    assert first == list(mutations(starts, 200, target.name, target.longest))
    assert max(map(len, first)) <= 40
    assert len(set(first)) > 150


def test_an_input_is_utf_8_or_spelled():
    assert text_of("Điều 5".encode()) == "Điều 5"
    assert text_of(b"a\xff") == "a\udcff"
    assert text_of(bytes([SPELLED, 0, 1])) == "aă"
