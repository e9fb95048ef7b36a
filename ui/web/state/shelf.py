"""What is done with the library on the page: what became of the files that were added, removing, moving, taking back.

A removal is done at once. For a while it can be taken back: what was a copy lies aside that long, in the room of the
home for what is not to last, and what is in a folder of the person's is read there again. So can a move from one
collection to another.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index import PinciteError, SettingsError
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from index import Collection, Entry

UNDO_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was added, and what became of it; `entry` is None until it is read.

    `same` is the name of another file of the same content, "" if there is none. What is not settled is still in the
    run that reads it: its passages may wait to be embedded, or it is being read again.
    """

    path: Path
    entry: Entry | None
    same: str = ""
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed together, and can be taken back; the copies among it lie in the folder `aside`.

    `collected` are the collections as they were before.
    """

    key: str
    paths: tuple[str, ...]
    aside: Path
    collected: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What was moved together from one collection to another, by their ids; `fresh` was not in the other before."""

    key: str
    paths: tuple[str, ...]
    fresh: tuple[str, ...]
    collection_id: str
    other_id: str
    name: str  # of the other


def gone(count: int) -> str:
    """Say that the files of so many documents are gone, "" if that is none."""
    what = "1 document" if count == 1 else f"{count:,} documents"
    return f"{what} can't be read again: the file is gone." if count else ""


class Shelf:
    """Tells of the files that were added, removes documents, has them read again; `trouble` says what failed last."""

    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing
        self._library = indexing.library
        self._undoable: dict[str, Removal | Move] = {}
        self._changing = threading.Lock()
        self.trouble = ""

    @property
    def undoable(self) -> list[Removal | Move]:
        """What can be taken back, what was done last first."""
        return list(reversed(self._undoable.values()))

    def added(self, entries: Sequence[Entry]) -> list[Added]:
        """Return the files that were added, newest first, without those that were removed since."""
        files, unread = self._indexing.added, self._indexing.unread
        if not files:
            return []
        names = {str(file) for file in files}
        found = {entry.path: entry for entry in entries if entry.path in names}
        held: dict[str, list[str]] = {entry.doc_id: [] for entry in found.values() if entry.doc_id}
        for entry in entries:
            if entry.doc_id in held and len(held[entry.doc_id]) < 2:
                held[entry.doc_id].append(entry.path)

        def told(file: Path) -> Added:
            entry = found.get(str(file))
            twins = held.get(entry.doc_id, []) if entry else []
            same = next((Path(path).name for path in twins if path != str(file)), "")
            return Added(file, entry, same, is_settled=file not in unread)

        known = [told(file) for file in reversed(files)]
        return [one for one in known if one.entry or one.path in unread]

    def reading(self, added: Sequence[Added]) -> str:
        """Say of what was added that it is not searched yet, "" if it all is."""
        unread = [one.path.name for one in added if one.entry is None]
        if len(unread) > 1:
            return f"{len(unread):,} added documents are being read: they are not searched yet."
        return f"{unread[0]} is being read: it is not searched yet." if unread else ""

    def remove(self, paths: Sequence[str], entries: Sequence[Entry]) -> int:
        """Remove what entries are of, and what is inside of it; return how many went. Others are passed over."""
        self.trouble = ""
        wanted = set(paths)
        chosen = [entry.path for entry in entries if entry.path in wanted]
        if not chosen:
            return 0
        key = secrets.token_hex(8)
        aside = self._library.temporary / f"removed-{key}"
        collected = tuple(self._library.collections())
        try:
            aside.mkdir(mode=0o700)
            with self._indexing.out_of_the_way():
                gone = self._library.remove(chosen, aside=aside)
        except (PinciteError, OSError) as error:
            what = f"{Path(chosen[0]).name} is" if len(chosen) == 1 else f"{len(chosen):,} documents are"
            self.trouble = f"{what} not removed: {error}"
            if aside.is_dir() and any(aside.iterdir()):  # the copies are not where they were: that can be taken back
                self._keep(Removal(key, tuple(chosen), aside, collected))
            return 0
        self._keep(Removal(key, tuple(entry.path for entry in gone), aside, collected))
        return len(gone)

    def read_again(self, paths: Sequence[str], entries: Sequence[Entry]) -> None:
        """Begin to read again what entries are of; others are passed over. `trouble` then says whose file is gone."""
        wanted = set(paths)
        places = [Path(entry.path) for entry in entries if entry.path in wanted]
        there = [place for place in places if self._library.file_of(str(place))]
        self._indexing.read_anew(there)
        self.trouble = gone(len(places) - len(there))

    def move(self, collection_id: str, other_id: str, paths: Sequence[str]) -> None:
        """Move documents from one collection to another; do nothing if there is no other of that id."""
        other = self._collection(other_id)
        if other is None or collection_id == other_id:
            return
        there = set(other.paths)
        fresh = tuple(path for path in paths if path not in there)
        self._library.move_files(collection_id, other_id, paths)
        self._keep(Move(secrets.token_hex(8), tuple(paths), fresh, collection_id, other_id, other.name))

    def take_back(self, key: str) -> int:
        """Take back what was done, and begin to read what was removed; return how much of it is gone for good.

        Raises `SettingsError` if that can't be done any more.
        """
        with self._changing:
            done = self._undoable.pop(key, None)
        if done is None:
            raise SettingsError("That can't be undone any more.")
        return self._restore(done) if isinstance(done, Removal) else self._move_back(done)

    def _restore(self, removal: Removal) -> int:
        try:
            with self._indexing.out_of_the_way():
                places = self._library.restore(removal.paths, aside=removal.aside, collected=removal.collected)
        except PinciteError:
            with self._changing:
                self._undoable[removal.key] = removal  # it can be tried again
            raise
        self._indexing.read_anew(places)
        shutil.rmtree(removal.aside, ignore_errors=True)
        return len(removal.paths) - len(places)

    def _move_back(self, move: Move) -> int:
        """Move back what was not in the other collection before; what was stays there, too."""
        if self._collection(move.collection_id) is None:
            raise SettingsError("That can't be undone any more: the collection is gone.")
        self._library.move_files(move.other_id, move.collection_id, move.fresh)
        self._library.collect(move.collection_id, move.paths)
        return 0

    def _collection(self, collection_id: str) -> Collection | None:
        return next((one for one in self._library.collections() if one.collection_id == collection_id), None)

    def _keep(self, done: Removal | Move) -> None:
        with self._changing:
            self._undoable[done.key] = done
        timer = threading.Timer(UNDO_SECONDS, self._forget, [done.key])
        timer.daemon = True
        timer.start()

    def _forget(self, key: str) -> None:
        with self._changing:
            done = self._undoable.pop(key, None)
        if isinstance(done, Removal):
            shutil.rmtree(done.aside, ignore_errors=True)
