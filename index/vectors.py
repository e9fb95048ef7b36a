"""The vector index: exact search by cosine over the embeddings. The only file that imports faiss."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog
from index.derived import Scores, read_manifest, top_scores, write_manifest
from index.schema import Change

_FORMAT = 1


class VectorIndex:
    """Embeddings of unit length under their passages' numbers; the inner product is the cosine."""

    def __init__(self, folder: Path, catalog: Catalog, *, model: tuple[str, str], dimension: int) -> None:
        self._folder = folder
        self._manifest = folder / "manifest.json"
        self._catalog = catalog
        self._model = list(model)
        self._dimension = dimension
        self._sequence = 0
        self._lock = threading.Lock()  # FAISS may be read by several threads, but not while it is changed
        self._open()

    @property
    def sequence(self) -> int:
        """The sequence number up to which it has read the change log."""
        return self._sequence

    def count(self) -> int:
        """Return how many embeddings are in it."""
        return int(self._index.ntotal)

    def refresh(self) -> None:
        """Read every change into memory."""
        with self._lock:
            changes = self._catalog.changes(self._sequence)
            self._remove([change for change in changes if change.kind == "delete"])
            for change in changes:
                if change.kind in ("add", "embed"):  # what is added may have embeddings already: those of equal texts
                    self._add(change.first, change.last)
            if changes:
                self._sequence = changes[-1].sequence

    def catch_up(self) -> None:
        """Read every change and make it durable; for the process that holds the writing lock.

        The index is written beside the old one, and put in its place by replacing the manifest that names it.
        """
        self.refresh()
        manifest = read_manifest(self._manifest)
        if self._is_ours(manifest) and manifest.get("sequence") == self._sequence:
            return
        name = f"vectors-{self._sequence}.faiss"
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            faiss.write_index(self._index, str(self._folder / name))
            write_manifest(self._manifest, self._description(name))
        for old in self._folder.glob("vectors-*.faiss"):
            if old.name != name:
                old.unlink()

    def search(self, query: NDArray[np.float32], *, top_k: int, within: NDArray[np.int64] | None = None) -> Scores:
        """Return the cosines of the `top_k` passages nearest to `query` (float32 [dimension]), by number, best first.

        `within` restricts the search to these passage numbers.
        """
        with self._lock:
            wanted = min(top_k, self.count())
            if wanted < 1 or (within is not None and not len(within)):
                return {}
            parameters = None
            if within is not None:
                parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(within))  # type: ignore[call-arg]  # made by SWIG
            scores, ids = self._index.search(query[None, :], wanted, params=parameters)
        return top_scores(ids[0], scores[0])

    def cosines(self, query: NDArray[np.float32], passage_ids: Sequence[int]) -> Scores:
        """Return the cosine of each of these passages to `query`; one without an embedding is left out."""
        found: Scores = {}
        with self._lock:
            for passage_id in passage_ids:
                if passage_id in self._ids:
                    found[passage_id] = float(self._index.reconstruct(passage_id) @ query)
        return found

    def sample(self, passage_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the embeddings of these passages as they are in the index."""
        with self._lock:
            return {i: self._index.reconstruct(i) for i in passage_ids if i in self._ids}

    def _add(self, first: int, last: int) -> None:
        ids, embeddings = self._catalog.embeddings(first, last)
        fresh = np.fromiter((int(i) not in self._ids for i in ids), dtype=bool, count=len(ids))
        if fresh.any():
            self._index.add_with_ids(np.ascontiguousarray(embeddings[fresh]), ids[fresh])
            self._ids.update(ids[fresh].tolist())

    def _remove(self, changes: Sequence[Change]) -> None:
        """Remove the passages of all deletions in one pass, which costs as much as one."""
        gone = [i for change in changes for i in range(change.first, change.last + 1) if i in self._ids]
        if gone:
            self._index.remove_ids(faiss.IDSelectorBatch(np.asarray(gone, dtype=np.int64)))
            self._ids.difference_update(gone)

    def _open(self) -> None:
        """Load what is there; start afresh if it is damaged, of another model or format, or ahead of the catalog."""
        manifest = read_manifest(self._manifest)
        self._sequence = 0
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))
        if self._is_ours(manifest) and manifest["sequence"] <= self._catalog.sequence():
            path = self._folder / Path(str(manifest["file"])).name
            try:
                if path.stat().st_size == manifest["bytes"]:
                    loaded = faiss.read_index(str(path))
                    if loaded.ntotal == manifest["count"] and loaded.d == self._dimension:
                        self._index = loaded
                        self._sequence = manifest["sequence"]
            except (OSError, RuntimeError):  # what FAISS raises for a damaged file; it is made again from the catalog
                pass
        self._ids = set(faiss.vector_to_array(self._index.id_map).tolist())

    def _description(self, name: str) -> dict[str, object]:
        return {
            "format": _FORMAT,
            "catalog": self._catalog.catalog_id,
            "model": self._model,
            "dimension": self._dimension,
            "sequence": self._sequence,
            "count": self.count(),
            "file": name,
            "bytes": (self._folder / name).stat().st_size,
        }

    def _is_ours(self, manifest: Mapping[str, object]) -> bool:
        ours = {
            "format": _FORMAT,
            "catalog": self._catalog.catalog_id,
            "model": self._model,
            "dimension": self._dimension,
        }
        return ours.items() <= manifest.items()
