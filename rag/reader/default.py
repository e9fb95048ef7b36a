"""The project's own reader: its weights are beside this file, and CARD.md says where they come from."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import Network, damage, is_english, shared_damage, shared_words
from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.protocol import Reading, ToRead, reading

FOLDER = Path(__file__).parent
WEIGHTS = "reader.xml"
MANIFEST = "reader.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start", "end", "evidence", "relevance")
SHARED = "words"  # in the manifest: the word embeddings and the tokenizer are those of the multilingual encoder
MAX_TOKENS = "max_tokens"  # in the manifest
_AT_ONCE = 4  # passages of a batch: of like length, so that little is padded


class ShippedReader:
    """The project's own reader, in 8 bits, by OpenVINO."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._network: Network | None = None
        self._tokenizer: Any = None
        self._manifest: dict[str, Any] = {}
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
                    self._manifest = _manifest(self._folder)
                    words, tokenizer = shared_words() if SHARED in self._manifest else (None, self._folder)
                    self._tokenizer = open_tokenizer(tokenizer)
                    self._network = Network(self._folder / WEIGHTS, hint="LATENCY", words=words)
                except Exception as error:  # noqa: BLE001 - whatever the library raises: there is an answer without the reader
                    warning = _warning(self._folder, " ".join(str(error).split())[:200])
            self.warning = warning

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning, or it can't read their language.

        One that shares the words of many languages reads them all. Another was made for English: most passages must be.
        """
        self.load()
        network = self._network
        if network is None:
            return []
        if SHARED not in self._manifest and not (is_english(question) and _mostly_english(passages)):
            return []
        most = self._manifest[MAX_TOKENS]
        inputs = encode(self._tokenizer, [(question, *passage) for passage in passages], max_tokens=most)
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        readings: dict[int, Reading] = {}
        for at in range(0, len(order), _AT_ONCE):
            chosen = order[at : at + _AT_ONCE]
            logits = network.run(pad([inputs[i] for i in chosen]))
            for row, i in enumerate(chosen):
                readings[i] = reading(inputs[i], logits, row)
        return [readings[i] for i in range(len(passages))]


def _mostly_english(passages: Sequence[ToRead]) -> bool:
    return 2 * sum(is_english(one.passage) for one in passages) > len(passages)


def check_files(folder: Path) -> str:
    """Return what is wrong with the reader's files, as a warning; "" if nothing is."""
    reason = damage(folder, MANIFEST) or (shared_damage() if SHARED in _manifest(folder) else "")
    return _warning(folder, reason) if reason else ""


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {MAX_TOKENS: 256, **found}


def _warning(folder: Path, reason: str) -> str:
    return f"the reader in {folder} can't be used ({reason}): reinstall Pincite; until then answers are by similarity"
