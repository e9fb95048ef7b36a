"""The library: everything that is indexed in one home folder, and the way to it for the layers above."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.documents import Documents
from index.errors import IndexMismatchError, SettingsError
from index.isolation.pool import ReadingPool
from index.models import DEFAULT_MODEL, Encoder
from index.paths import above, absolute, choose_entries
from index.readers.archives.members import MAX_FILES
from index.records import Box, Collection, Counts, Document, Entry, Hit
from index.search.indexes import Indexes
from index.search.lexical import LexicalIndex
from index.search.protocol import Engines
from index.search.searcher import Searcher
from index.search.snapshot import Snapshot
from index.search.vectors import VectorIndex
from index.store.catalog import SqliteCatalog
from index.store.protocol import Catalog
from index.store.records import Removed, place_digest
from index.store.store import Store
from index.store.uploads import Upload
from index.writer import Writer

COMPACTED_AT_ONCE = 100_000  # passages: up to here what is deleted leaves no trace at once, in a few seconds
ENGINES = Engines(LexicalIndex, VectorIndex)


class Library:
    """The documents of one home folder: look at them, search them, remove them. `sync_paths` adds.

    Any number of threads and processes may read; writing takes the home folder's lock. What it is made of, a store,
    indexes, a searcher and documents, is the affair of this package.
    """

    def __init__(
        self,
        home: Path,
        encoder: Encoder,
        *,
        rebuilding: bool = False,
        most_inside: int = MAX_FILES,
        engines: Engines = ENGINES,
        open_catalog: Callable[[Path], Catalog] = SqliteCatalog,
    ) -> None:
        self.home = home
        self.encoder = encoder
        self.store = Store(
            home,
            open_catalog,
            derived=engines.folders,
            was_indexed=lambda: engines.words.saved_sequence(home) is not None,
        )
        self._catalog = self.store.catalog
        found = self._catalog.model()
        if found and found[0] != encoder.model_id and not rebuilding:
            self._catalog.close()
            raise IndexMismatchError(
                f"the index in {home} was built with model {found[0]!r}, the settings name {encoder.model_id!r}: "
                "run `pincite index --rebuild`, or name the model it was built with"
            )
        with self.store.opening():
            self.indexes = Indexes(home, self._catalog, encoder, engines)
        self.searcher = Searcher(self.store, self.indexes)
        self.documents = Documents(self.searcher)
        self._most_inside = most_inside
        self._pool: ReadingPool | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Close the files, and end the processes that read others."""
        if self._pool:
            self._pool.close()
        self.store.close()

    # --- what it is -------------------------------------------------------------------------------------------

    @property
    def model_id(self) -> str:
        """The name of the embedding model."""
        return self.encoder.model_id

    @property
    def ready(self) -> bool:
        """True once the embedding model is in memory."""
        return self.encoder.ready

    def load(self) -> None:
        """Load the embedding model now."""
        self.encoder.load()

    @property
    def temporary(self) -> Path:
        """A folder for what is not to last, made at its first use and removed when the library is closed."""
        return self.store.temporary

    @property
    def pool(self) -> ReadingPool:
        """What reads files, made at its first use."""
        with self._opening:
            if self._pool is None:
                self._pool = ReadingPool(self.temporary, self.encoder)
            return self._pool

    def unconfined(self) -> list[str]:
        """Return what this system does not let the processes give up that read files."""
        return self.pool.unconfined()

    def sizes(self) -> dict[str, int]:
        """Return how many bytes the catalog and the indexes derived from it take on the disk."""
        return {"catalog": self.store.size(), **self.indexes.sizes()}

    def sequence(self) -> int:
        """Return the number of the last change, by this process or another; 0 if there was none."""
        return self._catalog.sequence()

    def sequences(self) -> dict[str, int]:
        """Return the number of the last change, and of the last that can be found by its words."""
        return {"catalog": self._catalog.sequence(), "lexical": self.indexes.words.sequence}

    # --- what is in it ----------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """Count what is indexed."""
        return self._catalog.counts()

    def is_empty(self) -> bool:
        """Tell whether no document is indexed."""
        return self._catalog.is_empty()

    def searchable(self) -> int:
        """Return how many passages can be found by their words, as far as this process knows."""
        return self.indexes.words.count()

    @property
    def uploads(self) -> Path:
        """The folder, in the home, of the copies of what was added on the page; it need not be there."""
        return self.store.uploads

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path."""
        return self._catalog.entries()

    def find(self, names: Sequence[str]) -> list[Entry]:
        """Return what has these ids or paths, or is in these folders. Raises `SettingsError` if a name fits none."""
        return choose_entries(self.entries(), names)

    def has_file(self, path: str) -> bool:
        """Tell whether what is at a path is indexed."""
        file = self._catalog.files([path]).get(path)
        return bool(file and file.doc_id)

    def roots(self) -> list[str]:
        """Return the folders that were synced."""
        return self._catalog.roots()

    def document(self, doc_id: str) -> Document:
        """Return a whole document. Raises `SettingsError` if there is none of that id (any more)."""
        return self.look().document(doc_id)

    def find_document(self, doc_id: str) -> Document | None:
        """Return a whole document, or None if it has been deleted meanwhile."""
        return self.look().find_document(doc_id)

    def missing(self, doc_ids: Sequence[str]) -> list[str]:
        """Return those of the ids that no document has (any more)."""
        return [doc_id for doc_id in doc_ids if not self._catalog.has_document(doc_id)]

    def locate(self, doc_id: str, start: int, end: int) -> list[Box]:
        """Return the rectangles of `text[start:end]` on the document's pages, one a line; none without geometry."""
        return self.documents.locate(doc_id, start, end)

    def file_of(self, path: str) -> Path | None:
        """Return the file on the disk that the document at `path` is, or is inside of; None if it is gone."""
        return self.documents.file_of(path)

    def page_image(self, doc_id: str, number: int, *, width: int) -> bytes:
        """Return a page of a document as a PNG, `width` pixels wide. Raises `PinciteError` if that can't be had."""
        return self.documents.page_image(doc_id, number, width=width, pool=self.pool)

    # --- collections, which change also while something else is written ------------------------------------------

    def collections(self) -> list[Collection]:
        """Return the collections, those without a place behind the others by name, each with the paths of its files."""
        return self._catalog.collections()

    def make_collection(self, name: str) -> str:
        """Make a collection and return its id."""
        return self._catalog.make_collection(name)

    def rename_collection(self, collection_id: str, name: str) -> None:
        """Give a collection another name; do nothing if there is none of that id."""
        self._catalog.rename_collection(collection_id, name)

    def delete_collection(self, collection_id: str) -> None:
        """Delete a collection; what was in it stays in the library."""
        self._catalog.delete_collection(collection_id)

    def order_collections(self, collection_ids: Sequence[str]) -> None:
        """Give the collections places in this order; those that aren't named come behind them, by name."""
        self._catalog.order_collections(collection_ids)

    def collect(self, collection_id: str, paths: Sequence[str]) -> None:
        """Put files of the library into a collection; do nothing if there is none of that id."""
        self._catalog.collect(collection_id, paths)

    def take_out(self, collection_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection; they stay in the library."""
        self._catalog.take_out(collection_id, paths)

    def move_files(self, collection_id: str, other_id: str, paths: Sequence[str]) -> None:
        """Take files out of a collection and put them into another one; do nothing if there is no other of that id."""
        self._catalog.move_files(collection_id, other_id, paths)

    # --- searching --------------------------------------------------------------------------------------------

    def search(
        self, query: str, *, top_k: int = 10, documents: Sequence[str] = (), folders: Sequence[str] = ()
    ) -> list[Hit]:
        """Return the passages that fit `query` best now; see `Snapshot.search`."""
        return self.refresh().search(query, top_k=top_k, documents=documents, folders=folders)

    def look(self) -> Snapshot:
        """Return the library of this moment, to read documents in; before a search, `refresh`."""
        return self.searcher.look()

    def refresh(self) -> Snapshot:
        """Take notice of every committed change, and return the library of this moment; see `Searcher.refresh`."""
        return self.searcher.refresh()

    def refresh_words(self) -> None:
        """Let what was changed be found by its words, which needs no model."""
        self.searcher.refresh_words()

    def questions(self) -> dict[str, str]:
        """Return what is kept of the questions that documents answer, by their ids."""
        return self._catalog.questions()

    # --- writing ----------------------------------------------------------------------------------------------

    def upload(self, name: str, *, size: int) -> Upload:
        """Begin to receive a file, which is kept in the home and is synced with `uploads`; see `Upload`."""
        return Upload(self.uploads, name, size=size, temporary=self.temporary)

    @contextmanager
    def writing(self, *, wait: float = 10.0) -> Iterator[Writer]:
        """Hold the home folder's writing lock. Raises `LockedError` if another holds it for over `wait` seconds."""
        with self.store.writing(wait=wait):
            yield Writer(self.store, self.indexes, self._most_inside, lambda: self.pool)

    def remove(self, names: Sequence[str], *, aside: Path | None = None) -> list[Entry]:
        """Remove documents by id, path or folder; they are gone from the very next answer. Returns what was removed.

        What was added on the page goes with its copy in the home, which is put into the folder `aside` if one is
        named, for `restore`; no other file is touched. One that stays in a folder that is synced is not taken from
        there again, until it is named itself; a folder is no longer synced by itself either. Raises `SettingsError`
        before anything is removed if a name fits none.
        """
        with self.writing() as writer:
            roots = frozenset(self._catalog.roots())
            chosen = choose_entries(self._catalog.entries(), names, roots=roots)
            self._take_out(writer, chosen, {str(absolute(Path(name))) for name in names}, roots, aside=aside)
        return chosen

    def add_root(self, folder: Path) -> None:
        """Let a folder, an absolute path, be synced by every sync that names none; nothing is read of it here."""
        self._catalog.add_root(str(folder))

    def take_off(self, folder: str) -> list[Entry]:
        """Sync a folder no longer, nor those within it, and remove what is in it; returns what was removed.

        What was added on the page stays, wherever the home is. Raises `SettingsError` if the folder isn't synced.
        """
        with self.writing() as writer:
            roots = frozenset(self._catalog.roots())
            named = {root for root in roots if self._is_of(root, folder)}
            if folder not in named:
                raise SettingsError(f"{folder} is not synced (any more)")
            chosen = [entry for entry in self._catalog.entries() if self._is_of(entry.path, folder)]
            self._take_out(writer, chosen, named, roots, aside=None)
        return chosen

    def _is_of(self, path: str, folder: str) -> bool:
        """Tell whether a path is a folder or within it, and is none of the uploads'."""
        return Path(path).is_relative_to(folder) and not Path(path).is_relative_to(self.uploads)

    def _take_out(
        self, writer: Writer, chosen: Sequence[Entry], named: set[str], roots: frozenset[str], *, aside: Path | None
    ) -> None:
        """Remove what was chosen, of which these places were `named`; those of them that are roots are forgotten."""
        for root in sorted(named & roots):
            self._catalog.forget_root(root)
        places = self._found_again(named, chosen, roots - named)
        self._catalog.note_removed(places)  # first: what is removed must not come back, whatever happens now
        self._catalog.remove_files([entry.path for entry in chosen])
        copies = self.store.take_uploads([Path(entry.path) for entry in chosen], aside=aside)
        self._catalog.forget_removed([place_digest(str(copy)) for copy in copies])
        writer.catch_up()
        writer.compact(at_most=COMPACTED_AT_ONCE)

    def restore(self, paths: Sequence[str], *, aside: Path, collected: Sequence[Collection] = ()) -> list[Path]:
        """Take back the removal of what was at these paths; return which places a sync is to read anew.

        What can't be read any more, since its file is gone, is not among them. They are put back into the collections
        of which they were, as `collected` has these; one that is gone by now stays so.
        """
        with self.writing():
            moved = self.store.put_back(aside)
            places = {path: moved.get(Path(path), Path(path)) for path in paths}
            places = {path: place for path, place in places.items() if self.file_of(str(place))}
            self._catalog.forget_removed([place_digest(path) for path in paths])
            for one in collected:
                found = [str(places[path]) for path in one.paths if path in places]
                self._catalog.collect(one.collection_id, found, unread=True)
        return list(places.values())

    def _found_again(self, named: set[str], chosen: Sequence[Entry], roots: frozenset[str]) -> list[Removed]:
        """Return the places, of what is to be removed, from which a sync of the `roots` around them would take it."""
        folders = {place for place in named if os.path.isdir(place)}
        places = {*folders, *(entry.path for entry in chosen)}
        found = []
        for place in sorted(places):
            within = above(place)
            root = next((one for one in reversed(within) if one in roots), None)
            holder = place if place in folders else self.file_of(place)
            if root and holder and places.isdisjoint(within):
                found.append(Removed(place_digest(place), place_digest(str(holder)), root))
        return found

    def keep_questions(self, doc_id: str, body: str) -> None:
        """Keep the questions that a document answers until it is gone. Raises `LockedError` if another writes now."""
        with self.writing(wait=0.0) as writer:
            writer.catalog.put_questions(doc_id, body)

    def has_traces(self) -> bool:
        """Tell whether the index of words still holds something of what was deleted, as where much is indexed."""
        return bool(self.indexes.words.deleted())

    def compact(self) -> None:
        """Leave no trace of deleted documents in any file, which takes a while where much is indexed."""
        with self.writing() as writer:
            writer.compact()


def open_library(
    home: Path, *, model: str = DEFAULT_MODEL, rebuilding: bool = False, most_inside: int = MAX_FILES
) -> Library:
    """Open the library in `home`, which is made if it isn't there; the embedding model is loaded when it is needed.

    `rebuilding` opens an index of another model too, for `sync.rebuild`; `most_inside` is how many files are read that
    lie in one file, such as an archive or a mailbox. Raises `HomeError` if the folder can't be
    used, `IndexMismatchError` if its index is of another model or format.
    """
    return Library(home, Encoder(model), rebuilding=rebuilding, most_inside=most_inside)
