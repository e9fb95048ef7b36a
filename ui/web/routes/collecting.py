"""Collecting: the routes by which collections are made, renamed, ordered, deleted, filled and emptied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response

from index import PinciteError, clean_text
from ui.below import told
from ui.web.guard.bodies import DeniedError
from ui.web.guard.doors import Door, Values
from ui.web.routes.replies import reply_json
from ui.web.state.documents import LONGEST_NAME
from ui.web.state.shelf import Shelf

if TYPE_CHECKING:
    from index import Library

Text = Annotated[str, Body(embed=True)]
Paths = Annotated[list[str], Body(embed=True)]
SMALL, LARGE = 4096, 8 << 20  # bytes


def _reads(*texts: str, paths: bool = False) -> Callable[[Values], Values]:
    """Return what reads a body of texts, and of paths if there are any."""

    def read(body: Values) -> Values:
        found = {name: body.get(name) for name in (*texts, *(["paths"] if paths else []))}
        listed = found.get("paths", [])
        sound = isinstance(listed, list) and all(isinstance(path, str) for path in listed)
        if not sound or not all(isinstance(found[name], str) for name in texts):
            raise DeniedError(400, "The request is not as it must be.")
        return found

    return read


DOORS = (
    Door("POST", "/collections/make", LARGE, read=_reads("name", paths=True)),
    Door("POST", "/collections/rename", SMALL, read=_reads("id", "name")),
    Door("POST", "/collections/delete", SMALL, read=_reads("id")),
    Door("POST", "/collections/put", LARGE, read=_reads("id", paths=True)),
    Door("POST", "/collections/shift", SMALL, read=_reads("id", "by")),
    Door("POST", "/collections/move", LARGE, read=_reads("id", "to", paths=True)),
    Door("POST", "/collections/out", LARGE, read=_reads("id", paths=True)),
)


def collections_route(library: Library, shelf: Shelf) -> APIRouter:
    """Return the routes of the collections; each answers with what is wrong, and the collection that is meant."""
    router = APIRouter()

    @router.post("/collections/make", include_in_schema=False)
    def make(name: Text, paths: Paths) -> Response:
        def do() -> str:
            made = library.make_collection(_checked(library, name))
            library.collect(made, paths)
            return made

        return _done(do)

    @router.post("/collections/rename", include_in_schema=False)
    def rename(id: Text, name: Text) -> Response:
        return _done(lambda: library.rename_collection(id, _checked(library, name, but=id)))

    @router.post("/collections/delete", include_in_schema=False)
    def delete(id: Text) -> Response:
        return _done(lambda: library.delete_collection(id))

    @router.post("/collections/put", include_in_schema=False)
    def put(id: Text, paths: Paths) -> Response:
        return _done(lambda: library.collect(id, paths))

    @router.post("/collections/out", include_in_schema=False)
    def out(id: Text, paths: Paths) -> Response:
        return _done(lambda: library.take_out(id, paths))

    @router.post("/collections/shift", include_in_schema=False)
    def shift(id: Text, by: Text) -> Response:
        return _done(lambda: library.order_collections(_shifted(library, id, -1 if by == "-1" else 1)))

    @router.post("/collections/move", include_in_schema=False)
    def move(id: Text, to: Text, paths: Paths) -> Response:
        return _done(lambda: shelf.move(id, to, paths))

    return router


def _shifted(library: Library, collection_id: str, by: int) -> list[str]:
    """Return the ids of the collections in their order, but for one that is so many places further on."""
    ids = [one.collection_id for one in library.collections()]
    if collection_id in ids:
        place = ids.index(collection_id)
        ids.insert(max(0, place + by), ids.pop(place))
    return ids


def _checked(library: Library, name: str, *, but: str = "") -> str:
    """Return a name as it is kept. Raises `PinciteError` if it is empty, or another collection has it."""
    name = " ".join(clean_text(name).split())[:LONGEST_NAME]
    if not name:
        raise PinciteError("A collection needs a name.")
    if any(one.name.casefold() == name.casefold() and one.collection_id != but for one in library.collections()):
        raise PinciteError(f"There is a collection {name} already: give it another name.")
    return name


def _done(do: Callable[[], str | None]) -> Response:
    trouble = made = ""
    try:
        made = do() or ""
    except PinciteError as error:
        trouble = told(str(error))
    return reply_json({"trouble": trouble, "id": made})
