"""Waiting for what a program that runs beside the test has done."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Program

COUNTED = {
    "documents": "select count(*) from documents",
    "embedded": "select (select count(*) from passages) - (select count(*) from pending)",
}


def counted(home: Path, name: str) -> int:
    """Count without `pincite`, which would take the processor from the program that is waited for."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{home / 'catalog.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(COUNTED[name]).fetchone()[0])
    except sqlite3.Error:  # there are no tables yet
        return 0


def run_until(program: Program, home: Path, **reached: int) -> None:
    """Let the program run until its home holds so many documents, or embeddings."""
    deadline = time.monotonic() + 500
    while any(counted(home, name) < count for name, count in reached.items()):
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
