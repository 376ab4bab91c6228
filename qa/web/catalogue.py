"""The corpus page: what the index holds by subject and date, its quality, with search and a chart."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from qa.corpus import article_paths
from qa.errors import CorpusError
from qa.evaluate import Quality
from qa.index import SearchIndex
from qa.text import fold, normalise
from qa.values import KINDS, Document
from qa.web.messages_vi import WORDS
from qa.web.templates import KIND_NAMES, kind_name, render

MOST_SHOWN = 300
LONGEST_WANTED = 200
MONTHS = 18
KINDS_DRAWN = 5
BEFORE = "Trước"
OTHER = "Chủ đề khác"
OTHER_KIND = "Loại khác"
SUBJECTS: dict[str, str] = WORDS["subjects"]
MEASURES = {"hit@1": "Bài đúng đứng đầu", "recall@10": "Bài đúng trong 10 bài đầu", "ndcg@10": "nDCG@10"}
TYPING = {"": "Đủ dấu", "half_accents/": "Thiếu nửa số dấu", "no_accents/": "Không dấu", "slips/": "Gõ nhầm"}
ANSWER_MEASURES = {
    "sentence@1": "Câu trích đầu tiên chứa lời đáp",
    "answer_f1": "Lời đáp ngắn trùng với lời đáp mẫu (F1)",
    "abstain_auroc": "Phân biệt câu hỏi không có trong tài liệu (AUROC)",
}


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


@dataclass(frozen=True, slots=True)
class Month:
    """A bar of the chart; ``parts`` are (place of the kind in the legend, documents), the topmost first."""

    name: str
    total: int
    parts: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Documents by month and kind, as bars and as a table; no months where no document is dated."""

    kinds: list[str]
    highest: int
    months: list[Month]
    rows: list[tuple[str | int, ...]]


def catalogue_html(index: SearchIndex, corpus: Path, wanted: Wanted, quality: Quality | None = None) -> Markup:
    """Return the body of the corpus page; ``quality`` is what the last ``qa eval`` measured, if there was one."""
    subjects = subjects_of(corpus, index.manifest.generation)
    named = {document.id: subjects.get(document.id, OTHER) for document in index.records}
    fitting = [document for document in index.records if wanted.fits(document, named[document.id])]
    figures = quality.figures if quality else {}
    return render(
        "catalogue",
        manifest=index.manifest,
        quality=quality,
        search_heads=("Cách gõ", *MEASURES.values()),
        search_rows=search_rows(figures),
        answer_rows=[
            (name, percent(figures[measure])) for measure, name in ANSWER_MEASURES.items() if measure in figures
        ],
        chart=chart_of(fitting),
        wanted=wanted,
        subjects=[(name, name) for name in sorted(set(named.values()))],
        kinds=[(kind, KIND_NAMES[kind]) for kind in KINDS],
        groups=by_subject(fitting, named),
        found=len(fitting),
        most_shown=MOST_SHOWN,
        longest_wanted=LONGEST_WANTED,
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


def by_subject(documents: Sequence[Document], named: dict[str, str]) -> list[tuple[str, list[Document]]]:
    """Return the newest articles under their subjects, newest first; the subject of the others comes last."""
    newest = sorted(documents, key=lambda document: (str(document.published or ""), document.id), reverse=True)
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in newest[:MOST_SHOWN]:
        groups[named[document.id]].append(document)
    return sorted(groups.items(), key=lambda group: (group[0] == OTHER, fold(group[0])))


def search_rows(figures: Mapping[str, float]) -> list[tuple[str, ...]]:
    """Return how articles are found: a row for each way of typing that was measured."""
    return [
        (name, *(percent(figures.get(f"{way}{measure}")) for measure in MEASURES))
        for way, name in TYPING.items()
        if f"{way}ndcg@10" in figures
    ]


def percent(value: float | None) -> str:
    """Return a share as Vietnamese readers write it: 0.967 is "96,7 %"."""
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")


def chart_of(documents: Sequence[Document]) -> Chart:
    """Return the dated documents over the last months that have any, older months as one bar."""
    counts = by_month(documents)
    kinds = legend(counts)
    sizes = {month: amounts(counted, kinds) for month, counted in counts.items()}
    months = [
        Month(month, sum(some), [(place, size) for place, size in enumerate(some) if size][::-1])
        for month, some in sizes.items()
    ]
    highest = max((month.total for month in months), default=0)
    return Chart(kinds, highest, months, [(month, *some) for month, some in sizes.items()])


def by_month(documents: Sequence[Document]) -> dict[str, Counter[str]]:
    """Count documents by month ("06/2025") and kind; all before the last months go under "Trước"."""
    dated = sorted((one for one in documents if one.published), key=lambda one: str(one.published))
    months = list(dict.fromkeys(f"{one.published:%m/%Y}" for one in dated))
    kept = months[-MONTHS:]
    counts: dict[str, Counter[str]] = {BEFORE: Counter()} if len(months) > MONTHS else {}
    for document in dated:
        month = f"{document.published:%m/%Y}"
        counts.setdefault(month if month in kept else BEFORE, Counter())[kind_name(document.kind)] += 1
    return counts


def legend(counts: dict[str, Counter[str]]) -> list[str]:
    """Return the commonest kinds in their own order, and "other" where there are more."""
    total: Counter[str] = sum(counts.values(), Counter())
    common = {kind for kind, _ in total.most_common(KINDS_DRAWN)}
    kinds = [name for name in map(kind_name, KINDS) if name in common]
    return kinds + ([OTHER_KIND] if len(total) > len(kinds) else [])


def amounts(counted: Counter[str], kinds: Sequence[str]) -> list[int]:
    """Return how many of each kind of the legend, the rest under the last."""
    named = [counted[kind] for kind in kinds if kind != OTHER_KIND]
    return named + ([sum(counted.values()) - sum(named)] if OTHER_KIND in kinds else [])
