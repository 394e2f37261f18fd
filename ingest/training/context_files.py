"""A trained network -> the files that `ingest.contexts` and `ingest.context_heads` read."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from ingest.training.context_net import Labels, Net, PackedRows
from ingest.training.fitting import in_steps
from ingest.weights import MARK


def write(net: Net, labels: Labels, pieces: Sequence[str], into: Path) -> None:
    """Write `contexts.onnx.gz`, `context_heads.npz` and `word_pieces.txt.gz`."""
    (into / "contexts.onnx.gz").write_bytes(gzip.compress(packed_encoder(net, into), 9, mtime=0))
    (into / "word_pieces.txt.gz").write_bytes(gzip.compress("\n".join(pieces).encode(), 9, mtime=0))
    np.savez_compressed(into / "context_heads.npz", **head_arrays(net, labels))


def packed_encoder(net: Net, folder: Path) -> bytes:
    """The encoder as ONNX: weights in eight bits, those of words in four, which the net has from then on."""
    whole, small = folder / "contexts.whole.onnx", folder / "contexts.small.onnx"
    example = torch.ones((1, 8), dtype=torch.int64)
    net.encoder.words = PackedRows(net.encoder.words.weight.detach())
    names = ["numbers", "kinds", "blocks"]
    sizes = {name: {1: "length"} for name in (*names, "vectors")}
    torch.onnx.export(
        net.encoder.eval(),
        (example, example * 0, example * 0),
        str(whole),
        input_names=names,
        output_names=["vectors"],
        dynamic_axes=sizes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8)
    packed = small.read_bytes()
    whole.unlink()
    small.unlink()
    return packed


def head_arrays(net: Net, labels: Labels) -> dict[str, Any]:
    """The heads' weights, each in 255 steps, and their labels and traits as text."""
    arrays = {
        "hidden": net.hidden.weight.detach().numpy().T,
        "hidden_bias": net.hidden.bias.detach().numpy(),
    }
    for name, head in (("metric", net.metric), ("manner", net.manner)):
        arrays |= {
            f"{name}.weights": head.weight.detach().numpy().T,
            f"{name}.bias": head.bias.detach().numpy(),
        }
    texts = {"metric.labels": labels.metrics, "manner.labels": labels.manners}
    for name, pair_head in (("subject", net.subject), ("period", net.period)):
        arrays |= {f"{name}.{part}": array for part, array in pair_head.arrays().items()}
        texts |= {f"{name}.labels": pair_head.labels, f"{name}.traits": pair_head.traits}
    packed = {name: np.frombuffer(MARK.join(words).encode(), dtype=np.uint8) for name, words in texts.items()}
    return {
        name: in_steps(array, np.abs(array).max() / 127 or 1.0) for name, array in arrays.items()
    } | packed
