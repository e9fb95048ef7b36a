"""The folders' routes: which are synced, one more that is named, one that is taken off.

Who names a folder has it read: that is for the person at this machine, and for nobody who comes by a token or a proxy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import PlainTextResponse, Response

from index import PinciteError
from ui.below import told
from ui.languages import counted, later, phrase, phrases
from ui.text import plural
from ui.web.guard.bodies import DeniedError
from ui.web.guard.doors import Door, Values
from ui.web.guard.names import is_loopback
from ui.web.parts.folders import ELSEWHERE
from ui.web.parts.progress import in_words
from ui.web.routes.documents import LONGEST_PATH
from ui.web.routes.replies import NO_STORE, reply_json
from ui.web.state.documents import shortened
from ui.web.state.folders import Folders, Synced
from ui.web.state.holdings import HoldingsReader

STATES = {
    "watched": later("watched"),
    "unwatched": later("not watched: what changes in it is read at the next start"),
    "unreadable": later("it can't be read now: what is indexed of it stays"),
    "gone": later("it is not there now: what is indexed of it stays"),
}
LEAVES = counted("{n} document leaves the library.", "{n} documents leave the library.")
BODY = 8 * LONGEST_PATH  # bytes: each character of a path may be escaped

FolderPath = Annotated[str, Body(embed=True)]


def _path(body: Values) -> Values:
    path = body.get("path")
    if not isinstance(path, str) or len(path) > LONGEST_PATH:
        raise DeniedError(400, "The request names no folder.")
    return {"path": path}


DOORS = (
    Door("GET", "/folders"),
    Door("POST", "/folders/add", BODY, read=_path),
    Door("POST", "/folders/off", BODY, read=_path),
)


def folders_route(folders: Folders, holdings: HoldingsReader, *, locked: bool) -> APIRouter:
    """Return the routes; `locked` says that who asks may not be at this machine: nothing is changed then."""
    router = APIRouter()

    def shown(request: Request, trouble: str = "") -> Response:
        state = folders.indexing.state
        listed = folders.list(holdings.read(state).entries)
        rows = [_row(one) for one in listed]
        elsewhere = not _is_here(request, locked=locked)
        return reply_json({"folders": rows, "at": in_words(state), "locked": elsewhere, "trouble": trouble})

    def change(request: Request, do: Callable[[], None]) -> Response:
        if not _is_here(request, locked=locked):
            return PlainTextResponse(phrase(ELSEWHERE), 403, headers=NO_STORE)
        trouble = ""
        try:
            do()
        except PinciteError as error:
            trouble = told(str(error))
        holdings.forget()
        return shown(request, trouble)

    @router.get("/folders", include_in_schema=False)
    def listed(request: Request) -> Response:
        return shown(request)

    @router.post("/folders/add", include_in_schema=False)
    def add(request: Request, path: FolderPath) -> Response:
        return change(request, lambda: folders.add(path))

    @router.post("/folders/off", include_in_schema=False)
    def take_off(request: Request, path: FolderPath) -> Response:
        return change(request, lambda: folders.take_off(path))

    return router


def _is_here(request: Request, *, locked: bool) -> bool:
    """Tell whether a request comes from the machine that it is sent to."""
    return not locked and request.client is not None and is_loopback(request.client.host)


def _row(folder: Synced) -> dict[str, Any]:
    """Return what is shown of a folder, and what is asked before it is taken off."""
    asks = [phrase("Take this folder off?"), phrases(*LEAVES, folder.documents), phrase("Your files stay.")]
    if folder.within:
        asks.append(phrase("Also taken off: {folders}", folders=", ".join(map(shortened, folder.within))))
    return {
        "path": folder.path,
        "name": shortened(folder.path),
        "said": f"{plural(folder.documents, 'document')} · {phrase(STATES[folder.state])}",
        "away": folder.state in ("gone", "unreadable"),
        "asks": " ".join(asks),
    }
