"""The searcher: how far the catalog is goes in, a snapshot to search in comes out; before, the indexes catch up."""

from __future__ import annotations

import time

from index.errors import IndexMismatchError, LockedError
from index.search.indexes import Indexes
from index.search.snapshot import Memory, Snapshot
from index.store.store import Store

_PATIENCE = 10.0  # seconds in which a process that writes should have its files in order


class Searcher:
    """Makes the snapshots of one library. Any number of threads may ask for one."""

    def __init__(self, store: Store, indexes: Indexes) -> None:
        self._store = store
        self._catalog = store.catalog
        self._indexes = indexes
        self._words = indexes.words
        self._encoder = indexes.encoder
        self._memory = Memory()
        self._checked_sequence = -1

    def look(self) -> Snapshot:
        """Return the library of this moment, to read documents in; before a search, `refresh`."""
        return Snapshot(self._indexes, self._memory, self._catalog.state())

    def refresh(self) -> Snapshot:
        """Take notice of every committed change, by this process or another, and return the library of this moment.

        Raises `HomeError` if the home is gone, `IndexMismatchError` if its embeddings are of another model.
        """
        self._catalog.check_there()
        state = self._catalog.state()
        self._refresh_words(state.sequence)
        self._check_model(state.model)
        if state.model and self._indexes.embeddings.sequence < state.sequence:
            self._indexes.embeddings.refresh()
        return Snapshot(self._indexes, self._memory, state)

    def refresh_words(self) -> None:
        """Bring the index of words up to date, which needs no model."""
        self._refresh_words(self._catalog.sequence())

    def _refresh_words(self, sequence: int) -> None:
        if self._words.sequence < sequence:
            self._await_words(sequence)
        if self._checked_sequence < sequence:
            self._indexes.check_whole()
            self._checked_sequence = sequence

    def _await_words(self, sequence: int) -> None:
        """Let the index of words be brought up to date, by the process that writes, or else, after a crash, by us."""
        until = time.monotonic() + _PATIENCE
        while True:
            self._words.refresh()
            if self._words.sequence >= sequence:
                return
            try:
                with self._store.writing(wait=0):
                    self._words.catch_up()
                    return
            except LockedError:  # the process that writes is at it; what is there is searched until then
                if not self._words.unreadable:
                    return
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def _check_model(self, found: tuple[str, str] | None) -> None:
        """Raise `IndexMismatchError` if the embeddings are of another model, as after a rebuild by others."""
        present = self._encoder.model_id
        if not found or found == (present, self._encoder.digest):
            return
        said = f"the index in {self._store.home} was built with"
        if found[0] == present:
            raise IndexMismatchError(f"{said} earlier weights of model {present!r}: run `pincite index --rebuild`")
        raise IndexMismatchError(
            f"{said} model {found[0]!r}, not {present!r}: run `pincite index --rebuild`, or start again with that model"
        )
