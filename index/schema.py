"""The catalog's tables, and how their rows and the records turn into each other."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sqlalchemy as sa

from index.passages import Draft
from index.records import Document, Page, Passage

metadata = sa.MetaData()
meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
roots = sa.Table("roots", metadata, sa.Column("path", sa.Text, primary_key=True))
files = sa.Table(
    "files",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("doc_id", sa.Text, index=True),  # null: rejected
    sa.Column("modified", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
)
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("doc_id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("modified", sa.Float, nullable=False),
    sa.Column("headings", sa.Text, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),  # last: reading the others need not pass over it
)
pages = sa.Table(
    "pages",
    metadata,
    sa.Column("doc_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("width", sa.Float, nullable=False),
    sa.Column("height", sa.Float, nullable=False),
    sa.Column("boxes", sa.LargeBinary),
)
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("passage_id", sa.Integer, primary_key=True),
    sa.Column("doc_id", sa.Text, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("embedding_key", sa.LargeBinary, nullable=False, index=True),
)
embeddings = sa.Table(
    "embeddings",
    metadata,
    sa.Column("embedding_key", sa.LargeBinary, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("doc_id", sa.Text, nullable=False),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("last", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the change log: the passages numbered `first` to `last` were added, embedded or deleted.

    "move" changes no passage: only the path under which a document is found.
    """

    sequence: int
    kind: Literal["add", "embed", "delete", "move"]
    doc_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was seen: which document its content is, or why it is none."""

    path: str
    sha256: str
    doc_id: str | None
    modified: float
    reason: str


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


def passage_of(row: Any) -> Passage:
    """Return the passage of a row."""
    return Passage(row.passage_id, row.doc_id, row.start, row.end, row.heading, row.page)


def passage_row(document: Document, passage_id: int, draft: Draft) -> dict[str, object]:
    """Return the row of a passage; its key is the digest of what is embedded, so equal texts share an embedding."""
    text = indexed_text(document.title, draft.heading, document.text[draft.start : draft.end])
    return {
        "passage_id": passage_id,
        "doc_id": document.doc_id,
        "start": draft.start,
        "end": draft.end,
        "heading": storable(draft.heading),
        "page": draft.page,
        "embedding_key": hashlib.sha256(encode(text)).digest()[:16],
    }


def page_row(doc_id: str, number: int, page: Page) -> dict[str, object]:
    """Return the row of a page; its boxes are kept to a sixteenth of a point, so that they compress."""
    boxes = None
    if page.boxes is not None:
        boxes = zlib.compress((np.round(page.boxes * 16) / 16).astype(np.float32).tobytes(), 1)
    return {
        "doc_id": doc_id,
        "number": number,
        "start": page.start,
        "end": page.end,
        "width": page.width,
        "height": page.height,
        "boxes": boxes,
    }


def page_of(row: Any) -> Page:
    """Return the page of a row."""
    boxes = None
    if row.boxes is not None:
        boxes = np.frombuffer(zlib.decompress(row.boxes), dtype=np.float32).reshape(-1, 4)
    return Page(row.start, row.end, row.width, row.height, boxes)


def indexed_text(title: str, heading: str, text: str) -> str:
    """Return what is searched and embedded for a passage: its text under its title and headings."""
    above = " › ".join(part for part in (title, heading) if part and part not in text)
    return f"{above}\n{text}" if above else text


def encode(text: str) -> bytes:
    """Return text as it is kept; half a surrogate pair is kept too."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """Return text that `encode` made into bytes."""
    return data.decode("utf-8", "surrogatepass")


def storable(text: str) -> str:
    """Return `text` as SQLite can hold it: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
