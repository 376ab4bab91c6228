"""The figures of the last ``qa eval``: kept beside the index, shown on the corpus page."""

from __future__ import annotations

import dataclasses
import datetime
import html

import pytest

from qa import cli
from qa.errors import IndexStoreError
from qa.evaluate.run import QUALITY_FILE, Quality, read_quality, write_quality
from qa.web.catalogue import Wanted, catalogue_html
from tests.test_evaluate import write_dataset

FIGURES = {"ndcg@10": 0.9674, "hit@1": 0.94, "recall@10": 1.0, "slips/ndcg@10": 0.5, "queries_per_second": 9.0}
MEASURED = Quality("<b>alqac", datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC), "e5 <i>", FIGURES)


def test_what_was_written_is_read_and_takes_the_place_of_the_former(tmp_path):
    write_quality(tmp_path / "new", dataclasses.replace(MEASURED, dataset="older"))
    write_quality(tmp_path / "new", MEASURED)
    assert read_quality(tmp_path / "new") == MEASURED
    assert [path.name for path in (tmp_path / "new").iterdir()] == [QUALITY_FILE]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"dataset": 1}'])
def test_what_is_no_record_counts_as_none(tmp_path, content):
    assert read_quality(tmp_path) is None
    (tmp_path / QUALITY_FILE).write_text(content)
    assert read_quality(tmp_path) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexStoreError, match=r"quality\.json cannot be written"):
        write_quality(tmp_path / "file", MEASURED)


def test_qa_eval_keeps_its_figures_and_the_index_stays_whole(tmp_path, index, encoder, monkeypatch, capsys):
    monkeypatch.setattr(cli, "load_encoder", lambda _settings: encoder)
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    dataset = write_dataset(tmp_path / "bo-cau-hoi")
    assert cli.main(["eval", str(dataset), "--index", str(index), "--json"]) == 0
    kept = read_quality(index)
    assert (kept.dataset, kept.encoder) == ("bo-cau-hoi", "word-hash")
    assert f'"ndcg@10": {kept.figures["ndcg@10"]}' in capsys.readouterr().out
    assert cli.main(["verify", "--index", str(index)]) == 0


def test_the_corpus_page_shows_them_with_data_set_date_and_encoder(session, corpus):
    page = html.unescape(catalogue_html(session.index, corpus, Wanted(), MEASURED))
    assert "Bộ câu hỏi <b>alqac, đo ngày 04/03/2026, bộ mã hóa e5 <i>." in page
    assert '<tr><th scope="row">Đủ dấu</th><td>94,0 %</td><td>100,0 %</td><td>96,7 %</td></tr>' in page
    assert '<tr><th scope="row">Gõ nhầm</th><td>–</td><td>–</td><td>50,0 %</td></tr>' in page
    assert "Không dấu" not in page
    assert "<b>" not in catalogue_html(session.index, corpus, Wanted(), MEASURED)


def test_the_corpus_page_shows_nothing_where_nothing_was_measured(session, corpus):
    assert "Chất lượng" not in catalogue_html(session.index, corpus, Wanted(), None)


def test_figures_of_answers_are_shown_where_the_data_set_has_them(session, corpus):
    read = dataclasses.replace(MEASURED, figures={"sentence@1": 0.76})
    page = catalogue_html(session.index, corpus, Wanted(), read)
    assert "<dt>Câu trích đầu tiên chứa lời đáp</dt><dd>76,0 %</dd>" in page
    assert "Cách gõ" not in page
