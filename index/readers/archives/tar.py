"""TAR archives and single packed files (gzip, bzip2, xz): bytes in, the list of the files in it out, and the files."""

from __future__ import annotations

import tarfile
from pathlib import PurePath

from index.errors import DocumentRejectedError
from index.readers.archives.members import DAMAGE, MAX_MEMBER, UNPACK, Omissions, archive_content, is_passed_over
from index.readers.archives.unpacking import CUT_OFF, Unpacking
from index.readers.content import Content, Member, Source

_MAX_ENTRIES = 100_000
_TOO_MANY = f"it has more than {_MAX_ENTRIES:,} entries, and those after that are not read: {UNPACK}"
_INNER_SUFFIXES = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}


def read(source: Source) -> Content:
    """Read a TAR archive, packed or not, or the one file that is packed: hidden files and links are passed over."""
    file = Unpacking(source)
    if not _is_tar(file):
        return _single(source, file)
    members: list[Member] = []
    missing = ""
    archive = tarfile.open(fileobj=file, mode="r:", errors="surrogateescape")  # noqa: SIM115 (its members are read later)
    try:
        for number, entry in enumerate(archive):
            if number >= _MAX_ENTRIES:
                missing = _TOO_MANY
                break
            if entry.isreg() and not is_passed_over(entry.name):
                members.append(_member(archive, entry))
    except DAMAGE:
        missing = CUT_OFF
    return archive_content(members, Omissions(), whole=file.missing or missing)


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Member:
    def read_entry() -> bytes:
        file = archive.extractfile(entry)
        if file is None:
            raise EOFError
        with file:
            data = file.read(MAX_MEMBER + 1)
        if len(data) < min(entry.size, MAX_MEMBER + 1):
            raise EOFError
        return data

    return Member(_name(entry), entry.size, read_entry)


def _name(entry: tarfile.TarInfo) -> str:
    raw = entry.name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _single(source: Source, file: Unpacking) -> Content:
    """Return the content of a packed file that is no archive: it is its only member."""
    size = file.size()
    if not size:
        raise DocumentRejectedError(file.missing or "there is nothing in it: leave it out")
    name = PurePath(source.name)
    inner = name.with_suffix(_INNER_SUFFIXES.get(name.suffix.lower(), name.suffix)).name if name.name else ""

    def read_all() -> bytes:
        file.seek(0)
        return file.read(MAX_MEMBER + 1)

    return archive_content([Member(inner, size, read_all)], Omissions(), whole=file.missing)


def _is_tar(file: Unpacking) -> bool:
    """Tell whether the file begins with the header of a TAR archive, or is an empty one."""
    header = file.read(tarfile.BLOCKSIZE)
    file.seek(0)
    try:
        tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return len(header) == tarfile.BLOCKSIZE and not any(header)
    return True
