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

from numpy.typing import NDArray
from torch import Tensor, nn

from index.models.default import shared_words
from index.models.inference import WORDS
from index.models.making.quantise import quantise, write_manifest
from rag.networks import INPUTS, open_tokenizer, pad
from rag.reader.default import MANIFEST, MAX_TOKENS, OUTPUTS, WEIGHTS
from rag.reader.inputs import encode
from rag.reader.training.examples import Example, read_examples
from rag.reader.training.network import ReaderNetwork
from rag.reader.training.train import RECIPE
from rag.reader.training.words import embed

_CALIBRATION = 256  # examples


class _Outputs(nn.Module):
    """The network behind word embeddings, with its outputs as a tuple, which a graph can hold."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, words: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        """Return the logits in the order of `OUTPUTS`."""
        found = self.network(None, attention_mask, token_type_ids, words)
        return tuple(found[name] for name in OUTPUTS)


def export(trained: Path, out: Path, examples: Sequence[Example]) -> None:
    """Write the quantised reader of the network in `trained` to `out`, calibrated on `examples`.

    Its word embeddings and its tokenizer are those of the encoder for other languages.
    """
    network = ReaderNetwork.load(trained).eval()
    pairs = [(example.question, example.header, example.passage) for example in examples]
    batches = [pad([one]) for one in encode(open_tokenizer(shared_words()[1]), pairs, max_tokens=MAX_TOKENS)]
    rows: list[dict[str, NDArray[Any]]] = [
        {WORDS: embed(batch[INPUTS[0]]), **{name: batch[name] for name in INPUTS[1:]}} for batch in batches
    ]
    quantise(_Outputs(network), rows, out / WEIGHTS, inputs=(WORDS, *INPUTS[1:]), outputs=OUTPUTS)
    recipe = json.loads((trained / RECIPE).read_text(encoding="utf-8"))
    files = (WEIGHTS, WEIGHTS.replace(".xml", ".bin"))
    write_manifest(out / MANIFEST, files, network=network.encoder.config.to_diff_dict(), trained=recipe)


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
