"""Who reads a generation: a shared lock on its manifest, of this process or another; the system drops it with them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import weakref
from pathlib import Path

MANIFEST = "manifest.json"
UNFINISHED = ".building-"
"""How the names begin of what only a builder under way may leave; the next one removes it."""


class Hold:
    """A generation that no build removes until this is closed or dropped."""

    def __init__(self, descriptor: int) -> None:
        self.close = weakref.finalize(self, os.close, descriptor)


def hold(generation: Path) -> Hold:
    """Keep a generation from being removed; FileNotFoundError when it is gone or about to go."""
    path = generation / MANIFEST
    held = Hold(os.open(path, os.O_RDONLY))
    descriptor = held.close.peek()[2][0]
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FileNotFoundError(f"{generation} is being removed") from error
    if not os.path.samestat(os.fstat(descriptor), path.stat()):
        raise FileNotFoundError(f"{generation} was replaced")
    return held


def remove_unread(generation: Path) -> bool:
    """Remove a generation unless somebody reads it; tell whether it went.

    It loses its name first, so that a kill leaves no half of it under that name.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(generation / MANIFEST, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        nameless = generation.with_name(f"{UNFINISHED}{generation.name}")
        generation.rename(nameless)
        shutil.rmtree(nameless, ignore_errors=True)
    return True
