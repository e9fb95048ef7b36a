"""The indexes that are derived from one catalog, as one: by words, and by embeddings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from index.errors import DamagedError
from index.models import Encoder
from index.search.protocol import DerivedIndex, EmbeddingIndex, Engines, WordIndex
from index.store.protocol import Catalog


class Indexes:
    """What a catalog's passages are found with; `home` is the folder in which the engines keep theirs.

    Any number of threads may search. Who changes something holds the writing lock.
    """

    def __init__(self, home: Path, catalog: Catalog, encoder: Encoder, engines: Engines) -> None:
        self.catalog = catalog
        self.encoder = encoder
        self._home = home
        self._engines = engines
        self._embeddings: EmbeddingIndex | None = None
        self._opening = threading.Lock()
        self._see_to_what_is_ahead()
        self.words: WordIndex = engines.words(home, catalog)

    def _see_to_what_is_ahead(self) -> None:
        """See to it that nothing is derived from changes that are not in the catalog, as when a copy was put back."""
        for engine in self._engines:
            if (engine.saved_sequence(self._home) or 0) > self.catalog.sequence():
                self.catalog.renew()

    @property
    def embeddings(self) -> EmbeddingIndex:
        """The index of embeddings, opened at its first use."""
        with self._opening:
            if self._embeddings is None:
                encoder = self.encoder
                model = (encoder.model_id, encoder.digest)
                self._embeddings = self._engines.embeddings(self._home, self.catalog, model, encoder.dimension)
            return self._embeddings

    def sizes(self) -> dict[str, int]:
        """Return how many bytes each takes on the disk; none is opened for it."""
        words, embeddings = self._engines
        return {"lexical": words.size(self._home), "vectors": embeddings.size(self._home)}

    def catch_up(self) -> None:
        """Bring them up to date; all is durable then."""
        self.words.catch_up()
        if self.catalog.model():
            self.embeddings.catch_up()

    def rebuild(self) -> None:
        """Make them anew from the catalog."""
        self.words.rebuild()
        if self.catalog.model():
            self.embeddings.rebuild()

    def forget_deleted(self, *, at_most: int | None) -> bool:
        """Take what was deleted out of the files of words, all written anew for that; return whether it is worth it.

        It is not if there are over `at_most` passages, and under a tenth of them deleted.
        """
        deleted, count = self.words.deleted(), self.words.count()
        worth_it = at_most is None or count <= at_most or deleted * 10 > count
        if deleted and worth_it:
            self.words.rebuild()
        return worth_it

    def check_whole(self) -> None:
        """Raise `DamagedError` if passages are missing in the catalog: what is derived of it is checked by itself."""
        sequence = self.catalog.sequence()
        found, expected = self.catalog.passage_count(), self.words.count()
        if self.words.sequence == sequence == self.catalog.sequence() and found != expected:
            raise DamagedError(
                f"{self.catalog.name} is damaged (it has {found} passages, {expected} were indexed): "
                "run `pincite verify --repair`, which saves what can be read"
            )

    def each(self) -> Iterator[tuple[str, DerivedIndex, int]]:
        """Yield what each is called, the index itself, and how many passages should be in it."""
        counts = self.catalog.counts()
        yield "lexical", self.words, counts.passages
        if self.catalog.model():
            yield "vector", self.embeddings, counts.embedded
