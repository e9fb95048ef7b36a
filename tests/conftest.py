"""What tests of several parts share: libraries, and the shared data sets."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from support import WordEncoder

from index.inference import Network
from index.library import Library

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; the programs started here inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Compile each network once: commands that are run in this process share it, which is half of what they take."""
    compiled: dict[tuple[object, ...], Network] = {}
    compile_network = Network.__init__

    def share(network: Network, weights: Path, *, hint: Literal["LATENCY", "THROUGHPUT"]) -> None:
        changed = [path.stat().st_mtime_ns for path in (weights, weights.with_suffix(".bin"))]
        key = (weights, *changed, hint)
        if key not in compiled:
            compile_network(network, weights, hint=hint)
            compiled[key] = network
        vars(network).update(vars(compiled[key]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "__init__", share)
        yield


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
