"""Reading: the routes by which a page that is open asks for more of a document, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from ui.web.bodies import write_json
from ui.web.state.around import glance

if TYPE_CHECKING:
    from index import Library


def reading_route(library: Library) -> APIRouter:
    """Return the routes of what is asked for of one document; an id that is none of the library says so."""
    router = APIRouter()

    @router.get("/glance/{doc_id}/{start}-{end}.json", include_in_schema=False)
    def cited(doc_id: str, start: int, end: int) -> Response:
        return _json(glance(library, doc_id, start, end))

    return router


def _json(value: object) -> Response:
    # Not kept anywhere: a document that is removed is gone from the browser's files as well.
    return Response(write_json(value), media_type="application/json", headers={"Cache-Control": "no-store"})
