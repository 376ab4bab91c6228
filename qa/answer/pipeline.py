"""The way from a question to an answer."""

import dataclasses
import datetime
from collections.abc import Sequence
from functools import partial

from qa.answer.comparison import comparison
from qa.answer.draft import HITS, Draft, Inquiry, Rewrite, Strategy
from qa.answer.false_premise import changes_told, false_premise
from qa.answer.parts import split_questions
from qa.answer.publish import publish
from qa.answer.quotes import quotes
from qa.answer.small_talk import small_talk
from qa.answer.summary import summary
from qa.answer.timeline import timeline
from qa.blocks import Answer, Block, Headline, Link, Paragraph, Part, Quote, Related, Said
from qa.index import Filters
from qa.reading import Candidate, Reader
from qa.retrieval import Retriever, check_question
from qa.text import needs_history, normalise
from qa.values import Turn

LEAST_NEED = 0.4
"""How surely a question must need the earlier ones, by its words, for these to be looked at (docs/reader.md)."""

LONGEST_EARLIER = 300  # characters of an earlier question that are searched with a later one: its end


class Answerer:
    """Answers questions from one generation of the index."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self.retriever, self.reader = retriever, reader
        self.index = retriever.index
        overlooked = partial(false_premise, changes_told(self.index.records, self.index.passages_of))
        self.strategies: tuple[Strategy, ...] = (small_talk, summary, overlooked, comparison, timeline, quotes)

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        rewrite: Rewrite | None = None,
    ) -> Answer:
        """Return quoted sentences that answer the question, or a refusal (``declined``).

        Several questions in one message are answered one after the other. Raises ValueError for a message longer
        than 2,000 characters.
        """
        chosen = filters or Filters()
        parts = split_questions(check_question(question))
        if len(parts) == 1:
            return self.ask_one(self.understand(question, chosen, history, rewrite))
        answers: list[Answer] = []
        for part in parts:
            turns = [*history, *(Turn(answer.question, answer.text) for answer in answers)]
            answers.append(self.ask_one(self.understand(part, chosen, turns)))
        understood = " ".join(answer.understood for answer in answers)
        return publish(merge(answers), self.inquiry(question, understood, chosen))

    def understand(
        self, question: str, filters: Filters, history: Sequence[Turn], rewrite: Rewrite | None = None
    ) -> Inquiry:
        """Return a question, repaired; where it may need earlier ones, alone or after them, as is likelier meant.

        What speaks for a way to read it: how surely it is answered so, and by its words, that it needs earlier ones
        or does not. A rewriting is taken where it is answered as surely.
        """
        alone = self.inquiry(question, self.retriever.understand(question), filters)
        need = needs_history(alone.asked) if history else 0.0
        if need < LEAST_NEED:
            return alone
        earlier = tuple(self.retriever.understand(turn.question) for turn in history)
        joined = [
            dataclasses.replace(alone, query=" ".join((*some, alone.asked)), history=some, kept={})
            for some in ways_to_read(earlier)[1:]
        ]
        enough = odds(alone.confidence) / odds(need)
        surest = max(joined, key=lambda one: one.confidence)
        reading = surest if odds(surest.confidence) > enough else alone
        written = rewrite(alone.asked, earlier) if rewrite and len(split_questions(question)) == 1 else None
        rewritten = self.inquiry(question, written, filters) if written else reading
        return rewritten if rewritten.confidence >= reading.confidence else reading

    def inquiry(self, question: str, asked: str, filters: Filters) -> Inquiry:
        day = filters.as_of or datetime.datetime.now(datetime.UTC).date()
        return Inquiry(self.retriever, self.reader, question, asked, asked, filters, day)

    def ask_one(self, inquiry: Inquiry) -> Answer:
        """Return what the first strategy that fits a single question has to say, as far as it is borne out."""
        drafts = (strategy(inquiry) for strategy in self.strategies)
        return publish(next(filter(None, drafts), None), inquiry)

    def best_sentence(self, question: str) -> Candidate | None:
        """Return the sentence that would be quoted first, be its confidence as it may; None where none is found."""
        found = self.retriever.find(question, HITS)
        return next(iter(self.reader.read(found.query, found.hits)), None)


def odds(chance: float) -> float:
    return chance / max(1e-9, 1 - chance)


def ways_to_read(earlier: Sequence[str]) -> list[tuple[str, ...]]:
    """Return after which earlier questions one may be read: none, the last, the first and the last; each different."""
    before = tuple(dict.fromkeys(" ".join(normalise(turn).split())[-LONGEST_EARLIER:] for turn in earlier))
    return list(dict.fromkeys([(), before[-1:], (*before[:1], *before[1:][-1:])]))


def merge(answers: Sequence[Answer]) -> Draft:
    """Return several answers as one draft of paragraphs, its markers numbered through.

    A headline opens its part as a sentence, a comparison becomes a list; what is declined says so in its place.
    """
    blocks: list[Paragraph] = []
    quotes: list[Quote] = []
    notes: list[Paragraph] = []
    for answer in answers:
        shift = len(quotes)
        blocks += [raised(in_line(block), shift) for block in answer.blocks]
        notes += [raised(note, shift) for note in answer.notes]
        quotes += [dataclasses.replace(quote, marker=quote.marker + shift) for quote in answer.citations]
    confidence = min(answer.confidence for answer in answers)
    return Draft(tuple(blocks), tuple(quotes), confidence, tuple(notes))


def in_line(block: Block) -> Paragraph:
    """Return a block as a paragraph among others."""
    if isinstance(block, Paragraph):
        return block
    return Paragraph((*block.parts, Said("."))) if isinstance(block, Headline) else Paragraph(block.parts)


def raised(paragraph: Paragraph, shift: int) -> Paragraph:
    """Return a paragraph with its markers raised."""

    def part_raised(part: Part) -> Part:
        if isinstance(part, Said | Related | Link):
            return part
        return dataclasses.replace(part, marker=part.marker + shift)

    return dataclasses.replace(paragraph, parts=tuple(map(part_raised, paragraph.parts)))
