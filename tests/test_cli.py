from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from qa import cli
from qa.settings import Settings
from testing.fake_encoder import WordHashEncoder


@pytest.fixture(autouse=True)
def fake_encoder(monkeypatch):
    monkeypatch.setattr("qa.session.load_encoder", lambda _settings: WordHashEncoder())
    monkeypatch.setattr("qa.cli.load_engine", lambda _settings: (None, "torch: a test"))


@pytest.fixture
def run(corpus, index, capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main([arguments[0], "--corpus", str(corpus), "--index", str(index), *arguments[1:]])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


SOURCE = "document_id title source url published number section text_kind basis"
CITATION = f"marker {SOURCE} quote start end score".split()
HIT = f"rank score dense lexical passage_id {SOURCE} text start end".split()


def test_ask_prints_the_contract_s_object(run):
    code, out, _ = run("ask", "Long Biên giảm bao nhiêu người?", "--json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == "question understood text declined confidence citations notes short blocks".split()
    assert list(answer["citations"][0]) == CITATION
    assert "406" in answer["citations"][0]["quote"]
    assert answer["citations"][0]["published"] == "2022-01-03"
    assert answer["blocks"][0] == {"text": answer["short"], "marker": 1, "type": "headline"}
    assert {"marker": 1, "type": "quoted"} in answer["blocks"][1]["parts"]


def test_search_prints_the_contract_s_object(run):
    code, out, _ = run("search", "tòa án khu vực", "-k", "2", "--json", "--kind", "law")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["question", "understood", "hits"]
    assert [list(hit) for hit in found["hits"]] == [HIT]


def test_a_dash_answers_each_line_of_standard_input_in_order(run, monkeypatch):
    lines = "Long Biên giảm bao nhiêu người?\n\nGiá vàng hôm nay?\n" + "a" * 3000 + "\nCó mấy tòa án cấp tỉnh?\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode()), encoding="utf-8"))
    code, out, err = run("ask", "-", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["declined"] for answer in answers] == [False, True, True, False]
    assert "3000 characters" in err
    assert code == 1


def test_build_says_what_it_did(run):
    assert run("build")[1] == "g000001 is up to date: 2 documents, 3 passages\n"
    assert run("build", "--full")[1] == "g000002 is live: 2 documents, 3 passages (3 embedded, 0 unchanged)\n"


def test_status_verify_and_rollback(run):
    assert json.loads(run("status", "--json")[1]) | {"built": ""} == {
        "documents": 2,
        "passages": 3,
        "generation": "g000001",
        "encoder": "word-hash",
        "built": "",
        "search": "exact",
        "recall@10": 1.0,
        "question_encoder": "torch: a test",
    }
    assert "question_encoder: torch: a test\n" in run("status")[1]
    assert "is whole" in run("verify")[1]
    code, out, err = run("rollback")
    assert (code, out) == (1, "")
    assert "no whole generation before g000001" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "the question is empty"),
        (["ask", "a" * 10_000], 2, "10000 characters; use at most 2000"),
        (["search", "a", "-k", "0"], 2, "k is 0; use 1 or more"),
        (["ask", "a", "--since", "2025-02-02", "--until", "2025-01-01"], 2, "is after until"),
    ],
)
def test_bad_arguments_get_one_line_and_the_usage_code(run, arguments, code, message):
    actual, out, err = run(*arguments)
    assert (actual, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["nosuch"], ["ask"], ["ask", "a", "--since", "16/6/2025"]])
def test_usage_errors_exit_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_no_index_is_one_line_with_the_cure(tmp_path, capsys):
    assert cli.main(["ask", "a", "--index", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"qa: {tmp_path} holds no index; run: qa build\n"


def test_a_bad_article_stops_the_build_and_the_live_index_stays(run, corpus):
    (corpus / "hong.md").write_text("không có đầu đề", encoding="utf-8")
    code, _, err = run("build")
    assert code == 1
    assert "hong.md: has no front matter" in err
    assert "406" in run("ask", "Long Biên giảm bao nhiêu người?")[1]


def test_a_command_line_option_stands_before_the_environment_and_what_it_leaves_out_does_not(monkeypatch):
    monkeypatch.setenv("QA_PORT", "9000")
    monkeypatch.setenv("QA_HOST", "0.0.0.0")  # noqa: S104 - nothing listens
    chosen = cli.parse(["serve", "--corpus", "other", "--port", "9001"], Settings.read()).settings
    assert (chosen.corpus, chosen.port, chosen.host) == (Path("other"), 9001, "0.0.0.0")  # noqa: S104


def test_a_changed_environment_counts_at_the_next_command(tmp_path, monkeypatch, capsys):
    for name in ("one", "two"):
        monkeypatch.setenv("QA_INDEX", str(tmp_path / name))
        assert cli.main(["status"]) == 1
        assert f"{tmp_path / name} holds no index" in capsys.readouterr().err


def test_a_bad_setting_names_the_variable(monkeypatch, capsys):
    monkeypatch.setenv("QA_PORT", "chín")
    assert cli.main(["status"]) == 1
    assert "QA_PORT='chín'" in capsys.readouterr().err


def test_terminal_escapes_are_shown_not_obeyed(run, corpus):
    (corpus / "x.md").write_text(
        '---\ntitle: "T\\e[31m"\nsource: S\n---\nLệnh xóa màn hình là mã đỏ.\n', encoding="utf-8"
    )
    run("build")
    out = run("ask", "Lệnh xóa màn hình là mã gì?")[1]
    assert "mã đỏ" in out
    assert "\x1b" not in out
