"""The passages of the catalog and their embeddings: numbers in, rows out, checked against what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.errors import DamagedError
from index.records import Passage
from index.store import schema
from index.store.database import Database
from index.store.records import StoredPassage

_MOST_PARAMETERS = 900  # that one statement may have


class PassageTables:
    """What the catalog has of passages."""

    database: Database

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these numbers; one that is gone is left out."""
        found: dict[int, Passage] = {}
        with self.database.read() as connection:
            for part in parts(passage_ids):
                rows = connection.execute(sa.select(schema.passages).where(schema.passages.c.passage_id.in_(part)))
                found.update((row.passage_id, schema.passage_of(row)) for row in rows)
        return found

    def passages_of(self, doc_id: str, *, as_of: int | None = None) -> list[Passage]:
        """Return the passages of a document in their order; none if it is gone, or newer than the change `as_of`."""
        query = sa.select(schema.passages).where(schema.passages.c.doc_id == doc_id)
        with self.database.read() as connection:
            later = newer(connection, [doc_id], as_of)
            rows = [] if later else connection.execute(query.order_by(schema.passages.c.start)).all()
        return [schema.passage_of(row) for row in rows]

    def passage_ids(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages of these documents, rising."""
        found: list[int] = []
        with self.database.read() as connection:
            for part in parts(doc_ids):
                query = sa.select(schema.passages.c.passage_id).where(schema.passages.c.doc_id.in_(part))
                found.extend(connection.execute(query).scalars())
        return np.sort(np.asarray(found, dtype=np.int64))

    def passage_count(self) -> int:
        """Return how many passages there are."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(schema.passages)).scalar_one()

    def waiting(self) -> int:
        """Return how many passages have no embedding yet."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(schema.pending)).scalar_one()

    def stored_passages(self, doc_ids: Sequence[str]) -> list[StoredPassage]:
        """Return the passages of documents with their texts, by number. Raises `DamagedError` if one was altered."""
        found: list[StoredPassage] = []
        for part in parts(doc_ids):
            found += self._stored(sa.select(schema.passages).where(schema.passages.c.doc_id.in_(part)))
        return found

    def unembedded(self, limit: int) -> list[tuple[bytes, StoredPassage]]:
        """Return the first `limit` passages that have no embedding yet, each with the key of one."""
        first = sa.select(schema.pending.c.passage_id).order_by(schema.pending.c.passage_id).limit(limit)
        stored = self._stored(sa.select(schema.passages).where(schema.passages.c.passage_id.in_(first)))
        return [(schema.embedding_key(one.indexed_text), one) for one in stored]

    def _stored(self, query: sa.Select[Any]) -> list[StoredPassage]:
        """Return the passages that `query` selects; each document's text is decoded once."""
        found = []
        texts: dict[str, tuple[str, str]] = {}
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(schema.passages.c.passage_id)).all()
            columns = sa.select(schema.documents.c.doc_id, schema.documents.c.title, schema.documents.c.text)
            for part in parts(list(dict.fromkeys(row.doc_id for row in rows))):
                for one in connection.execute(columns.where(schema.documents.c.doc_id.in_(part))):
                    texts[one.doc_id] = one.title, _decoded(one)
        for row in rows:
            title, text = texts.get(row.doc_id, ("", ""))
            stored = StoredPassage(schema.passage_of(row), text[row.start : row.end], title)
            if schema.embedding_key(stored.indexed_text) != row.embedding_key:
                raise DamagedError(
                    f"passage {row.passage_id} of document {row.doc_id} is damaged: run `pincite verify --repair`"
                )
            found.append(stored)
        return found

    def add_embeddings(self, keys: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Add embeddings (float32 [len(keys), dimension]), for every passage that waits for one of them."""
        rows = [schema.embedding_row(key, row) for key, row in zip(keys, embeddings, strict=True)]
        number = schema.passages.c.passage_id
        joined = schema.passages.join(schema.pending, schema.pending.c.passage_id == number)
        with self.database.begin() as connection:
            connection.execute(sa.insert(schema.embeddings).prefix_with("OR IGNORE"), rows)
            waited: list[int] = []
            for part in parts(keys):
                query = sa.select(number).select_from(joined).where(schema.passages.c.embedding_key.in_(part))
                waited.extend(connection.execute(query).scalars())
            for part in parts(waited):
                connection.execute(sa.delete(schema.pending).where(schema.pending.c.passage_id.in_(part)))
            for first, last in _runs(sorted(waited)):
                log_change(connection, "embed", "", first, last)

    def embeddings(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the numbers and embeddings of the passages from `first` to `last` that have one, by number."""
        return self._embeddings(schema.passages.c.passage_id.between(first, last))

    def embeddings_of(self, passage_ids: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the numbers and embeddings of these passages, without those that have none, by number."""
        if len(passage_ids) <= _MOST_PARAMETERS:
            return self._embeddings(schema.passages.c.passage_id.in_([int(i) for i in passage_ids]))
        found = [self.embeddings_of(part) for part in parts(passage_ids)]
        return np.concatenate([ids for ids, _ in found]), np.concatenate([rows for _, rows in found if len(rows)])

    def _embeddings(self, wanted: sa.ColumnElement[bool]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        query = sa.select(schema.passages.c.passage_id, schema.embeddings).select_from(_embedded()).where(wanted)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(schema.passages.c.passage_id)).all()
        return np.asarray([row.passage_id for row in rows], dtype=np.int64), schema.embeddings_of(rows)

    def all_embeddings(self, at_once: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield every embedding with its passage's number, `at_once` at a time, in the order in which they lie."""
        query = sa.select(schema.passages.c.passage_id, schema.embeddings).select_from(_embedded())
        with self.database.read() as connection:
            found = connection.execution_options(stream_results=True).execute(
                query.order_by(schema.embeddings.c.embedding_key)
            )
            for rows in found.partitions(at_once):
                yield np.asarray([row.passage_id for row in rows], dtype=np.int64), schema.embeddings_of(rows)


def _embedded() -> sa.FromClause:
    same = schema.passages.c.embedding_key == schema.embeddings.c.embedding_key
    return schema.embeddings.join(schema.passages, same)


def log_change(connection: sa.Connection, kind: str, doc_id: str, first: int, last: int) -> None:
    """Write a row of the change log."""
    connection.execute(sa.insert(schema.changes).values(kind=kind, doc_id=doc_id, first=first, last=last))


def newer(connection: sa.Connection, doc_ids: Sequence[str], as_of: int | None) -> set[str]:
    """Return the documents whose passages were added after the change of that number; none without one."""
    if as_of is None:
        return set()
    log = schema.changes.c
    later = sa.select(log.doc_id).where(log.sequence > as_of, log.doc_id.in_(doc_ids), log.kind == "add")
    return set(connection.execute(later).scalars())


def _decoded(row: Any) -> str:
    try:
        return schema.decode(row.text)
    except (UnicodeDecodeError, AttributeError) as error:
        raise DamagedError(f"document {row.doc_id} is damaged in the catalog: run `pincite verify --repair`") from error


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of neighbouring numbers."""
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[start], numbers[i - 1]
            start = i


def parts(values: Sequence[Any], size: int = _MOST_PARAMETERS) -> Iterator[Sequence[Any]]:
    """Yield the values in parts, each as many as one statement may have; numbers as SQLite takes them."""
    for start in range(0, len(values), size):
        yield [int(v) if isinstance(v, np.integer) else v for v in values[start : start + size]]
