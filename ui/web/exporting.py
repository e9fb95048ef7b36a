"""Exporting: the route by which a conversation is taken along as a file."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from ui.web.parts.export import FORMS, file_name
from ui.web.state.kept import Keeper


def export_route(keeper: Keeper) -> APIRouter:
    """Return the route of the conversations that are kept, each in three forms."""
    router = APIRouter()

    @router.get("/conversation/{here}.{kind}", include_in_schema=False)
    def export(here: str, kind: str) -> Response:
        name = keeper.name(here)
        if not name or kind not in FORMS:
            return PlainTextResponse("There is no such conversation.", status_code=404)
        media_type, write = FORMS[kind]
        place = f"attachment; filename*=UTF-8''{quote(file_name(name, kind))}"
        headers = {"Content-Disposition": place, "Cache-Control": "no-store"}
        return Response(write(name, keeper.read(here)).encode(), media_type=media_type, headers=headers)

    return router
