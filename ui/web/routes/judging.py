"""Judging: the routes by which a person says of an answer whether it is right, and the page asks what was said."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from index import Judgement, PinciteError, clean_text
from ui.below import told
from ui.web.guard.bodies import DeniedError
from ui.web.guard.doors import Door
from ui.web.routes.replies import NO_STORE, reply_json
from ui.web.state.kept import Keeper

CONVERSATION = r"[0-9a-f]{32}"
LONGEST_COMMENT = 2000
BODY_BYTES = 16 * 1024  # the longest comment, each of its characters escaped, and room
VERDICTS = ("right", "wrong", "")  # the last takes back what was said

DOORS = (
    Door("GET", f"/judgements/{CONVERSATION}"),
    Door("POST", f"/judgements/{CONVERSATION}", BODY_BYTES, read=lambda body: _read(body)),
)


def judging_route(keeper: Keeper) -> APIRouter:
    """Return the routes of what is said of answers."""
    router = APIRouter()

    @router.get("/judgements/{here}", include_in_schema=False)
    def judgements(here: str) -> Response:
        try:
            said = keeper.judgements(here)
        except PinciteError as error:
            return _fail(error)
        told = {str(number): {"verdict": one.verdict, "comment": one.comment} for number, one in said.items()}
        return reply_json(told)

    @router.post("/judgements/{here}", include_in_schema=False)
    def judge(here: str, said: dict[str, Any]) -> Response:
        judgement = Judgement(said["verdict"], clean_text(said["comment"]).strip()) if said["verdict"] else None
        try:
            keeper.judge(here, said["turn"], judgement)
        except PinciteError as error:
            return _fail(error)
        return Response(status_code=204, headers=NO_STORE)

    return router


def _read(body: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of an answer, checked. Raises `DeniedError` if it is not as it must be."""
    turn, verdict, comment = body.get("turn"), body.get("verdict"), body.get("comment", "")
    if not isinstance(turn, int) or isinstance(turn, bool) or not 0 <= turn < 1 << 31:
        raise DeniedError(400, "The request's turn is no number of one.")
    if verdict not in VERDICTS:
        raise DeniedError(400, "An answer is right or wrong.")
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT:
        raise DeniedError(400, f"A comment has at most {LONGEST_COMMENT} characters.")
    return {"turn": turn, "verdict": verdict, "comment": comment}


def _fail(error: PinciteError) -> Response:
    return PlainTextResponse(told(str(error)), status_code=500, headers=NO_STORE)
