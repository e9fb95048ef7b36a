"""Replies: what a route of ours answers with, which no browser keeps: what is removed is gone from its files, too."""

from __future__ import annotations

from fastapi.responses import Response

from ui.web.guard.bodies import write_json

NO_STORE = {"Cache-Control": "no-store"}


def reply_json(value: object, status: int = 200) -> Response:
    """Return a value as JSON; halves of characters in it are replaced."""
    return Response(write_json(value), status, media_type="application/json", headers=NO_STORE)
