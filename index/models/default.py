"""The default model: one network for English, and one for all else whose embeddings lie in the same space.

all-MiniLM-L6-v2 is small and fast, but knows English only; it was trained on to have a question near the passage that
answers it (see `making/tune.py`). multilingual-e5-small knows a hundred languages. A linear map, in its last layer,
takes its embeddings to where all-MiniLM-L6-v2 had those of the same English text; so a German passage is near the
English question that it answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.models.inference import damage
from index.models.minilm import bundled_folder
from index.models.scale import UNRELATED
from index.models.shipped import DIMENSION, FOLDER, Recipe, ShippedNetwork
from index.text.languages import is_english

MAX_TOKENS = 256  # with the special ones at both ends
ENGLISH = Recipe("encoder", lambda _: bundled_folder() / "tokenizer.json", MAX_TOKENS)
# Its tokens are shorter, in most languages: what has as many of the other's must fit.
OTHERS = Recipe("multilingual", lambda folder: folder / "multilingual-tokenizer.json", 400, "query: ", "passage: ")


def shared_words() -> tuple[Path, Path]:
    """Return the files of the network that knows many languages, and of its tokenizer: a reader may share its words."""
    return FOLDER / OTHERS.weights, OTHERS.tokenizer(FOLDER)


def shared_damage() -> str:
    """Return what is wrong with those files; "" if nothing is."""
    return damage(FOLDER, OTHERS.manifest)


def model_damage() -> str:
    """Return what is wrong with the files of both networks; "" if nothing is."""
    return damage(FOLDER, ENGLISH.manifest) or shared_damage()


class ShippedModel:
    """Both networks, in 8 bits, by OpenVINO. The second is loaded when a text is not English."""

    dimension = DIMENSION
    max_tokens = MAX_TOKENS - 2
    unrelated = UNRELATED

    def __init__(self, folder: Path = FOLDER) -> None:
        self._english = ShippedNetwork(ENGLISH, folder)
        self._others = ShippedNetwork(OTHERS, folder)

    @property
    def ready(self) -> bool:
        """True once what is needed for English is in memory."""
        return self._english.ready

    @property
    def digest(self) -> str:
        """The SHA-256 of the weights of both."""
        return hashlib.sha256(f"{self._english.digest} {self._others.digest}".encode()).hexdigest()

    @property
    def tokenizer_json(self) -> str:
        """The tokenizer of the English network; passages in any language are measured by it."""
        return self._english.tokenizer_json

    def load(self) -> object:
        """Load the English network now. Raises `IndexMismatchError` if its files are not those that were shipped."""
        return self._english.load()

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the embeddings of texts, float32 [len(texts), dimension], each by the network that knows it."""
        found = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        english = np.asarray([is_english(text) for text in texts], dtype=bool)
        for network, chosen in ((self._english, english), (self._others, ~english)):
            if chosen.any():
                found[chosen] = network.embed([texts[i] for i in np.flatnonzero(chosen).tolist()], query=query)
        return found
