"""ZIP archives: bytes in, the list of the files in it out, and the files as members."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace

from index.readers.archives.members import (
    MAX_MEMBER,
    MAX_RATIO,
    MAX_RATIO_FROM,
    UNPACK,
    Omissions,
    archive_content,
    is_passed_over,
)
from index.readers.archives.unpacking import CUT_OFF
from index.readers.archives.zip_remains import remaining
from index.readers.content import Content, Member, Source

_UNICODE_NAME = 0x800  # the flag of an entry whose name is UTF-8
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075  # the extra field that has the name in UTF-8, too
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def read(source: Source) -> Content:
    """Read a ZIP archive: hidden files, folders and links are passed over."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        found = [replace(member, name=_plain_name(member.name)) for member in remaining(source.data)]
        members = [member for member in found if not is_passed_over(member.name)]
        return archive_content(members, Omissions(), whole=CUT_OFF)
    omissions = Omissions()
    members = []
    for entry in archive.infolist():
        name = _name(entry)
        if entry.filename.endswith("/") or _is_link(entry) or is_passed_over(name):  # it may have no name at all
            continue
        reason = _unreadable(entry)
        if reason:
            omissions.add(reason, name)
        else:
            members.append(_member(archive, entry, name))
    return archive_content(members, omissions)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Member:
    def read_entry() -> bytes:
        with archive.open(entry) as file:
            return file.read(MAX_MEMBER + 1)  # never more than the size that it says, either

    return Member(name, entry.file_size, read_entry)


def _unreadable(entry: zipfile.ZipInfo) -> str:
    """Return why an entry can't be read, and the cure, or ""."""
    if entry.flag_bits & _ENCRYPTED:
        return "protected by a password: unpack it with the password and index the folder"
    if entry.compress_type not in _METHODS:
        return f"packed in a way that is not read: {UNPACK}"
    if entry.file_size > max(MAX_RATIO_FROM, MAX_RATIO * entry.compress_size):
        return f"packed more than {MAX_RATIO} times over: {UNPACK}"
    return ""


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return (entry.external_attr >> 16) & 0o170000 == 0o120000


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; where nothing says its encoding it is UTF-8 if it can be, else what DOS wrote."""
    name = entry.orig_filename
    if entry.flag_bits & _UNICODE_NAME:
        return name
    try:
        return _unicode_path(entry.extra, name.encode("cp437")) or _plain_name(name)
    except UnicodeError:
        return name


def _plain_name(name: str) -> str:
    """Return a name that was read as cp437 as UTF-8, if it can be that."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Return the name that an extra field has, if it belongs to this name, or ""."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        value = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and len(value) > 5 and struct.unpack_from("<I", value, 1)[0] == zlib.crc32(raw):
            return value[5:].decode("utf-8")
        at += 4 + size
    return ""
