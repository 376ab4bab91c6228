"""Whose words a text is: the publisher's own, or those of a summary and what it rests on, on every surface."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import io
import json
import re
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

import qa
from qa import cli
from qa.answer.quotes import best_quotes
from qa.blocks import Answer, Headline, plain
from qa.corpus import ArticleFields, article_fields, cut, format_article, is_in_clause, read_article, split_article
from qa.corpus.articles import parse_article
from qa.errors import DocumentReadError, FrontMatterError
from qa.langchain import ReformRetriever
from qa.present import answer_lines, answer_object, search_object, to_docx, to_markdown
from qa.reading import Candidate
from qa.retrieval import SearchResult
from qa.values import Basis, Citation
from qa.web.api import create_api
from qa.web.catalogue import Wanted, catalogue_html
from qa.web.conversation import Exchange, blocks_html, conversation_html, plain_text, ranked
from qa.web.mcp_tools import create_mcp
from qa.web.sources import evidence_html, reader_html
from qa.web.worker_pool import WorkerPool
from testing.fake_encoder import WordHashEncoder

SUMMARY = """---
title: Xã, phường mới của Hà Nội
source: Ủy ban Thường vụ Quốc hội
url: https://example.org/1656
published: 2025-06-16
kind: resolution
text_kind: summary
basis:
  - title: Nghị quyết về sắp xếp các đơn vị hành chính cấp xã của thành phố Hà Nội năm 2025
    number: 1656/NQ-UBTVQH15
    published: 2025-06-16
    source: Ủy ban Thường vụ Quốc hội
    url: https://example.org/1656
    clause: Điều 1
    clauses:
      Xã Đại Xuyên: khoản 63 Điều 1
  - title: Ra mắt xã Đại Xuyên
    published: 2025-07-02
    source: Báo Thử nghiệm
    url: javascript:alert(1)
    clauses:
      Xã Đại Xuyên: đoạn 2
---
Hà Nội có nhiều xã mới.

## Xã Đại Xuyên

Xã Đại Xuyên mới gồm các xã Bạch Hạ, Khai Thái và Minh Tân.
"""
ORIGINAL = """---
title: Nghị định 178/2024/NĐ-CP về chính sách, chế độ
source: Chính phủ
url: https://example.org/178
published: 2024-12-31
kind: decree
number: 178/2024/NĐ-CP
text_kind: original
---
## Điều 7. Chính sách đối với người nghỉ hưu trước tuổi

Người nghỉ hưu trước tuổi được hưởng trợ cấp một lần.
"""
PAGE = """---
title: Quận Long Biên tinh gọn bộ máy
source: Tuổi trẻ Thủ đô
url: https://example.org/tttd
published: 2022-01-03
kind: news
---
Quận Long Biên giảm 406 người hoạt động không chuyên trách.
"""
OF_SUMMARY = (
    "Theo bài tóm lược của kho, căn cứ khoản 63 Điều 1 Nghị quyết 1656/NQ-UBTVQH15 (16/06/2025) và 1 nguồn khác"
)
OF_ORIGINAL = "Nguyên văn, Nghị định 178/2024/NĐ-CP, Điều 7"
OF_PAGE = "Nguyên văn, Tuổi trẻ Thủ đô (03/01/2022)"
BASIS = [
    {
        "title": "Nghị quyết về sắp xếp các đơn vị hành chính cấp xã của thành phố Hà Nội năm 2025",
        "number": "1656/NQ-UBTVQH15",
        "published": "2025-06-16",
        "source": "Ủy ban Thường vụ Quốc hội",
        "url": "https://example.org/1656",
        "clause": "khoản 63 Điều 1",
    },
    {
        "title": "Ra mắt xã Đại Xuyên",
        "number": None,
        "published": "2025-07-02",
        "source": "Báo Thử nghiệm",
        "url": "javascript:alert(1)",
        "clause": "đoạn 2",
    },
]
ASKED = "Xã Đại Xuyên mới gồm các xã nào?"
ASKED_OF_ORIGINAL = "Người nghỉ hưu trước tuổi được hưởng trợ cấp gì?"
WHEN = datetime.datetime(2026, 11, 2, 8, 15, tzinfo=datetime.UTC)
FILES = {"tom-luoc": SUMMARY, "nghi-dinh": ORIGINAL, "bao": PAGE}


@pytest.fixture(scope="module")
def corpus_of_both(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("both") / "corpus"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def both(corpus_of_both) -> qa.Session:
    encoder = WordHashEncoder()
    qa.build_index(corpus_of_both, corpus_of_both.parent / "index", encoder)
    return qa.open_session(corpus_of_both.parent / "index", encoder)


@dataclasses.dataclass
class Live:
    """A session that stays."""

    session: qa.Session
    metrics = None

    def current(self) -> qa.Session:
        return self.session


def answer_of(session: qa.Session, question: str, document: str) -> Answer:
    answer = session.ask(question)
    assert {quote.citation.document_id for quote in answer.citations} == {document}
    return answer


def surfaces(session: qa.Session, corpus: Path, question: str, document: str) -> dict[str, str]:
    """Return everything that is shown of an answer whose sources are one document, by the surface's name."""
    answer = answer_of(session, question, document)
    hits = [hit for hit in session.search(question, 9) if hit.passage.citation.document_id == document]
    found = ranked(question, SearchResult(question, hits))
    file = docx.Document(io.BytesIO(to_docx([answer, found], WHEN)))
    whole = session.document(document)
    return {
        "answer": answer.text,
        "terminal": "\n".join(answer_lines(answer)),
        "page": words_of(blocks_html(1, answer, session.index)),
        "conversation": words_of(conversation_html(session, [Exchange(answer)])),
        "search page": words_of(conversation_html(session, [Exchange(found)])),
        "evidence": words_of(evidence_html([Exchange(answer)], session.index)),
        "evidence of a search": words_of(evidence_html([Exchange(found)], session.index)),
        "reader": words_of(reader_html(whole, session.index, None, None)),
        "catalogue": words_of(catalogue_html(session.index, corpus, Wanted(words=whole.title))),
        "copied": plain_text(answer),
        "markdown": to_markdown([answer, found], WHEN).replace("\\", ""),
        "word": "\n".join(paragraph.text for paragraph in file.paragraphs),
        "json": json.dumps(answer_object(answer), ensure_ascii=False),
        "json of a search": json.dumps(search_object(question, question, hits), ensure_ascii=False),
        "langchain": json.dumps(
            [one.metadata for one in ReformRetriever(session=session, k=1).invoke(question)], ensure_ascii=False
        ),
    }


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


MADE_OF_FIELDS = {"json of a search", "langchain"}
"""Surfaces that give the fields and no words of ours."""

WHOLE = {"reader": "Điều 1 Nghị quyết 1656/NQ-UBTVQH15", "catalogue": "Điều 1 Nghị quyết 1656/NQ-UBTVQH15"}


def test_every_surface_says_that_a_summary_is_one_and_what_it_rests_on(both, corpus_of_both):
    for name, shown in surfaces(both, corpus_of_both, ASKED, "tom-luoc").items():
        assert "nguyên văn" not in shown.lower(), name
        if name in MADE_OF_FIELDS:
            assert '"text_kind": "summary"' in shown, name
        elif name in WHOLE:
            assert f"căn cứ {WHOLE[name]} (16/06/2025)" in shown, name
        else:
            assert OF_SUMMARY[1:] in shown, name


@pytest.mark.parametrize(
    ("question", "document", "said"),
    [
        (ASKED_OF_ORIGINAL, "nghi-dinh", OF_ORIGINAL),
        ("Quận Long Biên giảm bao nhiêu người?", "bao", OF_PAGE),
    ],
)
def test_every_surface_says_that_an_original_is_quoted_in_its_own_words(both, corpus_of_both, question, document, said):
    for name, shown in surfaces(both, corpus_of_both, question, document).items():
        assert "tóm lược" not in shown.lower(), name
        if name in MADE_OF_FIELDS:
            assert '"text_kind": "original"' in shown, name
        else:
            part = said.removesuffix(", Điều 7") if name in WHOLE else said
            assert part[1:] in shown, name


def test_an_answer_opens_with_whose_words_it_quotes(both):
    assert both.ask(ASKED).text.startswith(f"Dạ, t{OF_SUMMARY[1:]}: Xã Đại Xuyên mới gồm")
    assert both.ask(ASKED_OF_ORIGINAL).text.startswith(f"Dạ, n{OF_ORIGINAL[1:]}: Người nghỉ hưu")


def test_the_two_differ_in_form_beside_their_words(both):
    for question, kind, label in ((ASKED, "summary", "bài tóm lược"), (ASKED_OF_ORIGINAL, "original", "nguyên văn")):
        exchange = Exchange(both.ask(question))
        badge = f'<span class="whose {kind}">Trích {label}</span>'
        panel = evidence_html([exchange], both.index)
        assert f'<article class="source {kind}"' in panel
        assert badge in panel
        assert badge in conversation_html(both, [exchange])


def test_the_basis_opens_from_the_panel_and_the_reader_page_and_only_by_http(both):
    document = both.document("tom-luoc")
    for shown in (
        evidence_html([Exchange(both.ask(ASKED))], both.index),
        reader_html(dataclasses.replace(document, basis=document.basis[:1]), both.index, None, None),
    ):
        assert 'href="https://example.org/1656" target="_blank" rel="noopener noreferrer nofollow"' in shown
        assert 'href="javascript:' not in shown
    assert "javascript:alert(1)" in evidence_html([Exchange(both.ask(ASKED))], both.index)


def test_what_a_hostile_basis_says_is_text(both):
    told = dataclasses.replace(both.document("tom-luoc").basis[0], title="<b>x</b>", number='"><i>', clause="<u>")
    document = dataclasses.replace(both.document("tom-luoc"), basis=(told,))
    shown = reader_html(document, both.index, None, None)
    assert not re.search(r"<[biu]>", shown)


def test_json_gives_the_kind_and_the_basis_of_each_citation_and_hit(both):
    (citation,) = answer_object(both.ask(ASKED))["citations"]
    assert (citation["text_kind"], citation["basis"]) == ("summary", BASIS)
    hit = search_object(ASKED, ASKED, both.search(ASKED, 1))["hits"][0]
    assert (hit["text_kind"], hit["basis"]) == ("summary", BASIS)
    (metadata,) = (one.metadata for one in ReformRetriever(session=both, k=1).invoke(ASKED))
    assert (metadata["text_kind"], metadata["basis"]) == ("summary", BASIS)
    (citation,) = answer_object(both.ask(ASKED_OF_ORIGINAL))["citations"]
    assert (citation["text_kind"], citation["basis"]) == ("original", [])


def test_the_command_line_tells_them_apart(both, corpus_of_both, capsys, monkeypatch):
    monkeypatch.setattr("qa.session.load_encoder", lambda _settings=None: both.retriever.encoder)
    places = ("--corpus", str(corpus_of_both), "--index", str(corpus_of_both.parent / "index"))
    cli.main(["search", *places, ASKED])
    said = capsys.readouterr().out
    assert f"Xã, phường mới của Hà Nội · {OF_SUMMARY} · mục “Xã Đại Xuyên” · https://example.org/1656" in said
    assert f"về chính sách, chế độ · {OF_ORIGINAL} · Chính phủ (31/12/2024) · https://example.org/178" in said


@pytest.fixture(scope="module")
def api(both):
    from qa.telemetry import Metrics

    live = Live(both)
    live.metrics = Metrics()
    return create_api(live, WorkerPool(1, 30.0, 8))


def test_rest_and_its_description_hold_both_fields(api):
    client = TestClient(api)
    (citation,) = client.get("/ask", params={"q": ASKED}).json()["citations"]
    assert (citation["text_kind"], citation["basis"]) == ("summary", BASIS)
    hit = client.get("/search", params={"q": ASKED_OF_ORIGINAL}).json()["hits"][0]
    assert (hit["text_kind"], hit["basis"]) == ("original", [])
    document = client.get("/documents/tom-luoc").json()
    assert document["text_kind"] == "summary"
    assert document["basis"][0] == BASIS[0] | {"clause": "Điều 1", "clauses": {"Xã Đại Xuyên": "khoản 63 Điều 1"}}
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"text_kind", "basis"} <= schemas["QuotedSentence"]["properties"].keys()
    assert {"text_kind", "basis"} <= set(schemas["RankedPassage"]["required"])
    assert set(schemas["Basis"]["properties"]) == set(BASIS[0])


def test_a_model_over_mcp_is_told_whose_words_it_gets(api):
    server = create_mcp(api, is_public=True)
    _, reply = asyncio.run(server.call_tool("ask", {"question": ASKED}))
    assert (reply["citations"][0]["text_kind"], reply["citations"][0]["basis"]) == ("summary", BASIS)
    tools = {tool.name: tool.description for tool in asyncio.run(server.list_tools())}
    assert all('"summary"' in tools[name] for name in ("ask", "search"))


def citation(**changes: object) -> Citation:
    fields = {"section": None, "start": 0, "end": 1, "text_kind": "summary", "basis": ()}
    told = ("a", "Bài", "Báo Thử", "", datetime.date(2022, 1, 3), "news", None)
    return dataclasses.replace(Citation(*told, **fields), **changes)


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        (
            Basis("Long Biên tinh gọn", None, datetime.date(2022, 1, 3), "Tuổi trẻ Thủ đô", "", None),
            "căn cứ bài “Long Biên tinh gọn” của Tuổi trẻ Thủ đô (03/01/2022)",
        ),
        (
            Basis("Luật Tổ chức chính quyền địa phương", "72/2025/QH15", None, "Quốc hội", "", "Điều 4"),
            "căn cứ Điều 4 Luật 72/2025/QH15",
        ),
        (Basis("Nghị quyết về cơ chế", "203/2025/QH15", None, "Quốc hội", "", None), "căn cứ Nghị quyết 203/2025/QH15"),
        (Basis("Về việc tách xã", "12/TB-VPCP", None, "VPCP", "", None), "căn cứ Thông báo 12/TB-VPCP"),
        (Basis("Về việc tách xã", "12", None, "VPCP", "", None), "căn cứ văn bản 12"),
        (
            Basis("Hiến pháp 2013", None, None, "Quốc hội", "", "Điều 110"),
            "căn cứ Điều 110 “Hiến pháp 2013” của Quốc hội",
        ),
    ],
)
def test_a_basis_is_named_by_clause_kind_number_and_day_or_by_title_and_publisher(basis, said):
    assert citation(basis=(basis,)).attribution == f"Theo bài tóm lược của kho, {said}"


def test_a_summary_of_which_no_basis_is_known_says_so_much():
    assert citation().attribution == "Theo bài tóm lược của kho (03/01/2022)"


def test_a_basis_holds_for_the_headings_that_it_names_and_a_clause_of_the_whole_for_all():
    first, second = (passage.citation for passage in cut(parse_article(SUMMARY, Path("a.md"))))
    assert [(one.number, one.clause) for one in first.basis] == [("1656/NQ-UBTVQH15", "Điều 1")]
    assert [one.clause for one in second.basis] == ["khoản 63 Điều 1", "đoạn 2"]


def test_a_basis_of_an_article_of_a_law_holds_below_its_heading():
    text = SUMMARY.replace("## Xã Đại Xuyên", "## Điều 5. Xã mới").replace(
        "Xã Đại Xuyên: khoản", "Điều 5. Xã mới: khoản"
    )
    (_, second) = (passage.citation for passage in cut(parse_article(text, Path("a.md"))))
    assert (second.section, second.basis[0].clause) == ("Điều 5", "khoản 63 Điều 1")


def test_the_passages_of_an_article_are_the_same_whosever_words_it_is():
    bare = re.sub(r"text_kind.*?(?=---\n)", "", SUMMARY, flags=re.DOTALL)
    retold, plain = (cut(parse_article(text, Path("a.md"))) for text in (SUMMARY, bare))
    assert [(one.text, one.context) for one in retold] == [(one.text, one.context) for one in plain]


def test_the_index_keeps_the_basis_once_a_document(both, corpus_of_both):
    stored = (corpus_of_both.parent / "index" / "g000001" / "segment.sqlite").read_bytes()
    assert stored.count("khoản 63 Điều 1".encode()) == 1
    assert both.document("tom-luoc").basis == read_article(corpus_of_both / "tom-luoc.md").basis


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("text_kind: summary", "text_kind: retold", r"text_kind is 'retold'; use one of original, summary"),
        ("text_kind: summary", "text_kind: [a]", r"text_kind is 'a list'; write it as one line"),
        ("text_kind: summary\n", "", r"has a basis, but text_kind is ''; write text_kind: summary, or leave"),
        ("text_kind: summary", "text_kind: original", r"has a basis, but text_kind is 'original'; write"),
        ("source: Báo Thử nghiệm", "from: Báo", r"basis\.1\.source is 'None'; write a list of entries"),
        ("title: Ra mắt xã Đại Xuyên", "title: ''", r"basis\.1\.title is ''; write a list of entries"),
        ("published: 2025-07-02", "published: mai", r"basis\.1\.published is 'mai'; write a date as YYYY-MM-DD"),
        ("Xã Đại Xuyên: đoạn 2", "- đoạn 2", r"basis\.1\.clauses is 'a list'; write each as 'a heading"),
        ("Xã Đại Xuyên: đoạn 2", "Xã Đại Xuyên:", r"basis\.1\.clauses is 'a dict'; write each as 'a heading"),
        (SUMMARY[SUMMARY.index("basis:") : SUMMARY.index("---\nHà")], "basis: có\n", r"basis is 'có'; write a list"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_its_cure(old, new, said):
    with pytest.raises(DocumentReadError, match=said):
        parse_article(SUMMARY.replace(old, new, 1), Path("a.md"))


LINES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "a"
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"title": LINES, "source": LINES},
            optional={
                "number": LINES,
                "published": st.dates(),
                "url": LINES,
                "clause": LINES,
                "clauses": st.dictionaries(LINES, LINES, max_size=3),
            },
        ),
        max_size=3,
    )
)
def test_a_basis_survives_its_way_into_an_article_and_out(entries):
    fields = article_fields({"title": "a", "source": "b", "text_kind": "summary", "basis": entries})
    values, _ = split_article(format_article(fields, "Văn bản."))
    assert article_fields(values) == fields
    assert all(
        set(one) <= {*entry, "title", "source"} for one, entry in zip(values.get("basis", ()), entries, strict=True)
    )


ENTRIES = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "source", "clauses", "x"]), one, max_size=3)
    ),
)


@given(ENTRIES)
def test_whatever_a_basis_is_it_is_taken_whole_or_refused_by_its_name(value):
    try:
        fields = article_fields({"text_kind": "summary", "basis": value})
    except FrontMatterError as error:
        reason, cure = error.reason, error.cure
        assert reason.startswith("basis")
        assert cure
    else:
        assert all(one.title and one.source for one in fields.basis)


def test_the_fields_of_an_article_hold_no_kind_unless_one_is_given():
    assert ArticleFields().text_kind == ""
    assert parse_article(PAGE, Path("a.md")).text_kind == "original"


@pytest.mark.parametrize(
    ("section", "clause", "within"),
    [
        ("Điều 1, khoản 62–64", "khoản 63 Điều 1", True),
        ("Điều 1, khoản 63", "khoản 63 Điều 1", True),
        ("Điều 1", "khoản 63 Điều 1", True),
        ("Điều 1, khoản 62", "khoản 63 Điều 1", False),
        ("Điều 11, khoản 63", "khoản 63 Điều 1", False),
        ("Điều 7, khoản 2", "Điều 7", True),
        ("Điều 7a", "Điều 7", False),
        ("Điều 8, khoản 3", "Điều 7 và khoản 3 Điều 8", True),
        ("Phụ lục", "Điều 7", False),
        (None, "Điều 7", False),
        ("Điều 7", "mục 2", False),
    ],
)
def test_a_place_bears_on_a_clause(section, clause, within):
    assert is_in_clause(section, clause) is within


RESTED_ON = Basis("Nghị quyết", "1656/NQ-UBTVQH15", datetime.date(2025, 6, 16), "UBTVQH", "", "khoản 63 Điều 1")
ITS_ORIGINAL = citation(
    document_id="b", text_kind="original", number="1656/NQ-UBTVQH15", kind="resolution", section="Điều 1, khoản 62–64"
)


def candidate(text: str, share: float, place: Citation, short: str | None = None) -> Candidate:
    return Candidate(text, place, share, share, share, short, 0.9 if short else 0.0)


def drafted(*candidates: Candidate) -> tuple[list[str], list[str]]:
    """Return what is quoted, in order, and the paragraphs as they are shown."""
    draft = best_quotes(candidates)
    quotes = {quote.marker: quote for quote in draft.quotes}
    return [quote.text for quote in draft.quotes], [plain(block.parts, quotes) for block in draft.blocks]


SUMMED_UP = candidate("Xã Đại Xuyên gồm 7 xã cũ.", 0.93, citation(basis=(RESTED_ON,)), "7 xã")
ENACTED = candidate("63. Sắp xếp các xã Bạch Hạ thành xã Đại Xuyên.", 0.04, ITS_ORIGINAL)


def test_the_original_is_quoted_first_and_the_summary_follows_as_its_plain_companion():
    quoted, shown = drafted(SUMMED_UP, ENACTED)
    assert quoted == [ENACTED.text, SUMMED_UP.text]
    assert shown == [
        "7 xã",
        f"Dạ, nguyên văn, Nghị quyết 1656/NQ-UBTVQH15, Điều 1, khoản 62–64: {ENACTED.text} [1]",
        "Nói gọn lại, theo bài tóm lược của kho, căn cứ khoản 63 Điều 1 Nghị quyết 1656/NQ-UBTVQH15 (16/06/2025): "
        f"{SUMMED_UP.text} [2]",
    ]
    assert best_quotes([SUMMED_UP, ENACTED]).blocks[0] == Headline("7 xã", 2)


def test_a_summary_is_told_with_the_original_that_answers_best():
    best, other = (dataclasses.replace(one, share=share) for one, share in ((ENACTED, 0.9), (SUMMED_UP, 0.08)))
    assert drafted(best, other)[0] == [ENACTED.text, SUMMED_UP.text]


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({"section": "Điều 1, khoản 9"}, 0.04),
        ({"number": "1657/NQ-UBTVQH15"}, 0.04),
        ({"text_kind": "summary"}, 0.04),
        ({}, 0.001),
    ],
)
def test_an_original_of_another_clause_or_document_or_that_does_not_answer_is_not_put_first(changes, share):
    place = dataclasses.replace(ITS_ORIGINAL, **changes)
    assert drafted(SUMMED_UP, dataclasses.replace(ENACTED, citation=place, share=share))[0] == [SUMMED_UP.text]


def test_sentences_of_two_clauses_of_one_document_stand_each_under_its_own():
    other = candidate("127. Hà Nội có 126 xã, phường.", 0.3, dataclasses.replace(ITS_ORIGINAL, section="Điều 2"))
    _, shown = drafted(dataclasses.replace(ENACTED, share=0.6), other)
    assert [one.partition(":")[0].rpartition("15, ")[2] for one in shown] == ["Điều 1, khoản 62–64", "Điều 2"]


def test_figures_that_differ_between_a_summary_and_its_original_are_told_with_each_mark():
    enacted = candidate("63. Có 8 xã.", 0.6, ITS_ORIGINAL, "8 xã")
    draft = best_quotes([dataclasses.replace(SUMMED_UP, share=0.7), enacted])
    (note,) = draft.notes
    said = plain(note.parts, {quote.marker: quote for quote in draft.quotes})
    assert re.search(r"7 xã · theo bài tóm lược .*\[2\]; 8 xã · nguyên văn, .*\[1\]\.", said)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_both_badges_can_be_read_in_both_themes():
    style = (Path(qa.__file__).parent / "web" / "static" / "base.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(themes) == 2
    for theme in themes:
        for badge in ("accent", "retold"):
            for ground in ("card", "paper"):
                low, high = sorted((luminance(theme[badge]), luminance(theme[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (badge, ground)  # WCAG 2.2, 1.4.3, level AA


def test_a_basis_is_of_the_kind_that_its_title_names_before_the_number():
    title = "TOÀN VĂN: Nghị quyết 176/2025/QH15 về cơ cấu tổ chức của Chính phủ"
    basis = Basis(title, "176/2025/QH15", None, "Quốc hội", "", "Điều 1")
    assert basis.name == "Điều 1 Nghị quyết 176/2025/QH15"
