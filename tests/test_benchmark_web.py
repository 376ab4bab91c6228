"""What the benchmarks of the site count as right, mixed and late, and where they write it."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.asking import AskError, ask, first_source, questions, search, spelled_anew
from benchmarks.pages import table, write_part
from benchmarks.rounds import SECONDS_TO_PICK_UP, Rounds
from qa.retrieval import check_question
from testing.browsing import fake_site, free_port
from testing.fake_encoder import LONG_BIEN


def test_a_part_is_written_between_its_marks_and_the_others_stay(tmp_path):
    page = tmp_path / "performance.md"
    write_part(page, "web", "one", title="Performance", section="Web")
    write_part(page, "scale", "two", title="Performance", section="Scale")
    write_part(page, "web", "three", title="Performance", section="Web")
    assert page.read_text() == (
        "# Performance\n\n## Web\n\n<!-- web:begin -->\nthree\n<!-- web:end -->\n\n"
        "## Scale\n\n<!-- scale:begin -->\ntwo\n<!-- scale:end -->\n"
    )
    page.write_text("<!-- web:begin -->\n")
    with pytest.raises(ValueError, match="web:end"):
        write_part(page, "web", "x", title="Performance", section="Web")


def test_a_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_first_source_is_where_the_first_citation_points():
    cited = {"citations": [{"document_id": "d", "start": 1, "end": 2}, {"document_id": "e", "start": 3, "end": 4}]}
    assert first_source(cited) == ("d", 1, 2)
    assert first_source({"citations": []}) is None


def test_questions_that_need_a_conversation_are_left_out():
    asked = questions(50)
    assert len(set(asked)) == 50
    assert "Thế còn ở phường?" not in questions(10_000)


def test_a_question_spelled_anew_is_the_same_to_the_search_and_another_to_the_memory():
    spelled = [spelled_anew("một hai ba", number) for number in range(4)]
    assert spelled == ["một hai ba", "một  hai ba", "một hai  ba", "một  hai  ba"]
    assert {check_question(one) for one in spelled} == {"một hai ba"}


@pytest.mark.server
def test_a_running_site_answers_and_searches(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "long-bien.md").write_text(LONG_BIEN, encoding="utf-8")
    question = "Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?"
    with fake_site(tmp_path, free_port()) as address:
        assert first_source(ask(address, question))[0] == "long-bien"
        assert search(address, question)["question"] == question
        with pytest.raises(AskError, match="HTTP Error 422"):
            ask(address, "x" * 2001)


@pytest.fixture
def rounds(tmp_path) -> Rounds:
    (tmp_path / "corpus").mkdir()
    made = Rounds(tmp_path / "corpus", tmp_path / "inbox")
    for _ in range(2):
        made.prepare()
    return made


def cite(rounds: Rounds, number: int, name: str) -> dict:
    texts = rounds.rounds[number - 1].texts
    (document,) = [one for one in texts if f"trung-tam-{name}" in one]
    return {"document_id": document, "start": 0, "end": 60, "quote": texts[document][:60]}


def test_citations_of_two_generations_fit_none(rounds):
    first, second = cite(rounds, 1, "alpha"), cite(rounds, 2, "bravo")
    assert [one.number for one in rounds.fitting([first], "quote")] == [1]
    assert [one.number for one in rounds.fitting([second], "quote")] == [2]
    assert rounds.fitting([first, second], "quote") == []


def test_a_round_may_answer_until_readers_had_time_to_pick_up_the_next(rounds):
    first = dataclasses.replace(rounds.rounds[0], began=10.0)
    rounds.live[2] = 100.0
    assert rounds.could_answer(first, 99.0, 99.5)
    assert rounds.could_answer(first, 100.0 + SECONDS_TO_PICK_UP, 105.0)
    assert not rounds.could_answer(first, 100.1 + SECONDS_TO_PICK_UP, 105.0)
    assert not rounds.could_answer(first, 8.0, 9.0)
