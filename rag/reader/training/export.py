r"""Make the shipped files of a trained reader: quantised to 8 bits, with a manifest of what they are.

    python -m rag.reader.training.export --trained results/reader/trained --data results/reader/examples.jsonl \
        --out rag/reader

Quantised as `index.models.making.quantise` does, calibrated on examples of the training data.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from index.models import bundled_folder
from index.models.making.quantise import QuantisedWords, quantise, write_manifest
from rag.reader.default import INPUTS, MANIFEST, OUTPUTS, WEIGHTS
from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.training.examples import Example, read_examples
from rag.reader.training.network import ReaderNetwork

_CALIBRATION = 256  # examples


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
    embeddings.word_embeddings = QuantisedWords(embeddings.word_embeddings.weight.detach())
    tokenizer = open_tokenizer(bundled_folder())
    pairs = [(example.question, example.header, example.passage) for example in examples]
    rows = [pad([inputs]) for inputs in encode(tokenizer, pairs, max_tokens=256)]
    quantise(_Outputs(network), rows, out / WEIGHTS, inputs=INPUTS, outputs=OUTPUTS)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    names = (WEIGHTS, WEIGHTS.replace(".xml", ".bin"), "tokenizer.json")
    recipe = json.loads((trained / "recipe.json").read_text(encoding="utf-8"))
    write_manifest(out / MANIFEST, names, trained=recipe)


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trained", type=Path, required=True, help="outcome of rag.reader.training.train")
    parser.add_argument("--data", type=Path, required=True, help="training examples to calibrate with")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    examples = random.Random(7).sample(list(read_examples(arguments.data)), _CALIBRATION)
    export(arguments.trained, arguments.out, examples)


if __name__ == "__main__":
    main()
