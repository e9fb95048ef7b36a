"""The server: Gradio's page at "/", the pages of documents as images, and what guards them both.

Gradio keeps what it takes for files in a folder of the system that everyone may know; here it gets one of our own.
Beside the guard, which lets no file through, the reading of files is turned off in Gradio itself as far as it can be.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
import threading
import weakref
import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse, Response
from gradio.themes import Base

from index import Conversations, PinciteError, SettingsError
from ui.languages import choose
from ui.places import has_images
from ui.preferences import Preferences
from ui.settings import Settings
from ui.web.bundle import bundle_routes
from ui.web.components import build_page
from ui.web.guard.connections import LARGEST_HEAD, EndingServer, PatientProtocol
from ui.web.guard.doors import page_doors
from ui.web.guard.guard import Guard
from ui.web.guard.names import LOCAL_HOSTS
from ui.web.line import Line
from ui.web.page import ChatPage
from ui.web.routes import collecting, documents, naming
from ui.web.routes.caring import care_routes, look
from ui.web.routes.collecting import collections_route
from ui.web.routes.documents import documents_route
from ui.web.routes.exporting import export_route
from ui.web.routes.folders import DOORS as FOLDERS
from ui.web.routes.folders import folders_route
from ui.web.routes.judging import DOORS as JUDGING
from ui.web.routes.judging import judging_route
from ui.web.routes.naming import names_route
from ui.web.routes.originals import original_route
from ui.web.routes.reading import DOOR as GONE
from ui.web.routes.reading import reading_route
from ui.web.routes.suggesting import DOOR as SUGGESTIONS
from ui.web.routes.suggesting import Suggesting, suggestions_route
from ui.web.routes.uploading import upload_route
from ui.web.state.folders import Folders
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.kept import Keeper
from ui.web.state.shelf import Shelf

if TYPE_CHECKING:
    from rag import Assistant

PAGE_WIDTH = 1400  # pixels: sharp in a panel of 700 on a screen of double density
# Of our own routers, beside those of the page.
DOORS = (*documents.DOORS, *naming.DOORS, *collecting.DOORS, *JUDGING, *FOLDERS, SUGGESTIONS, GONE)
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def create_app(
    assistant: Assistant,
    indexing: Indexing,
    *,
    examples: Sequence[str] = (),
    hosts: Sequence[str] = LOCAL_HOSTS,
    token: str = "",
    proxy: str = "",
    temporary: Path | None = None,
    kept: Conversations | None = None,
    preferences: Preferences | None = None,
    folders: Folders | None = None,
    suggests: bool = False,
) -> FastAPI:
    """Build the whole application, and begin to load the models.

    `hosts` are the names it answers to; `token`, if there is one, is asked for; `proxy` is the address whose
    X-Forwarded headers are believed. `temporary` is the folder for what Gradio writes; without it there is one that
    goes with the application. `kept` keeps the conversations, which everybody who reaches the page can read.
    `preferences` has the settings in force, `folders` what is watched. With `suggests` it makes questions of documents.
    """
    app = FastAPI(title="Pincite", docs_url=None, redoc_url=None, openapi_url=None)
    _confine_gradio(app, temporary)
    assistant.warm_up()
    preferences = preferences or Preferences(Settings(home=assistant.library.home))
    speaks = partial(_speaks, preferences)
    keeper = Keeper(kept, keeps=lambda: preferences.settings.keep == "all")
    line, shelf, holdings = Line(), Shelf(indexing), HoldingsReader(assistant.library)
    suggesting = Suggesting(assistant, indexing, busy=lambda: len(line) > 0)
    app.state.suggesting = suggesting
    if suggests:
        suggesting.start()
    told = (export_route(keeper), judging_route(keeper), suggestions_route(suggesting))
    care = care_routes(assistant, preferences, locked=bool(token))
    synced = folders_route(folders or Folders(indexing), holdings, locked=bool(token))
    for router in (*_library_routes(assistant, indexing, shelf=shelf, holdings=holdings), *told, care, synced):
        app.include_router(router)  # before the page, which takes every other path
    events = ChatPage(assistant, indexing, shelf, holdings, examples=examples, line=line, keeper=keeper, speaks=speaks)
    page = build_page(events)
    _mount(app, page)
    app.add_middleware(
        Guard,
        doors=(*page_doors(page), *DOORS),
        hosts=tuple(hosts),
        token=token,
        proxy=proxy,
        look=lambda: look(preferences.settings),
        speaks=speaks,
    )
    return app


def _speaks(preferences: Preferences, accepted: str) -> str:
    """Return the language to speak with who accepts these."""
    return choose(accepted, wanted=preferences.settings.language)


def _confine_gradio(app: FastAPI, temporary: Path | None) -> None:
    """Let Gradio tell nobody anything, and write to a folder of ours; without one it is made, and goes with `app`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # the page says it too; this is for whatever else of Gradio asks
    if temporary is None:
        temporary = Path(tempfile.mkdtemp(prefix="pincite-"))
        weakref.finalize(app, shutil.rmtree, temporary, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(temporary)  # read when components are made, and at each use


def _library_routes(
    assistant: Assistant, indexing: Indexing, *, shelf: Shelf, holdings: HoldingsReader
) -> list[APIRouter]:
    """Return the routes of the bundle, and of what is in the library."""
    library = assistant.library
    held = (documents_route(shelf, holdings, indexing), names_route(holdings, indexing))
    ours = [bundle_routes(), _files(assistant), upload_route(library, indexing)]
    return [*ours, *held, reading_route(library), original_route(library), collections_route(library, shelf)]


def _mount(app: FastAPI, page: gr.Blocks) -> None:
    """Mount the page with everything off that it does not need."""
    page.has_launched = True  # else Gradio takes any file for allowed that an event names
    for event in page.fns.values():
        event.preprocess = False  # the doors have checked the values; Gradio would print the trace of a wrong one
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=Base(font=SANS, font_mono=MONO),
        footer_links=[],
        blocked_paths=[Path.cwd().anchor],
        max_file_size=1,
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        favicon_path=None,
    )


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address. Raises `SettingsError` if it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends small parts at once; without it each answer waits 40 ms for the other side.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere it would let two programs have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is in use: name another one with --port") from error
        reason = error.strerror or str(error)
        raise SettingsError(f"{host}:{port} can't be served ({reason}): see --host and --port") from error
    return listener


def server_of(app: FastAPI) -> uvicorn.Server:
    """Return what serves the application: no proxy is believed but by the guard, no connection held for nothing."""
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,  # addresses of requests hold the names of sessions, and the token
        log_level="critical",  # the guard tells of faults, in a line; a page that is open at the end is none
        timeout_graceful_shutdown=1,  # open pages don't hold it up
    )
    return EndingServer(config)


def serve(app: FastAPI, listener: socket.socket, *, open_browser: str | None = None) -> None:
    """Serve at `listener` until interrupted; `open_browser` is the address to open in the person's browser."""
    if open_browser is not None:
        threading.Thread(target=webbrowser.open, args=(open_browser,), daemon=True).start()
    try:
        with listener:
            server_of(app).run(sockets=[listener])
    finally:
        app.state.suggesting.end()  # before the library is closed


def _files(assistant: Assistant) -> APIRouter:
    """Return the route of the pages of documents as images."""
    router = APIRouter()

    @router.get("/page/{doc_id}/{number}.png", include_in_schema=False)
    def page_image(doc_id: str, number: int) -> Response:
        # The id names a document of the library or nothing; the path comes from there, never from the address.
        try:
            document = assistant.library.document(doc_id)
            if number not in document.pages or not has_images(document):
                return PlainTextResponse("There is no such page.", status_code=404)
            image = assistant.library.page_image(doc_id, number, width=PAGE_WIDTH)
        except PinciteError as error:
            return PlainTextResponse(str(error), status_code=404)
        # Not kept anywhere: a document that is removed is gone from the browser's files as well.
        return Response(image, media_type="image/png", headers={"Cache-Control": "no-store"})

    return router
