"""An encoder that needs no model (texts that share words are near), and two small articles."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from qa.encoder import Encoded, Spans
from qa.text import syllables

DIMENSION = 256


class WordHashEncoder:
    """Sums a fixed random direction for each folded syllable; deterministic, in microseconds."""

    name = "word-hash"
    revision = "1"
    path = "words"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        return np.stack([self.vector(query) for query in queries])

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        self.embedded += passages
        if progress:
            progress(len(passages))
        vectors = np.array([self.vector(passage) for passage in passages], np.float32).reshape(-1, DIMENSION)
        sentences = [
            np.array([self.vector(passage[start:end]) for start, end in some], np.float32).reshape(-1, DIMENSION)
            for passage, some in zip(passages, spans, strict=True)
        ]
        return Encoded(vectors, sentences)

    def vector(self, text: str) -> np.ndarray:
        total = np.full(DIMENSION, 1e-6, np.float32)
        for word in syllables(text):
            total += direction(word)
        return total / np.linalg.norm(total)


@functools.cache
def direction(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)


LONG_BIEN = """---
title: Quận Long Biên tinh gọn bộ máy
source: Báo Thử nghiệm
url: https://example.org/long-bien
published: 2022-01-03
kind: news
---
Sau sắp xếp, quận Long Biên giảm 406 người hoạt động không chuyên trách. Quận cũng giảm 80 chi bộ tổ dân phố.

## Thủ tục hành chính

Quận rút ngắn thời gian của 33,2% thủ tục hành chính. Công chức tư pháp ký chứng thực theo Nghị định 32/2021/NĐ-CP.
"""

COURTS = """---
title: Tòa án khu vực thay tòa án cấp huyện
source: Quốc hội
url: https://example.org/toa-an
published: 2025-06-24
kind: law
number: 81/2025/QH15
effective_from: 2025-07-01
---
Từ ngày 01/7/2025, tòa án nhân dân khu vực thay cho tòa án nhân dân cấp huyện. Cả nước còn 34 tòa án cấp tỉnh.
"""
