"""The store: the home folder of a library with the catalog in it, who may write there, and what is not to last."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from index.errors import DamagedError, LockedError
from index.store.database import disk_fault
from index.store.home import CATALOG, SAVED, UPLOADS, Temporary, make_home, make_private, sweep
from index.store.lock import home_lock
from index.store.protocol import Catalog
from index.store.uploads import reserve

_SMALLEST = 512  # bytes of a catalog: the first page


class Store:
    """A home folder that is open. Any number of threads may use it.

    `derived` names the entries in it of what others derive from the catalog; `was_indexed` tells whether any has been.
    Raises `HomeError` if the folder can't be made or written, `DamagedError` if its catalog was emptied.
    """

    def __init__(
        self,
        home: Path,
        open_catalog: Callable[[Path], Catalog],
        *,
        derived: Sequence[str],
        was_indexed: Callable[[], bool],
    ) -> None:
        self.home = home
        self._derived = derived
        make_home(home, derived)
        _check_not_emptied(home, was_indexed)
        with self.opening():
            sweep(home)
            self.catalog = open_catalog(home / CATALOG)
        self.catalog.check_there()
        self._temporary: Temporary | None = None
        self._making = threading.Lock()
        self._writing = threading.Lock()

    def close(self) -> None:
        """Close the catalog, and remove what was not to last."""
        if self._temporary:
            self._temporary.close()
        self.catalog.close()
        with suppress(OSError):  # the home may be gone
            make_private(self.home, self._derived)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Be the only program that opens the home: two may do so at once with a new one."""
        with filelock.FileLock(self.home / "opening.lock"):
            yield

    @contextmanager
    def writing(self, *, wait: float) -> Iterator[None]:
        """Hold the writing lock. Raises `LockedError` if another holds it for over `wait` seconds."""
        if not self._writing.acquire(timeout=max(wait, 0.0)):
            raise LockedError(f"{self.home} is being written by this program: try again when indexing is done")
        try:
            self.catalog.check_there()  # taking the lock of a home that was deleted makes its folder again
            with home_lock(self.home, wait=wait):
                yield
        finally:
            self._writing.release()

    @property
    def temporary(self) -> Path:
        """A folder for what is not to last, made at its first use and removed at the end."""
        with self._making:
            if self._temporary is None:
                self._temporary = Temporary(self.home)
            return self._temporary.path

    @property
    def uploads(self) -> Path:
        """The folder of the copies of what was added on the page; it need not be there."""
        return Path(os.path.abspath(self.home / UPLOADS))

    def take_uploads(self, paths: Iterable[Path], *, aside: Path | None) -> list[Path]:
        """Take those of the files out of the folder of uploads that are in it, and return them; no other is touched.

        They are deleted, or put into a folder `aside`. Raises `HomeError` if one can't be.
        """
        taken = []
        for path in paths:
            if path.is_relative_to(self.uploads) and os.path.isfile(path):
                try:
                    path.replace(aside / path.name) if aside else path.unlink()
                except OSError as error:
                    raise disk_fault(path, error) from error
                taken.append(path)
        return taken

    def put_back(self, aside: Path) -> dict[Path, Path]:
        """Put the files in a folder back among the uploads; return where they were, and where they are now."""
        places = {}
        for copy in sorted(aside.iterdir()):
            try:
                self.uploads.mkdir(mode=0o700, exist_ok=True)
                place = reserve(self.uploads, copy.name)
                copy.replace(place)
            except OSError as error:
                raise disk_fault(copy, error) from error
            places[self.uploads / copy.name] = place
        return places

    def size(self) -> int:
        """Return how many bytes the catalog takes on the disk."""
        return sum(path.stat().st_size for path in self.home.glob(f"{CATALOG}*") if path.is_file())

    def leftovers(self) -> list[Path]:
        """Return the files that a repair has left behind that did not come to its end."""
        return sorted([*self.home.glob(f"{SAVED}*"), *self.home.glob("unpacked-*")])  # these of earlier versions

    def clear_away(self) -> None:
        """Remove the leftovers; the writing lock must be held."""
        for path in self.leftovers():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _check_not_emptied(home: Path, was_indexed: Callable[[], bool]) -> None:
    """Raise `DamagedError` if the catalog was emptied, which SQLite would take for a new one."""
    path = home / CATALOG
    if path.exists() and path.stat().st_size < _SMALLEST and was_indexed():
        raise DamagedError(f"{path} is damaged (it was emptied): run `pincite verify --repair`")
