"""The documents' routes: the table of the library, page by page, and what is done with several documents at once.

What comes in are names of what the library holds; others are passed over. What goes out is JSON, words as text.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import Response

from index import PinciteError, clean_text
from ui.below import told
from ui.languages import later, phrase, phrases
from ui.places import capital, count_pages, kind_of, kind_of_file, title_of
from ui.text import plural
from ui.web.guard.bodies import DeniedError
from ui.web.guard.doors import Door, Values
from ui.web.parts.library import Places
from ui.web.parts.progress import OF_FILES
from ui.web.routes.replies import reply_json
from ui.web.state.documents import ADDED, MOST, PAGE, SORTS, DocumentsTable, Folder, Wanted, find, same_as, shortened
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.shelf import Move, Removal, Shelf, gone

if TYPE_CHECKING:
    from index import Collection, Entry

Paths = Annotated[list[str], Body(embed=True)]
Key = Annotated[str, Body(embed=True)]
PATHS_BYTES = 8 << 20
STATES = {"indexed": later("Ready"), "partial": later("Read in part"), "rejected": later("Not read")}
LONGEST_PATH = 4096


def _paths(body: Values) -> Values:
    paths = body.get("paths")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise DeniedError(400, "The request names no documents.")
    return {"paths": paths}


def _key(body: Values) -> Values:
    if not isinstance(body.get("key"), str):
        raise DeniedError(400, "The request names nothing to undo.")
    return {"key": body["key"]}


DOORS = (
    Door(
        "GET",
        "/documents",
        query={
            "words": "(?s:.{0,200})",
            "folder": f"(?s:.{{0,{LONGEST_PATH}}})",
            "tree": "[01]",
            "collection": "[0-9a-f]{0,32}",
            "sort": "|".join(SORTS),
            "falling": "[01]",
            "first": "[0-9]{1,6}",
            "count": "[0-9]{1,6}",
        },
    ),
    Door("POST", "/documents/remove", PATHS_BYTES, read=_paths),
    Door("POST", "/documents/again", PATHS_BYTES, read=_paths),
    Door("POST", "/documents/back", 256, read=_key),
)


def documents_route(shelf: Shelf, holdings: HoldingsReader, indexing: Indexing) -> APIRouter:
    """Return the routes of the documents."""
    router = APIRouter()
    library = indexing.library

    @router.get("/documents", include_in_schema=False)
    def table(
        words: str = "",
        folder: str = "",
        tree: bool = False,
        collection: str = "",
        sort: str = "title",
        falling: bool = False,
        first: int = 0,
        count: int = PAGE,
    ) -> Response:
        collections = library.collections()
        here = next((one for one in collections if one.collection_id == collection), None)
        paths = frozenset(here.paths) if here else None
        wanted = Wanted(clean_text(words), folder, paths, sort, falling, first, min(count, MOST))
        entries, uploads = holdings.read(indexing.state).entries, str(library.uploads)
        roots = list(dict.fromkeys([*library.roots(), uploads])) if tree else []
        found = find(entries, wanted, roots=roots)
        places, same = Places([entry.path for entry in entries], uploads), same_as(entries)
        return reply_json(
            {
                "rows": [_row(entry, places, same) for entry in found.entries],
                "found": found.found,
                "total": len(entries),
                "said": _said(found, len(entries), wanted),
                "none": _none(len(entries), here),
                "folders": [_folder(one, uploads) for one in found.folders],
                "above": [_folder(one, uploads) for one in found.above],
                "undoable": _undoable(shelf),
                "collections": [
                    {"id": one.collection_id, "name": one.name, "count": len(one.paths)} for one in collections
                ],
                "collection": here.collection_id if here else "",
            }
        )

    _change(router, shelf, holdings, indexing)
    return router


def _change(router: APIRouter, shelf: Shelf, holdings: HoldingsReader, indexing: Indexing) -> None:
    """Add the routes that do something with documents; each answers with what is wrong and what can be taken back."""

    def held() -> tuple[Entry, ...]:
        return holdings.read(indexing.state).entries

    def changed(trouble: str) -> Response:
        holdings.forget()
        return reply_json({"trouble": trouble, "undoable": _undoable(shelf)})

    @router.post("/documents/remove", include_in_schema=False)
    def remove(paths: Paths) -> Response:
        shelf.remove(paths, held())
        return changed(told(shelf.trouble))

    @router.post("/documents/back", include_in_schema=False)
    def back(key: Key) -> Response:
        try:
            lost = shelf.take_back(key)
        except PinciteError as error:
            return changed(told(str(error)))
        return changed(told(gone(lost)))

    @router.post("/documents/again", include_in_schema=False)
    def again(paths: Paths) -> Response:
        shelf.read_again(paths, held())
        return changed(told(shelf.trouble))


def _row(entry: Entry, places: Places, same: dict[str, str]) -> dict[str, Any]:
    """Return what is shown of a document."""
    name, is_copy = PurePath(entry.path).name, places.is_copy(entry.path)
    kind = kind_of(entry.media_type) if entry.media_type else kind_of_file(name)
    twin = phrase("The same as {file}", file=same[entry.path]) if entry.path in same else ""
    notes = [capital(told(entry.reason)), twin]
    return {
        "path": entry.path,
        "open": entry.doc_id,
        "title": title_of(entry),
        "file": name if name != title_of(entry) else "",
        "where": _where(entry.path, places),
        "copy": is_copy,
        "kind": phrase(kind.name),
        "pages": count_pages(entry.pages, kind.page) if entry.pages else "",
        "passages": entry.passages,
        "added": entry.added,
        "state": phrase(STATES[entry.state]),
        "ready": entry.state == "indexed",
        "notes": [note for note in notes if note],
    }


def _where(path: str, places: Places) -> str:
    """Say where a document lies: in a folder of the person's, in another file, or as a copy that was added."""
    held = places.held(path)
    if held:
        return capital(held)
    return phrase("Copy in Pincite") if places.is_copy(path) else shortened(str(PurePath(path).parent))


def _folder(folder: Folder, uploads: str) -> dict[str, Any]:
    name = phrase(ADDED) if folder.path == uploads else folder.name
    return {"path": folder.path, "name": name, "count": plural(folder.documents, "file")}


def _said(found: DocumentsTable, total: int, wanted: Wanted) -> str:
    if found.folders and not wanted.folder:
        return plural(total, "file")
    if found.found or wanted.folder or not wanted.words:
        return phrases(*OF_FILES, total, done=found.found) if found.found < total else plural(total, "file")
    return phrase("No document has these words in its title, name, type or path.")


def _none(total: int, here: Collection | None) -> str:
    """Say why the table is empty, "" if nothing is to be said of that; `here` is the collection that is shown."""
    if not total:
        return phrase("Nothing is here yet. Add documents, or drop them anywhere on this page.")
    if here is None or here.paths:
        return ""
    steps = {"all": phrase("All"), "add": phrase("Add to…")}
    return phrase("This collection is empty. Go to “{all}”, select documents there, and choose “{add}”.", **steps)


def _undoable(shelf: Shelf) -> list[dict[str, str]]:
    """Say what can be taken back, what was done last first."""
    return [{"key": one.key, "said": _told(one)} for one in shelf.undoable]


def _told(done: Removal | Move) -> str:
    count = len(done.paths)
    if isinstance(done, Move):
        return phrases(
            "{n} document was moved to {name}.", "{n} documents were moved to {name}.", count, name=done.name
        )
    if count == 1:
        return phrase("{file} was removed.", file=PurePath(done.paths[0]).name)
    return phrase("{n} documents were removed.", n=count)
