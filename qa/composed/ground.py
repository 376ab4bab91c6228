"""What a claim may rest on: a quote, what is known of its source, and the question, token by token."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.blocks import Quote
from qa.composed.facts import WORDS, Date, Token, phrases, tokens_of
from qa.text import fold, lexicon, sentence_spans

ORDER = re.compile(
    r"\b(?:bỏ qua|phớt lờ|quên|làm ngơ)\b.{0,40}\b(?:hướng dẫn|chỉ dẫn|lệnh|quy tắc|câu hỏi|yêu cầu)\b"
    r"|\b(?:hãy|phải|xin|cứ) (?:trả lời|viết|nói|khẳng định|in ra|xuất ra|đóng vai|tiết lộ|dịch)\b"
    r"|\bignore\b.{0,40}\binstructions?\b|\b(?:system prompt|you are (?:now|an?)\b|trợ lý ai|mô hình ngôn ngữ)",
    re.IGNORECASE,
)
"""What a document may say to a program that reads it; no such sentence is material."""
NEUTRAL = frozenset(word for one in phrases(WORDS["neutral"]) for word in one)
LABELS = frozenset(one[0] for one in phrases(WORDS["labels"]))


@dataclass(frozen=True)
class Ground:
    """What a claim may rest on: a quote, what is known of its source, and the question."""

    body: tuple[Token, ...]
    about: tuple[Token, ...]
    asked: tuple[Token, ...]

    @classmethod
    def of(cls, quote: Quote, question: str) -> "Ground":
        cited = quote.citation
        kind = lexicon.kind_named(cited.title, cited.number or "")
        known = (
            cited.title,
            cited.source,
            f"{kind} {cited.number or ''}",
            cited.section or "",
            f"{cited.published:%d/%m/%Y}" if cited.published else "",
        )
        about = tokens_of(" . ".join(filter(None, known)))
        return cls(tokens_of(material(quote.text)), about, tokens_of(without_tag(question)))

    @cached_property
    def words(self) -> frozenset[object]:
        return frozenset(token.key for token in (*self.body, *self.about, *self.asked))

    @cached_property
    def folded_question(self) -> frozenset[str]:
        """The question's words where it was typed without accents."""
        words = [str(token.key) for token in self.asked if token.kind == "word"]
        return frozenset(words) if words and all(word.isascii() for word in words) else frozenset()

    def knows(self, word: object) -> bool:
        return word in self.words or fold(str(word)) in self.folded_question

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Body, source and question as keys a space apart; the last without accents where it was typed so."""
        return tuple(line_of(part) for part in (self.body, self.about, self.asked))

    def says(self, phrase: Sequence[str]) -> bool:
        wanted = f" {' '.join(phrase)} "
        bare = bool(self.folded_question) and fold(wanted) in self.lines[2]
        return bare or any(wanted in line for line in self.lines)

    def holds_start(self, name: Sequence[str]) -> bool:
        """Tell whether each time that a name stands in the quote or source, it goes on with a word of its own."""
        wanted = f" {' '.join(name)} "
        after = [
            line.split(wanted)[at].split(" ")[0] for line in self.lines[:2] for at in range(1, line.count(wanted) + 1)
        ]
        return bool(after) and not any(word in NEUTRAL or not word for word in after)


def without_tag(question: str) -> str:
    """Return a question without the "không" or "chưa" at its end, which asks and denies nothing."""
    return re.sub(r"\s*(?:hay |có )?(?:không|chưa|khong|chua)\s*(?:ạ|nhỉ)?[?.!\s]*$", "", question)


def alone(ground: Ground) -> Ground:
    """Return what a claim may rest on without the question."""
    return dataclasses.replace(ground, asked=())


def line_of(tokens: Iterable[Token]) -> str:
    return f" {' '.join(str(token.key) for token in tokens if token.kind != 'break')} "


def material(text: str) -> str:
    """Return a text without the sentences that give orders to who reads it."""
    return " ".join(text[start:end] for start, end in sentence_spans(text) if not ORDER.search(text[start:end]))


def places(tokens: Sequence[Token], kind: str) -> list[int]:
    return [place for place, token in enumerate(tokens) if token.kind == kind]


def next_word(tokens: Sequence[Token], place: int) -> object:
    return tokens[place + 1].key if place + 1 < len(tokens) else ""


def covers(known: Date, day: Date) -> bool:
    return all(not part or part == other for part, other in zip(day, known, strict=True))


def found_phrases(tokens: Sequence[Token], wanted: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return (tuple(str(token.key) for token in tokens[start:end]) for start, end in phrase_spans(tokens, wanted))


def phrase_spans(tokens: Sequence[Token], wanted: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return where phrases stand, the longest of those that begin at a place, none inside another."""
    keys = [token.key for token in tokens]
    found, place = [], 0
    while place < len(keys):
        size = next((len(one) for one in wanted if tuple(keys[place : place + len(one)]) == one), 0)
        if size:
            found.append((place, place + size))
        place += size or 1
    return found
