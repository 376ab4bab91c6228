"""Build, verify, swap, load and search the index: the only room that imports faiss."""

from qa.index.builder import BuildOptions, BuildReport, Progress, build
from qa.index.engine import Engine, QdrantEngine
from qa.index.filters import Filters, permits
from qa.index.generations import (
    list_generations,
    live_name,
    read_current,
    read_manifest,
    rollback,
    verify_live,
    whole_others,
)
from qa.index.index import Index
from qa.index.qdrant import QdrantIndex, verify_points
from qa.index.search_index import SearchIndex, SearchQuery

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
    "build",
    "list_generations",
    "live_name",
    "permits",
    "read_current",
    "read_manifest",
    "rollback",
    "verify_live",
    "verify_points",
    "whole_others",
]
