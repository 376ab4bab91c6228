from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import qa
from qa.corpus import load_corpus
from qa.errors import IndexCorruptError, IndexMismatchError, IndexNotFoundError, IndexStoreError
from qa.index import BuildOptions, Index, build, generations, list_generations, read_current, rollback
from qa.index.search_index import Passages
from testing.fake_encoder import WordHashEncoder


def edit(corpus: Path, old: str, new: str) -> None:
    path = corpus / "long-bien.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_the_dense_search_finds_the_nearest_by_inner_product(index, encoder):
    loaded = Index.open(index, encoder)
    query = encoder.encode_queries(["tòa án khu vực"])
    exact = [float(query[0] @ encoder.vector(searched)) for searched in searched_texts(loaded)]
    rows = loaded.dense_search(query, 10)
    assert list(rows) == list(np.argsort(exact)[::-1])
    assert loaded.dense_scores(query, rows) == pytest.approx(sorted(exact, reverse=True), abs=1e-5)


def searched_texts(loaded: Index) -> list[str]:
    from qa.corpus.passages import searched_text

    return [searched_text(passage) for passage in loaded.passages]


def test_the_title_is_searched_but_not_quoted(index, encoder):
    loaded = Index.open(index, encoder)
    assert all("tinh gọn bộ máy" not in passage.text for passage in loaded.passages)
    assert "tinh gọn bộ máy" in searched_texts(loaded)[0]


def test_a_rebuild_after_one_edit_embeds_one_document(corpus, index, encoder):
    edit(corpus, "406", "407")
    report = qa.build_index(corpus, index, encoder)
    assert (report.embedded, report.reused, report.generation) == (1, 2, "g000002")
    assert len(encoder.embedded) == 1
    assert "407" in encoder.embedded[0]


def test_a_reused_vector_is_the_one_a_full_build_makes(corpus, index, encoder):
    edit(corpus, "406", "407")
    qa.build_index(corpus, index, encoder)
    reused = Index.open(index, encoder).dense.reconstruct_n(0, 3)
    qa.build_index(corpus, index, encoder, full=True)
    assert np.array_equal(reused, Index.open(index, encoder).dense.reconstruct_n(0, 3))


def test_nothing_changed_builds_nothing(corpus, index, encoder):
    report = qa.build_index(corpus, index, encoder)
    assert (report.changed, report.generation, encoder.embedded) == (False, "g000001", [])


def test_a_removed_article_is_no_longer_found(corpus, index, encoder):
    (corpus / "toa-an.md").unlink()
    qa.build_index(corpus, index, encoder)
    assert list(qa.open_session(index, encoder).index.documents) == ["long-bien"]


def test_another_encoder_embeds_everything_again(corpus, index, encoder):
    encoder.revision = "2"
    assert qa.build_index(corpus, index, encoder).reused == 0


def test_progress_reaches_the_number_of_passages(corpus, tmp_path, encoder):
    seen = []
    qa.build_index(corpus, tmp_path / "new", encoder, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)


class OneByOneEncoder(WordHashEncoder):
    """Tells of each passage by itself, as soon as it is done."""

    def encode_passages(self, passages, spans, progress=None):
        for _ in passages:
            progress(1)
        return super().encode_passages(passages, spans)


def test_progress_counts_a_passage_by_its_length_so_that_the_time_left_is_true(corpus, tmp_path):
    told, encoder = [], OneByOneEncoder()
    qa.build_index(corpus, tmp_path / "new", encoder, progress=lambda done, total: told.append((done, total)))
    lengths = [len(text) for text in encoder.embedded]
    assert lengths == sorted(lengths, reverse=True)
    assert told == [(3 * sum(lengths[:count]) // sum(lengths), 3) for count in (1, 2, 3)]


def test_the_same_text_in_two_articles_is_embedded_once_and_found_in_both(corpus, tmp_path, encoder):
    article = (corpus / "toa-an.md").read_text(encoding="utf-8")
    (corpus / "toa-an-lan-hai.md").write_text(article, encoding="utf-8")
    report = qa.build_index(corpus, tmp_path / "new", encoder)
    assert (report.passages, report.embedded, len(encoder.embedded)) == (4, 3, 3)
    loaded = Index.open(tmp_path / "new", encoder)
    first, second = (loaded.ranges[name].start for name in ("toa-an", "toa-an-lan-hai"))
    assert np.array_equal(loaded.dense.reconstruct(first), loaded.dense.reconstruct(second))
    assert np.array_equal(loaded.sentences.of(first), loaded.sentences.of(second))


def test_no_index_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(IndexNotFoundError, match="run: qa build"):
        qa.open_session(tmp_path)


def test_an_index_of_another_encoder_names_both_sides(index, encoder):
    encoder.name = "another"
    with pytest.raises(IndexMismatchError, match=r"'word-hash'.*'another'"):
        qa.open_session(index, encoder)


def test_another_format_names_both_and_the_cure(index, encoder):
    manifest = index / "g000001" / "manifest.json"
    fields = json.loads(manifest.read_text(encoding="utf-8")) | {"format": 99}
    manifest.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=rf"format 99.*reads {generations.FORMAT}; run: qa build "):
        qa.open_session(index, encoder)


def files(index: Path) -> list[str]:
    return sorted(p.relative_to(index).as_posix() for p in index.rglob("*") if p.is_file() and p.name != ".lock")


def test_a_flipped_byte_or_a_cut_in_any_file_is_noticed(index, encoder):
    for name in files(index):
        path = index / name
        whole = path.read_bytes()
        for broken in (whole[: len(whole) // 2], bytes([whole[0] ^ 1]) + whole[1:], b""):
            path.write_bytes(broken)
            with pytest.raises((IndexCorruptError, IndexMismatchError), match="qa build"):
                qa.open_session(index, encoder)
        path.write_bytes(whole)
    qa.open_session(index, encoder)


def test_a_missing_file_is_noticed(index, encoder):
    (index / "g000001" / "segment.sqlite").unlink()
    with pytest.raises(IndexCorruptError, match="is missing"):
        qa.open_session(index, encoder)


def test_a_corrupt_generation_is_built_anew(corpus, index, encoder):
    (index / "g000001" / "dense.faiss").write_bytes(b"x")
    assert qa.build_index(corpus, index, encoder).changed
    assert qa.open_session(index, encoder).ask("Long Biên giảm bao nhiêu người?").citations


def test_rollback_returns_to_the_generation_before(corpus, index, encoder):
    edit(corpus, "406", "407")
    qa.build_index(corpus, index, encoder)
    assert rollback(index) == "g000001"
    assert "406" in qa.open_session(index, encoder).ask("Long Biên giảm bao nhiêu người?").text
    with pytest.raises(IndexStoreError, match="no whole generation before"):
        rollback(index)


def test_rollback_passes_over_a_generation_that_was_half_removed(corpus, index, encoder):
    for number in range(2):
        edit(corpus, "406", f"{number}406")
        qa.build_index(corpus, index, encoder)
    (index / "g000002" / "manifest.json").unlink()
    assert rollback(index) == "g000001"


def test_a_build_removes_what_a_killed_one_left(corpus, index, encoder):
    (index / ".building-current").write_text("g0000", encoding="ascii")
    (index / ".building-half").mkdir()
    qa.build_index(corpus, index, encoder, full=True)
    assert not list(index.glob(".building-*"))


class StoppedEncoder(WordHashEncoder):
    """Stops, as a killed process does, at the third call."""

    calls = 0

    def encode_passages(self, passages, spans, progress=None):
        self.calls += 1
        if self.calls == 3:
            raise KeyboardInterrupt
        return super().encode_passages(passages, spans, progress)


def build_in_steps(corpus: Path, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["qa.index.builder"], "BATCH", 1)
        build(load_corpus(corpus), folder, StoppedEncoder(), BuildOptions(step=2))


def test_a_build_that_was_stopped_goes_on_where_it_was(corpus, tmp_path, encoder):
    folder = tmp_path / "new"
    with pytest.raises(KeyboardInterrupt):
        build_in_steps(corpus, folder)
    told = []
    report = qa.build_index(corpus, folder, encoder, progress=lambda done, total: told.append((done, total)))
    assert (report.embedded, len(encoder.embedded), told) == (1, 1, [(1, 1)])
    assert not list(folder.glob(".embedded-*"))


def test_what_was_embedded_before_a_stop_is_what_a_whole_build_embeds(corpus, index, tmp_path):
    folder = tmp_path / "new"
    with pytest.raises(KeyboardInterrupt):
        build_in_steps(corpus, folder)
    qa.build_index(corpus, folder, WordHashEncoder())
    resumed, whole = Index.open(folder), Index.open(index)
    assert np.array_equal(resumed.dense.reconstruct_n(0, 3), whole.dense.reconstruct_n(0, 3))
    assert all(np.array_equal(resumed.sentences.of(row), whole.sentences.of(row)) for row in range(3))


def test_a_damaged_step_of_a_stopped_build_is_embedded_again(corpus, tmp_path, encoder):
    folder = tmp_path / "new"
    with pytest.raises(KeyboardInterrupt):
        build_in_steps(corpus, folder)
    (step,) = folder.glob(".embedded-*")
    (step / "dense.faiss").write_bytes((step / "dense.faiss").read_bytes()[:100])
    assert qa.build_index(corpus, folder, encoder).embedded == 3


def test_another_encoder_takes_nothing_over_from_a_stopped_build(corpus, tmp_path, encoder):
    with pytest.raises(KeyboardInterrupt):
        build_in_steps(corpus, tmp_path / "new")
    encoder.revision = "2"
    assert qa.build_index(corpus, tmp_path / "new", encoder).embedded == 3


def test_old_generations_go_and_the_live_one_stays(corpus, index, encoder):
    for number in range(5):
        edit(corpus, "406", f"{number}406")
        qa.build_index(corpus, index, encoder)
    assert len(list_generations(index)) == generations.KEPT_GENERATIONS
    assert read_current(index) == list_generations(index)[-1] == "g000006"


def test_a_second_builder_is_told_to_wait(corpus, index, encoder):
    with generations.writing(index), pytest.raises(IndexStoreError, match="another process"):
        qa.build_index(corpus, index, encoder, full=True)


def test_current_can_name_nothing_outside_the_folder(index):
    (index / "CURRENT").write_text("../../etc\n", encoding="ascii")
    with pytest.raises(IndexCorruptError, match="no generation"):
        read_current(index)


def make_format_7(generation: Path) -> None:
    """Leave of a generation what format 7 has too: its keys and vectors, without a lock."""
    (generation / "segment.sqlite").unlink()
    (generation / ".lock").unlink()
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    fields = manifest | {"format": 7, "files": generations.hash_files(generation)}
    (generation / "manifest.json").write_text(json.dumps(fields), encoding="utf-8")


def test_format_7_is_told_with_its_cure_and_its_vectors_are_taken_over(corpus, index, encoder):
    make_format_7(index / "g000001")
    with pytest.raises(IndexMismatchError, match=r"format 7, this version reads 9; run: qa build \(vectors are kept\)"):
        qa.open_session(index, encoder)
    assert qa.build_index(corpus, index, encoder).embedded == 0
    assert qa.open_session(index, encoder).ask("Long Biên giảm bao nhiêu người?").citations


def test_opening_a_session_reads_no_passage_of_articles_that_tell_of_no_end(index, encoder, monkeypatch):
    read: list[int] = []
    real = Passages.__getitem__
    monkeypatch.setattr(Passages, "__getitem__", lambda passages, row: (read.append(row), real(passages, row))[1])
    opened = qa.open_session(index, encoder)
    assert read == []
    assert opened.search("Long Biên giảm bao nhiêu người?", 1)
    assert read


def test_an_index_is_asked_by_many_threads_at_once(index, encoder):
    passages = Index.open(index, encoder).passages
    wanted = [passages[row].text for row in range(3)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda row: passages[row % 3].text, range(600))) == wanted * 200


def test_vectors_outlive_a_change_of_format(corpus, index, encoder):
    manifest = index / "g000001" / "manifest.json"
    fields = json.loads(manifest.read_text(encoding="utf-8")) | {"format": 1}
    manifest.write_text(json.dumps(fields), encoding="utf-8")
    report = qa.build_index(corpus, index, encoder)
    assert (report.changed, report.embedded) == (True, 0)
