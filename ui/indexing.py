"""Indexing in the background: one thread that brings folders into the library while people ask.

In: the paths to sync. Out: a state that can be read at any moment, for the bar in the library.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index.errors import PinciteError
from index.library import Library
from index.sync import SyncProgress, SyncReport, sync

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexingState:
    """How far the indexing is: `done` of `total` files while reading, of `total` passages while embedding.

    `rate` is in files or passages a second, `seconds_left` is None where it is not known yet, `message` is the name
    of the file that is being read. `report` is what the last run that ended well did; `error` is the sentence of the
    last run if it failed.
    """

    running: bool = False
    stage: Literal["reading", "embedding"] = "reading"
    done: int = 0
    total: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    report: SyncReport | None = None
    error: str = ""


class Indexing:
    """Syncs paths into a library in a background thread, one run after the other."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._waiting: list[list[Path]] = []
        self._thread: threading.Thread | None = None
        self._state = IndexingState()
        self._began = 0.0
        self._done_before = 0

    @property
    def state(self) -> IndexingState:
        """The state at this moment."""
        return self._state

    def start(self, paths: Sequence[Path]) -> None:
        """Sync the paths in the background, after what is being synced already."""
        with self._lock:
            self._waiting.append(list(paths))
            if self._thread is None:
                self._state = replace(self._state, running=True, error="", message="Looking for files")
                self._thread = threading.Thread(target=self._work, name="indexing", daemon=True)
                self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is being indexed; return whether that came to be within `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return not self._state.running

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    self._state = replace(self._state, running=False, message="")
                    return
                paths = self._waiting.pop(0)
            self._sync(paths)

    def _sync(self, paths: list[Path]) -> None:
        self._state = replace(self._state, stage="reading", done=0, total=0, rate=0.0, seconds_left=None)
        self._stage_began(SyncProgress("reading", 0, 0, ""))
        try:
            report = sync(self._library, paths, progress=self._progress)
        except PinciteError as error:
            self._state = replace(self._state, error=str(error))
        except Exception as error:
            logger.exception("indexing failed")
            self._state = replace(self._state, error=f"Indexing failed: {error or type(error).__name__}")
        else:
            self._state = replace(self._state, report=report, error="")

    def _stage_began(self, progress: SyncProgress) -> None:
        self._began, self._done_before = time.monotonic(), progress.done

    def _progress(self, progress: SyncProgress) -> None:
        if progress.stage != self._state.stage:
            self._stage_began(progress)
        elapsed = time.monotonic() - self._began
        rate = (progress.done - self._done_before) / elapsed if elapsed > 0 else 0.0
        self._state = replace(
            self._state,
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            rate=rate,
            seconds_left=(progress.total - progress.done) / rate if rate > 0 else None,
            message=Path(progress.path).name,
        )
