"""Caring: the routes by which the page tells how the installation and the library are, and has them checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from index import PinciteError
from ui.health import Finding, examine_installation, examine_library
from ui.settings import Settings
from ui.web.state.checking import Checking

if TYPE_CHECKING:
    from index import Library

NO_STORE = {"Cache-Control": "no-store"}


def care_routes(library: Library, settings: Callable[[], Settings]) -> APIRouter:
    """Return the routes; `settings` gives those that are in force."""
    router = APIRouter()
    checking = Checking(library)

    @router.get("/health", include_in_schema=False)
    def health() -> JSONResponse:
        found = examine_installation(settings())
        try:
            found += examine_library(library)
        except PinciteError as error:
            found.append(Finding("library", "fault", str(error)))
        return JSONResponse({"findings": [asdict(one) for one in found]}, headers=NO_STORE)

    @router.get("/health/check", include_in_schema=False)
    def how_far() -> JSONResponse:
        return JSONResponse(asdict(checking.state), headers=NO_STORE)

    @router.post("/health/check", include_in_schema=False)
    def check() -> JSONResponse:
        checking.start()
        return JSONResponse(asdict(checking.state), status_code=202, headers=NO_STORE)

    return router
