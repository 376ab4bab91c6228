"""The way from a question to an answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from qa.answer.comparison import compose_rows, pair_for, telling, uncovered
from qa.answer.comparison_parser import Comparison, Side, comparison_in
from qa.answer.compose import compose, refuse
from qa.answer.false_premise import Change, change_behind, changes_told, correcting
from qa.answer.multiple_questions import merge, split_questions
from qa.answer.notes import differing_figures, notes_on
from qa.answer.small_talk import reply_to
from qa.answer.timeline import asks_for_course, compose_course, moments
from qa.answer.verification import unsupported_numbers, withhold
from qa.follow_ups import complete
from qa.index import Index
from qa.reading import THRESHOLD, Candidate, SentenceScorer
from qa.retrieval import Filters, Retriever, SearchResult, check_question, permits
from qa.telemetry import stage
from qa.text import syllables
from qa.values import Answer, Hit, Quote, Row, Turn

HITS = 8
MOST_SENTENCES = 3
NEXT_SENTENCE = 0.85
AS_GOOD = 0.95
EMPTY = "Dạ, mời ông/bà nhập câu hỏi bằng tiếng Việt về cải cách hành chính."


class Answerer:
    """Answers questions from one generation of the index."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.index: Index = retriever.index
        self.changes = changes_told(self.index.documents.values(), self.index.passages_of)

    def ask(self, question: str, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Return quoted sentences that answer the question, or a refusal (``declined``).

        Several questions in one message are answered one after the other. Raises ValueError for a message longer
        than 2,000 characters.
        """
        parts = split_questions(check_question(question))
        if len(parts) == 1:
            return self.ask_one(question, filters, history)
        answers: list[Answer] = []
        for part in parts:
            turns = [*history, *(Turn(answer.understood, answer.text) for answer in answers)]
            answers.append(self.ask_one(part, filters, turns))
        return merge(question, answers)

    def ask_one(self, question: str, filters: Filters | None, history: Sequence[Turn]) -> Answer:
        """Answer a single question."""
        understood = complete(self.retriever.understand(question), history)
        if not syllables(understood):
            return Answer(question, understood, EMPTY, (), 0.0)
        reply = reply_to(question, self.index)
        if reply:
            return Answer(question, understood, reply, (), 0.0)
        found = self.retriever.find(understood, HITS, filters)
        candidates = self.candidates(found)
        day = (filters and filters.as_of) or datetime.datetime.now(datetime.UTC).date()
        fitting = self.correct(question, found, candidates, filters, day) or self.compare(
            question, found, candidates, filters, day
        )
        if fitting:
            return fitting
        confidence = confidence_of(candidates)
        if confidence < THRESHOLD:
            return declined(question, understood, found.hits, confidence)
        return self.answer(question, found, candidates, day)

    def best_sentence(self, question: str) -> Candidate | None:
        """Return the sentence that would be quoted first, be its confidence as it may; None where none is found."""
        return next(iter(self.candidates(self.retriever.find(question, HITS))), None)

    @stage("quote")
    def candidates(self, found: SearchResult) -> list[Candidate]:
        """Return every sentence of the hits, best first."""
        weighed = SentenceScorer(self.index, found).candidates()
        return sorted(weighed, key=lambda one: (-one.score, one.citation.document_id, one.citation.start))

    def answer(self, question: str, found: SearchResult, candidates: Sequence[Candidate], day: datetime.date) -> Answer:
        """Return the best sentences as an answer; what fails the last check is withheld."""
        course = moments(candidates, found.query) if asks_for_course(found.query) else []
        if course:
            return self.course(question, found, course, day)
        rival = differing(candidates)
        chosen = choose([candidates[0], rival, *candidates[1:]] if rival else candidates)
        best, confidence = chosen[0], candidates[0].evidence.confidence
        quotes = withhold(quotes_of(chosen), self.index.documents)
        short = best.short if quotes and best.short and best.short in quotes[0].text else None
        if not quotes or unsupported_numbers(compose(quotes, short), quotes):
            return declined(question, found.query, found.hits, confidence)
        notes = notes_on(quotes, self.index, day)
        if rival and best.short and rival.short and len(quotes) > 1:
            notes = (differing_figures(quotes[:2], [best.short, rival.short]), *notes)
        return Answer(question, found.query, compose(quotes, short), quotes, confidence, notes, short)

    def course(
        self, question: str, found: SearchResult, moments_found: Sequence[Candidate], day: datetime.date
    ) -> Answer:
        """Return a dated list of quoted sentences as an answer."""
        confidence = max(one.evidence.confidence for one in moments_found)
        quotes = withhold(quotes_of(moments_found), self.index.documents)
        if not quotes or unsupported_numbers(compose_course(quotes), quotes):
            return declined(question, found.query, found.hits, confidence)
        return Answer(
            question, found.query, compose_course(quotes), quotes, confidence, notes_on(quotes, self.index, day)
        )

    def correct(
        self,
        question: str,
        found: SearchResult,
        candidates: Sequence[Candidate],
        filters: Filters | None,
        day: datetime.date,
    ) -> Answer | None:
        """Return what has changed, then what answers and is no older; None to a question that overlooks no change."""
        told = [change for change in self.changes if self.may_answer(change, filters)]
        change = change_behind(found.query, told, day)
        if change is None:
            return None
        first = list(correcting(change))
        confidence = confidence_of(candidates)
        also = [one for one in choose(candidates) if is_new(one, change, first)] if confidence >= THRESHOLD else []
        quotes = withhold([*first, *quotes_of(also, len(first) + 1)][:MOST_SENTENCES], self.index.documents)
        if not quotes or unsupported_numbers(compose(quotes, None), quotes):
            return None
        notes = notes_on(quotes, self.index, day)
        return Answer(question, found.query, compose(quotes, None), quotes, max(confidence, THRESHOLD), notes)

    def may_answer(self, change: Change, filters: Filters | None) -> bool:
        return permits(filters or Filters(), self.index.documents[change.passage.citation.document_id])

    def compare(
        self,
        question: str,
        found: SearchResult,
        candidates: Sequence[Candidate],
        filters: Filters | None,
        day: datetime.date,
    ) -> Answer | None:
        """Return the sentence that tells a comparison, else a line a side; None where nothing is compared or found."""
        comparison = comparison_in(found.query)
        if comparison is None:
            return None
        least = 0.0 if comparison.figures else NEXT_SENTENCE * candidates[0].score if candidates else 0.0
        near = [one for one in candidates if one.score >= least and one.evidence.confidence >= THRESHOLD]
        told = telling(comparison, near, self.index)
        if told:
            return self.answer(question, found, [told, *(one for one in candidates if one is not told)], day)
        found_for = [self.candidates(self.retriever.find(side.question, HITS, filters)) for side in comparison.sides]
        pair = pair_for(comparison, found_for, self.index)
        spoken = [(side, one) for side, one in zip(comparison.sides, pair, strict=True) if one]
        if len({one.text for _, one in spoken}) < 2 and (
            comparison.of_one or not comparison.figures or len(spoken) != 1
        ):
            return None
        return self.side_by_side(question, found, comparison, spoken, day)

    def side_by_side(
        self,
        question: str,
        found: SearchResult,
        comparison: Comparison,
        spoken: Sequence[tuple[Side, Candidate]],
        day: datetime.date,
    ) -> Answer | None:
        """Return a line a side, or what is known of one side and that nothing is of the other."""
        quotes = withhold(quotes_of([one for _, one in spoken]), self.index.documents)
        if len(quotes) < len(spoken):
            return None
        rows = tuple(Row(side.name, quote.marker, one.short) for quote, (side, one) in zip(quotes, spoken, strict=True))
        short = rows[0].short if len(rows) == 1 else None
        text = compose(quotes, short) if len(rows) == 1 else compose_rows(rows, quotes)
        if unsupported_numbers(text, quotes):
            return None
        missing = [uncovered(side) for side in comparison.sides if side not in [one for one, _ in spoken]]
        notes = (*missing, *notes_on(quotes, self.index, day))
        confidence = min(one.evidence.confidence for _, one in spoken)
        return Answer(question, found.query, text, quotes, confidence, notes, short, rows if len(rows) > 1 else ())


def confidence_of(candidates: Sequence[Candidate]) -> float:
    return candidates[0].evidence.confidence if candidates else 0.0


def is_new(candidate: Candidate, change: Change, told: Sequence[Quote]) -> bool:
    """Tell whether a sentence is no older than the article that tells of a change, and no part of it."""
    published, told_on = candidate.citation.published, change.passage.citation.published
    return bool(published and told_on and published >= told_on) and candidate.text not in [quote.text for quote in told]


def quotes_of(candidates: Sequence[Candidate], first: int = 1) -> list[Quote]:
    return [best_quote(place, one) for place, one in enumerate(candidates, start=first)]


def best_quote(marker: int, candidate: Candidate) -> Quote:
    return Quote(marker, candidate.text, candidate.citation, candidate.score)


def declined(question: str, understood: str, hits: Sequence[Hit], confidence: float) -> Answer:
    return Answer(question, understood, refuse(understood, hits), (), confidence)


def differing(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence of another source that answers as well as the best, with another figure."""
    best = candidates[0]
    if not best.is_figure:
        return None
    others = (one for one in candidates[1:] if one.citation.document_id != best.citation.document_id)
    return next((one for one in others if rivals(one, best)), None)


def rivals(other: Candidate, best: Candidate) -> bool:
    as_good = other.score >= AS_GOOD * best.score and other.evidence.inside >= AS_GOOD * best.evidence.inside
    return as_good and other.is_figure and digits(other) != digits(best)


def digits(candidate: Candidate) -> str:
    return "".join(character for character in candidate.short or "" if character.isdigit())


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and up to two more that are nearly as good, none inside another."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_SENTENCES or candidate.score < NEXT_SENTENCE * candidates[0].score:
            break
        if not any(candidate.text in other.text or other.text in candidate.text for other in chosen):
            chosen.append(candidate)
    return chosen
