"""The catalog: the one truth about what is indexed. SQLite in WAL mode, through SQLAlchemy Core.

Every change of a document is one transaction, which also writes a row of the change log; the derived indexes read that
log by its rising sequence number. Text is kept as UTF-8 bytes and cut in Python, so that an offset counts Unicode
characters and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index import schema
from index.errors import HomeError, IndexMismatchError, PinciteError
from index.passages import Draft
from index.records import Counts, Document, Entry, Heading, Passage
from index.schema import Change, FileRow, StoredPassage

FORMAT = "1"


class Catalog:
    """The SQLite file of a home folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _configure)
        try:
            with self._begin() as connection:
                schema.metadata.create_all(connection)
                found = connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.key == "format")).scalar()
                if found is None:
                    rows = [{"key": "format", "value": FORMAT}, {"key": "catalog_id", "value": uuid.uuid4().hex}]
                    connection.execute(sa.insert(schema.meta), rows)
                self.catalog_id = str(
                    connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.key == "catalog_id")).scalar()
                )
        except BaseException:
            self._engine.dispose()
            raise
        if found not in (None, FORMAT):
            self._engine.dispose()
            raise IndexMismatchError(
                f"{path} has format {found}, this version of Pincite has {FORMAT}: "
                "delete it and run `pincite index PATH...`, or name another folder with --home"
            )

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    # --- what the embeddings were made with -------------------------------------------------------------------

    def model(self) -> tuple[str, str] | None:
        """Return the name and digest of the model that the embeddings are of, or None before the first."""
        with self._read() as connection:
            rows = {row.key: row.value for row in connection.execute(sa.select(schema.meta)).all()}
        return (rows["model"], rows["model_digest"]) if "model" in rows else None

    def set_model(self, model_id: str, digest: str) -> None:
        """Say what model the embeddings are of, and forget those of another one."""
        with self._begin() as connection:
            connection.execute(sa.delete(schema.meta).where(schema.meta.c.key.in_(["model", "model_digest"])))
            connection.execute(
                sa.insert(schema.meta), [{"key": "model", "value": model_id}, {"key": "model_digest", "value": digest}]
            )
            connection.execute(sa.delete(schema.embeddings))

    # --- documents --------------------------------------------------------------------------------------------

    def add_document(self, document: Document, drafts: Sequence[Draft], file: FileRow) -> None:
        """Add a document with its passages, and the file that holds it, in one transaction."""
        with self._begin() as connection:
            self._put_file(connection, file)
            connection.execute(
                sa.insert(schema.documents).values(
                    doc_id=document.doc_id,
                    title=schema.storable(document.title),
                    media_type=document.media_type,
                    text=schema.encode(document.text),
                    characters=len(document.text),
                    headings=json.dumps([[h.level, h.start, h.end] for h in document.headings]),
                    sha256=document.sha256,
                    modified=document.modified,
                )
            )
            pages = [schema.page_row(document.doc_id, number, page) for number, page in document.pages.items()]
            if pages:
                connection.execute(sa.insert(schema.pages), pages)
            self._add_passages(connection, document, drafts)

    def replace_passages(self, document: Document, drafts: Sequence[Draft]) -> None:
        """Split a document anew, in one transaction."""
        with self._begin() as connection:
            self._delete_passages(connection, document.doc_id)
            self._add_passages(connection, document, drafts)

    def _add_passages(self, connection: sa.Connection, document: Document, drafts: Sequence[Draft]) -> None:
        # Numbers never come back, so that a stale index can't point at another passage.
        first = (connection.execute(sa.select(sa.func.max(schema.changes.c.last))).scalar() or 0) + 1
        rows = [schema.passage_row(document, first + i, draft) for i, draft in enumerate(drafts)]
        if rows:
            connection.execute(sa.insert(schema.passages), rows)
        _log(connection, "add", document.doc_id, first, first + len(rows) - 1)

    def put_file(self, file: FileRow) -> None:
        """Note a file, replacing what was noted of its path; a document that no file holds any more is deleted."""
        with self._begin() as connection:
            self._put_file(connection, file)

    def remove_files(self, paths: Iterable[str]) -> int:
        """Forget files; return how many documents are gone because no other file holds them."""
        gone = 0
        for path in paths:
            with self._begin() as connection:
                old = connection.execute(sa.select(schema.files.c.doc_id).where(schema.files.c.path == path)).scalar()
                connection.execute(sa.delete(schema.files).where(schema.files.c.path == path))
                dropped = self._delete_if_unheld(connection, old)
                if old and not dropped:
                    _log(connection, "move", old, 0, 0)  # another file holds it, under another path
                gone += dropped
        self._empty_log()
        return gone

    def _put_file(self, connection: sa.Connection, file: FileRow) -> None:
        old = connection.execute(sa.select(schema.files.c.doc_id).where(schema.files.c.path == file.path)).scalar()
        connection.execute(sa.delete(schema.files).where(schema.files.c.path == file.path))
        connection.execute(
            sa.insert(schema.files).values(
                path=file.path,
                sha256=file.sha256,
                doc_id=file.doc_id,
                modified=file.modified,
                reason=schema.storable(file.reason),
            )
        )
        if old != file.doc_id:
            self._delete_if_unheld(connection, old)
            _log(connection, "move", file.doc_id or "", 0, 0)

    def _delete_if_unheld(self, connection: sa.Connection, doc_id: str | None) -> int:
        """Delete a document that no file holds any more, with everything that was made from it."""
        if doc_id is None:
            return 0
        held = connection.execute(
            sa.select(schema.files.c.path).where(schema.files.c.doc_id == doc_id).limit(1)
        ).first()
        if held:
            return 0
        self._delete_passages(connection, doc_id)
        connection.execute(sa.delete(schema.pages).where(schema.pages.c.doc_id == doc_id))
        return connection.execute(sa.delete(schema.documents).where(schema.documents.c.doc_id == doc_id)).rowcount

    def _delete_passages(self, connection: sa.Connection, doc_id: str) -> None:
        """Delete a document's passages, and the embeddings that no other document's passages share."""
        of_document = schema.passages.c.doc_id == doc_id
        keys = sa.select(schema.passages.c.embedding_key).where(of_document)
        shared = sa.select(schema.passages.c.embedding_key).where(
            schema.passages.c.doc_id != doc_id, schema.passages.c.embedding_key.in_(keys)
        )
        first, last = connection.execute(
            sa.select(sa.func.min(schema.passages.c.passage_id), sa.func.max(schema.passages.c.passage_id)).where(
                of_document
            )
        ).one()
        connection.execute(
            sa.delete(schema.embeddings).where(
                schema.embeddings.c.embedding_key.in_(keys), schema.embeddings.c.embedding_key.not_in(shared)
            )
        )
        connection.execute(sa.delete(schema.passages).where(of_document))
        _log(connection, "delete", doc_id, first or 0, last or 0)

    def has_document(self, doc_id: str) -> bool:
        """Tell whether a document is indexed."""
        with self._read() as connection:
            return (
                connection.execute(
                    sa.select(schema.documents.c.doc_id).where(schema.documents.c.doc_id == doc_id)
                ).first()
                is not None
            )

    def document(self, doc_id: str) -> Document | None:
        """Return a whole document, or None if there is none of that id (any more)."""
        with self._read() as connection:
            row = connection.execute(sa.select(schema.documents).where(schema.documents.c.doc_id == doc_id)).first()
            if row is None:
                return None
            path = connection.execute(
                sa.select(schema.files.c.path)
                .where(schema.files.c.doc_id == doc_id)
                .order_by(schema.files.c.path)
                .limit(1)
            ).scalar()
            pages = connection.execute(
                sa.select(schema.pages).where(schema.pages.c.doc_id == doc_id).order_by(schema.pages.c.number)
            ).all()
        return Document(
            doc_id=doc_id,
            path=path or "",
            title=row.title,
            media_type=row.media_type,
            text=schema.decode(row.text),
            pages={page.number: schema.page_of(page) for page in pages},
            headings=tuple(Heading(*h) for h in json.loads(row.headings)),
            sha256=row.sha256,
            modified=row.modified,
        )

    # --- files ------------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileRow]:
        """Return every file that was seen, by its path."""
        with self._read() as connection:
            rows = connection.execute(sa.select(schema.files).order_by(schema.files.c.path)).all()
        return {row.path: FileRow(row.path, row.sha256, row.doc_id, row.modified, row.reason) for row in rows}

    def roots(self) -> list[str]:
        """Return the folders that were synced."""
        with self._read() as connection:
            return list(connection.execute(sa.select(schema.roots.c.path).order_by(schema.roots.c.path)).scalars())

    def add_root(self, path: str) -> None:
        """Remember a folder that is synced."""
        with self._begin() as connection:
            connection.execute(sa.delete(schema.roots).where(schema.roots.c.path == path))
            connection.execute(sa.insert(schema.roots).values(path=path))

    def forget_root(self, path: str) -> None:
        """Forget a folder that was synced; what is indexed of it stays."""
        with self._begin() as connection:
            connection.execute(sa.delete(schema.roots).where(schema.roots.c.path == path))

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path."""
        with self._read() as connection:
            documents = {row.doc_id: row for row in connection.execute(_entry_columns()).all()}
            rows = connection.execute(sa.select(schema.files).order_by(schema.files.c.path)).all()
        entries = []
        for row in rows:
            found = documents.get(row.doc_id) if row.doc_id else None
            if found is None:
                entries.append(Entry("", row.path, "", "", 0, 0, 0, row.sha256, "rejected", row.reason))
                continue
            state: Literal["indexed", "partial"] = "partial" if row.reason else "indexed"
            entries.append(
                Entry(
                    found.doc_id, row.path, found.title, found.media_type, found.pages, found.characters,
                    found.passages, row.sha256, state, row.reason,
                )
            )  # fmt: skip
        return entries

    def counts(self) -> Counts:
        """Count what is indexed."""
        with self._read() as connection:
            documents, characters = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(schema.documents.c.characters), 0))
            ).one()
            passages = connection.execute(sa.select(sa.func.count()).select_from(schema.passages)).scalar_one()
            embedded = connection.execute(
                sa.select(sa.func.count()).select_from(schema.passages.join(schema.embeddings, _same_key()))
            ).scalar_one()
            rejected = connection.execute(
                sa.select(sa.func.count()).select_from(schema.files).where(schema.files.c.doc_id.is_(None))
            ).scalar_one()
        return Counts(documents, passages, embedded, rejected, characters)

    # --- passages and embeddings ------------------------------------------------------------------------------

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these numbers; one that is gone is left out."""
        found: dict[int, Passage] = {}
        with self._read() as connection:
            for part in _parts(passage_ids):
                rows = connection.execute(sa.select(schema.passages).where(schema.passages.c.passage_id.in_(part)))
                found.update((row.passage_id, schema.passage_of(row)) for row in rows)
        return found

    def passage_ids(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages of these documents, rising."""
        found: list[int] = []
        with self._read() as connection:
            for part in _parts(doc_ids):
                query = sa.select(schema.passages.c.passage_id).where(schema.passages.c.doc_id.in_(part))
                found.extend(connection.execute(query).scalars())
        return np.sort(np.asarray(found, dtype=np.int64))

    def stored_passages(self, doc_id: str) -> list[StoredPassage]:
        """Return the passages of a document with their texts, in order."""
        query = (
            sa.select(schema.passages).where(schema.passages.c.doc_id == doc_id).order_by(schema.passages.c.passage_id)
        )
        return [stored for _, stored in self._stored(query)]

    def unembedded(self, limit: int, *, after: int) -> list[tuple[bytes, StoredPassage]]:
        """Return the first `limit` passages numbered over `after` without an embedding, each with the key of one."""
        query = (
            sa.select(schema.passages)
            .select_from(schema.passages.outerjoin(schema.embeddings, _same_key()))
            .where(schema.embeddings.c.embedding_key.is_(None), schema.passages.c.passage_id > after)
            .order_by(schema.passages.c.passage_id)
            .limit(limit)
        )
        return self._stored(query)

    def _stored(self, query: sa.Select[Any]) -> list[tuple[bytes, StoredPassage]]:
        """Return the passages that `query` selects, with their keys; each document's text is decoded once."""
        found = []
        texts: dict[str, tuple[str, str]] = {}
        with self._read() as connection:
            for row in connection.execute(query).all():
                if row.doc_id not in texts:
                    columns = sa.select(schema.documents.c.title, schema.documents.c.text).where(
                        schema.documents.c.doc_id == row.doc_id
                    )
                    title, text = connection.execute(columns).one()
                    texts[row.doc_id] = title, schema.decode(text)
                title, text = texts[row.doc_id]
                found.append(
                    (row.embedding_key, StoredPassage(schema.passage_of(row), text[row.start : row.end], title))
                )
        return found

    def add_embeddings(self, keys: Sequence[bytes], embeddings: NDArray[np.float32], first: int, last: int) -> None:
        """Add embeddings (float32 [len(keys), dimension]) that passages numbered `first` to `last` wait for."""
        rows = [{"embedding_key": key, "vector": row.tobytes()} for key, row in zip(keys, embeddings, strict=True)]
        with self._begin() as connection:
            connection.execute(sa.insert(schema.embeddings).prefix_with("OR IGNORE"), rows)
            _log(connection, "embed", "", first, last)
            for part in _parts(keys):  # passages further on that have the same words, and so the same embedding
                same = sa.select(schema.passages.c.passage_id).where(
                    schema.passages.c.embedding_key.in_(part), schema.passages.c.passage_id > last
                )
                for number in connection.execute(same).scalars().all():
                    _log(connection, "embed", "", number, number)

    def embeddings(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the numbers and embeddings of the passages from `first` to `last` that have one, by number."""
        with self._read() as connection:
            rows = connection.execute(
                sa.select(schema.passages.c.passage_id, schema.embeddings.c.vector)
                .select_from(schema.passages.join(schema.embeddings, _same_key()))
                .where(schema.passages.c.passage_id.between(first, last))
                .order_by(schema.passages.c.passage_id)
            ).all()
        if not rows:
            return np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32)
        ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
        return ids, np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32).reshape(len(rows), -1)

    # --- the change log ---------------------------------------------------------------------------------------

    def sequence(self) -> int:
        """Return the sequence number of the last change, 0 if there was none."""
        with self._read() as connection:
            return connection.execute(sa.select(sa.func.max(schema.changes.c.sequence))).scalar() or 0

    def changes(self, after: int) -> list[Change]:
        """Return the changes after a sequence number, in order."""
        with self._read() as connection:
            rows = connection.execute(
                sa.select(schema.changes).where(schema.changes.c.sequence > after).order_by(schema.changes.c.sequence)
            ).all()
        return [Change(row.sequence, row.kind, row.doc_id, row.first, row.last) for row in rows]

    def is_empty(self) -> bool:
        """Tell whether no document is indexed."""
        with self._read() as connection:
            return connection.execute(sa.select(schema.documents.c.doc_id).limit(1)).first() is None

    def unheld(self) -> list[str]:
        """Return the documents that no file holds, and those that a file is said to hold and are not there."""
        held, kept = schema.files.c.doc_id, schema.documents.c.doc_id
        with self._read() as connection:
            files = set(connection.execute(sa.select(held).where(held.is_not(None))).scalars())
            return sorted(files ^ set(connection.execute(sa.select(kept)).scalars()))

    def check(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file; empty if it is sound."""
        with self._read() as connection:
            found = list(connection.execute(sa.text("PRAGMA integrity_check")).scalars())
        return [] if found == ["ok"] else found

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with self._faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with self._faults(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # what is read in one block is of one moment
            yield connection

    def _empty_log(self) -> None:
        """Write SQLite's log into the file and cut it, so that no deleted text stays in it."""
        with self._faults(), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            reason = str(error.orig)
            if "readonly" in reason or "unable to open" in reason:
                raise HomeError(f"{self.path}: {reason}: choose a folder you can write with --home") from error
            if "disk is full" in reason:
                raise HomeError(f"{self.path}: the disk is full: free some space and run the command again") from error
            if "malformed" in reason or "not a database" in reason:
                raise HomeError(
                    f"{self.path} is damaged ({reason}): delete it and run `pincite index PATH...`"
                ) from error
            raise PinciteError(f"{self.path}: {reason}: run `pincite verify`") from error


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a committed document survives a power cut
    cursor.execute("PRAGMA secure_delete=ON")  # a deleted text is overwritten
    cursor.close()


def _same_key() -> sa.ColumnElement[bool]:
    return schema.passages.c.embedding_key == schema.embeddings.c.embedding_key


def _log(connection: sa.Connection, kind: str, doc_id: str, first: int, last: int) -> None:
    connection.execute(sa.insert(schema.changes).values(kind=kind, doc_id=doc_id, first=first, last=last))


def _entry_columns() -> sa.Select[Any]:
    pages = sa.select(sa.func.count()).where(schema.pages.c.doc_id == schema.documents.c.doc_id).scalar_subquery()
    passages = sa.select(sa.func.count()).where(schema.passages.c.doc_id == schema.documents.c.doc_id).scalar_subquery()
    return sa.select(
        schema.documents.c.doc_id,
        schema.documents.c.title,
        schema.documents.c.media_type,
        schema.documents.c.characters,
        pages.label("pages"),
        passages.label("passages"),
    )


def _parts(values: Sequence[Any], size: int = 900) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), size):
        yield [int(v) if isinstance(v, np.integer) else v for v in values[start : start + size]]
