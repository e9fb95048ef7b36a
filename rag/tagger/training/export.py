r"""Make the shipped files of a trained tagger: quantised to 8 bits, with a manifest of what they are.

python -m rag.tagger.training.export --shared ../shared --trained results/tagger --out rag/tagger
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
from rag.reader.training.train import RECIPE
from rag.reader.training.words import embed
from rag.tagger.tagger import FOLDER, MANIFEST, OUTPUTS, WEIGHTS
from rag.tagger.training.examples import Example, read_examples
from rag.tagger.training.train import TaggerNetwork, samples_of

_CALIBRATION = 256  # examples


class _BehindWords(nn.Module):
    """The network behind word embeddings."""

    def __init__(self, network: TaggerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, words: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits in the order of `OUTPUTS`."""
        found: tuple[Tensor, Tensor] = self.network(None, attention_mask, token_type_ids, words)
        return found


def export(trained: Path, out: Path, examples: Sequence[Example]) -> None:
    """Write the quantised tagger of the network in `trained` to `out`, calibrated on `examples`."""
    network = TaggerNetwork.load(trained).eval()
    batches = [pad([sample.inputs]) for sample in samples_of(examples, open_tokenizer(shared_words()[1]))]
    inputs: list[dict[str, NDArray[Any]]] = [
        {WORDS: embed(batch[INPUTS[0]]), **{name: batch[name] for name in INPUTS[1:]}} for batch in batches
    ]
    quantise(_BehindWords(network), inputs, out / WEIGHTS, inputs=(WORDS, *INPUTS[1:]), outputs=OUTPUTS)
    recipe = json.loads((trained / RECIPE).read_text(encoding="utf-8"))
    write_manifest(out / MANIFEST, (WEIGHTS, WEIGHTS.replace(".xml", ".bin")), trained=recipe)


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--trained", type=Path, required=True, help="outcome of rag.tagger.training.train")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    rng = random.Random(7)
    examples = rng.sample(list(read_examples(options.shared, "train", rng)), _CALIBRATION)
    export(options.trained, options.out, examples)


if __name__ == "__main__":
    main()
