"""The catalog's records, beside those that cross the border of `index`: files seen, changes, stored passages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.records import Passage


class State(NamedTuple):
    """How far the catalog is: the sequence number of the last change, and name and digest of the embeddings' model."""

    sequence: int
    model: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the change log: the passages numbered `first` to `last` were added, embedded or deleted.

    "move" changes no passage: only the paths under which a document is found.
    """

    sequence: int
    kind: Literal["add", "embed", "delete", "move"]
    doc_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was seen: which document its content is, or why it is none; `read_by` is what the readers could."""

    path: str
    sha256: str
    doc_id: str | None
    modified: float
    reason: str
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A place that was removed, a file or folder in the synced folder `root`, or one inside of such a file.

    It is known by its digest, since of what was removed no name is kept; `holder` is that of the file or folder itself,
    without which it would be gone.
    """

    place: str
    holder: str
    root: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its text and its document's title."""

    passage: Passage
    text: str
    title: str

    @property
    def indexed_text(self) -> str:
        """What is searched and embedded for the passage: its text under its title and headings."""
        return indexed_text(self.title, self.passage.heading, self.text)


def place_digest(path: str) -> str:
    """Return by what a place that was removed is known."""
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()


def indexed_text(title: str, heading: str, text: str) -> str:
    """Return what is searched and embedded for a passage: its text under its title and headings."""
    above = " › ".join(part for part in (title, heading) if part and part not in text)
    return f"{above}\n{text}" if above else text
