"""What tests of several parts share: libraries, and the shared data sets."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import WordEncoder

from index.library import Library

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job; the programs started here inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
