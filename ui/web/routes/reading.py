"""Reading: the routes by which a page that is open asks for more of a document, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from ui.languages import phrase
from ui.web.guard.bodies import read_texts
from ui.web.guard.doors import Door
from ui.web.routes.replies import reply_json
from ui.web.state.around import glance
from ui.web.state.inside import find_words, outline, page_lines, preview

if TYPE_CHECKING:
    from index import Document, Library

_MOST_NAMED, _LONGEST = 200, 64  # documents that are asked about at once, and characters of an id
DOOR = Door("POST", "/gone", 2 * _MOST_NAMED * _LONGEST, read=lambda body: _read(body))


def reading_route(library: Library) -> APIRouter:
    """Return the routes of what is asked for of one document; an id that is none of the library says so."""
    router = APIRouter()

    @router.get("/glance/{doc_id}/{start}-{end}.json", include_in_schema=False)
    def cited(doc_id: str, start: int, end: int) -> Response:
        return reply_json(glance(library, doc_id, start, end))

    @router.post("/gone", include_in_schema=False)
    def gone(said: dict[str, Any]) -> Response:
        return reply_json(library.missing(said["documents"]))

    @router.get("/found/{doc_id}.json", include_in_schema=False)
    def found(doc_id: str, words: str = "") -> Response:
        return _of(doc_id, lambda document: find_words(document, words))

    @router.get("/outline/{doc_id}.json", include_in_schema=False)
    def headings(doc_id: str) -> Response:
        return _of(doc_id, outline)

    @router.get("/preview/{doc_id}.json", include_in_schema=False)
    def previewed(doc_id: str) -> Response:
        return _of(doc_id, preview)

    @router.get("/lines/{doc_id}/{number}.json", include_in_schema=False)
    def lines(doc_id: str, number: int) -> Response:
        return _of(doc_id, lambda document: page_lines(document, number))

    def _of(doc_id: str, look: Callable[[Document], object]) -> Response:
        document = library.find_document(doc_id)
        if document is None:
            return PlainTextResponse(phrase("This document is no longer in the library."), status_code=404)
        return reply_json(look(document))

    return router


def _read(body: dict[str, Any]) -> dict[str, Any]:
    """Return the ids of a request, the first of too many. Raises `DeniedError` if they are no texts."""
    return {"documents": read_texts(body, "documents", longest=_LONGEST)[:_MOST_NAMED]}
