"""Build, verify, swap, load and search the index: the only room that imports faiss."""

from qa.index.build import BuildReport, Progress, build
from qa.index.search import Index
from qa.index.store import generations, read_current, read_manifest, rollback, verify_live, whole_others

__all__ = [
    "BuildReport",
    "Index",
    "Progress",
    "build",
    "generations",
    "read_current",
    "read_manifest",
    "rollback",
    "verify_live",
    "whole_others",
]
