"""The project's own reader: its weights are beside this file, and CARD.md says where they come from."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import Network, damage, shared_damage, shared_words
from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.protocol import Reading, ToRead, reading

FOLDER = Path(__file__).parent
WEIGHTS = "reader.xml"
MANIFEST = "reader.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start", "end", "evidence", "relevance")
MAX_TOKENS = 320  # a passage has up to 200 of the English encoder's, which are longer than those of many languages
_AT_ONCE = 4  # passages of a batch: of like length, so that little is padded


class ShippedReader:
    """The project's own reader, in 8 bits, by OpenVINO.

    It reads the word embeddings, and the tokenizer, of the encoder for other languages.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._network: Network | None = None
        self._tokenizer: Any = None
        self._loading = threading.Lock()
        self.warning = ""

    @property
    def ready(self) -> bool:
        """True once it is in memory, or it is known that it can't be."""
        return self._network is not None or bool(self.warning)

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""
        with self._loading:
            if self.ready:
                return
            warning = check_files(self._folder)
            if not warning:
                try:
                    words, tokenizer = shared_words()
                    self._tokenizer = open_tokenizer(tokenizer)
                    self._network = Network(self._folder / WEIGHTS, hint="LATENCY", words=words)
                except Exception as error:  # noqa: BLE001 - whatever the library raises: there is an answer without the reader
                    warning = _warning(self._folder, " ".join(str(error).split())[:200])
            self.warning = warning

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning."""
        self.load()
        network = self._network
        if network is None:
            return []
        inputs = encode(self._tokenizer, [(question, *passage) for passage in passages], max_tokens=MAX_TOKENS)
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        readings: dict[int, Reading] = {}
        for at in range(0, len(order), _AT_ONCE):
            chosen = order[at : at + _AT_ONCE]
            logits = network.run(pad([inputs[i] for i in chosen]))
            for row, i in enumerate(chosen):
                readings[i] = reading(inputs[i], logits, row)
        return [readings[i] for i in range(len(passages))]


def check_files(folder: Path) -> str:
    """Return what is wrong with the reader's files, as a warning; "" if nothing is."""
    reason = damage(folder, MANIFEST) or shared_damage()
    return _warning(folder, reason) if reason else ""


def _warning(folder: Path, reason: str) -> str:
    return f"the reader in {folder} can't be used ({reason}): reinstall Pincite; until then answers are by similarity"
