"""The collections of the catalog: a name and files go in, and out; the documents stay where they are."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from index.records import Collection
from index.store import schema
from index.store.database import Database
from index.store.passages import parts

ORDER = "collections"  # the key of their ids, in the order that a person gave them


class CollectionTables:
    """What the catalog has of collections. They are no part of what is derived from it, and change without its lock."""

    database: Database

    def collections(self) -> list[Collection]:
        """Return the collections, those without a place behind the others by name, each with the paths of its files."""
        named = sa.select(schema.collections).order_by(sa.func.lower(schema.collections.c.name))
        order = sa.select(schema.meta.c.value).where(schema.meta.c.key == ORDER)
        held: dict[str, list[str]] = {}
        with self.database.read() as connection:
            ids = (connection.execute(order).scalar() or "").split()
            places = {collection_id: place for place, collection_id in enumerate(ids)}
            rows = sorted(connection.execute(named), key=lambda row: places.get(row.collection_id, len(places)))
            for row in connection.execute(sa.select(schema.collected).order_by(schema.collected.c.path)):
                held.setdefault(row.collection_id, []).append(row.path)
        return [Collection(row.collection_id, row.name, tuple(held.get(row.collection_id, ()))) for row in rows]

    def make_collection(self, name: str, *, collection_id: str = "") -> str:
        """Make a collection and return its id, a new one unless it is given."""
        collection_id = collection_id or secrets.token_hex(8)
        with self.database.begin() as connection:
            connection.execute(schema.collections.insert().values(collection_id=collection_id, name=name))
        return collection_id

    def rename_collection(self, collection_id: str, name: str) -> None:
        """Give a collection another name; do nothing if there is none of that id."""
        of_it = schema.collections.c.collection_id == collection_id
        with self.database.begin() as connection:
            connection.execute(schema.collections.update().where(of_it).values(name=name))

    def delete_collection(self, collection_id: str) -> None:
        """Delete a collection; what was in it stays in the library."""
        with self.database.begin() as connection:
            for table in (schema.collected, schema.collections):
                connection.execute(table.delete().where(table.c.collection_id == collection_id))

    def order_collections(self, collection_ids: Sequence[str]) -> None:
        """Give the collections places in this order; those that aren't named come behind them, by name."""
        row = {"key": ORDER, "value": " ".join(collection_ids)}
        with self.database.begin() as connection:
            connection.execute(sa.insert(schema.meta).prefix_with("OR REPLACE"), [row])

    def collect(self, collection_id: str, paths: Sequence[str], *, unread: bool = False) -> None:
        """Put files that are known, or `unread` ones too, into a collection; do nothing if there is none of that id."""
        with self.database.begin() as connection:
            _put(connection, collection_id, paths, unread=unread)

    def take_out(self, collection_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection; they stay in the library."""
        with self.database.begin() as connection:
            _take(connection, collection_id, paths)

    def move_files(self, collection_id: str, other_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection and put them into another one; do nothing if there is no other of that id."""
        with self.database.begin() as connection:
            if other_id != collection_id and _put(connection, other_id, paths):
                _take(connection, collection_id, paths)


def _put(connection: sa.Connection, collection_id: str, paths: Sequence[str], *, unread: bool = False) -> bool:
    """Put files that are known, or any, into a collection, and tell whether there is one of that id."""
    there = sa.select(schema.collections.c.name).where(schema.collections.c.collection_id == collection_id)
    if connection.execute(there).first() is None:
        return False
    known = sa.select(sa.literal(collection_id), schema.files.c.path)
    insert = schema.collected.insert().prefix_with("OR IGNORE")
    if unread and paths:
        connection.execute(insert, [{"collection_id": collection_id, "path": path} for path in paths])
        return True
    for part in parts(paths):
        rows = known.where(schema.files.c.path.in_(part))
        connection.execute(insert.from_select(["collection_id", "path"], rows))
    return True


def _take(connection: sa.Connection, collection_id: str, paths: Sequence[str]) -> None:
    table = schema.collected
    for part in parts(paths):
        of_it = sa.and_(table.c.collection_id == collection_id, table.c.path.in_(part))
        connection.execute(table.delete().where(of_it))
