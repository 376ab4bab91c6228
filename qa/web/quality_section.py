"""The figures of quality on the corpus page: what the last ``qa eval`` measured, in words a reader knows."""

from __future__ import annotations

from qa.evaluate import Quality
from qa.web.html_text import escape

MEASURES = {
    "hit@1": "Bài đúng đứng đầu",
    "recall@10": "Bài đúng trong 10 bài đầu",
    "ndcg@10": "nDCG@10",
}
WAYS = {"": "Đủ dấu", "half_accents/": "Thiếu nửa số dấu", "no_accents/": "Không dấu", "slips/": "Gõ nhầm"}
READING = {
    "sentence@1": "Câu trích đầu tiên chứa lời đáp",
    "answer_f1": "Lời đáp ngắn trùng với lời đáp mẫu (F1)",
    "abstain_auroc": "Phân biệt câu hỏi không có trong tài liệu (AUROC)",
}


def quality_html(quality: Quality | None) -> str:
    """Return the section of figures with data set, date and encoder; nothing where nothing was measured."""
    if quality is None:
        return ""
    return (
        '<section class="quality"><h2>Chất lượng đo được</h2>'
        f"<p>Bộ câu hỏi {escape(quality.dataset)}, đo ngày {quality.measured.astimezone():%d/%m/%Y}, "
        f"bộ mã hóa {escape(quality.encoder)}.</p>{table(quality)}{reading(quality)}</section>"
    )


def table(quality: Quality) -> str:
    """Return how well articles are found, a row for each way of typing."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Cách gõ", *MEASURES.values()))
    rows = "".join(row(quality, way) for way in WAYS if f"{way}ndcg@10" in quality.figures)
    if not rows:
        return ""
    return f'<div class="table" tabindex="0" role="region" aria-label="Bảng"><table><tr>{head}</tr>{rows}</table></div>'


def row(quality: Quality, way: str) -> str:
    cells = "".join(f"<td>{percent(quality.figures.get(f'{way}{measure}'))}</td>" for measure in MEASURES)
    return f'<tr><th scope="row">{WAYS[way]}</th>{cells}</tr>'


def reading(quality: Quality) -> str:
    """Return how well answers are read out, where the data set says what they are."""
    known = [(name, quality.figures[measure]) for measure, name in READING.items() if measure in quality.figures]
    rows = "".join(f"<div><dt>{name}</dt><dd>{percent(value)}</dd></div>" for name, value in known)
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def percent(value: float | None) -> str:
    """Return a share as Vietnamese readers write it: 0.967 is "96,7 %"."""
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")
