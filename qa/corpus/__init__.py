"""Articles on disk and the passages that are cut from them."""

from qa.corpus.articles import (
    BROKEN_YAML,
    LONGEST_FIELD,
    LONGEST_FRONT,
    article_paths,
    line_of,
    load_corpus,
    read_article,
    read_fields,
    shown,
)
from qa.corpus.passages import (
    CHUNKING,
    HEADING,
    cite,
    cut,
    searched_spans,
    searched_text,
)

__all__ = [
    "BROKEN_YAML",
    "CHUNKING",
    "HEADING",
    "LONGEST_FIELD",
    "LONGEST_FRONT",
    "article_paths",
    "cite",
    "cut",
    "line_of",
    "load_corpus",
    "read_article",
    "read_fields",
    "searched_spans",
    "searched_text",
    "shown",
]
