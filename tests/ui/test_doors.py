"""The doors of the real server: all its routes are walked, and each event is offered what Gradio reads as a file."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import gradio as gr
import pytest
from starlette.routing import BaseRoute, Mount

from ui.web.guard.bodies import DeniedError
from ui.web.routes.reading import DOOR as GONE

if TYPE_CHECKING:
    from conftest import Served

NOTHING = b"There is nothing here."
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
# What comes in, of all that the routes below can be asked. Whatever a new Gradio adds must stay out of it.
LET_IN = {
    *(f"{method} {path}" for method in ("GET", "HEAD") for path in ("/", "/page.css", "/page.js", "/page/1/1.png")),
    *(f"{method} {path}" for method in ("GET", "HEAD") for path in ("/assets/x.js", "/theme.css", "/favicon.ico")),
    *(f"{method} /{name}" for method in ("GET", "HEAD") for name in ("health", "health/check", "settings")),
    *("POST /health/check", "POST /settings", "POST /settings/model"),
    *(
        f"{method} /{path}"
        for method in ("GET", "HEAD")
        for path in ("glance/1/1-1.json", "lines/1/1.json", "original/1")
    ),
    *(f"{method} /{name}/1.json" for method in ("GET", "HEAD") for name in ("found", "outline", "preview")),
    *("POST /gone", "POST /suggestions", "POST /upload"),
    *(f"{method} /{name}" for method in ("GET", "HEAD") for name in ("documents", "folders", "names")),
    *(f"POST /documents/{name}" for name in ("remove", "again", "back")),
    *("POST /folders/add", "POST /folders/off"),
    *(f"POST /collections/{name}" for name in ("make", "rename", "delete", "put", "out", "move", "shift")),
    *("GET /gradio_api/heartbeat/abc", "HEAD /gradio_api/heartbeat/abc"),
    *("GET /gradio_api/queue/data", "HEAD /gradio_api/queue/data"),
    *(f"POST /gradio_api/{name}" for name in ("queue/join", "run/predict")),
}
EXAMPLES = {
    "path": ("x.js", "x/y.js", "../x.js", "/etc/passwd", "https://evil.example/x"),
    "path_or_url": ("x.js", "/etc/passwd"),
    "url_path": ("x", "https://evil.example/x"),
    "api_name": ("predict", "ask", "refresh"),
    "session_hash": ("abc",),
    "size": ("1", "192"),
    "kind": ("css", "js"),
}


def routes_of(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[str]:
    """Give the path of each route, of mounted and included applications too."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes_of(included.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]
        elif isinstance(route, Mount):
            yield from routes_of(route.routes, prefix + route.path)
        else:
            yield prefix + route.path  # type: ignore[attr-defined]


def filled(path: str) -> list[str]:
    """Return the path with plausible values for its parameters."""
    paths = [path]
    for name in re.findall(r"\{(\w+)(?::\w+)?\}", path):
        values = EXAMPLES.get(name, ("1",))
        paths = [
            re.sub(rf"\{{{name}(:\w+)?\}}", lambda _, value=value: value, path) for path in paths for value in values
        ]
    return paths


def knock(connection: http.client.HTTPConnection, method: str, path: str) -> bool:
    """Say whether a request is let in, whatever comes of it then."""
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    response = connection.getresponse()
    if response.status != 404:
        connection.close()  # it may be an event stream
        return True
    read = response.read()
    if method == "HEAD":
        return response.getheader("cache-control") != "no-store"  # as refusals have it, and no 404 of a route
    return read != NOTHING


@pytest.fixture
def connection(served: Served) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=30)
    yield connection
    connection.close()


def test_of_all_routes_those_that_the_page_needs_are_let_in(
    served: Served, connection: http.client.HTTPConnection
) -> None:
    paths = {example for path in routes_of(served.app.routes) for example in filled(path)}
    assert {"/gradio_api/process_recording", "/gradio_api/component_server", "/gradio_api/upload"} <= paths
    assert {"/gradio_api/file=/etc/passwd", "/gradio_api/proxy=x", "/login", "/monitoring/summary", "/config"} <= paths
    assert len(paths) > 80
    let_in = {f"{method} {path}" for path in paths for method in METHODS if knock(connection, method, path)}
    assert let_in == LET_IN


@pytest.mark.parametrize("documents", ["d1", [1], ["x" * 65], {"d1": 1}])
def test_what_are_no_ids_of_documents_are_denied(documents: object) -> None:
    with pytest.raises(DeniedError):
        GONE.read({"documents": documents})
    assert GONE.read({"documents": ["x"] * 300, "path": "/"}) == {"documents": ["x"] * 200}


def page_of(served: Served) -> gr.Blocks:
    mounted = next(route for route in served.app.routes if isinstance(route, Mount))
    page = mounted.app.get_blocks()  # type: ignore[attr-defined]
    assert isinstance(page, gr.Blocks)
    return page


def events(served: Served) -> dict[str, Any]:
    return {event.api_name: event for event in page_of(served).fns.values() if event.fn}


def sound(served: Served, name: str) -> dict[str, Any]:
    """Return the body with which the page sends an event."""
    event = events(served)[name]
    data = ["" if isinstance(block, gr.Textbox) else None for block in event.inputs]
    return {"data": data, "fn_index": event._id, "session_hash": "abc", "trigger_id": None, "event_data": None}


def post(
    served: Served,
    name: str,
    body: bytes | str | dict[str, Any],
    *,
    over: http.client.HTTPConnection | None = None,
) -> tuple[int, str]:
    """Send an event as the page does; many go over one connection, as the system keeps a closed one for a minute."""
    connection = over or http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)
    way = "queue/join" if events(served)[name].queue else "run/predict"
    sent = json.dumps(body) if isinstance(body, dict) else body
    connection.request("POST", f"/gradio_api/{way}", sent, {"Content-Type": "application/json"})
    response = connection.getresponse()
    told = response.read().decode()
    if not over:
        connection.close()
    return response.status, told


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server on this machine that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        yield listening


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were looked up, by anything in this process."""
    names: list[str] = []
    look_up = socket.getaddrinfo

    def watch(host: Any, *arguments: Any, **named: Any) -> Any:
        names.append(str(host))
        return look_up(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", watch)
    return names


def file_references(path: str) -> list[object]:
    """Return what Gradio, of this or an older version, takes for a file, plain and hidden."""
    meta = {"_type": "gradio.FileData"}
    plain = {"path": path, "meta": meta}
    more = {**plain, "url": path, "orig_name": "x", "size": 1, "mime_type": "text/plain", "is_stream": False}
    older = [{"path": path}, {"name": path, "is_file": True, "data": None}, {"url": path, "meta": meta}]
    nested = [[plain], [[plain]], {"value": plain}, {"a": {"b": [plain]}}, {"__type__": "update", "value": plain}]
    return [plain, more, {**plain, "meta": {**meta, "x": 1}}, {**plain, "meta": None}, *older, *nested]


def written() -> set[str]:
    """Return the files in the folders that Gradio writes to, its usual one and ours."""
    folders = [Path(tempfile.gettempdir()) / "gradio", Path(os.environ["GRADIO_TEMP_DIR"])]
    return {str(path) for folder in folders for path in folder.rglob("*")}


@pytest.mark.slow
def test_no_event_takes_a_file(
    served: Served,
    connection: http.client.HTTPConnection,
    tmp_path: Path,
    listener: socket.socket,
    looked_up: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the words of nobody else", encoding="utf-8")
    before = written()
    web = f"http://localhost:{listener.getsockname()[1]}/x.png"
    for path in ("/dev/zero", str(secret), web, "http://evil.example/x.png", "file:///dev/zero", ".", ""):
        for reference in file_references(path):
            for name, event in events(served).items():
                body = sound(served, name)
                for place in range(len(event.inputs)):
                    data = [reference if at == place else value for at, value in enumerate(body["data"])]
                    if event.inputs[place].stateful:
                        continue  # what a browser says of a state is left out, see below
                    assert post(served, name, {**body, "data": data}, over=connection)[0] == 400, (name, reference)
                assert post(served, name, {**body, "event_data": reference}, over=connection)[0] == 400
                assert post(served, name, {**body, "data": [*body["data"], reference]}, over=connection)[0] == 400
    for name in events(served):  # it was for what they held that they were refused, and not for how they came
        assert post(served, name, sound(served, name), over=connection)[0] == 200
    assert {name for name in looked_up if name != "127.0.0.1"} == set()
    with pytest.raises(TimeoutError):
        listener.accept()
    assert written() == before
    assert "Traceback" not in caplog.text
    assert http_ok(served)


def http_ok(served: Served) -> bool:
    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=30)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status == 200


def test_a_file_in_disguise_is_no_file(served: Served) -> None:
    body = json.dumps({**sound(served, "ask"), "data": ["@", None, ""]})
    file = '{"path": "/dev/zero", "meta": {"_type": "gradio.FileData"}}'
    escaped = file.replace("meta", "\\u006deta").replace("path", "\\u0070ath")
    twice = '{"path": "x", "path": "/dev/zero", "meta": 1, "meta": {"_type": "gradio.FileData"}}'
    for disguised in (file, escaped, twice, f"[{file}]", file.upper()):
        assert post(served, "ask", body.replace('"@"', disguised))[0] == 400
    hidden = body.replace('"data"', '"data": ["x", null, ""], "data"').replace('"@"', file)
    assert post(served, "ask", hidden)[0] == 400
    for encoded in ("utf-16", "utf-32"):
        assert post(served, "ask", body.replace('"@"', file).encode(encoded))[0] == 400


def test_what_a_browser_says_of_a_state_is_left_out(served: Served) -> None:
    file = {"path": "/dev/zero", "meta": {"_type": "gradio.FileData"}}
    body = sound(served, "open_source")
    status, told = post(
        served, "open_source", {**body, "data": [file], "event_data": {"open": "none", "start": 1, "end": 2}}
    )
    assert status == 200
    assert "/dev/zero" not in told


def test_a_sound_event_is_answered(served: Served) -> None:
    for name, event in events(served).items():
        status, told = post(served, name, sound(served, name))
        assert status == 200, (name, told)
        assert ("event_id" in json.loads(told)) == event.queue


@pytest.mark.parametrize(
    "change",
    [
        *({"fn_index": value} for value in (99999, -1, None, "0", 0.5, True, [0], {})),
        *({"session_hash": value} for value in (None, "", 1, "a" * 65, "a/b", "a\n", ["a"], "ä", "\u0661")),
        *({"trigger_id": value} for value in (99999, "1", [], {}, 1.5, True)),
        *({"data": value} for value in (None, "", {}, ["x"] * 9, [["x"], None, "", None])),
        *({"event_data": value} for value in ([], "x", 1, {"a": []}, {"a": {}}, {"Path ": "/x"}, {"meta": 1})),
        {"event_data": {str(number): 1 for number in range(33)}},
    ],
    ids=str,
)
def test_an_odd_event_is_refused_and_leaves_no_trace(
    served: Served, change: dict[str, Any], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("ask", "refresh", "open_source"):
        assert post(served, name, {**sound(served, name), **change})[0] == 400, name
    assert not capfd.readouterr().err
    assert not caplog.records


def test_no_event_cancels_others(served: Served) -> None:
    # Gradio would do so once what was told is done: then it may be the next question that ends.
    assert not any(event.cancels for event in page_of(served).fns.values())


def test_an_event_has_one_way_in(served: Served, connection: http.client.HTTPConnection) -> None:
    for way, name in (("run/predict", "ask"), ("queue/join", "refresh")):
        body = sound(served, name)
        connection.request("POST", f"/gradio_api/{way}", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 400
        response.read()


def test_a_click_without_a_place_leaves_no_trace(
    served: Served, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert post(served, "refresh", sound(served, "refresh"))[0] == 200
    assert post(served, "open_source", {**sound(served, "open_source"), "event_data": {"open": 1}})[0] == 200
    assert not capfd.readouterr().err
    assert "Traceback" not in caplog.text


def test_the_stream_of_a_session_that_is_not_there_ends_without_a_trace(
    connection: http.client.HTTPConnection, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for query, status in (("session_hash=none", 200), ("", 422), ("session_hash=a%2Fb", 400)):
        connection.request("GET", f"/gradio_api/queue/data?{query}")
        response = connection.getresponse()
        assert response.status == status
        response.read()
    assert not capfd.readouterr().err
    assert not any(record.exc_info for record in caplog.records)
    assert "none" not in caplog.text


def test_gradio_itself_reads_no_file_and_writes_to_a_folder_of_ours(served: Served) -> None:
    page = page_of(served)
    assert page.has_launched  # what makes Gradio look at where a file lies
    assert page.blocked_paths == [Path.cwd().anchor]
    own = Path(os.environ["GRADIO_TEMP_DIR"])
    assert own.name.startswith("pincite-")
    assert own.stat().st_mode & 0o077 == 0
    assert all(Path(block.GRADIO_CACHE).name.startswith("pincite-") for block in page.blocks.values())
