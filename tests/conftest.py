"""What tests of several parts share: libraries, and the shared data sets."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from support import WordEncoder

import index.store.repair
from index.errors import ReadingStoppedError
from index.isolation.pool import ReadingPool, Result
from index.library import Library
from index.models import Encoder
from index.models.inference import Network

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; the programs started here inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def networks_once() -> Iterator[None]:
    """Compile each network once, and run it on each text once: most of what commands take that are run here."""
    made: dict[tuple[object, ...], Network] = {}
    known: dict[tuple[object, ...], dict[str, NDArray[np.float32]]] = {}
    compile_network, run_network = Network.__init__, Network.run

    def compile_once(network: Network, weights: Path, *, hint: Literal["LATENCY", "THROUGHPUT"]) -> None:
        changed = [path.stat().st_mtime_ns for path in (weights, weights.with_suffix(".bin"))]
        key = (weights, *changed, hint)
        if key not in made:
            compile_network(network, weights, hint=hint)
            made[key] = network
        vars(network).update(vars(made[key]), key=key)

    def run_once(network: Network, inputs: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.float32]]:
        if "key" not in vars(network):  # it is being compiled
            return run_network(network, inputs)
        lengths = inputs["attention_mask"].sum(axis=1).tolist()
        whole = [{name: rows[i : i + 1, :length] for name, rows in inputs.items()} for i, length in enumerate(lengths)]
        keys = [(vars(network)["key"], *(row[name].tobytes() for name in sorted(row))) for row in whole]
        fresh = [i for i, key in enumerate(keys) if key not in known]
        if fresh:
            for name, values in run_network(network, {name: rows[fresh] for name, rows in inputs.items()}).items():
                for row, i in enumerate(fresh):
                    known.setdefault(keys[i], {})[name] = values[row]
        return {name: stacked([known[key][name] for key in keys]) for name in known[keys[0]]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "__init__", compile_once)
        patch.setattr(Network, "run", run_once)
        yield


class BorrowingPool(ReadingPool):
    """Reads in processes that other libraries have read in: to start them is most of what a small sync takes."""

    lenders: ClassVar[dict[object, ReadingPool]] = {}
    room: ClassVar[Path]

    def __init__(self, room: Path, encoder: Encoder) -> None:
        environment = [os.environ.get(name) for name in ("PATH", "PYTHONPATH", "LANG", "TZ")]
        key = (encoder.tokenizer_json, encoder.max_tokens, *environment)
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


@pytest.fixture(scope="session", autouse=True)
def processes_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the processes that read for the next library of the tests."""
    BorrowingPool.room = tmp_path_factory.mktemp("room")
    with pytest.MonkeyPatch.context() as patch:
        for module in (index.library, index.store.repair):
            patch.setattr(module, "ReadingPool", BorrowingPool)
        yield
    for pool in BorrowingPool.lenders.values():
        pool.close()


def stacked(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return rows as one array; zeros are put after those that are shorter."""
    if rows[0].ndim:
        longest = max(map(len, rows))
        rows = [np.pad(row, (0, longest - len(row))) for row in rows]
    return np.array(rows)


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: WordEncoder) -> Iterator[Library]:
    """An empty library of its own."""
    opened = Library(tmp_path / "home", encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data sets; what needs them is skipped where they are not."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data sets at {SHARED}")
    return SHARED
