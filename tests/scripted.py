"""A server of the OpenAI chat protocol that does as a test says: a real one, over HTTP, with its faults."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "scripted"


@dataclass(frozen=True)
class Sleep:
    """Nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Until:
    """Nothing until the test sets the event."""

    event: threading.Event


@dataclass(frozen=True)
class Raw:
    """Bytes as they are."""

    data: bytes


@dataclass(frozen=True)
class Thought:
    """What a reasoning model thinks, in a field of its own."""

    text: str


class Die:
    """The connection is cut."""


Step = str | Sleep | Until | Raw | Thought | Die


@dataclass(frozen=True)
class Reply:
    """What the server answers: an error's status and body, or the steps of a stream and why it ends."""

    steps: Sequence[Step] = ()
    end: str = "stop"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


Script = Callable[[dict[str, Any]], Reply]


class ScriptedServer:
    """A server that answers each question by the next of the scripts, and then by the last again."""

    def __init__(self, *scripts: Script | Reply, about: Mapping[str, Any] | None = None) -> None:
        self.scripts = list(scripts)
        self.about = dict(about or {})
        self.questions: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        self.silent = threading.Event()  # it has come to a step at which it says nothing
        self.left = threading.Event()  # someone went away in the middle
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"scripted": self}))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def prompt(self) -> str:
        """All that the model was told last."""
        return "\n".join(message["content"] for message in self.questions[-1]["messages"])

    def start(self) -> ScriptedServer:
        self._thread.start()
        return self

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextlib.contextmanager
def scripted(*scripts: Script | Reply, about: Mapping[str, Any] | None = None) -> Iterator[ScriptedServer]:
    server = ScriptedServer(*scripts, about=about).start()
    try:
        yield server
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        self.scripted.paths.append(self.path)
        self.scripted.keys.append(self.headers.get("Authorization", ""))
        found = {"/v1/models": {"data": [{"id": MODEL}]}, **self.scripted.about}.get(self.path)
        self._json(200 if found is not None else 404, found if found is not None else {"error": "none"})

    def do_POST(self) -> None:
        self.scripted.paths.append(self.path)
        self.scripted.keys.append(self.headers.get("Authorization", ""))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            found = self.scripted.about.get(self.path)
            found = found(body) if callable(found) else found
            self._json(200 if found is not None else 404, found if found is not None else {"error": "none"})
            return
        self.scripted.questions.append(body)
        script = self.scripted.scripts.pop(0) if len(self.scripted.scripts) > 1 else self.scripted.scripts[0]
        self._answer(script if isinstance(script, Reply) else script(body))

    def _answer(self, reply: Reply) -> None:
        if reply.status != 200 or reply.body:
            self._send(reply.status, reply.body.encode(), reply.headers)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with contextlib.suppress(OSError):
            if all(self._step(step) for step in reply.steps):
                self._event({}, reply.end)
                self._chunk(b"data: [DONE]\n\n")
                self.wfile.write(b"0\r\n\r\n")
                return
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _step(self, step: Step) -> bool:
        """Take a step; False ends it."""
        if isinstance(step, Die):
            return False
        if isinstance(step, Sleep):
            until = time.monotonic() + step.seconds
            return self._wait(lambda: time.monotonic() >= until)
        if isinstance(step, Until):
            return self._wait(step.event.is_set)
        if isinstance(step, Raw):
            self._chunk(step.data)
        elif isinstance(step, Thought):
            self._event({"reasoning_content": step.text}, None)
        else:
            self._event({"content": step}, None)
        return True

    def _wait(self, is_over: Callable[[], bool]) -> bool:
        """Wait, unless the other end goes away."""
        self.scripted.silent.set()
        while not is_over():
            readable, _, _ = select.select([self.connection], [], [], 0.01)
            if readable and not self._is_there():
                self.scripted.left.set()
                return False
        return True

    def _is_there(self) -> bool:
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def _event(self, delta: Mapping[str, str], end: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
        self._chunk(f"data: {json.dumps(chunk)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
