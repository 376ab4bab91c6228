"""A hand-made data set with known places, the twins' rules, and what is said of a data set that is wrong."""

from __future__ import annotations

import json
import math
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import DatasetError
from qa.evaluate.dataset import TWINS, read_dataset
from qa.evaluate.run import (
    answer_f1,
    area_under_roc,
    evaluate,
    holds_answer,
    rank_documents,
    retrieval_scores,
)
from qa.values import Citation, Hit, Passage

CORPUS = [
    {"_id": "92/2015#1", "title": "Cà phê", "text": "Cà phê trồng ở Buôn Ma Thuột."},
    {"_id": "92/2015#2", "title": "Chè", "text": "Chè trồng ở Thái Nguyên từ năm 1920."},
    {"_id": "92/2015#3", "title": "Lúa", "text": "Lúa gạo trồng ở đồng bằng sông Cửu Long."},
]
QUERIES = [
    {"_id": "q1", "text": "Chè Thái Nguyên có từ năm nào?", "answers": [{"text": "1920", "start": 32}]},
    {
        "_id": "q2",
        "text": "Cà phê Buôn Ma Thuột, sông Cửu Long",
        "answers": [{"text": "Thái Bình", "start": 0}],
        "answerable": True,
    },
    {"_id": "q3", "text": "Giá vàng thế giới?", "answers": [], "answerable": False},
]
QRELS = [("q1", "92/2015#2", 1), ("q2", "92/2015#3", 1)]
RETRIEVAL = ["ndcg@10", "mrr@10", "hit@1", "recall@5", "recall@10"]


def write_dataset(folder: Path, corpus=CORPUS, queries=QUERIES, qrels=QRELS) -> Path:
    (folder / "qrels").mkdir(parents=True)
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in qrels)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "three")


def test_measures_have_the_values_of_their_definitions():
    rankings = {"a": ["x", "y", "z"], "b": ["y", "x"], "c": []}
    qrels = {"a": {"y": 1}, "b": {"y": 2, "z": 1}, "c": {"x": 1}, "not ranked": {"x": 1}}
    place_two = 1 / math.log2(3)
    assert retrieval_scores(rankings, qrels) == pytest.approx(
        {
            "ndcg@10": (place_two + 2 / (2 + place_two)) / 3,
            "mrr@10": (1 / 2 + 1) / 3,
            "hit@1": 1 / 3,
            "recall@5": (1 + 1 / 2) / 3,
            "recall@10": (1 + 1 / 2) / 3,
        }
    )
    alone = {query: retrieval_scores({query: ranked}, qrels)["ndcg@10"] for query, ranked in rankings.items()}
    assert alone == pytest.approx({"a": place_two, "b": 2 / (2 + place_two), "c": 0})


def test_recall_and_rank_stop_at_their_depth():
    ranked = [str(place) for place in range(1, 21)]
    scores = retrieval_scores({"q": ranked}, {"q": {"6": 1, "11": 1}})
    assert [scores[name] for name in ("recall@5", "recall@10", "mrr@10")] == pytest.approx([0, 1 / 2, 1 / 6])


def test_the_order_of_a_ranking_is_kept_whatever_the_ids():
    for ranked in (["a", "b"], ["b", "a"]):
        assert retrieval_scores({"q": ranked}, {"q": {ranked[0]: 1}})["hit@1"] == 1


def test_a_data_set_is_measured(dataset, encoder):
    values = evaluate(dataset, encoder)
    kinds = ["", *(f"{kind}/" for kind in TWINS)]
    retrieval = [f"{kind}{name}" for kind in kinds for name in RETRIEVAL]
    assert list(values) == [*retrieval, "queries_per_second", "sentence@1", "answer_f1", "abstain_auroc"]
    # q1 finds its document first; q2 names another document with more of its words than its own.
    expected = {"ndcg@10": (1 + 1 / math.log2(3)) / 2, "mrr@10": 3 / 4, "hit@1": 1 / 2, "recall@5": 1, "recall@10": 1}
    for kind in ("", "no_accents/"):
        assert {name: values[f"{kind}{name}"] for name in RETRIEVAL} == pytest.approx(expected)
    assert values["queries_per_second"] > 0
    assert values["sentence@1"] == 1 / 2
    assert values["answer_f1"] == pytest.approx(2 * 1 / (8 + 1) / 2)  # a sentence of eight words for "1920"
    assert values["abstain_auroc"] == 1
    with pytest.raises(TypeError):
        values["hit@1"] = 1


def test_a_retrieval_set_has_no_measures_of_answers(tmp_path, encoder):
    queries = [{"_id": query["_id"], "text": query["text"]} for query in QUERIES]
    values = evaluate(write_dataset(tmp_path / "plain", queries=queries), encoder)
    assert not {"sentence@1", "answer_f1", "abstain_auroc"} & set(values)


def test_a_second_run_embeds_changed_passages_only(tmp_path, dataset, encoder):
    told = []
    evaluate(dataset, encoder, tmp_path / "cache", lambda *step: told.append(step))
    assert ("embedding", 3, 3) in told
    assert told[-1] == ("asking", 2 * 4 + 3, 2 * 4 + 3)
    encoder.embedded.clear()
    evaluate(dataset, encoder, tmp_path / "cache")
    assert encoder.embedded == []
    text = (dataset / "corpus.jsonl").read_text(encoding="utf-8").replace("1920", "1930")
    (dataset / "corpus.jsonl").write_text(text, encoding="utf-8")
    evaluate(dataset, encoder, tmp_path / "cache")
    assert [passage.splitlines()[1] for passage in encoder.embedded] == ["Chè trồng ở Thái Nguyên từ năm 1930."]


def test_records_become_documents_of_the_product(tmp_path):
    title = unicodedata.normalize("NFD", " Cà \n phê ")
    corpus = [{"_id": "a", "title": title, "text": " Một.\r\nHai.\n\n"}, {"_id": "b", "title": "Hai", "text": ""}]
    qrels = [("q1", "a", 1), ("q2", "b", 0)]
    found = read_dataset(write_dataset(tmp_path / "set", corpus=corpus, qrels=qrels))
    assert [(document.title, document.text) for document in found.documents] == [
        ("Cà phê", "Một.\nHai.\n"),
        ("Hai", "Hai\n"),
    ]
    assert [query.id for query in found.judged] == ["q1"]  # q2 is judged, but has no relevant document
    assert [query.answerable for query in found.queries] == [True, True, False]
    assert found.queries[0].answers == ("1920",)


def hits_of(*documents: str) -> list[Hit]:
    citation = {name: Citation(name, "", "", "", None, "other", None, None, 0, 1, "original") for name in documents}
    return [Hit(Passage(f"{name}:0", "x", citation[name], ""), 1.0, 0.0, 0.0) for name in documents]


def test_more_passages_are_asked_for_until_ten_documents_come_out():
    everything = hits_of(*["long"] * 150, *[f"short{number}" for number in range(12)])
    asked = []

    def search(_text: str, k: int) -> list[Hit]:
        asked.append(k)
        return everything[:k]

    assert rank_documents(search, "?") == ["long", *(f"short{number}" for number in range(9))]
    assert asked == [100, 200]


def test_a_sentence_holds_an_answer_character_for_character():
    sentence = "Quận  giảm\n406 người."
    assert holds_answer(sentence, ["80", "406 người"])
    assert not holds_answer(sentence, ["80 chi bộ"])
    assert not holds_answer("", ["406"])


def test_f1_counts_shared_syllables_with_their_accents():
    sentence = "Quận giảm 406 người."
    assert answer_f1(sentence, ["406 người"]) == pytest.approx(2 * 2 / (4 + 2))
    assert answer_f1(sentence, ["406 nguoi", "quận giảm 406 NGƯỜI"]) == 1
    assert answer_f1(sentence, ["không có"]) == answer_f1("", ["406"]) == 0


def test_the_area_under_roc_counts_a_tie_as_half():
    assert area_under_roc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)


WORD = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệớờởỡợABĐÔƯ", min_size=1, max_size=7)
TOKEN = WORD | st.sampled_from(["2025?", "32/2021/NĐ-CP", "(xã)", "–", "thuế,", "?"])
TEXT = st.lists(TOKEN, min_size=1, max_size=25).map(" ".join)
ID = st.text("q0123456789-", min_size=1, max_size=6)


@pytest.mark.parametrize("kind", TWINS)
@given(text=TEXT, query_id=ID)
def test_a_twin_is_always_the_same_and_keeps_the_words_count(kind, text, query_id):
    twin = TWINS[kind](text, query_id)
    assert twin == TWINS[kind](text, query_id)
    assert len(twin.split()) == len(text.split())


@given(TEXT, ID)
def test_no_accents_leaves_no_mark(text, query_id):
    twin = TWINS["no_accents"](text, query_id)
    assert not any(map(unicodedata.combining, unicodedata.normalize("NFD", twin)))
    assert "đ" not in twin


@given(TEXT, ID)
def test_half_accents_folds_half_of_the_words(text, query_id):
    words, bare = text.split(), TWINS["no_accents"](text, query_id).split()
    twin = TWINS["half_accents"](text, query_id).split()
    assert all(new in (word, plain) for new, word, plain in zip(twin, words, bare, strict=True))
    folded = sum(new == plain for new, plain in zip(twin, bare, strict=True))
    unmarked = sum(word == plain for word, plain in zip(words, bare, strict=True))
    assert (len(words) + 1) // 2 <= folded <= (len(words) + 1) // 2 + unmarked


@given(TEXT, ID)
def test_slips_change_a_quarter_of_the_words_and_no_number(text, query_id):
    words, twin = text.split(), TWINS["slips"](text, query_id).split()
    changed = [word for word, new in zip(words, twin, strict=True) if word != new]
    able = [word for word in words if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    assert len(changed) == min(len(able), max(1, round(len(words) / 4)))
    assert set(changed) <= set(able)


def test_slips_of_each_kind_occur():
    assert TWINS["half_accents"]("Sắp xếp đơn vị hành chính", "q1") != TWINS["half_accents"](
        "Sắp xếp đơn vị hành chính", "q2"
    )
    seen = {TWINS["slips"]("chính", f"q{number}") for number in range(200)}
    assert {"chinhs", "hcính", "chíhn", "chínhh", "cchính"} <= seen
    assert "ddi" in {TWINS["slips"]("đi", f"q{number}") for number in range(50)}
    assert TWINS["slips"]("2025 ?", "q") == "2025 ?"


def test_twins_never_change_between_versions():
    """A twin is part of a published figure."""
    text = "Quận Long Biên giảm được bao nhiêu người?"
    assert {kind: rule(text, "q1") for kind, rule in TWINS.items()} == {
        "no_accents": "quan long bien giam duoc bao nhieu nguoi?",
        "half_accents": "quan long bien giảm được bao nhieu người?",
        "slips": "Qậun Long BBiên giảm được bao nhiêu người?",
    }


def replace_line(path: Path, number: int, line: str) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[number - 1] = line
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "number", "line", "message"),
    [
        ("corpus.jsonl", 2, "{broken", "is no JSON (.*); write one JSON object a line"),
        ("corpus.jsonl", 2, '["a"]', "is no JSON object .*; write one JSON object a line"),
        ("corpus.jsonl", 1, '{"title": "", "text": "a"}', '_id is missing; write "_id" as a string'),
        ("corpus.jsonl", 1, '{"_id": 7, "text": "a"}', "_id is '7'; write"),
        ("corpus.jsonl", 1, '{"_id": "a b", "text": "a"}', "_id is 'a b'; write .* without white space"),
        ("corpus.jsonl", 3, '{"_id": "x", "text": null}', "text is 'None'; write"),
        ("corpus.jsonl", 3, json.dumps(CORPUS[0]), "the id '92/2015#1' is that of line 1; give one of them another"),
        ("queries.jsonl", 3, json.dumps(QUERIES[0]), "the id 'q1' is that of line 1; give one of them another"),
        ("queries.jsonl", 2, '{"_id": "q2", "text": " ?"}', "the query 'q2' is empty; write its text"),
        ("queries.jsonl", 2, json.dumps({"_id": "q2", "text": "a" * 2001}), "has 2001 characters; shorten it"),
        ("queries.jsonl", 2, '{"_id": "q2", "text": "a", "answers": ["b"]}', "answers is 'b'; write a list of texts"),
        ("queries.jsonl", 2, '{"_id": "q2", "text": "a", "answerable": 1}', "answerable is '1'; write true or false"),
        ("queries.jsonl", 1, json.dumps(QUERIES[0] | {"answerable": False}), "false, but there are answers; correct"),
        ("qrels/test.tsv", 1, "q1\t92/2015#2\t1", "the header is missing; begin the file with query-id"),
        ("qrels/test.tsv", 2, "q1 92/2015#2 1", "is 'q1 92/2015#2 1'; write query-id<TAB>"),
        ("qrels/test.tsv", 2, "q1\t92/2015#2\tyes", "the score a whole number"),
        ("qrels/test.tsv", 3, "q9\t92/2015#2\t1", "'q9' is not in queries.jsonl; correct the id"),
        ("qrels/test.tsv", 3, "q1\tnowhere\t1", "'nowhere' is not in corpus.jsonl; correct the id"),
        ("qrels/test.tsv", 3, "q1\t92/2015#2\t1", "judges '92/2015#2' for 'q1' a second time; remove"),
    ],
)
def test_a_bad_line_is_named_with_its_cure(dataset, name, number, line, message):
    replace_line(dataset / name, number, line)
    with pytest.raises(DatasetError, match=rf"{name}, line {number}: .*{message}"):
        read_dataset(dataset)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_or_empty_file_is_named_with_its_cure(dataset, name):
    (dataset / name).write_bytes(b"")
    with pytest.raises(DatasetError, match=rf"{name}.*(empty; write|header is missing; begin)"):
        read_dataset(dataset)
    (dataset / name).unlink()
    with pytest.raises(DatasetError, match=rf"{name} is missing; add it"):
        read_dataset(dataset)


def test_a_set_in_which_nothing_is_relevant_is_refused(tmp_path):
    folder = write_dataset(tmp_path / "set", qrels=[("q1", "92/2015#1", 0)])
    with pytest.raises(DatasetError, match="judges no document relevant; add a line"):
        read_dataset(folder)


def test_a_file_that_is_not_utf8_is_named_with_its_line(dataset):
    path = dataset / "queries.jsonl"
    path.write_bytes(path.read_bytes() + b'{"_id": "q4", "text": "\xff"}\n')
    with pytest.raises(DatasetError, match=r"queries.jsonl, line 4: is not UTF-8; save"):
        read_dataset(dataset)


def test_a_folder_that_is_not_there_is_named(tmp_path, encoder):
    with pytest.raises(DatasetError, match="nowhere is not a folder; name one in BEIR layout"):
        evaluate(tmp_path / "nowhere", encoder)
