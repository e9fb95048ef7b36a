"""What the library holds, as the page shows it: read again only when it has changed, and seldom if that takes long."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.web.state.indexing import IndexingState

if TYPE_CHECKING:
    from index import Counts, Entry, Library, SyncReport

SHARE = 0.1  # of the time, at the most, goes into reading: a list of 20,000 documents takes a while


@dataclass(frozen=True, slots=True)
class Holdings:
    """The list of what is indexed and the counts; `version` is another number when the list is another one."""

    version: int
    entries: tuple[Entry, ...]
    counts: Counts


class HoldingsReader:
    """Reads the holdings for all sessions of the page."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._last: Holdings | None = None
        self._sequence = -1
        self._run: tuple[bool, SyncReport | None] = (False, None)
        self._rest_until = 0.0

    def read(self, state: IndexingState) -> Holdings:
        """Return the holdings, read again if the catalog has changed or an indexing run has begun or ended."""
        run = (state.running, state.report)
        with self._lock:
            sequence = self._library.sequence()
            began = time.monotonic()
            changed = sequence != self._sequence and began >= self._rest_until
            if self._last is None or changed or run != self._run:
                self._last = self._read(self._last)
                self._sequence, self._run = sequence, run
                self._rest_until = began + (time.monotonic() - began) / SHARE
            return self._last

    def forget(self) -> None:
        """Read them the next time, however long that takes: a person has changed something."""
        with self._lock:
            self._sequence, self._rest_until = -1, 0.0

    def _read(self, last: Holdings | None) -> Holdings:
        entries, counts = tuple(self._library.entries()), self._library.counts()
        if last and last.entries == entries:
            return Holdings(last.version, last.entries, counts)
        return Holdings(last.version + 1 if last else 1, entries, counts)
