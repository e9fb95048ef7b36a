"""The encoder that a library has: the default model as it is shipped, or any other that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.models.default import ShippedModel
from index.models.huggingface import StockModel
from index.models.minilm import NAME as MINILM
from index.models.minilm import bundled_folder
from index.models.protocol import EmbeddingModel
from index.models.scale import measure, rescale
from index.text.tokens import Tokenizing

DEFAULT_MODEL = "pincite"
_QUERIES_KEPT = 16  # a question is embedded once, though several parts of its way need it


class Encoder:
    """An embedding model that is loaded at its first use, or by `load` in the background: `using`, or that name's.

    What needs the model raises `SettingsError` if there is none of that name, `IndexMismatchError` if the shipped one
    is not as it was shipped.
    """

    def __init__(self, model: str = DEFAULT_MODEL, using: EmbeddingModel | None = None) -> None:
        self.model_id = model
        self._model = using or _named(model)
        self._queries: dict[str, NDArray[np.float32]] = {}  # replaced, never changed: threads may share it

    @property
    def ready(self) -> bool:
        """True once the model is in memory."""
        return self._model.ready

    @property
    def dimension(self) -> int:
        """The number of components of an embedding."""
        return self._model.dimension

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model reads, without the special ones at both ends."""
        return self._model.max_tokens

    @property
    def digest(self) -> str:
        """The SHA-256 of the weights: two models of one name and other weights must not share an index."""
        return self._model.digest

    @cached_property
    def unrelated(self) -> float:
        """The cosine of a question to a passage that it has nothing to do with."""
        known = self._model.unrelated
        return measure(lambda texts, query: self._model.embed(texts, query=query)) if known is None else known

    def load(self) -> None:
        """Load the model now."""
        self._model.load()

    @cached_property
    def tokenizer_json(self) -> str:
        """The model's tokenizer: all that `Tokenizing` needs, in whatever process."""
        return self._model.tokenizer_json or ShippedModel().tokenizer_json

    @cached_property
    def token_starts(self) -> Tokenizing:
        """The function that returns for each of some texts the offsets at which its tokens begin."""
        return Tokenizing(self.tokenizer_json)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages: float32 [len(texts), dimension], unit length, row i for texts[i]."""
        return self._model.embed(texts, query=False) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def likeness(self, cosines: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return cosines on the one scale of all models, see `scale`."""
        return rescale(cosines, self.unrelated)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """Return the embedding of a query: float32 [dimension], unit length. The last ones are kept."""
        known = self._queries.get(query)
        if known is None:
            known = self._model.embed([query], query=True)[0]
            known.flags.writeable = False
            self._queries = {**dict(list(self._queries.items())[1 - _QUERIES_KEPT :]), query: known}
        return known


def _named(model: str) -> EmbeddingModel:
    if model == DEFAULT_MODEL:
        return ShippedModel()
    return StockModel(str(bundled_folder()) if model == MINILM else model)
