"""The project's own reader: its weights are beside this file, and CARD.md says where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.networks import OwnNetwork, pad
from rag.reader.inputs import encode
from rag.reader.protocol import Reading, ToRead, reading

FOLDER = Path(__file__).parent
NAME = "reader"
WEIGHTS = f"{NAME}.xml"
MANIFEST = f"{NAME}.json"
WITHOUT = "answers are by similarity"
OUTPUTS = ("start", "end", "evidence", "relevance")
MAX_TOKENS = 320  # a passage has up to 200 of the English encoder's, which are longer than those of many languages
_AT_ONCE = 4  # passages of a batch: of like length, so that little is padded


class ShippedReader:
    """The project's own reader, in 8 bits, by OpenVINO."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._own = OwnNetwork(NAME, folder, WITHOUT)

    @property
    def ready(self) -> bool:
        """True once it is in memory, or it is known that it can't be."""
        return self._own.ready

    @property
    def warning(self) -> str:
        """What is wrong with its files, in one line with the cure; "" if nothing is known to be."""
        return self._own.warning

    def load(self) -> None:
        """Load it now; what goes wrong becomes the warning."""
        self._own.load()

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return what each passage says; nothing at all if there is a warning."""
        loaded = self._own.load()
        if loaded is None:
            return []
        network, tokenizer = loaded
        inputs = encode(tokenizer, [(question, *passage) for passage in passages], max_tokens=MAX_TOKENS)
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
    return OwnNetwork(NAME, folder, WITHOUT).check()
