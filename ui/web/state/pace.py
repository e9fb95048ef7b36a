"""How far and how fast the indexing is: what a sync tells goes in, out come a rate and a share that a bar can show."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index import SyncProgress

PACE_SECONDS = 5.0  # what the rate is taken over: long enough to be calm, short enough to follow a change
LEAST_SECONDS = 2.0  # before that it says nothing: what is known already passes by the thousand


class Pace:
    """How much of a stage is done a second, over the last `PACE_SECONDS` or since it began at `done`."""

    def __init__(self, done: int, *, at: float) -> None:
        self._seen = deque([(at, done)])

    def note(self, done: int, *, at: float) -> float:
        """Note how far the stage is at a moment, in seconds of a clock that never goes back; return its rate.

        It is 0 for the first `LEAST_SECONDS`.
        """
        self._seen.append((at, done))
        while len(self._seen) > 2 and self._seen[1][0] <= at - PACE_SECONDS:
            self._seen.popleft()
        began, before = self._seen[0]
        return (done - before) / (at - began) if at - began >= LEAST_SECONDS else 0.0


class Share:
    """How much is done, up to 1, of runs that follow each other: half of a run is reading, half embedding.

    It never goes back: where more comes than was known of, that has what was left.
    """

    def __init__(self) -> None:
        self.value = 0.0
        self.begin()

    def begin(self) -> None:
        """Note that a run begins, or one that made way goes on."""
        self._before = self.value
        self._files = 1
        self._embedded: int | None = None

    def note(self, progress: SyncProgress, *, waiting: Sequence[int]) -> float:
        """Note how far a run is; return the share. `waiting` are the files of each that waits, 0 for as many again."""
        if progress.stage == "reading":
            self._files = max(progress.total, 1)
            run = progress.done / self._files / 2
        else:
            self._embedded = progress.done if self._embedded is None else self._embedded
            run = 0.5 + (progress.done - self._embedded) / max(progress.total - self._embedded, 1) / 2
        weight = self._files / (self._files + sum(files or self._files for files in waiting))
        self.value = max(self.value, self._before + (1 - self._before) * weight * min(run, 1.0))
        return self.value
