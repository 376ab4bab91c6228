"""Texts → vectors: the only importer of sentence_transformers and torch."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qa.encoder.e5 import PREFIXES, WEIGHTS_SHA256, model_folder
from qa.encoder.rerank import CrossReranker, Reranker
from qa.errors import EncoderError
from qa.vietnamese import normalise

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

DEFAULT_NAME = "multilingual-e5-small-q4"
BATCH = 16
Progress = Callable[[int], None]


class Encoder(Protocol):
    """What the index needs of an encoder; vectors are float32, of length 1, one row a text."""

    name: str
    revision: str
    dimension: int

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        """Return an array of shape (queries, dimension)."""
        ...

    def encode_passages(self, passages: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return an array of shape (passages, dimension); ``progress`` is told how many more are done."""
        ...


class SentenceEncoder:
    """A SentenceTransformer behind the Encoder protocol; its own prompts are respected."""

    def __init__(self, model: SentenceTransformer, name: str, revision: str) -> None:
        self.model = model
        self.name = name
        self.revision = revision
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.turn = threading.Lock()

    @classmethod
    def load(cls, model: str = "", *, cache: Path, threads: int = 0) -> SentenceEncoder:
        """Load the default encoder, or any SentenceTransformer by folder or hub name.

        Raises EncoderError when it cannot be had; nothing is fetched for the default encoder.
        """
        if model:
            return cls(open_model(model, threads=threads), model, folder_revision(model))
        folder = model_folder(cache)
        return cls(open_model(str(folder), threads=threads), DEFAULT_NAME, WEIGHTS_SHA256[:12])

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        texts = [normalise(query) for query in queries]
        with self.turn:  # two at once on the same cores take far longer than one after the other
            return as_float32(self.model.encode_query(texts, batch_size=BATCH, **ENCODE_OPTIONS), self.dimension)

    def encode_passages(self, passages: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        vectors = np.empty((len(passages), self.dimension), np.float32)
        longest_first = sorted(range(len(passages)), key=lambda i: -len(passages[i]))
        for start in range(0, len(passages), BATCH):
            rows = longest_first[start : start + BATCH]
            texts = [normalise(passages[row]) for row in rows]
            vectors[rows] = self.model.encode_document(texts, batch_size=BATCH, **ENCODE_OPTIONS)
            if progress:
                progress(len(rows))
        return vectors


ENCODE_OPTIONS = {"normalize_embeddings": True, "show_progress_bar": False, "convert_to_numpy": True}


def as_float32(vectors: np.ndarray, dimension: int) -> np.ndarray:
    return np.asarray(vectors, np.float32).reshape(-1, dimension)


def open_model(name: str, *, threads: int, precision: torch.dtype | None = None) -> SentenceTransformer:
    """Open a SentenceTransformer on the CPU, in bfloat16 where the processor multiplies it, else float32."""
    with quiet_libraries():
        import torch
        from sentence_transformers import SentenceTransformer

        if threads:
            torch.set_num_threads(threads)
        precision = precision or (torch.bfloat16 if multiplies_bfloat16() else torch.float32)
        try:
            return SentenceTransformer(name, device="cpu", model_kwargs={"dtype": precision})
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            first_line = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise EncoderError(
                f"the encoder {name!r} cannot be loaded ({first_line}); set QA_MODEL to the folder or hub name of a "
                "sentence-transformers model, or unset it for the default encoder, which needs no network"
            ) from error


def multiplies_bfloat16() -> bool:
    """Tell whether the CPU multiplies bfloat16 in hardware (AVX512-BF16 or AMX); elsewhere it is slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def folder_revision(name: str) -> str:
    """Name the state of a model folder by its weights' size and time; a hub name has its own revision."""
    weights = sorted(Path(name).glob("**/*.safetensors")) if Path(name).is_dir() else []
    return "-".join(f"{path.stat().st_size:x}.{path.stat().st_mtime_ns:x}" for path in weights) or "hub"


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries' progress bars and load reports off the user's terminal."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import transformers

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers.logging.set_verbosity(verbosity)


__all__ = ["DEFAULT_NAME", "PREFIXES", "CrossReranker", "Encoder", "Reranker", "SentenceEncoder"]
