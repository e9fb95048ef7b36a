"""Adding files to a library of one document on the page: what the tests of the library and of sending share."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from rag import open_assistant
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import Serve, Served

HARBOUR = "The harbour\n\nThe lighthouse of the harbour is kept by Marta Quill, who came there in 1987.\n"
OWL = "The owl of the mill\n\nThe owl of the mill is called Archibald, and it hunts near the weir.\n"
DROP = """([place, files]) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  const target = document.querySelector(place);
  return ["dragenter", "dragover", "drop"].map((kind) => {
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
    return target.dispatchEvent(event);
  });
}"""


def started(serve: Serve, home: Path, folder: Path) -> AbstractContextManager[Served]:
    """Start as `pincite FOLDER` does."""
    assistant = open_assistant(home)
    indexing = Indexing(assistant.library)
    added = [assistant.library.uploads] if assistant.library.uploads.is_dir() else []
    indexing.start([folder, *added])
    assert indexing.wait(600)
    return Closing(assistant.close, serve(assistant, indexing, folder))


class Closing(AbstractContextManager["Served"]):
    """A server that closes what it is over when it ends."""

    def __init__(self, close: Callable[[], None], serving: AbstractContextManager[Served]) -> None:
        self._close, self._serving = close, serving

    def __enter__(self) -> Served:
        return self._serving.__enter__()

    def __exit__(self, *error: object) -> None:
        self._serving.__exit__(*error)  # type: ignore[arg-type]
        self._close()


def shown(page: Page, served: Served, *, documents: int = 1) -> Page:
    page.goto(served.address)
    expect(page.locator("#library .documents li")).to_have_count(documents)
    return page


def drop(page: Page, *files: tuple[str, str], on: str = "#talk") -> list[bool]:
    """Drop files; return whether the browser would still do with each event what it does by itself."""
    found = page.evaluate(DROP, [on, [list(file) for file in files]])
    assert isinstance(found, list)
    return found


def added(page: Page, name: str) -> re.Pattern[str]:
    """Wait until it is said of a file what became of it."""
    item = page.locator("#activity .added li").filter(has_text=name).first  # another may be said to be the same as it
    expect(item.locator(".about").first).to_have_text(re.compile(r"passage|Not added"))
    return re.compile(item.inner_text())
