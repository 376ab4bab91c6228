"""Build, verify, swap, load and search the index: the only room that imports faiss."""

from qa.index.builder import BuildOptions, BuildReport, Progress, build
from qa.index.engine import Engine, QdrantEngine
from qa.index.filters import Filters, permits
from qa.index.generations import (
    file_states,
    list_generations,
    live_name,
    named,
    read_current,
    read_manifest,
    rollback,
    verify_live,
    whole_others,
)
from qa.index.index import Index
from qa.index.qdrant import QdrantIndex, verify_points
from qa.index.search_index import SearchIndex, SearchQuery
from qa.index.workers import Share, ShareReport, embed_share, known_keys

__all__ = [
    "BuildOptions",
    "BuildReport",
    "Engine",
    "Filters",
    "Index",
    "Progress",
    "QdrantEngine",
    "QdrantIndex",
    "SearchIndex",
    "SearchQuery",
    "Share",
    "ShareReport",
    "build",
    "embed_share",
    "file_states",
    "known_keys",
    "list_generations",
    "live_name",
    "named",
    "permits",
    "read_current",
    "read_manifest",
    "rollback",
    "verify_live",
    "verify_points",
    "whole_others",
]
