"""A toy index of embeddings, as an example of one: all are in memory, and are compared with the query one by one.

It is put in by `Library(..., engines=Engines(ENGINES.words, InMemory))`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from index.store.protocol import Catalog


class InMemory:
    """The embeddings of the catalog, read anew after each change. It keeps no file."""

    FOLDER: ClassVar[str] = "in-memory"

    @classmethod
    def saved_sequence(cls, home: Path) -> int | None:
        return None

    @classmethod
    def size(cls, home: Path) -> int:
        return 0

    @classmethod
    def discard(cls, home: Path) -> None: ...

    def __init__(self, home: Path, catalog: Catalog, model: tuple[str, str], dimension: int) -> None:
        self._catalog = catalog
        self.rebuild()

    def rebuild(self) -> None:
        sequence = self._catalog.sequence()
        self._rows = {
            int(i): row for ids, rows in self._catalog.all_embeddings(100) for i, row in zip(ids, rows, strict=True)
        }
        self.sequence = sequence

    refresh = catch_up = rebuild

    def count(self) -> int:
        return len(self._rows)

    def deleted(self) -> int:
        return 0

    def problems(self) -> list[str]:
        return []

    def nearest(
        self, query: NDArray[np.float32], *, top_k: int, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        rows = self._rows
        chosen: Sequence[int] = list(rows) if within is None else [i for i in within.tolist() if i in rows]
        return np.asarray(sorted(chosen, key=lambda i: -float(rows[i] @ query))[:top_k], dtype=np.int64)

    def agrees(self, passage_id: int, embedding: NDArray[np.float32]) -> bool:
        return passage_id in self._rows and bool(np.allclose(self._rows[passage_id], embedding))
