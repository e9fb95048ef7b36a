"""The library: everything that is indexed in one home folder, and the way to it for the layers above."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from index.errors import (
    DamagedError,
    DocumentRejectedError,
    IndexMismatchError,
    LockedError,
    PinciteError,
    SettingsError,
)
from index.isolation.pool import ReadingPool
from index.models import DEFAULT_MODEL, Encoder
from index.readers.archives.members import MAX_FILES, locate
from index.records import Box, Counts, Document, Entry, Hit
from index.search.derived import read_manifest
from index.search.lexical import LexicalIndex
from index.search.protocol import EmbeddingIndex, Engines
from index.search.snapshot import Memory, Snapshot
from index.search.vectors import VectorIndex
from index.store.catalog import SqliteCatalog
from index.store.home import CATALOG, SAVED, Temporary, make_home, make_private, sweep
from index.store.lock import home_lock
from index.store.protocol import Catalog

COMPACTED_AT_ONCE = 100_000  # passages: up to here what is deleted leaves no trace at once, in a few seconds
ENGINES = Engines(LexicalIndex, VectorIndex)
_SMALLEST = 512  # bytes of a catalog: the first page
_PATIENCE = 10.0  # seconds in which a process that writes should have its files in order


class Library:
    """The documents of one home folder: add, remove, search.

    Any number of threads and processes may read; writing takes the home folder's lock.
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
        self._engines = engines
        self.most_inside = most_inside  # files that are read of what lies in one file, at any depth
        self.encoder = encoder
        make_home(home)
        _check_not_emptied(home)
        with filelock.FileLock(home / "opening.lock"):  # two programs may open a new home at once
            sweep(home)
            self.catalog: Catalog = open_catalog(home / CATALOG)
            self._check_derived_behind()
        self.catalog.check_there()
        found = self.catalog.model()
        if found and found[0] != encoder.model_id and not rebuilding:
            self.catalog.close()
            raise IndexMismatchError(
                f"the index in {home} was built with model {found[0]!r}, the settings name {encoder.model_id!r}: "
                "run `pincite index --rebuild`, or name the model it was built with"
            )
        self.lexical = engines.words(home / "lexical", self.catalog)
        self._vectors: EmbeddingIndex | None = None
        self._reading: ReadingPool | None = None
        self._temporary: Temporary | None = None
        self._opening = threading.RLock()
        self._writing = threading.Lock()
        self._memory = Memory()
        self._checked_sequence = -1

    def _check_derived_behind(self) -> None:
        """See to it that nothing is derived from changes that are not in the catalog, as when a copy was put back."""
        for name in ("lexical", "vectors"):
            sequence = read_manifest(self.home / name / "manifest.json").get("sequence", 0)
            if sequence > self.catalog.sequence():
                self.catalog.renew()

    def close(self) -> None:
        """Close the files, and end the processes that read others."""
        if self._reading:
            self._reading.close()
        if self._temporary:
            self._temporary.close()
        self.catalog.close()
        with suppress(OSError):  # the home may be gone
            make_private(self.home)

    # --- reading ----------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """Count what is indexed."""
        return self.catalog.counts()

    def sizes(self) -> dict[str, int]:
        """Return how many bytes the catalog and the indexes derived from it take on the disk."""
        places = {"catalog": f"{CATALOG}*", "lexical": "lexical/**/*", "vectors": "vectors/**/*"}
        return {
            name: sum(path.stat().st_size for path in self.home.glob(place) if path.is_file())
            for name, place in places.items()
        }

    def entries(self) -> list[Entry]:
        """Return what is indexed and what was rejected, by path."""
        return self.catalog.entries()

    def document(self, doc_id: str) -> Document:
        """Return a whole document. Raises `SettingsError` if there is none of that id (any more)."""
        return self.look().document(doc_id)

    def find_document(self, doc_id: str) -> Document | None:
        """Return a whole document, or None if it has been deleted meanwhile."""
        return self.look().find_document(doc_id)

    def locate(self, doc_id: str, start: int, end: int) -> list[Box]:
        """Return the rectangles of `text[start:end]` on the document's pages, one a line; none without geometry."""
        return self.document(doc_id).locate(start, end)

    @property
    def temporary(self) -> Path:
        """A folder for what is not to last, made at its first use and removed when the library is closed."""
        with self._opening:
            if self._temporary is None:
                self._temporary = Temporary(self.home)
            return self._temporary.path

    @property
    def reading(self) -> ReadingPool:
        """What reads files, made at its first use."""
        with self._opening:
            if self._reading is None:
                self._reading = ReadingPool(self.temporary, self.encoder)
            return self._reading

    def file_of(self, path: str) -> Path | None:
        """Return the file on the disk that the document at `path` is, or is inside of; None if it is gone."""
        with suppress(DocumentRejectedError):
            return locate(Path(path))[0]
        return None

    def page_image(self, doc_id: str, number: int, *, width: int) -> bytes:
        """Return a page of a document as a PNG, `width` pixels wide. Raises `PinciteError` if that can't be had."""
        document = self.document(doc_id)
        if number not in document.pages or document.pages[number].width <= 0:
            raise PinciteError(f"{document.title} has no page {number} to be shown")
        try:
            file, rest = locate(Path(document.path))
        except DocumentRejectedError as error:
            cure = "put it back, or index the folder again"
            raise PinciteError(f"{document.path} can't be shown, it is gone: {cure}") from error
        return self.reading.page_image(file, rest, number, sha256=document.sha256, width=width)

    def search(
        self, query: str, *, top_k: int = 10, documents: Sequence[str] = (), folders: Sequence[str] = ()
    ) -> list[Hit]:
        """Return the passages that fit `query` best now; see `Snapshot.search`."""
        return self.refresh().search(query, top_k=top_k, documents=documents, folders=folders)

    @property
    def vectors(self) -> EmbeddingIndex:
        """The vector index, opened at its first use."""
        with self._opening:
            if self._vectors is None:
                model = (self.encoder.model_id, self.encoder.digest)
                dimension = self.encoder.dimension
                self._vectors = self._engines.embeddings(self.home / "vectors", self.catalog, model, dimension)
            return self._vectors

    def look(self) -> Snapshot:
        """Return the library of this moment, to read documents in; before a search, `refresh`."""
        state = self.catalog.state()
        return Snapshot(self, self._memory, state.sequence, embedded=state.model is not None)

    def refresh(self) -> Snapshot:
        """Take notice of every committed change, by this process or another, and return the library of this moment.

        Raises `HomeError` if the home is gone, `IndexMismatchError` if its embeddings are of another model.
        """
        self.catalog.check_there()
        state = self.catalog.state()
        self._refresh_words(state.sequence)
        embedded = self._has_embeddings(state.model)
        if embedded and self.vectors.sequence < state.sequence:
            self.vectors.refresh()
        return Snapshot(self, self._memory, state.sequence, embedded=embedded)

    def refresh_words(self) -> None:
        """Bring the lexical index up to date, which needs no model."""
        self._refresh_words(self.catalog.sequence())

    def _refresh_words(self, sequence: int) -> None:
        if self.lexical.sequence < sequence:
            self._await_words(sequence)
        if self._checked_sequence < sequence:
            self.check_whole()
            self._checked_sequence = sequence

    def _await_words(self, sequence: int) -> None:
        """Let the lexical index be brought up to date, by the process that writes, or else, after a crash, by us."""
        until = time.monotonic() + _PATIENCE
        while True:
            self.lexical.refresh()
            if self.lexical.sequence >= sequence:
                return
            try:
                with self.writing(wait=0):
                    self.lexical.catch_up()
                    return
            except LockedError:  # the process that writes is at it; what is there is searched until then
                if not self.lexical.unreadable:
                    return
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def check_whole(self) -> None:
        """Raise `DamagedError` if passages are missing in the catalog: what is derived of it is checked by itself."""
        sequence = self.catalog.sequence()
        found, expected = self.catalog.passage_count(), self.lexical.count()
        if self.lexical.sequence == sequence == self.catalog.sequence() and found != expected:
            raise DamagedError(
                f"{self.catalog.name} is damaged (it has {found} passages, {expected} were indexed): "
                "run `pincite verify --repair`, which saves what can be read"
            )

    # --- writing ----------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, wait: float = 10.0) -> Iterator[None]:
        """Hold the home folder's writing lock. Raises `LockedError` if another holds it for over `wait` seconds."""
        if not self._writing.acquire(timeout=max(wait, 0.0)):
            raise LockedError(f"{self.home} is being written by this program: try again when indexing is done")
        try:
            self.catalog.check_there()  # taking the lock of a home that was deleted makes its folder again
            with home_lock(self.home, wait=wait):
                yield
        finally:
            self._writing.release()

    def remove(self, names: Sequence[str]) -> list[Entry]:
        """Remove documents by id, path or folder; they are gone from the very next answer. Returns what was removed.

        A folder is no longer synced by itself either. Raises `SettingsError` before anything is removed if a name fits
        none.
        """
        with self.writing():
            entries = self.catalog.entries()
            chosen: dict[str, Entry] = {}
            for name in names:
                path = str(absolute(Path(name)))
                within = path.rstrip(os.sep) + os.sep
                found = [
                    entry
                    for entry in entries
                    if name in (entry.doc_id, entry.path) or entry.path == path or entry.path.startswith(within)
                ]
                if not name or not found:  # a rejected file has no id
                    raise SettingsError(f"no document {name!r} is indexed: `pincite list` shows ids and paths")
                for one in found:  # with what is inside of it
                    inside = one.path + os.sep
                    chosen.update((entry.path, entry) for entry in entries if entry.path.startswith(inside))
                    chosen[one.path] = one
            self.catalog.remove_files(chosen)
            for name in names:
                self.catalog.forget_root(str(absolute(Path(name))))
            self.catch_up()
            self.compact(at_most=COMPACTED_AT_ONCE)
        return list(chosen.values())

    def catch_up(self) -> None:
        """Bring the derived indexes up to date; all is durable then. The writing lock must be held."""
        self.lexical.catch_up()
        if self.catalog.model():
            self.vectors.catch_up()

    def compact(self, *, at_most: int | None = None) -> None:
        """Leave no trace of deleted documents in any file; the writing lock must be held.

        The lexical index and the catalog's file are written anew for that: not if there are over `at_most` passages,
        and under a tenth of them deleted.
        """
        deleted, count = self.lexical.deleted(), self.lexical.count()
        thoroughly = at_most is None or count <= at_most or deleted * 10 > count
        if deleted and thoroughly:
            self.lexical.rebuild()
        self.catalog.compact(thoroughly=thoroughly)
        for path in self.leftovers():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def leftovers(self) -> list[Path]:
        """Return the files that a repair has left behind that did not come to its end."""
        return sorted([*self.home.glob(f"{SAVED}*"), *self.home.glob("unpacked-*")])  # these of earlier versions

    def rebuild_derived(self) -> None:
        """Make the derived indexes anew from the catalog; the writing lock must be held."""
        self.lexical.rebuild()
        if self.catalog.model():
            self.vectors.rebuild()

    def _has_embeddings(self, found: tuple[str, str] | None) -> bool:
        """Tell whether there are embeddings; raise if they are of another model, as after a rebuild by others."""
        if found and found != (self.encoder.model_id, self.encoder.digest):
            raise IndexMismatchError(
                f"the index in {self.home} was built with model {found[0]!r} of other weights than the present "
                f"{self.encoder.model_id!r}: run `pincite index --rebuild`, or start again with that model"
            )
        return found is not None


def open_library(
    home: Path, *, model: str = DEFAULT_MODEL, rebuilding: bool = False, most_inside: int = MAX_FILES
) -> Library:
    """Open the library in `home`, which is made if it isn't there; the embedding model is loaded when it is needed.

    `rebuilding` opens an index of another model too, for `sync.rebuild`; `most_inside` is how many files are read that
    lie in one file, such as an archive or a mailbox. Raises `HomeError` if the folder can't be
    used, `IndexMismatchError` if its index is of another model or format.
    """
    return Library(home, Encoder(model), rebuilding=rebuilding, most_inside=most_inside)


def absolute(path: Path) -> Path:
    """Return the one name of a path by which it is known: absolute, without "..", links left as they are."""
    return Path(os.path.abspath(path))


def _check_not_emptied(home: Path) -> None:
    """Raise `DamagedError` if the catalog was emptied, which SQLite would take for a new one."""
    path = home / CATALOG
    if path.exists() and path.stat().st_size < _SMALLEST and (home / "lexical" / "manifest.json").exists():
        raise DamagedError(f"{path} is damaged (it was emptied): run `pincite verify --repair`")
