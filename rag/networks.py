"""The project's own networks in `rag`: 8 bits, by OpenVINO, with the words and the tokenizer of the encoder for other
languages, which they share."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index import Below, Network, damage, shared_damage, shared_words

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Tokens(Protocol):
    """What a network reads: token ids, and for each whether it is of the question (0) or of the rest (1)."""

    @property
    def ids(self) -> list[int]:
        """The token ids."""

    @property
    def types(self) -> list[int]:
        """Their types."""


@dataclass
class OwnNetwork:
    """A network in a folder: `name`.xml, .bin and .json, loaded at its first use; `without` it, what is there instead.

    `below` are the layers of another on which it stands, if it has only the upper ones. What is wrong with its files
    is the `warning`, in one line with the cure.
    """

    name: str
    folder: Path
    without: str
    below: Below | None = None
    warning: str = ""
    _loaded: tuple[Network, Tokenizer] | None = None
    _loading: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ready(self) -> bool:
        """True once it is in memory, or it is known that it can't be."""
        return self._loaded is not None or bool(self.warning)

    def load(self) -> tuple[Network, Tokenizer] | None:
        """Return it with its tokenizer, loaded now if it wasn't; None if there is a warning."""
        with self._loading:
            if not self.ready:
                self.warning = self.check() or self._load()
            return self._loaded

    def check(self) -> str:
        """Return what is wrong with its files, as a warning; "" if nothing is."""
        below = damage(self.below.weights.parent, f"{self.below.weights.stem}.json") if self.below else ""
        reason = damage(self.folder, f"{self.name}.json") or below or shared_damage()
        return self._unusable(reason) if reason else ""

    def _load(self) -> str:
        words, tokenizer = shared_words()
        try:
            network = Network(self.folder / f"{self.name}.xml", hint="LATENCY", words=words, below=self.below)
            self._loaded = network, open_tokenizer(tokenizer)
        except Exception as error:  # noqa: BLE001 - whatever the library raises: there is something to do without it
            return self._unusable(" ".join(str(error).split())[:200])
        return ""

    def _unusable(self, reason: str) -> str:
        return (
            f"the {self.name} in {self.folder} can't be used ({reason}): reinstall Pincite; until then {self.without}"
        )


def open_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer in a file, or in a model's folder, without its truncation and padding."""
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json" if path.is_dir() else path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pad(inputs: Sequence[Tokens]) -> dict[str, NDArray[np.int64]]:
    """Return a network's `INPUTS`, int64 [len(inputs), tokens of the longest]; what is beyond an end is 0."""
    longest = max(len(one.ids) for one in inputs)
    batch = {name: np.zeros((len(inputs), longest), dtype=np.int64) for name in INPUTS}
    for row, one in enumerate(inputs):
        batch["input_ids"][row, : len(one.ids)] = one.ids
        batch["attention_mask"][row, : len(one.ids)] = 1
        batch["token_type_ids"][row, : len(one.ids)] = one.types
    return batch
