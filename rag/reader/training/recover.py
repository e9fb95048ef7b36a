"""Make weights that training can go on from out of a shipped reader, whose matrices are kept in 8 bits.

    python -m rag.reader.training.recover --reader rag/reader --out results/reader/recovered

Quantising keeps of each matrix `W diag(1/s)`, rounded, and multiplies its input by `s` ("smooth quantisation"): so `W`
is what is kept, times `s`. What rounding lost stays lost: it is a third of a point of F1.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from index.models.default import shared_words
from rag.reader.default import FOLDER, MANIFEST, WEIGHTS
from rag.reader.training.network import CONFIG
from rag.reader.training.network import WEIGHTS as TRAINED
from rag.reader.training.train import RECIPE
from rag.reader.training.words import table

Array = NDArray[np.float32]
_PREFIX = "__module.network."


def recover(reader: Path) -> dict[str, torch.Tensor]:
    """Return the weights of the shipped reader in the folder, by the names that they have in `ReaderNetwork`."""
    found = {name: torch.tensor(value) for name, value in _weights(ov.Core().read_model(reader / WEIGHTS))}
    return {**found, "encoder.embeddings.word_embeddings.weight": table()}


def _weights(graph: Any) -> Iterator[tuple[str, Array]]:
    for node in graph.get_ordered_ops():
        kind, (layer, _, operation) = node.get_type_name(), node.get_friendly_name().partition("/aten::")
        layer = layer.removeprefix(_PREFIX)
        if kind == "MatMul":
            yield f"{layer}.weight", _value(_input(node, 1)) * _smoothing(_input(node, 0))
        elif kind == "Add" and operation == "linear/Add":
            yield f"{layer}.bias", _value(_input(node, 1)).ravel()
        elif operation == "layer_norm/Multiply_1":
            yield f"{layer}.weight", _value(_input(node, 1)).ravel()
        elif operation == "layer_norm/Add":
            yield f"{layer}.bias", _value(_input(node, 1)).ravel()
        elif kind == "Gather" and re.search(r"(token_type|position)_embeddings$", layer):
            yield f"{layer}.weight", _value(_input(node, 0))
        elif kind == "Multiply" and layer.endswith("word_embeddings") and operation == "mul/Multiply":
            table, scale = (_input(factor, 0) for factor in (_input(_input(node, 0), 0), _input(node, 1)))
            yield f"{layer}.weight", _value(table) * _value(scale)


def _smoothing(node: Any) -> Array | float:
    """Return what the input of a matrix was multiplied by, [1, width]."""
    if node.get_type_name() == "FakeQuantize":
        node = _input(node, 0)
    return _value(_input(node, 1)).reshape(1, -1) if node.get_friendly_name().endswith("smooth_quant") else 1.0


def _value(node: Any) -> Array:
    """Return a constant, or what is made of constants by converting and multiplying."""
    kind = node.get_type_name()
    if kind == "Constant":
        return np.asarray(node.data, dtype=np.float32)
    if kind == "Convert":
        return _value(_input(node, 0))
    if kind == "Multiply":
        return np.asarray(_value(_input(node, 0)) * _value(_input(node, 1)), dtype=np.float32)
    raise ValueError(f"{node.get_friendly_name()}: a {kind} is no weight")


def _input(node: Any, number: int) -> Any:
    return node.input(number).get_source_output().get_node()


def write(reader: Path, out: Path) -> None:
    """Write what `rag.reader.training.train` would have left of the shipped reader in the folder."""
    out.mkdir(parents=True, exist_ok=True)
    save_file(recover(reader), out / TRAINED)
    manifest = json.loads((reader / MANIFEST).read_text(encoding="utf-8"))
    (out / CONFIG).write_text(json.dumps(manifest["network"]), encoding="utf-8")
    (out / RECIPE).write_text(json.dumps(manifest["trained"], indent=1), encoding="utf-8")
    shutil.copyfile(shared_words()[1], out / "tokenizer.json")


def main() -> None:
    """Recover from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write(arguments.reader, arguments.out)


if __name__ == "__main__":
    main()
