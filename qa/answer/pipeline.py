"""The way from a question to an answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

from qa.answer.comparison import comparison
from qa.answer.draft import HITS, Inquiry, Strategy, candidates_in
from qa.answer.false_premise import changes_told, false_premise
from qa.answer.multiple_questions import merge, split_questions
from qa.answer.publish import publish
from qa.answer.quotes import quotes
from qa.answer.small_talk import small_talk
from qa.answer.timeline import timeline
from qa.follow_ups import complete
from qa.reading import Candidate
from qa.retrieval import Filters, Retriever, check_question
from qa.values import Answer, Turn


class Answerer:
    """Answers questions from one generation of the index."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.index = retriever.index
        overlooked = partial(false_premise, changes_told(self.index.documents.values(), self.index.passages_of))
        self.strategies: tuple[Strategy, ...] = (small_talk, overlooked, comparison, timeline, quotes)

    def ask(self, question: str, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Return quoted sentences that answer the question, or a refusal (``declined``).

        Several questions in one message are answered one after the other. Raises ValueError for a message longer
        than 2,000 characters.
        """
        parts = split_questions(check_question(question))
        if len(parts) == 1:
            return self.ask_one(self.understand(question, filters, history))
        answers: list[Answer] = []
        for part in parts:
            turns = [*history, *(Turn(answer.understood, answer.text) for answer in answers)]
            answers.append(self.ask_one(self.understand(part, filters, turns)))
        understood = " ".join(answer.understood for answer in answers)
        return publish(merge(answers), self.inquiry(question, understood, filters))

    def understand(self, question: str, filters: Filters | None, history: Sequence[Turn]) -> Inquiry:
        """Return a question as it is searched: repaired, and completed from what was said before."""
        return self.inquiry(question, complete(self.retriever.understand(question), history), filters)

    def inquiry(self, question: str, query: str, filters: Filters | None) -> Inquiry:
        chosen = filters or Filters()
        day = chosen.as_of or datetime.datetime.now(datetime.UTC).date()
        return Inquiry(self.retriever, question, query, chosen, day)

    def ask_one(self, inquiry: Inquiry) -> Answer:
        """Return what the first strategy that fits a single question has to say, as far as it is borne out."""
        drafts = (strategy(inquiry) for strategy in self.strategies)
        return publish(next(filter(None, drafts), None), inquiry)

    def best_sentence(self, question: str) -> Candidate | None:
        """Return the sentence that would be quoted first, be its confidence as it may; None where none is found."""
        return next(iter(candidates_in(self.index, self.retriever.find(question, HITS))), None)
