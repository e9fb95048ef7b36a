"""The catalog: the one truth about what is indexed.

Every change of a document is one transaction, which also writes a row of the change log; the derived indexes read that
log by its rising sequence number. Text is kept as UTF-8 bytes and cut in Python, so that an offset counts Unicode
characters and nothing else. What is read is checked against the digests that were written with it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from index.errors import DamagedError, IndexMismatchError
from index.records import Counts, Document, Entry
from index.store import schema
from index.store.collections import CollectionTables
from index.store.database import Database
from index.store.documents import DocumentTables
from index.store.files import FileTables
from index.store.invariants import broken_invariants
from index.store.passages import PassageTables, log_change, parts
from index.store.questions import QuestionTable
from index.store.records import Change, FileRow, State
from index.text.passages import Draft

FORMAT = schema.FORMAT
_TOGETHER = 200  # documents that are deleted in one transaction
_MISSING = "is said to be indexed, and its document is missing: run `pincite verify --repair`"
_DELETED = "deleted"  # the key of the note that something was deleted since the file was written anew


class SqliteCatalog(CollectionTables, DocumentTables, FileTables, PassageTables, QuestionTable):
    """The catalog in the SQLite file of a home folder, behind the protocol `index.store.protocol.Catalog`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(path)
        try:
            with self.database.begin() as connection:
                _make(connection, path)
            self.catalog_id = self._meta()["catalog_id"]
            self.database.check_at_start()
        except BaseException:
            self.database.close()
            raise

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    # --- is it whole ------------------------------------------------------------------------------------------

    def check_there(self) -> None:
        """Raise `HomeError` if the file is not the one that was opened."""
        self.database.check_there()

    def make_durable(self) -> None:
        """Return when all that is committed survives a power cut."""
        self.database.make_durable()

    def damage(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file."""
        return self.database.check()

    def inconsistencies(self) -> list[str]:
        """Return in which way the tables don't go together."""
        with self.database.read() as connection:
            return broken_invariants(connection)

    # --- what the embeddings were made with -------------------------------------------------------------------

    def model(self) -> tuple[str, str] | None:
        """Return the name and digest of the model that the embeddings are of, or None before the first."""
        rows = self._meta()
        return (rows["model"], rows["model_digest"]) if "model" in rows else None

    def state(self) -> State:
        """Return how far the catalog is, and the model of its embeddings, of one moment."""
        with self.database.read() as connection:
            last = connection.execute(sa.select(sa.func.max(schema.changes.c.sequence))).scalar() or 0
            rows = {row.key: row.value for row in connection.execute(sa.select(schema.meta)).all()}
        return State(last, (rows["model"], rows["model_digest"]) if "model" in rows else None)

    def set_model(self, model_id: str, digest: str) -> None:
        """Say what model the embeddings are of, and forget those of another one."""
        with self.database.begin() as connection:
            _put_meta(connection, {"model": model_id, "model_digest": digest})
            if connection.execute(sa.delete(schema.embeddings)).rowcount:
                _note_deletion(connection)
            connection.execute(sa.delete(schema.pending))
            every = sa.select(schema.passages.c.passage_id)
            connection.execute(sa.insert(schema.pending).from_select(["passage_id"], every))

    def has_traces(self) -> bool:
        """Tell whether the file may hold something of what was deleted, until the next thorough `compact`."""
        return _DELETED in self._meta()

    def compact(self, *, thoroughly: bool) -> None:
        """Empty the log into the file; `thoroughly` leaves no trace of what was deleted, for which it is all written.

        SQLite overwrites what is deleted, but not the copies that it left behind when it moved rows between pages.
        """
        if not thoroughly or not self.has_traces():
            self.database.compact()
            return
        self.database.write_anew()
        if self.database.compact():
            with self.database.begin() as connection:
                connection.execute(sa.delete(schema.meta).where(schema.meta.c.key == _DELETED))
            self.database.compact()

    def renew(self) -> None:
        """Become another catalog, so that what was derived from it before is made again."""
        self.catalog_id = uuid.uuid4().hex
        with self.database.begin() as connection:
            _put_meta(connection, {"catalog_id": self.catalog_id})

    def _meta(self) -> dict[str, str]:
        with self.database.read() as connection:
            return {row.key: row.value for row in connection.execute(sa.select(schema.meta)).all()}

    # --- documents --------------------------------------------------------------------------------------------

    def add_document(self, document: Document, drafts: Sequence[Draft], file: FileRow) -> None:
        """Add a document with its passages, and the file that holds it, in one transaction.

        What the file held before goes with the same one; embeddings of texts that are in both stay. A document that is
        there already was read anew: it is replaced, and embedded anew.
        """
        with self.database.begin() as connection:
            self._delete_documents(connection, [document.doc_id])
            connection.execute(sa.insert(schema.documents).values(schema.document_row(document)))
            pages = [schema.page_row(document.doc_id, number, page) for number, page in document.pages.items()]
            if pages:
                connection.execute(sa.insert(schema.pages), pages)
            if (left_out := schema.left_out_row(document)) is not None:
                connection.execute(sa.insert(schema.left_out).values(left_out))
            self._add_passages(connection, document, drafts)
            self._put_file(connection, file)

    def replace_passages(self, document: Document, drafts: Sequence[Draft]) -> None:
        """Split a document anew, in one transaction."""
        with self.database.begin() as connection:
            self._delete_passages(connection, [document.doc_id])
            self._add_passages(connection, document, drafts)

    def _add_passages(self, connection: sa.Connection, document: Document, drafts: Sequence[Draft]) -> None:
        # Numbers never come back, so that a stale index can't point at another passage.
        found = connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.key == "last_passage")).scalar()
        first = int(found or 0) + 1
        rows = [schema.passage_row(document, first + i, draft) for i, draft in enumerate(drafts)]
        if rows:
            known: set[bytes] = set()
            for part in parts([row["embedding_key"] for row in rows]):
                key = schema.embeddings.c.embedding_key
                known.update(connection.execute(sa.select(key).where(key.in_(part))).scalars())
            waiting = [{"passage_id": row["passage_id"]} for row in rows if row["embedding_key"] not in known]
            connection.execute(sa.insert(schema.passages), rows)
            if waiting:
                connection.execute(sa.insert(schema.pending), waiting)
            _put_meta(connection, {"last_passage": str(first + len(rows) - 1)})
        log_change(connection, "add", document.doc_id, first, first + len(rows) - 1)

    def put_file(self, file: FileRow) -> None:
        """Note a file, replacing what was noted of its path; a document that no file holds any more is deleted."""
        with self.database.begin() as connection:
            self._put_file(connection, file)

    def remove_files(self, paths: Iterable[str]) -> int:
        """Forget files; return how many documents are gone because no other file holds them."""
        gone = 0
        for part in parts(list(paths), _TOGETHER):
            with self.database.begin() as connection:
                path, held = schema.files.c.path, schema.files.c.doc_id
                gone += self._forget_files(connection, part, sa.select(held).where(path.in_(part)).distinct())
        return gone

    def _forget_files(self, connection: sa.Connection, paths: Sequence[str], holding: sa.Select[Any]) -> int:
        doc_ids = [doc_id for doc_id in connection.execute(holding).scalars() if doc_id]
        for table in (schema.files, schema.arrivals, schema.collected):
            connection.execute(sa.delete(table).where(table.c.path.in_(paths)))
        _note_deletion(connection)
        unheld = self._delete_unheld(connection, doc_ids)
        for doc_id in doc_ids:
            if doc_id not in unheld:
                log_change(connection, "move", doc_id, 0, 0)  # another file holds it, under another path
        return len(unheld)

    def _put_file(self, connection: sa.Connection, file: FileRow) -> None:
        held = sa.select(schema.files.c.doc_id, schema.files.c.reason).where(schema.files.c.path == file.path)
        row = connection.execute(held).first()
        old = row.doc_id if row else None
        connection.execute(sa.delete(schema.files).where(schema.files.c.path == file.path))
        connection.execute(sa.insert(schema.files).values(schema.file_row(file)))
        connection.execute(schema.arrival(file.path, time.time()))
        if old and old != file.doc_id and not self._delete_unheld(connection, [old]):
            log_change(connection, "move", old, 0, 0)  # another file holds it still
        if row is None or (row.doc_id, row.reason) != (file.doc_id, schema.storable(file.reason)):
            log_change(connection, "move", file.doc_id or "", 0, 0)

    def _delete_unheld(self, connection: sa.Connection, doc_ids: Sequence[str]) -> set[str]:
        """Delete those documents that no file holds any more, with everything that was made from them."""
        held = sa.select(schema.files.c.doc_id).where(schema.files.c.doc_id.in_(doc_ids))
        unheld = set(doc_ids).difference(connection.execute(held).scalars())
        self._delete_documents(connection, sorted(unheld))
        return unheld

    def _delete_documents(self, connection: sa.Connection, doc_ids: Sequence[str]) -> None:
        """Delete documents, those that are there, with everything that was made from them."""
        there = sa.select(schema.documents.c.doc_id).where(schema.documents.c.doc_id.in_(doc_ids))
        found = list(connection.execute(there).scalars()) if doc_ids else []
        if found:
            self._delete_passages(connection, found)
            for table in (schema.pages, schema.left_out, schema.questions):
                connection.execute(sa.delete(table).where(table.c.doc_id.in_(found)))
            connection.execute(sa.delete(schema.documents).where(schema.documents.c.doc_id.in_(found)))

    def _delete_passages(self, connection: sa.Connection, doc_ids: Sequence[str]) -> None:
        """Delete the passages of documents, and the embeddings that no other passages share."""
        number, key = schema.passages.c.passage_id, schema.passages.c.embedding_key
        of_documents = schema.passages.c.doc_id.in_(doc_ids)
        query = sa.select(schema.passages.c.doc_id, number, key).where(of_documents)
        rows = connection.execute(query).all()
        connection.execute(sa.delete(schema.passages).where(of_documents))
        _note_deletion(connection)
        for part in parts([row.passage_id for row in rows]):
            connection.execute(sa.delete(schema.pending).where(schema.pending.c.passage_id.in_(part)))
        for part in parts(list({row.embedding_key for row in rows})):
            shared = set(connection.execute(sa.select(key).where(key.in_(part))).scalars())
            unused = [one for one in part if one not in shared]
            connection.execute(sa.delete(schema.embeddings).where(schema.embeddings.c.embedding_key.in_(unused)))
        numbers: dict[str, list[int]] = {doc_id: [] for doc_id in doc_ids}
        for row in rows:
            numbers[row.doc_id].append(row.passage_id)
        for doc_id, of_one in numbers.items():
            log_change(connection, "delete", doc_id, min(of_one, default=0), max(of_one, default=0))

    def has_document(self, doc_id: str) -> bool:
        """Tell whether a document is indexed."""
        wanted = sa.select(schema.documents.c.doc_id).where(schema.documents.c.doc_id == doc_id)
        with self.database.read() as connection:
            return connection.execute(wanted).first() is not None

    def partly_read(self) -> dict[str, tuple[str, str]]:
        """Return the documents that not all is in of their file: by id, what is missing, and what the readers could."""
        missing = schema.documents.c.missing
        joined = schema.documents.join(schema.files, schema.files.c.doc_id == schema.documents.c.doc_id)
        query = sa.select(schema.documents.c.doc_id, missing, schema.files.c.read_by).select_from(joined)
        with self.database.read() as connection:
            rows = connection.execute(query.where(missing != "")).all()
        return {row.doc_id: (row.missing, row.read_by) for row in rows}

    def document_ids(self) -> list[str]:
        """Return the ids of all documents, in the order in which they were added."""
        first = sa.select(schema.passages.c.doc_id, sa.func.min(schema.passages.c.passage_id).label("first"))
        order = first.group_by(schema.passages.c.doc_id).subquery()
        joined = schema.documents.outerjoin(order, order.c.doc_id == schema.documents.c.doc_id)
        with self.database.read() as connection:
            query = sa.select(schema.documents.c.doc_id).select_from(joined).order_by(order.c.first)
            return list(connection.execute(query).scalars())

    # --- files ------------------------------------------------------------------------------------------------

    def forget_root(self, path: str) -> None:
        """Forget a folder that was synced, and what was removed in it; what is indexed of it stays."""
        with self.database.begin() as connection:
            connection.execute(sa.delete(schema.removed).where(schema.removed.c.root == path))
            connection.execute(sa.delete(schema.roots).where(schema.roots.c.path == path))
            _note_deletion(connection)

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path."""
        with self.database.read() as connection:
            documents = {row.doc_id: row for row in connection.execute(_document_columns()).all()}
            for document in documents.values():
                schema.check_row(schema.documents, document)
            passages = _count_by_document(connection, schema.passages)
            pages = _count_by_document(connection, schema.pages)
            rows = connection.execute(sa.select(schema.files).order_by(schema.files.c.path)).all()
            added = {row.path: row.at for row in connection.execute(sa.select(schema.arrivals))}
        entries = []
        for row in map(schema.file_of, rows):
            at = added.get(row.path, 0.0)
            found = documents.get(row.doc_id) if row.doc_id else None
            if row.doc_id is None or found is None:
                if row.doc_id:
                    raise DamagedError(f"{row.path} {_MISSING}")
                entries.append(Entry("", row.path, "", "", 0, 0, 0, row.sha256, "rejected", row.reason, at))
                continue
            state: Literal["indexed", "partial"] = "partial" if found.missing else "indexed"
            entries.append(
                Entry(
                    row.doc_id, row.path, found.title, found.media_type, pages.get(row.doc_id, 0), found.characters,
                    passages.get(row.doc_id, 0), row.sha256, state, found.missing, at,
                )
            )  # fmt: skip
        return entries

    def counts(self) -> Counts:
        """Count what is indexed."""
        size = sa.func.coalesce(sa.func.sum(schema.documents.c.characters), 0)
        rejected = sa.select(sa.func.count()).select_from(schema.files).where(schema.files.c.doc_id.is_(None))
        with self.database.read() as connection:
            documents, characters = connection.execute(sa.select(sa.func.count(), size)).one()
            passages = connection.execute(sa.select(sa.func.count()).select_from(schema.passages)).scalar_one()
            waiting = connection.execute(sa.select(sa.func.count()).select_from(schema.pending)).scalar_one()
            return Counts(
                documents, passages, passages - waiting, connection.execute(rejected).scalar_one(), characters
            )

    # --- the change log ---------------------------------------------------------------------------------------

    def sequence(self) -> int:
        """Return the sequence number of the last change, 0 if there was none."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.max(schema.changes.c.sequence))).scalar() or 0

    def changes(self, after: int) -> list[Change]:
        """Return the changes after a sequence number, in order."""
        query = sa.select(schema.changes).where(schema.changes.c.sequence > after).order_by(schema.changes.c.sequence)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [Change(row.sequence, row.kind, row.doc_id, row.first, row.last) for row in rows]

    def is_empty(self) -> bool:
        """Tell whether no document is indexed."""
        with self.database.read() as connection:
            return connection.execute(sa.select(schema.documents.c.doc_id).limit(1)).first() is None


def _make(connection: sa.Connection, path: Path) -> None:
    """Make the tables of a new catalog, and bring those of an older format up to date."""
    schema.meta.create(connection, checkfirst=True)
    found = connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.key == "format")).scalar()
    if found == FORMAT:
        return
    if found is None:
        schema.metadata.create_all(connection, schema.FIRST_TABLES)
        _put_meta(connection, {"catalog_id": uuid.uuid4().hex})
    at = schema.OLDEST if found is None else int(found) if found.isdecimal() else 0
    if not schema.OLDEST <= at < int(FORMAT):
        cure = "use that version" if at > int(FORMAT) else "delete it and run `pincite index PATH...`"
        raise IndexMismatchError(
            f"{path} has format {found}, this version of Pincite has {FORMAT}: "
            f"{cure}, or name another folder with --home"
        )
    for step in schema.STEPS[at - schema.OLDEST :]:
        step(connection)
    _put_meta(connection, {"format": FORMAT})


def _put_meta(connection: sa.Connection, values: dict[str, str]) -> None:
    rows = [{"key": key, "value": value} for key, value in values.items()]
    connection.execute(sa.insert(schema.meta).prefix_with("OR REPLACE"), rows)


def _note_deletion(connection: sa.Connection) -> None:
    _put_meta(connection, {_DELETED: "1"})


def _document_columns() -> sa.Select[Any]:
    shown = [column for column in schema.documents.columns if column.name not in ("headings", "digest", "text")]
    return sa.select(*shown)


def _count_by_document(connection: sa.Connection, table: sa.Table) -> dict[str, int]:
    rows = connection.execute(sa.select(table.c.doc_id, sa.func.count()).group_by(table.c.doc_id))
    return {row[0]: row[1] for row in rows}
