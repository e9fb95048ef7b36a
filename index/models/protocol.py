"""What embeds: texts go in, unit-length embeddings come out, by a network in this process or by a server elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class EmbeddingModel(Protocol):
    """An embedding model. Any number of threads may use it.

    What needs the model raises `SettingsError` if it can't be had, with the cure.
    """

    @property
    def ready(self) -> bool:
        """True once it needs no loading."""

    @property
    def dimension(self) -> int:
        """The number of components of an embedding."""

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that it reads, without the special ones at both ends."""

    @property
    def digest(self) -> str:
        """What tells it from another of its name: the SHA-256 of the weights, or what a server calls its version."""

    @property
    def unrelated(self) -> float | None:
        """The cosine of a question to a passage that it has nothing to do with; None: `scale.measure` it."""

    @property
    def tokenizer_json(self) -> str:
        """Its tokenizer as the JSON of the library `tokenizers`; "" if it has none to give: then ours counts."""

    def load(self) -> object:
        """Load it now."""

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the embeddings, float32 [len(texts), dimension], unit length; a `query` is embedded as one."""
