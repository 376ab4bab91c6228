"""A checkpoint → the file that the package carries: ONNX, its weights in 8 bits, and the hash that is checked.

python -m training.export --model CHECKPOINT [--float]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from qa.encoder.e5 import parse, weights_path
from training.model import ReadingModel, from_checkpoint, from_encoder, layers_in

ROOM = Path(__file__).parent.parent / "qa" / "reading"
OPSET = 17
BLOCK = 128
EXAMPLE = (1, 24)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOM / "reader.onnx")
    parser.add_argument("--float", action="store_true", help="leave the weights in 32 bits, to compare with")
    options = parser.parse_args(arguments)
    model = from_checkpoint(options.model)
    export(model, options.out, in_8_bits=not options.float)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB, sha256 {digest}")
    settings = ROOM / "reader.json"
    if options.out.parent == ROOM:
        values = json.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}
        settings.write_text(json.dumps(values | {"sha256": digest}, indent=1) + "\n", encoding="utf-8")


def export(model: ReadingModel, out: Path, *, in_8_bits: bool) -> None:
    """Write the model; in 8 bits each weight matrix has a scale for each of its columns."""
    hidden = model.shape.hidden
    words, mask = torch.randn(*EXAMPLE, hidden), torch.ones(EXAMPLE)
    axes = {"words": {0: "texts", 1: "tokens"}, "mask": {0: "texts", 1: "tokens"}, "tokens": {0: "texts", 1: "tokens"}}
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            model,
            (words, mask),
            str(plain),
            input_names=["words", "mask"],
            output_names=["tokens", "passages"],
            dynamic_axes=axes | {"passages": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )
        if in_8_bits:
            quantise(plain, out)
        else:
            out.write_bytes(plain.read_bytes())


def quantise(plain: Path, out: Path) -> None:
    """Put the weights into 8 bits, the heads aside.

    What the second dense map of a layer is given has outliers that one scale for all of it would drown the rest in, so
    there each run of 128 numbers has a scale of its own; the others have one scale for what they are given.
    """
    model = onnx.load(plain)
    maps = [node.name for node in model.graph.node if node.op_type == "MatMul"]
    others = [name for name in maps if "/narrow/" not in name]
    blocked = MatMulNBitsQuantizer(
        model, bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=4, nodes_to_exclude=others
    )
    blocked.process()
    between = plain.with_name("between.onnx")
    blocked.model.save_model_to_file(str(between), use_external_data_format=False)
    heads = ["/token_head/MatMul", "/passage_head/Gemm_MatMul"]
    quantize_dynamic(between, out, per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=heads)


def model_in(path: Path) -> ReadingModel:
    """Return the torch model of a file in 8 bits, its weights multiplied by their scales: to compare the two."""
    graph = onnx.load(path).graph
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    plain = (".weight", ".bias", "positions")
    state = {name: value for name, value in stored.items() if name.endswith(plain)}
    layers = layers_in(state)
    parts = [f"layers.{number}.{part}" for number in range(layers) for part in ("qkv", "out", "widen", "narrow")]
    names = iter([*parts, "token_head", "passage_head"])
    for node in graph.node:
        weight = weight_of(node, stored)
        if weight is not None:
            state[f"{next(names)}.weight"] = weight
    model = from_encoder(parse(weights_path()), layers)
    model.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()})
    return model.eval()


def weight_of(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> np.ndarray | None:
    """Return the weight of a dense map, shape (outputs, inputs), float32; None for another node."""
    given = next((name for name in node.input[1:] if name in stored and stored[name].ndim >= 2), None)
    if given is None or node.op_type not in ("MatMul", "MatMulInteger", "MatMulNBits"):
        return None
    if node.op_type == "MatMulNBits":
        scales = stored[node.input[2]].reshape(*stored[given].shape[:2], 1)
        return ((stored[given].astype(np.float32) - 128) * scales).reshape(len(scales), -1)
    if node.op_type == "MatMul":
        return stored[given].T
    name = given.removesuffix("_quantized")
    return ((stored[given].astype(np.float32) - stored[f"{name}_zero_point"]) * stored[f"{name}_scale"]).T


if __name__ == "__main__":
    main()
