"""A real library of small real documents, and the real server over it, in this process."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import gradio.blocks
import numpy as np
import pytest
from browsing import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, Seen, shown, visit
from fastapi import FastAPI
from gradio.routes import App
from looping import in_a_loop
from numpy.typing import NDArray
from once import made_once
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from samples import FILLER, OCR, a_pdf, write_samples
from shelving import HARBOUR, started
from support import WordEncoder

from index import Conversations
from index.errors import SettingsError
from index.library import Library
from rag import Assistant, open_assistant
from ui.web.server import bind, create_app, server_of
from ui.web.state.indexing import Indexing

HOSTILE = '<img src=x onerror="window.hacked=1;alert(1)"> ${alert(2)} {{constructor}} </script><script>alert(3)'

expect.set_options(timeout=120_000)  # milliseconds: on a busy machine the page takes its time
EXAMPLES = ("Who keeps the lighthouse?", "How often must the filter be changed?", "<b>Bold</b>?", "${alert(4)}")


@dataclass(frozen=True)
class Served:
    """A running server: its address, the assistant behind it, what indexes, and the folder of its documents."""

    address: str
    assistant: Assistant
    indexing: Indexing
    app: FastAPI
    folder: Path
    hostile: str = HOSTILE


Serve = Callable[..., AbstractContextManager[Served]]
Keep = Callable[[Conversations], AbstractContextManager[Served]]


def write_documents(folder: Path) -> None:
    (folder / "harbour.md").write_text(
        "# The harbour handbook\n\n"
        + FILLER * 60
        + "## People\n\nThe lighthouse is kept by Marta Quill, who came to the harbour in 1987.\n\n"
        + FILLER * 60,
        encoding="utf-8",
    )
    (folder / "meadow.html").write_text(
        "<!doctype html><title>The meadow year</title><h1>The meadow year</h1>"
        "<p>The hay of the upper meadow is cut in the second week of July.</p>"
        "<p>Sheep graze there until the first snow falls in November.</p>",
        encoding="utf-8",
    )
    (folder / "recipe.txt").write_text(
        "Walnut bread\n\nKnead the dough for twelve minutes. Bake the bread for forty minutes at 210 degrees.\n",
        encoding="utf-8",
    )
    (folder / "manual.pdf").write_bytes(a_pdf(_manual()))
    (folder / "<img src=x onerror=alert(9)>.html").write_text(
        f"<!doctype html><title>{escape(HOSTILE)}</title><h1>{escape(HOSTILE)}</h1>"
        f"<p>The password of the robot Zebulon is {escape(HOSTILE)} and nothing else.</p>",
        encoding="utf-8",
    )


def _manual() -> list[list[str]]:
    idle = [f"Paragraph {number} says what the panels of the kettle are made of." for number in range(30)]
    care = ["Care", *idle[:20], "The filter of the kettle must be changed every nine weeks.", *idle[20:]]
    return [["Kettle manual", *idle], ["Use", *idle], care]


class Unserved:
    """Takes the place of Gradio's `App` where a page is made: its routes are made three times, and served once."""

    @staticmethod
    def create_app(blocks: gradio.blocks.Blocks, **_: object) -> App:
        app = App()
        app.configure_app(blocks)
        return app


@pytest.fixture(scope="session", autouse=True)
def routes_once() -> Iterator[None]:
    """Make only those of Gradio's routes that are served, which is most of what a page takes to be made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradio.blocks, "App", Unserved)
        yield


async def _create(assistant: Assistant, indexing: Indexing, **options: Any) -> FastAPI:
    # Where no event loop runs, Gradio makes one for each of its locks and never closes it.
    return create_app(assistant, indexing, examples=EXAMPLES, **options)


PORTS: list[int] = []  # of the servers that have ended


def listen() -> socket.socket:
    """Listen where a server has ended, if it can be: what its pages have loaded, the browser still has."""
    while PORTS:
        with contextlib.suppress(SettingsError):  # another program's meanwhile
            return bind("127.0.0.1", PORTS.pop())
    return bind("127.0.0.1", 0)


@contextmanager
def serving(
    assistant: Assistant, indexing: Indexing, folder: Path, kept: Conversations | None = None, **options: Any
) -> Iterator[Served]:
    """Serve a library whose documents are in `folder`; the other options are those of `create_app`."""
    app = in_a_loop(_create(assistant, indexing, kept=kept, **options))
    listener = listen()
    port = listener.getsockname()[1]
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{port}/", assistant, indexing, app, folder)
    server.should_exit = True
    thread.join(10)
    if not thread.is_alive():
        PORTS.append(port)


@contextmanager
def indexed_once(
    factory: pytest.TempPathFactory, name: str, write: Callable[[Path], None]
) -> Iterator[tuple[Assistant, Indexing, Path]]:
    """Open a home of this process's own, which holds the documents that are written, with what asks and indexes."""

    def make(folder: Path) -> None:
        (folder / "documents").mkdir()
        write(folder / "documents")
        with indexed(folder / "home", folder / "documents"):
            pass

    folder = made_once(factory, name, make)
    home = Path(shutil.copytree(folder / "home", factory.mktemp("home") / name))
    with indexed(home, folder / "documents") as (assistant, indexing):
        yield assistant, indexing, folder / "documents"


@contextmanager
def indexed(home: Path, folder: Path) -> Iterator[tuple[Assistant, Indexing]]:
    assistant = open_assistant(home)
    indexing = Indexing(assistant.library)
    indexing.start([folder])
    assert indexing.wait(600)
    assert not indexing.state.error
    yield assistant, indexing
    assistant.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with indexed_once(tmp_path_factory, "few", write_documents) as made, serving(*made) as running:
        yield running


@pytest.fixture
def keep(served: Served) -> Keep:
    """Start another server over the same library, which keeps conversations where it is told to."""
    return lambda kept: serving(served.assistant, served.indexing, served.folder, kept)


@pytest.fixture(scope="session")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a library with a document of each format."""
    write = partial(write_samples, pictures=OCR)
    with indexed_once(tmp_path_factory, "formats", write) as made, serving(*made) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        # The session that `visit` opens pages in. One stays open, so that the others open as tabs of its window: a
        # window costs as much as the page in it.
        browser.new_context().new_page()
        yield browser
        browser.close()


class GatedEncoder(WordEncoder):
    """Waits before a batch is embedded, once it has embedded `free` of them, until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.free = 0
        self.go_on = threading.Event()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.free -= 1
        if self.free < 0:
            assert self.go_on.wait(600)
        return super().embed_passages(texts)


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
def one_thing_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is embedded while files are read, however slowly: the batches are whole ones."""
    monkeypatch.setattr("index.sync.intake._IDLE", 600)


@pytest.fixture
def indexing(library: Library, encoder: GatedEncoder) -> Iterator[Indexing]:
    """The indexing of an empty library, with an encoder that waits."""
    indexing = Indexing(library)
    yield indexing
    indexing.stop()
    encoder.go_on.set()
    assert indexing.wait(600)


@pytest.fixture
def serve() -> Serve:
    """Start a server over a library of the test's own."""
    return serving


@pytest.fixture
def working(indexing: Indexing, library: Library, tmp_path: Path) -> Iterator[Served]:
    """A server whose indexing the test leads: 320 documents of one passage wait in its folder."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(320):
        (folder / f"{number:03}.txt").write_text(f"Volume {number}\n\nDocument {number} says this.", encoding="utf-8")
    with serving(Assistant(library), indexing, folder) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session on the page; every request must stay here and nothing may fail."""
    with visit(browser, viewport=getattr(request, "param", DESKTOP)) as page:
        seen = Seen(page)
        shown(page, served.address)
        yield page
        assert page.evaluate("window.hacked") is None
    assert [url for url in seen.requests if not url.startswith((served.address, "data:"))] == []


@pytest.fixture
def session(browser: Browser, working: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session on the page of a library that is being indexed, at the library."""
    with visit(browser, viewport=getattr(request, "param", DESKTOP), color_scheme="dark") as page:
        page.goto(working.address)
        expect(page.locator("#overview .counts")).to_be_attached()
        if page.viewport_size == PHONE:
            page.locator("#unfold").click()
        yield page


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which nothing may fail, and from which none opens."""
    options = getattr(request, "param", {})
    with visit(browser, **options) as page:
        before = page.context.pages
        yield page
        assert page.context.pages == before


@pytest.fixture
def shelf(serve: Serve, tmp_path: Path) -> Iterator[Served]:
    """A server over a library of one document, with a home of its own."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    with started(serve, tmp_path / "home", folder) as running:
        yield running


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path)) as opened:
        yield opened


@pytest.fixture
def keeping(keep: Keep, kept: Conversations) -> Iterator[Served]:
    """A server that keeps conversations."""
    with keep(kept) as running:
        yield running


@pytest.fixture
def context(browser: Browser, keeping: Served, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """The browser session, in whose pages nothing may fail; they are closed before the server is."""
    context = browser.contexts[0]
    opened: list[Page] = []
    pages: list[Seen] = []

    def note(page: Page) -> None:
        page.set_viewport_size(getattr(request, "param", DESKTOP))
        page.set_default_timeout(120_000)
        opened.append(page)
        pages.append(Seen(page))

    context.on("page", note)
    yield context
    context.remove_listener("page", note)
    for page in opened:
        page.close()
    assert [trouble for page in pages for trouble in page.troubles] == []
