"""Making the shipped networks: a torch module goes in, files in 8 bits for OpenVINO come out. Needs the extra `train`.

Matrix products are quantised with NNCF's post-training quantisation, calibrated on examples; word embeddings, half of
a small network's size and more, as 8 bits with a scale for each word, or as 4 bits with one for each 32 components.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nncf
import openvino as ov
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_EXAMPLE_LENGTH = 16
_BLOCK, _SMALLEST = 32, 1e-8


class QuantisedWords(nn.Module):
    """An embedding table of 8 bits with a scale for each row."""

    table: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("table", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale.clone())

    def forward(self, ids: Tensor) -> Tensor:
        """Return the embeddings of the words."""
        return self.table[ids].to(torch.float32) * self.scale[ids]


class BlockedWords(nn.Module):
    """An embedding table of 4 bits with a scale for each block of 32 components, as GGML's format Q4_0 has it.

    The component farthest from 0 is -8 times the scale, so that a table that was in this form loses nothing.
    """

    table: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        blocks = weight.reshape(len(weight), -1, _BLOCK)
        farthest = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True))
        scale = farthest / -8
        scale = torch.where(scale.abs() < _SMALLEST, _SMALLEST, scale)
        nibbles = ((blocks / scale).round().clamp(-8, 7) + 8).to(torch.uint8).flatten(1)
        half = weight.shape[1] // 2
        self.register_buffer("table", nibbles[:, :half] * 16 + nibbles[:, half:])
        self.register_buffer("scale", scale.squeeze(-1))

    def forward(self, ids: Tensor) -> Tensor:
        """Return the embeddings of the words."""
        pairs, scale = self.table[ids].to(torch.int32), self.scale[ids]
        first = torch.div(pairs, 16, rounding_mode="floor")
        steps = torch.cat([first, pairs - first * 16], -1).to(torch.float32) - 8
        found: Tensor = (steps.reshape([*scale.shape, _BLOCK]) * scale.unsqueeze(-1)).flatten(-2)
        return found


def quantise(
    module: nn.Module,
    examples: Sequence[Mapping[str, NDArray[Any]]],
    weights: Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> None:
    """Write `module`, which takes tensors like those of the examples, in the order of `inputs`, to `weights` (.xml).

    They are int64 [batch, tokens], or float32 [batch, tokens, width].
    """
    small = nncf.quantize(
        _graph(module, examples[0], inputs, outputs),
        nncf.Dataset(list(examples)),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(examples),
    )
    weights.parent.mkdir(parents=True, exist_ok=True)
    ov.save_model(small, weights, compress_to_fp16=True)


def write_manifest(path: Path, names: Sequence[str], **about: Any) -> None:
    """Write the digests of the files beside `path`, and what there is to say about them."""
    digests = {name: hashlib.sha256((path.parent / name).read_bytes()).hexdigest() for name in names}
    text = json.dumps({"format": 1, "sha256": digests, **about}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _graph(
    module: nn.Module, one: Mapping[str, NDArray[Any]], inputs: Sequence[str], outputs: Sequence[str]
) -> ov.Model:
    example = {
        name: torch.ones((2, _EXAMPLE_LENGTH, *one[name].shape[2:]), dtype=torch.from_numpy(one[name]).dtype)
        for name in inputs
    }
    with torch.no_grad():
        graph = ov.convert_model(module, example_input=example)
    for port, name in zip(graph.inputs, inputs, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(ov.PartialShape([-1, -1, *one[name].shape[2:]]))
    for port, name in zip(graph.outputs, outputs, strict=True):
        port.get_tensor().set_names({name})
    graph.validate_nodes_and_infer_types()
    return graph
