"""How a document, its passages and what was unpacked are packed into a message, and checked when they come out of one.

Where they come from has to do with hostile files: what makes no sense is the file's fault, and costs this file only.
"""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import DocumentRejectedError
from index.readers.archives.members import UnpackedFile
from index.readers.hidden import summed
from index.records import Document, Heading, LeftOut, Page
from index.text.passages import LONGEST_HEADING, MAX_CHARACTERS, Draft

_BOX = 16  # bytes of a character's box: four float32
_FILE = re.compile(r"\d{1,9}")  # what unpacked members are called
_KINDS = ("running", "hidden")  # of what is left out


def document_message(document: Document, *, with_boxes: bool = True) -> tuple[dict[str, Any], list[bytes]]:
    """Return the fields and bytes that hold a document; `with_boxes` tells where its characters stand, too."""
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
    """Return the fields that hold passages: their headings, each once, and the passages' places."""
    headings = {heading: number for number, heading in enumerate(dict.fromkeys(draft.heading for draft in drafts))}
    places = [[draft.start, draft.end, headings[draft.heading], draft.page] for draft in drafts]
    return {"passages": places, "above": list(headings)}


def passages_of(fields: Mapping[str, Any]) -> list[Draft]:
    """Return the passages that fields hold, of whatever text. Raises DocumentRejectedError if they hold none."""
    try:
        above = [str(heading) for heading in fields["above"]]
        if max(map(len, above), default=0) > LONGEST_HEADING:
            raise ValueError("a heading is too long")  # noqa: TRY301 - one reason for all that is wrong
        return [Draft(start, end, above[heading], page) for start, end, heading, page in fields["passages"]]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _no_passages(error) from error


def check_passages(passages: Sequence[Draft], document: Document) -> None:
    """Raise DocumentRejectedError unless passages tile the document."""
    end = 0
    try:
        for passage in passages:
            start, stop, page = passage.start, passage.end, passage.page
            _check_span(document.text, start, stop)
            skips = start < end or bool(document.text[end:start].strip())
            if skips or not 0 < stop - start <= MAX_CHARACTERS or (page is not None and page not in document.pages):
                raise ValueError(f"there is no passage {start}:{stop}")  # noqa: TRY301
            end = stop
        if document.text[end:].strip():
            raise ValueError("text is in no passage")  # noqa: TRY301
    except (TypeError, ValueError) as error:
        raise _no_passages(error) from error


def _no_passages(error: Exception) -> DocumentRejectedError:
    return DocumentRejectedError(f"its passages make no sense ({error}): save it again")


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


def members_of(named: Sequence[tuple[str, str]], source: Path, folder: Path) -> list[UnpackedFile]:
    """Return the members that a message names (name, file), moved from `source`, where they were unpacked, to `folder`.

    Raises DocumentRejectedError if they are not there, or no ordinary files.
    """
    found = []
    try:
        for name, file in named:
            if not name or not _FILE.fullmatch(file):
                raise ValueError(f"{file} is no unpacked file")  # noqa: TRY301 - one reason for all that is wrong
            place = folder / file
            os.replace(source / file, place)  # first, so that what is looked at can't be changed any more
            seen = place.lstat()
            if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
                raise ValueError(f"{file} is no ordinary file")  # noqa: TRY301
            found.append(UnpackedFile(name, place, seen.st_size))
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
