"""The comparison with baselines: its table, its intervals, its fusion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import ablation, baselines, retrieval
from benchmarks.vectors import RememberingEncoder
from qa.evaluate.dataset import Query
from tests.test_evaluate import write_dataset


def test_the_table_is_written_between_the_marks(tmp_path, encoder, monkeypatch):
    dataset = write_dataset(tmp_path / "three")
    monkeypatch.setattr(retrieval, "load_encoder", lambda: encoder)
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    page = tmp_path / "page.md"
    page.write_text(f"before\n{retrieval.BEGIN}\nreplaced\n{retrieval.END}\nafter\n", encoding="utf-8")
    retrieval.main([str(dataset), "--no-questions", "--ablate", "--write", str(page)])
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "replaced" not in written
    rows = {line.split(" | ")[1]: line.split(" | ")[2:6] for line in written.splitlines() if line.startswith("| ")}
    second = f"{(1 + 1 / math.log2(3)) / 2:.3f}"
    assert rows["BM25, folded syllables"][:2] == rows["ours"][:2] == [second, second]
    assert "| three | spread and copies folded |" in written
    assert set(ablation.variants()) < set(rows)
    assert rows["ours − best baseline [95 %]"][0].startswith("+0.000 [+0.000, +0.000]")
    assert (tmp_path / "images" / "retrieval.png").read_bytes().startswith(b"\x89PNG")


def test_a_full_name_is_typed_as_its_abbreviation():
    typed = ablation.abbreviated(Query("1", "Ủy ban Nhân dân xã nhận thủ tục hành chính nào?"))
    assert typed == "UBND xã nhận TTHC nào?"


def test_queries_are_remembered_by_text(tmp_path, encoder, monkeypatch):
    first = RememberingEncoder(encoder, tmp_path)
    vectors = first.encode_queries(["một", "hai từ", "một"])
    assert np.array_equal(vectors, encoder.encode_queries(["một", "hai từ", "một"]))
    first.save()
    monkeypatch.delattr(type(encoder), "encode_queries")
    assert np.array_equal(RememberingEncoder(encoder, tmp_path).encode_queries(["một", "hai từ", "một"]), vectors)


def test_the_interval_holds_the_mean_and_repeats():
    differences = np.array([0.0, 0.5, -0.1, 0.2] * 25)
    low, high = retrieval.interval(differences)
    assert low < differences.mean() < high
    assert (low, high) == retrieval.interval(differences)
    error = differences.std() / math.sqrt(len(differences))  # a percentile interval is near the normal one
    assert (low, high) == pytest.approx((0.15 - 1.96 * error, 0.15 + 1.96 * error), abs=0.01)


def test_rank_fusion_adds_the_ranks_of_what_is_found():
    fused = baselines.reciprocal_ranks(lambda _: np.array([3.0, 0, 1.0]), lambda _: np.array([1.0, 2.0, 0]))
    assert fused("?").tolist() == pytest.approx([1 / 61 + 1 / 62, 1 / 61, 1 / 62])


@pytest.mark.parametrize("arguments", [["--no-questions"], ["--write", "nowhere.md"]])
def test_what_cannot_be_done_is_said_before_anything_is_measured(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        retrieval.main(arguments)
    assert stopped.value.code == 2
    assert "error: " in capsys.readouterr().err
