"""Watching: files and folders that are synced go in, and what was done about every change of them comes out.

The system tells of changes, through `watchfiles`, which waits until a burst of them is over. What it names is synced,
and nothing else is looked at. A folder that is gone, as when its disk is taken out, is no deletion of what was in it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType

import watchfiles
from watchfiles import Change

from index.errors import PinciteError
from index.library import Library
from index.paths import absolute
from index.progress import SyncReport
from index.sync.sync import home_among, is_visible, sync_paths

_QUIET = 200  # milliseconds without a further change after which a burst is over: editors save in several steps
_AT_MOST = 1000  # milliseconds that a burst may take: what changes all the time is synced all the same
_TICK = 0.5  # seconds after which the watched folders themselves are looked at
_TOO_MANY = 5000  # changes at once: the system keeps 16,384, and may have dropped some
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds after which what failed is tried again; doubled each time
_DEAF = 30.0  # seconds after which listening is tried again where it failed

_Changes = set[tuple[Change, str]]
# What brings a library in line with roots, of which only some places have changed.
Sync = Callable[[Library, Sequence[Path], Sequence[Path]], SyncReport]


def _sync_changed(library: Library, roots: Sequence[Path], changed: Sequence[Path]) -> SyncReport:
    return sync_paths(library, roots, changed=changed)


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say: what a sync did, or a sentence about what is in the way."""

    report: SyncReport | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a root is watched: in itself if it is a folder, a file in its folder, since editors replace files."""

    folder: Path
    is_file: bool
    identity: tuple[int, int] | None  # device and inode when it was last there
    there: bool


class Watcher:
    """Watches `paths` from the beginning of its block on; `follow` then syncs what has changed since.

    To miss nothing, the first sync belongs in the block.
    """

    def __init__(self, paths: Sequence[Path], *, home: Path) -> None:
        self._roots = [absolute(path) for path in paths]
        self._homes = home_among(home, self._roots)
        self._places = {root: _place(root, None) for root in self._roots}
        self._found: SimpleQueue[_Changes | Exception] = SimpleQueue()
        self._events: list[_Events] = []
        self._waiting: dict[Path, bool] = {}  # what has changed, and whether it was deleted
        self._stale = False  # the events may be of a folder that is no longer the one that is watched
        self._over = False
        self._deaf = ""  # why nothing can be listened to
        self._listen_after = 0.0
        self._said: dict[str, str] = {}  # why a file was rejected, or read in part
        self._failure = ""
        self._pause = 0.0
        self._not_before = 0.0
        self._bring: Sync = _sync_changed

    def __enter__(self) -> Watcher:
        self._deaf = self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        for events in self._events:
            events.stop()

    @property
    def trouble(self) -> str:
        """Why nothing is heard of the changes at the moment, "" if all is well."""
        return self._deaf

    def follow(self, library: Library, report: SyncReport, *, sync: Sync = _sync_changed) -> Iterator[News]:
        """Sync what changes, by `sync`, until the block is over, and yield what there is to say.

        `report` is that of the first sync. Nothing that a single sync runs into ends it: what has changed then waits,
        and is tried again. Raises `PinciteError` at once if the system can't watch.
        """
        if self._deaf:
            raise PinciteError(self._deaf)
        self._said = {one.path: one.reason for one in (*report.rejected, *report.partial)}
        self._bring = sync
        return self._follow(library)

    def _follow(self, library: Library) -> Iterator[News]:
        while not self._over:
            self._collect()
            yield from self._look_at_roots()
            if self._waiting and time.monotonic() >= self._not_before:
                yield from self._sync(library)

    # --- what changes -----------------------------------------------------------------------------------------

    def _collect(self) -> None:
        """Note what has changed; wait for that until the next tick."""
        try:
            found = [self._found.get(timeout=_TICK)]
            while not self._found.empty():
                found.append(self._found.get())
        except Empty:
            return
        for changes in found:
            if isinstance(changes, Exception):  # such as for a name that is not Unicode; events may be lost with it
                self._stale = True
                continue
            for change, name in changes:
                self._note(change, Path(name))
        if len(self._waiting) > _TOO_MANY:
            self._waiting |= dict.fromkeys(self._roots, False)

    def _note(self, change: Change, path: Path) -> None:
        deleted = change == Change.deleted
        if deleted and any(path == place.folder for place in self._places.values()):
            self._stale = True
            if path in self._places and not self._places[path].is_file:
                return  # no deletion of what is in it, each file of which would be named
        if _is_in(path, self._homes) or not is_visible(path, self._roots):
            return
        if change == Change.modified and os.path.isdir(path):  # some systems say so whenever a file in it changes
            if str(path) not in self._said:
                return
            self._stale = True  # now it may be readable
        self._waiting[path] = self._waiting.get(path, False) or deleted

    def _look_at_roots(self) -> Iterator[News]:
        """See which of the roots are gone or back, and listen to those that are back."""
        before, self._places = self._places, {root: _place(root, self._places[root]) for root in self._roots}
        stale = self._stale and time.monotonic() >= self._listen_after
        for root, place in self._places.items():
            was = before[root]
            if was.there and not place.there:
                stays = "what is indexed of it stays, and it is followed again when it is back"
                yield News(sentence=f"{root} is gone: {stays}")
            elif place.there and (stale or not was.there or was.identity != place.identity):
                self._waiting[root] = self._waiting.get(root, False)
                self._stale = stale = True
                if not was.there:
                    yield News(sentence=f"{root} is back")
        if stale:
            deaf, self._deaf = self._deaf, self._listen()
            self._stale = bool(self._deaf)  # then what is there is looked at from time to time
            self._listen_after = time.monotonic() + (_DEAF if self._deaf else 0.0)
            if self._deaf not in ("", deaf):
                yield News(sentence=self._deaf)

    def _listen(self) -> str:
        """Listen to the roots that are there, from now on; return why that can't be done, if so."""
        places = [place for place in self._places.values() if place.there]
        folders = {place.folder for place in places if not place.is_file}
        of_files = {place.folder for place in places if place.is_file} - folders
        fresh = [_Events(found, deep, self._found) for found, deep in ((folders, True), (of_files, False)) if found]
        failures = [events.failure for events in fresh if events.failure]
        for events in fresh if failures else self._events:
            events.stop()
        if not failures:
            self._events = fresh
        return failures[0] if failures else ""

    # --- what is done about it --------------------------------------------------------------------------------

    def _sync(self, library: Library) -> Iterator[News]:
        away = [root for root, place in self._places.items() if not place.there]
        there = [root for root, place in self._places.items() if place.there]
        for path, deleted in list(self._waiting.items()):  # the disk is gone, not the file: see to it when it is back
            if not deleted and _is_in(path, away) and not _is_in(path, there):
                del self._waiting[path]
        looked = list(self._waiting)
        if not looked:
            return
        try:
            before = library.sequence()
            report = self._bring(library, self._roots, looked)
            something = library.sequence() != before
        except (PinciteError, OSError) as error:
            yield from self._failed(str(error))
            return
        self._waiting.clear()
        self._failure, self._pause = "", 0.0
        rejected = tuple(one for one in report.rejected if self._said.get(one.path) != one.reason)
        partial = tuple(one for one in report.partial if self._said.get(one.path) != one.reason)
        for path in looked:
            self._said.pop(str(path), None)
        self._said |= {one.path: one.reason for one in (*report.rejected, *report.partial)}
        if something or rejected or partial:
            yield News(report=replace(report, rejected=rejected, partial=partial))

    def _failed(self, reason: str) -> Iterator[News]:
        """Put off what is to be done; say why, once."""
        self._pause = min(max(_FIRST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
        self._not_before = time.monotonic() + self._pause
        if reason != self._failure:
            self._failure = reason
            yield News(sentence=f"{reason} (what has changed is tried again)")


class _Events:
    """The changes of some folders, put into a queue by a thread until it is stopped."""

    def __init__(self, folders: set[Path], deep: bool, found: SimpleQueue[_Changes | Exception]) -> None:
        self._folders = sorted(folders)
        self._deep = deep
        self._found = found
        self._listening = threading.Event()
        self._stopped = threading.Event()
        self.failure = ""
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()
        self._listening.wait()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            try:
                self._listen(past_unreadable=False)
            except PermissionError:  # only now, since with it the system's limit goes unnoticed too
                self._listen(past_unreadable=True)
        except (OSError, RuntimeError) as error:
            if self._listening.is_set():
                self._found.put(error)
            else:
                names = ", ".join(map(str, self._folders))
                reason = str(error).split(" about ", 1)[0].rstrip(".")
                cure = "raise what your system allows (Linux: fs.inotify.max_user_watches and max_user_instances)"
                self.failure = f"{names}: can't be watched ({reason}): {cure}"
        finally:
            self._listening.set()

    def _listen(self, *, past_unreadable: bool) -> None:
        for changes in watchfiles.watch(
            *self._folders,
            watch_filter=None,
            debounce=_AT_MOST,
            step=_QUIET,
            rust_timeout=_QUIET,
            yield_on_timeout=True,
            stop_event=self._stopped,
            raise_interrupt=False,
            recursive=self._deep,
            ignore_permission_denied=past_unreadable,
        ):
            self._listening.set()
            if changes:
                self._found.put(changes)


def _place(root: Path, before: _Place | None) -> _Place:
    """Return where `root` is to be watched now.

    An empty folder in the place of another one is what stays of a disk that was taken out, and counts as gone.
    """
    is_file = os.path.isfile(root) or bool(before and before.is_file and not os.path.isdir(root))
    folder = root.parent if is_file else root
    try:
        found = folder.stat()
        identity = (found.st_dev, found.st_ino)
        there = folder.is_dir()
        if before and before.identity not in (None, identity):
            there = there and any(folder.iterdir())
    except OSError:
        there = False
    if not there:
        return _Place(folder, is_file, before.identity if before else None, False)
    return _Place(folder, is_file, identity, True)


def _is_in(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)
