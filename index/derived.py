"""What the lexical and the vector index have in common: both are derived from the catalog and follow its change log."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Scores = dict[int, float]  # by passage number, best first


class DerivedIndex(Protocol):
    """An index that can be thrown away and made again from the catalog."""

    @property
    def sequence(self) -> int:
        """The sequence number up to which it has read the change log."""

    def refresh(self) -> None:
        """Read what can be read without writing to the home folder, which another process may be doing."""

    def catch_up(self) -> None:
        """Read every change and make it durable; for the process that holds the writing lock."""

    def count(self) -> int:
        """Return how many passages are in it."""


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest at `path`, empty if there is none or it can't be read: the index is then made again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_manifest(path: Path, manifest: Mapping[str, object]) -> None:
    """Write `manifest` beside `path` and put it in its place in one step, durably."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(manifest, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def top_scores(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Scores:
    """Return scores by passage number, without the -1 that FAISS fills up with; best first, ties by number."""
    order = np.lexsort((ids, -scores))
    return {int(ids[i]): float(scores[i]) for i in order if ids[i] >= 0}
