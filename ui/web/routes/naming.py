"""Naming: the route that completes the names of what can be asked."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from index import clean_text
from ui.languages import language
from ui.web.guard.doors import Door
from ui.web.routes.replies import reply_json
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.scopes import Offer, offered, offered_collections, offers

DOORS = (Door("GET", "/names", query={"words": "(?s:.{0,80})"}),)


def names_route(holdings: HoldingsReader, indexing: Indexing) -> APIRouter:
    """Return the route of the names."""
    router = APIRouter()
    library = indexing.library
    # By language and the version of the holdings: of 20,000 files they take over a second.
    kept: dict[str, tuple[int, list[Offer]]] = {}

    @router.get("/names", include_in_schema=False)
    def names(words: str = "") -> Response:
        held = holdings.read(indexing.state)
        version, known = kept.get(language(), (-1, []))
        if version != held.version:
            known = list(offered(held.entries, uploads=str(library.uploads)))
            kept[language()] = (held.version, known)
        found = offers([*offered_collections(library.collections()), *known], clean_text(words))
        return reply_json({"names": [one._asdict() for one in found]})

    return router
