"""What may change a library: who holds its writing lock has a writer, until the lock is given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.isolation.pool import ReadingPool
from index.models import Encoder
from index.search.indexes import Indexes
from index.store.protocol import Catalog
from index.store.store import Store


@dataclass
class Writer:
    """What changes the catalog, and brings what is derived from it into line.

    `most_inside` is how many files are read of what lies in one file, at any depth.
    """

    store: Store
    indexes: Indexes
    most_inside: int
    open_pool: Callable[[], ReadingPool]

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.store.home

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.store.catalog

    @property
    def encoder(self) -> Encoder:
        """The embedding model."""
        return self.indexes.encoder

    @cached_property
    def pool(self) -> ReadingPool:
        """What reads files."""
        return self.open_pool()

    def index_words(self) -> None:
        """Let people find by its words what is in the catalog."""
        self.indexes.words.catch_up()

    def catch_up(self) -> None:
        """Bring the derived indexes up to date; all is durable then."""
        self.indexes.catch_up()

    def rebuild(self) -> None:
        """Make the derived indexes anew from the catalog."""
        self.indexes.rebuild()

    def compact(self, *, at_most: int | None = None) -> None:
        """Leave no trace of deleted documents in any file.

        The index of words and the catalog are written anew for that: not if there are over `at_most` passages, and
        under a tenth of them deleted.
        """
        self.store.catalog.compact(thoroughly=self.indexes.forget_deleted(at_most=at_most))
        self.store.clear_away()
