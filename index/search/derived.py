"""What the lexical and the vector index have in common: both are derived from the catalog and follow its change log."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import PinciteError
from index.search.protocol import Scores
from index.store.database import disk_fault

_MANIFEST = "manifest.json"
_Item = TypeVar("_Item")
_NO_ROOM = 64 * 1024  # bytes free on a disk that is full: what is written goes there in pieces


class InFolder:
    """A derived index with its files in a folder of the home, of which a manifest there names those that count."""

    FOLDER: ClassVar[str]

    def __init__(self, home: Path) -> None:
        self._folder = home / self.FOLDER
        self._manifest = self._folder / _MANIFEST

    @classmethod
    def saved_sequence(cls, home: Path) -> int | None:
        """Return up to which sequence number its files in `home` go: None if there are none, 0 if they don't tell."""
        path = home / cls.FOLDER / _MANIFEST
        return read_manifest(path).get("sequence", 0) if os.path.exists(path) else None

    @classmethod
    def size(cls, home: Path) -> int:
        """Return how many bytes its files in `home` take on the disk."""
        return sum(path.stat().st_size for path in (home / cls.FOLDER).glob("**/*") if path.is_file())

    @classmethod
    def discard(cls, home: Path) -> None:
        """Remove its files from `home`, where no library is open."""
        shutil.rmtree(home / cls.FOLDER, ignore_errors=True)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest at `path`, empty if there is none or it is damaged: the index is then made again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        digest = found.pop("sha256")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}
    return found if digest == _digest(found) else {}


def write_manifest(path: Path, manifest: Mapping[str, object]) -> None:
    """Write `manifest` with its digest beside `path` and put it in its place in one step, durably.

    Raises `HomeError` if it can't be written.
    """
    beside = path.with_suffix(".new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            json.dump({**manifest, "sha256": _digest(manifest)}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise disk_fault(path, error) from error


def write_fault(path: Path, error: Exception) -> PinciteError:
    """Return the error to raise when a library could not write its index below `path`."""
    if isinstance(error, OSError):
        return disk_fault(path, error)
    says_so = "os error 28" in str(error).lower() or "no space" in str(error).lower()
    if says_so or _is_full(path.parent):  # a thread of Tantivy's tells no reason
        return disk_fault(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    return disk_fault(path, OSError(errno.EIO, " ".join(str(error).split())[:200]))


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:  # it is gone
        return False


def top_scores(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Scores:
    """Return scores by passage number, best first, ties by number."""
    order = np.lexsort((ids, -scores))
    return {int(ids[i]): float(scores[i]) for i in order}


def batched(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Yield `items` in lists of `size`; the last may be shorter."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _digest(manifest: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
