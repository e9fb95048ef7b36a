"""What the process that reads a file and the one that asked for it tell each other.

A message is a JSON object and bytes. No form is used that could run anything, as the reading process has to do with
hostile files: what comes from there is checked here like any other input.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from index.errors import DocumentRejectedError
from index.readers.archives.members import UnpackedFile
from index.readers.hidden import summed
from index.records import Document, Heading, LeftOut, Page
from index.text.passages import LONGEST_HEADING, MAX_CHARACTERS, Draft

LONGEST = 3600.0  # seconds for a file, however many pages it shows
MEMBERS = "members"  # the folder, in the reading process's own, in which it unpacks
_HEAD = struct.Struct(">IQ")
_MOST = 2 << 30  # bytes of a message
_MOST_FIELDS = 64 << 20  # bytes of what is parsed of it
_BOX = 16  # bytes of a character's box: four float32
_FILE = re.compile(r"\d{1,9}")  # what unpacked members are called
_AT_ONCE = 1 << 20  # bytes of a file that are sent in one piece
_KINDS = ("running", "hidden")  # of what is left out


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


def document_message(document: Document, *, with_boxes: bool = True) -> tuple[dict[str, Any], list[bytes]]:
    """Return the message that holds a document; `with_boxes` tells where its characters stand, too."""
    pages = document.pages.values()
    boxes = [b"" if page.boxes is None or not with_boxes else page.boxes.tobytes() for page in pages]
    text = document.text.encode("utf-8", "surrogatepass")
    fields = {
        "doc_id": document.doc_id,
        "title": document.title,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "modified": document.modified,
        "missing": document.missing,
        "left_out": [[one.kind, one.text, one.times, one.first, one.last] for one in document.left_out],
        "text": len(text),
        "headings": [[heading.level, heading.start, heading.end] for heading in document.headings],
        "pages": [
            [number, page.start, page.end, page.width, page.height, page.label, page.certainty, len(part)]
            for (number, page), part in zip(document.pages.items(), boxes, strict=True)
        ],
    }
    return fields, [text, *boxes]


def passages_message(drafts: Sequence[Draft]) -> dict[str, Any]:
    """Return the part of a message that holds passages: their headings, each once, and the passages' places."""
    headings = {heading: number for number, heading in enumerate(dict.fromkeys(draft.heading for draft in drafts))}
    places = [[draft.start, draft.end, headings[draft.heading], draft.page] for draft in drafts]
    return {"passages": places, "above": list(headings)}


def passages_of(fields: Mapping[str, Any], document: Document) -> list[Draft]:
    """Return the passages of a message. Raises DocumentRejectedError unless they tile the document."""
    drafts, end = [], 0
    try:
        above = [str(heading) for heading in fields["above"]]
        if max(map(len, above), default=0) > LONGEST_HEADING:
            raise ValueError("a heading is too long")  # noqa: TRY301 - one reason for all that is wrong
        for start, stop, heading, page in fields["passages"]:
            _check_span(document.text, start, stop)
            skips = start < end or bool(document.text[end:start].strip())
            if skips or not 0 < stop - start <= MAX_CHARACTERS or (page is not None and page not in document.pages):
                raise ValueError(f"there is no passage {start}:{stop}")  # noqa: TRY301
            drafts.append(Draft(start, stop, above[heading], page))
            end = stop
        if document.text[end:].strip():
            raise ValueError("text is in no passage")  # noqa: TRY301
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise DocumentRejectedError(f"its passages make no sense ({error}): save it again") from error
    return drafts


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
            left_out=_left_out(fields["left_out"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DocumentRejectedError(f"what was read of it makes no sense ({error}): save it again") from error


def members_message(members: Sequence[UnpackedFile]) -> dict[str, Any]:
    """Return the part of a message that names unpacked members."""
    return {"members": [[member.name, member.file.name] for member in members]}


def members_of(fields: Mapping[str, Any], source: Path, folder: Path) -> list[UnpackedFile]:
    """Return the members that a message names, moved from `source`, where they were unpacked, to `folder`.

    Raises DocumentRejectedError if they are not there, or no ordinary files.
    """
    found = []
    try:
        for name, file in fields["members"]:
            if not name or not _FILE.fullmatch(file):
                raise ValueError(f"{file} is no unpacked file")  # noqa: TRY301 - one reason for all that is wrong
            place = folder / file
            os.replace(source / file, place)  # first, so that what is looked at can't be changed any more
            seen = place.lstat()
            if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
                raise ValueError(f"{file} is no ordinary file")  # noqa: TRY301
            found.append(UnpackedFile(str(name), place, seen.st_size))
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


def _left_out(rows: Sequence[Any]) -> tuple[LeftOut, ...]:
    found = []
    for kind, text, times, first, last in rows:
        if kind not in _KINDS or times < 1 or not all(isinstance(one, int) for one in (times, first or 0, last or 0)):
            raise ValueError("what is left out is not told")
        found.append(LeftOut(kind, str(text), times, first, last))
    return summed(found)


def _heading(text: str, level: int, start: int, end: int) -> Heading:
    _check_span(text, start, end)
    return Heading(int(level), start, end)


def _check_span(text: str, start: int, end: int) -> None:
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(text)):
        raise ValueError(f"there is no span {start}:{end}")
