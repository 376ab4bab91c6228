"""Vietnamese text: one form, terms, sentences, document numbers, the lexicon, and the repair of what was typed."""

from qa.text import lexicon
from qa.text.follow_ups import needs_history
from qa.text.normalise import SYLLABLE, fold, normalise, syllables
from qa.text.numbers import NUMBER_WORDS, DocumentNumber, find_numbers, located_numbers, numbers_in
from qa.text.query_repair import LanguageModel
from qa.text.sentences import quotable_spans, sentence_spans
from qa.text.terms import QUESTION_WORDS, terms, words

__all__ = [
    "NUMBER_WORDS",
    "QUESTION_WORDS",
    "SYLLABLE",
    "DocumentNumber",
    "LanguageModel",
    "find_numbers",
    "fold",
    "lexicon",
    "located_numbers",
    "needs_history",
    "normalise",
    "numbers_in",
    "quotable_spans",
    "sentence_spans",
    "syllables",
    "terms",
    "words",
]
