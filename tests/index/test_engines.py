"""Another search index has its place: one class, here one that compares everything and keeps no file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from support import WordEncoder

from index.library import ENGINES, Library
from index.search.protocol import EmbeddingIndex, Engines
from index.store.protocol import Catalog
from index.store.verify import verify
from index.sync.sync import sync_paths


class InMemory:
    """The embeddings of the catalog, read anew after each change."""

    def __init__(self, _folder: Path, catalog: Catalog, _model: tuple[str, str], _dimension: int) -> None:
        self._catalog = catalog
        self.rebuild()

    def rebuild(self) -> None:
        self.sequence = self._catalog.sequence()
        self._rows = {
            int(i): row for ids, rows in self._catalog.all_embeddings(100) for i, row in zip(ids, rows, strict=True)
        }

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
        chosen: Sequence[int] = list(self._rows) if within is None else [i for i in within.tolist() if i in self._rows]
        return np.asarray(sorted(chosen, key=lambda i: -float(self._rows[i] @ query))[:top_k], dtype=np.int64)

    def agrees(self, passage_id: int, embedding: NDArray[np.float32]) -> bool:
        return bool(np.allclose(self._rows[passage_id], embedding))


def test_another_index_takes_the_place_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in {"cat": "The grey cat is called Bartholomew.", "dog": "The dog barks at herons."}.items():
        (folder / f"{name}.txt").write_text(text)
    library = Library(tmp_path / "home", WordEncoder(), engines=Engines(ENGINES.words, InMemory))
    index: EmbeddingIndex = library.indexes.embeddings
    assert isinstance(index, InMemory)
    sync_paths(library, [folder])
    assert verify(library) == []
    assert library.document(library.search("the dog and the herons")[0].passage.doc_id).title == "dog"
    (folder / "dog.txt").unlink()
    sync_paths(library, [folder])
    assert [library.document(hit.passage.doc_id).title for hit in library.search("the dog")] == ["cat"]
    assert verify(library) == []
    assert not (tmp_path / "home" / "vectors").exists()
    library.close()
