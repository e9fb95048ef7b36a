"""What the process that reads a file and the one that asked for it tell each other.

A message is a JSON object and bytes. No form is used that could run anything, as the reading process has to do with
hostile files: what comes from there is checked here like any other input.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from index.errors import DocumentRejectedError
from index.readers.members import UnpackedFile
from index.records import Document, Heading, Page

_HEAD = struct.Struct(">IQ")
_MOST = 2 << 30  # bytes of a message
_BOX = 16  # bytes of a character's box: four float32
_FILE = re.compile(r"\d{1,9}")  # what unpacked members are called


def send(stream: BinaryIO, fields: Mapping[str, Any], data: Sequence[bytes] = ()) -> None:
    """Write a message."""
    head = json.dumps(fields).encode()
    stream.write(_HEAD.pack(len(head), sum(map(len, data))) + head)
    for part in data:
        stream.write(part)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read a message, None where the other side has ended. Raises ValueError if it is none."""
    start = stream.read(_HEAD.size)
    if len(start) < _HEAD.size:
        return None
    length, more = _HEAD.unpack(start)
    if length + more > _MOST:
        raise ValueError("the message is too long")
    head, data = stream.read(length), stream.read(more)
    if len(head) < length or len(data) < more:
        return None
    fields = json.loads(head)
    if not isinstance(fields, dict):
        raise TypeError("the message is no object")
    return fields, data


def document_message(document: Document, members: Sequence[UnpackedFile]) -> tuple[dict[str, Any], list[bytes]]:
    """Return the message that holds a document and names its unpacked members."""
    boxes = [b"" if page.boxes is None else page.boxes.tobytes() for page in document.pages.values()]
    text = document.text.encode("utf-8", "surrogatepass")
    fields = {
        "doc_id": document.doc_id,
        "title": document.title,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "modified": document.modified,
        "missing": document.missing,
        "text": len(text),
        "headings": [[heading.level, heading.start, heading.end] for heading in document.headings],
        "pages": [
            [number, page.start, page.end, page.width, page.height, page.label, page.certainty, len(part)]
            for (number, page), part in zip(document.pages.items(), boxes, strict=True)
        ],
        "members": [[member.name, member.file.name] for member in members],
    }
    return fields, [text, *boxes]


def document_of(fields: Mapping[str, Any], data: bytes, *, path: str) -> Document:
    """Return the document of a message. Raises DocumentRejectedError if it is none that can be."""
    try:
        at = int(fields["text"])
        text = data[:at].decode("utf-8", "surrogatepass")
        pages: dict[int, Page] = {}
        for number, start, end, width, height, label, certainty, length in fields["pages"]:
            pages[int(number)] = _page(text, start, end, width, height, label, certainty, data[at : at + length])
            at += length
        return Document(
            doc_id=str(fields["doc_id"]),
            path=path,
            title=str(fields["title"]),
            media_type=str(fields["media_type"]),
            text=text,
            pages=pages,
            headings=tuple(_heading(text, *heading) for heading in fields["headings"]),
            sha256=str(fields["sha256"]),
            modified=float(fields["modified"]),
            missing=str(fields["missing"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DocumentRejectedError(f"what was read of it makes no sense ({error}): save it again") from error


def members_of(fields: Mapping[str, Any], folder: Path) -> list[UnpackedFile]:
    """Return the members that a message names, which lie in `folder`. Raises DocumentRejectedError if they don't."""
    found = []
    try:
        for name, file in fields["members"]:
            if not name or not _FILE.fullmatch(file):
                raise ValueError(f"{file} is no unpacked file")  # noqa: TRY301 - one reason for all that is wrong
            found.append(UnpackedFile(str(name), folder / file, (folder / file).stat().st_size))
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise DocumentRejectedError(f"what is in it makes no sense ({error}): save it again") from error
    return found


def _page(
    text: str, start: int, end: int, width: float, height: float, label: str, certainty: float | None, data: bytes
) -> Page:
    _check_span(text, start, end)
    boxes = np.frombuffer(data, dtype=np.float32).reshape(-1, 4) if data else None
    if data and len(data) != _BOX * (end - start):
        raise ValueError("boxes are missing")
    sure = None if certainty is None else float(certainty)
    if not all(map(math.isfinite, (width, height, sure or 0.0))):
        raise ValueError("a page has no size")
    return Page(start, end, float(width), float(height), boxes, str(label), sure)


def _heading(text: str, level: int, start: int, end: int) -> Heading:
    _check_span(text, start, end)
    return Heading(int(level), start, end)


def _check_span(text: str, start: int, end: int) -> None:
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(text)):
        raise ValueError(f"there is no span {start}:{end}")
