"""Articles on disk and the passages that are cut from them."""

from qa.corpus.articles import (
    StoredArticle,
    article_paths,
    list_documents,
    load_corpus,
    locked,
    read_article,
    remove_documents,
    stored_articles,
    write_article,
)
from qa.corpus.front_matter import ArticleFields, article_fields, format_article, has_front_matter, split_article
from qa.corpus.passages import (
    CHUNKING,
    HEADING,
    basis_of,
    cite,
    cite_whole,
    cut,
    is_in_clause,
    searched_spans,
    searched_text,
)

__all__ = [
    "CHUNKING",
    "HEADING",
    "ArticleFields",
    "StoredArticle",
    "article_fields",
    "article_paths",
    "basis_of",
    "cite",
    "cite_whole",
    "cut",
    "format_article",
    "has_front_matter",
    "is_in_clause",
    "list_documents",
    "load_corpus",
    "locked",
    "read_article",
    "remove_documents",
    "searched_spans",
    "searched_text",
    "split_article",
    "stored_articles",
    "write_article",
]
