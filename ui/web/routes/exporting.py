"""Exporting: the route by which a conversation is taken along as a file."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from index import SettingsError
from ui.below import told
from ui.languages import phrase
from ui.web.parts.forms import FORMS, file_name, offered
from ui.web.state.kept import Keeper


def export_route(keeper: Keeper) -> APIRouter:
    """Return the route of the conversations that are kept, each in the forms that can be written here."""
    router = APIRouter()

    @router.get("/conversation/{here}.{ending}", include_in_schema=False)
    def export(here: str, ending: str) -> Response:
        name = keeper.name(here)
        if not name or ending not in offered():
            return PlainTextResponse(phrase("There is no such conversation."), status_code=404)
        form = FORMS[ending]
        try:
            data = form.write(name, keeper.read(here))
        except SettingsError as error:
            return PlainTextResponse(told(str(error)), status_code=404)
        place = f"attachment; filename*=UTF-8''{quote(file_name(name, ending))}"
        headers = {"Content-Disposition": place, "Cache-Control": "no-store"}
        return Response(data, media_type=form.media_type, headers=headers)

    return router
