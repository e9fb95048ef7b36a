"""ZIP archives that are cut off: the list at their end is lost, but each file says before itself what it is."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

from index.readers.archives.members import MAX_BYTES, MAX_MEMBER
from index.readers.content import Member

_ENCRYPTED = 0x1
_HEADER = struct.Struct("<4x2xHH8xIIHH")  # flags, method, sizes packed and unpacked, lengths of the name and more
_HEADER_SIZE = 30
_MARK = re.compile(rb"PK\x03\x04")
_MAX_ENTRIES = 100_000
_PIECE = 1 << 16  # bytes


def remaining(data: bytes) -> Iterator[Member]:
    """Yield the files that are whole; their names are as bytes read as cp437, as `zipfile` gives those."""
    at = total = 0
    for _ in range(_MAX_ENTRIES):
        mark = _MARK.search(data, at)
        if mark is None or mark.start() + _HEADER_SIZE > len(data) or total > MAX_BYTES:
            return
        flags, method, packed, size, name_length, extra_length = _HEADER.unpack_from(data, mark.start())
        name_at = mark.start() + _HEADER_SIZE
        name = data[name_at : name_at + name_length].decode("cp437")
        start = name_at + name_length + extra_length
        at = mark.end()
        if method == zipfile.ZIP_DEFLATED:
            size, end = _measured(data, start)
        else:
            end = start + packed if method == zipfile.ZIP_STORED else len(data) + 1
        total += size
        if end > len(data):
            continue
        at = end
        if not flags & _ENCRYPTED and not name.endswith("/"):
            yield Member(name, size, partial(_read, data, start, end, method))


def _measured(data: bytes, start: int) -> tuple[int, int]:
    """Return how large a packed file is and where it ends, which is beyond the data if it is not whole or too large."""
    size, beyond = 0, len(data) + 1
    try:
        for piece, end in _pieces(data, start):
            size += len(piece)
            if end or size > MAX_MEMBER:
                return size, end or beyond
    except zlib.error:
        pass
    return size, beyond


def _pieces(data: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    """Yield a packed file piece by piece; with the last one, where it ends, with the others 0."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail
        if not packed:
            packed = data[start : start + _PIECE]
            start += len(packed)
            if not packed:
                return
        piece = unpacker.decompress(packed, 1 << 20)
        yield piece, start - len(unpacker.unused_data) if unpacker.eof else 0


def _read(data: bytes, start: int, end: int, method: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        return data[start:end]
    return b"".join(piece for piece, _ in _pieces(data, start))
