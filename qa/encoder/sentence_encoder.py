"""Texts → vectors: the only importer of sentence_transformers and torch."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from qa.encoder.e5 import DEFAULT_NAME, DEFAULT_REVISION, model_folder
from qa.errors import EncoderError
from qa.files import replacing
from qa.text import normalise

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer

BATCH = 16
MODEL_CURE = (
    "set QA_MODEL to the folder or hub name of a sentence-transformers model, "
    "or unset it for the default encoder, which needs no network"
)
RERANKER_CURE = "set QA_RERANKER to the folder or hub name of a sentence-transformers CrossEncoder, or unset it"


Progress = Callable[[int], None]
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of passages, shape (passages, dimension), and for each passage those of its sentences."""

    passages: np.ndarray
    sentences: Sequence[np.ndarray]


class Encoder(Protocol):
    """What the index needs of an encoder; vectors are float32, of length 1, one row a text.

    ``path``: what encodes questions: "engine", or "torch" and why it is not the engine.
    """

    name: str
    revision: str
    path: str
    dimension: int

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        """Return an array of shape (queries, dimension)."""
        ...

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Progress | None = None
    ) -> Encoded:
        """Return the vectors of passages and of their ``spans``; ``progress`` is told how many more are done."""
        ...


class SentenceEncoder:
    """A SentenceTransformer behind the Encoder protocol; its own prompts are respected."""

    path = "torch"

    def __init__(self, model: SentenceTransformer, name: str, revision: str) -> None:
        self.model = model
        self.name = name
        self.revision = revision
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.prompt = passage_prompt(model)
        self.gives_tokens = gives_tokens(model)
        self.turn = threading.Lock()

    @classmethod
    def load(cls, model: str = "", *, cache: Path, threads: int = 0) -> SentenceEncoder:
        """Load the default encoder, or any SentenceTransformer by folder or hub name; EncoderError says why not."""
        if model:
            return cls(open_model(model, threads=threads, cache=cache), model, folder_revision(model))
        folder = model_folder(cache)
        return cls(open_model(str(folder), threads=threads, cache=cache), DEFAULT_NAME, DEFAULT_REVISION)

    def encode_queries(self, queries: Sequence[str]) -> np.ndarray:
        texts = [normalise(query) for query in queries]
        with self.turn:  # two at once on the same cores take far longer than one after the other
            vectors = self.model.encode_query(
                texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32).reshape(-1, self.dimension)

    def encode_passages(
        self, passages: Sequence[str], spans: Sequence[Spans], progress: Progress | None = None
    ) -> Encoded:
        vectors = np.empty((len(passages), self.dimension), np.float32)
        sentences: list[np.ndarray] = [np.empty((0, self.dimension), np.float32)] * len(passages)
        longest_first = sorted(range(len(passages)), key=lambda i: -len(passages[i]))
        encode_some = self.encode_by_tokens if self.gives_tokens else self.encode_apart
        for start in range(0, len(passages), BATCH):
            rows = longest_first[start : start + BATCH]
            encoded = encode_some([passages[row] for row in rows], [spans[row] for row in rows])
            vectors[rows] = encoded.passages
            for row, some in zip(rows, encoded.sentences, strict=True):
                sentences[row] = some
            if progress:
                progress(len(rows))
        return Encoded(vectors, sentences)

    def encode_by_tokens(self, passages: Sequence[str], spans: Sequence[Spans]) -> Encoded:
        """Encode each passage once; a sentence is the mean of its own tokens, which have seen the whole passage.

        Late chunking (Günther et al., 2024, arXiv:2409.04701), for encoders that pool by the mean.
        """
        texts = [self.prompt + passage for passage in passages]
        outputs = cast(
            "list[dict[str, torch.Tensor]]",
            self.model.encode_document(
                texts, prompt="", batch_size=BATCH, output_value=None, convert_to_numpy=False, show_progress_bar=False
            ),
        )
        offsets = self.model.tokenizer(
            texts, return_offsets_mapping=True, truncation=True, max_length=self.model.max_seq_length
        )["offset_mapping"]
        vectors = unit(np.stack([output["sentence_embedding"].float().cpu().numpy() for output in outputs]))
        sentences = []
        for row, output in enumerate(outputs):
            tokens = output["token_embeddings"][output["attention_mask"].bool()].float().cpu().numpy()
            ends = np.array(offsets[row])[:, 1] - len(self.prompt)
            sentences.append(sentence_vectors(tokens, ends, spans[row], vectors[row]))
        return Encoded(vectors, sentences)

    def encode_apart(self, passages: Sequence[str], spans: Sequence[Spans]) -> Encoded:
        """Encode passages, and sentences as texts of their own: for encoders whose tokens cannot be averaged."""
        parts = [passage[start:end] for passage, some in zip(passages, spans, strict=True) for start, end in some]
        texts = [*passages, *parts]
        encoded = self.model.encode_document(
            texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        vectors = np.asarray(encoded, np.float32)
        bounds = np.cumsum([len(passages), *map(len, spans)])
        return Encoded(vectors[: len(passages)], np.split(vectors, bounds[:-1])[1:])


def sentence_vectors(tokens: np.ndarray, ends: np.ndarray, spans: Spans, whole: np.ndarray) -> np.ndarray:
    """Return the mean of the tokens that end in each span, of length 1; ``whole`` for a span beyond the last token."""
    inside = [(ends > start) & (ends <= end) for start, end in spans]
    means = [tokens[mask].mean(axis=0) if mask.any() else whole for mask in inside]
    return unit(np.array(means, np.float32).reshape(-1, tokens.shape[1]))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def passage_prompt(model: SentenceTransformer) -> str:
    """Return what the model wants before a passage, by the names ``encode_document`` tries."""
    return next((model.prompts[name] or "" for name in ("document", "passage", "corpus") if name in model.prompts), "")


def gives_tokens(model: SentenceTransformer) -> bool:
    """Tell whether the model averages its tokens' vectors, and where each token stands in the text is known."""
    pooling = [module for module in model if type(module).__name__ == "Pooling"]
    averages = bool(pooling) and pooling[0].pooling_mode == "mean"
    return averages and bool(getattr(model.tokenizer, "is_fast", False))


def open_model(
    name: str, *, threads: int, cache: Path | None = None, precision: torch.dtype | None = None
) -> SentenceTransformer:
    """Open a SentenceTransformer on the GPU, where torch sees one, else on the processor.

    Without a ``precision`` the quicker of float32 and bfloat16 is taken, measured once and noted in ``cache``.
    """
    with quiet_libraries():
        import torch
        from sentence_transformers import SentenceTransformer

        if threads:
            torch.set_num_threads(threads)
        device = "cuda" if torch.cuda.is_available() else "cpu"

        def opened(kind: torch.dtype) -> SentenceTransformer:
            with errors_named(f"encoder {name!r}", MODEL_CURE):
                return SentenceTransformer(name, device=device, model_kwargs={"dtype": kind})

        note = cache / f"precision-{processor()}.txt" if cache else None
        known = precision or noted(note)
        if known:
            return opened(known)
        model = opened(torch.float32)
        plain, rounded = seconds_of(model), seconds_of(model.to(torch.bfloat16))
        write_note(note, "bfloat16" if rounded < plain else "float32")
        return model if rounded < plain else opened(torch.float32)


def processor() -> str:
    """Name what torch computes with, by a hash: the GPU, else the processor and what it can do; and torch's version."""
    import torch

    told = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.processor()
    if not torch.cuda.is_available():
        with contextlib.suppress(OSError):
            lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="ignore").splitlines()
            told = "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
    return hashlib.sha256(f"{torch.__version__} {told}".encode()).hexdigest()[:16]


def noted(note: Path | None) -> torch.dtype | None:
    """Return the precision that was found quicker before; None where nothing legible says it."""
    import torch

    with contextlib.suppress(OSError, KeyError):
        if note:
            return {"float32": torch.float32, "bfloat16": torch.bfloat16}[
                note.read_text(encoding="ascii", errors="replace").strip()
            ]
    return None


def write_note(note: Path | None, precision: str) -> None:
    with contextlib.suppress(OSError):  # it is measured again the next time
        if note:
            with replacing(note, ".precision-") as written:
                written.write_text(precision, encoding="utf-8")


def seconds_of(model: SentenceTransformer) -> float:
    """Return the least time of three in which the model encodes a few texts of some 240 tokens.

    On a processor that is its own time, in all threads: other work beside it must not decide.
    """
    clock = time.process_time if model.device.type == "cpu" else time.perf_counter
    times = []
    for _ in range(3):
        began = clock()
        model.encode(["sắp xếp " * 60] * 4, show_progress_bar=False)
        times.append(clock() - began)
    return min(times)


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


@contextlib.contextmanager
def errors_named(model: str, cure: str) -> Iterator[None]:
    """Turn what the libraries say of a model that cannot be loaded into EncoderError."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise EncoderError(f"the {model} cannot be loaded ({lines[0][:200]}); {cure}") from error


class Reranker:
    """Scores texts for a question with a CrossEncoder, higher is better."""

    def __init__(self, model: CrossEncoder) -> None:
        self.model = model

    @classmethod
    def load(cls, name: str) -> Reranker:
        """Load a CrossEncoder by folder or hub name; EncoderError when it cannot be had."""
        from sentence_transformers import CrossEncoder

        with errors_named(f"reranker {name!r}", RERANKER_CURE):
            return cls(CrossEncoder(name, device="cpu"))

    def scores(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return an array of shape (texts,)."""
        pairs = [(question, text) for text in texts]
        return np.asarray(self.model.predict(pairs, show_progress_bar=False), np.float32).reshape(-1)
