"""The folders that are synced: what there is to say of each, one more that is named, one that is taken off.

Each is watched by a watcher of its own, which begins and ends with it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index import SettingsError, Watcher
from ui.languages import phrase
from ui.web.state.documents import is_below, shortened
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from index import Entry


@dataclass(frozen=True, slots=True)
class Synced:
    """A folder that is synced: how many documents are in it, how it is, and which synced folders lie within it."""

    path: str
    documents: int
    state: Literal["watched", "unwatched", "unreadable", "gone"]
    within: tuple[str, ...]


class Folders:
    """The folders that a library is synced with, but that of what was added; with `watches` they are followed."""

    def __init__(self, indexing: Indexing, *, watches: bool = False) -> None:
        self.indexing = indexing
        self._library = indexing.library
        self._watches = watches
        self._watchers: dict[str, tuple[Watcher, ExitStack]] = {}
        self._changing = threading.Lock()

    def list(self, entries: Sequence[Entry]) -> list[Synced]:
        """Return the folders in order of path; `entries` are what the library holds."""
        uploads = str(self._library.uploads)
        roots = [root for root in self._library.roots() if root != uploads]
        paths = [entry.path for entry in entries if entry.doc_id and not is_below(entry.path, uploads)]
        return [
            Synced(
                root,
                sum(is_below(path, root) for path in paths),
                self._state(root),
                tuple(inner for inner in roots if inner != root and is_below(inner, root)),
            )
            for root in roots
        ]

    def watch(self, folders: Sequence[Path]) -> None:
        """Follow what changes in these folders, absolute paths, from now on; one that is gone is passed over."""
        for folder in folders:
            if self._watches and str(folder) not in self._watchers and folder.is_dir():
                ending = ExitStack()
                watcher = ending.enter_context(Watcher([folder], home=self._library.home))
                self._watchers[str(folder)] = watcher, ending
                self.indexing.follow(watcher)

    def add(self, typed: str) -> None:
        """Watch a folder that a person has named, and begin to sync it. Raises `SettingsError` as `check_folder`."""
        with self._changing:
            folder = check_folder(typed, home=self._library.home, roots=self._library.roots())
            self._library.add_root(folder)  # now: its turn may come after a restart
            self.watch([folder])  # before it is read, so that nothing is missed
            self.indexing.start([folder])

    def take_off(self, path: str) -> None:
        """Sync a folder no longer, nor those within it; its documents leave the library, its files stay.

        Raises `PinciteError`, and has changed nothing, if it isn't synced or another program writes the library.
        """
        with self._changing:
            before = self._library.roots()
            with self.indexing.out_of_the_way():
                self._library.take_off(path)
                off = set(before).difference(self._library.roots())
                self.indexing.drop([Path(folder) for folder in off])
            self._end(off)

    def close(self) -> None:
        """Watch nothing any more."""
        self._end(list(self._watchers))

    def _end(self, folders: Sequence[str] | set[str]) -> None:
        for folder in folders:
            if folder in self._watchers:
                self._watchers.pop(folder)[1].close()

    def _state(self, root: str) -> Literal["watched", "unwatched", "unreadable", "gone"]:
        if not os.path.isdir(root):
            return "gone"
        if not os.access(root, os.R_OK | os.X_OK):
            return "unreadable"
        watcher, _ = self._watchers.get(root, (None, None))
        return "watched" if watcher and not watcher.trouble else "unwatched"


def check_folder(typed: str, *, home: Path, roots: Sequence[str]) -> Path:
    """Return the folder that was named, as an absolute path.

    Raises `SettingsError` if it is none, can't be read, is the library's `home` or the whole disk, or is within either
    the home or one of the `roots`, which are synced already; links don't get around that.
    """
    given = os.path.expanduser(typed.strip())
    if not os.path.isabs(given):
        raise SettingsError(phrase("Name the whole path of a folder, or one that begins with ~."))
    folder = Path(os.path.abspath(given))
    name = shortened(str(folder))
    if os.path.isfile(folder):
        raise SettingsError(phrase("{folder} is a file: name the folder that it is in.", folder=name))
    if not os.path.isdir(folder):
        raise SettingsError(phrase("There is no folder {folder}: check the spelling.", folder=name))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise SettingsError(phrase("{folder} can't be read: let yourself read it.", folder=name))
    real = Path(os.path.realpath(folder))
    if real == Path(real.anchor):
        raise SettingsError(phrase("{folder} is the whole disk: name a folder on it.", folder=name))
    if real.is_relative_to(os.path.realpath(home)):
        raise SettingsError(phrase("{folder} is where Pincite keeps its own files: name another one.", folder=name))
    for root in roots:
        if real.is_relative_to(os.path.realpath(root)):
            if real == Path(os.path.realpath(root)):
                raise SettingsError(phrase("{folder} is synced already: there is nothing to add.", folder=name))
            around = shortened(root)
            raise SettingsError(
                phrase(
                    "{folder} is in {root}, which is synced already: there is nothing to add.", folder=name, root=around
                )
            )
    return folder
