"""The guard over a small application that tells what reached it: hosts, sites, token, proxy, bodies, connections."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from ui.web.guard import connections, guard, names
from ui.web.guard.bodies import DeniedError, parse_object, write_json
from ui.web.guard.doors import Door
from ui.web.server import bind, server_of

TOKEN = "x" * 43
DOORS = (
    Door("GET", "/", query={"word": "[a-z]+"}),
    Door("POST", "/told", 1000),
    Door("GET", "/broken"),
    Door("GET", "/breaks"),
)
Reply = tuple[int, dict[str, str], bytes]


def telling_app() -> FastAPI:
    """Return an application whose answers say what reached it."""
    app = FastAPI(openapi_url=None)

    @app.get("/")
    @app.post("/told")
    async def tell(request: Request) -> JSONResponse:
        headers = {key: value for key, value in request.headers.items() if key != "user-agent"}
        body = (await request.body()).decode()
        client = request.client.host if request.client else ""
        told = {"url": str(request.url), "headers": headers, "body": body, "client": client}
        return JSONResponse(told)

    @app.get("/closed")
    def closed() -> str:
        return "nobody comes here"

    @app.get("/broken")
    def broken() -> str:
        raise KeyError("the question was secret")

    @app.get("/breaks")
    def breaks() -> StreamingResponse:
        def lines() -> Iterator[str]:
            yield "one\n"
            raise KeyError("the question was secret")

        return StreamingResponse(lines(), media_type="text/event-stream")

    return app


@contextmanager
def guarded(**options: Any) -> Iterator[int]:
    """Serve the application behind a guard; gives the port."""
    app = telling_app()
    app.add_middleware(guard.Guard, **{"doors": DOORS, "hosts": names.LOCAL_HOSTS, **options})
    listener = bind("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with guarded() as port:
        yield port


@pytest.fixture(scope="module")
def tokened() -> Iterator[int]:
    with guarded(token=TOKEN, hosts=(*names.LOCAL_HOSTS, "box.local")) as port:
        yield port


@pytest.fixture(scope="module")
def proxied() -> Iterator[int]:
    with guarded(token=TOKEN, proxy="127.0.0.1") as port:
        yield port


def send(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    read = response.read()
    connection.close()
    return response.status, {key.lower(): value for key, value in response.getheaders()}, read


def post(port: int, body: bytes, **headers: str) -> Reply:
    return send(port, "POST", "/told", body, **{"Content_Type": "application/json", **headers})


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and return all that comes until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


# --- hosts and sites ------------------------------------------------------------------------------------------------


def test_a_request_names_one_host(port: int) -> None:
    line = b"GET / HTTP/1.1\r\nConnection: close\r\n"
    assert b" 400 " in raw(port, line + b"\r\n").splitlines()[0]
    twice = raw(port, line + b"Host: localhost\r\nHost: evil.example\r\n\r\n")
    assert b" 400 " in twice.splitlines()[0]
    assert b" 400 " in raw(port, b"GET / HTTP/1.0\r\n\r\n").splitlines()[0]
    for host in ("localhost@evil.example", "localhost, evil.example", "evil.example#localhost", "local host"):
        assert send(port, "GET", "/", Host=host)[0] == 421


def test_a_foreign_host_gets_nothing_by_any_method_or_path(port: int) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        for path in ("/", "/told", "/closed", "/nowhere"):
            status, headers, _ = send(port, method, path, Host="evil.example")
            assert status == 421
            assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "null",
            "file://",
            "",
            "127.0.0.1:{port}",
            "http://127.0.0.1:1",
            "http://127.0.0.1",
            "http://localhost:{port}",
        ),
        *("https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", "http://evil@127.0.0.1:{port}"),
    ],
)
def test_an_origin_is_compared_whole(port: int, origin: str) -> None:
    assert send(port, "GET", "/", Origin=f"http://127.0.0.1:{port}")[0] == 200
    assert send(port, "GET", "/", Origin=origin.format(port=port))[0] == 403
    assert post(port, b"{}", Origin=origin.format(port=port))[0] == 403


def test_a_browser_that_is_sent_by_another_site_gets_the_page_only(port: int) -> None:
    link = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    for site in ("cross-site", "same-site"):
        assert send(port, "GET", "/", Sec_Fetch_Site=site, **link)[0] == 200
        assert send(port, "GET", "/broken", Sec_Fetch_Site=site, **link)[0] == 403
        assert send(port, "GET", "/", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image")[0] == 403
        assert send(port, "GET", "/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe")[0] == 403
        assert post(port, b"{}", Sec_Fetch_Site=site, **link)[0] == 403
    assert send(port, "GET", "/", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors")[0] == 200


# --- the token ------------------------------------------------------------------------------------------------------


def test_without_the_token_nobody_gets_anything(tokened: int) -> None:
    for method, path in (("GET", "/"), ("POST", "/told"), ("GET", "/closed"), ("OPTIONS", "/"), ("GET", "/broken")):
        for host in (f"localhost:{tokened}", f"127.0.0.1:{tokened}", f"box.local:{tokened}"):
            status, _, body = send(tokened, method, path, Host=host)
            assert status == 401
            assert (
                body.decode()
                == "This is for those who were let in: open the link that Pincite printed when it started."
            )
    wrong = [TOKEN[:-1], TOKEN + "x", "", "é", TOKEN.upper()]
    for token in wrong:
        assert send(tokened, "GET", "/", Authorization=f"Bearer {token}".encode().decode("latin-1"))[0] == 401
        assert send(tokened, "GET", "/", Cookie=f"pincite-{tokened}={token}".encode().decode("latin-1"))[0] == 401
    assert send(tokened, "GET", f"/?token={TOKEN[:-1]}")[0] == 401
    assert send(tokened, "GET", f"/broken?token={TOKEN}")[0] == 401


def test_the_link_with_the_token_lets_a_browser_in_and_goes_from_the_address_bar(tokened: int) -> None:
    status, headers, _ = send(tokened, "GET", f"/?token={TOKEN}")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    status, _, body = send(tokened, "GET", "/", Cookie=cookie.split(";")[0])
    assert status == 200
    assert TOKEN not in body.decode()  # the application isn't told


def test_a_program_shows_the_token_in_a_header(tokened: int) -> None:
    status, _, body = send(tokened, "GET", "/", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert TOKEN not in body.decode()


def test_off_loopback_the_port_is_the_served_one(tokened: int) -> None:
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert send(tokened, "GET", "/", Host=f"box.local:{tokened}", **shown)[0] == 200
    for host in ("box.local", "box.local:80", f"box.local:{tokened - 1}", f"other.local:{tokened}"):
        assert send(tokened, "GET", "/", Host=host, **shown)[0] == 421


def test_a_server_on_all_addresses_answers_to_its_own_and_asks_everyone_for_the_token() -> None:
    for host in ("0.0.0.0", "192.168.1.5", "box.lan", "::"):
        assert not names.is_loopback(host)
    for host in ("127.0.0.1", "127.0.0.2", "localhost", "::1"):
        assert names.is_loopback(host)
        assert set(names.own_names(host)) <= {*names.LOCAL_HOSTS, "127.0.0.2"}
    known = names.own_names("0.0.0.0")
    assert socket.gethostname().lower() in known
    assert "0.0.0.0" not in known
    assert names.reached_at("0.0.0.0") != "0.0.0.0"
    assert names.reached_at("::1") == "[::1]"


# --- a proxy --------------------------------------------------------------------------------------------------------

FORWARDED = {"X_Forwarded_Host": "docs.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "6.6.6.6, 10.1.2.3"}


def test_what_a_proxy_would_say_is_not_believed_of_anyone_else(port: int, tokened: int) -> None:
    more = {"Forwarded": "host=docs.example", "X_Real_IP": "10.1.2.3", "X_Gradio_Server": "http://evil.example"}
    status, _, body = send(port, "GET", "/", **FORWARDED, **more)
    told = json.loads(body)
    assert (status, told["client"], told["url"]) == (200, "127.0.0.1", f"http://127.0.0.1:{port}/")
    assert set(told["headers"]) <= {"host", "accept", "accept-encoding"}
    assert send(port, "GET", "/", **FORWARDED, Host="docs.example")[0] == 421
    assert send(tokened, "GET", "/", **FORWARDED)[0] == 401


def test_a_named_proxy_says_what_the_person_sees(proxied: int) -> None:
    shown = {"Authorization": f"Bearer {TOKEN}", **FORWARDED}
    status, _, body = send(proxied, "GET", "/", Origin="https://docs.example", **shown)
    told = json.loads(body)
    assert (status, told["client"], told["url"]) == (200, "10.1.2.3", "https://docs.example/")
    assert send(proxied, "GET", "/", Origin="http://docs.example", **shown)[0] == 403
    assert send(proxied, "GET", "/", Origin=f"http://127.0.0.1:{proxied}", **shown)[0] == 403
    assert send(proxied, "GET", "/", **FORWARDED)[0] == 401
    assert send(proxied, "GET", "/")[0] == 401
    assert "secure" in send(proxied, "GET", f"/?token={TOKEN}", **FORWARDED)[1]["set-cookie"].lower()


def test_a_guard_with_a_proxy_and_no_token_is_not_made() -> None:
    with pytest.raises(ValueError, match="token"):
        guard.Guard(telling_app(), doors=(), hosts=(), proxy="10.0.0.1")


# --- doors and bodies -----------------------------------------------------------------------------------------------


def test_what_is_not_listed_does_not_exist(port: int) -> None:
    for method, path in (("GET", "/closed"), ("GET", "/told"), ("POST", "/"), ("PUT", "/told"), ("OPTIONS", "/told")):
        assert send(port, method, path, b"")[0] == 404
    for path in ("//", "/./", "/told/", "/%0a", "/closed/../", "/told%00"):
        assert send(port, "POST" if "told" in path else "GET", path)[0] == 404


def test_head_comes_in_where_get_does(port: int) -> None:
    status, headers, body = send(port, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0
    assert send(port, "HEAD", "/closed")[0] == 404


def test_of_a_query_what_is_listed_is_passed_on(port: int) -> None:
    told = json.loads(send(port, "GET", "/?deep_link=..%2Fx&word=abc&token=1")[2])
    assert told["url"].endswith("/?word=abc")
    assert send(port, "GET", "/?word=A")[0] == 400
    assert send(port, "GET", "/?word=a&word=b")[0] == 400


def test_no_websocket_is_opened(port: int) -> None:
    upgrade = b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    line = b"GET /closed HTTP/1.1\r\nHost: localhost\r\n" + upgrade + b"Connection: Upgrade, close\r\n\r\n"
    assert b" 404 " in raw(port, line).splitlines()[0]


def test_a_body_that_is_too_large_is_refused_without_being_read(port: int) -> None:
    head = b"POST /told HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert b" 413 " in raw(port, head + b"Content-Length: 1000000000000\r\n\r\n").splitlines()[0]
    chunk = b"%x\r\n%s\r\n" % (1001, b" " * 1001)  # and no end of it
    assert b" 413 " in raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk).splitlines()[0]
    assert b" 413 " in raw(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n").splitlines()[0]


def test_a_body_that_does_not_come_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)
    head = b"POST /told HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    assert b" 408 " in raw(port, head + b"{").splitlines()[0]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b'"x"', b"null", b"\xff{}", b"\xef\xbb\xbf{}", b"{} {}", "{}".encode("utf-16")),
        *(
            b'{"a": NaN}',
            b'{"a": -Infinity}',
            b'{"a": 1e999}',
            b'{"a": 9007199254740993}',
            b'{"a": -' + b"9" * 900 + b"}",
        ),
        *(b'{"a": 1, "a": 2}', b'{"a": 1, "\\u0061": 2}', b"[" * 1000, b'{"a": ' + b"[" * 17 + b"]" * 17 + b"}"),
    ],
    ids=range(18),
)
def test_what_is_not_one_sound_json_object_is_refused(port: int, body: bytes) -> None:
    assert post(port, body)[0] == 400


def test_a_body_that_is_not_called_json_is_refused(port: int) -> None:
    assert post(port, b"{}", Content_Type="text/plain")[0] == 415
    assert send(port, "POST", "/told", b"{}")[0] == 415
    assert post(port, b"{}", Content_Type="Application/JSON; charset=utf-8")[0] == 200


def test_what_was_checked_is_what_is_passed_on(port: int) -> None:
    told = json.loads(post(port, b'{"\\u0061" : "\\ud83d\\ude00 \\ud83d", "b": [1.50, true]}')[2])
    assert told["body"] == '{"a": "\N{GRINNING FACE} \ufffd", "b": [1.5, true]}'


def test_the_deepest_nesting_costs_no_stack() -> None:
    with pytest.raises(DeniedError):
        parse_object(b'{"a":' * 500 + b"1" + b"}" * 500)
    with pytest.raises(DeniedError):
        parse_object(b'{"a":' + b"[" * 100_000)
    assert write_json({"a": ["\udfff"]}) == '{"a": ["\ufffd"]}'.encode()


# --- faults and connections -----------------------------------------------------------------------------------------


def test_what_fails_within_is_one_line_without_words_of_anyone(port: int, caplog: pytest.LogCaptureFixture) -> None:
    status, headers, body = send(port, "GET", "/broken?question=secret")
    assert (status, body) == (500, b"Something failed here.")
    assert "content-security-policy" in headers
    assert send(port, "GET", "/breaks")[0] == 200  # it had begun; it ends
    assert [record.getMessage() for record in caplog.records] == [
        f"a request to /{name} failed: KeyError" for name in ("broken", "breaks")
    ]
    assert "secret" not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_connections_that_ask_nothing_keep_nobody_out_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    with guarded() as port:
        held = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(200)]
        for number, connection in enumerate(held):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: local"[: number % 29])
        assert send(port, "GET", "/")[0] == 200
        for connection in held:
            assert connection.recv(100) == b""  # closed by the server
            connection.close()


def test_a_connection_is_not_closed_while_it_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    with guarded() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        head = b"POST /told HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        connection.connect()
        connection.sock.sendall(head + b"{")
        time.sleep(0.5)  # longer than headers may take
        connection.sock.sendall(b"}")
        assert b" 200 " in connection.sock.recv(100)
        connection.close()


def test_headers_without_end_are_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * connections.LARGEST_HEAD * 2)
        assert b" 400 " in connection.recv(100).splitlines()[0]


def test_a_connection_that_comes_while_the_others_are_closed_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections.PatientProtocol, "shutdown", lambda self: None)  # as if it came right after
    with guarded() as port:
        late = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        late.request("GET", "/")
        assert late.getresponse().read()
    assert late.sock.recv(1) == b""
    late.close()
