"""How two processes send each other a message: a JSON object and bytes, of which nothing could run.

What comes in is bounded here; what it means is checked in `messages`.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

_HEAD = struct.Struct(">IQ")
_MOST = 2 << 30  # bytes of a message
_MOST_FIELDS = 64 << 20  # bytes of what is parsed of it
_AT_ONCE = 1 << 20  # bytes of a file that are sent in one piece


def send(stream: BinaryIO, fields: Mapping[str, Any], data: Sequence[bytes] = ()) -> None:
    """Write a message."""
    _send(stream, fields, data, sum(map(len, data)))


def send_file(stream: BinaryIO, fields: Mapping[str, Any], file: BinaryIO) -> None:
    """Write a message with the bytes of a file. Raises OSError if they can't be read, or change meanwhile."""
    size = os.fstat(file.fileno()).st_size
    _send(stream, fields, _pieces(file, size), size)


def _send(stream: BinaryIO, fields: Mapping[str, Any], data: Iterable[bytes], size: int) -> None:
    head = json.dumps(fields).encode()
    stream.write(_HEAD.pack(len(head), size) + head)
    for part in data:
        stream.write(part)
    stream.flush()


def _pieces(file: BinaryIO, size: int) -> Iterable[bytes]:
    while size:
        piece = file.read(min(size, _AT_ONCE))
        if not piece:
            raise OSError("it became shorter while it was read")
        size -= len(piece)
        yield piece


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read a message, None where the other side has ended. Raises ValueError if it is none."""
    start = stream.read(_HEAD.size)
    if len(start) < _HEAD.size:
        return None
    length, more = _HEAD.unpack(start)
    if length > _MOST_FIELDS or length + more > _MOST:
        raise ValueError("the message is too long")
    head, data = stream.read(length), stream.read(more)
    if len(head) < length or len(data) < more:
        return None
    fields = json.loads(head)
    if not isinstance(fields, dict):
        raise TypeError("the message is no object")
    return fields, data
