"""Uploads: copies of what was added on the page, in a folder of the home. A name and bytes go in, a file comes out.

Names come from outside: a name gives the last part of the path, cleaned, and nothing else. A file lies in the temporary
room until it is whole, and comes into the folder under a name that no other file there has.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from contextlib import suppress
from itertools import count
from pathlib import Path

from index.errors import HomeError, SettingsError
from index.readers import LARGEST
from index.store.database import disk_fault
from index.text.characters import clean_text

MOST = 10_000  # files in the folder
_LONGEST = 200  # bytes of a name: systems take 255, and a number may have to stand behind it
_LONGEST_SUFFIX = 20
_RESERVE = 64 << 20  # bytes that stay free on the disk, for the indexes
_UNNAMED = "document"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]+')  # by one system or another
_PASSED_OVER = re.compile(r"^(?:[.\s]|~\$)+|[~#.\s]+$")  # of hidden files, drafts and backups, which no sync reads
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")  # no file on Windows, whatever stands behind


class Upload:
    """A file that is being received. It is gone at the end of the block, unless it was kept."""

    def __init__(self, folder: Path, name: str, *, size: int, temporary: Path) -> None:
        """Begin with a file of `size` bytes. Raises `SettingsError` or `HomeError` if it can't be taken."""
        self._folder = folder
        self.name = clean_name(name)
        self._check_room(size)
        self._path = temporary / f"upload-{secrets.token_hex(8)}"
        try:
            self._file = self._path.open("xb")
        except OSError as error:
            raise disk_fault(self._path, error) from error

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what could not be written can't be flushed
            self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, part: bytes) -> None:
        """Write the next part of it."""
        try:
            self._file.write(part)
        except OSError as error:
            raise disk_fault(self._path, error) from error

    def keep(self) -> Path:
        """Put it into the folder, now that it is whole, and return where it is."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._path.chmod(0o600)
            place = reserve(self._folder, self.name)
        except OSError as error:
            raise disk_fault(self._folder, error) from error
        try:
            os.replace(self._path, place)
        except OSError as error:
            place.unlink(missing_ok=True)
            raise disk_fault(place, error) from error
        return place

    def _check_room(self, size: int) -> None:
        if size > LARGEST:
            raise SettingsError(f"{self.name} is larger than {LARGEST >> 20} MB: split it")
        if self._folder.is_dir() and sum(1 for _ in os.scandir(self._folder)) >= MOST:
            cure = "remove some, or name their folder when you start Pincite"
            raise SettingsError(f"{self.name} can't be added: {MOST:,} added files are kept already: {cure}")
        free = shutil.disk_usage(self._folder.parent).free
        if size + _RESERVE > free:
            raise HomeError(f"{self.name} can't be added: the disk is full: free some space and add it again")


def reserve(folder: Path, name: str) -> Path:
    """Return a path in a folder that no other file has, and nobody else will get: an empty file is there."""
    stem, suffix = _split(name)
    for number in count(1):
        place = folder / (name if number == 1 else f"{stem} ({number}){suffix}")
        with suppress(FileExistsError):
            place.open("xb").close()
            return place
    raise AssertionError("there is always a next number")


def clean_name(name: str) -> str:
    """Return a name that any system takes for a file in a folder, whatever was given; its ending stays."""
    base = re.split(r"[/\\]", name)[-1]
    base = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", " ".join(clean_text(base).split())))
    base = _PASSED_OVER.sub("", base)
    stem, suffix = _split(base)
    stem = stem.encode()[: _LONGEST - len(suffix.encode())].decode(errors="ignore").strip()
    if not stem or _DEVICE.match(stem):
        stem = f"{_UNNAMED} {stem}".strip()
    return stem + suffix


def _split(name: str) -> tuple[str, str]:
    stem, suffix = os.path.splitext(name)
    return (stem, suffix) if len(suffix.encode()) <= _LONGEST_SUFFIX else (name, "")
