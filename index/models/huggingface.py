"""Any other embedding model, a folder or a hub name; the only file that imports sentence-transformers."""

from __future__ import annotations

import hashlib
import importlib
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import SettingsError
from index.text.tokens import whole_characters

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32


class StockModel:
    """A model that sentence-transformers loads. Each method raises `SettingsError` if there is none of that name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._model: SentenceTransformer | None = None
        self._loading = threading.Lock()

    @property
    def ready(self) -> bool:
        """True once it is in memory."""
        return self._model is not None

    @property
    def dimension(self) -> int:
        """The number of components of an embedding."""
        return int(self.load().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that it reads, without the special ones at both ends."""
        return int(self.load().max_seq_length or 512) - 2

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        digest = hashlib.sha256()
        for name, weights in sorted(self.load().state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.contiguous().cpu().numpy().tobytes())
        return digest.hexdigest()

    @property
    def unrelated(self) -> None:
        """Not known of it."""

    @property
    def tokenizer_json(self) -> str:
        """The model's tokenizer. Raises `SettingsError` for a model that has no fast one, too."""
        backend = getattr(self.load().tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise SettingsError(f"model {self._name!r} has no fast tokenizer: name another in the settings")
        return str(backend.to_str())

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the embeddings of texts, float32 [len(texts), dimension], each as the model embeds its kind."""
        model = self.load()
        encode = model.encode_query if query else model.encode_document
        whole = [whole_characters(text) for text in texts]
        found = encode(whole, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(found, dtype=np.float32)

    def load(self) -> SentenceTransformer:
        """Load it now."""
        with self._loading:
            if self._model is None:
                self._model = self._open()
            return self._model

    def _open(self) -> SentenceTransformer:
        # Imported here because it takes seconds, which most commands need not wait for.
        library = importlib.import_module("sentence_transformers")
        importlib.import_module("transformers.utils.logging").disable_progress_bar()
        try:
            model: SentenceTransformer = library.SentenceTransformer(self._name, device="cpu")
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise SettingsError(
                f"embedding model {self._name!r} can't be loaded ({reason}): name a folder, a hub name "
                "that can be reached, or leave the default"
            ) from error
        return model
