r"""Make the shipped files of a trained entailment head: quantised to 8 bits, with a manifest of what they are.

python -m rag.grounding.training.export --shared ../shared --trained results/entailment --out rag/grounding
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from index.models.inference import HIDDEN
from index.models.making.quantise import quantise, write_manifest
from rag.grounding.entailment import FOLDER, MANIFEST, WEIGHTS
from rag.grounding.training.examples import Example, read_examples
from rag.grounding.training.network import HeadNetwork
from rag.grounding.training.train import Lower, samples_of
from rag.reader.training.train import RECIPE

_CALIBRATION = 256  # examples


def export(trained: Path, out: Path, examples: Sequence[Example]) -> None:
    """Write the quantised head of the network in `trained` to `out`, calibrated on `examples`."""
    network, lower = HeadNetwork.load(trained).eval(), Lower()
    states = [lower.states([sample]) for sample in samples_of(examples)]
    inputs: list[dict[str, NDArray[Any]]] = [
        {HIDDEN: hidden.numpy(), "attention_mask": mask.numpy()} for hidden, mask in states
    ]
    quantise(network, inputs, out / WEIGHTS, inputs=(HIDDEN, "attention_mask"), outputs=("label",))
    recipe = json.loads((trained / RECIPE).read_text(encoding="utf-8"))
    write_manifest(out / MANIFEST, (WEIGHTS, WEIGHTS.replace(".xml", ".bin")), trained=recipe)


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--trained", type=Path, required=True, help="outcome of rag.grounding.training.train")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    rng = random.Random(7)
    examples = rng.sample(list(read_examples(options.shared, "fit", rng)), _CALIBRATION)
    export(options.trained, options.out, examples)


if __name__ == "__main__":
    main()
