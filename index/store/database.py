"""The database under the catalog: SQLite in WAL mode, through SQLAlchemy. Opens, begins, reads, and says what fails."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.errors import DamagedError, HomeError, PinciteError

_WAIT = 30  # seconds for another process's transaction
_WAIT_TO_COMPACT = 2  # seconds for those who read the log: what they keep of it goes the next time
_QUICKLY_CHECKED = 32_000_000  # bytes of a file that are checked in 25 milliseconds

_FULL = "the disk is full: free some space and run the command again; what was committed is safe"
_GONE = "the disk failed or is gone ({}): bring it back, or choose another home folder with --home"
_CLOSED = "{}: choose a folder you can write with --home"
_REPAIR = "is damaged ({}): run `pincite verify --repair`, which saves what can be read"


class Database:
    """One SQLite file. A committed transaction survives a crash; what is deleted is overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": _WAIT})
        sa.event.listen(self._engine, "connect", _configure)
        self._file: tuple[int, int] | None = None

    def check_there(self) -> None:
        """Raise `HomeError` if the file is not the one that was opened: on a disk that is gone it may seem to work."""
        try:
            found = self.path.stat()
        except OSError as error:
            raise disk_fault(self.path, error) from error
        self._file = self._file or (found.st_dev, found.st_ino)
        if self._file != (found.st_dev, found.st_ino):
            raise HomeError(f"{self.path}: another file is in its place: start Pincite again")

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Change something: all of the block is committed, or none of it."""
        with self._faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Read: what one block sees is of one moment."""
        with self._faults(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    def check(self, *, quickly: bool = False) -> list[str]:
        """Return what SQLite itself finds wrong with the file, empty if it is sound; `quickly` leaves indexes out."""
        pragma = "quick_check" if quickly else "integrity_check"
        try:
            with self.read() as connection:
                found = list(connection.execute(sa.text(f"PRAGMA {pragma}(5)")).scalars())
        except DamagedError as error:
            return [str(error)]
        lines = (" ".join(line.split()) for line in found)
        return [] if found == ["ok"] else [f"{self.path} {_REPAIR.format(line)}" for line in lines]

    def check_at_start(self) -> None:
        """Raise `DamagedError` if the file is damaged; one that is large is not looked at, which would take long."""
        if self.path.stat().st_size < _QUICKLY_CHECKED:
            for line in self.check(quickly=True):
                raise DamagedError(line)

    def compact(self) -> bool:
        """Empty the log into the file, so that no deleted text stays in it.

        Returns False if the log had to stay, because another program is reading what it holds.
        """
        with self._faults(), self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_WAIT_TO_COMPACT * 1000}")
            try:
                return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_WAIT * 1000}")

    def write_anew(self) -> None:
        """Write the whole file anew, without the copies that SQLite leaves behind when it moves rows between pages."""
        with self._faults(), self._engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")

    def make_durable(self) -> None:
        """Return when everything that is committed is on the disk, and survives a power cut."""
        try:
            with Path(f"{self.path}-wal").open("rb+") as log:
                os.fsync(log.fileno())
        except FileNotFoundError:  # all is in the file, which was made durable before the log went
            pass
        except OSError as error:
            raise disk_fault(self.path, error) from error

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise _fault(self.path, str(error.orig)) from error
        except UnicodeDecodeError as error:  # in what SQLite says of a damaged file
            raise DamagedError(f"{self.path} {_REPAIR.format(error.reason)}") from error


def disk_fault(path: Path, error: OSError) -> HomeError:
    """Return the error to raise when a file of the home folder can't be written or read."""
    found = _fault(path, error.strerror or str(error))
    return found if isinstance(found, HomeError) else HomeError(f"{path}: {_GONE.format(error.strerror or error)}")


def _fault(path: Path, reason: str) -> PinciteError:
    """Return the error that says what `reason` means, by SQLite's or the system's words for it."""
    low = reason.lower()
    if "full" in low or "no space" in low or "quota" in low or "too large" in low:
        return HomeError(f"{path}: {_FULL}")
    if "readonly" in low or "unable to open" in low or "read-only" in low or "permission" in low:
        return HomeError(f"{path}: {_CLOSED.format(reason)}")
    if "i/o error" in low or "input/output" in low or "no such file" in low or "stale" in low:
        return HomeError(f"{path}: {_GONE.format(reason)}")
    if "locked" in low or "busy" in low:
        return HomeError(f"{path}: another program keeps it locked: end that program, or name another --home")
    return DamagedError(f"{path} {_REPAIR.format(' '.join(reason.split()))}")


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # What is committed survives the death of the program. A power cut may take the last commits, but whole ones: until
    # `make_durable` or `compact`, which end every command, and come before any derived index tells of a change.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")  # a deleted text is overwritten
    cursor.close()
