"""Hostile files: YAML, Word, PDF and HTML that would run, swell or hang; names that would leave their folder."""

from __future__ import annotations

import datetime
import io
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.corpus.articles import load_corpus, parse_article, remove_documents
from qa.corpus.front_matter import DEEPEST_FIELD, LONGEST_FRONT, read_fields
from qa.corpus.passages import cut
from qa.errors import CorpusError, DocumentReadError, IngestError, QAError
from qa.ingest import take_in
from qa.ingest.formats import HTML
from qa.ingest.pipeline import prepare
from qa.ingest.sources import Raw
from qa.text.sentences import quotable_spans
from qa.web.sources import article_html

BODY = "Trung tâm Zeta tiếp nhận 4321 hồ sơ trong tháng đầu tiên hoạt động.\n"
SECONDS = 20
"""What each input may take at most; a square or worse of these lengths takes minutes, a line a fraction of a second."""

LENGTH = 100_000
PUMPS = [
    *" \n-.,:;!?…|#>*_=~([<\"'“/%1aAđ",
    *(
        "a ",
        "A ",
        "a\n",
        "- ",
        "# ",
        "|-",
        "| a |\n",
        "1. ",
        "a-\n",
        ". ",
        ", ",
        "A, ",
        "1/",
        "1-",
        " \n",
        "<a ",
        "<a>",
    ),
    *("<!--", "<!--a-->", "<!DOCTYPE [", "<?xml ", "&a;", "&#", "[a](", "Điều 1. ", "Số: ", "ngày 1 ", "Ảnh: ", "khi "),
    *(
        "Luật số 1/2020/",
        "Phường A, ",
        "a-a-",
        "---\n",
        "trang 1\n",
        "{",
        '{"a":',
        "\\",
        "a\u0301",
        "\u1ea1",
        "½",
        "\x01",
    ),
]


@contextmanager
def watched() -> Iterator[None]:
    """Fail what does not end; regular expressions heed the alarm too."""

    def overran(*_: object) -> None:
        raise AssertionError(f"took more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, overran)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def article(front: str) -> str:
    return f"---\ntitle: T\nsource: S\n{front}\n---\n{BODY}"


def raw(name: str, text: str) -> Raw:
    return Raw(name, name, text.encode())


def alias_bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join([*rows, "number: *a11"])


YAML = {
    "code": "number: !!python/object/apply:os.system ['touch hong']",
    "name": "number: !!python/name:os.system",
    "module": "number: !!python/module:os",
    "aliases": alias_bomb(),
    "itself": "number: &a [*a]",
    "merge": "x: &x {a: 1}\n<<: *x",
    "deep flow": "number: " + "[" * 60_000,
    "deep map": "number: " + "{a: " * 15_000,
    "deep block": "\n".join(" " * n + "a:" for n in range(300)),
    "long": "number: " + "x" * LONGEST_FRONT,
    "hex": "number: 0x" + "f" * 10_000,
    "sixty": "number: 1" + ":59" * 4_000,
    "digits": "number: " + "9" * 10_000,
    "list of digits": "supersedes: [0x" + "f" * 10_000 + "]",
}


@pytest.mark.parametrize("front", YAML.values(), ids=YAML.keys())
def test_yaml_that_would_run_swell_or_end_the_process_is_refused_with_its_cure(front, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with watched():
        with pytest.raises(DocumentReadError, match="correct its YAML"):
            parse_article(article(front), tmp_path / "a.md")
        with pytest.raises(IngestError, match="correct its YAML"):
            prepare(raw("a.md", article(front)))
        (tmp_path / "a.md").write_text(article(front), encoding="utf-8")
        with pytest.raises(CorpusError):
            load_corpus(tmp_path)
        assert take_in([], tmp_path).intakes == ()
    assert [path.name for path in tmp_path.iterdir() if path.name == "hong"] == []


def test_an_ordinary_front_matter_is_read():
    assert read_fields("a: [1, {b: 2026-01-02}]\nc: 100000000000000000") == {
        "a": [1, {"b": datetime.date(2026, 1, 2)}],
        "c": 10**17,
    }
    assert read_fields("[" * DEEPEST_FIELD + "]" * DEEPEST_FIELD) is not None


def test_what_yaml_escapes_write_is_cleaned_like_the_rest():
    document = parse_article(article(r'number: "\e[2J\u202e32/2021\u200b\n\0NĐ-CP"'), Path("a.md"))
    assert document.number == "[2J32/2021 NĐ-CP"


def package(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
DTD = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a9;</x>'.encode()
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
DOCX = {
    "zip bomb": package({"word/document.xml": b" " * 120_000_000}),
    "ratio": package({"word/document.xml": b"<x/>", "word/media/a.bin": b"\0" * 20_000_000}),
    "laughs": package({"word/document.xml": DTD}),
    "late entity": package({"word/document.xml": b"<!--" + b" " * 9_000 + b"-->" + OUTSIDE}),
    "wide entity": package({"word/document.xml": OUTSIDE.decode().encode("utf-16")}),
    "outside": package({"word/document.xml": b"<x/>", "customXml/item1.xml": OUTSIDE}),
    "out of the folder": package({"word/document.xml": b"<x/>", "../../hong.txt": b"x"}),
    "no word": package({"a.txt": b"x"}),
    "cut": package({"word/document.xml": b"<x/>" * 99})[:90],
}


@pytest.mark.parametrize("content", DOCX.values(), ids=DOCX.keys())
def test_a_word_file_that_is_a_bomb_or_reads_other_files_is_refused(content, tmp_path):
    with watched(), pytest.raises(IngestError, match=";"):
        prepare(Raw("a.docx", "a.docx", content))
    assert not (tmp_path.parent / "hong.txt").exists()


TAIL = b"\ntrailer<</Root 1 0 R>>\n%%EOF"
CATALOG = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages"
PDF = {
    "empty": b"%PDF-1.7\n",
    "loop": CATALOG + b"/Kids[2 0 R]/Count 1>>endobj" + TAIL,
    "count": CATALOG + b"/Kids[]/Count 2000000000>>endobj" + TAIL,
    "deep": b"%PDF-1.4\n1 0 obj" + b"[" * 100_000 + TAIL,
    "reference to itself": b"%PDF-1.4\n1 0 obj 1 0 R endobj\ntrailer<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF",
}


@pytest.mark.parametrize("content", PDF.values(), ids=PDF.keys())
def test_an_odd_pdf_is_refused(content):
    with watched(), pytest.raises(IngestError, match=";"):
        prepare(Raw("a.pdf", "a.pdf", content))


def test_html_neither_reads_files_nor_unfolds_entities(tmp_path):
    (tmp_path / "mat.txt").write_text("rất bí mật", encoding="utf-8")
    page = (
        f'<!DOCTYPE html [<!ENTITY a SYSTEM "file://{tmp_path}/mat.txt">{LAUGHS}]><html><body><article>'
        f"<p>{BODY * 5}</p><p>&a; &a9;</p><script>x</script></article></body></html>"
    )
    with watched():
        text = prepare(raw("a.html", page)).text
    assert "4321" in text
    assert "bí mật" not in text
    assert len(text) < 2_000


@pytest.mark.parametrize(
    "name", ["../../hong", "/etc/hong", "..\\hong", "a/../../hong", "%2e%2e%2fhong", "x\0y", ".", "~"]
)
def test_an_id_or_a_name_never_leaves_the_corpus(name, tmp_path):
    corpus = tmp_path / "kho" / "sau"
    source = tmp_path / "bai.md"
    source.write_text(f"---\nid: {name!r}\ntitle: {name!r}\nsource: S\n---\n{BODY * 3}", encoding="utf-8")
    take_in([source], corpus)
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.md") if path != source]
    assert all(path.parts[:2] == ("kho", "sau") and ".." not in path.parts for path in written)
    assert [removal.path for removal in remove_documents([name, f"../{source.name}"], corpus)] == [None, None]
    assert source.exists()


def test_a_number_of_comments_before_a_page_is_looked_at_once():
    with watched():
        assert HTML.match(b"<!--a-->" * 400 + b"x") is None
        assert HTML.match(b"<!--a--> <!-- b-c -->\n<html>")


@pytest.mark.slow
@pytest.mark.parametrize("pump", PUMPS)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_no_document_of_a_repeated_piece_takes_the_square_of_its_length(name, pump):
    with watched():
        try:
            prepare(raw(name, pump * (LENGTH // len(pump)) + "\x02x"))
        except QAError:
            return


@pytest.mark.slow
@pytest.mark.parametrize("pump", PUMPS)
def test_no_article_of_a_repeated_piece_is_cut_or_shown_in_the_square_of_its_length(pump):
    text = "Mở đầu.\n" + pump * (LENGTH // len(pump)) + "\x01 x"
    with watched():
        document = parse_article(f"---\ntitle: T\nsource: S\n---\n{text}", Path("a.md"))
        assert all(document.text[one.citation.start : one.citation.end] == one.text for one in cut(document))
        assert all(start < end for start, end in quotable_spans(document.text))
        assert article_html(document.text, (0, 7))


@pytest.mark.slow
@pytest.mark.parametrize("pump", PUMPS)
def test_no_question_of_a_repeated_piece_takes_long(pump, shared_session):
    with watched():
        answer = shared_session.ask((pump * 2_000)[:2_000])
        shared_session.search((pump * 2_000)[:2_000])
    assert answer.declined == (not answer.citations)
