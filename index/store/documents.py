"""The documents of the catalog, whole: with their pages, what was left out of them, and the first of their paths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from index.records import Document
from index.store import schema
from index.store.database import Database
from index.store.passages import newer


class DocumentTables:
    """Reads documents; a part of the catalog."""

    database: Database

    def document(self, doc_id: str, *, as_of: int | None = None) -> Document | None:
        """Return a whole document, or None if there is none of that id, or none of that moment; see `documents`."""
        return self.documents([doc_id], as_of=as_of).get(doc_id)

    def documents(self, doc_ids: Sequence[str], *, as_of: int | None = None) -> dict[str, Document]:
        """Return whole documents by id, without those that aren't there. Raises `DamagedError` if one was altered.

        With `as_of`, without those too that were added or split anew after the change of that sequence number. At most
        as many are asked for as a statement has parameters, some hundreds.
        """
        files, pages = schema.files.c, schema.pages.c
        first = sa.select(files.doc_id, sa.func.min(files.path).label("path")).where(files.doc_id.in_(doc_ids))
        with self.database.read() as connection:
            later = newer(connection, doc_ids, as_of)
            ids = [doc_id for doc_id in doc_ids if doc_id not in later]
            rows = connection.execute(_of(schema.documents, ids)).all()
            of_pages = connection.execute(_of(schema.pages, ids).order_by(pages.doc_id, pages.number)).all()
            left_out = {row.doc_id: row for row in connection.execute(_of(schema.left_out, ids))}
            paths = {row.doc_id: row.path for row in connection.execute(first.group_by(files.doc_id))}
        by_document = {doc_id: list(found) for doc_id, found in groupby(of_pages, key=attrgetter("doc_id"))}
        return {
            row.doc_id: schema.document_of(
                row, by_document.get(row.doc_id, []), left_out.get(row.doc_id), paths.get(row.doc_id, "")
            )
            for row in rows
        }


def _of(table: sa.Table, doc_ids: Sequence[str]) -> sa.Select[Any]:
    return sa.select(table).where(table.c.doc_id.in_(doc_ids))
