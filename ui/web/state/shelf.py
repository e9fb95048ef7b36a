"""What is done with the library on the page: what became of the files that were added, and removing documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index import PinciteError
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from index import Entry


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was added, and what became of it; `entry` is None until it is read."""

    path: Path
    entry: Entry | None


class Shelf:
    """Tells of the files that were added, and removes documents; `trouble` says why the last removal failed."""

    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing
        self.trouble = ""

    def added(self, entries: Collection[Entry]) -> list[Added]:
        """Return the files that were added, newest first, without those that were removed since."""
        files, unread = self._indexing.added, self._indexing.unread
        if not files:
            return []
        names = {str(file) for file in files}
        found = {entry.path: entry for entry in entries if entry.path in names}
        known = [Added(file, found.get(str(file))) for file in reversed(files)]
        return [one for one in known if one.entry or one.path in unread]

    def reading(self, added: Sequence[Added]) -> str:
        """Say of what was added that it is not searched yet, "" if it all is."""
        unread = [one.path.name for one in added if one.entry is None]
        if len(unread) > 1:
            return f"{len(unread):,} added documents are being read: they are not searched yet."
        return f"{unread[0]} is being read: it is not searched yet." if unread else ""

    def remove(self, path: str, entries: Sequence[Entry]) -> None:
        """Remove what one of the entries is of; nothing if there is none at that path (any more)."""
        self.trouble = ""
        if not any(entry.path == path for entry in entries):
            return
        try:
            self._indexing.remove([path])
        except PinciteError as error:
            self.trouble = f"{Path(path).name} is not removed: {error}"
