"""`pincite index --watch` as it runs: saved, moved and deleted files can be found, and not, within moments."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waiting import run_until

from index.library import Library, open_library

if TYPE_CHECKING:
    from conftest import Folder, Pincite, Start

CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks.\n"
DOG = "The dog of the ferryman is called Ottoline and barks at every heron.\n"
SECONDS = 30  # on a busy machine; `tests/speed/sync.py` measures what it is: under two

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="ended by POSIX's signals"), pytest.mark.slow]


class Output:
    """The lines of a stream, read as they come."""

    def __init__(self, stream: Any) -> None:
        self.lines: list[str] = []
        self._thread = threading.Thread(target=lambda: self.lines.extend(stream), daemon=True)
        self._thread.start()

    def rest(self) -> str:
        self._thread.join(20)
        return "".join(self.lines)


@contextmanager
def watching(start: Start, home: Path, *paths: Path) -> Iterator[tuple[Library, Output, Output]]:
    """Run the program during the block; gives its library, opened here too, and what it prints."""
    with start("index", *paths, "--watch", "--home", home) as program:
        out, err = Output(program.stdout), Output(program.stderr)
        wait_until(lambda: any("watching" in line for line in err.lines), 60)
        library = open_library(home)
        try:
            yield library, out, err
        finally:
            library.close()
        program.send_signal(signal.SIGINT)
        assert program.wait(30) in (0, 3)
    assert "Traceback" not in err.rest()


def wait_until(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def finds(library: Library, query: str, words: str) -> bool:
    """Tell whether the best passage that is found holds these words."""
    hits = library.search(query, top_k=1)
    document = library.find_document(hits[0].passage.doc_id) if hits else None
    return document is not None and words in document.text


def test_what_is_saved_moved_and_deleted_is_found_and_gone(start: Start, folder: Folder, tmp_path: Path) -> None:
    made = folder({"cat.txt": CAT, "plans/old.txt": "Nothing was ever planned."})
    with watching(start, tmp_path / "home", made) as (library, out, err):
        (made / "dog.txt.new").write_text(DOG)
        (made / "dog.txt.new").replace(made / "dog.txt")
        wait_until(lambda: finds(library, "the ferryman's dog", "Ottoline"))
        (made / "dog.txt.new").write_text(DOG.replace("Ottoline", "Philippa"))
        (made / "dog.txt.new").replace(made / "dog.txt")
        wait_until(lambda: finds(library, "the ferryman's dog", "Philippa"))
        (made / "plans").rename(made / "past")
        wait_until(lambda: str(made / "past" / "old.txt") in [entry.path for entry in library.entries()])
        (made / "cat.txt").unlink()
        wait_until(lambda: not finds(library, "grey cat of the mill", "Bartholomew"))
        assert len(library.entries()) == 2
    assert "rejected" not in err.rest()
    assert "1 indexed" in out.rest()


def test_the_chat_syncs_and_follows_the_folder_that_is_named_and_those_that_were_synced_before(
    start: Start, pincite: Pincite, tmp_path: Path
) -> None:
    old, out, new, home = (tmp_path / name for name in ("old", "out", "new", "home"))
    for place in (old, out, new):
        place.mkdir()
        (place / "cat.txt").write_text(CAT.replace("cat", place.name))
    assert pincite("index", old, out, "--home", home).code == 0
    out.rename(tmp_path / "gone")
    (old / "dog.txt").write_text(DOG)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with start("chat", new, "--no-browser", "--port", port, "--home", home) as program:
        run_until(program, home, documents=4)
        for place in (old, new):
            (place / "owl.txt").write_text(f"The owl of the {place.name} forest is called Archibald.")
        run_until(program, home, documents=6)
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0
    listed = pincite("list", "--json", "--home", home).json["documents"]
    assert {str(out / "cat.txt"), str(old / "owl.txt"), str(new / "owl.txt")} <= {entry["path"] for entry in listed}


def test_a_disk_that_is_out_is_one_line(start: Start, folder: Folder, tmp_path: Path) -> None:
    made = folder({"cat.txt": CAT})
    with watching(start, tmp_path / "home", made) as (library, _, err):
        made.rename(tmp_path / "out")
        wait_until(lambda: any(" is gone: " in line for line in err.lines))
        assert finds(library, "the grey cat", "Bartholomew")
        (tmp_path / "out" / "dog.txt").write_text(DOG)
        (tmp_path / "out").rename(made)
        wait_until(lambda: finds(library, "the ferryman's dog", "Ottoline"))
    lines = [line for line in err.rest().splitlines() if line.startswith("pincite: ")]
    assert lines == [
        f"pincite: {made} is gone: what is indexed of it stays, and it is followed again when it is back",
        f"pincite: {made} is back",
    ]
