"""What is done with the library on the page: what became of the files that were added, removing and taking back.

A removal is done at once. For a while it can be taken back: what was a copy lies aside that long, in the room of the
home for what is not to last, and what is in a folder of the person's is read there again.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index import PinciteError, SettingsError
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from index import Entry

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
    """What was removed together, and can be taken back; the copies among it lie in the folder `aside`."""

    key: str
    paths: tuple[str, ...]
    aside: Path


def gone(count: int) -> str:
    """Say that the files of so many documents are gone, "" if that is none."""
    what = "1 document" if count == 1 else f"{count:,} documents"
    return f"{what} can't be read again: the file is gone." if count else ""


class Shelf:
    """Tells of the files that were added, removes documents, has them read again; `trouble` says what failed last."""

    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing
        self._library = indexing.library
        self._removals: dict[str, Removal] = {}
        self._changing = threading.Lock()
        self.trouble = ""

    @property
    def removals(self) -> list[Removal]:
        """What can be taken back, the last removal first."""
        return list(reversed(self._removals.values()))

    def added(self, entries: Collection[Entry]) -> list[Added]:
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

    def remove(self, paths: Collection[str], entries: Sequence[Entry]) -> int:
        """Remove what entries are of, and what is inside of it; return how many went. Others are passed over."""
        self.trouble = ""
        wanted = set(paths)
        chosen = [entry.path for entry in entries if entry.path in wanted]
        if not chosen:
            return 0
        key = secrets.token_hex(8)
        aside = self._library.temporary / f"removed-{key}"
        try:
            aside.mkdir(mode=0o700)
            with self._indexing.out_of_the_way():
                gone = self._library.remove(chosen, aside=aside)
        except (PinciteError, OSError) as error:
            what = f"{Path(chosen[0]).name} is" if len(chosen) == 1 else f"{len(chosen):,} documents are"
            self.trouble = f"{what} not removed: {error}"
            if aside.is_dir() and any(aside.iterdir()):  # the copies are not where they were: that can be taken back
                self._keep(Removal(key, tuple(chosen), aside))
            return 0
        self._keep(Removal(key, tuple(entry.path for entry in gone), aside))
        return len(gone)

    def read_again(self, paths: Collection[str], entries: Sequence[Entry]) -> None:
        """Begin to read again what entries are of; others are passed over. `trouble` then says whose file is gone."""
        wanted = set(paths)
        places = [Path(entry.path) for entry in entries if entry.path in wanted]
        there = [place for place in places if self._library.file_of(str(place))]
        self._indexing.read_anew(there)
        self.trouble = gone(len(places) - len(there))

    def take_back(self, key: str) -> int:
        """Take a removal back, and begin to read what was removed; return how much of it is gone for good.

        Raises `SettingsError` if that can't be done any more.
        """
        with self._changing:
            removal = self._removals.pop(key, None)
        if removal is None:
            raise SettingsError("That can't be taken back any more: add it again.")
        try:
            with self._indexing.out_of_the_way():
                places = self._library.restore(removal.paths, aside=removal.aside)
        except PinciteError:
            with self._changing:
                self._removals[key] = removal  # it can be tried again
            raise
        self._indexing.read_anew(places)
        shutil.rmtree(removal.aside, ignore_errors=True)
        return len(removal.paths) - len(places)

    def _keep(self, removal: Removal) -> None:
        with self._changing:
            self._removals[removal.key] = removal
        timer = threading.Timer(UNDO_SECONDS, self._forget, [removal.key])
        timer.daemon = True
        timer.start()

    def _forget(self, key: str) -> None:
        with self._changing:
            removal = self._removals.pop(key, None)
        if removal:
            shutil.rmtree(removal.aside, ignore_errors=True)
