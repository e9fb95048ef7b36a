"""Make the shipped files of one of the default model's networks: smaller weights, the tokenizer, and a manifest.

python -m index.models.making.export multilingual --model FOLDER --texts ../shared/train/sets/*.gz --out index/models
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoModel

from index.models.default import ENGLISH, OTHERS
from index.models.making.cut import texts_of
from index.models.making.quantise import BlockedWords, QuantisedWords, quantise, write_manifest
from index.models.shipped import INPUTS, OUTPUT, Recipe
from index.text.tokens import whole_tokenizer

_CALIBRATION = 300  # texts
_OF_A_FILE = 500  # texts to choose from
_SHORTEST, _LONGEST = 40, 1200  # characters of one


class _Embedder(nn.Module):
    """The transformer, the mean over its tokens, and the division by the length."""

    def __init__(self, folder: Path, words: Callable[[Tensor], nn.Module]) -> None:
        super().__init__()
        self.transformer: Any = AutoModel.from_pretrained(
            str(folder), attn_implementation="eager", add_pooling_layer=False
        ).eval()
        embeddings = self.transformer.embeddings
        embeddings.word_embeddings = words(embeddings.word_embeddings.weight.detach())

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the embeddings [batch, dimension] of token ids [batch, tokens]."""
        types = torch.zeros_like(input_ids)
        found = self.transformer(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types)
        states, mask = found.last_hidden_state, attention_mask.unsqueeze(-1).to(found.last_hidden_state.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        unit: Tensor = mean / mean.norm(dim=-1, keepdim=True)
        return unit


def export(folder: Path, recipe: Recipe, texts: Sequence[str], out: Path) -> None:
    """Write the files of a network, made from the model in `folder`, to `out`, calibrated on `texts`."""
    if recipe is OTHERS:  # the other's tokenizer is in its package
        shutil.copyfile(folder / "tokenizer.json", recipe.tokenizer(out))
    tokenizer = whole_tokenizer((folder / "tokenizer.json").read_text(encoding="utf-8"))
    rows = [np.asarray([tokenizer.encode(text).ids[: recipe.max_tokens]]) for text in texts]
    examples: list[dict[str, NDArray[np.int64]]] = [
        dict(zip(INPUTS, (row, np.ones_like(row)), strict=True)) for row in rows
    ]
    words = BlockedWords if recipe is OTHERS else QuantisedWords
    quantise(_Embedder(folder, words), examples, out / recipe.weights, inputs=INPUTS, outputs=[OUTPUT])
    describe(recipe, out, model=_digest(folder / "model.safetensors"), calibration=len(texts))


def describe(recipe: Recipe, out: Path, **about: Any) -> None:
    """Write the manifest of the files of a network in `out`."""
    names = [recipe.weights, f"{recipe.name}.bin"]
    if recipe.tokenizer(out).parent == out:
        names.append(recipe.tokenizer(out).name)
    write_manifest(out / recipe.manifest, names, **about)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(recipe: Recipe, texts: Sequence[str]) -> Iterator[str]:
    """Yield pieces of texts as long as questions up to as long as passages, by chance."""
    rng = random.Random(3)
    for _ in range(_CALIBRATION):
        text = rng.choice(texts)
        start = rng.randrange(max(1, len(text) - _LONGEST))
        yield rng.choice((recipe.query, recipe.passage)) + text[start : start + rng.randint(_SHORTEST, _LONGEST)]


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=(ENGLISH.name, OTHERS.name))
    parser.add_argument("--model", type=Path, required=True, help="a folder that transformers loads")
    parser.add_argument(
        "--texts", type=Path, nargs="+", required=True, help="JSON lines to calibrate with, also gzipped"
    )
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    texts = [text for file in arguments.texts for text in texts_of(file, _OF_A_FILE)]
    recipe = OTHERS if arguments.network == OTHERS.name else ENGLISH
    export(arguments.model, recipe, list(_pieces(recipe, texts)), arguments.out)


if __name__ == "__main__":
    main()
