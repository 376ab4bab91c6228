"""Vietnamese text: one form, terms, sentences, document numbers, the lexicon, and the repair of what was typed."""

from qa.text import lexicon
from qa.text.normalise import SYLLABLE, capitalised, fold, normalise, syllables
from qa.text.numbers import (
    NUMBER_KINDS,
    NUMBER_WORDS,
    DocumentNumber,
    begins,
    find_numbers,
    numbers_in,
    value_of,
    written_numbers,
)
from qa.text.query_repair import LanguageModel
from qa.text.sentences import quotable_spans, sentence_spans
from qa.text.terms import QUESTION_WORDS, terms, words

__all__ = [
    "NUMBER_KINDS",
    "NUMBER_WORDS",
    "QUESTION_WORDS",
    "SYLLABLE",
    "DocumentNumber",
    "LanguageModel",
    "begins",
    "capitalised",
    "find_numbers",
    "fold",
    "lexicon",
    "normalise",
    "numbers_in",
    "quotable_spans",
    "sentence_spans",
    "syllables",
    "terms",
    "value_of",
    "words",
    "written_numbers",
]
