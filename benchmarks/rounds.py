"""Articles that tell which generation answered: rewritten for every rebuild, each sentence with the round's number.

Four articles change all their sentences in every round, and one more is added. So whatever is quoted of them fits the
texts of exactly one round, and citations that fit no single round together were mixed from two generations.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.corpus.articles import load_corpus
from qa.ingest import take_in

SECONDS_TO_PICK_UP = 2.0
"""Within which a reader must answer from a new generation."""

CENTRES = {
    "Alpha": ("tiếp nhận {} hồ sơ đất đai", "trả kết quả đúng hẹn cho {} người dân", "mở {} quầy tiếp dân"),
    "Bravo": ("tiếp nhận {} hồ sơ hộ tịch", "tập huấn {} công chức tư pháp", "số hóa {} sổ đăng ký cũ"),
    "Gamma": ("tiếp nhận {} hồ sơ kinh doanh", "hỗ trợ {} doanh nghiệp nhỏ", "rút ngắn {} thủ tục cấp phép"),
    "Delta": ("tiếp nhận {} hồ sơ xây dựng", "kiểm tra {} công trình nhà ở", "thu hồi {} giấy phép quá hạn"),
}
QUESTIONS = (
    *(f"Trung tâm {name} tiếp nhận bao nhiêu hồ sơ?" for name in CENTRES),
    "Trung tâm Alpha và trung tâm Bravo tiếp nhận bao nhiêu hồ sơ?",
    "Các trung tâm Alpha, Bravo, Gamma, Delta tiếp nhận hồ sơ",
    "Điểm hỗ trợ Omega phục vụ bao nhiêu lượt người?",
)
ARTICLE = """---
title: {title}
source: Báo Thử nghiệm
url: https://example.org/{name}
published: 2026-01-02
kind: news
---
{text}
"""


@dataclass(frozen=True, slots=True)
class Round:
    """The texts that one build makes answer, by document id, and since when it may; a monotonic time."""

    number: int
    texts: Mapping[str, str]
    began: float


@dataclass(slots=True)
class Rounds:
    """The corpus while it changes."""

    corpus: Path
    inbox: Path
    rounds: list[Round] = field(default_factory=list)
    live: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self) -> Round:
        """Take the articles of the next round into the corpus and remember all its texts; nothing is built yet."""
        number = len(self.rounds) + 1
        self.inbox.mkdir(parents=True, exist_ok=True)
        for name, text in articles(number).items():
            (self.inbox / f"{name}.md").write_text(text, encoding="utf-8")
        report = take_in([self.inbox], self.corpus)
        if report.refused:
            raise RuntimeError(f"the intake refused {report.refused[0].source}: {report.refused[0].reason}")
        texts = {document.id: document.text for document in load_corpus(self.corpus)}
        made = Round(number, texts, time.monotonic())
        with self._lock:
            self.rounds.append(made)
        return made

    def built(self, made: Round) -> None:
        """Note that a round's generation is live now."""
        self.live[made.number] = time.monotonic()

    def fitting(self, citations: Sequence[Mapping], text: str) -> list[Round]:
        """Return the rounds whose documents hold every citation, character for character; ``text`` names its field."""
        with self._lock:
            rounds = list(self.rounds)
        return [one for one in rounds if all(holds(one.texts, citation, text) for citation in citations)]

    def could_answer(self, one: Round, asked: float, answered: float) -> bool:
        """Tell whether a round may have answered in this span: begun before its end, not yet out of date."""
        successor = self.live.get(one.number + 1)
        return one.began <= answered and (successor is None or asked <= successor + SECONDS_TO_PICK_UP)


def articles(number: int) -> dict[str, str]:
    """Return the articles of a round by file name: four rewritten, one new."""
    written = {}
    for place, (name, sentences) in enumerate(CENTRES.items()):
        figures = (10_000 * (place + 1) + 1_000 * step + number for step in range(len(sentences)))
        told = " ".join(
            f"Trung tâm {name} {sentence.format(figure)} trong đợt {number}."
            for sentence, figure in zip(sentences, figures, strict=True)
        )
        title = f"Trung tâm {name} báo cáo kết quả"
        written[f"trung-tam-{name.lower()}"] = ARTICLE.format(title=title, name=name.lower(), text=told)
    told = f"Điểm hỗ trợ Omega số {number} phục vụ {50_000 + number} lượt người tại khu vực {number}."
    title = f"Điểm hỗ trợ Omega số {number} mở cửa"
    return written | {f"omega-{number}": ARTICLE.format(title=title, name=f"omega-{number}", text=told)}


def holds(texts: Mapping[str, str], citation: Mapping, field_name: str) -> bool:
    document = texts.get(citation["document_id"])
    return document is not None and document[citation["start"] : citation["end"]] == citation[field_name]
