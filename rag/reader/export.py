"""Make the shipped files of a trained reader: quantised to 8 bits, with a manifest of what they are.

    python -m rag.reader.export --trained results/reader/trained --data results/reader/examples.jsonl --out rag/reader

Matrix products are quantised with NNCF's post-training quantisation, calibrated on examples of the training data; the
word embeddings, half of the size, as 8 bits with a scale for each word.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nncf
import openvino as ov
import torch
from torch import Tensor, nn

from index.encoder import bundled_folder
from rag.reader.examples import Example, read_examples
from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.network import ReaderNetwork
from rag.reader.shipped import INPUTS, MANIFEST, OUTPUTS, WEIGHTS

_CALIBRATION = 256  # examples
_EXAMPLE_LENGTH = 16


class _Words(nn.Module):
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


class _Outputs(nn.Module):
    """The network with its outputs as a tuple, which a graph can hold."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        """Return the logits in the order of `OUTPUTS`."""
        found = self.network(input_ids, attention_mask, token_type_ids)
        return tuple(found[name] for name in OUTPUTS)


def export(trained: Path, out: Path, examples: Sequence[Example]) -> None:
    """Write the quantised reader of the network in `trained` to `out`, calibrated on `examples`."""
    network = ReaderNetwork.load(trained).eval()
    embeddings: Any = network.encoder.embeddings
    embeddings.word_embeddings = _Words(embeddings.word_embeddings.weight.detach())
    graph = _graph(network)
    tokenizer = open_tokenizer(bundled_folder())
    pairs = [(example.question, example.header, example.passage) for example in examples]
    rows = [pad([inputs]) for inputs in encode(tokenizer, pairs, max_tokens=256)]
    small = nncf.quantize(
        graph,
        nncf.Dataset(rows),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(rows),
    )
    out.mkdir(parents=True, exist_ok=True)
    ov.save_model(small, out / WEIGHTS, compress_to_fp16=True)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    names = (WEIGHTS, WEIGHTS.replace(".xml", ".bin"), "tokenizer.json")
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}
    manifest = {
        "format": 1,
        "sha256": digests,
        "trained": json.loads((trained / "recipe.json").read_text(encoding="utf-8")),
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _graph(network: ReaderNetwork) -> ov.Model:
    example = {name: torch.ones((2, _EXAMPLE_LENGTH), dtype=torch.long) for name in INPUTS}
    with torch.no_grad():
        graph = ov.convert_model(_Outputs(network), example_input=example)
    for port, name in zip(graph.inputs, INPUTS, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(ov.PartialShape([-1, -1]))
    for port, name in zip(graph.outputs, OUTPUTS, strict=True):
        port.get_tensor().set_names({name})
    graph.validate_nodes_and_infer_types()
    return graph


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trained", type=Path, required=True, help="outcome of rag.reader.train")
    parser.add_argument("--data", type=Path, required=True, help="training examples to calibrate with")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    examples = random.Random(7).sample(list(read_examples(arguments.data)), _CALIBRATION)
    export(arguments.trained, arguments.out, examples)


if __name__ == "__main__":
    main()
