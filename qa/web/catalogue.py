"""The corpus page: what the index holds, by subject and date, with search and a chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa.corpus import article_paths
from qa.errors import CorpusError
from qa.evaluate import Quality
from qa.index import Index
from qa.text import fold, normalise
from qa.values import KINDS, Document
from qa.web.chart import chart_html
from qa.web.html_text import KIND_NAMES, day_text, document_address, escape, kind_name
from qa.web.quality_section import quality_html

MOST_SHOWN = 300
LONGEST_WANTED = 200
OTHER = "Chủ đề khác"
SUBJECTS = {
    "bo-may-trung-uong": "Bộ máy trung ương",
    "chinh-quyen-dia-phuong": "Chính quyền địa phương",
    "chinh-sach-can-bo": "Chính sách cán bộ",
    "don-vi-hanh-chinh": "Đơn vị hành chính",
    "ha-noi-long-bien": "Hà Nội – Long Biên",
    "hien-phap-luat": "Hiến pháp và luật",
    "phan-cap-phan-quyen": "Phân cấp, phân quyền",
    "su-kien": "Sự kiện",
    "them-vao": "Mới thêm vào",
    "thu-tuc-hanh-chinh": "Thủ tục hành chính",
    "tinh-thanh": "Tỉnh, thành phố",
    "tu-phap-thanh-tra": "Tư pháp, thanh tra",
}
"""The folders of the shipped corpus as a reader knows them; another folder is shown by its own name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor of the corpus page looks for; empty fields look for anything."""

    words: str = ""
    subject: str = ""
    kind: str = ""

    def fits(self, document: Document, subject: str) -> bool:
        """Tell whether a document is of the subject and kind and bears all the words, accents aside."""
        if (self.subject and subject != self.subject) or (self.kind and document.kind != self.kind):
            return False
        bears = fold(" ".join((document.title, document.number or "", document.source)))
        return all(word in bears for word in fold(normalise(self.words)).split())


def catalogue_html(index: Index, corpus: Path, wanted: Wanted, quality: Quality | None = None) -> str:
    """Return the body of the corpus page; ``quality`` is what the last ``qa eval`` measured, if there was one."""
    subjects = subjects_of(corpus, index.manifest.generation)
    named = {document.id: subjects.get(document.id, OTHER) for document in index.documents.values()}
    fitting = [document for document in index.documents.values() if wanted.fits(document, named[document.id])]
    return (
        f"<h1>Kho tài liệu</h1>{facts_html(index)}{quality_html(quality)}{chart_html(fitting)}"
        f"{form_html(wanted, sorted(set(named.values())))}{list_html(fitting, named)}"
    )


@lru_cache(maxsize=2)
def subjects_of(corpus: Path, generation: str) -> dict[str, str]:  # noqa: ARG001 - read again for each generation
    """Map each article's id to its subject, the name of its folder; empty where there is no corpus folder."""
    try:
        paths = article_paths(corpus)
    except CorpusError:
        return {}
    folders = {normalise(path.stem): path.relative_to(corpus).parts[0] for path in paths if path.parent != corpus}
    return {name: SUBJECTS.get(folder, folder.replace("-", " ")) for name, folder in folders.items()}


def facts_html(index: Index) -> str:
    """Return what the index is: size, time of building, generation, encoder."""
    manifest = index.manifest
    facts = [
        ("Bài viết", f"{manifest.documents}"),
        ("Đoạn tra cứu", f"{manifest.passages}"),
        ("Lập chỉ mục", f"{manifest.built.astimezone():%H:%M %d/%m/%Y}"),
        ("Thế hệ", manifest.generation),
        ("Bộ mã hóa", manifest.encoder),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{rows}</dl>'


def form_html(wanted: Wanted, subjects: Sequence[str]) -> str:
    """Return the search form, filled in as it was sent."""
    return (
        '<form class="search" action="/tai-lieu" method="get" role="search">'
        f'<label>Tìm trong tên, số hiệu, nơi đăng <input type="search" name="q" value="{escape(wanted.words)}" '
        f'maxlength="{LONGEST_WANTED}"></label>'
        f'<label>Chủ đề <select name="chu-de">{options(wanted.subject, [(one, one) for one in subjects])}</select>'
        f'</label><label>Loại <select name="loai">{options(wanted.kind, [(k, KIND_NAMES[k]) for k in KINDS])}</select>'
        '</label><button type="submit">Tìm</button></form>'
    )


def options(chosen: str, named: Sequence[tuple[str, str]]) -> str:
    return '<option value="">Tất cả</option>' + "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(name)}</option>'
        for value, name in named
    )


def list_html(documents: Sequence[Document], named: dict[str, str]) -> str:
    """Return the articles under their subjects, newest first."""
    if not documents:
        return '<p class="count" role="status">Không có bài nào phù hợp.</p>'
    newest = sorted(documents, key=lambda document: (str(document.published or ""), document.id), reverse=True)
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in newest[:MOST_SHOWN]:
        groups[named[document.id]].append(document)
    left_out = len(documents) - MOST_SHOWN
    more = f"; hiện {MOST_SHOWN} bài mới nhất, xin tìm hẹp hơn để thấy các bài khác" if left_out > 0 else ""
    sections = "".join(
        f'<section><h2>{escape(subject)} <span class="size">{len(groups[subject])}</span></h2>'
        f'<ul class="articles">{"".join(map(row_html, groups[subject]))}</ul></section>'
        for subject in sorted(groups, key=lambda subject: (subject == OTHER, fold(subject)))
    )
    return f'<p class="count" role="status">{len(documents)} bài{more}</p>{sections}'


def row_html(document: Document) -> str:
    about = [kind_name(document.kind), document.number, document.source]
    return (
        f'<li><time>{day_text(document.published)}</time><div><a href="{document_address(document.id)}">'
        f'{escape(document.title)}</a><span class="about">{escape(" · ".join(part for part in about if part))}</span>'
        "</div></li>"
    )
