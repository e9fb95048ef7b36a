"""The home folder: made, kept for its owner's eyes only, with a room for what is not to last.

Modes are POSIX's; elsewhere a user's data folder is closed to others by the system itself.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import filelock

from index.errors import HomeError

CATALOG = "catalog.sqlite"
CONVERSATIONS = "conversations.sqlite"
UPLOADS = "uploads"  # the folder of the copies of what was added on the page
SAVED = "saved.sqlite"  # what a repair saves of a damaged catalog, until it takes its place
_TEMPORARY = "temporary"
# How what Pincite writes into a home folder is called, beside what is derived from the catalog; a folder may hold other
# things, which are left as they are.
_OURS = (
    f"{CATALOG}*",
    f"{CONVERSATIONS}*",
    f"{SAVED}*",
    UPLOADS,
    _TEMPORARY,
    "eval",
    "*.lock",
    "writing.pid",
    "settings.toml",
    "unpacked-*",  # of earlier versions
)
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


def make_home(home: Path, derived: Sequence[str]) -> None:
    """Make the folder if it isn't there, and close to others what of it is ours; see `make_private`.

    Raises `HomeError` if it can't be made or written.
    """
    cure = "choose a folder you can write with --home or PINCITE_HOME"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    except (FileExistsError, NotADirectoryError) as error:
        raise HomeError(f"home folder {home}: a file is in the way: {cure}") from error
    except OSError as error:
        raise HomeError(f"home folder {home} can't be made ({error.strerror}): {cure}") from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise HomeError(f"home folder {home} can't be written: {cure}")
    make_private(home, derived)


def make_private(home: Path, derived: Sequence[str]) -> None:
    """Take from everybody but the owner every right to what Pincite wrote in `home`, and to it if it holds no more.

    `derived` names the entries of what is derived from the catalog. What belongs to another user stays as it is: it
    can't be changed.
    """
    if os.name != "posix":
        return
    ours = {path for pattern in (*_OURS, *derived) for path in home.glob(pattern)}
    if ours.issuperset(home.iterdir()):
        _close(home)
    for path in ours:
        _close(path)
        if path.is_dir() and not path.is_symlink():
            for folder, folders, names in os.walk(path):
                for name in (*folders, *names):
                    _close(Path(folder, name))


def _close(path: Path) -> None:
    with suppress(OSError):  # it has gone meanwhile, or is another's
        mode = path.lstat().st_mode
        wanted = _FOLDER_MODE if stat.S_ISDIR(mode) else _FILE_MODE
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) != wanted:
            path.chmod(wanted)


class Temporary:
    """A folder in `home` for what this process needs for a while; it is gone when the process ends, or soon after.

    A lock that the system takes back says whether the process that made a folder lives.
    """

    def __init__(self, home: Path) -> None:
        room = home / _TEMPORARY
        room.mkdir(exist_ok=True, mode=_FOLDER_MODE)
        self.path = room / secrets.token_hex(8)
        self._lock = filelock.FileLock(self.path.with_suffix(".lock"), thread_local=False)
        with filelock.FileLock(room / "room.lock"):
            self._lock.acquire()
            self.path.mkdir(mode=_FOLDER_MODE)

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        with suppress(OSError):  # the home may be gone
            Path(self._lock.lock_file).unlink()


def sweep(home: Path) -> None:
    """Remove what processes that were killed have left in the temporary room."""
    room = home / _TEMPORARY
    if not any(path.is_dir() for path in room.glob("*")):
        return
    with filelock.FileLock(room / "room.lock"):
        for path in room.iterdir():
            lock = filelock.FileLock(path.with_suffix(".lock"))
            if not path.is_dir():
                continue
            with suppress(filelock.Timeout), lock.acquire(timeout=0):
                shutil.rmtree(path, ignore_errors=True)
                Path(lock.lock_file).unlink(missing_ok=True)
