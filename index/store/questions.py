"""The questions that the catalog keeps of documents, until those are gone: ids in, rows out."""

from __future__ import annotations

import sqlalchemy as sa

from index.store import schema
from index.store.database import Database


class QuestionTable:
    """What the catalog has of questions that documents answer."""

    database: Database

    def questions(self) -> dict[str, str]:
        """Return what is kept of the questions of documents, by their ids; a row that was altered is left out."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(schema.questions)).all()
        whole = [row for row in rows if schema.checksum(schema.questions, row._mapping) == row.checksum]
        return {row.doc_id: row.body for row in whole}

    def put_questions(self, doc_id: str, body: str) -> None:
        """Keep the questions of a document, unless it is gone."""
        row: dict[str, object] = {"doc_id": doc_id, "body": schema.storable(body)}
        row["checksum"] = schema.checksum(schema.questions, row)
        there = sa.select(schema.documents.c.doc_id).where(schema.documents.c.doc_id == doc_id)
        with self.database.begin() as connection:
            if connection.execute(there).first():
                connection.execute(sa.insert(schema.questions).prefix_with("OR REPLACE").values(row))
