r"""Make the shipped files of a trained reader: quantised to 8 bits, with a manifest of what they are.

    python -m rag.reader.training.export --trained results/reader/trained --data results/reader/examples.jsonl \
        --out rag/reader

Quantised as `index.models.making.quantise` does, calibrated on examples of the training data.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openvino as ov
from torch import Tensor, nn

from index.models.default import OTHERS, shared_words
from index.models.inference import WORDS, word_embeddings
from index.models.making.quantise import QuantisedWords, quantise, write_manifest
from rag.reader.default import INPUTS, MANIFEST, MAX_TOKENS, OUTPUTS, SHARED, WEIGHTS
from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.training.examples import Example, read_examples
from rag.reader.training.network import ReaderNetwork
from rag.reader.training.train import MAX_TOKENS as MOST_TOKENS
from rag.reader.training.train import RECIPE

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


class _OfWords(_Outputs):
    """The same, of word embeddings that another network has."""

    def forward(self, words: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        """Return the logits in the order of `OUTPUTS`."""
        found = self.network(None, attention_mask, token_type_ids, words)
        return tuple(found[name] for name in OUTPUTS)


def export(trained: Path, out: Path, examples: Sequence[Example], *, shared: bool = True) -> None:
    """Write the quantised reader of the network in `trained` to `out`, calibrated on `examples`.

    Its word embeddings and its tokenizer are those of the encoder for other languages, if they are `shared`; else the
    tokenizer is in `trained`.
    """
    network = ReaderNetwork.load(trained).eval()
    tokenizer = open_tokenizer(shared_words()[1] if shared else trained)
    pairs = [(example.question, example.header, example.passage) for example in examples]
    rows: list[dict[str, Any]] = [dict(pad([inputs])) for inputs in encode(tokenizer, pairs, max_tokens=MOST_TOKENS)]
    embeddings: Any = network.encoder.embeddings
    files = [WEIGHTS, WEIGHTS.replace(".xml", ".bin")]
    about: dict[str, Any] = {MAX_TOKENS: MOST_TOKENS}
    if shared:
        rows = [_with_words(row) for row in rows]
        quantise(_OfWords(network), rows, out / WEIGHTS, inputs=(WORDS, *INPUTS[1:]), outputs=OUTPUTS)
        about[SHARED] = OTHERS.name
    else:
        embeddings.word_embeddings = QuantisedWords(embeddings.word_embeddings.weight.detach())
        quantise(_Outputs(network), rows, out / WEIGHTS, inputs=INPUTS, outputs=OUTPUTS)
        tokenizer.save(str(out / "tokenizer.json"), pretty=False)
        files.append("tokenizer.json")
    recipe = json.loads((trained / RECIPE).read_text(encoding="utf-8"))
    write_manifest(out / MANIFEST, files, **about, network=network.encoder.config.to_diff_dict(), trained=recipe)


def _with_words(row: Mapping[str, Any]) -> dict[str, Any]:
    ids = row[INPUTS[0]]
    return {WORDS: _words()({INPUTS[0]: ids})[0], **{name: row[name] for name in INPUTS[1:]}}


@cache
def _words() -> Any:
    """Return the part of the encoder for other languages that makes word embeddings of token ids."""
    core = ov.Core()
    ids, made = word_embeddings(core.read_model(shared_words()[0]))
    return core.compile_model(ov.Model([made], [ids]), "CPU")


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
