"""An encoder for tests that is a pure function of the words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.models import Encoder
from index.text.words import split_words


class WordEncoder(Encoder):
    """Stands in for the model where whole result lists are compared: texts are alike as far as they share words."""

    unrelated = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    @property
    def ready(self) -> bool:
        return True

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return np.stack([self._embed(text) for text in texts]) if texts else np.zeros((0, 384), np.float32)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        return self._embed(query)

    def _embed(self, text: str) -> NDArray[np.float32]:
        embedding = np.full(384, 1e-3, dtype=np.float32)
        for word in split_words(text):
            embedding[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % 384] += 1
        return embedding / np.linalg.norm(embedding)
