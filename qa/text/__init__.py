"""Vietnamese text: one form, terms, sentences, document numbers, and the repair of what was typed."""

from qa.text.document_numbers import (
    NUMBER_KINDS,
    DocumentNumber,
    begins,
    find_numbers,
)
from qa.text.normalise import (
    SYLLABLE,
    fold,
    normalise,
    syllables,
)
from qa.text.number_words import (
    DIGITS,
    NUMBER_WORDS,
    find_number_words,
    find_quantities,
)
from qa.text.query_repair import (
    LanguageModel,
)
from qa.text.sentences import (
    quotable_spans,
    sentence_spans,
)
from qa.text.terms import (
    terms,
    words,
)

__all__ = [
    "DIGITS",
    "NUMBER_KINDS",
    "NUMBER_WORDS",
    "SYLLABLE",
    "DocumentNumber",
    "LanguageModel",
    "begins",
    "find_number_words",
    "find_numbers",
    "find_quantities",
    "fold",
    "normalise",
    "quotable_spans",
    "sentence_spans",
    "syllables",
    "terms",
    "words",
]
