"""The word embeddings that the reader shares with the encoder for other languages: token ids go in."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray

from index.models.default import shared_words
from index.models.inference import word_embeddings
from rag.networks import open_tokenizer

_AT_ONCE = 10_000  # words


def embed(ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the embeddings, float32 [rows, tokens, width], of int64 [rows, tokens]."""
    found: NDArray[np.float32] = _network()({0: ids})[0]
    return found


def table() -> torch.Tensor:
    """Return the embeddings of all words, float32 [words, width]."""
    count = open_tokenizer(shared_words()[1]).get_vocab_size()
    parts = [embed(np.arange(at, min(at + _AT_ONCE, count))[None])[0] for at in range(0, count, _AT_ONCE)]
    return torch.from_numpy(np.concatenate(parts))


@cache
def _network() -> Any:
    core = ov.Core()
    ids, made = word_embeddings(core.read_model(shared_words()[0]))
    return core.compile_model(ov.Model([made], [ids]), "CPU")
