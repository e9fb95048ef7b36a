"""Naming: the route that completes the names of what can be asked."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from index import clean_text
from ui.web.doors import Door
from ui.web.replies import reply_json
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.scopes import offers

DOORS = (Door("GET", "/names", query={"words": "(?s:.{0,80})"}),)


def names_route(holdings: HoldingsReader, indexing: Indexing) -> APIRouter:
    """Return the route of the names."""
    router = APIRouter()

    @router.get("/names", include_in_schema=False)
    def names(words: str = "") -> Response:
        library, entries = indexing.library, holdings.read(indexing.state).entries
        uploads, collections = str(library.uploads), library.collections()
        found = offers(entries, clean_text(words), uploads=uploads, collections=collections)
        return reply_json({"names": [one._asdict() for one in found]})

    return router
