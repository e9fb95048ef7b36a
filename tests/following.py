"""A watched folder in tests: what is put there, the ways in which programs save, and waiting for what comes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.library import Library
from index.progress import SyncReport
from index.sync.sync import sync_paths
from index.sync.watching import News, Watcher

CAT = "The grey cat of the mill is called Bartholomew.\n"
DOG = "The dog of the ferryman is called Ottoline.\n"
EEL = "The eel of the pond is called Leopold.\n"


@contextmanager
def following(library: Library, *paths: Path) -> Iterator[list[News]]:
    """Sync and follow `paths` during the block; gives the list in which the news come."""
    found: list[News] = []
    with Watcher(paths, home=library.home) as watcher:
        follow = watcher.follow(library, sync_paths(library, paths))
        thread = threading.Thread(target=_gather, args=(follow, found))
        thread.start()
        try:
            yield found
        finally:
            watcher.__exit__(None, None, None)
            thread.join(60)
    assert not thread.is_alive()


def _gather(follow: Iterator[News], found: list[News]) -> None:
    for news in follow:
        found.append(news)


def wait_until(condition: Callable[[], bool], what: Callable[[], object]) -> None:
    until = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < until, what()
        time.sleep(0.02)


def wait_for_documents(library: Library, *paths: Path) -> None:
    """Wait until exactly these files are known, none of them rejected, and all that they hold is embedded."""
    wanted = sorted(str(path) for path in paths)

    def known() -> list[str]:
        return [entry.path for entry in library.entries() if entry.state == "indexed"]

    wait_until(lambda: known() == wanted and not library.store.catalog.waiting(), library.entries)
    assert [entry.path for entry in library.entries()] == wanted


def text_of(library: Library, path: Path) -> str:
    found = [entry.doc_id for entry in library.entries() if entry.path == str(path)]
    document = library.find_document(found[0]) if found else None
    return document.text if document else ""


def wait_for_text(library: Library, path: Path, text: str) -> None:
    wait_until(lambda: text_of(library, path) == text, library.entries)


def put(path: Path, data: str | bytes) -> None:
    """Put a file there at once: one that is written there may be seen while it is empty."""
    beside = path.parent.parent / f"{path.name}.tmp"
    beside.write_bytes(data.encode() if isinstance(data, str) else data)
    beside.replace(path)


def wait_for_all_before(library: Library, folder: Path) -> Path:
    """Wait until all that was done before has been looked at: a file is put there and followed, and once more.

    What is told together is synced together; after the second time the first sync is over. Returns the file.
    """
    last = folder / "last.txt"
    for _ in range(2):
        text = f"The stork on the roof of the mill has been seen {time.monotonic_ns()} times.\n"
        put(last, text)
        wait_for_text(library, last, text)
    return last


def reports(news: list[News]) -> list[SyncReport]:
    return [one.report for one in news if one.report]


def sentences(news: list[News]) -> list[str]:
    return [one.sentence for one in news if one.sentence]


# --- how programs save ------------------------------------------------------------------------------------------


def in_place(path: Path) -> None:
    path.write_text(DOG)


def renamed_over(path: Path) -> None:
    beside = path.with_name("saved.tmp")
    beside.write_text(DOG)
    beside.replace(path)


def as_vim(path: Path) -> None:
    path.with_name("4913").touch()
    path.with_name("4913").unlink()
    path.rename(f"{path}~")
    path.write_text(DOG)
    Path(f"{path}~").unlink()


def as_emacs(path: Path) -> None:
    path.with_name(f"#{path.name}#").write_text(DOG)
    path.rename(f"{path}~")
    path.write_text(DOG)


def as_word(path: Path) -> None:
    path.with_name("~$cat.txt").write_text("me")
    path.with_name("~WRD0001.tmp").write_text(DOG)
    path.rename(path.with_name("~WRL0002.tmp"))
    path.with_name("~WRD0001.tmp").rename(path)
    path.with_name("~WRL0002.tmp").unlink()


def emptied_first(path: Path) -> None:
    path.write_text("")
    time.sleep(0.05)
    path.write_text(DOG)


def bit_by_bit(path: Path) -> None:
    with path.open("w") as file:
        for character in DOG:
            file.write(character)
            file.flush()
            time.sleep(0.03)


SAVES = (in_place, renamed_over, as_vim, as_emacs, as_word, emptied_first, bit_by_bit)
