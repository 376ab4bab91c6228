"""What cannot go in: each real bad thing is refused with its reason, and the corpus stays whole."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile
from pathlib import Path

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen import canvas

from qa.corpus.articles import load_corpus
from qa.errors import IngestError, Refusal
from qa.ingest import Intake, take_in
from tests.test_ingest import SENTENCES, html_page, write_docx

ROOT = Path(__file__).parent.parent
GOOD = "Quận Long Biên tinh gọn bộ máy\n\n" + SENTENCES[0]


def refuse(path: Path, shelf: Path) -> str:
    """Take one file in beside a good one; return why it was refused."""
    good = path.parent / "bài tốt.txt"
    good.write_text(GOOD, encoding="utf-8")
    bad, fine = take_in([path, good], shelf).intakes
    assert (bad.outcome, fine.outcome) == ("refused", "taken"), bad
    assert bad.document_id is None
    assert ";" in bad.reason, "the cure is missing"
    assert [document.text for document in load_corpus(shelf)] == [SENTENCES[0] + "\n"]
    return bad.reason


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "kho"


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def docx_with(path: Path, document: bytes) -> Path:
    """Write a DOCX whose main part is replaced."""
    model = write_docx(path.with_name("model.docx"))
    with zipfile.ZipFile(model) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    model.unlink()
    return zipped(path, parts | {"word/document.xml": document})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\xef\xbb\xbf \r\n\x00", "is empty"),
        ("a.txt", b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 9, "is not text"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj <<", "is a broken PDF"),
        ("a.pdf", "Đây là văn bản thường.".encode(), "is named .pdf but is no PDF"),
        ("a.docx", "Đây là văn bản thường.".encode(), "is named .docx but is no DOCX"),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 64, "is a broken DOCX"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, "is an old .doc or a locked Office file"),
        ("a.rtf", b"{\\rtf1 abc}", "is RTF"),
        ("a.html", b"<html><script>document.write('x'.repeat(99))</script></html>", "holds no text of its own"),
        ("a.html", b"<html><head><title>A</title></head><body></body></html>", "holds no text of its own"),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "is XML"),
        ("a.json", b"{", "is broken JSON"),
        ("a.json", b"[" * 100_000, "is broken JSON"),
        ("a.json", b"[1, 2]", "is JSON but no object (a list)"),
        ("a.json", b"{}", "has no text in its field 'text'"),
        ("a.json", b'{"title": "A", "text": null}', "has no text in its field 'text'"),
        ("a.json", b'{"title": ["A"], "text": "abc"}', "title is 'a list'"),
        ("a.json", b'{"date": "16/6/2025", "text": "abc"}', "published is '16/6/2025'"),
        ("a.md", b"---\ntitle: [\n---\nabc", "has a broken front matter"),
        ("a.md", b"---\n- a\n- b\n---\nabc", "has a front matter that is no list of fields"),
        ("a.md", b"---\ntitle: T\nkind: tin\n---\nabc", "kind is 'tin'"),
        ("a.md", b"---\ntitle: T\nsource: S\n---\n", "holds hardly any text"),
        ("a.txt", b"Ngan.", "holds hardly any text"),
    ],
)
def test_bad_content_is_refused_with_its_reason(tmp_path, shelf, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    assert reason in refuse(path, shelf)


def test_a_locked_pdf_is_refused(tmp_path, shelf):
    path = tmp_path / "khóa.pdf"
    lock = pdfencrypt.StandardEncryption("mật khẩu", canPrint=0)
    sheet = canvas.Canvas(str(path), encrypt=lock)
    sheet.drawString(60, 700, "Secret words that nobody reads")
    sheet.save()
    assert "locked with a password" in refuse(path, shelf)


def test_a_scanned_pdf_is_refused(tmp_path, shelf):
    path = tmp_path / "quét.pdf"
    sheet = canvas.Canvas(str(path))
    for _ in range(3):
        sheet.rect(100, 100, 300, 500, fill=1)
        sheet.showPage()
    sheet.save()
    assert "without text (a scan)" in refuse(path, shelf)


def test_a_cut_pdf_without_text_is_refused(tmp_path, shelf):
    whole = tmp_path / "a.pdf"
    sheet = canvas.Canvas(str(whole))
    sheet.showPage()
    sheet.save()
    whole.write_bytes(whole.read_bytes()[:-80])
    assert "PDF" in refuse(whole, shelf)


def test_a_docx_zip_bomb_is_refused_unopened(tmp_path, shelf):
    path = zipped(tmp_path / "bom.docx", {"word/document.xml": b"\x00" * 120_000_000})
    start = time.perf_counter()
    assert "zip bomb" in refuse(path, shelf)
    assert time.perf_counter() - start < 5


def test_another_kind_of_zip_is_refused(tmp_path, shelf):
    assert "no Word document" in refuse(zipped(tmp_path / "a.docx", {"xl/workbook.xml": b"<x/>"}), shelf)


def test_an_entity_bomb_in_a_docx_is_refused(tmp_path, shelf):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert "declares XML entities" in refuse(docx_with(tmp_path / "a.docx", bomb), shelf)


def test_a_docx_with_broken_xml_is_refused(tmp_path, shelf):
    assert "broken DOCX" in refuse(docx_with(tmp_path / "a.docx", b"<w:document"), shelf)


def test_an_entity_bomb_in_html_swells_nothing(tmp_path, shelf):
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    page = f'<!DOCTYPE html [<!ENTITY e0 "ha">{lines}]><html><body><p>&e11; {SENTENCES[0]}</p></body></html>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (intake,) = take_in([tmp_path / "a.html"], shelf).intakes
    assert intake.outcome == "taken"
    assert len(load_corpus(shelf)[0].text) < 1_000


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_absurdly_nested_tags_end_quickly(tmp_path, shelf, depth):
    path = tmp_path / "a.html"
    path.write_text("<html><body>" + "<div>" * depth + f"<p>{SENTENCES[0]}</p>", encoding="utf-8")
    start = time.perf_counter()
    (intake,) = take_in([path], shelf).intakes
    assert intake.outcome in ("taken", "refused")
    assert time.perf_counter() - start < 10


def test_a_file_over_the_limit_is_refused_unread(tmp_path, shelf):
    path = tmp_path / "to.txt"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    start = time.perf_counter()
    assert "larger than 200 MB" in refuse(path, shelf)
    assert time.perf_counter() - start < 2


def test_what_is_no_file_is_refused(tmp_path, shelf):
    os.mkfifo(tmp_path / "ống.txt")
    assert "not a regular file" in refuse(tmp_path / "ống.txt", shelf)


def test_a_missing_file_is_refused(tmp_path, shelf):
    assert "does not exist" in refuse(tmp_path / "không có.txt", shelf)


def test_a_name_that_no_file_can_have_is_refused(shelf):
    (intake,) = take_in(["a\0b.txt"], shelf).intakes
    assert (intake.outcome, "cannot be read" in intake.reason) == ("refused", True)


def test_an_article_of_the_corpus_itself_is_refused(shelf):
    shelf.mkdir()
    (shelf / "a.md").write_text("---\ntitle: T\nsource: S\n---\n" + SENTENCES[0], encoding="utf-8")
    (intake,) = take_in([shelf / "a.md"], shelf).intakes
    assert "already lies in the corpus" in intake.reason


def test_a_file_without_permission_is_refused():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        path = folder / "kín.txt"
        path.write_text(GOOD, encoding="utf-8")
        warm = folder / "warm.txt"  # what is imported late is imported now: another user may not read it
        warm.write_text(GOOD, encoding="utf-8")
        take_in([warm], folder / "warm")
        load_corpus(folder / "warm")
        path.chmod(0)
        with as_nobody():
            assert "Permission denied; check its permissions" in refuse(path, folder / "corpus")


@contextlib.contextmanager
def as_nobody():
    """Give up the superuser's right to read everything, where the tests run as that user."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, shelf, monkeypatch):
    path = tmp_path / "đang ghi.txt"
    path.write_text(GOOD * 10, encoding="utf-8")
    real = os.fstat

    def growing(descriptor):
        status = real(descriptor)
        if os.path.samestat(status, path.stat()):
            with path.open("a", encoding="utf-8") as file:
                file.write("Thêm một dòng.\n")
        return status

    monkeypatch.setattr(os, "fstat", growing)
    assert "changed while it was read" in refuse(path, shelf)


def test_a_full_disk_refuses_and_leaves_the_corpus_whole(tmp_path, shelf):
    old = tmp_path / "cũ.txt"
    old.write_text(GOOD, encoding="utf-8")
    take_in([old], shelf)
    before = {path: path.read_bytes() for path in shelf.rglob("*.md")}
    old.write_text("Bài mới thay bài cũ\n\n" + (SENTENCES[1] + "\n\n") * 4_000, encoding="utf-8")
    script = textwrap.dedent(
        """
        import json, resource, signal, sys
        from pathlib import Path
        from qa.ingest import take_in
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        (intake,) = take_in([sys.argv[1]], Path(sys.argv[2])).intakes
        print(json.dumps([intake.outcome, intake.reason]))
        """
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(old), str(shelf)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    outcome, reason = json.loads(run.stdout)
    assert outcome == "refused"
    assert "could not be written to disk" in reason
    assert {path: path.read_bytes() for path in shelf.rglob("*.md")} == before


def test_what_a_killed_intake_left_behind_goes_with_the_next(tmp_path, shelf):
    (shelf / "them-vao").mkdir(parents=True)
    (shelf / "them-vao" / ".intake-0123.md").write_text("nửa bài", encoding="utf-8")
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    take_in([tmp_path / "a.txt"], shelf)
    assert [path.suffix for path in (shelf / "them-vao").iterdir()] == [".md"]
    assert not list(shelf.rglob(".intake-*"))


def test_a_kill_in_the_middle_leaves_the_old_article_or_the_new_one(tmp_path, shelf, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text(GOOD, encoding="utf-8")
    take_in([path], shelf)
    before = load_corpus(shelf)
    path.write_text("Tên khác hẳn trước\n\n" + SENTENCES[1], encoding="utf-8")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        take_in([path], shelf)
    assert load_corpus(shelf) == before


def test_a_corpus_that_cannot_be_written_is_an_error_with_its_cure(tmp_path):
    (tmp_path / "tệp").write_text("x", encoding="utf-8")
    with pytest.raises(IngestError, match=r"cannot be written: .*; a file stands where a folder should be"):
        take_in([], tmp_path / "tệp" / "kho")


def test_other_kinds_of_addresses_are_refused(shelf):
    report = take_in(["file:///etc/passwd", "ftp://example.org/a", "gopher://x"], shelf)
    assert report.count("refused") == 3
    assert report.refused[0] == Intake(
        "file:///etc/passwd",
        "refused",
        None,
        "has an address of another kind; only http and https addresses are fetched",
        Refusal.ADDRESS_KIND,
    )


def test_a_page_of_links_only_is_refused(tmp_path, shelf):
    path = tmp_path / "a.html"
    path.write_text(html_page("", []), encoding="utf-8")
    (intake,) = take_in([path], shelf).intakes
    assert intake.outcome == "refused"
