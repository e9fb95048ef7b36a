"""The invariants of the catalog's tables: a connection goes in, what is broken comes out, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from index.store import schema


def broken_invariants(connection: sa.Connection) -> list[str]:
    """Return in which way the tables don't go together."""
    return [line for query, line in _INVARIANTS if connection.execute(query).first() is not None]


def _invariants() -> Iterator[tuple[sa.Select[Any], str]]:
    """Yield queries that find something only if an invariant is broken, with what is then wrong."""
    files, documents, pages, passages = schema.files.c, schema.documents.c, schema.pages.c, schema.passages.c
    embeddings, pending, some = schema.embeddings.c, schema.pending.c, sa.select(sa.literal(1))
    documented, embedded = sa.select(documents.doc_id), sa.select(embeddings.embedding_key)
    held = sa.select(files.doc_id).where(files.doc_id.is_not(None))
    last = sa.select(sa.cast(schema.meta.c.value, sa.Integer)).where(schema.meta.c.key == "last_passage")
    yield some.where(documents.doc_id.not_in(held)), "a document is held by no file"
    lost = some.where(files.doc_id.is_not(None), files.doc_id.not_in(documented))
    yield lost, "a file is said to hold a document that is not there"
    yield some.where(pages.doc_id.not_in(documented)), "a page is of a document that is not there"
    yield some.where(passages.doc_id.not_in(documented)), "a passage is of a document that is not there"
    asked = some.where(schema.questions.c.doc_id.not_in(documented))
    yield asked, "a question is of a document that is not there"
    left_out = some.where(schema.left_out.c.doc_id.not_in(documented))
    yield left_out, "what was left out is of a document that is not there"
    yield (
        some.where(embeddings.embedding_key.not_in(sa.select(passages.embedding_key))),
        "an embedding is of no passage",
    )
    yield (
        some.where(passages.embedding_key.not_in(embedded), passages.passage_id.not_in(sa.select(pending.passage_id))),
        "a passage has no embedding and waits for none",
    )
    yield (
        some.where(pending.passage_id.not_in(sa.select(passages.passage_id))),
        "what waits for an embedding is no passage",
    )
    yield (
        some.where(pending.passage_id == passages.passage_id, passages.embedding_key.in_(embedded)),
        "a passage waits for an embedding that is there",
    )
    yield some.where(passages.passage_id > last.scalar_subquery()), "a passage has a number that was not given yet"
    yield (
        some.where(schema.changes.c.last > sa.func.coalesce(last.scalar_subquery(), 0)),
        "a change is of a passage that was not numbered yet",
    )


_INVARIANTS = [(query.limit(1), line) for query, line in _invariants()]
