"""The guard before the page: which requests come in, and what of them is passed on.

In this order: what the request was sent to (a foreign name is a rebinding), which site sent it, the token where one is
asked for or else which user of the machine sent it, its door, its body. What is passed on has the headers of a list,
and the query and the body that its door has read.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.below import told
from ui.languages import choose, speaking
from ui.web.guard.bodies import (
    ClientGoneError,
    DeniedError,
    declared_length,
    parse_object,
    patient,
    read_body,
    write_json,
)
from ui.web.guard.doors import Door, find_door
from ui.web.guard.mending import Sender
from ui.web.guard.names import Target, as_host, peer, plain_address, read_target
from ui.web.guard.peers import is_another_user

BODY_SECONDS = 10.0
PART_SECONDS = 30.0  # between two parts of a file
# Of a request's headers, these are passed on: none that names a host, a proxy, a site or a secret.
PASSED = frozenset(
    name.encode()
    for name in ("accept", "accept-encoding", "accept-language", "if-modified-since", "if-none-match", "user-agent")
)
LINK = "open the link that Pincite printed when it started"

logger = logging.getLogger(__name__)


class _Body(NamedTuple):
    """A body that is passed on: its media type, how many bytes it has, and what receives it."""

    kind: str
    length: int
    receive: Receive


class Guard:
    """ASGI middleware: lets in what fits a door and comes from where it may, and sends every response with its headers.

    `hosts` are the names it answers to. With a `token`, everyone has to show it, and the port has to be the served one;
    `proxy` is the address whose X-Forwarded headers are believed, and asks for a token. `look` gives the attributes
    that tell the page how it is to look, `speaks` the language for a header Accept-Language.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        doors: Sequence[Door],
        hosts: Sequence[str],
        token: str = "",
        proxy: str = "",
        look: Callable[[], str] = str,
        speaks: Callable[[str], str] = choose,
    ) -> None:
        if proxy and not token:
            raise ValueError("with a proxy the token is asked for: without it everyone would be let in")
        self.app = app
        self.doors = tuple(doors)
        self.hosts = frozenset(host.lower() for host in hosts)
        self.token = token
        self.proxy = plain_address(proxy) if proxy else ""
        self.look = look
        self.speaks = speaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer why not."""
        if scope["type"] == "websocket":  # there are none
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            is_page = scope["path"] == "/" and scope["method"] in ("GET", "HEAD")
            headers = Headers(scope=scope)
            packs = "gzip" in headers.get("accept-encoding", "")
            with speaking(self.speaks(headers.get("accept-language", ""))):
                await self._answer(scope, receive, Sender(send, mends=is_page, packs=packs, look=self.look))
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, sender: Sender) -> None:
        try:
            headers = Headers(scope=scope)
            target = self._check_target(scope, headers)
            _check_site(scope, headers, target)
            if self.token:
                entered = self._check_token(scope, headers, target)
                if entered is not None:
                    await entered(scope, receive, sender)
                    return
            else:
                _check_user(scope)
            door = find_door(self.doors, scope["method"], scope["path"])
            query = door.read_query(scope["query_string"])
            body = await _read(door, receive, headers)
        except ClientGoneError:
            return
        except DeniedError as denied:
            await _refuse(denied)(scope, receive, sender)
            return
        try:
            await self.app(_passed(scope, target, query, body), body.receive, sender)
        except asyncio.CancelledError:
            return  # the server ends, and does not wait for open pages
        except Exception as error:
            # Neither the error's text nor the whole address: they may hold words of a question.
            logger.warning("a request to %s failed: %s", door.path, type(error).__name__)
            logger.debug("its trace", exc_info=True)
            await sender.fail(scope)

    def _check_target(self, scope: Scope, headers: Headers) -> Target:
        """Return what the request was sent to. Raises `DeniedError` if that is not this server."""
        forwarded = bool(self.proxy) and peer(scope) == self.proxy
        target = read_target(scope, headers, forwarded=forwarded)
        if target is None:
            raise DeniedError(400, "The request does not name one host.")
        address, port = scope.get("server") or ("", None)
        known = target.name in self.hosts or target.name == as_host(plain_address(address))
        if not forwarded and (not known or (self.token and port and target.port != port)):
            raise DeniedError(421, "This server does not answer to that host name.")
        return target

    def _check_token(self, scope: Scope, headers: Headers, target: Target) -> Response | None:
        """Return the answer to the link with the token, None if a request shows it. Raises `DeniedError` if neither."""
        cookie = f"pincite-{(scope.get('server') or ('', 0))[1]}"  # cookies know no ports
        way, _, shown = headers.get("authorization", "").partition(" ")
        if way.lower() == "bearer" and self._is_token(shown.strip()):
            return None
        if scope["path"] == "/" and self._is_token(_parameter(scope["query_string"], b"token")):
            response = RedirectResponse("/", status_code=303, headers={"Cache-Control": "no-store"})
            secure = target.scheme == "https"
            response.set_cookie(cookie, self.token, httponly=True, samesite="strict", secure=secure)
            return response
        if self._is_token(cookie_parser(headers.get("cookie", "")).get(cookie, "")):
            return None
        raise DeniedError(401, f"This is for those who were let in: {LINK}.")

    def _is_token(self, shown: str) -> bool:
        return secrets.compare_digest(shown.encode("utf-8", "replace"), self.token.encode())


def _check_user(scope: Scope) -> None:
    """Raise `DeniedError` for what another user of this machine sends: there is no token on loopback to keep it out."""
    if is_another_user(scope):
        raise DeniedError(403, "This is another user's Pincite: start your own.")


def _check_site(scope: Scope, headers: Headers, target: Target) -> None:
    """Raise `DeniedError` for what another site makes a browser send, except that it may link to the page."""
    foreign = DeniedError(403, "Requests from other sites are not answered.")
    if any(not target.is_origin(origin) for origin in headers.getlist("origin")):
        raise foreign
    site = headers.get("sec-fetch-site", "none")
    # Links are followed with these two; pictures, scripts, frames and event streams have others.
    link = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
    if site not in ("none", "same-origin") and not (link and scope["path"] == "/" and scope["method"] == "GET"):
        raise foreign


async def _read(door: Door, receive: Receive, headers: Headers) -> _Body:
    """Return the body to pass on. Raises `DeniedError` if it is not what the door takes."""
    kind = "application/octet-stream" if door.streamed else "application/json"
    if door.limit and headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise DeniedError(415, "The bytes of a file are taken here." if door.streamed else "JSON is taken here.")
    if door.streamed:
        if "content-length" not in headers or "transfer-encoding" in headers:
            raise DeniedError(411, "How long the file is must be said first.")
        length = declared_length(headers)
        if length > door.limit:
            raise DeniedError(413, f"The file is larger than {door.limit >> 20} MB: split it.")
        return _Body(kind, length, patient(receive, seconds=PART_SECONDS))
    body = await read_body(receive, headers, limit=door.limit, seconds=BODY_SECONDS)
    body = write_json(door.read(parse_object(body))) if door.limit else b""
    return _Body(kind, len(body), _replayed(body, receive))


def _passed(scope: Scope, target: Target, query: bytes, body: _Body) -> Scope:
    headers = [(key, value) for key, value in scope["headers"] if key in PASSED]
    if scope["path"] == "/":  # it must be readable to be mended
        headers = [(key, value) for key, value in headers if key != b"accept-encoding"]
    headers.append((b"host", target.authority.encode()))
    if body.length:
        headers += [(b"content-type", body.kind.encode()), (b"content-length", str(body.length).encode())]
    method = "GET" if scope["method"] == "HEAD" else scope["method"]  # the server leaves the body of HEAD out
    client = (target.client, (scope.get("client") or ("", 0))[1])
    more = {"headers": headers, "query_string": query, "method": method, "scheme": target.scheme, "client": client}
    return {**scope, **more}


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what receives the body that was read, and then whatever comes, which is the end of the connection."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _refuse(denied: DeniedError) -> Response:
    headers = {"Cache-Control": "no-store"}
    if denied.status in (408, 411, 413):
        headers["Connection"] = "close"  # the rest of the body is not read
    if denied.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return PlainTextResponse(told(str(denied)), status_code=denied.status, headers=headers)


def _parameter(query: bytes, name: bytes) -> str:
    for part in query.split(b"&"):
        key, _, value = part.partition(b"=")
        if key == name:
            return value.decode("latin-1")
    return ""
