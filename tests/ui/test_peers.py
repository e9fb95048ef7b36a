"""Another user of this machine gets nothing from the server, though it listens on loopback without a token."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from fastapi import FastAPI

from ui.web.guard import peers
from ui.web.guard.doors import Door
from ui.web.guard.guard import Guard
from ui.web.guard.names import LOCAL_HOSTS
from ui.web.server import bind, server_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose a connection is")
FETCH = """
import encodings.idna, http.client, os, sys
if len(sys.argv) > 3:
    os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[3]))
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=20)
connection.request("GET", "/", headers={"Host": "localhost"})
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""


@pytest.fixture(params=["127.0.0.1", "::1"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Where a guarded application is served."""
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def secret() -> str:
        return "the documents"

    app.add_middleware(Guard, doors=(Door("GET", "/"),), hosts=LOCAL_HOSTS)
    listener = bind(request.param, 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield request.param, listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def fetched(address: tuple[str, int], *user: int) -> str:
    """What a program of a user gets, or of ours if none is named."""
    command = [sys.executable, "-c", FETCH, *map(str, (*address, *user))]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd="/").stdout


def test_whose_a_connection_is_is_asked_once(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(peers, "_is_another_user", lambda scope: bool(asked.append(scope["client"])))
    for _ in range(2):
        connection = HTTPConnection(*address, timeout=20)
        for _ in range(3):
            connection.request("GET", "/", headers={"Host": "localhost"})
            assert connection.getresponse().read() == b'"the documents"'
        connection.close()
    assert len(asked) == len(set(asked)) == 2


def test_our_own_programs_are_answered(address: tuple[str, int]) -> None:
    assert fetched(address) == '200 "the documents"\n'


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be another user")
def test_a_program_of_another_user_is_refused(address: tuple[str, int]) -> None:
    assert fetched(address, 65534).startswith("403 ")
