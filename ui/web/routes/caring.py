"""Caring: the routes by which the page tells how all is, has the library checked, and has settings changed.

Where a token is asked for, several people share the page: the settings are shown to them, and not changed by them.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from index import PinciteError, SettingsError
from rag import open_checker
from ui.below import told
from ui.health import Finding, examine_installation, examine_language_model, examine_library
from ui.keys import key_source
from ui.languages import later, phrase
from ui.preferences import AT_NEXT_START, Preferences
from ui.setting_rows import Group
from ui.settings import DEFAULTS, Settings, form_fields, model_server, model_use
from ui.web.routes.replies import NO_STORE, reply_json
from ui.web.state.checking import Checking, CheckingState

if TYPE_CHECKING:
    from rag import Assistant

_ELSEWHERE = later("Settings are changed where Pincite was started.")
_FLAG = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")


def care_routes(assistant: Assistant, preferences: Preferences, *, locked: bool) -> APIRouter:
    """Return the routes; `locked` says that settings are not changed here."""
    router = APIRouter()
    library, checking = assistant.library, Checking(assistant.library)

    @router.get("/health", include_in_schema=False)
    def health() -> Response:
        found = examine_installation(preferences.settings)
        try:
            found += examine_library(library)
        except PinciteError as error:
            found.append(Finding("library", "fault", told(str(error))))
        return reply_json({"findings": [_finding(one) for one in found]})

    @router.get("/health/check", include_in_schema=False)
    def how_far() -> Response:
        return reply_json(_told(checking.state))

    @router.post("/health/check", include_in_schema=False)
    def check() -> Response:
        checking.start()
        return reply_json(_told(checking.state), 202)

    @router.get("/settings", include_in_schema=False)
    def settings() -> Response:
        return reply_json(_shown(preferences, locked=locked))

    @router.post("/settings", include_in_schema=False)
    async def change(request: Request) -> Response:
        if locked:
            return PlainTextResponse(phrase(_ELSEWHERE), 403, headers=NO_STORE)
        body = await request.json()  # which its door has checked
        before = preferences.settings
        try:
            after = await run_in_threadpool(preferences.change, body["name"], body["value"])
        except SettingsError as error:
            return PlainTextResponse(_on_page(told(str(error))), 422, headers=NO_STORE)
        if any(getattr(after, name) != getattr(before, name) for name in _of_answers()):
            await run_in_threadpool(_set_up, assistant, after, before)
        return reply_json(_shown(preferences, locked=locked))

    @router.post("/settings/model", include_in_schema=False)
    def try_model() -> Response:
        if locked:
            return PlainTextResponse(phrase(_ELSEWHERE), 403, headers=NO_STORE)
        return reply_json(_finding(examine_language_model(preferences.settings)))

    return router


def _finding(found: Finding) -> dict[str, str]:
    return {name: _on_page(said) for name, said in asdict(found).items()}


def _on_page(said: str) -> str:
    """Return what is said with the command line's flags named as the fields of the page's settings are."""
    fields = form_fields()

    def named(flag: re.Match[str]) -> str:
        field = fields.get(flag[1].replace("-", "_"))
        return f"“{phrase(field.label)}”" if field else flag[0]

    return _FLAG.sub(named, said)


def _of_answers() -> list[str]:
    """Return the settings that the assistant answers by."""
    return [name for name, one in form_fields().items() if one.group in (Group.ANSWERS, Group.LANGUAGE_MODEL)]


def _set_up(assistant: Assistant, settings: Settings, before: Settings) -> None:
    """Answer as is set, from the next question on; a checker that is in memory stays there.

    One that is named on the page runs no code of its own, whatever was allowed to the one that Pincite started with.
    """
    assistant.set_up(
        reader=settings.reader,
        refusal=settings.refusal,
        server=model_server(settings),
        use=model_use(settings),
        checker=open_checker(settings.checker) if settings.checker != before.checker else None,
    )


def _told(state: CheckingState) -> dict[str, Any]:
    """Return how far a check is, its words in the language that is spoken."""
    return {**asdict(state), "problems": [told(one) for one in state.problems], "error": told(state.error)}


def look(settings: Settings) -> str:
    """Return the attributes that tell the page how it is to look; both values are of a list."""
    return f'data-theme="{settings.theme}" data-text="{settings.text}"'


def _shown(preferences: Preferences, *, locked: bool) -> dict[str, Any]:
    rows = [
        {
            "name": name,
            "value": str(getattr(preferences.settings, name)),
            "default": str(DEFAULTS[name]),
            "fixed": preferences.fixed.get(name, ""),
            "later": name in AT_NEXT_START,
        }
        for name in form_fields()
    ]
    key = phrase(key_source(preferences.settings.llm, os.environ))  # where it comes from: it is never shown
    home = str(preferences.settings.home)
    return {"settings": rows, "home": home, "locked": locked, "key": key}
