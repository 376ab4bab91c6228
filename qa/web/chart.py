"""Documents by month and kind, drawn as stacked bars in SVG and told as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qa.values import KINDS, Document
from qa.web.html_text import kind_name

MONTHS = 18
KINDS_DRAWN = 5
BAR, STEP, HEIGHT, LEFT, TOP, BOTTOM = 26, 40, 150, 36, 10, 42
OTHER = "Loại khác"


def chart_html(documents: Sequence[Document]) -> str:
    """Return the chart of dated documents over the last months that have any, older months as one bar."""
    counts = by_month(documents)
    if not counts:
        return ""
    kinds = legend(counts)
    listed = "".join(f'<li><span class="swatch k{place}"></span>{kind}</li>' for place, kind in enumerate(kinds))
    return (
        '<figure class="chart"><figcaption>Số bài theo tháng và loại</figcaption>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Biểu đồ">{svg(counts, kinds)}</div>'
        f'<ul class="legend">{listed}</ul><details><summary>Xem dạng bảng</summary>{table(counts, kinds)}</details>'
        "</figure>"
    )


def by_month(documents: Sequence[Document]) -> dict[str, Counter[str]]:
    """Count documents by month ("06/2025") and kind; all before the last months go under "Trước"."""
    dated = sorted((one for one in documents if one.published), key=lambda one: str(one.published))
    months = list(dict.fromkeys(f"{one.published:%m/%Y}" for one in dated))
    kept = months[-MONTHS:]
    counts: dict[str, Counter[str]] = {"Trước": Counter()} if len(months) > MONTHS else {}
    for document in dated:
        month = f"{document.published:%m/%Y}"
        counts.setdefault(month if month in kept else "Trước", Counter())[kind_name(document.kind)] += 1
    return counts


def legend(counts: dict[str, Counter[str]]) -> list[str]:
    """Return the commonest kinds in their own order, and "other" where there are more."""
    total: Counter[str] = sum(counts.values(), Counter())
    common = {kind for kind, _ in total.most_common(KINDS_DRAWN)}
    kinds = [name for name in map(kind_name, KINDS) if name in common]
    return kinds + ([OTHER] if len(total) > len(kinds) else [])


def amounts(counted: Counter[str], kinds: Sequence[str]) -> list[int]:
    """Return how many of each kind of the legend, the rest under the last."""
    named = [counted[kind] for kind in kinds if kind != OTHER]
    return named + ([sum(counted.values()) - sum(named)] if OTHER in kinds else [])


def svg(counts: dict[str, Counter[str]], kinds: Sequence[str]) -> str:
    highest = max(sum(counted.values()) for counted in counts.values())
    width, height = LEFT + STEP * len(counts) + 10, TOP + HEIGHT + BOTTOM
    bars = "".join(
        column(LEFT + STEP * place, month, amounts(counted, kinds), HEIGHT / highest)
        for place, (month, counted) in enumerate(counts.items())
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Số bài theo tháng, nhiều nhất {highest} bài một tháng"><line class="axis" x1="{LEFT - 6}" '
        f'y1="{TOP + HEIGHT}" x2="{width}" y2="{TOP + HEIGHT}"/>{bars}</svg>'
    )


def column(x: int, month: str, sizes: Sequence[int], scale: float) -> str:
    """Return one month's bar, its number above and its name below."""
    y, parts = float(TOP + HEIGHT), []
    for place, size in enumerate(sizes):
        if size:
            y -= size * scale
            parts.append(f'<rect class="k{place}" x="{x}" y="{y:.1f}" width="{BAR}" height="{size * scale:.1f}"/>')
    middle = x + BAR // 2
    below = "".join(
        f'<text x="{middle}" y="{TOP + HEIGHT + 16 + 14 * line}" text-anchor="middle">{part}</text>'
        for line, part in enumerate(month.split("/"))
    )
    return f'{"".join(parts)}<text x="{middle}" y="{max(y - 3, 9):.1f}" text-anchor="middle">{sum(sizes)}</text>{below}'


def table(counts: dict[str, Counter[str]], kinds: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{kind}</th>' for kind in ("Tháng", *kinds))
    rows = "".join(
        f'<tr><th scope="row">{month}</th>{"".join(f"<td>{size}</td>" for size in amounts(counted, kinds))}</tr>'
        for month, counted in counts.items()
    )
    return f'<div class="table" tabindex="0" role="region" aria-label="Bảng"><table><tr>{head}</tr>{rows}</table></div>'
