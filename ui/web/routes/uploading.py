"""Uploading: the route by which files are added on the page. A name and bytes come in, a file of the library comes out.

The bytes are written to the disk as they come. The guard has seen to who sends them, how many they may be, and that
they come in time; what of the name counts, and whether there is room, `index` decides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from index import PinciteError
from ui.below import told
from ui.languages import phrase
from ui.web.guard.bodies import ClientGoneError, DeniedError
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from pathlib import Path

    from index import Library

AT_ONCE = 4  # files that are received at a time; the page sends two
_WRITTEN_AT_ONCE = 1 << 20  # bytes


def upload_route(library: Library, indexing: Indexing) -> APIRouter:
    """Return the route: it answers when the file is whole on the disk, and indexing it has begun."""
    router = APIRouter()
    receiving: set[Request] = set()

    @router.post("/upload", include_in_schema=False)
    async def upload(request: Request, name: str = "") -> Response:
        if len(receiving) >= AT_ONCE:
            return _refuse(phrase("Too many files are being received: add it again in a moment."), 429)
        receiving.add(request)
        try:
            place = await _receive(library, request, name)
        except DeniedError as denied:
            return _refuse(told(str(denied)), denied.status)
        except PinciteError as error:
            return _refuse(told(str(error)), 422)
        except ClientGoneError:
            return _refuse("It did not come whole.", 400)  # which nobody hears
        finally:
            receiving.discard(request)
        indexing.add(place)
        return JSONResponse({"name": place.name}, status_code=201)

    return router


async def _receive(library: Library, request: Request, name: str) -> Path:
    """Return where the file is, once it is whole. Raises `PinciteError` if it can't be taken."""
    size = int(request.headers.get("content-length", "0"))
    with await run_sync(lambda: library.upload(name, size=size)) as upload:
        if not size:
            raise DeniedError(400, f"{upload.name} is empty: there is nothing to read in it.")
        async for part in _parts(request):
            await run_sync(upload.write, part)
        return await run_sync(upload.keep)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    """Yield a body in parts that are worth a write. Raises `ClientGoneError` if it ends before it is whole."""
    held = bytearray()
    try:
        async for part in request.stream():
            held += part
            if len(held) >= _WRITTEN_AT_ONCE:
                yield bytes(held)
                held.clear()
    except ClientDisconnect:
        raise ClientGoneError from None
    yield bytes(held)


def _refuse(reason: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store", "Connection": "close"}  # the rest of the body is not read
    return PlainTextResponse(reason, status_code=status, headers=headers)
