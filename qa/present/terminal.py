"""Answers, hits and reports as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

from qa.blocks import Answer, Headline, Response, plain
from qa.feedback import Feedback
from qa.values import Citation, Hit

if TYPE_CHECKING:
    from qa.ingest import IntakeReport

TROUBLES = {
    "late": "Mô hình chưa diễn đạt xong trong thời gian cho phép; các câu trích ở trên là câu trả lời.",
    "busy": "Mô hình diễn đạt đang bận; các câu trích ở trên là câu trả lời.",
    "unborne": "Lời diễn đạt của mô hình không khớp với nguồn nên không hiện; các câu trích ở trên là câu trả lời.",
    "nothing": "Mô hình không diễn đạt thêm được gì; các câu trích ở trên là câu trả lời.",
    "broken": "Không dùng được mô hình diễn đạt; các câu trích ở trên là câu trả lời.",
}
"""Why no text was composed, as a visitor is told."""

OBEYED_KINDS = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""What a terminal would obey: controls, formats, halves of pairs, line and paragraph separators."""


def feedback_lines(feedbacks: Iterable[Feedback], counts: tuple[int, int]) -> Iterable[str]:
    """Yield how many were helpful, then each feedback in a line, with its answer and reason below."""
    yield f"{counts[0]} helpful, {counts[1]} not helpful"
    for feedback in feedbacks:
        thumb = "helpful" if feedback.helpful else "not helpful"
        yield f"{feedback.at:%Y-%m-%d %H:%M} UTC  {thumb}  {one_line(feedback.question)}"
        yield f"    answer: {one_line(feedback.answer)}"
        if feedback.reason:
            yield f"    reason: {one_line(feedback.reason)}"
        if feedback.sources:
            yield f"    sources: {one_line(', '.join(feedback.sources))} ({one_line(feedback.generation)})"


def is_reworded(answer: Response) -> bool:
    """Tell whether the question was searched in other words than typed, white space aside."""
    return answer.understood != " ".join(answer.question.split())


def answer_lines(answer: Answer) -> Iterable[str]:
    """Yield the lines of an answer for a terminal."""
    if is_reworded(answer):
        yield f"Hiểu là: {printable(answer.understood)}"
    yield printable(plain_text(answer))
    yield from (f"Lưu ý: {printable(note)}" for note in answer.note_texts)
    for quote in answer.citations:
        yield f"  [{quote.marker}] {printable(describe(quote.citation))}"
    yield from map(printable, composed_lines(answer))


def composed_lines(response: Response) -> list[str]:
    """Return what a model made of an answer, whose words it is above; or why there is nothing; or nothing."""
    composed = getattr(response, "composed", None)
    if composed is None:
        return []
    if not composed.sentences:
        return [TROUBLES.get(composed.trouble, TROUBLES["broken"])]
    return [f"{composed.by}:", " ".join(sentence.marked for sentence in composed.sentences)]


def plain_text(answer: Response) -> str:
    """Return an answer's text without markup: its short answer in a line of its own, a comparison as a list."""
    breaks = ("" if isinstance(block, Headline) else "\n" for block in answer.blocks)
    texts = (plain(block.parts, answer.quotes) for block in answer.blocks)
    return "\n".join(map("".join, zip(texts, breaks, strict=True))).removesuffix("\n")


def hit_lines(hits: Iterable[Hit]) -> Iterable[str]:
    """Yield the lines of ranked passages for a terminal."""
    for rank, hit in enumerate(hits, start=1):
        yield f"{rank}. {hit.score:.3f}  {printable(describe(hit.passage.citation))}"
        yield from (f"     {printable(line)}" for line in hit.passage.text.splitlines() if line.strip())


def intake_lines(report: IntakeReport) -> Iterable[str]:
    """Yield what became of each source that was not simply taken, then a table of how many."""
    from qa.ingest import Outcome  # the readers of formats are imported only by those who need them

    for intake in report.intakes:
        if intake.outcome in ("refused", "duplicate"):
            yield "\t".join(map(one_line, (intake.outcome, intake.source, intake.reason)))
    yield from (f"{report.count(outcome):6} {outcome}" for outcome in get_args(Outcome))
    yield "run `qa build` to make them answer" if len(report.refused) < len(report.intakes) else "nothing went in"


def describe(citation: Citation) -> str:
    """Name a source in one line: title, whose words, address."""
    return " · ".join(filter(None, (citation.title, citation.description, citation.url)))


def printable(text: str) -> str:
    """Replace what a terminal would obey rather than show."""
    return "".join("\ufffd" if unicodedata.category(c) in OBEYED_KINDS and c not in "\n\t" else c for c in text)


def one_line(text: str) -> str:
    """Return the text for one line of a terminal: text from outside cannot begin a line of its own."""
    return printable(" ".join(text.split()))
