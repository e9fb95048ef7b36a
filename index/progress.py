"""What a sync tells while it runs, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class InWork:
    """A file that is being read, at `page` of `pages`, both 0 if it is not known."""

    path: str
    page: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is: `done` of `total` files while reading, passages while embedding.

    `path` is the file that is read, and `page` of `pages` where in it that is, both 0 if it is not known. Several are
    read at a time: `in_work` are all of them, `upcoming` the first of those that come next.
    """

    stage: Literal["reading", "embedding"]
    done: int
    total: int
    path: str
    page: int = 0
    pages: int = 0
    in_work: tuple[InWork, ...] = ()
    upcoming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read, or not all of it, with the reason and the cure."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. `indexed`, `unchanged` and `removed` count documents, `passages` those that are new.

    `partial` are the files that are indexed, but not all of them; `kept_out` is how many were passed over because they
    were removed before.
    """

    indexed: int
    unchanged: int
    removed: int
    rejected: tuple[Rejected, ...]
    passages: int
    seconds: float
    partial: tuple[Rejected, ...] = ()
    kept_out: int = 0


Report = Callable[[SyncProgress], None]
IsSkipped = Callable[[str], bool]  # whether a person wants the file at a path not to be read, which is asked anew


def silent(_: SyncProgress) -> None:
    """Report nothing."""


def none_skipped(_: str) -> bool:
    """Read every file."""
    return False
