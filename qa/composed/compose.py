"""An answer in a model's words: asked for, cut into sentences as they come, each checked before anyone sees it."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from qa import telemetry
from qa.blocks import Answer, ComposedAnswer, ComposedSentence
from qa.composed.check import Fault, fault_of, marks_of, without_marks
from qa.composed.endpoint import Endpoint
from qa.composed.prompt import NOTHING, Message, messages_again, messages_for, most_sentences, usable
from qa.composed.rewrite import is_faithful, messages_to_rewrite
from qa.errors import ComposeError
from qa.settings import Settings
from qa.text import normalise, sentence_spans

LOG = logging.getLogger("qa.composed")
LONGEST_WAIT = 5.0  # seconds that the quotes wait for a follow-up to be rewritten
EARLIER = 4  # earlier questions that a follow-up is completed from
LONGEST_DRAFT = 8_000  # characters of a reply that are looked at


class Composer:
    """Composes answers with one model; it keeps nothing of one visitor for another."""

    def __init__(self, endpoint: Endpoint, patience: float = LONGEST_WAIT) -> None:
        self.endpoint, self.patience = endpoint, patience

    @classmethod
    def of(cls, settings: Settings) -> Composer | None:
        """Return the composer that the settings name; None where they name none. SettingsError for no address."""
        if not settings.llm_url:
            return None
        endpoint = Endpoint(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_seconds)
        return cls(endpoint, min(LONGEST_WAIT, settings.llm_seconds, settings.seconds / 3))

    def rewrite(self, question: str, earlier: Sequence[str]) -> str | None:
        """Return a follow-up as the model has it stand alone after earlier questions, the newest last.

        None where the model fails, is late, or changes what was asked (``is_faithful``).
        """
        before = earlier[-EARLIER:]
        end = time.monotonic() + min(self.endpoint.seconds, self.patience)
        try:
            reply = "".join(self.endpoint.reply(messages_to_rewrite(question, before), end))
        except ComposeError as error:
            LOG.warning("a follow-up was not rewritten: %s", error)
            return None
        written = " ".join(normalise(reply).split()).strip('"“”')
        return written if is_faithful(written, question, before) else None

    def compose(self, answer: Answer) -> Answer:
        """Return an answer with its composed text, or with why there is none; a refusal or reply as it is."""
        return list(self.stream(answer))[-1]

    def stream(self, answer: Answer, has_left: Callable[[], bool] = lambda: False) -> Iterator[Answer]:
        """Yield an answer anew for each sentence that has passed; the last one is what stays.

        Where less than half passes, or the endpoint fails, the last has no sentence; ``trouble`` says why. Once who
        asked ``has_left``, the endpoint's reply is closed at its next piece.
        """
        if answer.declined or answer.is_reply or not usable(answer.quotes):
            yield answer
            return
        composed = ComposedAnswer(self.endpoint.model)
        try:
            for composed in self.sentences(answer, has_left):
                if composed.sentences:
                    yield dataclasses.replace(answer, composed=composed)
        except ComposeError as error:
            LOG.warning("an answer was not composed: %s", error)
            composed = ComposedAnswer(self.endpoint.model, dropped=composed.dropped, trouble=error.reason)
        if 2 * len(composed.sentences) < len(composed.sentences) + composed.dropped:
            composed = dataclasses.replace(composed, sentences=(), trouble="unborne")
        elif not composed.sentences and not composed.trouble:
            composed = dataclasses.replace(composed, trouble="nothing")
        telemetry.count_composed("composed" if composed.sentences else composed.trouble)
        yield dataclasses.replace(answer, composed=composed)

    def sentences(self, answer: Answer, has_left: Callable[[], bool]) -> Iterator[ComposedAnswer]:
        """Yield what has passed so far; what failed is asked for again once, after all has come."""
        end = time.monotonic() + self.endpoint.seconds
        messages = messages_for(answer)
        passed: dict[int, ComposedSentence] = {}
        failed: dict[int, str] = {}
        for place, sentence in enumerate(self.drafted(messages, end, has_left, most_sentences(answer))):
            fault = self.fault(sentence, answer, passed.values())
            telemetry.count_sentence("passed" if fault is None else str(fault))
            if fault:
                failed[place] = sentence
            else:
                passed[place] = sentence_of(sentence)
                yield self.so_far(passed, 0)
        dropped = 0
        for place, sentence in failed.items():
            again = next(self.drafted(messages_again(messages, sentence), end, has_left, 1), "")
            if again and not self.fault(again, answer, passed.values()):
                telemetry.count_sentence("repaired")
                passed[place] = sentence_of(again)
            else:
                telemetry.count_sentence("dropped")
                dropped += 1
            yield self.so_far(passed, dropped)
        yield self.so_far(passed, dropped)

    def so_far(self, passed: dict[int, ComposedSentence], dropped: int) -> ComposedAnswer:
        return ComposedAnswer(self.endpoint.model, tuple(passed[place] for place in sorted(passed)), dropped)

    def fault(self, sentence: str, answer: Answer, passed: Iterable[ComposedSentence]) -> Fault | None:
        """Return why a sentence may not be shown; one that was said already is of no use."""
        if any(without_marks(sentence) == one.text for one in passed):
            return Fault.FORM
        return fault_of(sentence, f"{answer.question} . {answer.understood}", answer.quotes)

    def drafted(self, messages: list[Message], end: float, has_left: Callable[[], bool], most: int) -> Iterator[str]:
        """Yield the sentences of a reply as they are complete, at most so many."""
        draft, given = "", 0
        for piece in self.endpoint.reply(messages, end):
            if has_left():
                raise ComposeError("left", "who asked has left; nothing is to be done")
            draft += piece
            whole = list(complete(draft))
            for sentence in whole[given:most]:
                yield sentence
            given = len(whole)
            if given >= most or len(draft) > LONGEST_DRAFT:
                return
        for sentence in list(complete(f"{draft}\n"))[given:most]:
            yield sentence


def complete(draft: str) -> Iterator[str]:
    """Yield the sentences of a draft after which another begins, with the marks that stand behind their full stop."""
    text = normalise(draft)
    spans = list(sentence_spans(text))
    found: list[str] = []
    for start, end in spans:
        sentence = text[start:end]
        while (
            found
            and sentence.startswith("[")
            and "]" in sentence
            and not without_marks(sentence[: sentence.index("]") + 1])
        ):
            found[-1] += " " + sentence[: sentence.index("]") + 1]
            sentence = sentence[sentence.index("]") + 1 :].strip()
        if sentence.strip(" ."):
            found.append(sentence)
    if not text.endswith("\n"):
        found = found[:-1]
    return (one for one in found if NOTHING not in one.upper())


def sentence_of(sentence: str) -> ComposedSentence:
    """Return a sentence that has passed, its marks apart."""
    return ComposedSentence(without_marks(normalise(sentence)).replace(" .", "."), marks_of(sentence))
