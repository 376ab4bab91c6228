"""Build, verify, swap, load and search the index: the only room that imports faiss."""

from qa.index.builder import BuildOptions, BuildReport, Progress, build
from qa.index.generations import list_generations, read_current, read_manifest, rollback, verify_live, whole_others
from qa.index.index import Index

__all__ = [
    "BuildOptions",
    "BuildReport",
    "Index",
    "Progress",
    "build",
    "list_generations",
    "read_current",
    "read_manifest",
    "rollback",
    "verify_live",
    "whole_others",
]
