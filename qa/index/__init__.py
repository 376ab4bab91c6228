"""Build, verify, swap, load and search the index: the only room that imports faiss."""

from qa.index.builder import BuildOptions, BuildReport, Progress, build
from qa.index.generations import (
    file_states,
    list_generations,
    named,
    read_current,
    read_manifest,
    rollback,
    verify_live,
    whole_others,
)
from qa.index.index import Index
from qa.index.workers import Share, ShareReport, embed_share, known_keys

__all__ = [
    "BuildOptions",
    "BuildReport",
    "Index",
    "Progress",
    "Share",
    "ShareReport",
    "build",
    "embed_share",
    "file_states",
    "known_keys",
    "list_generations",
    "named",
    "read_current",
    "read_manifest",
    "rollback",
    "verify_live",
    "whole_others",
]
