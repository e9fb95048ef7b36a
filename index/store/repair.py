"""Repairing: what can be read of a damaged home is saved, and what can be made again is made again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.errors import DamagedError, PinciteError, SettingsError
from index.isolation.pool import ReadingPool
from index.library import ENGINES, Library
from index.models import Encoder
from index.progress import silent
from index.records import Document
from index.search.protocol import Engines
from index.store import schema
from index.store.catalog import SqliteCatalog
from index.store.collections import ORDER
from index.store.database import Database
from index.store.home import CATALOG, SAVED, Temporary
from index.store.lock import home_lock
from index.store.protocol import Catalog
from index.store.records import FileRow
from index.store.verify import check_document
from index.sync.embedding import embed_pending
from index.sync.sync import sync_paths

# How each catalog begins: the format's name, pages of 4096 bytes, a log, and three constants.
_HEADER = b"SQLite format 3\0" + bytes([0x10, 0x00, 2, 2, 0, 64, 32, 32])
_PAGE = 4096  # bytes
_UNREADABLE_IN_A_ROW = 1000  # rows, after which no more is expected of a table
_LOST = "its document was damaged in the catalog: index it again"
_WAIT = 10.0  # seconds for another process that writes


def repair(home: Path, encoder: Encoder, *, engines: Engines = ENGINES) -> list[str]:
    """Mend what is damaged in `home`; return what was done and what is lost, a line each.

    A document that can't be read in the catalog is read again from its file, and the indexes of the `engines` are made
    anew. Raises `LockedError` if another process is writing there.
    """
    notes = []
    with home_lock(home, wait=_WAIT):
        damaged = _is_damaged(home, encoder, engines=engines)
        if damaged:
            lost = _save_catalog(home, encoder)
            for engine in engines:
                engine.discard(home)
    library = Library(home, encoder, engines=engines)
    try:
        if damaged:
            notes = _read_again(library, lost)
        with library.writing() as writer:
            embed_pending(writer, silent)
            writer.rebuild()
            writer.compact()
    finally:
        library.close()
    return notes


def _is_damaged(home: Path, encoder: Encoder, *, engines: Engines) -> bool:
    """Tell whether the catalog is damaged in any way."""
    try:
        library = Library(home, encoder, engines=engines)
        try:
            catalog = library.store.catalog
            return bool(
                catalog.damage()
                or catalog.inconsistencies()
                or any(line for entry in catalog.entries() for line in check_document(catalog, entry))
                or not _are_sound(catalog)
            )
        finally:
            library.close()
    except DamagedError:
        return True


def _are_sound(catalog: Catalog) -> bool:
    """Tell whether all embeddings, and what was removed, are as they were written."""
    catalog.removed()
    for _ in catalog.all_embeddings(1000):
        pass
    return True


def _save_catalog(home: Path, encoder: Encoder) -> list[FileRow]:
    """Put a new catalog with all that can be read of the old in its place; return the files whose document is lost."""
    path, saved = home / CATALOG, home / SAVED
    _remove(saved)
    new = SqliteCatalog(saved)
    _mend_first_page(path, new)
    old = Database(path)
    temporary = Temporary(home)
    pool = ReadingPool(temporary.path, encoder)
    try:
        lost = _copy(old, new, pool)
        new.database.compact()
    finally:
        old.close()
        new.close()
        pool.close()
        temporary.close()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    os.replace(saved, path)
    return lost


def _mend_first_page(path: Path, fresh: SqliteCatalog) -> None:
    """Give a catalog the first page by which most can be read: its own, or one of a fresh catalog.

    It says where the tables are: in one place as they were made, in another after the file was written anew.
    """
    _write_at_start(path, _HEADER)
    old = Database(path)
    with suppress(PinciteError):
        old.compact()  # so that nothing is in its log any more
    old.close()
    size = (path.stat().st_size // _PAGE).to_bytes(4, "big")
    own = _tables(path)
    with path.open("rb") as file:
        pages = [file.read(_PAGE)]
    for _ in range(2):
        fresh.database.compact()
        if own == _tables(fresh.path):
            return
        page = fresh.path.read_bytes()[:_PAGE]
        pages.append(page[:28] + size + bytes(8) + page[40:])  # as large as it is, with no free pages
        fresh.database.write_anew()
    whole = []
    for page in pages:
        _write_at_start(path, page)
        whole.append(_count_documents(path))
    _write_at_start(path, pages[whole.index(max(whole))])


def _tables(path: Path) -> list[tuple[object, ...]]:
    """Return where the tables of a catalog are, and what they are like; nothing if that can't be read."""
    database = Database(path)
    try:
        with suppress(DamagedError), database.read() as connection:
            query = "SELECT name, rootpage, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
            return [tuple(row) for row in connection.execute(sa.text(query))]
        return []
    finally:
        database.close()


def _count_documents(path: Path) -> int:
    """Return how many documents can be read in a catalog."""
    database, found = Database(path), 0
    try:
        for row in _rows(database, schema.documents):
            with suppress(DamagedError):
                found += bool(_document(database, row).doc_id)
    finally:
        database.close()
    return found


def _write_at_start(path: Path, data: bytes) -> None:
    with path.open("rb+") as file:
        file.write(data)


def _copy(old: Database, new: Catalog, pool: ReadingPool) -> list[FileRow]:
    """Copy what is whole; return the files whose document is not."""
    for root in _rows(old, schema.roots):
        new.add_root(root.path)
    for row in _rows(old, schema.removed):
        with suppress(DamagedError):
            new.note_removed([schema.removed_of(row)])
    _copy_arrivals(old, new)
    files: dict[str, list[FileRow]] = {}
    for row in _rows(old, schema.files):
        with suppress(DamagedError):
            file = schema.file_of(row)
            if file.doc_id:
                files.setdefault(file.doc_id, []).append(file)
    meta = {row.key: row.value for row in _rows(old, schema.meta)}
    if "model" in meta and "model_digest" in meta:
        new.set_model(meta["model"], meta["model_digest"])
    for row in _rows(old, schema.documents):
        with suppress(DamagedError):
            document = _document(old, row)
            unknown = FileRow(document.doc_id, document.sha256, document.doc_id, document.modified, "")
            held = files.pop(document.doc_id, [unknown])
            new.add_document(document, pool.split(document).result(), held[0])
            for file in held[1:]:
                new.put_file(file)
            _copy_embeddings(old, new)
    lost = [file for held in files.values() for file in held]
    for file in lost:
        new.put_file(FileRow(file.path, "", None, 0.0, _LOST))
    for row in _rows(old, schema.collections):
        new.make_collection(row.name, collection_id=row.collection_id)
    new.order_collections(meta.get(ORDER, "").split())
    for row in _rows(old, schema.collected):
        new.collect(row.collection_id, [row.path])
    return lost


def _copy_arrivals(old: Database, new: Catalog) -> None:
    for row in _rows(old, schema.arrivals):
        if isinstance(row.path, str) and isinstance(row.at, float):
            new.note_arrival(row.path, row.at)


def _copy_embeddings(old: Database, new: Catalog) -> None:
    """Copy the embeddings that passages of the new catalog wait for; those that can't be read are made again."""
    for key, _ in new.unembedded(-1):
        query = sa.select(schema.embeddings, sa.literal(0).label("passage_id"))
        with suppress(PinciteError), old.read() as connection:
            found = connection.execute(query.where(schema.embeddings.c.embedding_key == key)).all()
            if found:
                new.add_embeddings([key], schema.embeddings_of(found))


def _document(old: Database, row: Any) -> Document:
    """Return the document of a row with its pages. Raises `DamagedError` if it is not what was written."""
    of_document = schema.pages.c.doc_id == row.doc_id
    pages: Sequence[Any] = []
    left_out = None
    with suppress(DamagedError), old.read() as connection:  # if it has pages that can't be read, its digest tells
        pages = connection.execute(sa.select(schema.pages).where(of_document).order_by(schema.pages.c.number)).all()
    with suppress(DamagedError), old.read() as connection:  # which a catalog of an older format has not
        query = sa.select(schema.left_out).where(schema.left_out.c.doc_id == row.doc_id)
        left_out = connection.execute(query).first()
    return schema.document_of(row, pages, left_out, "")


def _rows(database: Database, table: sa.Table) -> Iterator[Any]:
    """Yield the rows of a table that can be read, passing over those that can't."""
    number = sa.literal_column("rowid", sa.Integer)
    at = failures = 0
    if not _opens(database):
        return
    while failures < _UNREADABLE_IN_A_ROW:
        query = sa.select(table, number.label("number")).where(number > at).order_by(number).limit(1)
        try:
            with database.read() as connection:
                row = connection.execute(query).first()
        except (PinciteError, ValueError):
            at, failures = at + 1, failures + 1
            continue
        if row is None:
            return
        if row.number <= at:  # the order of the rows is damaged: without this, the same ones would come for ever
            at, failures = at + 1, failures + 1
            continue
        at, failures = row.number, 0
        yield row


def _opens(database: Database) -> bool:
    """Tell whether anything can be read: if not, each of a thousand rows would only say so again."""
    with suppress(PinciteError), database.read():
        return True
    return False


def _read_again(library: Library, lost: list[FileRow]) -> list[str]:
    """Sync the folders again, and the files whose document is lost; return what became of those."""
    files: list[Path] = []
    added = {entry.path: entry.added for entry in library.entries()}
    with library.writing() as writer:
        # What is inside of a file is read again with it, for which that must not be known.
        for file in lost:
            holder = library.file_of(file.path)
            if holder:
                files.append(holder)
                between = [str(place) for place in Path(file.path).parents if place.is_relative_to(holder)]
                writer.catalog.remove_files([str(holder), *between])
        for path in filter(Path.exists, files):
            writer.catalog.note_arrival(str(path), added.get(str(path), 0.0))
    paths = [path for path in (*map(Path, library.roots()), *files) if path.exists()]
    if paths:
        with suppress(SettingsError):  # there is nothing in them any more
            sync_paths(library, paths)
    _forget_unknown(library.store.catalog)
    there = library.store.catalog.files()
    found = [file.path for file in lost if there.get(file.path) and there[file.path].doc_id]
    missing = [file.path for file in lost if file.path not in found]
    notes = ["the catalog was damaged: what can be read of it was saved"]
    if found:
        notes.append(f"{len(found)} damaged documents were read again from their files")
    return notes + [f"{path}: its document is lost, and the file is not there: index it again" for path in missing]


def _forget_unknown(catalog: Catalog) -> None:
    """Forget the names that were given to documents whose files could not be read, where those are found again."""
    files = catalog.files().values()
    known = {file.doc_id for file in files if file.path != file.doc_id}
    catalog.remove_files([file.path for file in files if file.path == file.doc_id and file.doc_id in known])


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
