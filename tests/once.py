"""What is done once in a run instead of again and again: networks are run, tokenizers read, processes started.

Nothing is pretended: the networks' outputs are their own, kept by the input, and the processes are those that read.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from filelock import FileLock
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import ReadingStoppedError
from index.isolation.pool import ReadingPool, Result
from index.models import Encoder
from index.models.inference import Below, Network
from index.models.shipped import ShippedNetwork

Outputs = dict[str, NDArray[np.float32]]  # of one row, by name


def shared_by_all(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all processes of the run have."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that one of the run's processes makes for all of them: what is in it is read or copied only."""
    folder = shared_by_all(factory) / name
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "made").exists():
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


class RememberingNetworks:
    """Stands in for `Network`'s two methods: each network is compiled once, and run once on each row of inputs.

    What was found lies in a file, for all processes of the run.
    """

    def __init__(self, path: Path) -> None:
        self._compile, self._run = Network.__init__, Network.run
        self._made: dict[tuple[object, ...], Network] = {}
        self._using = threading.Lock()
        self._file = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=MEMORY")  # which, unlike others, two may set at once
        self._file.execute("PRAGMA synchronous=OFF")
        self._file.execute("CREATE TABLE IF NOT EXISTS found (key BLOB PRIMARY KEY, outputs BLOB)")

    def compile(
        self,
        network: Network,
        weights: Path | None,
        *,
        hint: Literal["LATENCY", "THROUGHPUT"],
        words: Path | None = None,
        below: Below | None = None,
    ) -> None:
        """Take the place of `Network.__init__`."""
        files = [path for path in (weights, below and below.weights) if path]
        changed = [path.stat().st_mtime_ns for file in files for path in (file, file.with_suffix(".bin"))]
        key = (weights, *changed, hint, words, below)
        if key not in self._made:
            self._compile(network, weights, hint=hint, words=words, below=below)
            self._made[key] = network
        vars(network).update(vars(self._made[key]), key=repr(key).encode())

    def run(self, network: Network, inputs: Mapping[str, NDArray[np.int64]]) -> Outputs:
        """Take the place of `Network.run`."""
        if "key" not in vars(network):  # it is being compiled
            return self._run(network, inputs)
        lengths = inputs["attention_mask"].sum(axis=1).tolist()
        rows = [{name: part[i, :length] for name, part in inputs.items()} for i, length in enumerate(lengths)]
        keys = [_digest(vars(network)["key"], row) for row in rows]
        known = self._known(keys)
        fresh = [i for i, key in enumerate(keys) if key not in known]
        if fresh:
            found = self._run(network, {name: part[fresh] for name, part in inputs.items()})
            known |= {keys[i]: {name: part[row] for name, part in found.items()} for row, i in enumerate(fresh)}
            self._keep({keys[i]: known[keys[i]] for i in fresh})
        return {name: _stacked([known[key][name] for key in keys]) for name in known[keys[0]]}

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Outputs]:
        query = f"SELECT key, outputs FROM found WHERE key IN ({', '.join('?' * len(keys))})"
        with self._using:
            return {key: pickle.loads(outputs) for key, outputs in self._file.execute(query, keys)}

    def _keep(self, found: Mapping[bytes, Outputs]) -> None:
        rows = [(key, pickle.dumps(outputs)) for key, outputs in found.items()]
        with self._using:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR IGNORE INTO found VALUES (?, ?)", rows)
            self._file.execute("COMMIT")


def _digest(network: bytes, row: Mapping[str, NDArray[np.int64]]) -> bytes:
    return hashlib.sha256(network + b"".join(row[name].tobytes() for name in sorted(row))).digest()


def _stacked(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return rows as one array; zeros are put after those that are shorter."""
    if rows[0].ndim:
        longest = max(map(len, rows))
        rows = [np.pad(row, (0, longest - len(row))) for row in rows]
    return np.array(rows)


class RememberingTokenizers:
    """Reads each tokenizer's file once: that of a hundred languages takes as long as a question."""

    def __init__(self, open_tokenizer: Callable[[Path], Tokenizer]) -> None:
        self._open, self._truncating = open_tokenizer, vars(ShippedNetwork)["_truncating"].func
        self._made: dict[tuple[object, ...], Tokenizer] = {}

    def open(self, path: Path) -> Tokenizer:
        """Take the place of `open_tokenizer`."""
        return self._once((path, path.stat().st_mtime_ns), lambda: self._open(path))

    def truncating(self, network: ShippedNetwork) -> Tokenizer:
        """Take the place of `ShippedNetwork._truncating`."""
        path = network._recipe.tokenizer(network._folder)
        if not path.is_file():
            return self._truncating(network)
        key = (network._recipe, path, path.stat().st_mtime_ns)
        return self._once(key, lambda: self._truncating(network))

    def _once(self, key: tuple[object, ...], make: Callable[[], Tokenizer]) -> Tokenizer:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class BorrowingPool(ReadingPool):
    """Reads in processes that other libraries have read in: to start them is most of what a small sync takes."""

    lenders: ClassVar[dict[object, ReadingPool]] = {}
    room: ClassVar[Path]  # where the processes have their folders

    def __init__(self, room: Path, encoder: Encoder) -> None:
        environment = [os.environ.get(name) for name in ("PATH", "PYTHONPATH", "LANG", "TZ")]
        key = (encoder.model_id, *environment)  # which loads no model
        if key not in self.lenders:
            self.lenders[key] = ReadingPool(self.room, encoder)
        vars(self).update(vars(self.lenders[key]), _closed=threading.Event())
        self._begun: list[Future[Any]] = []

    def _begin(self, work: Callable[[], Result]) -> Future[Result]:
        if self._closed.is_set():
            raise ReadingStoppedError
        self._begun.append(future := super()._begin(work))
        return future

    def close(self) -> None:
        self._closed.set()
        for future in self._begun:
            future.cancel()
        wait(self._begun)
