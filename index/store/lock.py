"""The writing lock of a home folder: one process writes at a time, and says who it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from index.errors import LockedError
from index.store.database import disk_fault


@contextmanager
def home_lock(home: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock, which the system takes back from a process that dies.

    Raises `LockedError` if another process holds it for over `wait` seconds, `HomeError` if it can't be written.
    """
    lock = filelock.FileLock(home / "writing.lock", timeout=wait, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise LockedError(
            f"{home} is being written by process {_holder(home)}: wait until it is done, "
            "or name another folder with --home"
        ) from error
    except OSError as error:
        raise disk_fault(home, error) from error
    try:
        _sign(home)
        yield
    finally:
        lock.release()


def _sign(home: Path) -> None:
    try:
        (home / "writing.pid").write_text(str(os.getpid()), encoding="ascii")
    except OSError as error:
        raise disk_fault(home, error) from error


def _holder(home: Path) -> str:
    try:
        return (home / "writing.pid").read_text(encoding="ascii").strip() or "?"
    except OSError:
        return "?"
