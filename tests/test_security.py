"""Hostile strings in documents, questions, names and reasons come out of every surface as text, or not at all."""

from __future__ import annotations

import contextlib
import io

import pytest

from benchmarks.security import BEGIN, END, PAGE, faults, open_hostile, strings
from benchmarks.surfaces import SURFACES, Hostile, html_faults, markdown_faults, metric_faults, terminal_faults
from qa import cli, present

EVERY = [text for texts in strings().values() for text in texts]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> list[Hostile]:
    return open_hostile(tmp_path_factory.mktemp("hostile") / "site", EVERY)


@pytest.mark.slow
@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_hostile_comes_through(hostile, surface):
    assert {one.text: found for one in hostile if (found := faults(surface, one))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_a_hostile_question_is_answered_or_declined_with_exact_quotes(shared_session, text):
    answer = shared_session.ask(text)
    for quote in answer.citations:
        document = shared_session.document(quote.citation.document_id)
        assert document.text[quote.citation.start : quote.citation.end] == quote.text
    assert "999" not in "".join(quote.text for quote in answer.citations)


def test_the_checks_see_what_they_are_for():
    assert list(html_faults("<p onclick=x>"))
    assert list(html_faults("<img src=x>"))
    assert list(html_faults('<a href="javascript:x">'))
    assert list(html_faults('<a href="https://a@b/">'))
    assert list(html_faults("<script src='//evil.example/x.js'></script>"))
    assert list(html_faults("a\u202eb"))
    assert list(markdown_faults("<img src=x>"))
    assert list(terminal_faults("a\x1b[2J"))
    assert list(metric_faults('qa_x{a="b c"} 1'))
    assert not list(html_faults('<p><a href="/doc/a">a</a></p>'))


def test_json_for_a_terminal_holds_the_value_and_nothing_a_terminal_obeys():
    line = present.to_json({"a": "\x9b31m\u202ex\u2028\U000e0041"})
    assert line == '{"a": "\\u009b31m\\u202ex\\u2028\\udb40\\udc41"}'


def test_an_error_that_names_a_hostile_file_is_one_line(capsys, tmp_path):
    (tmp_path / "a\nqa: giả\x1b[2J.md").write_text("---\ntitle: T\n---\n", encoding="utf-8")
    assert cli.main(["build", "--corpus", str(tmp_path), "--index", str(tmp_path / "i")]) == 1
    said = capsys.readouterr().err.removesuffix("\n")
    assert "giả" in said
    assert "\n" not in said
    assert "\x1b" not in said


def test_the_list_of_articles_keeps_one_line_each(hostile, capsys):
    assert cli.main(["list", "--corpus", str(hostile[0].folder / "corpus")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(EVERY)
    assert all(line.count("\t") == 4 for line in lines)


def test_the_page_of_security_states_these_strings_and_surfaces():
    table = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert f"| all | {len(EVERY)} | {len(EVERY) * len(SURFACES)} | 0 |" in table
    assert all(surface in table for surface in SURFACES)


def test_no_log_line_bears_a_question_or_the_password(session):
    from qa import telemetry

    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        telemetry.configure(log_questions=False)
        with telemetry.request("page_ask") as current:
            current.question = "Bí mật của tôi"
            session.ask("Bí mật của tôi")
        with pytest.raises(ZeroDivisionError), telemetry.request("page_ask"):
            raise ZeroDivisionError("Bí mật của tôi")
    assert said.getvalue().count("\n") == 2
    assert "mật" not in said.getvalue()
    assert "\\u1ead" not in said.getvalue()


def test_the_password_is_not_shown_with_the_settings(monkeypatch):
    from qa.settings import Settings

    monkeypatch.setenv("QA_OPERATOR_PASSWORD", "rat-kin-123")
    assert "rat-kin-123" not in repr(Settings()) + str(Settings()) + Settings().model_dump_json()
