"""A toy embedding model, as an example of one: a server elsewhere is asked, which shows no tokenizer.

It is put in by `Encoder("a name", RemoteModel(address))`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.request import Request, urlopen

import numpy as np
from numpy.typing import NDArray

from index.errors import SettingsError


class RemoteModel:
    """An embedding model behind an address, which takes a JSON list of texts, and returns one of embeddings."""

    ready = True
    dimension = 384
    max_tokens = 500
    digest = "1"  # what the server calls its version
    tokenizer_json = ""  # ours counts
    unrelated = None  # is measured

    def __init__(self, address: str) -> None:
        self._address = address

    def load(self) -> None:
        """Do nothing: the server has loaded it."""

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Ask the server, which embeds a query as it does a passage."""
        try:
            with urlopen(Request(self._address, json.dumps(list(texts)).encode())) as answer:
                return np.asarray(json.load(answer), dtype=np.float32)
        except OSError as error:
            raise SettingsError(f"no embeddings from {self._address} ({error}): start the server") from error
