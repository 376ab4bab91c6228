"""The operator's page: shut without the password, and what it does while people ask."""

from __future__ import annotations

import ast
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from qa.errors import DocumentReadError, IndexNotFoundError, IngestError, Refusal, SettingsError
from qa.feedback import Feedback, FeedbackStore
from qa.settings import Settings
from qa.web import LiveSession
from qa.web.admin import COOKIE, Door, Operator
from qa.web.messages_vi import REFUSALS, TROUBLES, trouble_text
from testing.browsing import DESKTOP, ROOT, ask, fake_site, free_port
from testing.fake_reader import OverlapReader

PASSWORD = "mật khẩu thử 123"  # noqa: S105 - of these tests alone
ARTICLE = """---
title: Trung tâm Zeta
source: Báo Thử
url: https://example.org/zeta
published: 2026-01-02
kind: news
---
Trung tâm Zeta tiếp nhận 4321 hồ sơ trong tháng đầu tiên hoạt động.
"""


@pytest.fixture
def operator(index, corpus, encoder, tmp_path) -> Operator:
    return Operator(
        LiveSession.open(index, encoder, OverlapReader()),
        FeedbackStore(tmp_path / "feedback.sqlite"),
        Settings(corpus=corpus),
    )


def quiet(*_arguments, **_named) -> None:
    """Stand for Gradio's progress bar."""


def test_only_the_password_opens_the_door():
    door = Door(PASSWORD)
    assert door.is_password(PASSWORD)
    assert not any(door.is_password(given) for given in ("", PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper()))
    assert door.visitor(SimpleNamespace(cookies={})) is None
    assert door.visitor(SimpleNamespace(cookies={COOKIE: "x"})) is None


def test_documents_go_in_and_answer_after_a_rebuild_and_not_after_a_rollback(operator, tmp_path):
    (tmp_path / "zeta.md").write_text(ARTICLE, encoding="utf-8")
    added = operator.add([str(tmp_path / "zeta.md")], "", quiet)
    assert "1/1 tài liệu đã vào kho" in added
    assert "g000002 đang trả lời: 3 bài" in operator.rebuild(quiet)
    assert "4321" in operator.live.current().ask("Trung tâm Zeta tiếp nhận bao nhiêu hồ sơ?").text
    assert "đã mới nhất" in operator.rebuild(quiet)
    assert "g000001 đang trả lời trở lại" in operator.roll_back()
    assert len(operator.live.current().index.documents) == 2
    assert "Không có thế hệ nguyên vẹn nào trước thế hệ đang trả lời." in operator.roll_back()


def test_what_cannot_go_in_is_named_with_its_reason(operator, tmp_path, caplog):
    (tmp_path / "<b>.txt").write_text("x", encoding="utf-8")
    added = operator.add([str(tmp_path / "<b>.txt")], "http://127.0.0.1:1/x", quiet)
    assert "0/2 tài liệu đã vào kho" in added
    assert "&lt;b&gt;.txt" in added
    assert "Địa chỉ dẫn vào mạng nội bộ" in added
    assert "Hầu như không có chữ để đọc" in added
    assert "private or reserved network" in caplog.text


def test_progress_names_each_document_and_counts_passages(operator, tmp_path):
    for name in ("mot.md", "hai.txt"):
        (tmp_path / name).write_text(ARTICLE, encoding="utf-8")
    told: list[tuple] = []

    def progress(done: tuple[int, int], desc: str, unit: str) -> None:
        told.append((*done, desc, unit))

    operator.add([str(tmp_path / "mot.md"), str(tmp_path / "hai.txt")], "", progress)
    assert told == [(0, 2, "mot.md", "tài liệu"), (1, 2, "hai.txt", "tài liệu"), (2, 2, "Xong", "tài liệu")]
    told.clear()
    operator.rebuild(progress)
    assert told[-1][0] == told[-1][1] > 0
    assert told[-1][2:] == ("Mã hóa các đoạn mới", "đoạn")


def test_people_are_answered_while_the_index_is_built(operator, encoder, monkeypatch):
    (operator.settings.corpus / "zeta.md").write_text(ARTICLE, encoding="utf-8")
    asked = []
    embed = encoder.encode_passages

    def asked_meanwhile(*arguments):
        asked.append(operator.live.current().ask("Trung tâm Zeta tiếp nhận bao nhiêu hồ sơ?"))
        asked.append(operator.live.current().ask("Quận Long Biên giảm bao nhiêu chi bộ?"))
        return embed(*arguments)

    monkeypatch.setattr(encoder, "encode_passages", asked_meanwhile)
    operator.rebuild(quiet)
    assert [("4321" in one.text, "80" in one.text) for one in asked[:2]] == [(False, False), (False, True)]
    assert "4321" in operator.live.current().ask("Trung tâm Zeta tiếp nhận bao nhiêu hồ sơ?").text


def test_the_password_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda left, right: compared.append((left, right)) or True)
    assert Door(PASSWORD).is_password("sai")
    ((given, kept),) = compared
    assert len(given) == len(kept)
    assert given != kept
    assert PASSWORD.encode() not in (given, kept)


def test_what_is_there_already_is_named(operator, tmp_path):
    for name in ("zeta.md", "zeta-2.md"):
        (tmp_path / name).write_text(ARTICLE, encoding="utf-8")
        added = operator.add([str(tmp_path / name)], "", quiet)
    assert re.search(r"Giống hệt bài [\w-]*zeta[\w-]*; không ghi thêm\.", added)


def test_every_refusal_is_said_in_vietnamese_and_every_trouble_by_its_type():
    assert set(REFUSALS) == set(Refusal)
    for text in [*REFUSALS.values(), *TROUBLES.values()]:
        assert re.search("[ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự]", text.lower())
    assert trouble_text(IndexNotFoundError("x; run: qa build")) == TROUBLES[IndexNotFoundError]
    assert trouble_text(SettingsError("x")) == "Không làm được."
    assert (
        trouble_text(IngestError(Refusal.SCANNED, "x"))
        == "PDF là bản quét, không có chữ; xin nhận dạng chữ (OCR) trước."
    )
    assert "bai.md" in trouble_text(DocumentReadError(Path("/a/bai.md"), "x", "y"))


def test_every_refusal_of_the_intake_names_its_reason():
    for path in (ROOT / "qa").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "IngestError":
                assert ast.unparse(call.args[0]) in {f"Refusal.{one.name}" for one in Refusal}, f"{path}:{call.lineno}"


def test_work_that_fails_is_said_under_a_number_of_the_log(operator, caplog):
    (operator.settings.corpus / "hong.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    page = operator.rebuild(quiet)
    assert "Không đọc được bài hong.md" in page
    assert re.search(r"mã (\w{8})", page)[1] in caplog.text


def test_an_upload_is_removed_once_it_was_added(operator, tmp_path):
    upload = tmp_path / "upload" / "zeta.md"
    upload.parent.mkdir()
    upload.write_text(ARTICLE, encoding="utf-8")
    assert "1/1 tài liệu" in operator.add_uploads([str(upload)], "", quiet)[0]
    assert not upload.parent.exists()


@pytest.mark.parametrize(("addresses", "said"), [("", "Chưa chọn tệp"), ("/etc/passwd", "http://"), ("a", "http://")])
def test_nothing_but_web_addresses_may_be_written(operator, addresses, said):
    assert said in operator.add(None, addresses, quiet)
    assert len(list(operator.settings.corpus.rglob("*.md"))) == 2


def test_feedback_is_shown_as_text(operator):
    operator.feedback.save(Feedback("<img src=x>", "a", ("long-bien",), "g000001", helpful=False, reason="<b>cũ</b>"))
    page = operator.read_feedback()
    assert "0 có ích, 1 chưa." in page
    assert "<img" not in page
    assert "&lt;b&gt;cũ&lt;/b&gt;" in page


@pytest.fixture(scope="module")
def server(folder) -> Iterator[str]:
    with fake_site(folder, free_port(), QA_OPERATOR_PASSWORD=PASSWORD, GRADIO_TEMP_DIR=str(folder / "tam")) as address:
        yield address


@pytest.mark.server
def test_the_room_is_shut_without_a_cookie(server):
    for path in ("/van-hanh/trang/", "/van-hanh/trang/config", "/van-hanh/trang/gradio_api/info"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server + path)
        assert refused.value.code == 401


@pytest.mark.server
def test_a_wrong_password_is_refused(server):
    body = urllib.parse.urlencode({"password": "sai"}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server}/van-hanh", body)
    assert refused.value.code == 403
    assert "Set-Cookie" not in refused.value.headers


@pytest.mark.server
def test_the_chat_takes_no_files_of_anyone(server):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server}/gradio_api/upload", b"x")
    assert refused.value.code == 404


@pytest.mark.server
def test_a_request_that_is_too_large_goes_no_further(server):
    request = urllib.request.Request(f"{server}/api/ask", b" " * 2_000_001)
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(request)
    assert getattr(refused.value, "code", 413) == 413


@pytest.mark.server
def test_without_a_password_there_is_no_such_page(tmp_path):
    (tmp_path / "corpus").mkdir()
    with fake_site(tmp_path, free_port()) as address:
        for path in ("/van-hanh", "/van-hanh/trang/"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(address + path)
            assert refused.value.code == 404


@pytest.mark.browser
def test_an_operator_adds_an_article_and_the_chat_answers_from_it(server, folder, browser, tmp_path):
    (tmp_path / "zeta.md").write_text(ARTICLE, encoding="utf-8")
    reader = browser.new_context(viewport=DESKTOP).new_page()
    reader.goto(server)
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{server}/van-hanh")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Đang trả lời: g000001, 8 bài").wait_for()
    page.set_input_files("input[type=file]", tmp_path / "zeta.md")
    page.get_by_text("zeta").first.wait_for()
    page.get_by_role("button", name="Thêm vào kho").click()
    page.get_by_text("1/1 tài liệu đã vào kho").wait_for()
    page.get_by_text("Thả tệp vào đây").wait_for()
    assert not list((folder / "tam").rglob("zeta*"))
    page.get_by_role("button", name="Lập lại chỉ mục").click()
    page.get_by_text("g000002 đang trả lời: 9 bài").wait_for(timeout=60_000)
    assert "4321" in ask(reader, "Trung tâm Zeta tiếp nhận bao nhiêu hồ sơ?")
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_label("Mật khẩu").wait_for()
