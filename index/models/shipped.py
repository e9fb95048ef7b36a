"""A network as it is shipped beside this file: texts go in, embeddings come out. CARD.md says how each was made.

Texts are run in batches of like length, so that little is padded, and several batches at a time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import IndexMismatchError
from index.models.inference import Network, damage
from index.text.tokens import whole_characters

FOLDER = Path(__file__).parent
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "embedding"
DIMENSION = 384
_TOKENS_AT_ONCE = 2048  # of a batch: more does not make it faster, and takes memory


@dataclass(frozen=True)
class Recipe:
    """What there is to a network: `name`.xml, .bin and .json in its folder, its tokenizer's file, the most tokens.

    `max_tokens` counts the special ones at both ends and the prefix that a question or a passage is read behind.
    """

    name: str
    tokenizer: Callable[[Path], Path]
    max_tokens: int
    query: str = ""
    passage: str = ""

    @property
    def weights(self) -> str:
        """The file of the network."""
        return f"{self.name}.xml"

    @property
    def manifest(self) -> str:
        """The file with the digests."""
        return f"{self.name}.json"


class ShippedNetwork:
    """One of the shipped networks, in 8 bits, by OpenVINO, loaded at its first use. Threads may share it."""

    def __init__(self, recipe: Recipe, folder: Path = FOLDER) -> None:
        self._recipe = recipe
        self._folder = folder
        self._network: Network | None = None
        self._loading = threading.Lock()

    @property
    def ready(self) -> bool:
        """True once it is in memory."""
        return self._network is not None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        manifest = self._recipe.manifest
        try:
            digests = json.loads((self._folder / manifest).read_text(encoding="utf-8"))["sha256"]
            return str(digests[f"{self._recipe.name}.bin"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unusable(self._folder, f"{manifest} can't be read") from error

    @property
    def tokenizer_json(self) -> str:
        """The tokenizer."""
        path = self._recipe.tokenizer(self._folder)
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise _unusable(self._folder, f"{path.name} can't be read") from error

    @cached_property
    def _truncating(self) -> Tokenizer:
        tokenizer = Tokenizer.from_str(self.tokenizer_json)
        tokenizer.enable_truncation(self._recipe.max_tokens)
        tokenizer.no_padding()
        return tokenizer

    def load(self) -> Network:
        """Load it now. Raises `IndexMismatchError` if its files are not those that were shipped."""
        with self._loading:
            if self._network is None:
                reason = damage(self._folder, self._recipe.manifest)
                if reason:
                    raise _unusable(self._folder, reason)
                self._network = Network(self._folder / self._recipe.weights, hint="THROUGHPUT")
            return self._network

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the embeddings of texts, float32 [len(texts), DIMENSION], unit length."""
        network, prefix = self.load(), self._recipe.query if query else self._recipe.passage
        encodings = self._truncating.encode_batch([prefix + whole_characters(text) for text in texts])
        ids = [encoding.ids for encoding in encodings]
        found = np.zeros((len(texts), DIMENSION), dtype=np.float32)

        def run(chosen: list[int]) -> None:
            found[chosen] = network.run(_batch([ids[i] for i in chosen]))[OUTPUT]

        batches = list(pack([len(one) for one in ids]))
        if len(batches) == 1:
            run(batches[0])
            return found
        with ThreadPoolExecutor(network.parallel) as pool:
            list(pool.map(run, batches))
        return found


def pack(lengths: Sequence[int], most: int = _TOKENS_AT_ONCE) -> Iterator[list[int]]:
    """Yield batches of indices of texts, longest first, each of at most `most` tokens with its padding, or one text."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _batch(rows: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
    """Return the network's inputs for one batch, int64 [len(rows), tokens of the longest]."""
    longest = max(map(len, rows))
    batch = {name: np.zeros((len(rows), longest), dtype=np.int64) for name in INPUTS}
    for i, row in enumerate(rows):
        batch["input_ids"][i, : len(row)] = row
        batch["attention_mask"][i, : len(row)] = 1
    return batch


def _unusable(folder: Path, reason: str) -> IndexMismatchError:
    return IndexMismatchError(f"the embedding model in {folder} can't be used ({reason}): reinstall Pincite")
