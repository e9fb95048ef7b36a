"""Originals: the route by which the file that a document was read from is taken along, and never shown.

An address names a document of the library, never a file. What is sent is what was read: the bytes are compared with
the digest of that time first, so that no other file comes out that has taken the place, as a link to it might.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from index import PinciteError
from ui.below import told
from ui.languages import phrase

if TYPE_CHECKING:
    from index import Library

BLOCK = 1 << 20
# What there is of these depends on the system.
FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def original_route(library: Library) -> APIRouter:
    """Return the route of the originals; a document inside of a file comes with all of that file."""
    router = APIRouter()

    @router.get("/original/{doc_id}", include_in_schema=False)
    def original(doc_id: str) -> Response:
        try:
            path, file = open_original(library, doc_id)
        except (PinciteError, OSError) as error:
            reason = told(str(error)) if isinstance(error, PinciteError) else phrase("The file can't be read any more.")
            return PlainTextResponse(reason, status_code=404)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.name, safe='', errors='replace')}",
            "Content-Length": str(os.fstat(file.fileno()).st_size),
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_blocks(file), media_type="application/octet-stream", headers=headers)

    return router


def open_original(library: Library, doc_id: str) -> tuple[Path, BinaryIO]:
    """Open the file of a document. Raises `PinciteError` if it is not (any more) what was read, `OSError` if it can't.

    A pipe or a device is not waited for: it is no file that was read.
    """
    document = library.document(doc_id)
    path = library.file_of(document.path)
    known = {entry.path: entry.sha256 for entry in library.entries()}
    digest = known.get(str(path)) if path else None
    if path is None or not digest:
        raise PinciteError("The file is no longer where it was.")
    file = open(os.open(path, FLAGS), "rb")  # noqa: SIM115 - it is closed when sent
    with contextlib.ExitStack() as stack:
        stack.enter_context(file)
        same = hashlib.file_digest(file, "sha256").hexdigest() == digest
        file.seek(0)
        if same:
            stack.pop_all()
    if not same:
        raise PinciteError("The file has changed since it was indexed: index its folder again.")
    return path, file


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block
