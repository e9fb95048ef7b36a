"""The guard before the page: which requests come in, what the browser may do, and Gradio's index page made ours.

Gradio's template names hosts outside this machine (previews for social networks, a manifest) and has inline scripts.
What names a host is taken out, each inline script gets this response's nonce, and the Content-Security-Policy lets
the page speak to its own origin only: whatever a template of a later Gradio brings, the browser does not fetch it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; "
    "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "  # gr.HTML compiles its (constant) template with Function
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Ways into Gradio that the page does not use: files by path, uploads, fetching of other hosts, links, dashboards.
CLOSED = re.compile(
    r"^/(gradio_api/(file|upload|proxy|stream|deep_link|vibe|runs|run-history|info|openapi|api|call|mcp|dev)\b"
    r"|monitoring|pwa_icon|manifest\.json|login|logout|robots\.txt|docs|redoc|openapi\.json)"
)
OUTSIDE = re.compile(r"""<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link\s+rel="manifest"[^>]*>""", re.DOTALL)
SCRIPT = re.compile(r"<script\b")
HEAD_END = re.compile(r"</head>")
OURS = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="stylesheet" href="./page.css"><script nonce="{nonce}" src="./page.js"></script></head>'
)


class Guard:
    """ASGI middleware: checks host and origin, closes unused ways in, sets the headers, mends the index page."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers, scope["path"])
        nonce = secrets.token_urlsafe(16)
        sender = _Sender(send, nonce, mends=scope["path"] == "/" and scope["method"] == "GET")
        if refusal is not None:
            await refusal(scope, receive, sender)
            return
        if sender.mends:  # it must be readable to be mended
            plain = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        await self.app(scope, receive, sender)

    def _refusal(self, headers: Headers, path: str) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if _name(host) not in self.hosts:  # a name that leads here from outside (DNS rebinding)
            return PlainTextResponse("This server does not answer to that host name.", status_code=421)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return PlainTextResponse("Requests from other sites are not answered.", status_code=403)
        if CLOSED.match(path):
            return PlainTextResponse("There is nothing here.", status_code=404)
        return None


class _Sender:
    """Sends a response on with the headers set; an index page is gathered, mended, and sent whole."""

    def __init__(self, send: Send, nonce: str, *, mends: bool) -> None:
        self.mends = mends
        self._send = send
        self._nonce = nonce
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**HEADERS, "Content-Security-Policy": POLICY.format(nonce=self._nonce)})
            self.mends = self.mends and headers.get("content-type", "").startswith("text/html")
            if self.mends:
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_mended(self._start)
            return
        await self._send(message)

    async def _send_mended(self, start: Message) -> None:
        body = mended(self._body.decode(), self._nonce).encode()
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def mended(page: str, nonce: str) -> str:
    """Return Gradio's index page without what names other hosts, with our style, our script and the nonce."""
    page = SCRIPT.sub(f'<script nonce="{nonce}"', OUTSIDE.sub("", page))
    return HEAD_END.sub(OURS.format(nonce=nonce), page, count=1)


def _name(host: str) -> str:
    """Return a Host header's name without the port: "localhost:7860" -> "localhost", "[::1]:7860" -> "[::1]"."""
    return re.sub(r":\d*$", "", host).lower()
