"""The project's own reader: its weights are beside this file, and CARD.md says where they come from.

The only file that runs OpenVINO, beside `export.py`, which makes the weights.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.reader.inputs import encode, open_tokenizer, pad
from rag.reader.reading import Reading, ToRead, reading

FOLDER = Path(__file__).parent
WEIGHTS = "reader.xml"
MANIFEST = "reader.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start", "end", "relevance")
_MAX_TOKENS = 256
_AT_ONCE = 4  # passages of a batch: of like length, so that little is padded


class ShippedReader:
    """The project's own reader, in 8 bits, by OpenVINO."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._network: Any = None
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
                    self._tokenizer = open_tokenizer(self._folder)
                    self._network = _compile(self._folder / WEIGHTS)
                except Exception as error:  # noqa: BLE001 - whatever the library raises: there is an answer without the reader
                    warning = _warning(self._folder, " ".join(str(error).split())[:200])
            self.warning = warning

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning."""
        self.load()
        if self.warning or not passages:
            return []
        inputs = encode(self._tokenizer, [(question, *passage) for passage in passages], max_tokens=_MAX_TOKENS)
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        readings: dict[int, Reading] = {}
        request = self._network.create_infer_request()
        for at in range(0, len(order), _AT_ONCE):
            chosen = order[at : at + _AT_ONCE]
            found = request.infer(pad([inputs[i] for i in chosen]))
            start, end, relevance = (found[name] for name in OUTPUTS)
            for row, i in enumerate(chosen):
                readings[i] = reading(inputs[i], start[row], end[row], float(relevance[row]))
        return [readings[i] for i in range(len(passages))]


def check_files(folder: Path) -> str:
    """Return what is wrong with the reader's files, compared with the digests in its manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for name, digest in manifest["sha256"].items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    return _warning(folder, f"{name} is damaged")
    except OSError as error:
        return _warning(folder, f"{Path(str(error.filename)).name}: {error.strerror}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _warning(folder, f"{MANIFEST} is damaged")
    return ""


def _warning(folder: Path, reason: str) -> str:
    return f"the reader in {folder} can't be used ({reason}): reinstall Pincite; until then answers are by similarity"


def _compile(weights: Path) -> Any:
    ov = importlib.import_module("openvino")  # takes a quarter of a second, which `pincite list` need not wait for
    core = ov.Core()
    return core.compile_model(core.read_model(weights), "CPU", {"PERFORMANCE_HINT": "LATENCY"})
