"""The catalog's tables, and how their rows and the records turn into each other."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple
from functools import cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.errors import DamagedError
from index.records import Document, Heading, LeftOut, Page, Passage
from index.store.records import FileRow, Removed, indexed_text
from index.text.passages import Draft

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
    sa.Column("read_by", sa.Text, nullable=False),
    sa.Column("checksum", sa.Integer, nullable=False),  # here and below: of the columns before it
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
    sa.Column("missing", sa.Text, nullable=False),
    sa.Column("checksum", sa.Integer, nullable=False),
    sa.Column("headings", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),  # of all the rest and the pages: tells damage
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
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("certainty", sa.Float),
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
    sa.Column("checksum", sa.Integer, nullable=False),
)
embeddings = sa.Table(
    "embeddings",
    metadata,
    sa.Column("embedding_key", sa.LargeBinary, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float16
    sa.Column("checksum", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
removed = sa.Table(  # places of which a sync of the folder around them takes nothing; their names are not kept
    "removed",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("checksum", sa.Integer, nullable=False),
)
arrivals = sa.Table(  # when a path was first seen, in seconds since 1970
    "arrivals",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)
collections = sa.Table(
    "collections",
    metadata,
    sa.Column("collection_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
collected = sa.Table(
    "collected",
    metadata,
    sa.Column("collection_id", sa.Text, primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
)
questions = sa.Table(  # what can be asked of a document, as those who make it keep it
    "questions",
    metadata,
    sa.Column("doc_id", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("checksum", sa.Integer, nullable=False),
)
left_out = sa.Table(  # what was not meant to be in the text of a document, for those that have any
    "left_out",
    metadata,
    sa.Column("doc_id", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("checksum", sa.Integer, nullable=False),
)
pending = sa.Table("pending", metadata, sa.Column("passage_id", sa.Integer, primary_key=True))  # have no embedding yet
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

OLDEST = 4  # the format that the first of the steps brings up to date
LATER_TABLES = (removed, arrivals, collections, collected, questions, left_out)
FIRST_TABLES = [table for table in metadata.sorted_tables if table not in LATER_TABLES]  # those of that format
# Each step makes of a catalog of one format one of the next; steps are added, never changed.
STEPS: Sequence[Callable[[sa.Connection], None]] = (
    removed.create,
    arrivals.create,
    lambda connection: metadata.create_all(connection, [collections, collected]),
    questions.create,
    left_out.create,
)
FORMAT = str(OLDEST + len(STEPS))


def checksum(table: sa.Table, values: Mapping[Any, Any]) -> int:
    """Return the checksum of a row: of the columns before that of the checksum."""
    found = tuple(float(values[name]) if is_float else values[name] for name, is_float in _summed(table))
    return zlib.crc32(repr(found).encode("utf-8", "surrogatepass"))


@cache
def _summed(table: sa.Table) -> list[tuple[str, bool]]:
    """Return the names of the columns before the checksum, and whether they hold floats."""
    names = table.columns.keys()
    return [(name, isinstance(table.columns[name].type, sa.Float)) for name in names[: names.index("checksum")]]


def check_row(table: sa.Table, row: Any) -> None:
    """Raise `DamagedError` if a row of a table is not what was written."""
    try:
        whole = checksum(table, row._mapping) == row.checksum
    except (ValueError, TypeError):
        whole = False
    if not whole:
        name = next(iter(row))
        raise DamagedError(f"{name} is damaged in the table of {table.name}: run `pincite verify --repair`")


def file_row(file: FileRow) -> dict[str, object]:
    """Return the row of a file."""
    row = asdict(file) | {"reason": storable(file.reason)}
    return row | {"checksum": checksum(files, row)}


def file_of(row: Any) -> FileRow:
    """Return the file of a row. Raises `DamagedError` if it is not what was written."""
    check_row(files, row)
    return FileRow(row.path, row.sha256, row.doc_id, row.modified, row.reason, row.read_by)


def arrival(path: str, at: float) -> sa.Insert:
    """Return what notes when a file was first seen, and does nothing if that is known."""
    return sa.insert(arrivals).prefix_with("OR IGNORE").values(path=path, at=at)


def removed_row(place: Removed) -> dict[str, object]:
    """Return the row of a place that was removed."""
    row = asdict(place)
    return row | {"checksum": checksum(removed, row)}


def removed_of(row: Any) -> Removed:
    """Return the place of a row. Raises `DamagedError` if it is not what was written."""
    check_row(removed, row)
    return Removed(row.place, row.holder, row.root)


def passage_of(row: Any) -> Passage:
    """Return the passage of a row. Raises `DamagedError` if it is not what was written."""
    check_row(passages, row)
    return Passage(row.passage_id, row.doc_id, row.start, row.end, row.heading, row.page)


def passage_row(document: Document, passage_id: int, draft: Draft) -> dict[str, object]:
    """Return the row of a passage; its key is the digest of what is embedded, so equal texts share an embedding."""
    title, heading = storable(document.title), storable(draft.heading)
    text = indexed_text(title, heading, document.text[draft.start : draft.end])
    row: dict[str, object] = {
        "passage_id": passage_id,
        "doc_id": document.doc_id,
        "start": draft.start,
        "end": draft.end,
        "heading": heading,
        "page": draft.page,
        "embedding_key": embedding_key(text),
    }
    return row | {"checksum": checksum(passages, row)}


def embedding_key(text: str) -> bytes:
    """Return the key of the embedding of `text`, 16 bytes."""
    return hashlib.sha256(encode(text)).digest()[:16]


def embedding_row(key: bytes, embedding: NDArray[np.float32]) -> dict[str, object]:
    """Return the row of an embedding (float32 [dimension]), which is kept as float16."""
    vector = embedding.astype(np.float16).tobytes()
    return {"embedding_key": key, "vector": vector, "checksum": zlib.crc32(vector, zlib.crc32(key))}


def embeddings_of(rows: Sequence[Any]) -> NDArray[np.float32]:
    """Return the embeddings of rows, float32 [len(rows), dimension]. Raises `DamagedError` if one has been altered."""
    if not rows:
        return np.zeros((0, 0), dtype=np.float32)
    for row in rows:
        if zlib.crc32(row.vector, zlib.crc32(row.embedding_key)) != row.checksum:
            raise DamagedError(f"the embedding of passage {row.passage_id} is damaged: run `pincite verify --repair`")
    vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float16)
    return vectors.reshape(len(rows), -1).astype(np.float32)


def document_row(document: Document) -> dict[str, object]:
    """Return the row of a document, with the digest of everything that is kept of it."""
    row: dict[str, object] = {
        "doc_id": document.doc_id,
        "title": storable(document.title),
        "media_type": document.media_type,
        "characters": len(document.text),
        "sha256": document.sha256,
        "modified": document.modified,
        "missing": storable(document.missing),
        "headings": json.dumps([[h.level, h.start, h.end] for h in document.headings]),
        "text": encode(document.text),
    }
    row["checksum"] = checksum(documents, row)
    pages = [page_row(document.doc_id, number, page) for number, page in document.pages.items()]
    return row | {"digest": _digest(row, pages)}


def document_of(row: Any, page_rows: Sequence[Any], left_out_row: Any, path: str) -> Document:
    """Return the document of its rows, `left_out_row` None if it has none.

    Raises `DamagedError` if they are not what was written.
    """
    try:
        whole = _digest(row._mapping, [page._mapping for page in page_rows]) == row.digest
        document = Document(
            doc_id=row.doc_id,
            path=path,
            title=row.title,
            media_type=row.media_type,
            text=decode(row.text),
            pages={page.number: page_of(page) for page in page_rows},
            headings=tuple(Heading(*h) for h in json.loads(row.headings)),
            sha256=row.sha256,
            modified=row.modified,
            missing=row.missing,
            left_out=_left_out_of(left_out_row),
        )
    except (ValueError, TypeError, AttributeError, zlib.error):
        whole = False
    if not whole:
        raise DamagedError(f"document {row.doc_id} is damaged in the catalog: run `pincite verify --repair`")
    return document


def left_out_row(document: Document) -> dict[str, object] | None:
    """Return the row of what was left out of a document, None if that is nothing."""
    if not document.left_out:
        return None
    row: dict[str, object] = {
        "doc_id": document.doc_id,
        "body": storable(json.dumps([astuple(one) for one in document.left_out], ensure_ascii=False)),
    }
    return row | {"checksum": checksum(left_out, row)}


def _left_out_of(row: Any) -> tuple[LeftOut, ...]:
    if row is None:
        return ()
    check_row(left_out, row)
    return tuple(LeftOut(*one) for one in json.loads(row.body))


def _digest(row: Mapping[Any, Any], page_rows: Sequence[Mapping[Any, Any]]) -> bytes:
    """Return the SHA-256 of a document's row and those of its pages."""
    digest = hashlib.sha256()
    for table, values in ((documents, row), *((pages, page) for page in page_rows)):
        for column in table.columns:
            if column.name != "digest":
                value = values[column.name]
                if isinstance(column.type, sa.Float) and value is not None:
                    value = float(value)
                data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
                digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


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
        "label": storable(page.label),
        "certainty": page.certainty,
        "boxes": boxes,
    }


def page_of(row: Any) -> Page:
    """Return the page of a row."""
    boxes = None
    if row.boxes is not None:
        boxes = np.frombuffer(zlib.decompress(row.boxes), dtype=np.float32).reshape(-1, 4)
    return Page(row.start, row.end, row.width, row.height, boxes, row.label, row.certainty)


def encode(text: str) -> bytes:
    """Return text as it is kept; half a surrogate pair is kept too."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """Return text that `encode` made into bytes."""
    return data.decode("utf-8", "surrogatepass")


def storable(text: str) -> str:
    """Return `text` as SQLite can hold it: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
