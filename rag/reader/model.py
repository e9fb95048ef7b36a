"""Which reader: a name from the settings goes in, the reader comes out."""

from __future__ import annotations

from collections.abc import Sequence

from rag.choices import DEFAULT_READER
from rag.reader.default import FOLDER, ShippedReader, check_files
from rag.reader.huggingface import StockReader
from rag.reader.protocol import Reader, Reading, ToRead

NO_READER = "none"


class NoReader:
    """No reader: answers are by similarity and words."""

    ready = True

    def __init__(self, warning: str = "") -> None:
        self.warning = warning

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Return nothing."""
        return []


def open_reader(name: str = DEFAULT_READER) -> Reader:
    """Return the reader of that name, which is loaded at its first use: "pincite", "none", a folder or a hub name."""
    if name == DEFAULT_READER:
        return ShippedReader()
    if name == NO_READER:
        return NoReader()

    return StockReader(name)


def check_reader(name: str = DEFAULT_READER) -> str:
    """Return what is wrong with the files of a reader, in one line with the cure, or nothing; loads no model."""
    return check_files(FOLDER) if name == DEFAULT_READER else ""
