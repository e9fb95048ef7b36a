"""The files of the catalog, and the folders that were synced: places in, rows out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from index.store import schema
from index.store.database import Database
from index.store.passages import parts
from index.store.records import FileRow, Removed

_MOST_PLACES = 100  # that are looked for one by one among the files
_AFTER_SEPARATOR = chr(ord(os.sep) + 1)


class FileTables:
    """What the catalog has of files."""

    database: Database

    def files(self, within: Sequence[str] = ()) -> dict[str, FileRow]:
        """Return the files that were seen, by path; only those that are, or are below, one of `within` if given."""
        path = schema.files.c.path
        query = sa.select(schema.files).order_by(path)
        if 0 < len(within) <= _MOST_PLACES:
            below = [sa.and_(path >= _below(place), path < _below(place)[:-1] + _AFTER_SEPARATOR) for place in within]
            query = query.where(sa.or_(path.in_(within), *below))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return {row.path: schema.file_of(row) for row in rows}

    def paths(self, doc_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the paths of the files that hold these documents, in order."""
        found: dict[str, list[str]] = {}
        columns = sa.select(schema.files.c.doc_id, schema.files.c.path).order_by(schema.files.c.path)
        with self.database.read() as connection:
            for part in parts(doc_ids):
                for row in connection.execute(columns.where(schema.files.c.doc_id.in_(part))):
                    found.setdefault(row.doc_id, []).append(row.path)
        return found

    def roots(self) -> list[str]:
        """Return the folders that were synced."""
        with self.database.read() as connection:
            return list(connection.execute(sa.select(schema.roots.c.path).order_by(schema.roots.c.path)).scalars())

    def add_root(self, path: str) -> None:
        """Remember a folder that is synced."""
        with self.database.begin() as connection:
            connection.execute(sa.insert(schema.roots).prefix_with("OR IGNORE").values(path=path))

    def note_arrival(self, path: str, at: float) -> None:
        """Remember that a file was first seen `at`, in seconds since 1970; do nothing if that is known."""
        with self.database.begin() as connection:
            connection.execute(schema.arrival(path, at))

    def removed(self) -> list[Removed]:
        """Return the places that were removed, of which a sync of the folder around them takes nothing."""
        with self.database.read() as connection:
            return [schema.removed_of(row) for row in connection.execute(sa.select(schema.removed)).all()]

    def note_removed(self, places: Iterable[Removed]) -> None:
        """Remember places that were removed: files, with what is inside of them, and folders."""
        rows = [schema.removed_row(place) for place in places]
        with self.database.begin() as connection:
            if rows:
                connection.execute(sa.insert(schema.removed).prefix_with("OR REPLACE"), rows)

    def forget_removed(self, places: Iterable[str]) -> None:
        """Forget, by their digests, that places were removed: a sync of the folder around them takes them again."""
        with self.database.begin() as connection:
            for part in parts(list(places)):
                connection.execute(sa.delete(schema.removed).where(schema.removed.c.place.in_(part)))


def _below(place: str) -> str:
    return place.rstrip(os.sep) + os.sep
