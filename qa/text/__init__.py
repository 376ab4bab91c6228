"""Vietnamese text: one form, terms, sentences, document numbers, the lexicon, and the repair of what was typed."""

from qa.text import lexicon
from qa.text.document_numbers import NUMBER_KINDS, DocumentNumber, begins, find_numbers
from qa.text.normalise import SYLLABLE, capitalised, fold, normalise, syllables
from qa.text.query_repair import LanguageModel
from qa.text.sentences import quotable_spans, sentence_spans
from qa.text.terms import terms, words

__all__ = [
    "NUMBER_KINDS",
    "SYLLABLE",
    "DocumentNumber",
    "LanguageModel",
    "begins",
    "capitalised",
    "find_numbers",
    "fold",
    "lexicon",
    "normalise",
    "quotable_spans",
    "sentence_spans",
    "syllables",
    "terms",
    "words",
]
