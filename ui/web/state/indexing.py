"""Indexing in the background: one thread that brings folders into the library while people ask.

In: the paths to sync, files that were added, documents to remove. Out: a state that can be read at any moment, for the
bar in the library. It can be stopped, and goes on where it was: every document and every batch of embeddings is
committed by itself, so nothing is done twice. Added files and removals don't wait for a long run to end.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index import InWork, Library, PinciteError, SyncProgress, SyncReport, sync_paths
from ui.web.state.pace import Pace, Share

if TYPE_CHECKING:
    from index import Watcher

logger = logging.getLogger(__name__)

MOST_ADDED = 1000  # files that are listed as added, and that are skipped
FOLLOWED_SECONDS = 60.0  # a run makes way for changes at most so often: a file that always changes would hold it up
_NO_REPORT = SyncReport(0, 0, 0, (), 0, 0.0)


@dataclass(frozen=True, slots=True)
class IndexingState:
    """How far the indexing is: `done` of `total` files while reading, of `total` passages while embedding.

    `share` is how much of all that waits is done, up to 1, and doesn't go back until all is. `rate` is in files or
    passages a second, 0 where it is not known yet, and `seconds_left` is None then. `in_work` are the files
    that are being read, `upcoming` the paths of the next, `skipped` those of both that are not wanted. `stopping` is
    between a stop and its effect, which comes after the file or batch in work; `stopped` lasts until indexing goes on,
    and `done` and `total` are then what they were. `report` is what the last run that ended well did; `error` is the
    sentence of a run that failed, `note` the last that there was to say of watched folders.
    """

    running: bool = False
    stopping: bool = False
    stopped: bool = False
    stage: Literal["reading", "embedding"] = "reading"
    done: int = 0
    total: int = 0
    share: float = 0.0
    rate: float = 0.0
    seconds_left: float | None = None
    in_work: tuple[InWork, ...] = ()
    upcoming: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    report: SyncReport | None = None
    error: str = ""
    note: str = ""


class _StoppedError(Exception):
    """Ends a sync from within, between two files or batches."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What is to be synced. Of `added` files, nothing else in their folder is looked at; `anew` are read anyway."""

    paths: tuple[Path, ...]
    added: tuple[Path, ...] = ()
    anew: tuple[Path, ...] = ()


def _together(runs: Sequence[_Run]) -> _Run:
    """Return one run for several of single files."""
    paths = dict.fromkeys(path for run in runs for path in run.paths)
    added = dict.fromkeys(file for run in runs for file in run.added)
    return _Run(tuple(paths), tuple(added), tuple(place for run in runs for place in run.anew))


class Indexing:
    """Syncs paths into a library in a background thread, one run after the other."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.RLock()
        self._free = threading.Condition(self._lock)
        self._syncing = threading.Lock()
        self._in_the_way = 0  # removals that a run has to make way for
        self._over = False
        self._hurry = False  # a run has to make way for added files
        self._followed = -math.inf  # when single files were last taken up
        self._added: tuple[Path, ...] = ()
        self._waiting: list[_Run] = []
        self._left: list[_Run] = []  # what a stop or a fault has kept from being synced
        self._run = _Run(())  # what is being synced
        self._dropped: set[Path] = set()
        self._thread: threading.Thread | None = None
        self._state = IndexingState()
        self._pace = Pace(0, at=time.monotonic())
        self._share = Share()

    @property
    def state(self) -> IndexingState:
        """The state at this moment."""
        return self._state

    def start(self, paths: Sequence[Path]) -> None:
        """Sync the paths in the background, after what is being synced already and what a stop or a fault left."""
        with self._lock:
            self._dropped.difference_update(paths)
            self._take_up([_Run(tuple(paths))])

    def drop(self, folders: Collection[Path]) -> None:
        """Don't sync these paths any more, whatever waits or was left, until they are named to `start` again."""
        with self._lock:
            self._dropped.update(folders)
            self._left = [run for run in self._left if not self._dropped.issuperset(run.paths)]
            if not self._left:
                self._change(stopped=False, error="")

    @property
    def added(self) -> tuple[Path, ...]:
        """The files that were added, oldest first, until the list is cleared."""
        return self._added

    @property
    def unread(self) -> frozenset[Path]:
        """The files that were added and have not been synced."""
        with self._lock:
            return frozenset(file for run in (*self._waiting, *self._left, self._run) for file in run.added)

    def add(self, file: Path) -> None:
        """Sync a file of the library's uploads in the background, before anything else."""
        with self._lock:
            self._added = (*self._added, file)[-MOST_ADDED:]
            self._hurry = True
            self._take_up([_Run((self.library.uploads,), (file,))])

    def skip(self, path: str) -> None:
        """Don't take in a file that waits or is being read, until it is read anew."""
        with self._lock:
            if self._thread is not None and len(self._state.skipped) < MOST_ADDED:
                self._change(skipped=self._state.skipped | {path})

    def _is_skipped(self, path: str) -> bool:
        return path in self._state.skipped

    def read_anew(self, places: Sequence[Path]) -> None:
        """Read documents again, before anything else, whatever is known of them; those whose file is gone stay."""
        roots = [Path(root) for root in self.library.roots()]
        found = [(place, file) for place in places if (file := self.library.file_of(str(place)))]
        files = tuple(dict.fromkeys(file for _, file in found))
        paths = (next((root for root in roots if file.is_relative_to(root)), file) for file in files)
        anew = (part for place, file in found for part in (place, *place.parents) if part.is_relative_to(file))
        if files:
            with self._lock:
                self._hurry = True
                self._change(skipped=self._state.skipped - set(map(str, places)))
                self._take_up([_Run(tuple(dict.fromkeys(paths)), files, tuple(dict.fromkeys(anew)))])

    def follow(self, watcher: Watcher) -> None:
        """Sync what changes in the folders that are watched, before all else, until the watcher's block is over."""
        threading.Thread(target=self._follow, args=[watcher], name="following", daemon=True).start()

    def _follow(self, watcher: Watcher) -> None:
        try:
            for news in watcher.follow(self.library, _NO_REPORT, sync=self._take_change):
                if news.sentence:
                    self._change(note=news.sentence)
        except PinciteError as error:
            self._change(note=str(error))

    def _take_change(self, _: Library, roots: Sequence[Path], changed: Sequence[Path]) -> SyncReport:
        """Sync what has changed; what comes of it is told as of any run. Raises `PinciteError` while it is stopped."""
        with self._lock:
            if self._over or self._state.stopping or self._state.stopped:
                raise PinciteError("Indexing is stopped.")
            self._take_up([_Run(tuple(roots), tuple(changed))])
        return _NO_REPORT

    def clear_added(self) -> None:
        """Forget which files were added, but for those that wait."""
        with self._lock:
            self._added = tuple(file for file in self._added if file in self.unread)

    @contextmanager
    def out_of_the_way(self) -> Iterator[None]:
        """Change the library in the block: a run makes way for that and goes on then."""
        with self._lock:
            self._in_the_way += 1
        try:
            with self._syncing:
                yield
        finally:
            with self._lock:
                self._in_the_way -= 1
                self._free.notify_all()

    def go_on(self) -> None:
        """Sync what a stop or a fault left; do nothing if that is nothing."""
        self._take_up([])

    def stop(self) -> None:
        """End after the file or batch in work; that run and those that wait are left until it goes on."""
        with self._lock:
            if self._thread is not None:
                self._left += self._waiting
                self._waiting.clear()
                self._change(stopping=True)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is being indexed; return whether that came to be within `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return not self._state.running

    def end(self, timeout: float = 2.0) -> bool:
        """Stop because the program ends, waiting up to `timeout` seconds; return whether nothing was cut short."""
        self._over = True
        self.stop()
        self.wait(timeout)
        return not (self._state.running or self._state.stopped)

    def _take_up(self, more: list[_Run]) -> None:
        with self._lock:
            self._waiting += self._left + more
            self._left.clear()
            if self._waiting and self._thread is None:
                self._share = Share()
                self._thread = threading.Thread(target=self._work, name="indexing", daemon=True)
                self._thread.start()
            if self._thread is not None:
                self._change(running=True, stopping=False, stopped=False, error="")

    def _work(self) -> None:
        while (run := self._next()) is not None:
            self._sync(run)

    def _next(self) -> _Run | None:
        """Return what was added, or else what has waited longest; None, and the thread is over, if nothing has."""
        with self._lock:
            self._run = _Run(())
            self._hurry = False
            self._free.wait_for(lambda: not self._in_the_way)
            if self._waiting:
                share = self._share.value
                self._change(stage="reading", done=0, total=0, share=share, rate=0.0, seconds_left=None)
                added = [run for run in self._waiting if run.added]
                if added:
                    self._followed = time.monotonic()
                    self._waiting = [run for run in self._waiting if not run.added]
                    self._run = _together(added)
                else:
                    self._run = self._waiting.pop(0)
                return self._run
            stopped = self._state.stopping and bool(self._left)
            self._change(running=False, stopping=False, stopped=stopped, in_work=(), upcoming=())
            self._thread = None
            if not self._left:
                self._change(skipped=frozenset())
            return None

    def _sync(self, run: _Run) -> None:
        self._pace = Pace(0, at=time.monotonic())
        self._share.begin()
        try:
            with self._syncing:
                report = self._bring_in(run)
        except _StoppedError:
            with self._lock:  # unless it was told to go on in the meantime
                (self._left if self._state.stopping else self._waiting).insert(0, run)
        except PinciteError as error:
            self._fail(run, str(error))
        except Exception as error:
            logger.exception("indexing failed")
            self._fail(run, f"Indexing failed: {error or type(error).__name__}")
        else:
            with self._lock:
                if not self._waiting:
                    self._share = Share()
                self._change(report=report)

    def _bring_in(self, run: _Run) -> SyncReport | None:
        """Sync what is wanted of a run; return what that did, or the run before it if nothing is."""
        paths = [path for path in run.paths if path not in self._dropped]
        if not paths:
            return self._state.report
        only = {"changed": run.added, "anew": run.anew} if run.added else {}
        report = sync_paths(self.library, paths, is_skipped=self._is_skipped, progress=self._progress, **only)
        self.library.compact()  # nobody waits for it here, however long it takes
        return report

    def _fail(self, run: _Run, error: str) -> None:
        with self._lock:
            self._left.append(run)
            self._change(error=error)

    def _progress(self, progress: SyncProgress) -> None:
        now = time.monotonic()
        if progress.stage != self._state.stage:
            self._pace = Pace(progress.done, at=now)
        rate = self._pace.note(progress.done, at=now)
        self._change(
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            share=self._share.note(progress, waiting=[len(run.added) for run in tuple(self._waiting)]),
            rate=rate,
            seconds_left=(progress.total - progress.done) / rate if rate > 0 else None,
            in_work=progress.in_work,
            upcoming=progress.upcoming,
        )
        if self._state.stopping or self._in_the_way or self._is_late(progress, now):
            raise _StoppedError

    def _is_late(self, progress: SyncProgress, now: float) -> bool:
        """Tell whether the run has to make way for what was added, or has changed."""
        hurried = self._hurry or (
            now - self._followed >= FOLLOWED_SECONDS and any(run.added for run in tuple(self._waiting))
        )
        return hurried and (progress.stage == "embedding" or not self._run.added)  # what was added is to be read

    def _change(self, **changes: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)
