from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.normalise import fold
from qa.text.numbers import DocumentNumber, find_numbers
from qa.text.query_repair import LanguageModel, slips, telex
from qa.text.terms import canonical, terms

TEXT = """Quận Long Biên giảm 406 người hoạt động không chuyên trách. Chính quyền địa phương hai cấp.
Người dân Hà Nội hỏi về chính quyền. Quận giảm đầu mối, quân đội giúp dân. Giám đốc sở giám sát."""


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel.learn([TEXT])


def test_accents_come_back_where_none_were_typed(model):
    assert model.restore("quan Long Bien giam 406 nguoi") == "quận Long Biên giảm 406 người"


def test_half_typed_accents_are_completed_and_kept(model):
    assert model.restore("quận Long Bien giam nguoi hoạt dong") == "quận Long Biên giảm người hoạt động"


def test_a_question_typed_with_accents_stays_as_typed(model):
    question = "Giám đốc sở ở Hà Nội là ai, thưa ông?"
    assert model.restore(question) == question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chinhs quyeenf ddia phuong", "chính quyền địa phương"), ("quân Logn Bienn giamr", "quân Long Biên giảm")],
)
def test_slips_are_repaired_against_the_corpus(model, typed, meant):
    assert fold(model.restore(model.repair(typed))) == fold(meant)


def test_vietnamese_syllables_the_corpus_never_saw_are_no_slips(model):
    assert model.repair("chính quyền địa phương khớp") == "chính quyền địa phương khớp"


def test_another_language_is_left_alone(model):
    assert model.repair("What is the capital of France") == "What is the capital of France"


@given(st.text(max_size=120))
def test_only_accents_change_in_restoration(text):
    restored = LanguageModel.learn([TEXT]).restore(text)
    assert fold(restored) == fold(text)


def test_what_is_saved_loads_with_how_people_ask_added(model, tmp_path):
    model.save(tmp_path / "language.json")
    loaded = LanguageModel.load(tmp_path / "language.json")
    model.counts.clear()
    model.pairs.clear()
    model.save(tmp_path / "empty.json")
    asked = LanguageModel.load(tmp_path / "empty.json")
    learnt = LanguageModel.learn([TEXT])
    assert loaded.counts == learnt.counts + asked.counts
    assert all(loaded.pairs[pair] == count + asked.pairs.get(pair, 0) for pair, count in learnt.pairs.items())
    assert learnt.restore("giam bao nhieu nguoi") == "giảm bao nhieu người"
    assert loaded.restore("giam bao nhieu nguoi thi duoc may thang") == "giảm bao nhiêu người thì được mấy tháng"
    assert loaded.restore("vi sao phai bo cap huyen") == "vì sao phải bỏ cấp huyện"


def test_telex_left_overs_are_undone():
    assert [telex(word) for word in ("chinhs", "dduowngf", "quaanj")] == ["chinh", "duong", "quan"]
    assert "bien" in slips("bine")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("32/2021/NĐ-CP", DocumentNumber(32, 2021, "nd-cp")),
        ("nghị định 32 năm 2021", DocumentNumber(32, 2021, "nd")),
        ("NĐ 32/2021", DocumentNumber(32, 2021, "nd")),
        ("1656/NQ-UBTVQH15", DocumentNumber(1656, None, "nq-ubtvqh15")),
        ("60-NQ/TW", DocumentNumber(60, None, "nq/tw")),
        ("kết luận 126", DocumentNumber(126, None, "kl")),
    ],
)
def test_numbers_are_found_in_many_ways_of_writing(text, expected):
    assert list(find_numbers(f"Theo {text}, việc này")) == [expected]


@pytest.mark.parametrize("text", ["ngày 16/6/2025", "tháng 6/2025", "33,2%", "14 bộ", "Luật Đất đai 2024", "luật 2025"])
def test_dates_and_figures_are_no_document_numbers(text):
    assert list(find_numbers(text)) == []


def test_a_number_fits_what_it_leaves_out():
    spoken = next(find_numbers("nghị quyết 76 năm 2025"))
    assert spoken.fits(DocumentNumber(76, 2025, "ubtvqh15"))
    assert not spoken.fits(DocumentNumber(76, 2024, "ubtvqh15"))
    assert not next(find_numbers("nghị định 76")).fits(DocumentNumber(76, 2025, "ubtvqh15"))


def test_abbreviations_are_written_out_whatever_case_they_allow():
    assert canonical("UBND TP. Hà Nội") == "uy ban nhan dan thanh pho. ha noi"
    assert canonical("ubnd tp") == "uy ban nhan dan tp"


def test_terms_are_words_and_pairs_of_neighbours():
    assert terms("Quận Long Biên") == ["quan", "long", "bien", "quan_long", "long_bien"]
    assert terms("kỹ") == terms("kĩ") == ["ki"]


def test_a_question_of_two_thousand_characters_costs_bounded_work(model, monkeypatch):
    judged = []
    monkeypatch.setattr(LanguageModel, "fit", lambda _self, *words: judged.append(words) or 0.0)
    model.repair("xqzk biên " * 200)
    model.repair("q" * 2000)
    assert len(judged) <= 120 * 100
