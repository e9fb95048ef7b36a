"""What searches: indexes that are derived from the catalog, follow its change log, and can be made anew from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.store.protocol import Catalog

Scores = dict[int, float]  # by passage number, best first


class DerivedIndex(Protocol):
    """An index that can be thrown away and made again from the catalog.

    - Nothing is put in or taken out but by following the catalog's change log: up to `sequence`, what was added or
      embedded is found, and what was deleted is not.
    - Its files, if it has any, are in `FOLDER`, an entry of the home folder that is its own. What is in there nobody
      else knows: what must be told before it is opened, its class methods tell.
    - Files that are damaged, of another catalog or of another format are taken for none.
    - Any number of threads may use it; one process at a time writes, which holds the writing lock.
    """

    FOLDER: ClassVar[str]

    @classmethod
    def saved_sequence(cls, home: Path) -> int | None:
        """Return up to which sequence number its files in `home` go: None if there are none, 0 if they don't tell."""

    @classmethod
    def size(cls, home: Path) -> int:
        """Return how many bytes its files in `home` take on the disk."""

    @classmethod
    def discard(cls, home: Path) -> None:
        """Remove its files from `home`, where no library is open."""

    @property
    def sequence(self) -> int:
        """The sequence number up to which it has read the change log."""

    def refresh(self) -> None:
        """Read what can be read without writing to the home folder, which another process may be doing."""

    def catch_up(self) -> None:
        """Add and remove what the change log says and make it durable, for the process that holds the writing lock.

        Raises `HomeError` if it can't be written.
        """

    def rebuild(self) -> None:
        """Make it anew from the catalog; for the process that holds the writing lock."""

    def count(self) -> int:
        """Return how many passages are in it."""

    def deleted(self) -> int:
        """Return how many deleted passages have left something in its files, until it is made again."""

    def problems(self) -> list[str]:
        """Return what is wrong with its files, a sentence each, empty if nothing is."""


class WordIndex(DerivedIndex, Protocol):
    """Finds passages by their words, as `split_words` gives these: of `indexed_text`, and of `file_words`."""

    def __init__(self, home: Path, catalog: Catalog) -> None:
        """Open what there is in `home`, without writing to it."""

    @property
    def unreadable(self) -> bool:
        """True if there is nothing to search in until it has caught up, as after damage."""

    def search(self, query: str, *, top_k: int, doc_ids: Sequence[str] | None = None) -> Scores:
        """Return at most `top_k` passages that hold words of the query, with scores from 0 to 1."""

    def document_frequency(self, word: str) -> int:
        """Return how many passages hold `word`."""

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of `word` (Robertson and Zaragoza 2009)."""


class EmbeddingIndex(DerivedIndex, Protocol):
    """Finds passages by their embeddings."""

    def __init__(self, home: Path, catalog: Catalog, model: tuple[str, str], dimension: int) -> None:
        """Open what there is in `home`, without writing to it.

        The embeddings are those of a `model`, given by its name and digest, with `dimension` components.
        """

    def nearest(
        self, query: NDArray[np.float32], *, top_k: int, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return the numbers of the `top_k` passages that seem nearest to `query` (float32 [dimension]).

        `within` restricts the search to these passage numbers.
        """

    def agrees(self, passage_id: int, embedding: NDArray[np.float32]) -> bool:
        """Tell whether it has this embedding (float32 [dimension]) for a passage."""


class Engines(NamedTuple):
    """The classes of the two indexes of a library."""

    words: type[WordIndex]
    embeddings: type[EmbeddingIndex]

    @property
    def folders(self) -> tuple[str, ...]:
        """The entries of a home folder that are theirs."""
        return tuple(engine.FOLDER for engine in self)
