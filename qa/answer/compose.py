"""The words around the quotes: templates that state only metadata, and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa.values import Citation, Hit, Quote


def compose(quotes: Sequence[Quote], short: str | None) -> str:
    """Return the answer's text: the short answer in bold, then each source with its sentences and their marks."""
    paragraphs = [f"**{short}**"] if short else []
    for place, (_, group) in enumerate(groupby(quotes, key=lambda quote: quote.citation.document_id)):
        same = list(group)
        opening = "Dạ, theo" if place == 0 else "Theo"
        sentences = " ".join(f"{quote.text} [{quote.marker}]" for quote in same)
        paragraphs.append(f"{opening} {attribution(same[0].citation)}: {sentences}")
    return "\n\n".join(paragraphs)


def attribution(citation: Citation) -> str:
    """Name a source by its publisher and date."""
    return citation.source + (f" ({citation.published:%d/%m/%Y})" if citation.published else "")


def refuse(question: str, hits: Sequence[Hit]) -> str:
    """Return a refusal that says what was looked for and names the nearest sources."""
    near = list(dict.fromkeys(hit.passage.citation.title for hit in hits))[:3]
    related = f" Có thể liên quan: {'; '.join(f'“{title}”' for title in near)}." if near else ""
    return (
        f"Dạ, các tài liệu hiện có chưa đủ căn cứ để trả lời câu hỏi “{question}”.{related} "
        "Ông/bà có thể hỏi cụ thể hơn, chẳng hạn nêu rõ tên địa phương, cơ quan hoặc số hiệu văn bản."
    )
