"""The vector index: the passages nearest to a query by cosine. The only file that imports faiss.

Up to a hundred thousand embeddings it compares them all. Beyond, they are in the lists of an inverted file (IVF), each
component in 4 bits, and only the lists nearest to the query are looked through; `tests/speed/search.py` has the
measurements behind the choice. Either way the candidates' cosines are then computed from the embeddings as they are
kept in the catalog, so that a score never depends on the kind of index.
"""

from __future__ import annotations

import hashlib
import math
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.search.derived import InFolder, read_manifest, top_scores, write_fault, write_manifest
from index.search.protocol import Scores
from index.store.protocol import Catalog
from index.store.records import Change

_FORMAT = 2
EXACT_UP_TO = 100_000  # embeddings that are compared one by one: six milliseconds on two cores
_PROBED, _FEWEST_PROBED = 16, 64  # a 16th of the lists is looked through, but 64: recall@10 is .99 at a million
_TRAINING = 64  # embeddings a list that the lists are made from
_UNSAVED = 0.05  # share of embeddings that may be missing in the file: at the next start they come from the catalog
_UNSAVED_ANYWAY = 2000
_SAME = 0.95  # cosine of an embedding and itself in 4 bits, at the least
_AT_ONCE = 20_000  # embeddings that are read from the catalog at once: 30 MB


class VectorIndex(InFolder):
    """Embeddings of unit length under their passages' numbers; the inner product is the cosine."""

    FOLDER = "vectors"

    def __init__(self, home: Path, catalog: Catalog, model: tuple[str, str], dimension: int) -> None:
        super().__init__(home)
        self._catalog = catalog
        self._model = list(model)
        self._dimension = dimension
        self._sequence = 0
        self._file = ""
        self._index: Any = self._trained(0)
        self._held = np.zeros(0, dtype=bool)  # by passage number
        self._changing = threading.Lock()  # held while it is brought up to date
        self._searching = threading.Lock()  # FAISS may be read by several threads, but not while it is changed
        if not self._load():
            self._make_anew()
        self._follow()

    @property
    def sequence(self) -> int:
        """The sequence number up to which it has read the change log."""
        return self._sequence

    @property
    def kind(self) -> str:
        """How it searches: "exact", or "IVF" with the number of lists."""
        lists = _lists_of(self._index)
        return f"IVF{lists}" if lists else "exact"

    def count(self) -> int:
        """Return how many embeddings are in it."""
        return int(self._index.ntotal)

    def deleted(self) -> int:
        """Return how many deleted passages have their embeddings in the file still."""
        saved = read_manifest(self._manifest).get("sequence", self._sequence)
        gone = [change for change in self._catalog.changes(saved) if change.kind == "delete" and change.first]
        return sum(change.last - change.first + 1 for change in gone)

    def problems(self) -> list[str]:
        """Return which files in its folder belong to no index; what is damaged in its own is made anew when opened."""
        return [f"{path} belongs to no index" for path in self._leftovers()]

    def _leftovers(self) -> list[Path]:
        """Return the files in its folder that are not a part of it."""
        ours = {str(read_manifest(self._manifest).get("file")), self._manifest.name}
        return sorted(path for path in self._folder.glob("*") if path.name not in ours)

    def refresh(self) -> None:
        """Read every change into memory; take over what another process made anew of it.

        While another thread does so nothing is waited for: what is gone is not in the catalog, whatever is found here.
        """
        if not self._changing.acquire(blocking=False):
            return
        try:
            self._take_over()
            self._follow()
        finally:
            self._changing.release()

    def catch_up(self) -> None:
        """Read every change and make it durable; for the process that holds the writing lock.

        The file is written beside the old one, and put in its place by replacing the manifest that names it; few new
        embeddings are not worth that. Raises `HomeError` if it can't be written.
        """
        with self._changing:
            self._take_over()
            self._follow()
            if _lists_for(self.count()) > _lists_of(self._index):
                self._make_anew()
            manifest = read_manifest(self._manifest)
            if not self._file or not self._is_ours(manifest) or self._is_behind(manifest):
                self._save()
            self._clear_away()

    def rebuild(self) -> None:
        """Make it anew from the catalog; for the process that holds the writing lock."""
        with self._changing:
            self._make_anew()
            self._save()

    def nearest(
        self, query: NDArray[np.float32], *, top_k: int, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return the numbers of the `top_k` passages that seem nearest to `query` (float32 [dimension]).

        `within` restricts the search to these passage numbers, all of which are then compared.
        """
        with self._searching:
            wanted = min(top_k, self.count())
            if wanted < 1 or (within is not None and not len(within)):
                return np.zeros(0, dtype=np.int64)
            parameters = self._parameters(within)
            _, ids = self._index.search(query[None, :], wanted, params=parameters)
        found: NDArray[np.int64] = ids[0][ids[0] >= 0]
        return found

    def cosines(self, query: NDArray[np.float32], passage_ids: Sequence[int]) -> Scores:
        """Return the cosine of each of these passages to `query`, best first; one without an embedding is left out."""
        ids, embeddings = self._catalog.embeddings_of(passage_ids)
        return top_scores(ids, embeddings @ query) if len(ids) else {}

    def agrees(self, passage_id: int, embedding: NDArray[np.float32]) -> bool:
        """Tell whether `embedding` (float32 [dimension]) is, as nearly as it is kept, what is in it for the passage."""
        with self._searching:
            parameters = self._parameters(np.asarray([passage_id], dtype=np.int64))
            scores, ids = self._index.search(embedding[None, :], 1, params=parameters)
        return bool(ids[0][0] == passage_id and scores[0][0] > _SAME)

    def _parameters(self, within: NDArray[np.int64] | None) -> Any:
        """Return how to search: in which lists, and for which passages."""
        chosen: dict[str, Any] = {} if within is None else {"sel": faiss.IDSelectorBatch(within)}
        lists = _lists_of(self._index)
        if lists:
            chosen["nprobe"] = max(_FEWEST_PROBED, lists // _PROBED) if within is None else lists
            return faiss.SearchParametersIVF(**chosen)
        return faiss.SearchParameters(**chosen)

    def _take_over(self) -> None:
        """Load what another process has made anew, with more lists."""
        if read_manifest(self._manifest).get("lists", 0) > _lists_of(self._index):
            self._load()

    def _follow(self) -> None:
        """Read the changes since the last that was read."""
        changes = self._catalog.changes(self._sequence)
        if not changes:
            return
        self._remove([change for change in changes if change.kind == "delete"])
        for first, last in _spans(changes):
            ids, embeddings = self._catalog.embeddings(first, last)
            self._add(ids, embeddings)
        self._sequence = changes[-1].sequence

    def _add(self, ids: NDArray[np.int64], embeddings: NDArray[np.float32]) -> None:
        """Add embeddings that are not in it yet: what is added may have had one of an equal text already."""
        if not len(ids):
            return
        self._make_room(int(ids[-1]))
        fresh = ~self._held[ids]
        if fresh.any():
            with self._searching:
                self._index.add_with_ids(np.ascontiguousarray(embeddings[fresh]), ids[fresh])
            self._held[ids[fresh]] = True

    def _remove(self, changes: Sequence[Change]) -> None:
        """Remove the passages of all deletions in one pass, which costs as much as one."""
        spans = [np.arange(change.first, min(change.last + 1, len(self._held))) for change in changes]
        gone = np.concatenate([np.zeros(0, dtype=np.int64), *spans])
        gone = gone[self._held[gone]]
        if len(gone):
            with self._searching:
                self._index.remove_ids(faiss.IDSelectorBatch(gone))
            self._held[gone] = False

    def _make_room(self, last: int) -> None:
        if last >= len(self._held):
            self._held = np.concatenate([self._held, np.zeros(last + 1, dtype=bool)])

    def _make_anew(self) -> None:
        """Make the index from the catalog, with lists if it is large; the old one is searched meanwhile."""
        sequence, count = self._catalog.sequence(), self._catalog.counts().embedded
        index = self._trained(_lists_for(count))
        found = [np.zeros(0, dtype=np.int64)]
        for ids, embeddings in self._catalog.all_embeddings(_AT_ONCE):
            index.add_with_ids(embeddings, ids)
            found.append(ids)
        self._put(index, np.concatenate(found), sequence, "")
        self._follow()

    def _trained(self, lists: int) -> Any:
        """Return an empty index with so many lists, made for the embeddings in the catalog."""
        if not lists:
            return faiss.IndexIDMap(faiss.IndexFlatIP(self._dimension))
        sample = np.concatenate(list(islice(self._embeddings(), -(-_TRAINING * lists // _AT_ONCE))))
        centres = faiss.Kmeans(self._dimension, lists, niter=8, spherical=True, seed=1)
        centres.train(sample)
        quantizer = faiss.IndexFlatIP(self._dimension)
        quantizer.add(np.asarray(centres.centroids))
        bits, metric = faiss.ScalarQuantizer.QT_4bit, faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexIVFScalarQuantizer(quantizer, self._dimension, lists, bits, metric)
        index.train(sample)
        return index

    def _embeddings(self) -> Iterator[NDArray[np.float32]]:
        """Yield the embeddings as they lie: by digests of texts, so that the first are a fair sample."""
        for _, embeddings in self._catalog.all_embeddings(_AT_ONCE):
            yield embeddings

    def _load(self) -> bool:
        """Load what is there; not if it is damaged, of another model or format, or ahead of the catalog."""
        manifest = read_manifest(self._manifest)
        if not self._is_ours(manifest) or manifest["sequence"] > self._catalog.sequence():
            return False
        path = self._folder / Path(str(manifest["file"])).name
        try:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != manifest["digest"]:
                    return False
            index = faiss.read_index(str(path))
        except (OSError, RuntimeError):  # what FAISS raises for a damaged file
            return False
        self._put(index, _ids_of(index), manifest["sequence"], path.name)
        return True

    def _put(self, index: Any, ids: NDArray[np.int64], sequence: int, file: str) -> None:
        """Search `index` from now on, which holds `ids` and has read the changes up to `sequence`."""
        held = np.zeros(int(ids.max(initial=0)) + 1, dtype=bool)
        held[ids] = True
        with self._searching:
            self._index, self._held, self._sequence, self._file = index, held, sequence, file

    def _is_behind(self, manifest: Mapping[str, Any]) -> bool:
        """Tell whether the file holds what was deleted, or lacks more than may be read from the catalog at a start."""
        changes = self._catalog.changes(manifest["sequence"])
        added = sum(change.last - change.first + 1 for change in changes if change.kind == "embed")
        return any(change.kind == "delete" and change.first for change in changes) or added > max(
            _UNSAVED_ANYWAY, _UNSAVED * self.count()
        )

    def _save(self) -> None:
        name = f"vectors-{self._sequence}-{secrets.token_hex(4)}.faiss"
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            faiss.write_index(self._index, str(path))
            with path.open("rb+") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
        except (OSError, RuntimeError) as error:
            path.unlink(missing_ok=True)
            raise write_fault(path, error) from error
        saved = {"sequence": self._sequence, "lists": _lists_of(self._index), "file": name, "digest": digest}
        self._catalog.make_durable()
        write_manifest(self._manifest, self._ours() | saved)
        self._file = name
        self._clear_away()

    def _clear_away(self) -> None:
        for old in self._leftovers():
            old.unlink(missing_ok=True)

    def _ours(self) -> dict[str, object]:
        return {
            "format": _FORMAT,
            "catalog": self._catalog.catalog_id,
            "model": self._model,
            "dimension": self._dimension,
        }

    def _is_ours(self, manifest: Mapping[str, object]) -> bool:
        return self._ours().items() <= manifest.items()


def _lists_for(count: int) -> int:
    """Return how many lists an index of `count` embeddings should have: a power of 2 near the root, 0 for none."""
    return 0 if count <= EXACT_UP_TO else 1 << round(math.log2(math.sqrt(count)))


def _lists_of(index: Any) -> int:
    return int(getattr(index, "nlist", 0))


def _ids_of(index: Any) -> NDArray[np.int64]:
    """Return the passage numbers that are in an index."""
    if not _lists_of(index):
        return np.asarray(faiss.vector_to_array(index.id_map), dtype=np.int64)
    lists = index.invlists
    sizes = [(i, lists.list_size(i)) for i in range(index.nlist)]
    parts = [faiss.rev_swig_ptr(lists.get_ids(i), size).copy() for i, size in sizes if size]
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _spans(changes: Sequence[Change]) -> Iterator[tuple[int, int]]:
    """Yield first and last number of what was added or embedded, neighbours together, in parts that fit in memory."""
    first = last = 0
    for change in sorted((c for c in changes if c.kind in ("add", "embed") and c.first), key=lambda c: c.first):
        if first and change.first <= last + 1 and change.last - first < _AT_ONCE:
            last = max(last, change.last)
            continue
        if first:
            yield first, last
        first, last = change.first, change.last
    if first:
        yield first, last
