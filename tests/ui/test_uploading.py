"""The route by which files are added, over the real server: who may, what is taken, and what is left of what is not."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from index.library import Library
from index.readers import LARGEST
from index.store import uploads
from rag import Assistant
from ui.web.guard import guard
from ui.web.routes.uploading import AT_ONCE
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

OWL = b"The owl of the mill is called Archibald."
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    encoder.go_on.set()
    with serve(Assistant(library), indexing, tmp_path) as running:
        yield running


def upload(served: Served, name: str, data: bytes, **headers: str) -> tuple[int, str]:
    named = BYTES | {key.replace("_", "-"): value for key, value in headers.items()}
    with closing(http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)) as connection:
        connection.request("POST", f"/upload?{urlencode({'name': name})}", data, named)
        response = connection.getresponse()
        return response.status, response.read().decode()


def begin(served: Served, sent: bytes, length: str = "Content-Length: 10000000") -> socket.socket:
    """Send the beginning of a file, in one piece with its head: who is refused at that is not sending any more."""
    host, _, port = urlsplit(served.address).netloc.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=60)
    head = f"POST /upload?name=owl.txt HTTP/1.1\r\nHost: localhost:{port}\r\n{length}\r\n"
    connection.sendall(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + sent)
    return connection


def kept(library: Library) -> list[str]:
    """The files that are kept, and those that are not whole."""
    return sorted(path.name for path in (*library.uploads.glob("*"), *library.temporary.glob("upload-*")))


def until(fits: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_file_that_is_sent_is_kept_and_indexed(running: Served, library: Library) -> None:
    assert upload(running, "owl.txt", OWL) == (201, '{"name":"owl.txt"}')
    assert running.indexing.wait(60)
    assert running.indexing.state.error == ""
    [entry] = library.entries()
    assert (entry.path, entry.state) == (str(library.uploads / "owl.txt"), "indexed")
    assert (library.uploads / "owl.txt").read_bytes() == OWL
    assert library.search("Archibald")


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("C:\\secret\\y.txt", "y.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("%2e%2e%2fz.txt", "%2e%2e%2fz.txt"),
        ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
        ("نامه.txt", "نامه.txt"),
        (".", "document"),
    ],
)
def test_of_a_hostile_name_nothing_counts_but_a_clean_last_part(
    running: Served, library: Library, tmp_path: Path, name: str, kept_as: str
) -> None:
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(library.home)}
    status, told = upload(running, name, OWL)
    assert (status, kept(library)) == (201, [kept_as]), told
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(library.home)} == before


def test_two_files_of_one_name_are_both_kept(running: Served, library: Library) -> None:
    assert upload(running, "owl.txt", OWL)[0] == 201
    assert upload(running, "owl.txt", b"Another owl is called Benedict.") == (201, '{"name":"owl (2).txt"}')
    assert running.indexing.wait(60)
    assert {Path(entry.path).name for entry in library.entries()} == {"owl.txt", "owl (2).txt"}


def test_a_file_that_can_not_be_read_is_told_with_its_reason(running: Served, library: Library) -> None:
    assert upload(running, "owl.pdf", OWL)[0] == 201
    assert running.indexing.wait(60)
    [entry] = library.entries()
    assert (entry.state, "no PDF" in entry.reason) == ("rejected", True)


@pytest.mark.parametrize(
    ("name", "data", "headers", "status", "said"),
    [  # no body with a length that is refused: it would not be read, which may reset the connection
        ("owl.txt", b"", {}, 400, "owl.txt is empty: there is nothing to read in it."),
        ("owl.txt", b"", {"Content_Length": str(LARGEST + 1)}, 413, "The file is larger than 512 MB: split it."),
        ("owl.txt", b"", {"Content_Length": "9" * 18}, 413, "The file is larger than 512 MB: split it."),
        ("owl.txt", b"", {"Content_Length": "many"}, 400, ""),
        ("owl.txt", OWL, {"Content_Type": "text/plain"}, 415, "The bytes of a file are taken here."),
        ("owl.txt", OWL, {"Content_Type": "multipart/form-data; boundary=x"}, 415, "The bytes of a file"),
        ("owl.txt", OWL, {"Origin": "https://evil.example"}, 403, "other sites"),
        ("owl.txt", OWL, {"Host": "evil.example"}, 421, "host name"),
        ("x" * 1001, OWL, {}, 400, "name"),
    ],
)
def test_what_can_not_be_taken_is_refused_and_leaves_nothing(
    running: Served, library: Library, name: str, data: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    found = upload(running, name, data, **headers)
    assert (found[0], said in found[1]) == (status, True), found
    assert kept(library) == []
    assert library.entries() == []


def test_the_length_is_said_before_or_nothing_is_taken(running: Served, library: Library) -> None:
    chunked = f"{len(OWL):x}\r\n".encode() + OWL + b"\r\n0\r\n\r\n"
    with begin(running, chunked, "Transfer-Encoding: chunked") as connection:
        assert b" 411 " in connection.recv(100)
    assert kept(library) == []


def test_too_many_files_are_refused(running: Served, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST", 1)
    assert upload(running, "owl.txt", OWL)[0] == 201
    status, told = upload(running, "eel.txt", OWL)
    assert (status, "remove some" in told) == (422, True)
    assert kept(library) == ["owl.txt"]


def test_a_file_that_breaks_off_leaves_nothing(running: Served, library: Library) -> None:
    with begin(running, OWL):
        until(lambda: len(kept(library)) == 1)
        assert kept(library)[0].startswith("upload-")
    until(lambda: kept(library) == [])
    assert library.entries() == []


def test_a_file_that_stops_coming_is_given_up(
    running: Served, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "PART_SECONDS", 0.3)
    with begin(running, OWL) as connection:
        assert b" 408 " in connection.recv(100)
    until(lambda: kept(library) == [])


def test_only_so_many_are_received_at_once(running: Served, library: Library) -> None:
    held = [begin(running, OWL) for _ in range(AT_ONCE)]
    until(lambda: len(kept(library)) == AT_ONCE)
    assert upload(running, "owl.txt", OWL)[0] == 429
    for connection in held:
        connection.close()
    until(lambda: kept(library) == [])
    assert upload(running, "owl.txt", OWL)[0] == 201


def test_a_large_file_is_never_whole_in_memory(running: Served, library: Library) -> None:
    psutil = pytest.importorskip("psutil")
    before, most, over = psutil.Process().memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], psutil.Process().memory_info().rss)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    running.indexing.stop()
    with begin(running, b"", "Content-Length: 200000000") as connection:
        for _ in range(200):
            connection.sendall(bytes(1_000_000))
        assert b" 201 " in connection.recv(100)
    over.set()
    watching.join()
    assert (library.uploads / "owl.txt").stat().st_size == 200_000_000
    assert most[0] - before < 100_000_000


def test_where_a_token_is_asked_for_nothing_is_taken_without_it(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> None:
    encoder.go_on.set()
    with serve(Assistant(library), indexing, tmp_path, token="x" * 43) as running:
        assert upload(running, "owl.txt", OWL)[0] == 401
        assert upload(running, "owl.txt", OWL, Authorization="Bearer y")[0] == 401
        assert kept(library) == []
        assert upload(running, "owl.txt", OWL, Authorization="Bearer " + "x" * 43)[0] == 201
    assert kept(library) == ["owl.txt"]
